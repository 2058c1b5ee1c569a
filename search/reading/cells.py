"""One cell of a list, read by the meaning of its column: the one reader for lists, forms and pasted tables.

Each answer is a value, a value with a question, or no value with the reason; the words of a cell are never changed into a
guess. `cell_figures` reads figures, `cell_identifiers` numbers of firms and telephones.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from matchmaker.domain.language import N_
from search.reading import cell_figures, cell_identifiers
from search.reading.cell_answers import CellReading, CellRemark, Column, unread
from search.reading.terms import unique
from search.text import Recogniser
from search.text.dates import day_of_cell
from search.text.lexicon import WordPattern

MOST_REMEMBERED = 20_000  # cells; lists repeat them
LONGEST_READ = 1_000  # characters
# Between the entries of a cell: not the comma of "1,5", nor the slash of "Ст3сп/пс" or "12Х18Н10Т/304".
_BETWEEN = re.compile(r"[;\n]|,(?![0-9])|(?<![0-9]),|\s/\s|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})")
_EVENT = WordPattern("cells", r"(?<!\w)(?:@event)")
_YES = WordPattern("cells", r"\s*(?:@yes)(?![\w/])")
_NO = WordPattern("cells", r"\s*(?:@no)(?![\w/])")


def entries(cell: str) -> list[str]:
    """The entries of a cell with several, separated by semicolons, commas, lines, or slashes between words."""
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]


def yes_no(_: Column, cell: str) -> CellReading[bool]:
    """The yes or no of a cell."""
    if _NO.match(cell):
        return CellReading(value=False)
    return CellReading(value=True) if _YES.match(cell) else unread()


def day(column: Column, cell: str, today: date) -> CellReading[date]:
    """The last day of a cell, in a column of days of issue the first; a month alone, and day and month in an order that is
    not sure, are asked about.
    """
    found = day_of_cell(cell, column.name, today)
    if found.day is not None and _EVENT.search(cell):
        message = N_("From which day is it counted?")
        return CellReading(remark=CellRemark("cell.event", message), readings=(found.day,))
    if found.day is not None:
        return CellReading(found.day, _day_meant(found.day) if found.doubted else None)
    if found.endless:
        return CellReading(remark=CellRemark("cell.endless", N_("No last day; the words are kept.")))
    return CellReading(remark=NO_DAY) if found.doubted else unread()


def _day_meant(found: date) -> CellRemark:
    return CellRemark("cell.day", N_("Is %(day)s meant?"), {"day": found.isoformat()})


NO_DAY = CellRemark("cell.no_day", N_("This is no day of the calendar."))
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")


def year(_: Column, cell: str) -> CellReading[int]:
    """The one year of a cell."""
    found = {int(one) for one in _YEAR.findall(cell)}
    return CellReading(found.pop()) if len(found) == 1 else unread()


# The readers of cells that need no taxonomy, by what a column is for.
READERS: Mapping[str, Callable[[Column, str], CellReading[Any]]] = {
    "year": year,
    "mass": cell_figures.mass,
    "length": cell_figures.length,
    "sides": cell_figures.sides,
    "pieces": cell_figures.pieces,
    "employees": cell_figures.employees,
    "lot": cell_figures.lot,
    "tolerance": cell_figures.tolerance,
    "roughness": cell_figures.roughness,
    "hardness": cell_figures.hardness,
    "figure": cell_figures.figure,
    "money": cell_figures.money,
    "inn": cell_identifiers.inn,
    "phone": cell_identifiers.phone,
    "yes_no": yes_no,
}


def read(meaning: str, column: Column, cell: str, today: date | None = None) -> CellReading[Any]:
    """The reading of a cell by a meaning of MEANINGS; days count from `today`."""
    if meaning == DAY:
        return _day(column, cell[:LONGEST_READ], today or datetime.now(UTC).date())
    return _remembered(meaning, column, cell[:LONGEST_READ])


@lru_cache(maxsize=MOST_REMEMBERED)
def _remembered(meaning: str, column: Column, cell: str) -> CellReading[Any]:
    return READERS[meaning](column, cell)


_day = lru_cache(maxsize=MOST_REMEMBERED)(day)
DAY = "day"
MEANINGS = (DAY, *READERS)


# ---- Cells that the taxonomy reads.
def codes(recogniser: Recogniser, kind: str, cell: str) -> CellReading[tuple[str, ...]]:
    """The codes of the processes, materials or other concepts that a cell names; nothing for those that it rules out."""
    found = unique(code for entry in entries(cell) for code in recogniser.codes(kind, entry))
    return CellReading(found) if found else unread()


@dataclass(frozen=True, slots=True)
class PlaceOfCell:
    """A town and its region by their codes, or a region alone."""

    town: str | None
    region: str | None


# A town of the same name with at least this share of the people of the largest may be meant as well.
_AS_LARGE = 0.33


def place(recogniser: Recogniser, cell: str) -> CellReading[PlaceOfCell]:
    """The place that a cell names first; a question where two large towns have the name."""
    town, region = recogniser.place_of(cell[:LONGEST_READ])
    if town is None:
        return CellReading(PlaceOfCell(None, region)) if region else unread()
    found = recogniser.towns[town]
    alike = [
        PlaceOfCell(code, one.region)
        for code, one in recogniser.towns.items()
        if one.label.ru == found.label.ru and one.population >= _AS_LARGE * found.population
    ]
    if region is None and len(alike) > 1:
        message = N_("Several towns have the name %(town)s; which region is it in?")
        remark = CellRemark("cell.town", message, {"town": cell.strip()[:60]})
        return CellReading(remark=remark, readings=tuple(alike))
    return CellReading(PlaceOfCell(town, found.region))
