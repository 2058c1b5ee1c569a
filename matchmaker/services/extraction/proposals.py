"""The entries that a text or a list about a shop suggests for its profile, each with its words.

Nothing is added without a yes, and lines without a proposal are listed too, so that the person sees the lines
left to type.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from importers.inventories import InventoryLine
from matchmaker.domain.records import (
    CapabilityRecord,
    CertificateRecord,
    EquipmentRecord,
    Record,
    SupplierRecord,
    to_data,
)
from matchmaker.domain.requirement_kinds import MEASURED, MEASURED_ON_MACHINES, RequirementKind
from matchmaker.models.base import now
from matchmaker.services.extraction import company_facts, table_rows
from matchmaker.services.profiles.machine_types import CNC, type_of
from search.reading import certificate_answers
from search.reading.terms import RecognisedAmounts, specific
from search.reading.work import offered
from search.text import Recogniser, Recognition
from search.text.certificates.certificate_readings import PaperState

LONGEST_TEXT = 60_000  # characters; a list of some hundred machines is shorter
MOST = 400  # proposals of one text
LONGEST_LINE = 160  # letters; a longer line is prose, which is read sentence by sentence
_SENTENCE = re.compile(r"[^;]+?(?:[.!?](?=\s+[A-ZА-ЯЁ«\"])|$|(?=;))")
_COUNT = re.compile(r"(?:[-–—x×:,]\s*)?(\d{1,3})\s*(?:шт|ед|pcs|units?)\b|\((\d{1,3})\)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(19[3-9]\d|20[0-4]\d)\s*(?:г\b|год)|\((19[3-9]\d|20[0-4]\d)\)", re.IGNORECASE)
_HEADING = re.compile(r"[^\d:]{3,40}:\s+(?=\S)")  # “Станки: 16К20”
_BETWEEN_MACHINES = re.compile(r"[;,]\s+(?![^(]*\))")
_MOST_WORDS = 6  # of the name of one of several machines in a line
_IN_PROFILES = frozenset({PaperState.CERTIFIED, PaperState.IMPLEMENTING})
_SHEET = re.compile(r"\bлист|\bsheet|толщин|thick", re.IGNORECASE)
_SURE = 0.6


@dataclass(frozen=True, slots=True)
class ProfileProposal:
    """One entry to confirm: `kind` is its section, `item` the entry as a record's data, `words` its line."""

    kind: str
    item: dict[str, Any]
    words: str


@dataclass(frozen=True, slots=True)
class ExtractedProposals:
    """The proposals of a text, in its order, and the lines without any; `order` has the words of both as they stood."""

    proposals: tuple[ProfileProposal, ...]
    unread: tuple[str, ...]
    order: tuple[str, ...]


def propose(lines: Sequence[InventoryLine], recogniser: Recogniser, language: str) -> ExtractedProposals:
    """The proposals of the lines of a text or a list, each once, and the lines without any."""
    found: dict[str, ProfileProposal] = {}
    unread: list[str] = []
    order: dict[str, None] = {}
    for line in lines:
        for words, given in _of_line(line, recogniser, language):
            order[words] = None
            for proposal in given or ():
                found.setdefault(f"{proposal.kind} {sorted(proposal.item.items())!r}", proposal)
            if given is not None and not given:
                unread.append(words)
    for proposal in _implied(list(found.values()), recogniser, language):
        found.setdefault(f"{proposal.kind} {proposal.item['process']}", proposal)
    firm = company_facts.of_text("\n".join(line.words for line in lines if not line.cells), recogniser)
    proposals = [ProfileProposal("basics", firm.data, firm.words)] if firm.data else []
    proposals += _told_once(list(found.values()))
    rest = [one.words for one in proposals[MOST:]]
    told = set(firm.lines)
    return ExtractedProposals(
        tuple(proposals[:MOST]),
        tuple(w for w in dict.fromkeys([*unread, *rest]) if w not in told),
        tuple(order),
    )


def _told_once(found: Sequence[ProfileProposal]) -> list[ProfileProposal]:
    """The proposals without those of which another one of the same name says all, and more: a text and its list name a machine twice."""
    alike: dict[tuple[str, str], list[ProfileProposal]] = {}
    for one in found:
        alike.setdefault((one.kind, _named(one)), []).append(one)
    return [one for one in found if not any(_says_more(other, one) for other in alike[one.kind, _named(one)])]


def _named(one: ProfileProposal) -> str:
    return str(one.item.get("process") or one.item.get("name") or one.item.get("standard") or "").casefold()


def _says_more(other: ProfileProposal, one: ProfileProposal) -> bool:
    return other is not one and _covers(other.item, one.item) and not _covers(one.item, other.item)


def _implied(
    found: Sequence[ProfileProposal], recogniser: Recogniser, language: str
) -> Iterator[ProfileProposal]:
    """The work that the machines found can do, where the text does not name it."""
    taxonomy = recogniser.taxonomy
    named = {one.item["process"] for one in found if one.kind == "capabilities"}
    machines: dict[str, list[str]] = {}
    for one in found:
        if one.kind == "equipment":
            for code in recogniser.codes("equipment", one.item.get("type") or one.item["name"])[:1]:
                for process in taxonomy.equipment[code].extra.get("processes", ()):
                    machines.setdefault(taxonomy.label("process", process, language), []).append(
                        one.item["name"]
                    )
    for process, names in machines.items():
        if process not in named:
            yield ProfileProposal(
                "capabilities", to_data(CapabilityRecord(process=process)), ", ".join(names)[:600]
            )


_Given = Iterator[tuple[str, list[ProfileProposal] | None]]


def _of_line(line: InventoryLine, recogniser: Recogniser, language: str) -> _Given:
    """The pieces of a line with the proposals of each; None for a piece that is understood and adds nothing."""
    if "heading" in line.cells:
        known = type_of(line.words, recogniser) or recogniser.recognise(line.words).mentions
        yield line.words, None if known else []
        return
    if line.cells:
        record: Record | None = table_rows.certificate(line, recogniser)
        kind = "certificates" if record else "equipment"
        if record is None and not {"work", "price"} & line.cells.keys():
            record = table_rows.machine(line, recogniser, language)
        if record is not None:
            yield line.words, [ProfileProposal(kind, to_data(record), line.words)]
            return
    pieces = [line.words] if len(line.words) <= LONGEST_LINE else _sentences(line.words)
    for piece in pieces:
        yield piece, _of_sentence(piece, recogniser, language)


def _sentences(text: str) -> list[str]:
    return [match[0].strip() for match in _SENTENCE.finditer(text) if match[0].strip()]


def _of_sentence(sentence: str, recogniser: Recogniser, language: str) -> list[ProfileProposal] | None:
    recognition = recogniser.recognise(sentence)
    found = [*_machines(sentence, recognition, recogniser, language)]
    found += _works(sentence, recognition, recogniser, language)
    found += _certificates(recognition, recogniser)
    ruled_out = any(mention.negated or mention.partner for mention in recognition.mentions)
    return None if not found and ruled_out else found


def _machines(
    sentence: str, recognition: Recognition, recogniser: Recogniser, language: str
) -> Iterator[ProfileProposal]:
    if listed := _listed(sentence, recogniser):
        for words, kind in listed:
            said = RecognisedAmounts(recogniser.recognise(words))
            yield ProfileProposal(
                "equipment", to_data(_machine(words, kind, said, recogniser, language)), sentence
            )
        return
    found = {
        str(mention.code): (mention.start, mention.end) for mention in reversed(recognition.of("equipment"))
    }
    if not found and len(sentence) <= LONGEST_LINE and not recognition.of("process"):
        code = type_of(sentence, recogniser)
        found = {code: (0, 0)} if code else {}
    for code, (start, end) in found.items():
        if len(found) == 1:
            item = _machine(sentence, code, RecognisedAmounts(recognition), recogniser, language, end)
        else:
            label = recogniser.taxonomy.label("equipment", code, language)
            item = EquipmentRecord(name=_name(sentence[start:end]) or label, type=label)
        yield ProfileProposal("equipment", to_data(item), sentence)


def _listed(sentence: str, recogniser: Recogniser) -> list[tuple[str, str]]:
    """The machines of a line that lists several, each as its words and the code of its type; [] for any other line."""
    heading = _HEADING.match(sentence)
    machines: list[tuple[str, str]] = []
    for piece in _BETWEEN_MACHINES.split(sentence[heading.end() if heading else 0 :]):
        model = recogniser.machine_models.of(piece)
        named = recogniser.codes("equipment", piece)[:1] or ([model.equipment] if model else [])
        if named and len(piece.split()) <= _MOST_WORDS:
            machines.append((piece, named[0]))
        elif (
            machines and re.search(r"\d", piece) and not recogniser.codes("process", piece)
        ):  # the year or the number of the machine before
            machines[-1] = (f"{machines[-1][0]}, {piece}", machines[-1][1])
        else:
            return []
    return machines if len(machines) > 1 else []


def _machine(
    words: str, code: str, said: RecognisedAmounts, recogniser: Recogniser, language: str, named: int = 0
) -> EquipmentRecord:
    """The machine that a line is about; its number stands after the character `named`."""
    count = _COUNT.search(words, named)
    label = recogniser.taxonomy.label("equipment", code, language)
    heading = _HEADING.match(words)
    begin = heading.end() if heading and recogniser.codes("equipment", words[heading.end() :]) else 0
    return EquipmentRecord(
        name=_name(words[begin : count.start() if count else None]) or label,
        type=label,
        quantity=int(count[1] or count[2]) or None if count else None,
        year=_year(words),
        cnc=True if CNC.search(words) else None,
        **_part(said, MEASURED_ON_MACHINES),
    )


def _name(words: str) -> str:
    return re.sub(r"^\d{1,3}[.)]\s", "", words).strip(" -–—•*,:\t.").removesuffix("(").rstrip(" ,-–—")[:300]


def _year(sentence: str) -> int | None:
    found = _YEAR.search(sentence)
    return int(found[1] or found[2]) if found else None


def _part(numbers: RecognisedAmounts, kinds: Iterable[RequirementKind]) -> dict[str, Any]:
    """The largest part, where all three sides are told, and the grade that a sentence names."""
    limits = {kind.declared[0].path: numbers.declared(kind) for kind in kinds}
    largest = numbers.largest_part()
    return {"envelope_mm": largest if largest and largest[2] else None, **limits}


def _works(
    sentence: str, recognition: Recognition, recogniser: Recogniser, language: str
) -> Iterator[ProfileProposal]:
    taxonomy, numbers = recogniser.taxonomy, RecognisedAmounts(recognition)
    materials = specific(taxonomy, "material", recognition.codes("material"))
    machines = [(one.start, one.end) for one in recognition.of("equipment")]
    works = [
        str(one.code)
        for one in offered(recognition)
        if one.sure >= _SURE and not any(start <= one.start < end for start, end in machines)
    ]
    part = _part(numbers, MEASURED)
    if part["sheet_thickness_mm"] is None and _SHEET.search(sentence):
        # “резка листа до 20 мм” gives a thickness, not a length
        part["sheet_thickness_mm"], part["length_mm"] = part["length_mm"], None
    for code in dict.fromkeys(works):
        item = CapabilityRecord(
            process=taxonomy.label("process", code, language),
            materials=tuple(taxonomy.label("material", one, language) for one in materials),
            **part,
        )
        yield ProfileProposal("capabilities", to_data(item), sentence)


def _certificates(recognition: Recognition, recogniser: Recogniser) -> Iterator[ProfileProposal]:
    """The certificates that a sentence says are held or on the way; none that it denies, plans or tells the end of."""
    sentence = recognition.text
    read = certificate_answers.in_text(recognition, recogniser, now().date())
    for one in read.certificates:
        if one.status in _IN_PROFILES:
            data = {
                "standard": sentence[one.start : one.end],
                "edition": one.edition,
                "status": str(one.status),
                "number": one.number,
                "body": one.body,
                "issued": one.issued,
                "valid_until": one.valid_until,
            }
            given = {name: value for name, value in data.items() if value is not None}
            record = table_rows.valid(CertificateRecord, given, ("standard",))
            if record is not None:
                yield ProfileProposal("certificates", to_data(record), sentence)


def is_in(record: SupplierRecord, proposal: ProfileProposal) -> bool:
    """Whether the profile already holds all of a proposal."""
    data = to_data(record)
    if proposal.kind == "basics":
        return all(_covers(data.get(name), value) for name, value in proposal.item.items())
    return any(_covers(entry, proposal.item) for entry in data.get(proposal.kind) or ())


def _covers(present: Any, value: Any) -> bool:
    if isinstance(value, dict):
        return isinstance(present, dict) and all(_covers(present.get(key), v) for key, v in value.items())
    if isinstance(value, str) and isinstance(present, str):
        return present.casefold() == value.casefold()
    return bool(present == value or value in ([], False))
