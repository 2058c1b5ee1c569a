"""The messages that a person was told of and has not read, counted in the query that knows the person."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.domain.access import STAFF_ROLES
from matchmaker.domain.lifecycle import IN_CONVERSATION, MembershipState
from matchmaker.models import (
    Match,
    Membership,
    Message,
    Need,
    Profile,
    UnreadMessage,
    User,
    UserSession,
    bulk,
)
from matchmaker.models.database import DatabaseError, Sessions

# By reader: the audiences that are open to it. The centre reads all messages.
READABLE = {
    "supplier": ("all", "supplier"),
    "contractor": ("all", "contractor"),
    "centre": ("all", "supplier", "contractor", "centre"),
}
MOST = 100  # threads on a page


@dataclass(frozen=True, slots=True)
class UnreadThread:
    """A thread with messages that the person has not read: how many, and the time of the last one."""

    match: Match
    count: int
    at: datetime


def keep(session: Session, message: Message, readers: Collection[User]) -> None:
    """Keep that these people have not read a message; its writer has."""
    rows = [{"user_id": one.id, "message_id": message.id} for one in readers if one.id != message.by_id]
    bulk.add(session, UnreadMessage, rows)


def count() -> ScalarSelect[int]:
    """The number of messages that the person of a session in the query may read and has not."""
    return (
        _unread(func.count())
        .where(UnreadMessage.user_id == UserSession.user_id)
        .correlate(UserSession)
        .scalar_subquery()
    )


def _unread(*columns: Any) -> Select[Any]:
    """The unread messages that their people may still read: one that left a firm, or a supplier that left the need, reads
    them no more.
    """
    firm = Membership.organisation_id
    reads = or_(
        and_(
            Membership.role == "supplier_editor",
            firm == Profile.organisation_id,
            Message.audience.in_(READABLE["supplier"]),
        ),
        and_(
            Membership.role == "contractor_buyer",
            firm == Need.contractor_id,
            Message.audience.in_(READABLE["contractor"]),
        ),
        and_(Membership.role.in_(STAFF_ROLES), Membership.centre_id == Need.centre_id),
    )
    held = select(Membership.id).where(
        Membership.user_id == UnreadMessage.user_id, Membership.state == MembershipState.ACTIVE, reads
    )
    return (
        select(*columns)
        .select_from(UnreadMessage)
        .join(Message, Message.id == UnreadMessage.message_id)
        .join(Match, Match.id == Message.match_id)
        .join(Need, Need.id == Match.need_id)
        .join(Profile, Profile.id == Match.profile_id)
        .where(Match.state.in_(IN_CONVERSATION), held.exists())
    )


def threads(session: Session, user: User) -> list[UnreadThread]:
    """The person's threads with unread messages, the longest waiting first."""
    at = func.max(Message.at)
    found = (
        _unread(Match.id, func.count(), at)
        .where(UnreadMessage.user_id == user.id)
        .group_by(Match.id)
        .order_by(at, Match.id)
        .limit(MOST)
    )
    rows = {row[0]: (row[1], row[2]) for row in session.execute(found)}
    query = (
        select(Match)
        .join(Match.need)
        .join(Match.profile)
        .where(Match.id.in_(rows))
        .options(
            contains_eager(Match.need).options(joinedload(Need.centre), joinedload(Need.contractor)),
            contains_eager(Match.profile).joinedload(Profile.organisation),
        )
    )
    matches = {match.id: match for match in session.scalars(query)} if rows else {}
    return [UnreadThread(matches[key], *told) for key, told in rows.items()]


def of_messages(session: Session, user: User, messages: Sequence[Message]) -> frozenset[int]:
    """The ids of those messages that the person has not read."""
    ids = [message.id for message in messages]
    query = select(UnreadMessage.message_id).where(UnreadMessage.user_id == user.id)
    return frozenset(session.scalars(query.where(UnreadMessage.message_id.in_(ids))))


def have_read(sessions: Sessions, user: int, messages: Collection[int]) -> None:
    """Keep that the person (row id) has read these messages; left out where the database cannot be written at once."""
    with suppress(DatabaseError), sessions.begin_at_once() as session:
        mine = UnreadMessage.user_id == user, UnreadMessage.message_id.in_(messages)
        session.execute(delete(UnreadMessage).where(*mine))
