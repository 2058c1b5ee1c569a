"""Cells as text: the values of files, and what the product writes into files and forms. `search.reading.cells` reads them."""

import math
import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

MOST_CELL = 32_767  # characters, as many as a cell of a workbook holds
FORMULAS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
)  # the signs that a spreadsheet takes for the beginning of a formula

_AMOUNT = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,13})(?:[.,](\d{1,2}))?", re.ASCII)


def text(value: Any) -> str:
    """The value of a cell as text; whole numbers without a point, since workbooks keep an INN as 7707083893.0."""
    if value is None:
        return ""
    if isinstance(value, float):
        return plain(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if any(value.timetuple()[3:6]) else value.date().isoformat()
    return str(value).strip()


def one_line(value: Any) -> str:
    """The value of a cell as one line of at most MOST_CELL characters."""
    return re.sub(r"\s+", " ", text(value)).strip()[:MOST_CELL]


def in_lines(value: Any) -> str:
    """The value of a cell with its lines, of at most MOST_CELL characters: in a workbook, lines may be entries."""
    found = (re.sub(r"\s+", " ", line).strip() for line in text(value).splitlines())
    return "\n".join(filter(None, found))[:MOST_CELL]


def guarded(cell: str) -> str:
    """A cell for a delimited file; an apostrophe before it keeps a program from reading it as a formula."""
    return f"'{cell}" if _like_a_formula(cell) else cell


def unguarded(cell: str) -> str:
    """A cell of a delimited file without the apostrophe that `guarded` puts before it."""
    return cell[1:] if cell.startswith("'") and _like_a_formula(cell) else cell


def _like_a_formula(cell: str) -> bool:
    return cell.lstrip("'").startswith(FORMULAS)


def typed_entries(text: str) -> list[str]:
    """The entries of a field of a form, separated by semicolons or lines: names may have commas."""
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]


def plain(value: float) -> str:
    """A number without an exponent and without final noughts."""
    if not math.isfinite(value):
        return str(value)
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")


def sides_text(box: Sequence[float]) -> str:
    """Sides as a cell or a field of a form shows them."""
    return "×".join(map(plain, box))


def minor_units(typed: str) -> int | None:
    """An amount as people write it, "1 000,50", in minor units; None for other text or an ambiguous amount."""
    match = _AMOUNT.fullmatch(typed.strip())
    if match is None:
        return None
    return int(re.sub(r"\D", "", match[1])) * 100 + int((match[2] or "0").ljust(2, "0"))


def amount_text(minor: int) -> str:
    """An amount of minor units as a field of a form shows it, which `minor_units` reads back."""
    return f"{minor // 100}.{minor % 100:02}"
