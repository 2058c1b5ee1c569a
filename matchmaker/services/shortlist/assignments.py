"""The operators who work on waiting objects. An assignment promises nothing and locks nothing: it is only
shown.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models import Assignment, Centre, Membership, User
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act

OPERATORS = ("operator", "centre_administrator")


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
    session.execute(delete(Assignment).where(Assignment.object_kind == kind, Assignment.object_id == key))
    if to is not None:
        session.add(Assignment(object_kind=kind, object_id=key, user_id=to.id))
    act = Act("work.taken" if to else "work.left", kind, key, centre, {"to": to.public_id} if to else {})
    journal.record(session, by, (act,))
    session.flush()


def colleagues(session: Session, centre: Centre) -> Sequence[User]:
    """The people who work for a centre, by name."""
    held = select(Membership.user_id).where(
        Membership.centre_id == centre.id,
        Membership.role.in_(OPERATORS),
        Membership.state == MembershipState.ACTIVE,
    )
    return session.scalars(
        select(User).where(User.id.in_(held), User.active).order_by(User.name, User.id)
    ).all()
