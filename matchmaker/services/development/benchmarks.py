"""A shop among similar ones: the middle of what they state and keep, and where the shop stands to it.

Similar are shops with the same main work and size. Nothing is told of fewer than FEWEST of them, and of those never more than
their middle and, from FEWEST_FOR_BOUNDS on, their quarters: values that no single shop decides.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median, quantiles

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain import certificate
from matchmaker.domain.lifecycle import MatchState
from matchmaker.domain.records import CapabilityRecord, SupplierRecord
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Decision, DecisionUndone, Profile
from matchmaker.models.base import now
from matchmaker.services.core import undoing
from matchmaker.services.development import profile_parts
from matchmaker.services.matching.matching import Matching
from matchmaker.services.profiles import certificates, delivery_records, suppliers
from matchmaker.services.profiles.delivery_records import DeliveryRecord

FEWEST = 5
FEWEST_FOR_BOUNDS = 10  # of fewer, the quarters are nearly the values of single shops
MOST = 200  # shops that are looked at: those whose work is nearest
REPLIES_DAYS = 365
# The largest staff of each class: Federal Law 209-FZ, article 4.
_SIZES: tuple[tuple[str, int], ...] = (("micro", 15), ("small", 100), ("medium", 250))
_REPLIES = (MatchState.INTERESTED, MatchState.DECLINED, MatchState.QUOTED, MatchState.CONTRACTED)


class BenchmarkPlace(StrEnum):
    """Where a shop stands to the middle of similar ones. UNSAID: it states nothing, or nothing was counted yet; FEW: too few
    similar shops do.
    """

    AHEAD = "ahead"
    LEVEL = "level"
    BEHIND = "behind"
    UNSAID = "unsaid"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class BenchmarkMeasure:
    """What shops are compared by: its name in code, its unit, and whether more is better."""

    code: str
    unit: str
    more_is_better: bool


MEASURES = (
    BenchmarkMeasure("lead-time", "days", more_is_better=False),
    BenchmarkMeasure("smallest-lot", "pieces", more_is_better=False),
    BenchmarkMeasure("accuracy", "IT", more_is_better=False),
    BenchmarkMeasure("reply", "days", more_is_better=False),
    BenchmarkMeasure("on-time", "%", more_is_better=True),
    BenchmarkMeasure("certificates", "pieces", more_is_better=True),
    BenchmarkMeasure("completeness", "%", more_is_better=True),
)


@dataclass(frozen=True, slots=True)
class BenchmarkLine:
    """A measure: the own value, the middle of so many similar shops, the bounds of their middle half where they are many, and
    the place.
    """

    measure: BenchmarkMeasure
    own: float | None
    firms: int
    middle: float | None
    low: float | None
    high: float | None
    place: BenchmarkPlace


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A shop among similar ones: their number, 0 where they are too few to tell anything; the work and the size class that they
    share with it, "" where sizes differ.
    """

    firms: int
    work: tuple[str, ...]
    size: str
    lines: tuple[BenchmarkLine, ...]


@dataclass(frozen=True, slots=True)
class _Shop:
    """A shop as it is compared: its size class, the codes of its work, its values by the codes of measures."""

    size: str
    work: frozenset[str]
    values: Mapping[str, float | None]


def of_profile(session: Session, profile: Profile, parts: Matching) -> Benchmark:
    """A published profile among similar ones of the network."""
    record = suppliers.record(profile)
    main = main_work(record, parts)
    others = _offering(session, profile, main, parts)
    told = _Counted(session, [profile, *others], parts)
    own = told.shop(profile, record)
    group, shared, size = _similar(own, [told.shop(one) for one in others], frozenset(main))
    lines = compare(own.values, [one.values for one in group])
    return Benchmark(len(group), tuple(code for code in main if code in shared), size, lines)


def main_work(record: SupplierRecord, parts: Matching) -> tuple[str, ...]:
    """The codes of a shop's main work; of all that it does itself where none is called so."""
    core = [one for one in record.capabilities if one.level == "core"]
    works = core or [one for one in record.capabilities if one.level != "bought-out"]
    return tuple(dict.fromkeys(code for one in works for code in _codes(one, parts)))


def _codes(one: CapabilityRecord, parts: Matching) -> Sequence[str]:
    return parts.recogniser.codes("process", one.process)


def _offering(session: Session, profile: Profile, main: Sequence[str], parts: Matching) -> list[Profile]:
    """Other published shops that offer some of the work, without the same firm in another centre."""
    if not main:
        return []
    asked = Requirements(processes=tuple(main), any_process=True, strictness={"processes": Strictness.STRICT})
    answer = parts.matcher.match(asked, top=MOST + 1, today=parts.today)
    found = suppliers.by_keys(session, [one.key for one in answer.matches])
    inn = profile.organisation.inn
    return [
        one
        for one in found.values()
        if one.id != profile.id and not (inn and one.organisation.inn == inn) and one.is_published
    ][:MOST]


def _similar(
    own: _Shop, others: Sequence[_Shop], main: frozenset[str]
) -> tuple[Sequence[_Shop], frozenset[str], str]:
    """The narrowest group that is large enough, the work that it shares, and its size class."""
    does_all = [one for one in others if main <= one.work]
    for group, shared in ((does_all, main), (others, _shared(others, main))):
        same = [one for one in group if own.size and one.size == own.size]
        if len(same) >= FEWEST:
            return same, shared, own.size
    for group, shared in ((does_all, main), (others, _shared(others, main))):
        if len(group) >= FEWEST:
            return group, shared, ""
    return (), frozenset(), ""


def _shared(group: Iterable[_Shop], main: frozenset[str]) -> frozenset[str]:
    return frozenset(code for one in group for code in one.work & main)


def compare(
    own: Mapping[str, float | None], others: Sequence[Mapping[str, float | None]]
) -> tuple[BenchmarkLine, ...]:
    """The lines of all measures: own values beside those of similar shops."""
    found = []
    for measure in MEASURES:
        said = sorted(value for one in others if (value := one.get(measure.code)) is not None)
        found.append(_line(measure, own.get(measure.code), said))
    return tuple(found)


def _line(measure: BenchmarkMeasure, own: float | None, said: Sequence[float]) -> BenchmarkLine:
    if len(said) < FEWEST:
        return BenchmarkLine(measure, own, 0, None, None, None, BenchmarkPlace.FEW)
    middle, low, high = _rounded(median(said)), None, None
    if len(said) >= FEWEST_FOR_BOUNDS:
        quarters = quantiles(said, n=4, method="inclusive")
        low, high = _rounded(quarters[0]), _rounded(quarters[2])
    return BenchmarkLine(measure, own, len(said), middle, low, high, _place(measure, own, middle))


def _place(measure: BenchmarkMeasure, own: float | None, middle: float) -> BenchmarkPlace:
    if own is None:
        return BenchmarkPlace.UNSAID
    if _rounded(own) == middle:
        return BenchmarkPlace.LEVEL
    return BenchmarkPlace.AHEAD if (own > middle) == measure.more_is_better else BenchmarkPlace.BEHIND


def _rounded(value: float) -> float:
    return round(value, 1)


def entries(record: SupplierRecord) -> dict[str, int | None]:
    """For each measure that a kind of work states: the place of the work that leaves it out, else of the one with the weakest
    value; None where the shop as a whole states it, or there is no work.
    """
    return {
        "lead-time": _weakest(record, lambda one: one.lead_time_days),
        "smallest-lot": None if record.lot else _weakest(record, _least_lot),
        "accuracy": _weakest(record, lambda one: one.tolerance_it),
    }


def _weakest(record: SupplierRecord, value: Callable[[CapabilityRecord], float | None]) -> int | None:
    said = [(value(one), place) for place, one in enumerate(record.capabilities)]
    silent = next((place for told, place in said if told is None), None)
    if silent is not None or not said:
        return silent
    return max((told or 0.0, -place, place) for told, place in said)[2]


def _least_lot(one: CapabilityRecord) -> int | None:
    return one.lot.min if one.lot else None


class _Counted:
    """What was counted of shops beside their statements, asked once for all of them."""

    def __init__(self, session: Session, profiles: Sequence[Profile], parts: Matching) -> None:
        ids = [one.id for one in profiles]
        self._parts = parts
        self._deliveries = delivery_records.of_profiles(session, ids)
        self._replies = reply_days(session, ids)

    def shop(self, profile: Profile, record: SupplierRecord | None = None) -> _Shop:
        said = record or suppliers.record(profile)
        work = {
            code
            for one in said.capabilities
            for term in _codes(one, self._parts)
            for code in self._parts.recogniser.taxonomy.processes.closure(term)
        }
        return _Shop(size_of(said), frozenset(work), self._values(profile, said))

    def _values(self, profile: Profile, said: SupplierRecord) -> dict[str, float | None]:
        works = said.capabilities
        times = [one.lead_time_days for one in works if one.lead_time_days is not None]
        lots = [said.lot.min if said.lot else None, *map(_least_lot, works)]
        grades = [*(one.tolerance_it for one in works), *(one.tolerance_it for one in said.equipment)]
        return {
            "lead-time": median(times) if times else None,
            "smallest-lot": _least(lots),
            "accuracy": _least(grades),
            "reply": self._replies.get(profile.id),
            "on-time": _kept(self._deliveries.get(profile.id)),
            "certificates": float(_in_force(profile, self._parts.today, self._parts)),
            "completeness": float(profile_parts.percent(profile_parts.of_profile(profile, said))),
        }


def _least(values: Iterable[int | None]) -> float | None:
    return min((float(one) for one in values if one is not None), default=None)


def _kept(record: DeliveryRecord | None) -> float | None:
    share = record.on_time_percent if record else None
    return share[0] if share else None


def _in_force(profile: Profile, today: date, parts: Matching) -> int:
    """How many certificates of the profile hold today."""
    taxonomy = parts.recogniser.taxonomy
    return sum(
        certificate.certifies(certificates.facts(one), taxonomy, today) for one in profile.certificates
    )


def size_of(record: SupplierRecord) -> str:
    """The size class that a record states, or that its staff gives; "" where it says neither."""
    if record.size_class or record.employees is None:
        return record.size_class or ""
    staff = record.employees
    return next((name for name, most in _SIZES if staff <= most), "large")


def reply_days(session: Session, ids: Collection[int]) -> dict[int, float]:
    """The median days from an invitation to the first reply, of the invitations of a year, by the row ids of profiles; who never
    replied is left out. A contract counts as a reply once it cannot be taken back: before, its supplier is not told of it.
    """
    undone = Decision.id.in_(select(DecisionUndone.decision_id))
    kinds = (MatchState.INVITED, *_REPLIES)
    recent = now() - timedelta(days=REPLIES_DAYS)
    query = (
        select(
            Decision.profile_id,
            func.min(case((Decision.kind == MatchState.INVITED, Decision.at))),
            func.min(case((Decision.kind.in_(_REPLIES), Decision.at))),
        )
        .where(Decision.profile_id.in_(ids), Decision.kind.in_(kinds), Decision.at >= recent, ~undone)
        .where(or_(Decision.kind != MatchState.CONTRACTED, Decision.at < now() - undoing.UNDO))
        .group_by(Decision.profile_id, Decision.need_id)
    )
    days: dict[int, list[float]] = {}
    for profile, invited, replied in session.execute(query):
        if invited is not None and replied is not None and replied >= invited:
            days.setdefault(profile, []).append((replied - invited).total_seconds() / 86_400)
    return {profile: median(found) for profile, found in days.items()}
