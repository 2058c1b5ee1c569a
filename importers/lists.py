"""A centre's own list of suppliers or needs: a workbook or a text with separators.

The names of the columns give their meanings, and a person may change them. A column without a meaning goes
into the description, so that nothing of a row is lost, and so does a size or an accuracy in other words; any
other cell with a value that its column cannot have refuses the row, and the problem names the column.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from importers import cells
from importers.columns import ColumnWords, column_words, is_numbering
from importers.readers import sheets
from importers.rows import FileRow
from matchmaker.domain.errors import InvalidRecord, Problem, UnreadableFile
from matchmaker.domain.language import N_, language_of
from matchmaker.domain.organisation import name_key
from matchmaker.domain.records import KINDS, AnyRecord, parse

Kind = Literal["supplier", "need"]
MOST_BYTES = 20_000_000
LOOKED_AT = 20  # rows that are searched for a first value
SUFFIXES = (".xlsx", ".xls", ".ods", ".csv", ".txt")
# The meanings of a column beside a field: words of the description, or nothing.
TEXT, SKIP = "text", "skip"

_KEYS: Mapping[Kind, tuple[str, ...]] = {"supplier": ("name",), "need": ("title", TEXT)}
# The readers of the cells of a meaning; a cell of any other meaning is taken as written.
_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("materials", "processes", "equipment", "sectors", "standard"), cells.entries),
    **dict.fromkeys(("employees", "founded", "quantity"), cells.whole),
    **dict.fromkeys(("valid_until", "deliver_by"), lambda cell: cells.day_in(cell) or cell),
    "mass_kg": cells.kilograms,
    "tolerance_it": cells.grade,
    "envelope_mm": cells.sides,
    "inn": cells.inn,
}


def meanings(kind: Kind) -> tuple[str, ...]:
    """The possible meanings of a list's column."""
    return (*_words(kind).meanings, TEXT, SKIP)


def _words(kind: Kind) -> ColumnWords:
    return column_words("suppliers" if kind == "supplier" else "needs")


def guessed(kind: Kind, column: str) -> str:
    """The meaning that a column's name suggests; words of the description where it suggests none."""
    return SKIP if is_numbering(column) else _words(kind).meaning(column) or TEXT


@dataclass(frozen=True, slots=True)
class ListSheet:
    """The columns of a list with their meanings, in order; `first` is the row of their names.

    `samples` holds the first value of each column, for the person who checks the meanings.
    """

    first: int
    columns: tuple[tuple[str, str], ...]
    samples: tuple[str, ...] = ()


def sheet(name: str, content: bytes, kind: Kind) -> ListSheet:
    """The columns of a list; the first row with two cells names them. Raises UnreadableFile."""
    rows = sheets.rows(name, content)
    for number, row in rows:
        if sum(map(bool, row)) >= 2:
            return ListSheet(number, _columns(kind, row), _samples(len(row), rows))
    raise UnreadableFile(file=name, reason=N_("there is no row that names the columns"))


def _columns(kind: Kind, header: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The columns with their guessed meanings; a column whose meaning is already used goes into the
    description.
    """
    columns: list[tuple[str, str]] = []
    taken = {TEXT, SKIP}
    for place, name in enumerate(header, 1):
        meaning = guessed(kind, name) if name else SKIP
        columns.append((name or str(place), TEXT if meaning in taken - {SKIP} else meaning))
        taken.add(meaning)
    return tuple(columns)


def _samples(width: int, rows: Iterator[tuple[int, list[str]]]) -> tuple[str, ...]:
    found = [""] * width
    for _, row in islice(rows, LOOKED_AT):
        for place, cell in enumerate(row[:width]):
            found[place] = found[place] or cell[:80]
    return tuple(found)


def check(kind: Kind, columns: Sequence[tuple[str, str]]) -> tuple[Problem, ...]:
    """The problems of the columns' meanings: a field used twice, or no column that names the row."""
    chosen = [meaning for _, meaning in columns if meaning not in {TEXT, SKIP}]
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

    @property
    def source_name(self) -> str:
        return "list"

    def rows(self) -> Iterator[FileRow]:
        """The rows below the names of the columns, each as a record or its problems. Raises UnreadableFile."""
        named = {meaning: column for column, meaning in self.sheet.columns}
        for number, row in sheets.rows(self.name, self.path.read_bytes()):
            if number <= self.sheet.first or not any(row):
                continue
            try:
                yield FileRow(number, 0, _record(self.kind, self.sheet, row))
            except InvalidRecord as error:
                yield FileRow(number, 0, problems=tuple(_in_columns(p, named) for p in error.problems))


def _in_columns(problem: Problem, named: Mapping[str, str]) -> Problem:
    """The problem under the name of the column, where it is known."""
    path = problem.path.split(".")
    name = {"capabilities": "processes", "certificates": "standard"}.get(path[0], path[0])
    for step in (*reversed(path), name):
        if step in named:
            return replace(problem, path=named[step])
    return problem


def _record(kind: Kind, given: ListSheet, row: Sequence[str]) -> AnyRecord:
    found: dict[str, Any] = {}
    words: list[str] = []
    for (column, meaning), cell in zip(given.columns, row, strict=False):
        if not cell or meaning == SKIP:
            continue
        value = None if meaning == TEXT else _READERS.get(meaning, str)(cell)
        if value is None:  # such as a deviation for a grade, "ø45×320" for three sides
            words.append(f"{column}: {cell}")
        else:
            found[meaning] = value
    data = _MAKERS[kind](found, ". ".join(words))
    return parse(KINDS[kind], data)  # type: ignore[return-value]


def _named(text: str) -> dict[str, str]:
    return {language_of(text): text}


def _key(prefix: str, *words: str) -> str:
    """An id that the same row always gets, anywhere in the list."""
    spelled = "\n".join(name_key(word) for word in words)
    return f"{prefix}-{hashlib.sha256(spelled.encode()).hexdigest()[:16]}"


def _supplier(found: dict[str, Any], text: str) -> dict[str, Any]:
    name, inn = found.pop("name", ""), found.get("inn", "")
    own = f"inn-{inn}" if inn else _key("name", name, found.get("city", ""))
    data: dict[str, Any] = {
        "kind": "supplier",
        "id": found.pop("id", None) or own,
        "name": _named(name) if name else {},
    }
    materials, processes = found.pop("materials", []), found.pop("processes", [])
    data["capabilities"] = [{"process": process, "materials": materials} for process in processes]
    if materials and not processes:
        text = ". ".join(filter(None, (", ".join(materials), text)))
    data["equipment"] = [{"name": machine} for machine in found.pop("equipment", [])]
    held = {key: found.pop(key) for key in ("number", "valid_until") if key in found}
    data["certificates"] = [{"standard": one, **held} for one in found.pop("standard", [])]
    contacts = {key: found.pop(key) for key in ("person", "email", "phone", "website") if key in found}
    if text:
        data["description"] = _named(text)
    return {**data, **found, **({"contacts": contacts} if contacts else {})}


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
