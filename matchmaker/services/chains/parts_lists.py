"""Parts lists of assemblies: each part with who is able to make it, who nearly is, and what would bring the others a maker.

A list is as secret as a need's text: who posted it and the people of its centre read it. It is judged in the background.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from importers import parts as part_tables
from importers.cells import minor_units
from importers.columns import column_words
from importers.parts import Part
from matchmaker.domain.errors import Faults, InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, PositionRecord, parse, to_data
from matchmaker.models import Centre, Need, Organisation, PartsList, User
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.chains import need_covers
from matchmaker.services.core import journal, undoing
from matchmaker.services.mail import jobs
from matchmaker.services.matching import matching
from matchmaker.services.matching.matching import Matching
from matchmaker.services.needs import intake, need_posting
from matchmaker.services.needs.needs import NeedPosting
from search.matching.matcher import dated

JOB = "localise"
REMOVAL = "parts.removal"  # an act that can be taken back
LONGEST_NAME, LONGEST_TEXT = 200, 60_000  # characters
MOST = 200  # lists that are listed
MOST_GAINS = 8


class PartVerdict(StrEnum):
    """Whether a part has a maker: every operation has a supplier that is able to do it; a single condition keeps suppliers from those that
    have none; nobody is near; its work was not understood; it waits for the matcher.
    """

    ABLE = "able"
    NEAR = "near"
    NOBODY = "nobody"
    UNREAD = "unread"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class ListedPart:
    """A part of a list: pieces an assembly and the price of one in minor units of a rouble, None where the list does not say; `alone`
    suppliers do all its operations. Each of `operations` has the code of its process, how many are able, and `best`, `near` and `eased` as
    `NeedCover` has them.
    """

    place: int
    title: str
    text: str
    pieces: int | None
    price_minor: int | None
    verdict: PartVerdict
    alone: int
    operations: Sequence[Mapping[str, Any]]

    @property
    def lacking(self) -> list[Mapping[str, Any]]:
        """The operations that nobody is able to do."""
        return [one for one in self.operations if not one["able"]]

    @property
    def value_minor(self) -> int | None:
        """The price of all its pieces."""
        return None if self.price_minor is None else self.price_minor * (self.pieces or 1)


@dataclass(frozen=True, slots=True)
class PartsShare:
    """Parts of one verdict: their number, their pieces and money as far as the list says; `unpriced` of them have no price."""

    parts: int
    pieces: int
    money_minor: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class LocalisationGain:
    """What one relaxed requirement (its name), or one developed supplier (the public id of its profile), would add."""

    requirement: str
    supplier: str
    parts: int
    pieces: int
    money_minor: int


@dataclass(frozen=True, slots=True)
class ListGiven:
    """A parts list as typed: a name, and the cells of a table."""

    key: str
    name: str
    text: str


def read(given: ListGiven, today: date) -> list[dict[str, Any]]:
    """The lines of a list. Raises InvalidRecord with all that is wrong, UnreadableFile."""
    faults = Faults()
    with faults:
        if not given.name.strip() or len(given.name) > LONGEST_NAME:
            message = N_("Name the assembly, in at most %(most)s characters.")
            raise InvalidRecord((Problem("name", "parts.name", message, "", {"most": LONGEST_NAME}),))
    table = None
    with faults:
        table = part_tables.pasted(given.text)
        if table is None:
            message = N_(
                "Paste the cells of a table: its first row names the columns, each further row is a part."
            )
            raise InvalidRecord((Problem("text", "parts.table", message),))
    faults.settle()
    assert table is not None
    records = intake.records(given.text, given.key, today)
    lines = []
    for place, (part, record) in enumerate(zip(table.parts(), records, strict=True), 1):
        with faults:
            lines.append(_line(place, part, record))
    faults.settle()
    return lines


def _line(place: int, part: Part, record: NeedRecord) -> dict[str, Any]:
    return {
        "title": (record.title or part.title)[:300],
        "text": part.text,
        "pieces": record.quantity,
        "price_minor": _price(place, part),
        "record": to_data(record),
    }


def _price(place: int, part: Part) -> int | None:
    """The price of a piece. Raises InvalidRecord for a cell that is no amount."""
    words = column_words("prices")
    cell = next((one.text for one in part.cells if words.meaning(one.column.name) == "price"), None)
    if cell is None:
        return None
    amount = minor_units(cell.removesuffix("₽").removesuffix("руб.").removesuffix("руб"))
    if amount is None:
        message = N_(
            "Row %(row)s: the price “%(value)s” is not understood; write it like 1250.50, in roubles."
        )
        raise InvalidRecord(
            (Problem("text", "parts.price", message, "", {"row": place, "value": cell[:40]}),)
        )
    return amount or None


def make(
    session: Session,
    centre: Centre,
    contractor: Organisation | None,
    given: ListGiven,
    lines: Sequence[Mapping[str, Any]],
    user: User,
) -> PartsList:
    """Keep a list and have it judged; the same form sent again makes none."""
    found = session.scalar(select(PartsList).where(PartsList.public_id == given.key))
    if found is not None:
        return found
    made = PartsList(
        public_id=given.key,
        centre_id=centre.id,
        contractor_id=contractor.id if contractor else None,
        by_id=user.id,
        name=given.name.strip(),
        lines=list(lines),
    )
    session.add(made)
    journal.note(session, user.public_id, "parts.made", centre, {"list": given.key, "parts": len(lines)})
    ask(session, made)
    return made


def ask(session: Session, made: PartsList) -> None:
    """Have a list judged, by the suppliers of the moment at which that is done."""
    made.judged_at = None
    session.flush()
    jobs.enqueue(session, JOB, {"list": made.public_id})


def remove(session: Session, made: PartsList, user: User) -> None:
    """Delete a list; the needs that were made of it stay. Who deleted it can take that back for a while."""
    with undoing.undoable(session, REMOVAL, made.centre, user, [(PartsList, PartsList.id == made.id)]):
        journal.note(session, user.public_id, "parts.removed", made.centre, {"list": made.public_id})
        session.delete(made)


def judge(sessions: Sessions, parts: Matching, key: str) -> None:
    """The job: ask the matcher about every part, while nothing is held, and store what it says. A list that is gone is left alone.

    Raises EngineUnavailable, IndexMissing.
    """
    with sessions() as session:
        found = _one(session, key)
        lines = list(found.lines) if found else []
    judged = [{**line, **_judged(line, parts)} for line in lines]
    with sessions.begin() as session:
        found = _one(session, key)
        if found is not None:
            found.lines, found.judged_at = judged, now()


def _judged(line: Mapping[str, Any], parts: Matching) -> dict[str, Any]:
    record = parse(NeedRecord, line["record"])
    asked = dated(matching.understand(record, parts).requirements, parts.today)
    covers = list(need_covers.of_part(asked, parts))
    operations = [
        {name: getattr(one, name) for name in ("process", "able", "best", "near", "eased")} for one in covers
    ]
    return {
        "verdict": str(verdict_of(operations)),
        "alone": covers[0].alone,
        "operations": [one for one in operations if one["process"]],
    }


def verdict_of(operations: Sequence[Mapping[str, Any]]) -> PartVerdict:
    """The verdict on a part, of its operations."""
    if any(one["process"] is None for one in operations):
        return PartVerdict.UNREAD
    lacking = [one for one in operations if not one["able"]]
    if not lacking:
        return PartVerdict.ABLE
    return PartVerdict.NEAR if all(one["eased"] or _nearest(one) for one in lacking) else PartVerdict.NOBODY


def _nearest(operation: Mapping[str, Any]) -> set[str]:
    """Whom one condition alone keeps from an operation."""
    return {str(one["key"]) for one in operation["near"] if len(one["conditions"]) == 1}


def parts_of(made: PartsList) -> list[ListedPart]:
    """The parts of a list, in its order."""
    waits = made.judged_at is None
    return [
        ListedPart(
            place,
            line["title"],
            line["text"],
            line["pieces"],
            line["price_minor"],
            PartVerdict.WAITING if waits else PartVerdict(line.get("verdict", PartVerdict.WAITING)),
            0 if waits else line.get("alone", 0),
            () if waits else line.get("operations", ()),
        )
        for place, line in enumerate(made.lines, 1)
    ]


def shares(listed: Iterable[ListedPart]) -> dict[PartVerdict, PartsShare]:
    """The parts by their verdict, of those that there are, in the order of PartVerdict."""
    by_verdict: dict[PartVerdict, list[ListedPart]] = {}
    for one in listed:
        by_verdict.setdefault(one.verdict, []).append(one)
    return {
        verdict: PartsShare(len(some), *_sizes(some), sum(one.price_minor is None for one in some))
        for verdict in PartVerdict
        if (some := by_verdict.get(verdict))
    }


def _sizes(some: Iterable[ListedPart]) -> tuple[int, int]:
    listed = list(some)
    return sum(one.pieces or 0 for one in listed), sum(one.value_minor or 0 for one in listed)


def gains(listed: Sequence[ListedPart]) -> list[LocalisationGain]:
    """What one relaxed requirement, or one developed supplier, would give a maker to: the most money first, then the most parts. A part
    counts where that alone opens all its operations that have nobody.
    """
    opened: dict[tuple[str, str], list[ListedPart]] = {}
    for one in listed:
        lacking = one.lacking
        if not lacking:
            continue
        relaxed = set.intersection(*({str(step["requirement"]) for step in own["eased"]} for own in lacking))
        near = set.intersection(*map(_nearest, lacking))
        for key in (*((name, "") for name in relaxed), *(("", firm) for firm in near)):
            opened.setdefault(key, []).append(one)
    found = [LocalisationGain(*key, len(some), *_sizes(some)) for key, some in opened.items()]
    ordered = sorted(
        found, key=lambda one: (-one.money_minor, -one.parts, -one.pieces, one.requirement, one.supplier)
    )
    kinds = [[one for one in ordered if one.requirement], [one for one in ordered if one.supplier]]
    return [one for some in kinds for one in some[:MOST_GAINS]]


def firms_in(listed: Iterable[ListedPart]) -> list[str]:
    """The public ids of all profiles that parts name."""
    named = (
        key
        for one in listed
        for own in one.operations
        for key in (*own["best"], *(firm["key"] for firm in own["near"]))
    )
    return list(dict.fromkeys(map(str, named)))


def post_need(
    session: Session, made: PartsList, places: Sequence[int], key: str, user: User
) -> tuple[Need, bool]:
    """A draft of a need with chosen parts as positions, once a form, and whether it is new. Raises InvalidRecord where none is chosen."""
    chosen = [
        (place, made.lines[place - 1]) for place in dict.fromkeys(places) if 0 < place <= len(made.lines)
    ]
    if not chosen:
        raise InvalidRecord((Problem("parts", "parts.none", N_("Choose at least one part.")),))
    positions = [_position(place, line) for place, line in chosen]
    record = parse(NeedRecord, {"id": f"parts-{key}", "title": made.name, "positions": positions})
    how = NeedPosting(made.contractor, channel="file", state=NeedState.DRAFT)
    return need_posting.post_once(session, record, how, made.centre, user.public_id)


def _position(place: int, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line as a position: what the list says of the part, without what is of a need alone."""
    kept = {name: value for name, value in line["record"].items() if name in PositionRecord.model_fields}
    return {**kept, "id": str(place), "title": line["title"]}


def by_key(session: Session, key: str) -> PartsList:
    """The list with this public id. Raises NotFound."""
    found = _one(session, key)
    if found is None:
        raise NotFound(what="list", key=key)
    return found


def _one(session: Session, key: str) -> PartsList | None:
    whole = joinedload(PartsList.centre), joinedload(PartsList.contractor)
    return session.scalar(select(PartsList).where(PartsList.public_id == key).options(*whole))


def listed(session: Session, centre: Centre, contractor: Organisation | None) -> Sequence[PartsList]:
    """The lists of a contractor, or all of a centre, the newest first."""
    query = select(PartsList).where(PartsList.centre_id == centre.id)
    if contractor is not None:
        query = query.where(PartsList.contractor_id == contractor.id)
    ordered = query.options(joinedload(PartsList.contractor)).order_by(PartsList.id.desc())
    return session.scalars(ordered.limit(MOST)).all()


def values(one: ListedPart) -> dict[str, Any]:
    """A part in plain values."""
    return asdict(one)
