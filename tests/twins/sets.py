"""The labelled sets: records with the firm that each is of, in two halves by firm; nobody looks into the unread one."""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from matchmaker.services.profiles.twins.compared_firms import FirmIdentity

SEEN, UNREAD = "seen", "unread"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and its true firm."""

    firm: FirmIdentity
    truth: str


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A half of a set. `labelled` the pairs that were judged with what was said, where not all pairs were."""

    name: str
    entries: Sequence[Entry]
    labelled: dict[tuple[str, str], bool] | None = None

    def twins(self) -> set[tuple[str, str]]:
        """The pairs of records of one firm."""
        if self.labelled is not None:
            return {pair for pair, same in self.labelled.items() if same}
        groups: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries:
            groups[entry.truth].append(entry.firm.id)
        return {pair for ids in groups.values() for pair in combinations(sorted(ids), 2)}


def half_of(truth: str) -> str:
    """The half to which a firm belongs."""
    return UNREAD if hashlib.sha256(truth.encode()).digest()[0] % 2 else SEEN


def _patstat(folder: Path) -> Iterator[Entry]:
    with (folder / "duplicates" / "patstat_companies.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield Entry(FirmIdentity(row["id"], (row["name_raw"],)), row["cluster"])


def _sites(folder: Path) -> Iterator[Entry]:
    with (folder / "duplicates" / "chicago_sites.csv").open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream)):
            address = " ".join(f"{row['Address']} {row['Zip']}".split())
            name = " ".join(row["Site name"].split()) or "—"
            contacts = tuple(filter(None, (row["Website"].strip(),)))
            yield Entry(
                FirmIdentity(f"c{number}", (name,), address=address, contacts=contacts), row["True Id"]
            )


def _registry(folder: Path) -> Iterator[Entry]:
    lines = (folder / "egrul" / "expected_records.jsonl").read_text(encoding="utf-8").splitlines()
    seen: set[str] = set()
    for row in map(json.loads, lines):
        if row["inn"] and row["inn"] not in seen:
            seen.add(row["inn"])
            for kind in ("full", "short"):
                if row.get(kind):
                    yield Entry(
                        FirmIdentity(f"{kind}-{row['inn']}", (row[kind],), region=str(row["region"])),
                        row["inn"],
                    )


def _facilities(path: Path) -> Iterator[tuple[FirmIdentity, FirmIdentity, bool]]:
    """Pairs of factories that people told to be one or two, in the format in which dedupe keeps them."""
    told = json.loads(path.read_text(encoding="utf-8"))
    for verdict in ("match", "distinct"):
        for pair in told[verdict]:
            one, other = (
                FirmIdentity(row["id"], (row["name"] or "—",), address=row["address"] or "", country=row["country"] or "")
                for row in pair["__value__"]
            )  # fmt: skip
            yield one, other, verdict == "match"


def _facility_set(path: Path, half: str) -> LabelledSet:
    pairs = list(_facilities(path))
    root: dict[str, str] = {}

    def top(key: str) -> str:
        while root.setdefault(key, key) != key:
            key = root[key]
        return key

    for one, other, _ in pairs:
        root[max(top(one.id), top(other.id))] = min(top(one.id), top(other.id))
    firms: dict[str, FirmIdentity] = {}
    labelled: dict[tuple[str, str], bool] = {}
    for one, other, same in pairs:
        if half_of(top(one.id)) == half:
            firms[one.id], firms[other.id] = one, other
            first, second = sorted((one.id, other.id))
            labelled[first, second] = same
    return LabelledSet(
        "factories, labelled pairs", [Entry(firm, key) for key, firm in firms.items()], labelled
    )


SETS: dict[str, Callable[[Path], Iterator[Entry]]] = {
    "company names": _patstat,
    "sites with address": _sites,
    "registry, full and short": _registry,
}
_MOST_NAMES = 60


def labelled_sets(folder: Path, half: str, facilities: Path | None) -> Iterator[LabelledSet]:
    """The half of every set that is there."""
    for name, read in SETS.items():
        entries = [entry for entry in read(folder) if half_of(entry.truth) == half]
        yield LabelledSet(name, entries)
        if name == "company names":
            counts: dict[str, int] = defaultdict(int)
            few = []
            for entry in entries:
                counts[entry.truth] += 1
                if counts[entry.truth] <= _MOST_NAMES:
                    few.append(entry)
            yield LabelledSet(f"the same, {_MOST_NAMES} a firm at most", few)
    if facilities is not None:
        yield _facility_set(facilities, half)
