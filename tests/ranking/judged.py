"""The judged collection: suppliers and needs as exchange records, grades 0 to 3, suppliers that a filter forbids."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from matchmaker.domain.records import NeedRecord, SupplierRecord

COLLECTIONS = {
    folder.name: folder
    for folder in sorted((Path(__file__).parent / "collections").iterdir())
    if folder.is_dir()
}
FOLDER = COLLECTIONS["first"]

# The day on which certificates of the collections are judged.
TODAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Collection:
    suppliers: tuple[SupplierRecord, ...]
    needs: tuple[NeedRecord, ...]
    judgements: dict[str, dict[str, int]]
    violations: dict[str, frozenset[str]]
    held_out: frozenset[str]

    def part(self, *, held_out: bool) -> tuple[NeedRecord, ...]:
        return tuple(need for need in self.needs if (need.id in self.held_out) == held_out)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        yield from (line.rstrip("\n") for line in file if line.strip() and not line.startswith("#"))


def _cells(path: Path) -> Iterator[list[str]]:
    return (line.split("\t") for line in _lines(path) if not line.startswith("need\t"))


def _held_out(path: Path) -> frozenset[str]:
    return frozenset(line.strip() for line in _lines(path)) if path.exists() else frozenset()


def load(folder: Path = FOLDER) -> Collection:
    judgements: dict[str, dict[str, int]] = defaultdict(dict)
    for need, supplier, grade, *_ in _cells(folder / "judgements.tsv"):
        judgements[need][supplier] = int(grade)
    violations: dict[str, set[str]] = defaultdict(set)
    for need, supplier, *_ in _cells(folder / "violations.tsv"):
        violations[need].add(supplier)
    return Collection(
        tuple(SupplierRecord.model_validate(json.loads(line)) for line in _lines(folder / "suppliers.jsonl")),
        tuple(NeedRecord.model_validate(json.loads(line)) for line in _lines(folder / "needs.jsonl")),
        dict(judgements),
        {need: frozenset(keys) for need, keys in violations.items()},
        _held_out(folder / "held_out.txt"),
    )
