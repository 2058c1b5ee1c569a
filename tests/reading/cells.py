"""The labelled cells of lists, and the comparison of what is read in them with their labels, by meaning.

A cell is right where its value is, and where nothing is asserted of a cell that is in doubt. A value that is asserted of one
in doubt is counted apart: it is the worst of the wrong ones.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from search.reading import cells
from search.reading.cell_answers import CellReading, Column
from search.reading.cell_figures import HardnessRange, LotRange
from search.reading.cells import PlaceOfCell
from search.text import Recogniser
from tests.reading.labels import FOLDER, TODAY

CLOSE = 0.001  # relative: converted values
_TERMS = {"materials": "material", "processes": "process"}
_READ_AS = {"bool": "yes_no"}


class CellOutcome(StrEnum):
    """The four results of a cell."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"
    ASSERTED = "asserted in doubt"


@dataclass(frozen=True, slots=True)
class LabelledCell:
    """One line of a file of labelled cells."""

    id: str
    meaning: str
    column: str
    cell: str
    value: Any
    doubt: bool
    open: frozenset[str]


def labelled(half: str) -> Iterator[LabelledCell]:
    """The labelled cells of a half that hold no certificates."""
    path = FOLDER / half / "cells.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        given = json.loads(line)
        if given["as"] != "cell":
            continue
        expected = given["expected"]
        yield LabelledCell(
            given["id"],
            given["meaning"],
            given["column"],
            given["cell"],
            expected.get("value"),
            bool(expected.get("doubt")),
            frozenset(given.get("open") or ()),
        )


def read(label: LabelledCell, recogniser: Recogniser) -> CellReading[Any]:
    if label.meaning in _TERMS:
        return cells.codes(recogniser, _TERMS[label.meaning], label.cell)
    if label.meaning == "place":
        return cells.place(recogniser, label.cell)
    meaning = _READ_AS.get(label.meaning, label.meaning)
    return cells.read(meaning, Column(label.column), label.cell, TODAY)


def compared(label: LabelledCell, answer: CellReading[Any], recogniser: Recogniser) -> CellOutcome:
    """The result of a cell. A value beside a question is not asserted."""
    if "value" in label.open:
        return CellOutcome.RIGHT
    if label.value is None:
        asserted = answer.value is not None and answer.remark is None
        return CellOutcome.ASSERTED if asserted else CellOutcome.RIGHT
    if answer.value is None:
        return CellOutcome.MISSING
    if not _alike(label.value, _plain(answer.value, recogniser), label.open):
        return CellOutcome.WRONG
    return CellOutcome.ASSERTED if label.doubt and answer.remark is None else CellOutcome.RIGHT


def _plain(value: Any, recogniser: Recogniser) -> Any:
    """A value in the form of the labels."""
    if isinstance(value, LotRange):
        return {"min": value.min, "max": value.max}
    if isinstance(value, HardnessRange):
        return {"scale": value.scale, "min": value.min, "max": value.max}
    if isinstance(value, PlaceOfCell):
        town = recogniser.towns[value.town].label.ru if value.town else None
        return {"town": town, "region": value.region}
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _alike(label: Any, value: Any, opened: frozenset[str]) -> bool:
    if isinstance(label, Mapping) and isinstance(value, Mapping):
        return all(key in opened or _alike(label[key], value.get(key), opened) for key in label)
    if isinstance(label, list) and isinstance(value, list):
        if all(isinstance(one, str) for one in label):
            return set(label) - opened == set(value) - opened
        pairs = zip(sorted(label), sorted(value), strict=True) if len(label) == len(value) else ()
        return len(label) == len(value) and all(_alike(one, other, opened) for one, other in pairs)
    if isinstance(label, bool) or isinstance(value, bool):
        return label is value
    if isinstance(label, int | float) and isinstance(value, int | float):
        return abs(label - value) <= CLOSE * max(abs(label), abs(value))
    return bool(label == value)


def table(half: str, recogniser: Recogniser, *, details: bool = False) -> None:
    """Print the results of a half by meaning; with details those that are not right."""
    counts: Counter[tuple[str, CellOutcome]] = Counter()
    labels = list(labelled(half))
    for label in labels:
        answer = read(label, recogniser)
        outcome = compared(label, answer, recogniser)
        counts[label.meaning, outcome] += 1
        counts["all", outcome] += 1
        if details and outcome is not CellOutcome.RIGHT:
            shown = _plain(answer.value, recogniser), answer.remark and answer.remark.code
            print(f"--- {label.id} {label.meaning} “{label.column}”: {label.cell!r}: {outcome}")
            print(f"    expected {label.value} {'in doubt' if label.doubt else ''}, read {shown}")
    print(f"\n{half}, cells: {len(labels)}\n  {'':12} " + " ".join(f"{one:>18}" for one in CellOutcome))
    for meaning in sorted({meaning for meaning, _ in counts}, key=lambda one: (one == "all", one)):
        print(f"  {meaning:12} " + " ".join(f"{counts[meaning, one]:18}" for one in CellOutcome))
