"""The operators who work on waiting objects. An assignment promises nothing and locks nothing: it is only
shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, delete, exists, or_, select, true
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.access import STAFF_ROLES
from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models import Assignment, Centre, Membership, User, bulk
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act


class Whose(StrEnum):
    """Whose work: anybody's, that of the person who asks, or what nobody works on."""

    ANYBODY = ""
    ME = "me"
    NOBODY = "nobody"


def taken(kind: str, key: SQLColumnExpression[str], whose: Whose, person: int) -> ColumnElement[bool]:
    """The condition that objects of a kind, by their public ids, are a person's work (its row id), or nobody's."""
    of_object = Assignment.object_kind == kind, Assignment.object_id == key
    if whose is Whose.ME:
        return exists().where(*of_object, Assignment.user_id == person)
    return true() if whose is Whose.ANYBODY else ~exists().where(*of_object)


def of(session: Session, kind: str, keys: Iterable[str]) -> dict[str, User]:
    """The assigned operators of objects of a kind, by their public ids; objects without one are left out."""
    return of_kinds(session, {kind: keys})[kind]


def of_kinds(session: Session, keys: Mapping[str, Iterable[str]]) -> dict[str, dict[str, User]]:
    """The assigned operators of objects of several kinds, by kind and public id."""
    wanted = [
        and_(Assignment.object_kind == kind, Assignment.object_id.in_(list(some)))
        for kind, some in keys.items()
    ]
    found: dict[str, dict[str, User]] = {kind: {} for kind in keys}
    for one in session.scalars(select(Assignment).where(or_(*wanted)).options(joinedload(Assignment.user))):
        found[one.object_kind][one.object_id] = one.user
    return found


def assign(session: Session, kind: str, key: str, to: User | None, *, centre: str, by: str) -> None:
    """Assign an object to a person, or to nobody; the person before loses it."""
    assign_all(session, kind, {key: centre}, to, by=by)


def assign_all(session: Session, kind: str, places: Mapping[str, str], to: User | None, *, by: str) -> None:
    """The same with several objects of a kind: the codes of their centres by their public ids."""
    session.execute(
        delete(Assignment).where(Assignment.object_kind == kind, Assignment.object_id.in_(list(places)))
    )
    if to is not None:
        bulk.add(
            session,
            Assignment,
            [{"object_kind": kind, "object_id": key, "user_id": to.id, "at": now()} for key in places],
        )
    action, details = ("work.taken", {"to": to.public_id}) if to else ("work.left", {})
    acts = [Act(action, kind, key, centre, details) for key, centre in places.items()]
    journal.record(session, by, acts)
    session.flush()


def colleagues(session: Session, centre: Centre) -> Sequence[User]:
    """The people who work for a centre, by name."""
    held = select(Membership.user_id).where(
        Membership.centre_id == centre.id,
        Membership.role.in_(STAFF_ROLES),
        Membership.state == MembershipState.ACTIVE,
    )
    return session.scalars(
        select(User).where(User.id.in_(held), User.active).order_by(User.name, User.id)
    ).all()
