"""The labelled cells of certificates beside what is read in them, by field.

The worst is a certificate that is read as held where the label says another state, or none: that must never be.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search.reading import certificate_answers
from search.text import Recogniser
from tests.reading.labels import FOLDER, TODAY, same_standard

Paper = Mapping[str, Any]
FIELDS = ("standard", "status", "edition", "valid_until", "issued", "number")
_RIGHT, _WRONG, _MISSING = range(3)


@dataclass(frozen=True, slots=True)
class LabelledPaperCell:
    """One line of a file of labelled cells that holds certificates."""

    id: str
    column: str
    cell: str
    certificates: tuple[Paper, ...]
    doubt: bool
    open: frozenset[str]


@dataclass(frozen=True, slots=True)
class PaperCellOutcome:
    """The comparison of a cell: results by field, certificates held by mistake, and whether a doubt was told as labelled."""

    fields: Counter[tuple[str, int]]
    held_by_mistake: int
    doubt_told: bool

    @property
    def right(self) -> bool:
        return not any(count for (_, result), count in self.fields.items() if result != _RIGHT)


def labelled(half: str) -> Iterator[LabelledPaperCell]:
    """The labelled cells of certificates of a half."""
    path = FOLDER / half / "cells.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        given = json.loads(line)
        if given["as"] == "certificate":
            expected = given["expected"]
            yield LabelledPaperCell(
                given["id"],
                given["column"],
                given["cell"],
                tuple(expected.get("certificates") or ()),
                bool(expected.get("doubt")),
                frozenset(given.get("open") or ()),
            )


def compared(label: LabelledPaperCell, answer: Mapping[str, Any]) -> PaperCellOutcome:
    """The certificates that were read beside the labelled ones, paired so that most fields agree."""
    counts: Counter[tuple[str, int]] = Counter()
    rest: list[Paper] = list(answer["certificates"])
    mistakes = 0
    for asked in label.certificates:
        same = [one for one in rest if same_standard(asked["standard"], one["standard"])]
        best = max(same, key=lambda one: _agreement(asked, one), default=None)
        if best is None:
            counts["standard", _MISSING] += 1
            continue
        rest.remove(best)
        counts["standard", _RIGHT] += 1
        mistakes += best["status"] == "certified" and not _accepts(asked, best, "status", label.open)
        for name in FIELDS[1:]:
            counts[name, _result(asked, best, name, label.open)] += 1
    for extra in rest:
        if f"status:{extra['status']}" not in label.open and "status" not in label.open:
            counts["standard", _WRONG] += 1
            mistakes += extra["status"] == "certified"
    told = "doubt" in label.open or bool(answer["doubts"]) == label.doubt
    return PaperCellOutcome(counts, mistakes, told)


def _agreement(asked: Paper, read: Paper) -> int:
    return sum(asked.get(name) == read.get(name) for name in FIELDS[1:])


def _accepts(asked: Paper, read: Paper, name: str, opened: frozenset[str]) -> bool:
    return asked.get(name) == read.get(name) or name in opened or f"{name}:{read.get(name)}" in opened


def _result(asked: Paper, read: Paper, name: str, opened: frozenset[str]) -> int:
    if _accepts(asked, read, name, opened):
        return _RIGHT
    return _MISSING if read.get(name) is None else _WRONG


def table(half: str, recogniser: Recogniser, *, details: bool = False) -> None:
    """Print the results of a half by field; with details the cells that are not right."""
    counts: Counter[tuple[str, int]] = Counter()
    outcomes: list[PaperCellOutcome] = []
    for label in labelled(half):
        answer = certificate_answers.of_cell(label.cell, label.column, recogniser, TODAY)
        outcome = compared(label, answer)
        outcomes.append(outcome)
        counts.update(outcome.fields)
        if details and not (outcome.right and outcome.doubt_told):
            _show(label, answer)
    print(f"\n{half}, cells of certificates: {len(outcomes)}\n  {'':12} right wrong  miss   prec. recall")
    for name in FIELDS:
        right, wrong, missing = (counts[name, result] for result in (_RIGHT, _WRONG, _MISSING))
        print(
            f"  {name:12} {right:5} {wrong:5} {missing:5}   "
            f"{_share(right, wrong):.3f} {_share(right, missing):.3f}"
        )
    print(f"  wholly right {sum(one.right for one in outcomes)}; {_told(outcomes)}")


def _told(outcomes: Sequence[PaperCellOutcome]) -> str:
    mistakes = sum(one.held_by_mistake for one in outcomes)
    doubts = sum(one.doubt_told for one in outcomes)
    return f"doubts told as labelled {doubts}; of another state, read as certified: {mistakes}"


def _share(right: int, other: int) -> float:
    return right / (right + other) if right + other else 1.0


def _show(label: LabelledPaperCell, answer: Mapping[str, Any]) -> None:
    print(f"--- {label.id} “{label.column}”: {label.cell!r}")
    for told, found in (("expected", label.certificates), ("read", answer["certificates"])):
        print(f"    {told:9}", [[one.get(name) for name in FIELDS] for one in found])
    print(f"    doubt labelled {label.doubt}, told", [one["question"] for one in answer["doubts"]])
