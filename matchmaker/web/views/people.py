"""People of one's organisation: who asks to join, who is there, inviting a colleague."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound
from matchmaker.models import Organisation
from matchmaker.services import accounts, joining, suppliers
from matchmaker.web.context import database, language, person, product, subject
from matchmaker.web.views.account import problems_of

blueprint = Blueprint("people", __name__)


def demand(organisation: Organisation) -> None:
    """Raise NotFound or Forbidden unless the person manages the organisation's people."""
    who = person()
    chief = who is not None and any(one.id == organisation.id for one in joining.managed(who.user))
    thing = access.Object(centre=organisation.centre.code, person=who.id if who and chief else None)
    verdict = access.may(subject(), "user.manage", thing)
    if verdict is access.Verdict.ABSENT:
        raise NotFound(what="organisation", key=organisation.public_id)
    if verdict is not access.Verdict.OK:
        raise Forbidden


@blueprint.get("/account/people")
@login_required
def show() -> ResponseReturnValue:
    return _page({}, {})


def _page(form: dict[str, str], problems: dict[str, str]) -> str:
    who = person()
    assert who is not None
    own = joining.managed(who.user)
    centres = [role.centre for role in who.subject.roles if role.centre] if who.is_operator else []
    if not own and not centres:
        raise Forbidden
    mine = list(joining.of_organisations(database(), [one.id for one in own]))
    known = {held.id for held in mine}
    asked = [held for held in joining.asked_in(database(), centres) if held.id not in known]
    return render_template(
        "account/people.html", organisations=own, memberships=[*asked, *mine], form=form, problems=problems
    )


@blueprint.post("/account/people/<int:number>")
@login_required
def decide(number: int) -> ResponseReturnValue:
    """Accept or refuse who asks to join."""
    found = joining.membership(database(), number)
    assert found.organisation is not None
    demand(found.organisation)
    who, accepted = person(), request.form.get("answer") == "accept"
    with product().sessions.begin() as writing:
        joining.decide(writing, joining.membership(writing, number), accepted, by=who.id if who else "")
    flash(gettext("Accepted.") if accepted else gettext("Refused."))
    return redirect(url_for("people.show"))


@blueprint.post("/account/people")
@login_required
def invite() -> ResponseReturnValue:
    """Invite a colleague by e-mail."""
    form = {name: request.form.get(name, "")[:300] for name in ("email", "role", "organisation")}
    organisation = suppliers.organisation(database(), form["organisation"])
    demand(organisation)
    who = person()
    assert who is not None
    try:
        with product().sessions.begin() as writing:
            there = suppliers.organisation(writing, form["organisation"])
            user = accounts.by_email(writing, who.email)
            joining.invite(writing, there, form["email"], form["role"], user)
    except InvalidRecord as error:
        return _page(form, problems_of(error)), 422
    flash(gettext("The invitation is on its way to %(email)s.", email=form["email"].strip()))
    return redirect(url_for("people.show"))


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Accept an invitation; who has no account yet makes one."""
    given = joining.invitation(database(), token)
    known = accounts.find(database(), given.email) is not None
    form, problems = {"name": request.form.get("name", "").strip()[:300]}, {}
    if request.method == "POST":
        if not known and not form["name"]:
            problems = {"name": gettext("Give your name.")}
        else:
            try:
                with product().sessions.begin() as writing:
                    password = request.form.get("password", "")[:1000]
                    joining.accept(writing, token, form["name"], password, language())
            except InvalidRecord as error:
                problems = problems_of(error)
            else:
                flash(gettext("You are in. Sign in to begin."))
                return redirect(url_for("account.login"))
    page = render_template("account/join.html", given=given, known=known, form=form, problems=problems)
    return page, 422 if problems else 200
