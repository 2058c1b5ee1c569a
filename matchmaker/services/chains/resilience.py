"""Resilience: what rests on one firm, one certificate or one machine, and what is lost where it stops.

What rests on one firm is read from `need_covers`. What a certificate or a machine holds up is what the needs say of the supplier's
document with it and without it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from matchmaker.domain.certificate import CertificationDemand, meets
from matchmaker.domain.errors import NotFound
from matchmaker.domain.lifecycle import (
    AWAITING_OUTCOME,
    NEEDS_IN_PREPARATION,
    OPEN_NEEDS,
    CertificateStatus,
    NeedState,
    OrderState,
    ProfileState,
)
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import (
    Centre,
    CertificateRow,
    Equipment,
    Match,
    Need,
    NeedCover,
    Organisation,
    Profile,
    PurchaseOrder,
    told_open,
)
from matchmaker.models.base import now
from matchmaker.services.index import documents
from matchmaker.services.matching import matching, profile_gains
from matchmaker.services.matching.asked_needs import AskedNeeds, NeedAsked
from matchmaker.services.matching.matching import Matching
from matchmaker.services.profiles import certificates, suppliers
from search.matching import gains
from search.matching.gains import DatedNeeds
from search.matching.matcher import dated

T = TypeVar("T")
MOST_WORKS, MOST_PAPERS, MOST_MACHINES, MOST_LOST = 200, 100, 100, 300
TAKERS = 3  # that are named for a need


class StoppedKind(StrEnum):
    """What stops: the firm with all it does, one of its certificates, one of its machines (or a group of equal ones)."""

    FIRM = "firm"
    CERTIFICATE = "certificate"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class RestingWork:
    """An operation, of a material (codes) where the needs name one, that a single firm is able to do for some needs of a year: `firm` and
    `near`, whom one condition alone keeps from some of them, are public ids of profiles.
    """

    process: str
    material: str | None
    firm: str
    needs: int
    open_needs: int
    hours: float
    near: Sequence[str]


@dataclass(frozen=True, slots=True)
class RestingDemand:
    """A demand for a certificate of some needs of a year that a single supplier meets, with its certificate, and the profiles (public ids)
    that say they are on the way to one.
    """

    demand: CertificationDemand
    needs: int
    certificate: CertificateRow
    coming: Sequence[str]


@dataclass(frozen=True, slots=True)
class RestingMachine:
    """The only machine of its type (codes) among the published suppliers of the centre; `place` is its place in the profile."""

    firm: str
    types: Sequence[str]
    name: str
    year: int | None
    place: int


@dataclass(frozen=True, slots=True)
class Resting:
    """What rests on one, the most needs first; `firms` by the public id of the profile."""

    works: Sequence[RestingWork]
    demands: Sequence[RestingDemand]
    machines: Sequence[RestingMachine]
    firms: Mapping[str, Organisation]


class LostPlace(StrEnum):
    """What the supplier is for a need: the only one that is able, the best of several, one of several."""

    ONLY = "only"
    BEST = "best"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class LostNeed:
    """A need that loses a supplier, and the public ids of the profiles that would take over, best first."""

    key: str
    title: str | None
    state: NeedState
    place: LostPlace
    takers: Sequence[str]


@dataclass(frozen=True, slots=True)
class WhatStops:
    """What stops: a kind, and the certificate (its public id) or the machine (its place in the profile); "" for the firm."""

    kind: StoppedKind
    key: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """What is lost where something of a supplier stops: open needs, of which `total` there are, how many needs of a year and their
    machine-hours, the matches and running orders that are touched, and who would take over by the key of the need.
    """

    needs: Sequence[LostNeed]
    total: int
    ever: int
    hours: float
    matches: Sequence[Match]
    orders: Sequence[PurchaseOrder]
    takers: Mapping[str, Sequence[str]]
    firms: Mapping[str, Organisation]


def resting(session: Session, centre: Centre, parts: Matching) -> Resting:
    """What of the centre's needs of a year, and of its suppliers, rests on one; in a few statements."""
    works = _works(session, centre, parts.today)
    demands = _demands(session, centre, parts)
    machines = _machines(session, centre)
    keys = {
        *(key for one in works for key in (one.firm, *one.near)),
        *(key for one in demands for key in (one.certificate.profile.public_id, *one.coming)),
        *(one.firm for one in machines),
    }
    return Resting(works, demands, machines, suppliers.firms(session, sorted(keys)))


def _of_year(centre: Centre, today: date) -> tuple[ColumnElement[bool], ...]:
    since = datetime.combine(today - timedelta(days=profile_gains.DAYS), time.min, UTC)
    recent = or_(told_open(), func.coalesce(Need.published_at, Need.created_at) >= since)
    return Need.centre_id == centre.id, Need.state.not_in(NEEDS_IN_PREPARATION), recent


def _works(session: Session, centre: Centre, today: date) -> list[RestingWork]:
    query = (
        select(NeedCover, Need.state)
        .join(Need, Need.id == NeedCover.need_id)
        .where(NeedCover.able == 1, *_of_year(centre, today))
        .order_by(NeedCover.need_id, NeedCover.place)
    )
    found: dict[tuple[str, str | None, str], list[tuple[NeedCover, NeedState]]] = {}
    for cover, state in session.execute(query):
        if cover.best and cover.process:
            found.setdefault((cover.process, cover.material, cover.best[0]), []).append((cover, state))
    works = [_work(*key, rows) for key, rows in found.items()]
    return sorted(works, key=lambda one: (-one.open_needs, -one.needs, one.process, one.firm))[:MOST_WORKS]


def _work(
    process: str, material: str | None, firm: str, rows: Sequence[tuple[NeedCover, NeedState]]
) -> RestingWork:
    near = Counter(str(one["key"]) for cover, _ in rows for one in cover.near if len(one["conditions"]) == 1)
    return RestingWork(
        process,
        material,
        firm,
        needs=len({cover.need_id for cover, _ in rows}),
        open_needs=len({cover.need_id for cover, state in rows if state in OPEN_NEEDS}),
        hours=sum(cover.hours for cover, _ in rows),
        near=[key for key, _ in near.most_common(TAKERS)],
    )


def _demands(session: Session, centre: Centre, parts: Matching) -> list[RestingDemand]:
    """Demands that one supplier meets, told by the matcher's count, with its certificate."""
    _keys, asked = _needs_of_year(session, centre, parts)
    needs = Counter(
        replace(demand, on=None)
        for one in asked.needs
        for demand in dict.fromkeys(dated(one.requirements, parts.today).demanded)
    )
    counts = parts.matcher.meeting(list(needs), today=parts.today)
    alone = [one for one, count in needs.most_common() if counts.get(one) == 1][:MOST_PAPERS]
    if not alone:
        return []
    taxonomy = parts.recogniser.taxonomy
    answering = {
        one: {code for standard in one.any_of for code in taxonomy.standards_satisfying(standard)}
        for one in alone
    }
    query = (
        select(CertificateRow)
        .join(CertificateRow.profile)
        .join(Profile.organisation)
        .options(contains_eager(CertificateRow.profile).contains_eager(Profile.organisation))
        .where(CertificateRow.standard_code.in_(set().union(*answering.values())))
        .where(Profile.state == ProfileState.PUBLISHED)
        .order_by(CertificateRow.id)
    )
    rows = session.scalars(query).all()
    found = []
    for demand in alone:
        own = [row for row in rows if row.standard_code in answering[demand]]
        holding = [row for row in own if meets([certificates.facts(row)], demand, parts.today, taxonomy)]
        coming = [row for row in own if row.status == CertificateStatus.IMPLEMENTING and row not in holding]
        if holding:
            keys = dict.fromkeys(row.profile.public_id for row in coming)
            found.append(RestingDemand(demand, needs[demand], holding[0], list(keys)[:TAKERS]))
    return found


def _machines(session: Session, centre: Centre) -> list[RestingMachine]:
    """The only machines of their type; the database groups them."""
    types = cast(Equipment.type_codes, Text)
    published = Organisation.centre_id == centre.id, Profile.state == ProfileState.PUBLISHED
    firms = (
        select(func.min(Equipment.id))
        .join(Profile, Profile.id == Equipment.profile_id)
        .join(Organisation, Organisation.id == Profile.organisation_id)
        .where(*published, types != "[]")
        .group_by(types)
        .having(func.sum(func.coalesce(Equipment.quantity, 1)) == 1)
    )
    query = (
        select(Profile.public_id, Equipment)
        .join(Profile, Profile.id == Equipment.profile_id)
        .where(Equipment.id.in_(firms))
        .order_by(Equipment.name, Equipment.id)
        .limit(MOST_MACHINES)
    )
    return [
        RestingMachine(key, one.type_codes, one.name, one.year, one.position)
        for key, one in session.execute(query)
    ]


_Keyed = tuple[tuple[str, ...], DatedNeeds]


def _needs_of_year(session: Session, centre: Centre, parts: Matching) -> _Keyed:
    """The public ids of the centre's needs of a year, and these as they stood."""
    among = _of_year(centre, parts.today)
    return parts.asked.of(session, among, parts.today, matching.reader(parts), _keyed)


def _keyed(found: Sequence[NeedAsked], _today: date, _asked: AskedNeeds, before: _Keyed | None) -> _Keyed:
    keys = tuple(one.whole.key for one in found)
    return keys, DatedNeeds((one.stood for one in found), before[1] if before else None)


def without(record: SupplierRecord, stops: WhatStops, profile: Profile) -> SupplierRecord | None:
    """The record of a profile without what stops, None where nothing is left. Raises NotFound for what the profile does not have."""
    if stops.kind is StoppedKind.FIRM:
        return None
    if stops.kind is StoppedKind.CERTIFICATE:
        place = next((n for n, row in enumerate(profile.certificates) if row.public_id == stops.key), None)
        return record.model_copy(update={"certificates": _without(record.certificates, place, stops)})
    place = next((n for n, row in enumerate(profile.equipment) if str(row.position) == stops.key), None)
    return record.model_copy(update={"equipment": _without(record.equipment, place, stops)})


def _without(listed: Sequence[T], place: int | None, stops: WhatStops) -> tuple[T, ...]:
    if place is None or place >= len(listed):
        raise NotFound(what=str(stops.kind), key=stops.key[:60])
    return (*listed[:place], *listed[place + 1 :])


def loss(session: Session, centre: Centre, profile: Profile, stops: WhatStops, parts: Matching) -> Loss:
    """What the centre's needs and orders lose where a supplier, its certificate or its machine stops. Raises NotFound."""
    record = suppliers.record(profile)
    left = without(record, stops, profile)
    keys, asked = _needs_of_year(session, centre, parts)
    positions = gains.lost(
        documents.of_profile(profile, parts.recogniser, parts.today, record),
        documents.of_profile(profile, parts.recogniser, parts.today, left) if left else None,
        asked,
        parts.recogniser.taxonomy,
    )
    gone = {keys[place] for place in positions}
    hours = sum(asked.needs[place].hours for place in positions)
    touched = None if stops.kind is StoppedKind.FIRM else gone
    matches, orders = _matches(session, centre, profile, touched), _orders(session, centre, profile, touched)
    covers = _covers(session, gone | {one.match.need.public_id for one in orders})
    takers = {key: _takers(rows, profile.public_id) for key, rows in covers.items()}
    lost = [one for key in gone if (one := _lost(key, covers.get(key, ()), profile.public_id, takers))]
    order = tuple(LostPlace)
    lost.sort(key=lambda one: (order.index(one.place), len(one.takers), one.key))
    firms = suppliers.firms(session, sorted({key for some in takers.values() for key in some}))
    return Loss(lost[:MOST_LOST], len(lost), len(gone), hours, matches, orders, takers, firms)


_Cover = tuple[NeedCover, str | None, NeedState]


def _covers(session: Session, keys: set[str]) -> dict[str, list[_Cover]]:
    title = func.coalesce(Need.title, func.substr(Need.text, 1, 100))
    query = (
        select(NeedCover, Need.public_id, title, Need.state)
        .join(Need, Need.id == NeedCover.need_id)
        .where(Need.public_id.in_(keys))
        .order_by(NeedCover.need_id, NeedCover.place)
    )
    found: dict[str, list[_Cover]] = {}
    for cover, key, named, state in session.execute(query):
        found.setdefault(key, []).append((cover, named, state))
    return found


def _takers(rows: Sequence[_Cover], key: str) -> list[str]:
    """Who is able to do an operation that the supplier is among the able ones for; those that do more of them first."""
    able = Counter(
        other for cover, _, _ in rows if key in cover.best or cover.able > len(cover.best)
        for other in cover.best
        if other != key
    )  # fmt: skip
    return [other for other, _ in able.most_common(TAKERS)]


def _lost(
    key: str, rows: Sequence[_Cover], firm: str, takers: Mapping[str, Sequence[str]]
) -> LostNeed | None:
    """An open need as it loses a supplier; None for a closed one, and where the supplier is not able to do any of its operations."""
    if not rows or rows[0][2] not in OPEN_NEEDS:
        return None
    covers = [cover for cover, _, _ in rows]
    if any(cover.best == [firm] and cover.able == 1 for cover in covers):
        place = LostPlace.ONLY
    elif any(cover.best[:1] == [firm] for cover in covers):
        place = LostPlace.BEST
    elif any(firm in cover.best or cover.able > len(cover.best) for cover in covers):
        place = LostPlace.ONE
    else:
        return None
    return LostNeed(key, rows[0][1], rows[0][2], place, takers.get(key, ()))


def _matches(session: Session, centre: Centre, profile: Profile, touched: set[str] | None) -> Sequence[Match]:
    """The matches of open needs in which the supplier holds a seat, of some needs alone."""
    query = (
        select(Match)
        .join(Match.need)
        .options(contains_eager(Match.need).joinedload(Need.contractor))
        .where(Match.profile_id == profile.id, Match.state.in_(AWAITING_OUTCOME))
        .where(Need.centre_id == centre.id, Need.state.in_(OPEN_NEEDS))
        .order_by(Match.id.desc())
        .limit(MOST_LOST)
    )
    found = session.scalars(query).all()
    return [one for one in found if touched is None or one.need.public_id in touched]


def _orders(
    session: Session, centre: Centre, profile: Profile, touched: set[str] | None
) -> Sequence[PurchaseOrder]:
    """The running orders of the supplier, of some needs alone."""
    query = (
        select(PurchaseOrder)
        .join(PurchaseOrder.match)
        .join(Match.need)
        .options(contains_eager(PurchaseOrder.match).contains_eager(Match.need).joinedload(Need.contractor))
        .where(Match.profile_id == profile.id, Need.centre_id == centre.id)
        .where(PurchaseOrder.state == OrderState.RUNNING, PurchaseOrder.opened_at <= now())
        .order_by(PurchaseOrder.due_on, PurchaseOrder.id)
        .limit(MOST_LOST)
    )
    found = session.scalars(query).all()
    return [one for one in found if touched is None or one.match.need.public_id in touched]
