"""People of a centre for its operators: found, asked in, given roles, closed out, their data handed over or erased."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, InvalidRecord, LinkSpent, NotFound
from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models import Membership, Session, User
from matchmaker.services.core import signed_links
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, api_keys, directory, person_invitations, personal_data
from matchmaker.web.kit import downloads, form_tokens
from matchmaker.web.kit.context import (
    SignedInPerson,
    actor,
    centre_codes,
    database,
    operator,
    person,
    product,
    signed_in,
    subject,
)
from matchmaker.web.kit.forms import problems_of

blueprint = Blueprint("centre_people", __name__, url_prefix="/people")
LAST_PAGE = 1_000


def _whole(key: str, session: Session) -> User:
    """A person that the reader may know of. Raises NotFound."""
    found = directory.by_key(session, key)
    things = _things(found)
    who = person()
    staff = who is not None and who.is_network and any(held.centre_id for held in found.memberships)
    if not staff and not any(access.may(_staff(), "user.manage", thing).allowed for thing in things):
        raise NotFound(what="user", key=key)
    return found


def _staff() -> access.Subject:
    """The reader as one of a centre: what it may do as somebody's colleague is on another page."""
    who = subject()
    kept = tuple(role for role in who.roles if role.centre)
    return access.Subject(who.user, kept)


def _things(found: User) -> list[access.AccessObject]:
    return [access.AccessObject(centre=code) for code in directory.places(found, product().settings.centre)]


def _managed(key: str, session: Session) -> User:
    """A person whose account the reader may act on: all of it is in the reader's centres, below or beside its own role.

    Raises NotFound, and Forbidden where somebody else has to.
    """
    found = _whole(key, session)
    who = operator()
    beyond = not directory.within(found, centre_codes(who))
    above = any(not _may_end(held) for held in found.memberships if held.is_active)
    if beyond or above or found.public_id == who.id:
        raise Forbidden
    return found


def _may_end(held: Membership) -> bool:
    return access.may_grant(subject(), held.role, access.AccessObject(centre=directory.place(held)))


@blueprint.get("/")
@login_required
def listed() -> ResponseReturnValue:
    return _list({}, {})


def _list(form: dict[str, str], problems: dict[str, str]) -> str:
    who = operator()
    words, role = request.args.get("q", "")[:100], request.args.get("role", "")
    page = request.args.get("page", 1, type=int)
    role = role if role in (*access.ROLES, MembershipState.ASKED) else ""
    page = page if 1 <= page <= LAST_PAGE else 1
    found = directory.of_centres(database(), centre_codes(who), words, role, page)
    return render_template(
        "people/list.html",
        found=found,
        seen=directory.last_seen(database(), found.people),
        place=directory.place,
        own=centre_codes(who),
        words=words,
        role=role,
        roles=(*access.ROLES[:4], MembershipState.ASKED),
        page=page,
        more=page * directory.PAGE < found.total,
        grantable=_grantable(who),
        centres=[needs.centre_of(database(), code) for code in centre_codes(who)],
        once=form_tokens.token(),
        form=form,
        problems=problems,
    )


def _grantable(who: SignedInPerson) -> list[str]:
    return [
        role
        for role in person_invitations.STAFF
        if any(
            access.may_grant(who.subject, role, access.AccessObject(centre=code))
            for code in centre_codes(who)
        )
    ]


@blueprint.post("/")
@login_required
def invite() -> ResponseReturnValue:
    """Ask somebody in as operator or administrator of one's own centre."""
    who = operator()
    form = {name: request.form.get(name, "")[:300] for name in ("email", "role", "centre")}
    if form["centre"] not in centre_codes(who):
        form["centre"] = centre_codes(who)[0]
    try:
        with product().sessions.begin() as writing:
            signed_links.use(writing, "person-form", form_tokens.given())
            centre = needs.centre_of(writing, form["centre"])
            user = accounts.by_email(writing, who.email)
            person_invitations.invite(writing, centre, form["email"], form["role"], user)
    except InvalidRecord as error:
        return _list(form, problems_of(error)), 422
    except LinkSpent:
        pass  # pressed twice; the letter is on its way
    flash(gettext("The invitation is on its way to %(email)s.", email=form["email"].strip()))
    return redirect(url_for("centre_people.listed"))


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    return _page(key, {})


def _page(key: str, problems: dict[str, str]) -> str:
    who = signed_in()
    found = _whole(key, database())
    own = centre_codes(who) if who.is_operator else []
    held = [
        one for one in found.memberships if directory.place(one) in own or (who.is_network and one.centre_id)
    ]
    alone = directory.within(found, own) if own else False
    above = any(not _may_end(one) for one in found.memberships if one.is_active)
    return render_template(
        "people/show.html",
        shown=found,
        held=held,
        ending={one.id for one in held if _may_end(one) and found.public_id != who.id},
        manages=bool(own) and alone and not above and found.public_id != who.id,
        reads=bool(own),
        alone=alone,
        seen=directory.last_seen(database(), [found]).get(found.id),
        keys=api_keys.of_user(database(), found) if own else (),
        grantable=_grantable(who) if own and found.public_id != who.id else [],
        centres=[needs.centre_of(database(), code) for code in own],
        problems=problems,
    )


def _do(key: str, act: Callable[[Session, User], None], done: str) -> ResponseReturnValue:
    """Do something to a person's account, and say so."""
    _managed(key, database())
    try:
        with product().sessions.begin() as writing:
            act(writing, _managed(key, writing))
    except InvalidRecord as error:
        return _page(key, problems_of(error)), 422
    flash(done)
    return redirect(url_for("centre_people.show", key=key))


@blueprint.post("/<key>/roles")
@login_required
def grant(key: str) -> ResponseReturnValue:
    """Give a person of the centre a role in it; a role above one's own, or for oneself, is refused."""
    who = operator()
    found = _whole(key, database())
    role, code = request.form.get("role", ""), request.form.get("centre", "")
    code = code if code in centre_codes(who) else centre_codes(who)[0]
    if found.public_id == who.id or not found.active:
        raise Forbidden
    if role not in person_invitations.STAFF:
        return _page(key, {"role": gettext("Choose a role.")}), 422
    if not access.may_grant(who.subject, role, access.AccessObject(centre=code)):
        raise Forbidden
    with product().sessions.begin() as writing:
        user = directory.by_key(writing, key)
        accounts.grant(writing, user, role, by=actor(), centre=needs.centre_of(writing, code))
    flash(gettext("The role is given."))
    return redirect(url_for("centre_people.show", key=key))


@blueprint.post("/<key>/roles/<int:number>/end")
@login_required
def end_role(key: str, number: int) -> ResponseReturnValue:
    """Take a role away; the person's sessions and keys end with it."""
    who = person()
    found = _whole(key, database())
    held = directory.membership(found, number)
    if who is None or found.public_id == who.id or not _may_end(held):
        raise Forbidden
    try:
        with product().sessions.begin() as writing:
            directory.end_role(
                writing, directory.membership(directory.by_key(writing, key), number), by=actor()
            )
    except InvalidRecord as error:
        return _page(key, problems_of(error)), 422
    flash(gettext("The role is ended; the person is signed out."))
    return redirect(url_for("centre_people.listed" if who.is_operator else "network.show"))


@blueprint.post("/<key>/close")
@login_required
def close(key: str) -> ResponseReturnValue:
    done = gettext("The account is closed; the person is signed out and cannot sign in.")
    return _do(key, lambda writing, user: directory.close(writing, user, by=actor()), done)


@blueprint.post("/<key>/open")
@login_required
def open_again(key: str) -> ResponseReturnValue:
    done = gettext("The account is open again.")
    return _do(key, lambda writing, user: directory.open_again(writing, user, by=actor()), done)


@blueprint.post("/<key>/sessions")
@login_required
def end_sessions(key: str) -> ResponseReturnValue:
    done = gettext("All sessions and keys of the person have ended.")
    return _do(key, lambda writing, user: directory.end_sessions(writing, user, by=actor()), done)


@blueprint.post("/<key>/second-factor")
@login_required
def drop_factor(key: str) -> ResponseReturnValue:
    """Turn off the second factor of somebody who has lost the telephone and the codes."""
    done = gettext("The second factor is off; the person signs in with the password and turns it on anew.")
    return _do(key, lambda writing, user: directory.drop_factor(writing, user, by=actor()), done)


@blueprint.get("/<key>/data")
@login_required
def data(key: str) -> ResponseReturnValue:
    """All that is kept about a person, as a file for that person."""
    found = _managed(key, database())
    with product().sessions.begin() as writing:
        personal_data.note_export(writing, found, by=actor())
    return downloads.as_file(personal_data.export(database(), found), found)


@blueprint.post("/<key>/erase")
@login_required
def erase(key: str) -> ResponseReturnValue:
    """Erase a person for good, once that was ticked."""
    _managed(key, database())
    if not request.form.get("sure"):
        return _page(key, {"sure": gettext("Tick that you are sure: this cannot be taken back.")}), 422
    try:
        with product().sessions.begin() as writing:
            letters = personal_data.erase(writing, _managed(key, writing), by=actor())
    except InvalidRecord as error:
        return _page(key, problems_of(error)), 422
    product().transport.forget(letters)
    flash(gettext("The person is erased."))
    return redirect(url_for("centre_people.listed"))
