"""Values as a person types them into a form, and as a form shows them again."""

import re
from typing import Any

from importers import cells
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import HardnessRecord
from matchmaker.domain.requirement_kinds import COUNTS, NUMBER, REQUIREMENT_KINDS, SIDES, TERMS, Typed
from matchmaker.domain.requirements import Namer, Requirements
from search.reading.cell_answers import POINT, Column, number
from search.reading.cells import read as read_cell

_DIGITS = 10  # that count of a number of a text; inches would show all of the sixteenth


def shown(typed: Typed, value: Any) -> str:
    """The value in its form's field, "" for none."""
    if value is None:
        return ""
    if isinstance(value, HardnessRecord):
        return value.text
    if isinstance(value, bool):
        return str(value).lower()
    if typed.told and not isinstance(value, str):
        number, unit = typed.told(value)
        return unit % {"value": cells.plain(number)}
    if typed is TERMS or typed is COUNTS:
        return "; ".join(map(str, value))
    return cells.sides_text(value) if typed is SIDES else cells.text(value)


def read(typed: Typed, text: str, path: str) -> Any:
    """The typed value as data for a record. Raises InvalidRecord with the path for text that is not three sides, and for a
    number that can be read in two ways.
    """
    if typed is NUMBER:
        return _number(text, path)
    if typed is TERMS:
        return cells.typed_entries(text)
    if typed is COUNTS:
        return re.split(r"[;/,\s]+", text.strip(" ;/,"))
    return _sides(text, path) if typed is SIDES else text.strip()


def _number(text: str, path: str) -> str:
    """The number in digits and a point; other text as it is, which the check of the record refuses."""
    if any(sign.isdigit() and not sign.isascii() for sign in text):
        return text.strip()  # digits that not every reader reads alike
    answer = number(text)
    if answer.readings and answer.remark:
        raise InvalidRecord((answer.remark.problem(path, text),))
    return text.strip() if answer.value is None else cells.plain(answer.value)


def _sides(text: str, path: str) -> tuple[float, ...]:
    answer = read_cell("sides", Column(spelling=POINT), text)
    if answer.readings and answer.remark:
        raise InvalidRecord((answer.remark.problem(path, text),))
    sides = answer.value
    if sides is None or len(sides) != 3:
        message = N_("Give three sides in mm, for example 420×80×12.")
        raise InvalidRecord((Problem(path, "envelope.form", message, text[:80]),))
    return tuple(sides)


def of_requirements(asked: Requirements, named: Namer) -> dict[str, str]:
    """The requirements by field of the need's form, as a person would type them there."""
    found = {}
    for kind in REQUIREMENT_KINDS.values():
        for field in kind.fields:
            if field.asked:
                value = getattr(asked, field.asked)
                value = named(kind.tree, value) if kind.tree else _short(value)
                found[field.name] = shown(field.typed, value)
    return found


def _short(value: Any) -> Any:
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
