"""The people of a centre for its operators: find them, give roles, close accounts, open them again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import COUNTED_MEMBERSHIPS, MembershipState
from matchmaker.domain.organisation import search_key
from matchmaker.models import Centre, Membership, Organisation, User, UserSession
from matchmaker.services.core import journal, urls
from matchmaker.services.mail import letters
from matchmaker.services.people import accounts, browser_sessions

PAGE = 50


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """A page of people in the order of their names, and their number in all."""

    people: Sequence[User]
    total: int


def of_centres(
    session: Session, centres: Collection[str], words: str = "", role: str = "", page: int = 1
) -> DirectoryPage:
    """The people with a role, or a request for one, in these centres (codes) or in their organisations."""
    query = select(User.id, User.name, User.email_key).where(User.id.in_(inside(centres, role)))
    wanted = search_key(words.strip())
    rows = [
        (search_key(name), key, number)
        for number, name, key in session.execute(query)
        if wanted in search_key(name) or wanted in key
    ]
    shown = [number for _, _, number in sorted(rows)[(page - 1) * PAGE : page * PAGE]]
    people = {one.id: one for one in accounts.with_roles(session, select(User).where(User.id.in_(shown)))}
    return DirectoryPage([people[number] for number in shown], len(rows))


def inside(centres: Collection[str], role: str = "") -> Select[int]:
    """The ids of people who belong to these centres."""
    query = (
        select(Membership.user_id)
        .outerjoin(Membership.organisation)
        .join(Centre, or_(Centre.id == Membership.centre_id, Centre.id == Organisation.centre_id))
        .where(Centre.code.in_(centres), Membership.state.in_(COUNTED_MEMBERSHIPS))
    )
    return query.where(_of_role(role)) if role else query


def _of_role(role: str) -> ColumnElement[bool]:
    if role == MembershipState.ASKED:
        return Membership.state == MembershipState.ASKED
    return Membership.role == role


def by_key(session: Session, key: str) -> User:
    """The person with this public id. Raises NotFound."""
    found = accounts.with_roles(session, select(User).where(User.public_id == key))
    if not found:
        raise NotFound(what="user", key=key)
    return found[0]


def place(held: Membership) -> str | None:
    """The code of the centre in which a role counts; None for a role in the network."""
    if held.organisation is not None:
        return held.organisation.centre.code
    return held.centre.code if held.centre else None


def places(user: User, home: str) -> frozenset[str]:
    """The centres that a person belongs to; a person without a role belongs to the home centre."""
    return frozenset(code for code in map(place, _counting(user)) if code) or frozenset(
        () if _counting(user) else (home,)
    )


def _counting(user: User) -> list[Membership]:
    return [held for held in user.memberships if held.state in COUNTED_MEMBERSHIPS]


def within(user: User, centres: Collection[str]) -> bool:
    """Whether a person has no role beyond these centres."""
    return all(place(held) in centres for held in _counting(user))


def membership(user: User, number: int) -> Membership:
    """One of a person's roles. Raises NotFound."""
    found = next((held for held in user.memberships if held.id == number), None)
    if found is None:
        raise NotFound(what="membership", key=str(number))
    return found


def last_seen(session: Session, people: Sequence[User]) -> dict[int, object]:
    """The time at which each of these people last used the site, by id."""
    ids = [one.id for one in people]
    query = select(UserSession.user_id, func.max(UserSession.seen_at)).where(UserSession.user_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query.group_by(UserSession.user_id))}


def end_role(session: Session, held: Membership, *, by: str) -> None:
    """Take a role away and notify the person. Raises InvalidRecord for the last administrator or operator of
    a centre.
    """
    _check_left(session, held)
    user = held.user
    accounts.end_role(session, held, by=by)
    _tell(session, user, "role", urls.sign_in())


def leave_somebody(session: Session, user: User) -> None:
    """Raise InvalidRecord where a centre would lose the last person who can run it."""
    for held in _counting(user):
        _check_left(session, held)


def _check_left(session: Session, held: Membership) -> None:
    if held.centre_id is None or not held.is_active:
        return
    others = (
        select(func.count(Membership.id))
        .join(Membership.user)
        .where(
            Membership.centre_id == held.centre_id,
            Membership.state == MembershipState.ACTIVE,
            User.active,
            Membership.user_id != held.user_id,
        )
    )
    if not session.scalar(others):
        message = N_("Nobody else runs this centre. Give somebody a role in it first.")
        raise InvalidRecord((Problem("person", "role.last", message),))


def close(session: Session, user: User, *, by: str) -> None:
    """Close an account: sessions and keys end, signing in is refused; the roles stay for a later reopening."""
    if not user.active:
        return
    leave_somebody(session, user)
    _tell(session, user, "disabled", urls.home())
    user.active = False
    browser_sessions.end_all(session, user)
    journal.note(session, by, "user.closed", user, centre=centre_of(user))


def open_again(session: Session, user: User, *, by: str) -> None:
    if user.active:
        return
    user.active = True
    _tell(session, user, "enabled", urls.sign_in())
    journal.note(session, by, "user.opened", user, centre=centre_of(user))


def drop_factor(session: Session, user: User, *, by: str) -> None:
    """Turn off the second factor of a person who has lost it; sessions and keys end, and the person is
    notified.
    """
    if user.totp_secret is None:
        return
    user.totp_secret, user.totp_step, user.recovery_codes = None, None, {}
    browser_sessions.end_all(session, user)
    _tell(session, user, "factor", urls.sign_in())
    journal.note(session, by, "user.factor_dropped", user, centre=centre_of(user))


def end_sessions(session: Session, user: User, *, by: str) -> None:
    """End the sessions and keys of a person, who may sign in again."""
    browser_sessions.end_all(session, user)
    journal.note(session, by, "user.sessions_ended", user, centre=centre_of(user))


def centre_of(user: User) -> str | None:
    """A centre that the person belongs to, for the journal."""
    return next((code for code in map(place, user.memberships) if code), None)


def _tell(session: Session, user: User, what: str, path: str) -> None:
    values = {"name": user.name, "what": what, "path": path}
    letters.post(session, "account_changed", user.email, user.language, values)


def block(session: Session, organisation: Organisation, blocked: bool, *, by: str) -> None:
    """Block an organisation from writing, or unblock it; blocking ends the sessions and keys of its people."""
    if organisation.blocked == blocked:
        return
    organisation.blocked = blocked
    if blocked:
        for held in _members(session, organisation):
            browser_sessions.end_all(session, held)
    action = "organisation.blocked" if blocked else "organisation.unblocked"
    journal.note(session, by, action, organisation)


def _members(session: Session, organisation: Organisation) -> Sequence[User]:
    held = select(Membership.user_id).where(
        Membership.organisation_id == organisation.id, Membership.state == MembershipState.ACTIVE
    )
    return session.scalars(select(User).where(User.id.in_(held))).all()
