"""One cell of a list, read by the meaning of its column: the one reader for lists, forms and pasted tables.

Each answer is a value, a value with a question, or no value with the reason; the words of a cell are never changed into a
guess. `cell_figures` reads figures, `cell_identifiers` numbers of firms and telephones.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from matchmaker.domain.language import N_
from search.reading import cell_addresses, cell_figures, cell_identifiers
from search.reading.cell_answers import CellReading, CellRemark, Column, unread
from search.reading.terms import unique
from search.text import Mention, Recogniser, TextSource
from search.text.dates import day_of_cell
from search.text.lexicon import WordPattern

MOST_REMEMBERED = 20_000  # cells; lists repeat them
LONGEST_READ = 1_000  # characters
LONGEST_NOTHING = 40  # characters of a cell that says there is nothing
# Between the entries of a cell: not the comma of "1,5", nor the slash of "Ст3сп/пс" or "12Х18Н10Т/304".
_BETWEEN = re.compile(r"[;\n]|,(?![0-9])|(?<![0-9]),|\s/\s|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})")
_DASH = re.compile(r"(?<=\d{4})[-–—](?=\d{1,2}\.\d)")  # between two days written without blanks
_EVENT = WordPattern("cells", r"(?<!\w)(?:@event)")
_YES = WordPattern("cells", r"\s*(?:@yes)(?![\w/])")
_NOTHING = WordPattern("cells", r"[\s(«\"']*(?:@nothing|[-–—−?/.]{1,5})[\s.)»\"']*")
_NONE = WordPattern("cells", r"[\s(«\"']*(?:@nothing|@none|[-–—−?/.]{1,5})[\s.)»\"']*")
_MARK = WordPattern("cells", r"\s*(?:@yes|[xх*•●■])\s*")
_NO = WordPattern("cells", r"\s*(?:@no)(?![\w/])")


def entries(cell: str) -> list[str]:
    """The entries of a cell with several, separated by semicolons, commas, lines, or slashes between words."""
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]


def says_nothing(cell: str) -> bool:
    """Whether a cell holds a sign that stands for an empty one: a dash, "н/д", "n/a"."""
    return len(cell) <= LONGEST_NOTHING and _NOTHING.fullmatch(cell) is not None


def says_none(cell: str) -> bool:
    """Whether a cell holds such a sign, or a word that there is none: "нет", "отсутствует", "none"."""
    return len(cell) <= LONGEST_NOTHING and _NONE.fullmatch(cell) is not None


@dataclass(frozen=True, slots=True)
class CountedName:
    """The name of a thing, and how many there are of it; None where that is not said."""

    name: str
    pieces: int | None


_COUNT = WordPattern(
    "cells", r"[\s,]*(?:[-–—:,(x×х*]\s*)?(\d{1,3})\s*(?:@pieces)[\s.)]*|\s*\((\d{1,2})\)[\s.]*"
)


def counted(words: str) -> CountedName:
    """The name of a thing without the pieces behind it: "16К20 – 3 шт.", "16К20 (3)"; no name where pieces stand alone."""
    for match in _COUNT.finditer(words):
        name = words[: match.start()].strip()
        if match.end() == len(words) and int(match[1] or match[2]):
            return CountedName(name, int(match[1] or match[2]))
    return CountedName(words, None)


def is_mark(cell: str) -> bool:
    """Whether a cell holds a mark or a bare yes: "+", "х", "да"."""
    return _MARK.fullmatch(cell) is not None


def yes_no(_: Column, cell: str) -> CellReading[bool]:
    """The yes or no of a cell."""
    if _NO.match(cell):
        return CellReading(value=False)
    return CellReading(value=True) if _YES.match(cell) else unread()


def day(column: Column, cell: str, today: date) -> CellReading[date]:
    """The last day of a cell, in a column of days of issue the first; a month alone, and day and month in an order that is
    not sure, are asked about.
    """
    found = day_of_cell(_DASH.sub(" – ", cell), column.name, today)
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
    "email": cell_addresses.email,
    "website": cell_addresses.website,
    "yes_no": yes_no,
}


# What the cells of a part's fields are read as; the words of any other field are taken as written.
OF_PARTS: Mapping[str, str] = {
    "quantity": "pieces",
    "mass_kg": "mass",
    "tolerance_it": "tolerance",
    "roughness_ra_um": "roughness",
    "hardness": "hardness",
    "envelope_mm": "sides",
    "inner_diameter_mm": "length",
    "diameter_mm": "length",
    "length_mm": "length",
    "thickness_mm": "length",
    "deliver_by": "day",
}


def as_data(value: Any) -> Any:
    """A value in the form that a record takes."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


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
    said = recogniser.recognise(cell[:LONGEST_READ], source=TextSource.TERM).of("town", "region", "country")
    town = next((one for one in said if one.kind == "town"), None)
    of_name = [
        str(one.code) for one in said if one.kind == "region" and (town is None or _overlap(one, town))
    ]
    own = next(filter(None, (_town_of(recogniser, code) for code in of_name)), None)
    if town is None or town.code is None:
        code = next((str(one.code) for one in said), None)
        return CellReading(PlaceOfCell(own, code)) if code else unread()
    found = recogniser.towns[town.code]
    beside = {str(one.code) for one in said if one.kind != "town" and not _overlap(one, town)}
    if not beside.isdisjoint({found.region, found.region.partition("-")[0]}):
        return CellReading(PlaceOfCell(town.code, found.region))
    named = (f"{found.label.en}|{region}" for region in sorted(beside))
    own = own or next((code for code in named if code in recogniser.towns), None)
    if own is not None:
        return CellReading(PlaceOfCell(own, recogniser.towns[own].region))
    alike = [
        PlaceOfCell(code, one.region)
        for code, one in recogniser.towns.items()
        if one.label.ru == found.label.ru and one.population >= _AS_LARGE * found.population
    ]
    if not beside and len(alike) > 1:
        message = N_("Several towns have the name %(town)s; which region is it in?")
        remark = CellRemark("cell.town", message, {"town": cell.strip()[:60]})
        return CellReading(remark=remark, readings=tuple(alike))
    return CellReading(PlaceOfCell(town.code, found.region))


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _town_of(recogniser: Recogniser, region: str) -> str | None:
    """The town that is a region of its own, such as Moscow."""
    regions = recogniser.taxonomy.regions
    if region not in regions:
        return None
    named = f"{regions[region].label.en}|{region}"
    return named if named in recogniser.towns else None
