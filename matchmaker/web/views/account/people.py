"""People of one's organisation: who asks to join, who is there, inviting a colleague; the same for the centre's operators."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, InvalidRecord, LinkSpent, NotFound
from matchmaker.models import Membership, Organisation, Session
from matchmaker.services.core import signed_links
from matchmaker.services.people import accounts, directory, memberships, person_invitations
from matchmaker.services.people.person_invitations import Newcomer
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import form_tokens
from matchmaker.web.kit.context import actor, database, language, person, product, signed_in, subject
from matchmaker.web.kit.forms import problems_of

blueprint = Blueprint("people", __name__)


def demand(organisation: Organisation) -> None:
    """Raise NotFound or Forbidden unless the person manages the organisation's people."""
    thing = access.AccessObject(centre=organisation.centre.code, person=_chief_of(organisation))
    verdict = access.may(subject(), "user.manage", thing)
    if verdict is access.AccessVerdict.ABSENT:
        raise NotFound(what="organisation", key=organisation.public_id)
    if verdict is not access.AccessVerdict.OK:
        raise Forbidden


def _chief_of(organisation: Organisation) -> str | None:
    """The reader, where it answers for the organisation."""
    who = person()
    chief = who is not None and any(one.id == organisation.id for one in memberships.managed(who.user))
    return who.id if who and chief else None


@blueprint.get("/account/people")
@login_required
def show() -> ResponseReturnValue:
    """People of one's own organisations, and whoever asks to join one of the centre."""
    who = signed_in()
    own = memberships.managed(who.user)
    centres = [role.centre for role in who.subject.roles if role.centre] if who.is_operator else []
    if not own and not centres:
        raise Forbidden
    mine = list(memberships.of_organisations(database(), [one.id for one in own]))
    known = {held.id for held in mine}
    asked = [held for held in memberships.asked_in(database(), centres) if held.id not in known]
    return _page(own, [*asked, *mine], {}, {})


@blueprint.get("/account/people/of/<key>")
@login_required
def of_organisation(key: str) -> ResponseReturnValue:
    """People of one organisation, for who answers for it and for the centre's operators."""
    organisation = suppliers.organisation(database(), key)
    demand(organisation)
    return _of(organisation, {}, {})


def _of(organisation: Organisation, form: dict[str, str], problems: dict[str, str]) -> str:
    found = memberships.of_organisations(database(), [organisation.id])
    return _page([organisation], found, form, problems)


def _page(
    organisations: list[Organisation], found: object, form: dict[str, str], problems: dict[str, str]
) -> str:
    who = person()
    return render_template(
        "account/people.html",
        organisations=organisations,
        memberships=found,
        own=actor(),
        blocking=bool(who and who.is_operator) and request.endpoint != "people.show",
        once=form_tokens.token(),
        form=form,
        problems=problems,
    )


def _back(organisation: Organisation) -> Response:
    """To the page of one's own people, or of the organisation."""
    if _chief_of(organisation) is not None:
        return redirect(url_for("people.show"))
    return redirect(url_for("people.of_organisation", key=organisation.public_id))


def _asked_for(number: int) -> Organisation:
    """The organisation of a membership, for who manages its people."""
    found = memberships.membership(database(), number)
    assert found.organisation is not None
    demand(found.organisation)
    return found.organisation


@blueprint.post("/account/people/<int:number>")
@login_required
def decide(number: int) -> ResponseReturnValue:
    """Accept or refuse who asks to join; oneself one cannot let in."""
    _asked_for(number)
    if memberships.membership(database(), number).user.public_id == actor():
        raise Forbidden
    accepted = request.form.get("answer") == "accept"
    with product().sessions.begin() as writing:
        memberships.decide(writing, memberships.membership(writing, number), accepted, by=actor())
    flash(gettext("Accepted.") if accepted else gettext("Refused."))
    return redirect(url_for("people.show"))


def _change(number: int, act: Callable[[Session, Membership], None], done: str) -> ResponseReturnValue:
    """Do something to a colleague's role; one's own is somebody else's to change."""
    organisation = _asked_for(number)
    if memberships.membership(database(), number).user.public_id == actor():
        raise Forbidden
    with product().sessions.begin() as writing:
        act(writing, memberships.membership(writing, number))
    flash(done)
    return _back(organisation)


@blueprint.post("/account/people/<int:number>/end")
@login_required
def end_role(number: int) -> ResponseReturnValue:
    """Take a colleague's role away; its sessions and keys end."""
    done = gettext("The role is ended; the person is signed out.")
    return _change(number, lambda writing, held: directory.end_role(writing, held, by=actor()), done)


@blueprint.post("/account/people/<int:number>/chief")
@login_required
def choose_chief(number: int) -> ResponseReturnValue:
    """Let a colleague manage the people too, or no longer."""
    chief = request.form.get("chief") == "yes"
    return _change(
        number,
        lambda writing, held: memberships.make_chief(writing, held, chief, by=actor()),
        gettext("Saved."),
    )


@blueprint.post("/account/people")
@login_required
def invite() -> ResponseReturnValue:
    """Invite somebody into an organisation by e-mail."""
    form = {name: request.form.get(name, "")[:300] for name in ("email", "role", "organisation")}
    organisation = suppliers.organisation(database(), form["organisation"])
    demand(organisation)
    who = signed_in()
    try:
        with product().sessions.begin() as writing:
            signed_links.use(writing, "person-form", form_tokens.given())
            there = suppliers.organisation(writing, form["organisation"])
            person_invitations.invite(
                writing, there, form["email"], form["role"], accounts.by_email(writing, who.email)
            )
    except InvalidRecord as error:
        return _of(organisation, form, problems_of(error)), 422
    except LinkSpent:
        pass  # pressed twice; the letter is on its way
    flash(gettext("The invitation is on its way to %(email)s.", email=form["email"].strip()))
    return _back(organisation)


@blueprint.post("/account/people/of/<key>/block")
@login_required
def block(key: str) -> ResponseReturnValue:
    """Bar a firm of the centre from writing anything, or let it write again."""
    who = person()
    organisation = suppliers.organisation(database(), key)
    demand(organisation)
    if who is None or not who.is_operator:
        raise Forbidden
    blocked = request.form.get("blocked") == "yes"
    with product().sessions.begin() as writing:
        directory.block(writing, suppliers.organisation(writing, key), blocked, by=actor())
    flash(gettext("The firm is blocked.") if blocked else gettext("The firm is no longer blocked."))
    return redirect(url_for("people.of_organisation", key=key))


@blueprint.route("/join/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Accept an invitation; who has no account yet makes one."""
    given = person_invitations.invitation(database(), token)
    known = accounts.find(database(), given.email) is not None
    form = {"name": request.form.get("name", "").strip()[:300], "consent": request.form.get("consent", "")}
    problems = {}
    if request.method == "POST":
        problems = {} if known or form["name"] else {"name": gettext("Give your name.")}
        problems = problems or _accept(token, form)
        if not problems:
            flash(gettext("You are in. Sign in to begin."))
            return redirect(url_for("account.login"))
    page = render_template("account/join.html", given=given, known=known, form=form, problems=problems)
    return page, 422 if problems else 200


def _accept(token: str, form: dict[str, str]) -> dict[str, str]:
    password = request.form.get("password", "")[:1000]
    newcomer = Newcomer(form["name"], password, language(), consents=bool(form["consent"]))
    try:
        with product().sessions.begin() as writing:
            person_invitations.accept(writing, token, newcomer)
    except InvalidRecord as error:
        return problems_of(error)
    return {}
