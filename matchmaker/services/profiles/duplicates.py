"""Likely duplicates: among all organisations of the database for the command, those of a centre for its operators, and
between centres.

The latter two are found beside the pages, since all firms are compared, and kept until a firm has changed. Between centres only
what strangers read of published profiles is compared, so that no pair tells of more.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, delete, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, contains_eager

from matchmaker.domain import firm_ids
from matchmaker.domain.lifecycle import ProfileState
from matchmaker.models import (
    Centre,
    DistinctPair,
    LikelyTwin,
    Organisation,
    OrganisationAlias,
    Profile,
    TwinSearch,
    bulk,
)
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import locks
from matchmaker.services.profiles.twins.compared_firms import FirmIdentity
from matchmaker.services.profiles.twins.twin_clusters import JoinedKeys
from matchmaker.services.profiles.twins.twin_model import shipped_model
from matchmaker.services.profiles.twins.twin_pairs import DuplicatePair, find

_log = logging.getLogger(__name__)
_GROUP = func.coalesce(LikelyTwin.cluster, LikelyTwin.first)
_QUESTION = "?"  # before the number of a question between clusters, which no public id begins with
_BETWEEN = "!"  # the cluster of pairs of two centres, of which each has its own row
_WITHIN = LikelyTwin.cluster.is_distinct_from(_BETWEEN)
# After a search as many times its own length, so that a centre in which firms change all day spends a twentieth on it.
_PAUSE = 20


@dataclass(frozen=True, slots=True)
class TwinGroup:
    """Profiles (public ids) that may be of one firm, the likeliest first, with the probability of the likeliest pair."""

    keys: tuple[str, ...]
    probability: float


@dataclass(frozen=True, slots=True)
class TwinElsewhere:
    """A firm of a centre and one of another centre that may be the same, both published."""

    own: Profile
    other: Profile
    probability: float


def pairs(session: Session) -> list[DuplicatePair]:
    """The pairs by the ids of files, most probable first; pairs that an import joined by INN are certain."""
    joined = session.execute(
        select(Organisation.external_id, OrganisationAlias.external_id)
        .join(OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id)
        .where(Organisation.external_id.is_not(None))
    )
    ids = [sorted((str(row[0]), str(row[1]))) for row in joined]
    certain = [DuplicatePair(first, second, 1.0, "same") for first, second in ids]
    rows = session.execute(
        _firms(Organisation.external_id)
        .outerjoin(Profile, Profile.organisation_id == Organisation.id)
        .where(Organisation.external_id.is_not(None))
        .execution_options(yield_per=1000)
    )
    with closing(rows):
        return [*certain, *find(_identity(row) for row in rows)]


def _firms(key: InstrumentedAttribute[Any]) -> Select[*tuple[Any, ...]]:
    """What is compared of firms, under a key."""
    return select(
        key,
        Organisation.name_ru,
        Organisation.name_en,
        Organisation.inn,
        Organisation.region_code,
        Organisation.region,
        Organisation.city,
        Organisation.address,
        Organisation.details,
        Profile.contacts,
    ).order_by(Organisation.id)


def _identity(row: Row[*tuple[Any, ...]]) -> FirmIdentity:
    key, ru, en, inn, code, region, city, address, details, contacts = row
    return FirmIdentity(
        id=str(key),
        names=tuple(name for name in (ru, en) if name),
        inn=inn,
        ogrn=(details or {}).get("ogrn"),
        region=code or region or "",
        city=city or "",
        address=" ".join(part for part in (city, address) if part) if address else "",
        country=code.split("-")[0] if code and "-" in code else "",
        contacts=tuple(str(value) for name, value in (contacts or {}).items() if name != "person"),
    )


class TwinFinder:
    """The search for likely twins in the background, one a process."""

    def __init__(self) -> None:
        self._again_at = 0.0

    def renew(self, sessions: Sessions) -> None:
        """Search the centres in which a firm has changed since the last search, unless one has just ended."""
        if monotonic() < self._again_at:
            return
        with sessions() as session:
            due = session.execute(_changed()).all()
        for centre_id, changed in due:
            began = monotonic()
            _search(sessions, centre_id, changed)
            spent = monotonic() - began
            self._again_at = monotonic() + _PAUSE * spent
            _log.info("Likely twins of a centre were searched in %.1f s", spent)
        if due:
            began = monotonic()
            _search_between(sessions)
            self._again_at = max(self._again_at, monotonic() + _PAUSE * (monotonic() - began))


def _changed() -> Select[int, datetime]:
    """The centres in which a firm has changed since the last search, and when."""
    changed = (
        select(func.max(Organisation.changed_at))
        .where(Organisation.centre_id == Centre.id)
        .correlate(Centre)
        .scalar_subquery()
    )
    known = TwinSearch.firms_changed_at
    return (
        select(Centre.id, changed)
        .outerjoin(TwinSearch, TwinSearch.centre_id == Centre.id)
        .where(or_(TwinSearch.centre_id.is_(None), known.is_distinct_from(changed)))
    )


def _search(sessions: Sessions, centre_id: int, changed: datetime | None) -> None:
    with sessions() as session:
        found = candidates(session, centre_id)
        found += _kept_apart(session, centre_id, {(pair.a, pair.b) for pair in found})
    with sessions.begin() as session:
        locks.lock_row(session, session.get_one(Centre, centre_id))
        distinct = _said_to_be_two(session)
        session.execute(delete(LikelyTwin).where(LikelyTwin.centre_id == centre_id, _WITHIN))
        asked = list(_asked_about(pair for pair in found if frozenset((pair.a, pair.b)) not in distinct))
        bulk.add(session, LikelyTwin, list(_rows(centre_id, asked)))
        session.merge(TwinSearch(centre_id=centre_id, firms_changed_at=changed, at=now()))


def _search_between(sessions: Sessions) -> None:
    """Find the published firms that several centres may know."""
    published = Profile.state == ProfileState.PUBLISHED, Organisation.blocked.is_(False)
    query = select(Profile.public_id, Organisation.centre_id).join(Profile.organisation).where(*published)
    firms = _firms(Profile.public_id).join(Organisation, Profile.organisation_id == Organisation.id)
    with sessions() as session:
        centres: dict[str, int] = {row.public_id: row.centre_id for row in session.execute(query)}
        found: Sequence[DuplicatePair] = ()
        if len(set(centres.values())) > 1:
            with closing(session.execute(firms.where(*published).execution_options(yield_per=1000))) as rows:
                found = find(replace(_identity(row), contacts=()) for row in rows)
    with sessions.begin() as session:
        distinct = _said_to_be_two(session)
        session.execute(delete(LikelyTwin).where(LikelyTwin.cluster == _BETWEEN))
        rows_of_pairs = [
            {
                "centre_id": centres[own],
                "first": own,
                "second": other,
                "probability": pair.probability,
                "cluster": _BETWEEN,
            }
            for pair in found
            if centres.get(pair.a) != centres.get(pair.b) and frozenset((pair.a, pair.b)) not in distinct
            for own, other in ((pair.a, pair.b), (pair.b, pair.a))  # each centre reads its own
        ]
        bulk.add(session, LikelyTwin, rows_of_pairs)


def _asked_about(found: Iterable[DuplicatePair]) -> Iterator[DuplicatePair]:
    """The likeliest pairs that hold each cluster together: a firm of three hundred spellings takes 299 questions, not 45,000. Between
    two clusters the likeliest pair asks.
    """
    pairs = sorted(found, key=lambda pair: -pair.probability)
    joined, asked = JoinedKeys(), JoinedKeys()
    yield from [pair for pair in pairs if pair.joined and joined.join(pair.a, pair.b)]
    for pair in pairs:
        first, second = joined.first(pair.a), joined.first(pair.b)
        if not pair.joined and first != second and asked.join(first, second):
            yield pair


def _rows(centre_id: int, asked: Sequence[DuplicatePair]) -> Iterator[dict[str, Any]]:
    """The rows of likely twins, those that hang together under one name; a question between clusters stands by itself."""
    joined = JoinedKeys()
    for pair in asked:
        if pair.joined:
            joined.join(pair.a, pair.b)
    for number, pair in enumerate(asked):
        yield {
            "centre_id": centre_id,
            "first": pair.a,
            "second": pair.b,
            "probability": pair.probability,
            "cluster": joined.first(pair.a) if pair.joined else f"{_QUESTION}{number}",
        }


def _said_to_be_two(session: Session) -> set[frozenset[str]]:
    """The pairs of profiles that were declared to be of two firms."""
    one, other = aliased(Profile), aliased(Profile)
    pairs = (
        select(one.public_id, other.public_id)
        .join(DistinctPair, DistinctPair.first_id == one.organisation_id)
        .join(other, DistinctPair.second_id == other.organisation_id)
    )
    return {frozenset(row) for row in session.execute(pairs)}


def candidates(session: Session, centre_id: int) -> list[DuplicatePair]:
    """Likely duplicates among a centre's suppliers that are not blocked, by public ids, most probable first."""
    query = (
        _firms(Profile.public_id)
        .join(Organisation, Profile.organisation_id == Organisation.id)
        .where(Organisation.centre_id == centre_id, Organisation.blocked.is_(False))
        .execution_options(yield_per=1000)
    )
    with closing(session.execute(query)) as rows:
        return find(_identity(row) for row in rows)


def _kept_apart(
    session: Session, centre_id: int, found: AbstractSet[tuple[str, str]]
) -> Iterator[DuplicatePair]:
    """The further pairs of firms of one name that lists keep apart: each with the first one of its name."""
    named = select(Organisation.external_id, Profile.public_id).join(Profile.organisation)
    query = named.where(
        Organisation.centre_id == centre_id,
        Organisation.blocked.is_(False),
        Organisation.external_id.startswith(firm_ids.NAMED, autoescape=True),
    ).order_by(Organisation.id)
    first, doubtful = dict[str, str](), shipped_model().doubtful
    for own, key in session.execute(query):
        one = first.setdefault(firm_ids.name_part(str(own)), key)
        a, b = sorted((one, key))
        if one != key and (a, b) not in found:
            yield DuplicatePair(a, b, doubtful, "doubtful")


def count(session: Session, centre_id: int) -> int | None:
    """The number of groups of a centre's likely twins as last found; None before the first search."""
    return session.scalar(select(number(centre_id)))


def number(centre_id: int) -> ColumnElement[int | None]:
    """The number of groups of a centre's likely twins as last found, to be asked for beside others; NULL before the first search."""
    searched = select(TwinSearch.centre_id).where(TwinSearch.centre_id == centre_id)
    groups = select(func.count(_GROUP.distinct())).where(LikelyTwin.centre_id == centre_id, _WITHIN)
    found = groups.scalar_subquery()
    return case((searched.exists(), found))


def likeliest(session: Session, centre_id: int, most: int, skipped: int = 0) -> Sequence[TwinGroup]:
    """The first groups of a centre's likely twins as last found, or those behind as many as are skipped."""
    surest = func.max(LikelyTwin.probability)
    query = select(_GROUP, surest).where(LikelyTwin.centre_id == centre_id, _WITHIN).group_by(_GROUP)
    groups = session.execute(query.order_by(surest.desc(), _GROUP).limit(most).offset(skipped)).all()
    names = [name for name, _ in groups]
    ordered = (LikelyTwin.probability.desc(), LikelyTwin.first, LikelyTwin.second)
    pairs = session.scalars(select(LikelyTwin).where(_GROUP.in_(names)).order_by(*ordered))
    members: dict[str, dict[str, None]] = {name: {} for name in names}
    for pair in pairs:
        members[pair.cluster or pair.first] |= {pair.first: None, pair.second: None}
    return [TwinGroup(tuple(members[name]), probability) for name, probability in groups]


def between(session: Session, centre_id: int, most: int) -> Sequence[TwinElsewhere]:
    """The likeliest firms of a centre that another centre may know as well, as last found and while both are published."""
    one, other = aliased(Profile), aliased(Profile)
    first, second = aliased(Organisation), aliased(Organisation)
    query = (
        select(one, other, LikelyTwin.probability)
        .join(LikelyTwin, LikelyTwin.first == one.public_id)
        .join(other, LikelyTwin.second == other.public_id)
        .join(first, one.organisation)
        .join(second, other.organisation)
        .options(
            contains_eager(one.organisation.of_type(first)).joinedload(first.centre),
            contains_eager(other.organisation.of_type(second)).joinedload(second.centre),
        )
        .where(
            LikelyTwin.centre_id == centre_id,
            LikelyTwin.cluster == _BETWEEN,
            *(profile.state == ProfileState.PUBLISHED for profile in (one, other)),
            *(firm.blocked.is_(False) for firm in (first, second)),
        )
        .order_by(LikelyTwin.probability.desc(), LikelyTwin.first, LikelyTwin.second)
        .limit(most)
    )
    return [TwinElsewhere(*row) for row in session.execute(query)]


def elsewhere(session: Session, firm: Organisation) -> Sequence[Profile]:
    """The published profiles of other centres with the INN of this firm: one firm that several centres know."""
    if not firm.inn:
        return ()
    query = (
        select(Profile)
        .join(Profile.organisation)
        .options(contains_eager(Profile.organisation).joinedload(Organisation.centre))
        .where(
            Organisation.inn == firm.inn,
            Organisation.centre_id != firm.centre_id,
            Profile.state == ProfileState.PUBLISHED,
        )
    )
    return session.scalars(query.order_by(Profile.id)).all()


def forget(session: Session, *firms: Organisation) -> None:
    """Let firms no longer count as likely twins of each other: they are merged, or declared to be several."""
    keys = select(Profile.public_id).where(Profile.organisation_id.in_([one.id for one in firms]))
    session.execute(delete(LikelyTwin).where(LikelyTwin.first.in_(keys), LikelyTwin.second.in_(keys)))
