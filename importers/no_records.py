"""The rows of a list that tell of no firm and no part: totals, a head that is repeated, numbers of columns, regions as headings."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache

from importers import cells
from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from matchmaker.resources import folder, read_yaml

_NAME = r"[\w-]+(?:\s[\w-]+)?"


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of config/columns/no_records.yaml as patterns, and the faults of spreadsheets."""

    total: re.Pattern[str]
    sum: re.Pattern[str]
    note: re.Pattern[str]
    signed: re.Pattern[str]
    region: re.Pattern[str]
    faults: frozenset[str]


@cache
def _words() -> _Words:
    read = read_yaml(folder("config") / "columns" / "no_records.yaml")
    any_of = {name: "|".join(map(re.escape, (*words["ru"], *words["en"]))) for name, words in read.items()}
    counted = rf"(?:\s(?:{any_of['counted']}).{{0,200}})?"
    region = rf"(?:{any_of['before_region']})\s+{_NAME}|{_NAME}\s(?:{any_of['after_region']})\.?"
    return _Words(
        re.compile(rf"(?:{any_of['total']}){counted}[\s:–—-]*[\d\s.,]*{counted}", re.IGNORECASE),
        re.compile(rf"(?:{any_of['total']})(?!\w)", re.IGNORECASE),
        re.compile(rf".{{0,80}}_{{3}}|(?:{any_of['note']})\s?[:.)]", re.IGNORECASE),
        re.compile(rf"(?:{any_of['signed']})(?!\w)", re.IGNORECASE),
        re.compile(region, re.IGNORECASE),
        frozenset((*read["fault"]["ru"], *read["fault"]["en"])),
    )


_LEFT_OUT = {
    "total": N_("This row is a total and was left out."),
    "head": N_("This row repeats the names of the columns and was left out."),
    "numbers": N_("This row numbers the columns and was left out."),
    "note": N_("This row is a note or a signature and was left out."),
    "region": N_("This row is a heading: the rows below it got it as their region, where they say none."),
    "heading": N_("This row is a heading: the rows below it got its words."),
}
OF_HEAD = frozenset({"row.head", "row.numbers"})
HEADINGS = frozenset({"row.region", "row.heading"})
LONGEST_HEADING = 120  # letters; a longer text is prose
MOST_SIGNING = 4  # cells of a row with a signature
FAULTY = N_("The spreadsheet could not work out this cell, which reads as empty.")


def left_out(
    row: Sequence[str], columns: Sequence[str], meanings: Sequence[str] = (), keys: Collection[str] = ()
) -> Problem | None:
    """Why a row tells of nothing, with its words; None for one that may be a record. One cell in a column that names no
    record (whose meaning is none of the `keys`) is a heading, and so is one that is merged across the table.
    """
    said = [(place, cells.one_line(cell)) for place, cell in enumerate(row) if cell]
    merged = len(said) > 2 and len({cell for _, cell in said}) == 1
    if merged:
        said = said[:1]
    kind = _kind(
        [cell for _, cell in said], [columns[place] if place < len(columns) else "" for place, _ in said]
    )
    if not kind and len(said) == 1 and len(columns) > 2 and meanings:
        place, cell = said[0]
        meaning = meanings[place] if place < len(meanings) else ""
        wordy = any(map(str.isalpha, cell)) and len(cell) <= LONGEST_HEADING
        kind = "heading" if wordy and (merged or (place == 0 and meaning not in keys)) else ""
    words = " · ".join(cell for _, cell in said)[:300]
    return Problem("record", f"row.{kind}", _LEFT_OUT[kind], words) if kind else None


def _kind(said: Sequence[str], columns: Sequence[str]) -> str:
    if len(said) > 1 and [one.casefold() for one in said] == [one.casefold() for one in columns]:
        return "head"
    if len(said) > 2 and _numbers_columns(said):
        return "numbers"
    if said and (_words().total.fullmatch(said[0]) or _is_sum(said)):
        return "total"
    if said and _is_note(said):
        return "note"
    return "region" if len(said) == 1 and _words().region.fullmatch(said[0]) else ""


_BRACKETS = re.compile(r"[()\[\].\s]")
_LETTERS = "абвгдежзиклмнопрстуф"  # of the first columns of official forms: А, Б, В, then 1, 2, 3
_SIGNATURE = re.compile(r"_{3}|\b[А-ЯЁA-Z]\.\s?(?:[А-ЯЁA-Z]\.)?")  # a line to sign on, initials
_LONG_NUMBER = re.compile(r"\d{9,15}")  # an INN or a telephone


def _numbers_columns(said: Sequence[str]) -> bool:
    """Whether cells count the columns: 1, 2, 3, also in brackets, or А, Б, 1, 2."""
    bare = [_BRACKETS.sub("", one).casefold() for one in said]
    letters = sum(one.isalpha() for one in bare)
    counted = [str(number) for number in range(1, len(bare) - letters + 1)]
    return bare == [*_LETTERS[:letters], *counted]


def _is_sum(said: Sequence[str]) -> bool:
    """Whether a row begins as a total and has figures alone behind it."""
    behind = said[1:]
    return (
        bool(behind)
        and _words().sum.match(said[0]) is not None
        and not any(any(map(str.isalpha, one)) or _LONG_NUMBER.search(one) for one in behind)
    )


def _is_note(said: Sequence[str]) -> bool:
    """Whether a row is a remark below the table, or who signs it."""
    if len(said) == 1 and said[0].startswith("*"):
        return True
    if len(said) > MOST_SIGNING or (len(said) > 1 and any(map(_LONG_NUMBER.search, said))):
        return False
    signs = _words().signed.match(said[0]) is not None and any(map(_SIGNATURE.search, said))
    return signs or _words().note.match(said[0]) is not None


def is_region(words: str) -> bool:
    """Whether words are the name of a region, as headings have it."""
    return _words().region.fullmatch(words) is not None


def faults(row: Sequence[str], columns: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """The row with its faulty cells empty, and a problem for each of them."""
    found = [
        Problem(columns[place] if place < len(columns) else str(place + 1), "cell.fault", FAULTY, cell)
        for place, cell in enumerate(row)
        if cell.strip().upper() in _words().faults
    ]
    return ["" if cell.strip().upper() in _words().faults else cell for cell in row], found
