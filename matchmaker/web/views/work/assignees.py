"""The assigned operator of a need, a profile or a certificate: taken, handed to a colleague, given up."""

from collections.abc import Callable

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.domain.errors import NotFound
from matchmaker.models import Centre, Session, User
from matchmaker.services.shortlist import assignments
from matchmaker.web.kit.addresses import local_address
from matchmaker.web.kit.changes import change
from matchmaker.web.pages.need_access import curated
from matchmaker.web.pages.profile_access import reviewed, verifiable

blueprint = Blueprint("keepers", __name__, url_prefix="/work/keepers")


@blueprint.post("/need/<key>")
@login_required
def need(key: str) -> ResponseReturnValue:
    return _assign("need", key, lambda session: curated(session, key).centre)


@blueprint.post("/profile/<key>")
@login_required
def profile(key: str) -> ResponseReturnValue:
    return _assign("profile", key, lambda session: reviewed(session, key).organisation.centre)


@blueprint.post("/certificate/<key>")
@login_required
def certificate(key: str) -> ResponseReturnValue:
    return _assign("certificate", key, lambda session: verifiable(session, key).profile.organisation.centre)


def _assign(kind: str, key: str, centre_of: Callable[[Session], Centre]) -> ResponseReturnValue:
    """Assign the object to the person in the form, "me" or a colleague's id; to nobody where it is empty."""
    with change() as (session, user):
        centre = centre_of(session)
        to = _colleague(session, request.form.get("to", ""), centre, user)
        assignments.assign(session, kind, key, to, centre=centre.code, by=user.public_id)
    return redirect(local_address(request.form.get("next")))


def _colleague(session: Session, named: str, centre: Centre, user: User) -> User | None:
    """The colleague in the form. Raises NotFound for a person of another centre."""
    if named in {"", "me"}:
        return user if named else None
    found = next((one for one in assignments.colleagues(session, centre) if one.public_id == named), None)
    if found is None:
        raise NotFound(what="person", key=named)
    return found
