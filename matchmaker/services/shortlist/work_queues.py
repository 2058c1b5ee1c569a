"""The operator's queues and a person's needs, with their number and age."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    DateTime,
    FromClause,
    Integer,
    Select,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, contains_eager, joinedload, load_only

from matchmaker.domain.lifecycle import (
    INVITABLE,
    OPEN_NEEDS,
    SEATED_WITHOUT_QUOTE,
    WILLING,
    WITH_QUOTE,
    MatchState,
    NeedState,
    ProfileState,
    ReviewState,
)
from matchmaker.models import (
    Centre,
    CertificateRow,
    Decision,
    Mail,
    Match,
    Need,
    Organisation,
    Profile,
)
from matchmaker.models.base import now
from matchmaker.services.index.supplier_counts import SupplierCounts
from matchmaker.services.mail import undelivered
from matchmaker.services.mail.undelivered import UndeliveredLetter
from matchmaker.services.needs.needs import with_parts
from matchmaker.services.profiles import duplicates
from matchmaker.services.profiles.certificates import waits

_MOST, _MOST_PUBLISHED = 50, 100
_BEFORE = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WorkQueue:
    """The number of waiting objects, -1 where they are not looked for yet, and the day since which the oldest waits (for
    ending certificates: the day the first one ends).
    """

    name: str
    count: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class UncuratedNeed:
    """A need with proposals and no decision about them."""

    need: Need
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class LateNeed:
    """An open need whose day for quotes has passed, with the quotes that came and those still owed."""

    need: Need
    came: int
    owed: int


@dataclass(frozen=True, slots=True)
class ShortlistCounts:
    """The numbers of a need's suppliers: proposed or approved, invited without an answer, and willing."""

    proposed: int = 0
    invited: int = 0
    willing: int = 0


@dataclass(frozen=True, slots=True)
class NeedQueues:
    """The needs that wait for an operator, the longest waiting first: those with proposals to look at, those to publish,
    those that an operator took in and left as a draft, those without any supplier, those whose day for quotes has passed; and all
    open ones with the counts of their suppliers, by row id.
    """

    uncurated: Sequence[UncuratedNeed]
    submitted: Sequence[Need]
    drafts: Sequence[Need]
    unmatched: Sequence[Need]
    late: Sequence[LateNeed]
    published: Sequence[Need]
    reached: Mapping[int, ShortlistCounts]


@dataclass(frozen=True, slots=True)
class UnansweredInvitation:
    """An invitation without an answer, with the time at which it was sent."""

    match: Match
    since: datetime


@dataclass(frozen=True, slots=True)
class NeedsPage:
    """A part of a person's needs: those of its firms (public ids) and of its centres (codes), in a state, at most
    `limit` after the one with the public id `after`.
    """

    firms: Sequence[str]
    centres: Sequence[str]
    state: NeedState | None = None
    after: str = ""
    limit: int = 20


def _unmatched() -> tuple[ColumnElement[bool], ...]:
    """Open needs of which no supplier is proposed, or all were rejected."""
    matched = select(Match.id).where(Match.need_id == Need.id, Match.state != MatchState.REJECTED)
    return Need.state.in_(OPEN_NEEDS), ~matched.exists()


def _drafts() -> tuple[ColumnElement[bool], ...]:
    """Drafts of needs that came to a centre by letter or telephone; a contractor's own draft is its own business."""
    return Need.state == NeedState.DRAFT, Need.channel.is_not(None), Need.channel != "portal"


def needs_page(session: Session, asked: NeedsPage) -> tuple[Sequence[Need] | None, int]:
    """The needs of a page and one more, the newest first, and the number of all; no needs where `after` is none of
    them.
    """
    firm = select(Organisation.id).where(Organisation.public_id.in_(asked.firms))
    centre = select(Centre.id).where(Centre.code.in_(asked.centres))
    own = [or_(Need.contractor_id.in_(firm), Need.centre_id.in_(centre))]
    if asked.state is not None:
        own.append(Need.state == asked.state)
    total = session.scalar(select(func.count()).select_from(Need).where(*own)) or 0
    if asked.after:
        last = session.scalar(select(Need.id).where(*own, Need.public_id == asked.after))
        if last is None:
            return None, total
        own.append(Need.id < last)
    query = with_parts().where(*own).order_by(Need.id.desc()).limit(asked.limit + 1)
    return session.scalars(query).all(), total


def queues(
    session: Session,
    centres: Sequence[str],
    today: date,
    counts: SupplierCounts | None = None,
    own: int | None = None,
) -> list[WorkQueue]:
    """The operator's queues with counts and ages; those of certificates as `counts` knows them, and the likely twins of
    the `own` centre.
    """
    known = counts or SupplierCounts()
    asked = "queues", tuple(centres), today
    of_certificates = known.of(session, asked, lambda: _counted(session, _certificates(centres, today)))
    return [*_counted(session, _others(centres, own)), *of_certificates]


def _counted(session: Session, queries: Mapping[str, Select[Any]]) -> list[WorkQueue]:
    """The queues with counts and ages, in one statement."""
    parts = {name: query.subquery() for name, query in queries.items()}
    first, *others = parts.values()
    beside: FromClause = first
    for other in others:
        beside = beside.join(other, true())
    row = session.execute(
        select(*(column for part in parts.values() for column in part.c)).select_from(beside)
    )
    told = list(row.one())
    return [
        WorkQueue(
            name, -1 if count is None else count, oldest.date() if isinstance(oldest, datetime) else oldest
        )
        for name, count, oldest in zip(parts, told[::2], told[1::2], strict=True)
    ]


def _certificates(centres: Sequence[str], today: date) -> dict[str, Any]:
    def of_them(oldest: Any) -> Select[Any]:
        counted = select(func.count(), func.min(oldest)).select_from(CertificateRow)
        published = counted.join(CertificateRow.profile).where(Profile.state == ProfileState.PUBLISHED)
        return published.join(Profile.organisation).where(Organisation.centre_id.in_(_ids(centres)))

    return {
        "unverified": of_them(CertificateRow.since).where(*waits(today)),
    }


def _ids(centres: Sequence[str]) -> Select[Any]:
    return select(Centre.id).where(Centre.code.in_(centres))


def _others(centres: Sequence[str], own: int | None) -> dict[str, Select[Any]]:
    ids = _ids(centres)
    twins = {} if own is None else {"duplicates": select(duplicates.number(own), cast(null(), DateTime))}
    firms = select(Organisation.id).where(Organisation.centre_id.in_(ids))
    return {
        "needs": select(func.count(), func.min(Need.changed_at)).where(
            Need.centre_id.in_(ids), Need.state == NeedState.SUBMITTED
        ),
        "drafts": select(func.count(), func.min(Need.changed_at)).where(Need.centre_id.in_(ids), *_drafts()),
        "unmatched": select(func.count(), func.min(Need.published_at)).where(
            Need.centre_id.in_(ids), *_unmatched()
        ),
        **twins,
        "letters": undelivered.given_up(centres, func.count(), func.min(Mail.changed_at)),
        "matches": _uncurated(ids, func.count(), func.min(Match.created_at)),
        "unanswered": _invited(ids, func.count(), func.min(_sent())),
        "profiles": select(func.count(), func.min(Profile.changed_at)).where(
            Profile.organisation_id.in_(firms), Profile.review == ReviewState.SUBMITTED
        ),
    }


def _uncurated(centres: Select[Any], *columns: Any) -> Select[Any]:
    wanted = select(*columns).select_from(Match).join(Need, Match.need_id == Need.id)
    return wanted.where(
        Need.centre_id.in_(centres), Match.state == MatchState.PROPOSED, Need.state.in_(OPEN_NEEDS)
    )


def _sent() -> ColumnElement[datetime]:
    """The time of the last invitation of a match's supplier."""
    sent = select(func.max(Decision.at)).where(
        Decision.need_id == Match.need_id,
        Decision.profile_id == Match.profile_id,
        Decision.kind == MatchState.INVITED,
    )
    return sent.correlate(Match).scalar_subquery()


def _invited(centres: Select[Any], *columns: Any) -> Select[Any]:
    wanted = select(*columns).select_from(Match).join(Need, Match.need_id == Need.id)
    return wanted.where(
        Need.centre_id.in_(centres), Match.state == MatchState.INVITED, Need.state.in_(OPEN_NEEDS)
    )


@dataclass(frozen=True, slots=True)
class _Listed:
    """A need on one of the lists: since when it waits there, and the counts of its matches that its list tells."""

    need: Need
    since: datetime | None
    counts: tuple[int, int, int]


def need_queues(session: Session, centres: Sequence[str]) -> NeedQueues:
    """The needs that wait for the operators of centres (codes), in one statement."""
    ids = select(Centre.id).where(Centre.code.in_(centres))
    oldest = func.min(Match.created_at).label("oldest")
    proposed = _uncurated(ids, Match.need_id.label("id"), oldest, func.count().label("one"))
    lists = (
        proposed.group_by(Match.need_id).order_by(oldest, Match.need_id).limit(_MOST),
        _first(ids, (Need.state == NeedState.SUBMITTED,), Need.changed_at, _MOST),
        _first(ids, _drafts(), Need.changed_at, _MOST),
        _first(ids, _unmatched(), Need.published_at, _MOST),
        _late(ids),
        _with_suppliers(_first(ids, (Need.state.in_(OPEN_NEEDS),), Need.changed_at, _MOST_PUBLISHED)),
    )
    parts = [query.subquery() for query in lists]
    listed = union_all(
        *(
            select(
                literal(place).label("list"),
                part.c.id,
                part.c.oldest,
                *(part.c.get(name, literal(0)).label(name) for name in _COUNTS),
            )
            for place, part in enumerate(parts)
        )
    ).subquery()
    columns = (listed.c.list, listed.c.oldest, *(listed.c[name] for name in _COUNTS))
    query = select(Need, *columns).join(listed, listed.c.id == Need.id)
    told = load_only(
        Need.public_id,
        Need.title,
        Need.text,
        Need.state,
        Need.channel,
        Need.published_at,
        Need.changed_at,
        Need.quotes_until,
    )
    parties = joinedload(Need.contractor).load_only(Organisation.name_ru, Organisation.name_en)
    found: list[list[_Listed]] = [[] for _ in lists]
    for need, place, since, *counts in session.execute(query.options(told, parties)):
        one, two, three = map(int, counts)
        found[place].append(_Listed(need, since, (one, two, three)))
    uncurated, submitted, drafts, unmatched, late, published = (sorted(some, key=_by_age) for some in found)
    return NeedQueues(
        [UncuratedNeed(one.need, one.counts[0], one.since) for one in uncurated if one.since],
        [one.need for one in submitted],
        [one.need for one in drafts],
        [one.need for one in unmatched],
        late=[LateNeed(one.need, *one.counts[:2]) for one in late],
        published=[one.need for one in published],
        reached={one.need.id: ShortlistCounts(*one.counts) for one in published if any(one.counts)},
    )


_COUNTS = ("one", "two", "three")


def _late(centres: Select[Any]) -> Select[*tuple[Any, ...]]:
    """Open needs whose day for quotes has passed: with quotes somebody chooses, without the day is moved."""
    came = func.count().filter(Match.state.in_(WITH_QUOTE))
    owed = func.count().filter(Match.state.in_(SEATED_WITHOUT_QUOTE))
    return (
        select(Need.id, Need.quotes_until.label("oldest"), came.label("one"), owed.label("two"))
        .join(Match, Match.need_id == Need.id)
        .where(Need.centre_id.in_(centres), Need.state.in_(OPEN_NEEDS), Need.quotes_until <= now())
        .group_by(Need.id)
        .having(came + owed > 0)
        .order_by(Need.quotes_until, Need.id)
        .limit(_MOST)
    )


def _with_suppliers(needs: Select[Any]) -> Select[Any]:
    """The same needs with the counts of `ShortlistCounts`."""
    first = needs.subquery()
    sums = (func.coalesce(one, 0).label(name) for one, name in zip(_shortlisted(), _COUNTS, strict=True))
    return (
        select(first.c.id, first.c.oldest, *sums)
        .outerjoin(Match, Match.need_id == first.c.id)
        .group_by(first.c.id, first.c.oldest)
    )


def _shortlisted() -> tuple[ColumnElement[int], ...]:
    def counted(states: Collection[MatchState]) -> ColumnElement[int]:
        return func.sum(case((Match.state.in_(states), 1), else_=0))

    return counted(INVITABLE), counted({MatchState.INVITED}), counted(WILLING)


def _first(
    centres: Select[Any], conditions: Iterable[ColumnElement[bool]], since: Any, limit: int
) -> Select[Any]:
    """The needs of centres under these conditions that wait longest."""
    query = select(Need.id, since.label("oldest"))
    return query.where(Need.centre_id.in_(centres), *conditions).order_by(since, Need.id).limit(limit)


def _by_age(one: _Listed) -> tuple[datetime, int]:
    return one.since or _BEFORE, one.need.id


def reached(session: Session, needs: Sequence[int]) -> dict[int, ShortlistCounts]:
    """The counts of the needs with these ids; needs without suppliers are left out."""
    query = select(Match.need_id, *_shortlisted()).where(Match.need_id.in_(needs)).group_by(Match.need_id)
    return {row[0]: ShortlistCounts(*map(int, row[1:])) for row in session.execute(query)}


def letters_and_answers(
    session: Session, centres: Sequence[str], limit: int = 50
) -> tuple[list[UndeliveredLetter], list[UnansweredInvitation]]:
    """The letters about suppliers that are not tried any more, and the invitations that wait for an answer, of each the longest
    waiting first, in one statement.
    """
    ids, sent = select(Centre.id).where(Centre.code.in_(centres)), _sent().label("since")
    no_mail = cast(null(), Integer).label("mail")
    given_up = undelivered.given_up(
        centres, Match.id.label("match"), Mail.id.label("mail"), Mail.changed_at.label("since")
    )
    parts = (
        given_up.order_by(Mail.changed_at, Mail.id).limit(limit).subquery(),
        _invited(ids, Match.id.label("match"), no_mail, sent)
        .order_by(sent, Match.id)
        .limit(limit)
        .subquery(),
    )
    listed = union_all(*(select(part.c.match, part.c.mail, part.c.since) for part in parts)).subquery()
    query = (
        select(Match, Mail, listed.c.since)
        .join(listed, listed.c.match == Match.id)
        .outerjoin(Mail, Mail.id == listed.c.mail)
        .join(Match.profile)
        .join(Profile.organisation)
        .options(
            load_only(Match.public_id, Match.changed_at),
            joinedload(Match.need).load_only(Need.public_id, Need.title, Need.text),
            contains_eager(Match.profile)
            .load_only(Profile.public_id)
            .contains_eager(Profile.organisation)
            .load_only(Organisation.name_ru, Organisation.name_en),
        )
    )
    letters, answers = list[UndeliveredLetter](), list[UnansweredInvitation]()
    for match, mail, since in session.execute(query):
        if mail is None:
            answers.append(UnansweredInvitation(match, since or match.changed_at))
        else:
            letters.append(UndeliveredLetter(mail, match))
    letters.sort(key=lambda one: (one.since, one.mail.id))
    answers.sort(key=lambda one: (one.since, one.match.id))
    return letters, answers
