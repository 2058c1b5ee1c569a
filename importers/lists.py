"""A centre's own list of suppliers or needs: a workbook or a text with separators.

The names of the columns give their meanings, and a person may change them. A column without a meaning goes into the
description, so that nothing of a row is lost, and so does a cell that cannot be read or that leaves a question open; the
report of the import names it. Only a row without a name, or with one that cannot be a firm's, is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from importers import cells, heads, list_records, merged_cells, no_records
from importers.certificates import CertificateReader
from importers.columns import ColumnWords, ListKind, column_words, is_numbering, is_ours
from importers.continued_rows import FirmAbove
from importers.heads import TableHead
from importers.list_records import WHOLE
from importers.list_rows import (
    KEYS,
    OF_ENTRIES,
    SKIP,
    TEXT,
    Kind,
    ListRow,
    MeantColumn,
    described,
    places,
    with_named,
)
from importers.readers import archives, sheets, workbooks
from importers.readers.workbooks import BookLook, Row, SheetDoubt, SheetTable
from importers.rows import FileRow
from matchmaker.domain.errors import InvalidRecord, Problem, UnreadableFile
from matchmaker.domain.language import N_
from search.reading.cell_answers import POINT, UNKNOWN, NumberSpelling

SOURCE = "list"  # the name of the source of a list's records
# Meanings that say which firm a row is about, and those of them that name it.
_NAMING = frozenset({"name", "inn", "id"})
_OF_IDENTITY = _NAMING | {"country", "region", "city", "address", "phone", "email", "website"}
LOOKED_AT = 20  # rows that are searched for a first value
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")
# The column that says why a row came back to be corrected; it tells nothing of a firm when the row is sent again.
WHY = N_("Why it came back")


@dataclass(frozen=True, slots=True)
class ListLimits:
    """The largest list that is read: its bytes, and the rows of a workbook."""

    bytes: int = 20_000_000
    rows: int = 500_000

    @classmethod
    def of(cls, mb: int, rows: int) -> "ListLimits":
        """The limits as settings give them, in MB and rows."""
        return cls(mb * 1_000_000, rows)


USUAL = ListLimits()


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


def content_of(path: Path, limits: ListLimits = USUAL) -> bytes:
    """The bytes of a list, or of the only list of a zip. Raises UnreadableFile where they are too many."""
    with archives.open_content(path) as stream:
        content = stream.read(limits.bytes + 1)
    if len(content) > limits.bytes:
        message = N_(
            "The list %(file)s is larger than %(most)s MB: split it, or let whoever runs the site raise %(setting)s."
        )
        most = limits.bytes // 1_000_000
        raise UnreadableFile(message, file=path.name, most=most, setting="MATCHMAKER_LIST_MB")
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
    limits: ListLimits = USUAL,
) -> ListSheet:
    """The columns of a list: of the sheet and from the row that a person has chosen, else of the sheet that names firms or
    parts, from the row that names columns. With `together` the sheets of the same columns are read behind it. Raises UnreadableFile.
    """
    count = max(LOOKED_AT, first or 0) + heads.WITHIN
    if workbooks.is_workbook(content):
        asked = chosen, count, together
        look = workbooks.look(name, content, _kind_of_words(kind), *asked, limits.rows)
    else:
        look = BookLook((), "", list(islice(sheets.rows(name, content), count)))
    if chosen and chosen not in look.names:
        raise _no_sheet(name, chosen, look.names)
    rows = look.rows
    head = heads.find(rows, _words(kind), first)
    if head is None:
        raise UnreadableFile(file=name, reason=N_("there is no row that names the columns"))
    if first is None and _is_turned(head, rows, _words(kind)):
        raise UnreadableFile(_TURNED, file=name)
    below = [(at, row) for at, row in rows if at > head.last and not no_records.left_out(row, head.names)]
    width = max(len(head.names), *(len(row) for _, row in below[:LOOKED_AT]), 0)
    header = [*head.names, *[""] * (width - len(head.names))]
    samples = _samples(width, iter(below))
    further = _further(look.others, kind, head)
    table = look.chosen, look.names, head.first, further, together
    return ListSheet(head.last, columns_of(kind, header), samples, *table)


def _further(others: Mapping[str, Sequence[Row]], kind: Kind, head: TableHead) -> tuple[tuple[str, int], ...]:
    """The other sheets whose columns have the same names, as of a list with a sheet for each region."""
    found = []
    for other, rows in others.items():
        its = heads.find(rows, _words(kind))
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
    if not {meaning for _, meaning in columns} & set(KEYS[kind]):
        message = N_("Say which column names the supplier.") if kind == "supplier" else N_(
            "Say which column names the part."
        )  # fmt: skip
        found.append(Problem(KEYS[kind][0], "column.missing", message))
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
    limits: ListLimits = USUAL

    @property
    def source_name(self) -> str:
        return SOURCE

    def rows(self) -> Iterator[FileRow]:
        """The rows below the names of the columns, each as a record or its problems; those of a further sheet are numbered on from
        those before. Raises UnreadableFile.
        """
        content, size = content_of(self.path, self.limits), self.path.stat().st_size
        tables = ((self.sheet.name, self.sheet.first), *self.sheet.further)
        last, elsewhere = 0, list[Problem]()
        for place, (name, first) in enumerate(tables):
            behind = last + 1 if place else 0
            if place:
                begins = Problem(
                    "record", "sheet.further", _FURTHER, name, {"sheet": name, "line": behind + 1}
                )
                yield FileRow(behind, size * place // len(tables), problems=(begins,), left_out=True)
            last = max(behind, first + behind)
            with sheets.table(self.name, content, name, self.limits.rows) as table:
                uncomputed, others = self._left_out(table.doubts)
                elsewhere = elsewhere or others
                for row in self._rows_of(table, first, uncomputed, _spelled_by(content)):
                    last = row.number + behind
                    yield replace(row, number=last, position=(size * place + row.position) // len(tables))
        for number, problem in enumerate(elsewhere, last + 1):
            yield FileRow(number, size, problems=(problem,), left_out=True)

    def _rows_of(
        self,
        table: SheetTable,
        first: int,
        uncomputed: Mapping[int, Sequence[Problem]],
        spelled: NumberSpelling,
    ) -> Iterator[FileRow]:
        """The rows of a sheet below the names of its columns, which end in the row `first`."""
        count, meant_columns = described(
            self.sheet.columns, (row for _, row in _below(table, first)), whole=spelled
        )
        columns = tuple(with_named(one, self.papers.recogniser) for one in meant_columns)
        names = [name for name, _ in self.sheet.columns]
        meant = [meaning for _, meaning in self.sheet.columns]
        group, size, above = "", self.path.stat().st_size, self._above()
        for place, (number, cells_of_row) in enumerate(_below(table, first), 1):
            at = size * place // count
            if found := self._as_written(number, cells_of_row, columns):
                yield replace(found, position=at, cells=tuple(map(cells.one_line, cells_of_row)))
                continue
            if reason := no_records.left_out(cells_of_row, names, meant, KEYS[self.kind]):
                group = reason.value if reason.code in no_records.HEADINGS else group
                written = tuple(map(cells.one_line, cells_of_row))
                yield FileRow(number, at, problems=(reason,), left_out=True, cells=written)
                continue
            row, faults = no_records.faults(cells_of_row, names)
            row, continued = above.completed(number, row)
            written = tuple(map(cells.one_line, row if continued else cells_of_row))
            found = ListRow(self.kind, columns, row, self.papers, group).read(number)
            problems = (*found.problems, *continued, *faults, *uncomputed.get(number, ()))
            yield replace(found, position=at, problems=problems, cells=written)

    def _as_written(
        self, number: int, row: Sequence[str], columns: Sequence["MeantColumn"]
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
            cell if place in changed or one.meaning in KEYS[self.kind] else ""
            for place, (one, cell) in enumerate(zip(columns, row, strict=False))
        ]
        reading = ListRow(self.kind, columns, [*kept, *beyond], self.papers)
        found = reading.read(number)
        if found.record is None:
            return found
        try:
            said = list_records.with_changes(record, found.record, words=reading.has_words)
            return replace(found, record=said, ours=True)
        except InvalidRecord as error:
            return replace(found, record=None, problems=error.problems)

    def _above(self) -> FirmAbove:
        identity = _OF_IDENTITY if self.kind == "supplier" else frozenset[str]()
        return FirmAbove(*(places(self.sheet.columns, one) for one in (_NAMING, identity, OF_ENTRIES)))

    def _left_out(self, doubts: Sequence[SheetDoubt]) -> tuple[Mapping[int, list[Problem]], list[Problem]]:
        """The cells of a sheet whose formula has no value, by row, and what sheets hold that are not read."""
        uncomputed, elsewhere = dict[int, list[Problem]](), list[Problem]()
        read = {self.sheet.name, *dict(self.sheet.further)}
        for one in doubts:
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


def _below(table: SheetTable, first: int) -> Iterator[Row]:
    """The rows below the row `first`, with what merged cells say in them."""
    rows = merged_cells.filled(table.walked(), table.merged, first)
    return ((at, row) for at, row in rows if at > first and any(row))


def _place_of(letters: str) -> int:
    """The place of a workbook's column, from 0, by its letters."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _spelled_by(content: bytes) -> NumberSpelling:
    """How the program that wrote a file spells its numbers, as far as that is known."""
    return POINT if workbooks.is_workbook(content) else UNKNOWN
