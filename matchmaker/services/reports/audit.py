"""The journal for its readers: a centre's for its operators, a firm's for its chief users, the network's
roles for its administrator.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models import (
    AuditEntry,
    Centre,
    Match,
    Membership,
    Need,
    Organisation,
    Profile,
    PurchaseOrder,
    User,
)
from matchmaker.services.core import urls
from matchmaker.services.needs import need_summary
from matchmaker.services.people import directory

PAGE = 50
LAST_NUMBER = 2**31 - 1  # that an entry can have
Scope = ColumnElement[bool]  # the entries that a person may read
# The acts that the network's administrator reads: rights of people in centres, and nothing about needs.
_OF_NETWORK = (
    "role.granted",
    "role.ended",
    "role.accepted",
    "person.invited",
    "centre.created",
    "centre.renamed",
)


@dataclass(frozen=True, slots=True)
class JournalQuery:
    """The filter of the journal: a person (public id), an object (public id), a family of acts, a span of
    time.
    """

    person: str = ""
    thing: str = ""
    family: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """An entry with the names of its person and object; `path` leads to the object where it has a page."""

    entry: AuditEntry
    who: str
    thing: str
    path: str


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Lines, the newest first, and the number below which the next page begins; None on the last page."""

    lines: Sequence[JournalLine]
    below: int | None


def of_centres(centres: Sequence[str]) -> Scope:
    """The entries about these centres (codes) and their people."""
    inside = select(User.public_id).where(User.id.in_(directory.inside(centres)))
    of_people = and_(AuditEntry.centre.is_(None), AuditEntry.object_kind == "user")
    return or_(AuditEntry.centre.in_(centres), and_(of_people, AuditEntry.object_id.in_(inside)))


def of_organisations(session: Session, ids: Sequence[int]) -> Scope:
    """The entries by people of these organisations, and those about them, the organisations and their
    profiles.
    """
    held = select(Membership.user_id).where(
        Membership.organisation_id.in_(ids), Membership.state == MembershipState.ACTIVE
    )
    own = session.scalars(select(User.public_id).where(User.id.in_(held))).all()
    firms = session.scalars(select(Organisation.public_id).where(Organisation.id.in_(ids))).all()
    profiles = session.scalars(select(Profile.public_id).where(Profile.organisation_id.in_(ids))).all()
    things = or_(
        *(
            and_(AuditEntry.object_kind == kind, AuditEntry.object_id.in_(keys))
            for kind, keys in (("user", own), ("organisation", firms), ("profile", profiles))
        )
    )
    return or_(AuditEntry.actor.in_(own), things)


def of_network() -> Scope:
    return AuditEntry.action.in_(_OF_NETWORK)


def page(
    session: Session,
    where: Scope,
    asked: JournalQuery,
    below: int | None,
    language: str,
    *,
    limit: int = PAGE,
) -> JournalPage:
    """The newest entries below a number, with names, in a fixed number of statements."""
    query = select(AuditEntry).where(where, *_narrowed(asked)).order_by(AuditEntry.id.desc())
    if below is not None:
        query = query.where(AuditEntry.id < min(below, LAST_NUMBER))
    entries = session.scalars(query.limit(limit + 1)).all()
    shown = entries[:limit]
    return JournalPage(named(session, shown, language), shown[-1].id if len(entries) > limit else None)


def _narrowed(asked: JournalQuery) -> Iterable[ColumnElement[bool]]:
    if asked.person:
        yield AuditEntry.actor == asked.person
    if asked.thing:
        yield AuditEntry.object_id == asked.thing
    if asked.family:
        yield AuditEntry.action.startswith(f"{asked.family}.", autoescape=True)
    if asked.since is not None:
        yield AuditEntry.at >= asked.since
    if asked.until is not None:
        yield AuditEntry.at < asked.until


def named(session: Session, entries: Sequence[AuditEntry], language: str) -> list[JournalLine]:
    """The entries with the names of their people and objects, in a fixed number of statements."""
    keys: dict[str, set[str]] = {"user": {one.actor for one in entries}}
    for one in entries:
        keys.setdefault(one.object_kind, set()).add(one.object_id)
    names = {kind: _NAMES[kind](session, found, language) for kind, found in keys.items() if kind in _NAMES}
    lines = []
    for one in entries:
        name, path = names.get(one.object_kind, {}).get(one.object_id, ("", ""))
        who, _ = names["user"].get(one.actor, ("", ""))
        lines.append(JournalLine(one, who, name, path))
    return lines


Named = Mapping[str, tuple[str, str]]


def _users(session: Session, keys: set[str], _language: str) -> Named:
    query = select(User.public_id, User.name).where(User.public_id.in_(keys))
    return {key: (name, "") for key, name in session.execute(query)}


def _organisations(session: Session, keys: set[str], language: str) -> Named:
    found = session.scalars(select(Organisation).where(Organisation.public_id.in_(keys)))
    return {one.public_id: (one.name(language), "") for one in found}


def _profiles(session: Session, keys: set[str], language: str) -> Named:
    query = select(Profile).where(Profile.public_id.in_(keys)).options(joinedload(Profile.organisation))
    return {
        one.public_id: (one.organisation.name(language), urls.supplier(one.public_id))
        for one in session.scalars(query)
    }


def _needs(session: Session, keys: set[str], _language: str) -> Named:
    found = session.scalars(select(Need).where(Need.public_id.in_(keys)))
    return {one.public_id: (_title(one), urls.need(one.public_id)) for one in found}


def _matches(session: Session, keys: set[str], language: str) -> Named:
    parts = (joinedload(Match.need), joinedload(Match.profile).joinedload(Profile.organisation))
    query = select(Match).where(Match.public_id.in_(keys)).options(*parts)
    return {
        one.public_id: (
            f"{one.profile.organisation.name(language)} — {_title(one.need)}",
            urls.match_at_work(one.need.public_id, one.public_id),
        )
        for one in session.scalars(query)
    }


def _orders(session: Session, keys: set[str], language: str) -> Named:
    match = joinedload(PurchaseOrder.match)
    parts = (match.joinedload(Match.need), match.joinedload(Match.profile).joinedload(Profile.organisation))
    query = select(PurchaseOrder).where(PurchaseOrder.public_id.in_(keys)).options(*parts)
    return {
        one.public_id: (
            f"{one.match.profile.organisation.name(language)} — {_title(one.match.need)}",
            urls.order(one.public_id),
        )
        for one in session.scalars(query)
    }


def _centres(session: Session, keys: set[str], language: str) -> Named:
    found = session.scalars(select(Centre).where(Centre.public_id.in_(keys)))
    return {one.public_id: (one.name(language), "") for one in found}


def _title(need: Need) -> str:
    return need_summary.title_of(need, longest=80)


_NAMES = {
    "user": _users,
    "organisation": _organisations,
    "profile": _profiles,
    "need": _needs,
    "match": _matches,
    "order": _orders,
    "centre": _centres,
}
