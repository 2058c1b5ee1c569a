"""The way from a need's record to its requirements: structured keys first; the text fills in what they leave
out.

A term that the taxonomy does not know stays a word for the text search.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from matchmaker.domain.certificate import (
    CertificationDemand,
    CertificationLevel,
    DemandStrength,
    edition_in,
)
from matchmaker.domain.records import DemandRecord, NeedRecord, PositionRecord
from matchmaker.domain.requirement_kinds import MEASURED, OF_PARTS, Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_keys import Flag
from search.reading import confirmations, positions, request_parts, work
from search.reading.clarity import clarity
from search.reading.request_parts import RequestPart
from search.reading.sureness import Sureness
from search.reading.terms import (
    Box,
    PlaceNames,
    RecognisedAmounts,
    codes_of,
    material_given,
    settled,
    sorted_box,
    specific,
    unique,
    where,
)
from search.text import Mention, Recogniser, Recognition, scope
from search.text.certificates.standard_demands import demands_in
from search.text.dates import OPEN
from search.text.lexicon import WordPattern
from search.text.measures import SECTION


@dataclass(frozen=True, slots=True)
class PartReading:
    """One part of a text that names several, and its requirements."""

    part: RequestPart
    requirements: Requirements


@dataclass(frozen=True, slots=True)
class NeedReading:
    """The requirements of a need, the recognition of its text (title, line break, text), the unknown terms,
    and the parts where the text names several.
    """

    requirements: Requirements
    recognition: Recognition
    unknown_terms: tuple[str, ...] = ()
    parts: tuple[PartReading, ...] = ()


MOST_UNDERSTOOD = 500  # cached needs with their recognition, some tens of kilobytes each
LONGEST_REMEMBERED = 4_000  # characters
_understood: "WeakKeyDictionary[Recogniser, dict[tuple[NeedRecord, date], NeedReading]]" = WeakKeyDictionary()


def requirements_of(record: NeedRecord, recogniser: Recogniser, today: date) -> NeedReading:
    """The requirements of a need. Its certificates must hold on `deliver_by`, or today where there is none.

    The result for the same record on the same day is cached.
    """
    held, key = _understood.setdefault(recogniser, {}), (record, today)
    found = held.get(key)
    if found is None:
        found = _of_all(record, recogniser, today) if record.positions else _read(record, recogniser, today)
        if len(held) >= MOST_UNDERSTOOD:
            held.pop(next(iter(held)), None)
        if len(record.text or "") <= LONGEST_REMEMBERED:
            held[key] = found
    return found


def position_readings(
    record: NeedRecord, recogniser: Recogniser, today: date
) -> tuple[tuple[PositionRecord, NeedReading], ...]:
    """Each position of a need with its requirements; what it leaves out it takes from the need."""
    if not record.positions:
        return ()
    whole = requirements_of(record.model_copy(update={"positions": ()}), recogniser, today)
    return tuple(
        (one, _with_whole(requirements_of(record.for_position(one), recogniser, today), whole))
        for one in record.positions
    )


def _with_whole(own: NeedReading, whole: NeedReading) -> NeedReading:
    requirements = positions.of_position(own.requirements, whole.requirements)
    return replace(own, requirements=requirements, unknown_terms=requirements.terms)


def _of_all(record: NeedRecord, recogniser: Recogniser, today: date) -> NeedReading:
    """The reading of a need for several parts, for a supplier that makes all of them."""
    whole = _read(record, recogniser, today)
    parts = [reading.requirements for _, reading in position_readings(record, recogniser, today)]
    requirements = positions.of_all(whole.requirements, parts)
    return replace(whole, requirements=requirements, unknown_terms=requirements.terms)


def _read(record: NeedRecord, recogniser: Recogniser, today: date) -> NeedReading:
    text = "\n".join(part for part in (record.title, record.text) if part)
    recognition = _meant(recogniser.recognise(text, today), record.disregarded)
    recognition = confirmations.applied(recognition, record.confirmed)
    said = _demands_said(recognition, recogniser)
    requirements = _requirements(record, recognition, recogniser, today, said)
    standards = recognition.of("standard", negated=None)
    parts = tuple(
        PartReading(
            part,
            _requirements(
                record,
                part.recognition,
                recogniser,
                today,
                said
                if part.recognition.of("standard", negated=None) == standards
                else _demands_said(part.recognition, recogniser),
            ),
        )
        for part in request_parts.of_recognition(recognition)
    )
    if parts:
        requirements = positions.of_all(requirements, [one.requirements for one in parts])
    return NeedReading(requirements, recognition, requirements.terms, parts)


def _requirements(
    record: NeedRecord,
    recognition: Recognition,
    recogniser: Recogniser,
    today: date,
    said: tuple[CertificationDemand, ...],
) -> Requirements:
    """The requirements of a need, or of one of its positions, whose words the recognition holds."""
    sureness = Sureness(recognition, recogniser.taxonomy)
    recognition = sureness.without_rivals()
    amounts = RecognisedAmounts(recognition)
    lot, lots = amounts.lots()
    places = PlaceNames(recogniser)
    told = work.of_need(recogniser.taxonomy, recognition, sureness)
    processes = codes_of(recogniser, "process", record.processes)
    if not record.processes or not processes:
        processes = work.wanted(told)
    materials = codes_of(recogniser, "material", record.materials)
    if not record.materials or not materials:
        materials = specific(recogniser.taxonomy, "material", recognition.codes("material"))
    processes = settled(recogniser.taxonomy, processes, materials)
    if any(mention.value == SECTION for mention in recognition.of("thickness")):
        processes = tuple(recogniser.taxonomy.of_section.get(code, code) for code in processes)
    conditions, wished = _regions(recognition)
    location, distance = _where(record, recognition, places, conditions)
    deadline = record.deliver_by or _delivery_day(recognition)
    box = sorted_box(record.envelope_mm) or amounts.box()
    ruled_out = (
        *codes_of(recogniser, "process", record.excluded_processes),
        *work.ruled_out(told, recognition),
    )
    excluded = tuple(code for code in unique(ruled_out) if code not in processes)
    return Requirements(
        text="\n".join(part for part in (record.title, record.text) if part),
        processes=processes,
        excluded_processes=excluded,
        materials=materials,
        terms=_unknown(record, recogniser),
        envelope_mm=box,
        **_numbers(record, amounts, unread=_unread(box, processes, recogniser)),
        quantity=record.quantity or lot,
        lots_per_year=record.lots_per_year or lots,
        spare_hours=record.spare_hours or amounts.first("hours"),
        months=_months(record, today),
        deliver_by=deadline,
        on=max(deadline, today) if deadline else today,
        certification=_certification(record, said, recogniser),
        customer_material=_said(record.customer_supplied_material, material_given(recognition)),
        supplier_tooling=None if record.tooling_by is None else record.tooling_by == "supplier",
        quality_papers=codes_of(recogniser, "quality_paper", record.quality_papers)
        or recognition.codes("quality_paper"),
        location=location,
        max_distance_km=distance,
        regions=_expanded(conditions, recogniser.taxonomy),
        languages=tuple(language.lower()[:2] for language in record.languages),
        sectors=unique((*codes_of(recogniser, "sector", record.sectors), *recognition.codes("sector"))),
        strictness=dict.fromkeys(
            (
                *(("region",) if wished else ()),
                *(("processes",) if not record.processes and work.is_unsure(told) else ()),
                *_unsure_numbers(record, recognition, sureness),
            ),
            Strictness.WISH,
        ),
        clarity=clarity(record, recognition),
    )


_READ_AS = {"envelope": ("envelope", "plate")}


def _unsure_numbers(record: NeedRecord, recognition: Recognition, sureness: Sureness) -> Iterator[str]:
    """The kinds of numbers that only the text gives, and not plainly."""
    for kind in OF_PARTS:
        given = any(getattr(record, field.name, None) is not None for field in kind.fields)
        read = recognition.of(*_READ_AS.get(kind.name, kind.mentions))
        if read and not given and not any(map(sureness.is_plain, read)):
            yield kind.name


_AS_SURE = 0.25  # by which a day may be less sure than the surest and still be one of the delivery


def _delivery_day(recognition: Recognition) -> date | None:
    """The last of the surest days of delivery, of those that the text calls the latest where it does so.

    A day that may be either of two is none until it is asked.
    """
    found = [m for m in recognition.of("deadline") if m.day and m.sure > OPEN]
    found = [m for m in found if m.demand] or found
    least = max((m.sure for m in found), default=0) - _AS_SURE
    return max((m.day for m in found if m.day and m.sure >= least), default=None)


def _said(said: bool | None, read: bool | None) -> bool | None:
    """What the record says, else what the text does."""
    return read if said is None else said


def _numbers(record: NeedRecord, amounts: RecognisedAmounts, *, unread: Container[str]) -> dict[str, Any]:
    """The numbers of the part, those that the record leaves out from the text."""
    given = {kind.name: getattr(record, kind.fields[0].name) for kind in MEASURED}
    given["hardness"] = record.least_hardness_hv
    numbers = {
        kind.asked: given[kind.name] or (None if kind.name in unread else amounts.wanted(kind))
        for kind in MEASURED
    }
    return {**numbers, "thread_mm": record.thread_mm}


def _unread(box: Box | None, processes: tuple[str, ...], recogniser: Recogniser) -> tuple[str, ...]:
    """The numbers of the text that belong to something else: the sides of a box, the thickness of a part that is
    not sheet.
    """
    sides = ("diameter", "length", "height") if box else ()
    return sides if _of_sheet(processes, recogniser) else (*sides, "thickness")


def _meant(recognition: Recognition, disregarded: Iterable[str]) -> Recognition:
    """The recognition without the words that the person rejected."""
    words = {word.casefold() for word in disregarded}
    if not words:
        return recognition
    meant = (m for m in recognition.mentions if recognition.words(m).casefold() not in words)
    return replace(recognition, mentions=tuple(meant))


MOST_MONTHS = 12  # of a wanted span that are looked at, from its beginning


def _months(record: NeedRecord, today: date) -> tuple[int, ...]:
    """The months in which machine-hours are needed, from the present one on; none where the need does not
    say.
    """
    if record.hours_from is None and record.hours_until is None:
        return ()
    first = max(record.hours_from or today, today)
    last = max(record.hours_until or first, first)
    begin, end = (day.year * 12 + day.month - 1 for day in (first, last))
    return tuple(range(begin, min(end, begin + MOST_MONTHS - 1) + 1))


def _of_sheet(processes: tuple[str, ...], recogniser: Recogniser) -> bool:
    """Whether a thickness is that of the sheet; elsewhere ("фланец, толщина 60 мм") it is a side of the part."""
    return not recogniser.taxonomy.processes.flagged(Flag.SHEET).isdisjoint(processes)


def _unknown(record: NeedRecord, recogniser: Recogniser) -> tuple[str, ...]:
    given = [
        *(("process", term) for term in record.processes),
        *(("material", term) for term in record.materials),
        *(("quality_paper", term) for term in record.quality_papers),
    ]
    return tuple(term for kind, term in given if not recogniser.codes(kind, term))


# The words that make a region a condition rather than a place of delivery.
_WITHIN = WordPattern(
    "places",
    r"""
    (?: \b@only\b (?:[ ]\w{1,14}){0,3}?
      | \b@inside (?:[ ]@the)?
      | \b@supplier[ ] (?:\w{1,14}[ ]){0,3}? @from (?:[ ]@the)? )
    [ ]$
    """,
)
_ONLY_AFTER = WordPattern("places", r"[ ]?@only_after\b")
_REGION_JOIN = WordPattern("places", r"[ ]?(?:@and|[,/])[ ]? (?:@from_the_next[ ])? (?:@the[ ])?")
_BEFORE_REGION = 60  # characters before a region's name in which its condition stands


def _regions(recognition: Recognition) -> tuple[tuple[Mention, ...], bool]:
    """The regions, districts and countries that a supplier must be in, and whether that is merely a wish."""
    text, found = recognition.text, list[Mention]()
    for mention in recognition.of("region", "district", "country"):
        before = text[max(0, mention.start - _BEFORE_REGION) : mention.start]
        joined = found and _REGION_JOIN.fullmatch(text[found[-1].end : mention.start])
        if joined or _WITHIN.search(before) or _ONLY_AFTER.match(text, mention.end):
            found.append(mention)
    near = " ".join(text[max(0, m.start - _BEFORE_REGION) : m.end + 30] for m in found)
    return tuple(found), bool(scope.WISH.search(near))


def _expanded(mentions: Iterable[Mention], taxonomy: Taxonomy) -> tuple[str, ...]:
    """The codes of the regions; a district stands for its regions."""
    codes: list[str] = []
    for mention in mentions:
        code = str(mention.code)
        codes.extend(taxonomy.districts[code].extra["regions"] if mention.kind == "district" else (code,))
    return unique(codes)


def _where(
    record: NeedRecord, recognition: Recognition, places: PlaceNames, conditions: tuple[Mention, ...]
) -> tuple[tuple[float, float] | None, float | None]:
    """The place of delivery and the greatest distance from it; a required region is not a place of delivery."""
    named = [mention for mention in where(recognition, "town", "region") if mention not in conditions]
    distance = record.max_distance_km or min((m.amounts[0] for m in recognition.of("distance")), default=None)
    location = record.location
    if location is None:
        _, location = places.of(record.city, record.region)
    if location is None and named:
        location = places.location_of(named[0])
    return location, distance if location else None


_LEVELS = {"implementing": CertificationLevel.IMPLEMENTING, "certified": CertificationLevel.CERTIFIED}


def _demands_said(recognition: Recognition, recogniser: Recogniser) -> tuple[CertificationDemand, ...]:
    """The demands for certificates and the wishes that a text says."""
    return demands_in(
        recognition.read or recognition.text,
        recognition.of("standard", negated=None),
        recogniser.taxonomy,
        lambda term: next(iter(recogniser.codes("standard", term)), None),
    )


def _certification(
    record: NeedRecord, said: tuple[CertificationDemand, ...], recogniser: Recogniser
) -> tuple[CertificationDemand, ...]:
    """The demands for certificates and the wishes. Demands of the record stand instead of those of the text."""
    if not record.certification:
        return said
    given = (one for demand in record.certification for one in _given(demand, recogniser))
    wishes = (one for one in said if one.strength is DemandStrength.WISH)
    return tuple(dict.fromkeys((*given, *wishes)))


def _given(demand: DemandRecord, recogniser: Recogniser) -> Iterator[CertificationDemand]:
    """The demands that a person gave. One name of several standards ("ISO 9001, НАКС") demands all of them."""
    level = CertificationLevel.VERIFIED if demand.verified else _LEVELS[demand.level]
    strength = DemandStrength(demand.strength)
    codes = [recogniser.codes("standard", name) or (name,) for name in demand.standards]
    edition = demand.edition
    if len(codes) > 1:
        sets = [unique(one[0] for one in codes)]
    else:
        sets = [(code,) for code in codes[0]]
        edition = edition or (edition_in(demand.standards[0]) if len(sets) == 1 else None)
    for any_of in sets:
        yield CertificationDemand(any_of, level, strength, edition, demand.on, demand.dated)
