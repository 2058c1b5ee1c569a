"""The network administrator's page: the centres, the people who run them, the state of the site. Needs and
secrets are not here.
"""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import Forbidden, InvalidRecord
from matchmaker.models import Centre, Session
from matchmaker.services.people import centres
from matchmaker.web.kit import form_tokens
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.kit.standpoint import standpoint
from matchmaker.web.pages import people_access

blueprint = Blueprint("network", __name__, url_prefix="/network")


def administrator(session: Session) -> None:
    """The acting person as the network's administrator. Raises Forbidden for others."""
    who = standpoint(session).who
    if who is None or not who.is_network:
        raise Forbidden


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    return _page({}, {})


def _page(form: Mapping[str, str], problems: Mapping[str, str], at: str = "") -> str:
    """The page; `at` is the code of the centre whose invitation was wrong."""
    administrator(database())
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
    """Add a centre, or rename the one with the code."""
    form = {name: request.form.get(name, "")[:1000].strip() for name in centres.FIELDS}
    try:
        with change() as (session, user):
            administrator(session)
            centres.save(session, form, by=user.public_id)
    except InvalidRecord as error:
        return _page(form, problems_of(error)), 422
    product().home.forget()
    flash(gettext("The centre is saved."))
    return redirect(url_for("network.show"))


@blueprint.post("/centres/<code>/operators")
@login_required
def invite(code: str) -> ResponseReturnValue:
    """Invite an operator into a centre."""
    form = {"email": request.form.get("email", "")[:300], "role": "operator"}
    problems = people_access.invite(form, lambda session: _centre(session, code))
    if problems:
        return _page(form, {f"{name}-{code}": text for name, text in problems.items()}, code), 422
    return redirect(url_for("network.show"))


def _centre(session: Session, code: str) -> Centre:
    """A centre of the network, for its administrator. Raises Forbidden, NotFound."""
    administrator(session)
    return centres.by_code(session, code)
