"""The members of the reader's organisation: requests to join, present members, invitations; the same for the
centre's operators.
"""

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import Forbidden, InvalidRecord
from matchmaker.models import Membership, Organisation, Session
from matchmaker.services.people import accounts, directory, memberships, person_invitations
from matchmaker.services.people.person_invitations import Newcomer
from matchmaker.web.kit import form_tokens
from matchmaker.web.kit.changes import account_change, change
from matchmaker.web.kit.context import database, language, signed_in
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages import people_access
from matchmaker.web.pages.people_access import answers_for, managed_firm, managed_role

blueprint = Blueprint("people", __name__)


@blueprint.get("/account/people")
@login_required
def show() -> ResponseReturnValue:
    """The members of the reader's own organisations, and the requests to join an organisation of the centre."""
    who = signed_in()
    own = memberships.managed(who.user)
    centres = standpoint(database()).centres if who.is_operator else []
    if not own and not centres:
        raise Forbidden
    mine = list(memberships.of_organisations(database(), [one.id for one in own]))
    known = {held.id for held in mine}
    asked = [held for held in memberships.asked_in(database(), centres) if held.id not in known]
    return _page(own, [*asked, *mine], {}, {})


@blueprint.get("/account/people/of/<key>")
@login_required
def of_organisation(key: str) -> ResponseReturnValue:
    """The members of one organisation, for its chief users and for the centre's operators."""
    return _of(key, {}, {})


def _of(key: str, form: Mapping[str, str], problems: Mapping[str, str]) -> str:
    organisation = managed_firm(database(), key)
    found = memberships.of_organisations(database(), [organisation.id])
    return _page([organisation], found, form, problems)


def _page(
    organisations: Sequence[Organisation],
    found: Sequence[Membership],
    form: Mapping[str, str],
    problems: Mapping[str, str],
) -> str:
    who = signed_in()
    return render_template(
        "account/people.html",
        organisations=organisations,
        memberships=found,
        own=who.id,
        blocking=who.is_operator and request.endpoint != "people.show",
        once=form_tokens.token(),
        form=form,
        problems=problems,
    )


def _back(session: Session, organisation: Organisation) -> Response:
    """Back to the page of the reader's own organisation, or of this one; asked for before a change is saved, after
    which nothing may fail any more.
    """
    if answers_for(session, organisation):
        return redirect(url_for("people.show"))
    return redirect(url_for("people.of_organisation", key=organisation.public_id))


@blueprint.post("/account/people/<int:number>")
@login_required
def decide(number: int) -> ResponseReturnValue:
    """Accept or refuse a request to join; nobody can accept their own."""
    accepted = request.form.get("answer") == "accept"
    with change() as (session, user):
        memberships.decide(session, managed_role(session, number), accepted, by=user.public_id)
    flash(gettext("Accepted.") if accepted else gettext("Refused."))
    return redirect(url_for("people.show"))


def _change(number: int, act: Callable[[Session, Membership, str], object], said: str) -> ResponseReturnValue:
    """Change a colleague's role, by the acting person's public id; the reader's own role is for others to
    change.
    """
    with change() as (session, user):
        held = managed_role(session, number)
        organisation = held.organisation
        assert organisation is not None
        where = _back(session, organisation)
        act(session, held, user.public_id)
    flash(said)
    return where


@blueprint.post("/account/people/<int:number>/end")
@login_required
def end_role(number: int) -> ResponseReturnValue:
    """Take a colleague's role away; its sessions and keys end."""
    said = gettext("The role is ended; the person is signed out.")
    return _change(number, lambda session, held, by: directory.end_role(session, held, by=by), said)


@blueprint.post("/account/people/<int:number>/chief")
@login_required
def choose_chief(number: int) -> ResponseReturnValue:
    """Make a colleague a chief user, or end that."""
    chief = request.form.get("chief") == "yes"
    return _change(
        number,
        lambda session, held, by: memberships.make_chief(session, held, chief, by=by),
        gettext("Saved."),
    )


@blueprint.post("/account/people")
@login_required
def invite() -> ResponseReturnValue:
    """Invite a person into an organisation by e-mail."""
    form = {name: request.form.get(name, "")[:300] for name in ("email", "role", "organisation")}
    key = form["organisation"]
    where = _back(database(), managed_firm(database(), key))
    problems = people_access.invite(form, lambda session: managed_firm(session, key))
    return (_of(key, form, problems), 422) if problems else where


@blueprint.post("/account/people/of/<key>/block")
@login_required
def block(key: str) -> ResponseReturnValue:
    """Block a firm of the centre from writing, or unblock it."""
    blocked = request.form.get("blocked") == "yes"
    with change() as (session, user):
        organisation = managed_firm(session, key)
        operator(session)
        directory.block(session, organisation, blocked, by=user.public_id)
    flash(gettext("The firm is blocked.") if blocked else gettext("The firm is no longer blocked."))
    return redirect(url_for("people.of_organisation", key=key))


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Accept an invitation; a person without an account creates one."""
    if request.method == "GET":
        return _join_page(token)
    try:
        _accept(token)
    except InvalidRecord as error:
        return _join_page(token, problems_of(error)), 422
    flash(gettext("Welcome. Sign in to begin."))
    return redirect(url_for("account.login"))


def _accept(token: str) -> None:
    """Give the person of the link its role. Raises InvalidRecord by field."""
    name, consents = request.form.get("name", "").strip()[:300], bool(request.form.get("consent"))
    newcomer = Newcomer(name, request.form.get("password", "")[:1000], language(), consents=consents)
    with account_change() as session:
        person_invitations.accept(session, token, newcomer)


def _join_page(token: str, problems: Mapping[str, str] | None = None) -> str:
    given = person_invitations.invitation(database(), token)
    known = accounts.find(database(), given.email) is not None
    form = {name: request.form.get(name, "").strip()[:300] for name in ("name", "consent")}
    return render_template("account/join.html", given=given, known=known, form=form, problems=problems or {})
