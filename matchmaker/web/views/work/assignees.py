"""Who works on a need, a profile or a certificate: taken, handed to a colleague, left."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.domain.errors import NotFound
from matchmaker.models import Session, User
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.shortlist import assignments
from matchmaker.web.kit.addresses import local_address
from matchmaker.web.kit.context import database, operator, product
from matchmaker.web.pages.need_access import curated
from matchmaker.web.pages.profile_access import reviewed, verifiable

blueprint = Blueprint("keepers", __name__, url_prefix="/work/keepers")


@blueprint.post("/need/<key>")
@login_required
def need(key: str) -> ResponseReturnValue:
    return _assign("need", key, curated(key).centre.code)


@blueprint.post("/profile/<key>")
@login_required
def profile(key: str) -> ResponseReturnValue:
    return _assign("profile", key, reviewed(database(), key).organisation.centre.code)


@blueprint.post("/certificate/<key>")
@login_required
def certificate(key: str) -> ResponseReturnValue:
    row = verifiable(database(), key)
    return _assign("certificate", key, row.profile.organisation.centre.code)


def _assign(kind: str, key: str, centre: str) -> ResponseReturnValue:
    """Hand the object to whom the form names, "me" or a colleague's id; nobody where it is empty."""
    who = operator()
    with product().sessions.begin() as writing:
        to = _colleague(writing, request.form.get("to", ""), centre)
        assignments.assign(writing, kind, key, to, centre=centre, by=who.id)
    return redirect(local_address(request.form.get("next")))


def _colleague(writing: Session, named: str, centre: str) -> User | None:
    if not named:
        return None
    if named == "me":
        return accounts.by_email(writing, operator().email)
    found = assignments.colleagues(writing, needs.centre_of(writing, centre))
    user = next((one for one in found if one.public_id == named), None)
    if user is None:
        raise NotFound(what="person", key=named)
    return user
