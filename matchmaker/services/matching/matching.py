"""The way from a stored need, or from words typed into the search, to ranked suppliers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.records import NeedRecord, PositionRecord
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Need, Profile
from matchmaker.services.matching import relaxation_links
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from search.matching.matcher import (
    FittingNeed,
    MatchAnswer,
    Matcher,
    OpenNeed,
)
from search.ranking.explain import RankedSupplier
from search.reading.need_reading import (
    NeedReading,
    position_readings,
    requirements_of,
)
from search.text import Recogniser


@dataclass(frozen=True, slots=True)
class Matching:
    """The inputs of matching: the application's matcher and recogniser, and the day that counts as today."""

    matcher: Matcher
    recogniser: Recogniser
    today: date
    top: int = 20


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

    `fitting` are needs with the same explanation as in the need's own answer, best first; `profile_gains` has
    the changes that would open others.
    """

    fitting: tuple[tuple[Need, RankedSupplier], ...]


def openings(session: Session, key: str, parts: Matching) -> SupplierOpenings:
    """The open needs for the supplier with this public id, without those by invitation only.

    A need for several parts suits a supplier that fits one of them, too, and is explained by what it fits best.
    """
    shown = {
        need.public_id: need for need in needs.every(session, open_only=True) if need.disclosure != "invited"
    }
    asked = [
        OpenNeed(need_key, reading.requirements)
        for need_key, need in shown.items()
        for reading in _readings(need, parts)
    ]
    fitting = parts.matcher.needs_for(key, asked, top=len(asked), today=parts.today)
    best: dict[str, FittingNeed] = {}
    for one in fitting:
        if _does_the_work(one.match):
            best.setdefault(one.need, one)
    doing = list(best.values())
    return SupplierOpenings(tuple((shown[one.need], one.match) for one in doing[: parts.top]))


def _readings(need: Need, parts: Matching) -> list[NeedReading]:
    """The need as a whole, then each of its positions."""
    record = needs.record(need)
    of_positions = (understood for _, understood in understand_positions(need, parts, record))
    return [understand_need(need, parts, record), *of_positions]


def requirements(need: Need, parts: Matching) -> Requirements:
    """The requirements of a stored need, within its reach."""
    return understand_need(need, parts).requirements


def _does_the_work(match: RankedSupplier) -> bool:
    """Whether at least one required process is met or nearly met."""
    return any(
        verdict.requirement == "processes" and verdict.outcome in {"met", "near"}
        for verdict in match.verdicts
    )


def _answered(session: Session, understood: NeedReading, parts: Matching) -> MatchedNeed:
    answer = parts.matcher.match(understood.requirements, top=parts.top, today=parts.today)
    profiles = suppliers.by_keys(session, [match.key for match in answer.matches])
    shown = tuple(match for match in answer.matches if match.key in profiles)
    return MatchedNeed(understood, replace(answer, matches=shown), profiles)


def _reached(need: Need) -> tuple[str, ...]:
    """The codes of the centres whose suppliers a need reaches; empty for the whole network."""
    if need.reach == "network":
        return ()
    chosen = [shown.centre.code for shown in need.reached_centres] if need.reach == "chosen" else []
    return (need.centre.code, *sorted(chosen))
