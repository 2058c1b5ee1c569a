"""The way from a stored need, or from words typed into the search, to ranked suppliers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.records import NeedRecord, PositionRecord
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Need, Profile, told_open
from matchmaker.services.matching import relaxation_links
from matchmaker.services.matching.asked_needs import FOR_ALL, AskedNeeds, NeedAsked, NeedReader
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from search.matching.matcher import (
    FittingNeed,
    MatchAnswer,
    OpenNeeds,
    RemovedSupplier,
)
from search.matching.survey_matcher import AnyMatcher
from search.ranking.explain import RankedSupplier
from search.reading.need_reading import (
    NeedReading,
    position_readings,
    requirements_of,
)
from search.text import Recogniser


@dataclass(frozen=True, slots=True)
class Matching:
    """The inputs of matching: the application's matcher and recogniser, the day that counts as today, and the needs that
    the process has read.
    """

    matcher: AnyMatcher
    recogniser: Recogniser
    today: date
    top: int = 20
    asked: AskedNeeds = field(default_factory=AskedNeeds)


@dataclass(frozen=True, slots=True)
class MatchedNeed:
    """The requirements understood, and the answer; `profiles` are the profiles of its matches by key."""

    understanding: NeedReading
    answer: MatchAnswer
    profiles: Mapping[str, Profile] = field(default_factory=dict)


def understand(
    record: NeedRecord,
    parts: Matching,
    strictness: Mapping[str, str] | None = None,
    centres: tuple[str, ...] = (),
) -> NeedReading:
    """The record as requirements, with the person's strictness, within the reach of the need."""
    understood = requirements_of(record, parts.recogniser, parts.today)
    return _chosen(understood, strictness or {}, centres)


def _chosen(understood: NeedReading, strictness: Mapping[str, str], centres: tuple[str, ...]) -> NeedReading:
    """The reading with the person's strictness, within the reach of the need."""
    chosen = {name: Strictness(value) for name, value in strictness.items()}
    merged = {**understood.requirements.strictness, **chosen}
    given = understood.requirements
    return replace(
        understood, requirements=replace(given, strictness=merged, centres=centres or given.centres)
    )


def match_record(
    session: Session,
    record: NeedRecord,
    parts: Matching,
    strictness: Mapping[str, str] | None = None,
    eased: Sequence[str] = (),
) -> MatchedNeed:
    """Match a need that is not stored: for the search page and for a form's preview."""
    return match_understood(session, understand(record, parts, strictness), parts, eased)


def understand_need(need: Need, parts: Matching, record: NeedRecord | None = None) -> NeedReading:
    """A stored need as requirements, within its reach; `record` is its record where that is at hand."""
    return understand(_dated(need, record or needs.record(need)), parts, need.strictness, _reached(need))


def _dated(need: Need, record: NeedRecord) -> NeedRecord:
    """The record with the day of delivery that its text named when it was written, so that spans do not move on."""
    return (
        record.model_copy(update={"deliver_by": need.due_on})
        if need.due_on and not record.deliver_by
        else record
    )


def understand_positions(
    need: Need, parts: Matching, record: NeedRecord | None = None
) -> tuple[tuple[PositionRecord, NeedReading], ...]:
    """Each position of a stored need with its requirements, within the reach of the need."""
    read = position_readings(_dated(need, record or needs.record(need)), parts.recogniser, parts.today)
    reached = _reached(need) if read else ()
    return tuple((one, _chosen(understood, need.strictness or {}, reached)) for one, understood in read)


def understand_asked(
    need: Need, parts: Matching, record: NeedRecord | None = None, position: str = ""
) -> NeedReading:
    """A stored need as requirements, or one of its positions by its id. Raises NotFound."""
    if not position:
        return understand_need(need, parts, record)
    for one, understood in understand_positions(need, parts, record):
        if one.id == position:
            return understood
    raise NotFound(what="position", key=position)


def match_need(session: Session, need: Need, parts: Matching, eased: Sequence[str] = ()) -> MatchedNeed:
    """Match a stored need, with some requirements relaxed on request. Raises EngineUnavailable and
    IndexMissing.
    """
    return match_understood(session, understand_need(need, parts), parts, eased)


def match_understood(
    session: Session, understood: NeedReading, parts: Matching, eased: Sequence[str] = ()
) -> MatchedNeed:
    """Match a need that was already read; see `match_need`."""
    return _answered(session, _ease(understood, eased, parts), parts)


@dataclass(frozen=True, slots=True)
class RemovedByConditions:
    """The suppliers that do a need's work and that its conditions remove: the number of all, and the nearest with their
    profiles.
    """

    total: int
    suppliers: tuple[tuple[Profile, RemovedSupplier], ...]


def removed(session: Session, asked: NeedReading, parts: Matching) -> RemovedByConditions:
    """Who is removed by which condition, for the need's operator alone."""
    total, found = parts.matcher.removed(asked.requirements, top=parts.top, today=parts.today)
    profiles = suppliers.listed(session, [one.match.key for one in found])
    there = ((profiles[one.match.key], one) for one in found if one.match.key in profiles)
    return RemovedByConditions(total, tuple(there))


def match_one(
    need: Need, key: str, parts: Matching, record: NeedRecord | None = None
) -> RankedSupplier | None:
    """The match of the supplier with this public id and a stored need; None where the supplier is not
    indexed.
    """
    asked = understand_need(need, parts, record).requirements
    return parts.matcher.explain(asked, key, today=parts.today)


def _ease(understood: NeedReading, eased: Sequence[str], parts: Matching) -> NeedReading:
    milder = relaxation_links.eased(understood.requirements, eased, parts.recogniser.taxonomy)
    return replace(understood, requirements=milder)


@dataclass(frozen=True, slots=True)
class SupplierOpenings:
    """The open needs for a supplier.

    `fitting` are the best needs with the same explanation as in the need's own answer, of all `total`; `profile_gains`
    has the changes that would open others.
    """

    fitting: tuple[tuple[Need, RankedSupplier], ...]
    total: int


def openings(session: Session, key: str, parts: Matching) -> SupplierOpenings:
    """The open needs for the supplier with this public id, without those by invitation only.

    A need for several parts suits a supplier that fits one of them, too, and is explained by what it fits best.
    """
    fitting = parts.matcher.needs_for(key, open_needs(session, parts))
    best: dict[str, FittingNeed] = {}
    for one in fitting:
        best.setdefault(one.need, one)
    first = list(best.values())[: parts.top]
    query = needs.with_parts().where(Need.public_id.in_([one.need for one in first]))
    shown = {need.public_id: need for need in session.scalars(query)}
    there = tuple((shown[one.need], one.match) for one in first if one.need in shown)
    return SupplierOpenings(there, len(best) - len(first) + len(there))


def open_needs(session: Session, parts: Matching) -> OpenNeeds:
    """The open needs and their positions as suppliers look through them, without those by invitation only."""
    shown = (FOR_ALL, told_open())
    return parts.asked.of(session, shown, parts.today, reader(parts), _open_needs)


def _open_needs(
    found: Sequence[NeedAsked], today: date, asked: AskedNeeds, before: OpenNeeds | None
) -> OpenNeeds:
    every = (one for need in found for one in (need.whole, *need.positions))
    return OpenNeeds(every, today, asked.explained, before)


def reader(parts: Matching) -> NeedReader:
    """The reading of a stored need: as a whole, then each of its positions, within its reach."""

    def read(need: Need) -> Sequence[Requirements]:
        record = needs.record(need)
        of_positions = (understood for _, understood in understand_positions(need, parts, record))
        return [one.requirements for one in (understand_need(need, parts, record), *of_positions)]

    return read


def _answered(session: Session, understood: NeedReading, parts: Matching) -> MatchedNeed:
    answer = parts.matcher.match(understood.requirements, top=parts.top, today=parts.today)
    profiles = suppliers.listed(session, [match.key for match in answer.matches])
    shown = tuple(match for match in answer.matches if match.key in profiles)
    return MatchedNeed(understood, replace(answer, matches=shown), profiles)


def _reached(need: Need) -> tuple[str, ...]:
    """The codes of the centres whose suppliers a need reaches; empty for the whole network."""
    if need.reach == "network":
        return ()
    chosen = [shown.centre.code for shown in need.reached_centres] if need.reach == "chosen" else []
    return (need.centre.code, *sorted(chosen))
