"""The network administrator's page: centres and who runs them, how the site is doing. Needs and secrets are not here."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import Forbidden, InvalidRecord, LinkSpent, NotFound
from matchmaker.models import Centre, Session
from matchmaker.services.core import signed_links
from matchmaker.services.people import accounts, centres, person_invitations
from matchmaker.web.kit import form_tokens
from matchmaker.web.kit.context import (
    SignedInPerson,
    database,
    person,
    product,
)
from matchmaker.web.kit.forms import problems_of

blueprint = Blueprint("network", __name__, url_prefix="/network")


def administrator() -> SignedInPerson:
    """The signed-in administrator of the network. Raises Forbidden for anybody else."""
    who = person()
    if who is None or not who.is_network:
        raise Forbidden
    return who


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    administrator()
    return _page({}, {})


def _page(form: dict[str, str], problems: dict[str, str], at: str = "") -> str:
    """The page; `at` is the code of the centre whose invitation was wrong."""
    return render_template(
        "network/show.html",
        centres=centres.centres(database()),
        state=centres.state(database()),
        form=form,
        problems=problems,
        at=at,
        once=form_tokens.token(),
    )


@blueprint.post("/centres")
@login_required
def save() -> ResponseReturnValue:
    """Add a centre, or give the one with the code another name."""
    who = administrator()
    form = {name: request.form.get(name, "")[:1000].strip() for name in centres.FIELDS}
    try:
        with product().sessions.begin() as writing:
            centres.save(writing, form, by=who.id)
    except InvalidRecord as error:
        return _page(form, problems_of(error)), 422
    product().home.forget()
    flash(gettext("The centre is saved."))
    return redirect(url_for("network.show"))


@blueprint.post("/centres/<code>/operators")
@login_required
def invite(code: str) -> ResponseReturnValue:
    """Ask an operator into a centre."""
    who = administrator()
    form = {"email": request.form.get("email", "")[:300]}
    try:
        with product().sessions.begin() as writing:
            centre = _centre(writing, code)
            signed_links.use(writing, "person-form", form_tokens.given())
            user = accounts.by_email(writing, who.email)
            person_invitations.invite(writing, centre, form["email"], "operator", user)
    except InvalidRecord as error:
        return _page(form, {f"{name}-{code}": text for name, text in problems_of(error).items()}, code), 422
    except LinkSpent:
        pass  # pressed twice; the letter is on its way
    flash(gettext("The invitation is on its way to %(email)s.", email=form["email"].strip()))
    return redirect(url_for("network.show"))


def _centre(session: Session, code: str) -> Centre:
    found = next((one.centre for one in centres.centres(session) if one.centre.code == code), None)
    if found is None:
        raise NotFound(what="centre", key=code)
    return found
