"""A centre's own list of suppliers or needs: a workbook or a text with separators.

The names of the columns give their meanings, and a person may change them. A column without a meaning goes into the
description, so that nothing of a row is lost, and so does a cell that cannot be read or that leaves a question open; the
report of the import names it. Only a row without a name, or with one that cannot be a firm's, is refused.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, Literal

from importers import cells, certificates, heads, list_records, merged_cells, no_records
from importers.certificates import CertificateReader
from importers.columns import ColumnWords, ListKind, column_words, is_numbering, is_ours
from importers.continued_rows import FirmAbove
from importers.heads import TableHead
from importers.list_records import WHOLE
from importers.readers import archives, sheets, workbooks
from importers.rows import FileRow
from matchmaker.domain import firm_ids, plausibility
from matchmaker.domain.errors import InvalidRecord, Problem, UnreadableFile
from matchmaker.domain.language import N_, language_of
from matchmaker.domain.organisation import name_key
from matchmaker.domain.records import KINDS, PROSE_LIMIT, AnyRecord, SupplierRecord, parse
from search.reading import cells as reading
from search.reading.cell_answers import POINT, UNKNOWN, CellReading, Column, NumberSpelling, spelling_of
from search.text import Recogniser

Kind = Literal["supplier", "need"]
MOST_BYTES = 20_000_000
SOURCE = "list"  # the name of the source of a list's records
LOOKED_AT = 20  # rows that are searched for a first value
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")
# The meanings of a column beside a field: words of the description, or nothing.
TEXT, SKIP = "text", "skip"
# The column that says why a row came back to be corrected; it tells nothing of a firm when the row is sent again.
WHY = N_("Why it came back")

_KEYS: Mapping[Kind, tuple[str, ...]] = {"supplier": ("name",), "need": ("title", TEXT)}
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
# Meanings that say which firm a row is about, and those of them that name it.
_NAMING = frozenset({"name", "inn", "id"})
_OF_IDENTITY = _NAMING | {"country", _REGION, "city", "address", "phone", "email", "website"}
_NO_PHONES = frozenset({"cell.destroyed", "cell.phone"})
_HEADING = "Раздел"  # the name of the column that headings of groups become


def meanings(kind: Kind) -> tuple[str, ...]:
    """The possible meanings of a list's column."""
    return (*_words(kind).meanings, TEXT, SKIP)


def _kind_of_words(kind: Kind) -> ListKind:
    return "suppliers" if kind == "supplier" else "needs"


def _words(kind: Kind) -> ColumnWords:
    return column_words(_kind_of_words(kind))


def guessed(kind: Kind, column: str) -> str:
    """The meaning that a column's name suggests; words of the description where it suggests none."""
    return SKIP if is_numbering(column) or is_ours(column) else _words(kind).meaning(column) or TEXT


def content_of(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a list, or of the only list of a zip, at most so many. Raises UnreadableFile."""
    with archives.open_content(path) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        message = N_("The list %(file)s is larger than %(most)s MB; split it.")
        raise UnreadableFile(message, file=path.name, most=most // 1_000_000)
    return content


@dataclass(frozen=True, slots=True)
class ListSheet:
    """The columns of a list with their meanings, in order; `first` is the last row of their names, `head` the first one.

    `samples` holds the first value of each column, for the person who checks the meanings; `name` is the sheet of a workbook,
    `names` are those that may be read instead. `further` are those of the same columns that are read behind it, each with the last row
    of its names, where a person wants them read `together`: one may be an archive.
    """

    first: int
    columns: tuple[tuple[str, str], ...]
    samples: tuple[str, ...] = ()
    name: str = ""
    names: tuple[str, ...] = ()
    head: int = 0
    further: tuple[tuple[str, int], ...] = ()
    together: bool = False


def sheet(
    name: str,
    content: bytes,
    kind: Kind,
    *,
    chosen: str = "",
    first: int | None = None,
    together: bool = False,
) -> ListSheet:
    """The columns of a list: of the sheet and from the row that a person has chosen, else of the sheet that names firms or
    parts, from the row that names columns. With `together` the sheets of the same columns are read behind it. Raises UnreadableFile.
    """
    names: tuple[str, ...] = ()
    if workbooks.is_workbook(content):
        names = tuple(workbooks.visible(name, content))
    if chosen and chosen not in names:
        raise _no_sheet(name, chosen, names)
    if names and not chosen:
        chosen = workbooks.sheet_for(name, content, _kind_of_words(kind))
    rows = list(islice(sheets.rows(name, content, chosen), max(LOOKED_AT, first or 0) + heads.WITHIN))
    head = heads.find(rows, _words(kind), first)
    if head is None:
        raise UnreadableFile(file=name, reason=N_("there is no row that names the columns"))
    if first is None and _is_turned(head, rows, _words(kind)):
        raise UnreadableFile(_TURNED, file=name)
    below = [(at, row) for at, row in rows if at > head.last and not no_records.left_out(row, head.names)]
    width = max(len(head.names), *(len(row) for _, row in below[:LOOKED_AT]), 0)
    header = [*head.names, *[""] * (width - len(head.names))]
    samples = _samples(width, iter(below))
    further = _further(name, content, kind, chosen, head) if together and len(names) > 1 else ()
    return ListSheet(
        head.last, columns_of(kind, header), samples, chosen, names, head.first, further, together
    )


def _further(
    name: str, content: bytes, kind: Kind, chosen: str, head: TableHead
) -> tuple[tuple[str, int], ...]:
    """The other sheets whose columns have the same names, as of a list with a sheet for each region."""
    found = []
    for other, rows in workbooks.beginnings(name, content).items():
        its = heads.find(rows, _words(kind)) if other != chosen else None
        if its is not None and _without_blanks(its.names) == _without_blanks(head.names):
            found.append((other, its.last))
    return tuple(found)


def _without_blanks(names: Sequence[str]) -> list[str]:
    """The names of columns as far as the last that is named, without differences of case."""
    known = [name.casefold() for name in names]
    while known and not known[-1]:
        known.pop()
    return known


_FURTHER = N_("The rows of the sheet “%(sheet)s” follow: its row 1 is row %(line)s of this list.")
_TURNED = N_(
    "In %(file)s the fields stand in rows and the firms in columns: turn the table (copy it and paste it transposed) and send it "
    "again."
)


def _is_turned(head: TableHead, rows: Sequence[tuple[int, list[str]]], words: ColumnWords) -> bool:
    """Whether the names of columns stand below each other, in the first column, and none beside the first of them."""
    first = [cells.one_line(row[0]) for at, row in rows if at >= head.first and row]
    return head.meanings <= 1 and len({words.exact(cell) for cell in first} - {None}) >= 2


def _no_sheet(file: str, chosen: str, names: Sequence[str]) -> UnreadableFile:
    if not names:
        return UnreadableFile(N_("%(file)s is no workbook: it has no sheets to choose from."), file=file)
    near = get_close_matches(chosen.casefold(), [one.casefold() for one in names], 1)
    known = sorted(names, key=lambda one: one.casefold() not in near)
    message = N_("%(file)s has no sheet “%(sheet)s” that can be seen; it has: %(known)s.")
    return UnreadableFile(message, file=file, sheet=chosen, known=", ".join(known))


def columns_of(
    kind: Kind, header: Sequence[str], known: Sequence[str | None] = ()
) -> tuple[tuple[str, str], ...]:
    """The columns with their meanings: the `known` ones where there are such, else the guessed; a column whose meaning is already
    used goes into the description, unless it is one of entries.
    """
    columns: list[tuple[str, str]] = []
    said = known or [None] * len(header)
    taken = {meaning for meaning in said if meaning} - {SKIP} - OF_ENTRIES
    for place, (name, told) in enumerate(zip(header, said, strict=True), 1):
        meaning = guessed(kind, name) if name else TEXT
        columns.append((name or str(place), told or (TEXT if meaning in taken else meaning)))
        taken |= {meaning} - {SKIP} - OF_ENTRIES
    return tuple(columns)


def _samples(width: int, rows: Iterator[tuple[int, list[str]]]) -> tuple[str, ...]:
    found = [""] * width
    for _, row in islice(rows, LOOKED_AT):
        for place, cell in enumerate(row[:width]):
            found[place] = found[place] or cells.one_line(cell)[:80]
    return tuple(found)


def check(kind: Kind, columns: Sequence[tuple[str, str]]) -> tuple[Problem, ...]:
    """The problems of the columns' meanings: a field used twice, or no column that names the row."""
    chosen = [meaning for _, meaning in columns if meaning not in {TEXT, SKIP, *OF_ENTRIES}]
    twice = sorted({meaning for meaning in chosen if chosen.count(meaning) > 1})
    found = [Problem(name, "column.twice", N_("Two columns cannot mean the same.")) for name in twice]
    if not {meaning for _, meaning in columns} & set(_KEYS[kind]):
        message = N_("Say which column names the supplier.") if kind == "supplier" else N_(
            "Say which column names the part."
        )  # fmt: skip
        found.append(Problem(_KEYS[kind][0], "column.missing", message))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class ListFile:
    """A readable list, in the form that an import needs."""

    path: Path
    name: str
    kind: Kind
    sheet: ListSheet
    digest: str
    papers: CertificateReader
    most_bytes: int = MOST_BYTES

    @property
    def source_name(self) -> str:
        return SOURCE

    def rows(self) -> Iterator[FileRow]:
        """The rows below the names of the columns, each as a record or its problems; those of a further sheet are numbered on from
        those before. Raises UnreadableFile.
        """
        content, size = content_of(self.path, self.most_bytes), self.path.stat().st_size
        tables = ((self.sheet.name, self.sheet.first), *self.sheet.further)
        last, elsewhere = 0, list[Problem]()
        for place, (name, first) in enumerate(tables):
            behind = last + 1 if place else 0
            if place:
                begins = Problem(
                    "record", "sheet.further", _FURTHER, name, {"sheet": name, "line": behind + 1}
                )
                yield FileRow(behind, size * place // len(tables), problems=(begins,), left_out=True)
            uncomputed, others = self._left_out(content, name)
            elsewhere = elsewhere or others
            last = max(behind, first + behind)
            for row in self._rows_of(content, name, first, uncomputed):
                last = row.number + behind
                yield replace(row, number=last, position=(size * place + row.position) // len(tables))
        for number, problem in enumerate(elsewhere, last + 1):
            yield FileRow(number, size, problems=(problem,), left_out=True)

    def _rows_of(
        self, content: bytes, sheet: str, first: int, uncomputed: Mapping[int, Sequence[Problem]]
    ) -> Iterator[FileRow]:
        """The rows of a sheet below the names of its columns, which end in the row `first`."""
        every, merged = sheets.table(self.name, content, sheet)
        below = merged_cells.filled(every, merged, first) if merged else every
        rows = [(at, row) for at, row in below if at > first and any(row)]
        described = _described(self.sheet.columns, [row for _, row in rows], whole=_spelled_by(content))
        columns = tuple(_with_named(one, self.papers.recogniser) for one in described)
        names = [name for name, _ in self.sheet.columns]
        meant = [meaning for _, meaning in self.sheet.columns]
        group, size, above = "", self.path.stat().st_size, self._above(meant)
        for place, (number, cells_of_row) in enumerate(rows, 1):
            at = size * place // len(rows)
            if found := self._as_written(number, cells_of_row, columns):
                yield replace(found, position=at, cells=tuple(map(cells.one_line, cells_of_row)))
                continue
            if reason := no_records.left_out(cells_of_row, names, meant, _KEYS[self.kind]):
                group = reason.value if reason.code in no_records.HEADINGS else group
                written = tuple(map(cells.one_line, cells_of_row))
                yield FileRow(number, at, problems=(reason,), left_out=True, cells=written)
                continue
            row, faults = no_records.faults(cells_of_row, names)
            row, continued = above.completed(number, row)
            written = tuple(map(cells.one_line, row if continued else cells_of_row))
            found = _ListRow(self.kind, columns, row, self.papers, group).read(number)
            problems = (*found.problems, *continued, *faults, *uncomputed.get(number, ()))
            yield replace(found, position=at, problems=problems, cells=written)

    def _as_written(
        self, number: int, row: Sequence[str], columns: Sequence["_MeantColumn"]
    ) -> FileRow | None:
        """The row by the record that the product wrote beside its cells: that record, or what a person has changed of it. None for a row
        without one.
        """
        whole = next((cell for one, cell in zip(columns, row, strict=False) if one.meaning == WHOLE), "")
        try:
            record = list_records.whole_record(self.kind, whole) if whole else None
        except InvalidRecord:
            record = None
        if record is None:
            return None
        before = list_records.cells_of(record)
        changed = {
            place
            for place, (one, cell) in enumerate(zip(columns, row, strict=False))
            if cell
            and one.meaning not in {SKIP, WHOLE}
            and cells.one_line(cell) != cells.one_line(before.get(one.meaning, ""))
        }
        beyond = row[len(columns) :]
        if not changed and not any(beyond):
            return FileRow(number, 0, record, ours=True)
        kept = [
            cell if place in changed or one.meaning in _KEYS[self.kind] else ""
            for place, (one, cell) in enumerate(zip(columns, row, strict=False))
        ]
        reading = _ListRow(self.kind, columns, [*kept, *beyond], self.papers)
        found = reading.read(number)
        if found.record is None:
            return found
        try:
            said = list_records.with_changes(record, found.record, words=reading.has_words)
            return replace(found, record=said, ours=True)
        except InvalidRecord as error:
            return replace(found, record=None, problems=error.problems)

    def _above(self, meant: Sequence[str]) -> FirmAbove:
        identity = _OF_IDENTITY if self.kind == "supplier" else frozenset[str]()
        return FirmAbove(*(_places(meant, one) for one in (_NAMING, identity, OF_ENTRIES)))

    def _left_out(self, content: bytes, sheet: str) -> tuple[Mapping[int, list[Problem]], list[Problem]]:
        """The cells of a sheet whose formula has no value, by row, and what sheets hold that are not read."""
        uncomputed, elsewhere = dict[int, list[Problem]](), list[Problem]()
        read = {self.sheet.name, *dict(self.sheet.further)}
        for one in sheets.doubts(self.name, content, sheet):
            if one.sheet in read:
                continue
            if one.sheet:
                elsewhere.append(one.problem)
            else:
                place = _place_of(one.place)
                known = place < len(self.sheet.columns)
                named = replace(one.problem, path=self.sheet.columns[place][0]) if known else one.problem
                uncomputed.setdefault(one.row, []).append(named)
        return uncomputed, elsewhere


def _places(meant: Sequence[str], of: Collection[str]) -> tuple[int, ...]:
    return tuple(place for place, meaning in enumerate(meant) if meaning in of)


def _place_of(letters: str) -> int:
    """The place of a workbook's column, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _spelled_by(content: bytes) -> NumberSpelling:
    """How the program that wrote a file spells its numbers, as far as that is known."""
    return POINT if workbooks.is_workbook(content) else UNKNOWN


@dataclass(frozen=True, slots=True)
class _MeantColumn:
    """A column with its meaning, the spelling of its numbers, and the one entry that its name stands for, if it names one: the
    columns "turning", "milling" of a table with marks.
    """

    column: Column
    meaning: str
    entry: str = ""
    standard: str = ""  # the name of a column within a group, where it names a standard by itself


def _described(
    columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], *, whole: NumberSpelling
) -> tuple[_MeantColumn, ...]:
    """The columns with the spelling that their cells show, else the other columns of figures, else the program."""
    shown = [
        spelling_of(row[place] for row in rows if place < len(row)) if meaning in _FIGURES else UNKNOWN
        for place, (_, meaning) in enumerate(columns)
    ]
    others = set(shown) - {UNKNOWN}
    usual = others.pop() if len(others) == 1 else whole
    return tuple(
        _MeantColumn(Column(name, spelling.known_from(usual)), meaning)
        for (name, meaning), spelling in zip(columns, shown, strict=True)
    )


def _with_named(one: _MeantColumn, recogniser: Recogniser) -> _MeantColumn:
    """The column with the entry or the standard that its own name, behind that of its group, stands for."""
    group, _, name = one.column.name.rpartition(": ")
    if one.meaning == _STANDARD and group:
        return replace(one, standard=name if recogniser.codes("standard", name) else "")
    kind = _KINDS.get(one.meaning)
    return replace(one, entry=name if kind and recogniser.codes(kind, name) else "")


class _ListRow:
    """The reading of one row: its values by meaning, its words, and the remarks on its cells."""

    def __init__(
        self,
        kind: Kind,
        columns: Sequence[_MeantColumn],
        row: Sequence[str],
        papers: CertificateReader,
        group: str = "",
    ) -> None:
        self._kind, self._papers = kind, papers
        self._cells = [(one, cell) for one, cell in zip(columns, row, strict=False) if cell]
        beyond = enumerate(row[len(columns) :], len(columns) + 1)
        self._cells += [(_MeantColumn(Column(str(place)), TEXT), cell) for place, cell in beyond if cell]
        if group and not any(one.meaning == _REGION for one, _ in self._cells):
            heading = _REGION if no_records.is_region(group) else TEXT
            self._cells.append((_MeantColumn(Column(_HEADING), heading), group))
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

    def _take(self, one: _MeantColumn, cell: str) -> None:
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

    def _take_entries(self, one: _MeantColumn, cell: str) -> None:
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

    def _take_certificates(self, one: _MeantColumn, cell: str) -> bool:
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

    def _put(self, one: _MeantColumn, cell: str, answer: CellReading[Any]) -> None:
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

    def _keep(self, one: _MeantColumn, cell: str) -> None:
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
            if meaning is None or meaning in _KEYS[self._kind]:
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


def _meant(one: _MeantColumn, cell: str) -> CellReading[Any]:
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
