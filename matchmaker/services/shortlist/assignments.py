"""The operators who work on waiting objects. An assignment promises nothing and locks nothing: it is only
shown.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models import Assignment, Centre, Membership, User
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act

OPERATORS = ("operator", "centre_administrator")


def of(session: Session, kind: str, keys: Iterable[str]) -> dict[str, User]:
    """The assigned operators of objects of a kind, by their public ids; objects without one are left out."""
    query = select(Assignment).where(Assignment.object_kind == kind, Assignment.object_id.in_(list(keys)))
    found = session.scalars(query.options(joinedload(Assignment.user)))
    return {one.object_id: one.user for one in found}


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
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.centre_id == centre.id, Membership.role.in_(OPERATORS))
        .where(Membership.state == MembershipState.ACTIVE, User.active)
        .order_by(User.name, User.id)
        .distinct()
    )
    return session.scalars(query).all()
