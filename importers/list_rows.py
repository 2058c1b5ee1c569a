"""The reading of one row of a list: its cells by the meanings of their columns, its words, the remarks on them, and the record."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Literal

from importers import cells, certificates, no_records
from importers.certificates import CertificateReader
from importers.list_records import WHOLE
from importers.rows import FileRow
from matchmaker.domain import firm_ids, plausibility
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_, language_of
from matchmaker.domain.organisation import name_key
from matchmaker.domain.records import KINDS, PROSE_LIMIT, AnyRecord, SupplierRecord, parse
from search.reading import cells as reading
from search.reading.cell_answers import (
    UNKNOWN,
    CellReading,
    Column,
    NumberSpelling,
    spelling_from,
    spellings_in,
)
from search.text import Recogniser

Kind = Literal["supplier", "need"]
# The meanings of a column beside a field: words of the description, or nothing.
TEXT, SKIP = "text", "skip"
KEYS: Mapping[Kind, tuple[str, ...]] = {"supplier": ("name",), "need": ("title", TEXT)}
# Meanings whose columns may stand several times in a list: the operations of a route.
OF_ENTRIES = frozenset({"materials", "processes", "equipment", "sectors", "standard"})
# The kinds of the taxonomy whose entries columns may name.
_KINDS: Mapping[str, str] = {"materials": "material", "processes": "process", "equipment": "equipment"}
# What a cell of a meaning is read as; a cell of any other meaning is taken as written.
_READ_AS: Mapping[str, str] = {
    "employees": "employees",
    "founded": "year",
    "valid_until": "day",
    "inn": "inn",
    "phone": "phone",
    "email": "email",
    "website": "website",
    **reading.OF_PARTS,
}
# Cells of these that cannot be read are read as words of the description.
_READ_IN_WORDS = frozenset(reading.OF_PARTS) - {"quantity", "deliver_by"}
# Meanings whose cells show how the list spells its numbers.
_FIGURES = _READ_IN_WORDS | {TEXT}
_OF_CONTACTS = frozenset({"person", "email", "phone", "website"})
# Columns of certificates, each read with the name of its column.
_STANDARD, _CERTIFICATES = "standard", "certificates"
_OF_CERTIFICATES = frozenset({_STANDARD, "number", "valid_until"})
_REGION = "region"
_NO_PHONES = frozenset({"cell.destroyed", "cell.phone"})
_HEADING = "Раздел"  # the name of the column that headings of groups become


@dataclass(frozen=True, slots=True)
class MeantColumn:
    """A column with its meaning, the spelling of its numbers, and the one entry that its name stands for, if it names one: the
    columns "turning", "milling" of a table with marks.
    """

    column: Column
    meaning: str
    entry: str = ""
    standard: str = ""  # the name of a column within a group, where it names a standard by itself


def described(
    columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], *, whole: NumberSpelling
) -> tuple[int, tuple[MeantColumn, ...]]:
    """The number of rows, and the columns with the spelling that their cells show, else the other columns of figures, else the
    program. The rows are walked once.
    """
    count, figures = 0, {place: set[NumberSpelling]() for place in places(columns, _FIGURES)}
    for count, row in enumerate(rows, 1):  # noqa: B007 - the count after the loop is part of the answer
        for place, found in figures.items():
            if place < len(row):
                found.update(spellings_in(row[place]))
    shown = {place: spelling_from(found) for place, found in figures.items()}
    others = set(shown.values()) - {UNKNOWN}
    usual = others.pop() if len(others) == 1 else whole
    return count, tuple(
        MeantColumn(Column(name, shown.get(place, UNKNOWN).known_from(usual)), meaning)
        for place, (name, meaning) in enumerate(columns)
    )


def places(columns: Sequence[tuple[str, str]], of: Collection[str]) -> tuple[int, ...]:
    """The places of the columns with one of these meanings."""
    return tuple(place for place, (_, meaning) in enumerate(columns) if meaning in of)


def with_named(one: MeantColumn, recogniser: Recogniser) -> MeantColumn:
    """The column with the entry or the standard that its own name, behind that of its group, stands for."""
    group, _, name = one.column.name.rpartition(": ")
    if one.meaning == _STANDARD and group:
        return replace(one, standard=name if recogniser.codes("standard", name) else "")
    kind = _KINDS.get(one.meaning)
    return replace(one, entry=name if kind and recogniser.codes(kind, name) else "")


class ListRow:
    """The reading of one row: its values by meaning, its words, and the remarks on its cells."""

    def __init__(
        self,
        kind: Kind,
        columns: Sequence[MeantColumn],
        row: Sequence[str],
        papers: CertificateReader,
        group: str = "",
    ) -> None:
        self._kind, self._papers = kind, papers
        self._cells = [(one, cell) for one, cell in zip(columns, row, strict=False) if cell]
        beyond = enumerate(row[len(columns) :], len(columns) + 1)
        self._cells += [(MeantColumn(Column(str(place)), TEXT), cell) for place, cell in beyond if cell]
        if group and not any(one.meaning == _REGION for one, _ in self._cells):
            heading = _REGION if no_records.is_region(group) else TEXT
            self._cells.append((MeantColumn(Column(_HEADING), heading), group))
        self._found: dict[str, Any] = {}
        self._words: list[str] = []
        self._disregarded: list[str] = []
        self._remarks: list[Problem] = []

    @property
    def has_words(self) -> bool:
        """Whether its cells left words for the description; known when it was read."""
        return bool(self._words)

    def read(self, number: int) -> FileRow:
        for one, cell in self._cells:
            self._take(one, cell)
        try:
            record = self._record()
            return FileRow(number, 0, record, tuple(self._remarks_on(record)))
        except InvalidRecord as error:
            named = {one.meaning: one.column.name for one, _ in self._cells}
            hidden = tuple(one for one in self._remarks if one.code == "cell.checksum")
            return FileRow(number, 0, problems=(*hidden, *(_in_columns(p, named) for p in error.problems)))

    def _remarks_on(self, record: AnyRecord) -> Iterator[Problem]:
        """The remarks, without the question for a date that another column of the row answers."""
        held = record.certificates if isinstance(record, SupplierRecord) else ()
        dated = all(one.issued or one.valid_until for one in held)
        return (one for one in self._remarks if not (dated and one.code == certificates.DATE_UNKNOWN))

    def _take(self, one: MeantColumn, cell: str) -> None:
        if one.meaning in {SKIP, WHOLE} or _says_nothing(one.meaning, cell):
            return
        if one.meaning == TEXT:
            self._keep(one, cell)
        elif one.meaning in _OF_CERTIFICATES and self._take_certificates(one, cells.one_line(cell)):
            return
        elif one.meaning in OF_ENTRIES:
            self._take_entries(one, cell)
        elif one.meaning in _NAMES and _CHECKSUM.fullmatch(cell.strip()):
            self._remarks.append(Problem(one.column.name, "cell.checksum", _NAMES[one.meaning], cell[:80]))
        elif one.meaning in _READ_AS:
            self._put(one, cell, _meant(one, cells.one_line(cell)))
        else:
            self._found[one.meaning] = cells.one_line(cell)

    def _take_entries(self, one: MeantColumn, cell: str) -> None:
        """Take the entries of a cell. In a column that names one entry itself a mark stands for it, and words that name none tell of it."""
        said = [entry for entry in reading.entries(cell) if not reading.says_none(entry)]
        if one.entry and reading.is_mark(cell):
            said = [one.entry]
        elif reading.is_mark(cell) or (one.entry and not self._names_any(one.meaning, said)):
            self._keep(one, cell)
            return
        self._found.setdefault(one.meaning, []).extend(said)

    def _names_any(self, meaning: str, entries: Sequence[str]) -> bool:
        return any(self._papers.recogniser.codes(_KINDS[meaning], entry) for entry in entries)

    def _take_certificates(self, one: MeantColumn, cell: str) -> bool:
        """Take the certificates of a cell; False for a number or a day whose column names no standard."""
        read = self._papers.read(one.standard or one.column.name, cell)
        if one.meaning != _STANDARD and not read.certificates:
            return False
        self._found.setdefault(_CERTIFICATES, []).extend(read.certificates)
        named = one.meaning != _STANDARD and any(other.meaning == _STANDARD for other, _ in self._cells)
        self._remarks.extend(
            said for said in read.remarks if not (named and said.code == certificates.UNKNOWN)
        )
        if not read.understood:
            self._keep(one, cell)
        return True

    def _put(self, one: MeantColumn, cell: str, answer: CellReading[Any]) -> None:
        if answer.value is not None:
            self._found[one.meaning] = reading.as_data(answer.value)
        if answer.value is None or (one.meaning == "inn" and self._has_other_numbers(cell)):
            self._keep(one, cell)
        if answer.remark and (answer.readings or answer.value or one.meaning not in _READ_IN_WORDS):
            self._remarks.append(answer.remark.problem(one.column.name, cell))
            if answer.value is None:
                self._disregarded.append(cells.one_line(cell)[:300])

    def _has_other_numbers(self, cell: str) -> bool:
        """Whether a firm's cell of an INN holds a KPP or an OGRN too, which no column of a list has."""
        return self._kind == "supplier" and sum(sign.isdigit() for sign in cell) > _LONGEST_INN

    def _keep(self, one: MeantColumn, cell: str) -> None:
        """Keep the words of a cell in the description, which others may see; those of contacts stand in the report alone."""
        if one.meaning in _OF_CONTACTS:
            return
        self._words.append(f"{one.column.name}: {cells.one_line(cell)}")

    def _record(self) -> AnyRecord:
        """The record of the row; a value that no record may have becomes words and a remark, words for which there is no room become a
        remark. Raises InvalidRecord.
        """
        while True:
            found = dict(self._found)
            if self._kind == "need" and self._disregarded:
                found["disregarded"] = self._disregarded
            try:
                data = _MAKERS[self._kind](found, ". ".join(self._with_room()))
                record: AnyRecord = parse(KINDS[self._kind], data)  # type: ignore[assignment]
                if isinstance(record, SupplierRecord):
                    plausibility.demand_supplier(record, self._papers.today)
            except InvalidRecord as error:
                self._leave_out(error)
            else:
                if (left := len(self._words) - len(self._with_room())) > 0:
                    first = self._words[-left].partition(":")[0][:80]
                    told = {"count": left, "column": first}
                    self._remarks.append(Problem("record", "row.words", _NO_ROOM, first, told))
                return record

    def _with_room(self) -> Sequence[str]:
        """The words of the first cells, as many as a description has room for beside a title and materials."""
        ends = accumulate(len(words) + 2 for words in self._words)
        return self._words[: sum(end <= _MOST_WORDS for end in ends)]

    def _leave_out(self, error: InvalidRecord) -> None:
        """Take the values with problems out of the record. Raises the error where one of them is no optional cell."""
        for problem in error.problems:
            meaning = next((name for name in _meanings(problem) if name in self._found), None)
            if meaning is None or meaning in KEYS[self._kind]:
                raise error
            for one, cell in self._cells:
                if one.meaning == meaning:
                    self._keep(one, cell)
                    self._remarks.append(replace(problem, path=one.column.name))
        for problem in error.problems:
            for name in _meanings(problem):
                self._found.pop(name, None)


def _says_nothing(meaning: str, cell: str) -> bool:
    """Whether a cell has a sign or a word in place of a value. Cells of certificates, and words, say something by a "no"."""
    if meaning == _STANDARD:
        return False
    words = meaning == TEXT or meaning in _OF_CERTIFICATES
    return reading.says_nothing(cell) if words else reading.says_none(cell)


def _meant(one: MeantColumn, cell: str) -> CellReading[Any]:
    """The reading of a cell as a record takes it: three sides, and a telephone number as written, unless it was cut."""
    answer = reading.read(_READ_AS[one.meaning], one.column, cell)
    if one.meaning == "envelope_mm" and answer.value is not None and len(answer.value) != 3:
        return CellReading()
    if one.meaning == "phone" and not (answer.remark and answer.remark.code in _NO_PHONES):
        return CellReading(answer.value if _BARE_PHONE.fullmatch(cell) and answer.value else cell)
    return answer


_LONGEST_INN = 12  # digits
_MOST_WORDS = PROSE_LIMIT - 5_000
_NO_ROOM = N_(
    "The description has no room for the words of %(count)s cells, from the column “%(column)s” on; they were left out."
)
# A name that a portal hides: 32 to 64 hexadecimal signs, or a UUID.
_CHECKSUM = re.compile(r"[0-9a-f]{32,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NAMES = {
    "contractor": N_("This is a checksum and no name; the contractor was left out."),
    "name": N_("This is a checksum and no name: the list hides who the firm is."),
}
_BARE_PHONE = re.compile(r"\d{10,15}(?:[.,]0{1,2})?|\d[.,]\d+[eE]\+?\d{1,2}")


def _in_columns(problem: Problem, named: Mapping[str, str]) -> Problem:
    """The problem under the name of the column, where it is known."""
    return next((replace(problem, path=named[step]) for step in _meanings(problem) if step in named), problem)


def _meanings(problem: Problem) -> tuple[str, ...]:
    """The meanings of a list's columns that a problem of a record may be about, the nearest first."""
    path = problem.path.split(".")
    return (*reversed(path), {"capabilities": "processes", "certificates": "standard"}.get(path[0], path[0]))


def _named(text: str) -> dict[str, str]:
    return {language_of(text): text}


def _key(prefix: str, *words: str) -> str:
    """An id that the same row always gets, anywhere in the list."""
    spelled = "\n".join(name_key(word) for word in words)
    return f"{prefix}-{hashlib.sha256(spelled.encode()).hexdigest()[:16]}"


def _supplier(found: dict[str, Any], text: str) -> dict[str, Any]:
    name, inn = found.pop("name", ""), found.get("inn", "")
    own = f"inn-{inn}" if inn else firm_ids.of_name(name, found.get("city", ""))
    data: dict[str, Any] = {
        "kind": "supplier",
        "id": found.pop("id", None) or own,
        "name": _named(name) if name else {},
    }
    materials, processes = found.pop("materials", []), found.pop("processes", [])
    if processes:
        data["capabilities"] = [{"process": process, "materials": materials} for process in processes]
    elif materials:
        text = ". ".join(filter(None, (", ".join(materials), text)))
    if machines := found.pop("equipment", []):
        data["equipment"] = _machines(machines)
    others: dict[str, Any] = {key: found.pop(key) for key in ("number", "valid_until") if key in found}
    if papers := certificates.joined(found.pop(_CERTIFICATES, ()), others):
        data["certificates"] = papers
    if country := found.pop("country", None):
        if "region" in found:
            text = ". ".join(filter(None, (text, country)))
        found.setdefault("region", country)
    contacts = {key: found.pop(key) for key in sorted(_OF_CONTACTS) if key in found}
    if text:
        data["description"] = _named(text)
    return {**data, **found, **({"contacts": contacts} if contacts else {})}


def _machines(entries: Sequence[str]) -> list[dict[str, Any]]:
    """The machines, and how many of each where the words behind its name tell, also behind a comma."""
    found: list[dict[str, Any]] = []
    for words in entries:
        counted = reading.counted(words)
        if counted.name:
            found.append({"name": counted.name})
        if counted.pieces and found:
            found[-1].setdefault("quantity", counted.pieces)
    return found


def _need(found: dict[str, Any], text: str) -> dict[str, Any]:
    buyer, inn = found.pop("contractor", ""), found.pop("inn", "")
    title = found.get("title", "")
    key = found.pop("id", None) or _key("list", title, text, repr(sorted(found.items())), buyer)
    data: dict[str, Any] = {"kind": "need", "id": key, **found}
    if text:
        data["text"] = f"{title}. {text}" if title else text
    if buyer or inn:
        data["contractor"] = {"name": _named(buyer or inn), **({"inn": inn} if inn else {})}
    return data


_MAKERS: Mapping[Kind, Callable[[dict[str, Any], str], dict[str, Any]]] = {
    "supplier": _supplier,
    "need": _need,
}
