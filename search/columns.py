"""All suppliers as columns held in memory: what filters and features read, for all candidates at once.

Row i is supplier i; capability-level arrays are grouped by supplier through `first` (n + 1 offsets). Numbers that a
supplier did not state are NaN, codes are indices into the taxonomy's lists.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.certificate import CertificationDemand, validity
from matchmaker.domain.taxonomy import Taxonomy, Tree
from search.document import CapabilityFacts, SearchDocument

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
T = TypeVar("T")

NUMBERS = (
    "diameter_mm",
    "length_mm",
    "thickness_mm",
    "mass_kg",
    "tolerance_it",
    "roughness_ra_um",
    "lot_min",
    "lot_max",
    "lead_time_days",
)
MEMBERS = ("regions", "languages", "sectors", "centres", "said", "denied", "processes", "materials")
KEPT = 200  # results kept by the columns, of up to a byte a supplier each
EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


@dataclass(frozen=True, slots=True)
class Grouped:
    """Lists of codes, one list a row: values[first[i]:first[i + 1]] belong to row i."""

    first: Ints
    values: NDArray[np.int32]

    def of(self, row: int) -> NDArray[np.int32]:
        return self.values[self.first[row] : self.first[row + 1]]


def grouped(lists: Sequence[Sequence[int]]) -> Grouped:
    first = np.zeros(len(lists) + 1, dtype=np.int64)
    np.cumsum([len(items) for items in lists], out=first[1:])
    return Grouped(
        first, np.fromiter((item for items in lists for item in items), dtype=np.int32, count=int(first[-1]))
    )


def inverse(group: Grouped, codes: int) -> Grouped:
    """For each code the rows that have it."""
    order = np.argsort(group.values, kind="stable")
    owner = np.repeat(np.arange(len(group.first) - 1, dtype=np.int32), np.diff(group.first))
    return Grouped(np.searchsorted(group.values[order], np.arange(codes + 1)).astype(np.int64), owner[order])


def spread(first: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """For rows of a grouping: the positions of all their entries, and to which of `rows` (by index) each belongs."""
    counts = first[rows + 1] - first[rows]
    owner = np.repeat(np.arange(len(rows)), counts)
    starts = (
        np.repeat(first[rows] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        if len(rows)
        else first[:0]
    )
    return starts + np.arange(len(owner)), owner


class Codes:
    """The codes of a tree as indices, and how well one covers another as a matrix [required, offered]."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.codes = tuple(concept.code for concept in tree)
        self.index = {code: position for position, code in enumerate(self.codes)}
        self._fits: dict[str, NDArray[np.float32]] = {}

    def fits(self, required: str) -> NDArray[np.float32]:
        """Tree.fit of every code as an offer for `required`; all 0 for a code the tree does not know."""
        if required not in self._fits:
            known = required in self.tree
            values = [self.tree.fit(required, code) if known else 0.0 for code in self.codes]
            self._fits[required] = np.array(values, dtype=np.float32)
        return self._fits[required]

    def indices(self, codes: Iterable[str]) -> list[int]:
        return [self.index[code] for code in codes if code in self.index]


class Vocabulary:
    """Codes of a field that is no tree (languages, centres), numbered as they are met."""

    def __init__(self) -> None:
        self.index: dict[str, int] = {}

    def indices(self, codes: Iterable[str]) -> list[int]:
        return [self.index.setdefault(code, len(self.index)) for code in codes]


@dataclass(frozen=True, slots=True)
class Certificates:
    """Certificates that ever count, flat: the row, standard and level of each, and its days as ordinals, both included."""

    row: Ints
    standard: Ints
    level: NDArray[np.int8]
    since: Ints
    until: Ints


class Columns:
    """Columns over documents; build with `Columns.build`. Never changed after that, so threads may share it."""

    def __init__(self, documents: Sequence[SearchDocument], taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self._documents = tuple(documents)
        self._kept: dict[tuple[Hashable, ...], object] = {}
        self._inverses: dict[str, Grouped] = {}
        self.keys = tuple(document.key for document in documents)
        self._row = {key: row for row, key in enumerate(self.keys)}
        self.process = Codes(taxonomy.processes)
        self.material = Codes(taxonomy.materials)
        self.vocabularies = {name: Vocabulary() for name in ("regions", "languages", "sectors", "centres")}
        self._fill_suppliers(documents)
        self._fill_capabilities(documents)
        self.certificates = self._certificates(documents)

    @classmethod
    def build(cls, documents: Iterable[SearchDocument], taxonomy: Taxonomy) -> "Columns":
        return cls(tuple(documents), taxonomy)

    def updated(self, changed: Iterable[SearchDocument], removed: Iterable[str]) -> "Columns":
        """New columns with documents replaced, added and removed."""
        documents = {document.key: document for document in self._documents}
        for key in removed:
            documents.pop(key, None)
        documents |= {document.key: document for document in changed}
        return Columns(tuple(documents.values()), self.taxonomy)

    def __len__(self) -> int:
        return len(self.keys)

    def row(self, key: str) -> int | None:
        """The row of a supplier, or None."""
        return self._row.get(key)

    def rows(self, keys: Iterable[str]) -> Ints:
        """Rows of suppliers by key; keys that are not there are left out."""
        found = list(map(self._row.get, keys))
        return np.array(
            found if None not in found else [row for row in found if row is not None], dtype=np.int64
        )

    def document(self, row: int) -> SearchDocument:
        return self._documents[row]

    def _fill_suppliers(self, documents: Sequence[SearchDocument]) -> None:
        nan = float("nan")
        places = [document.location or (nan, nan) for document in documents]
        self.location = np.radians(np.array(places, dtype=np.float64).reshape(-1, 2))
        latitude, longitude = self.location[:, 0], self.location[:, 1]
        flat = np.cos(latitude)
        self.direction = np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])
        self.spare_hours = _numbers(document.spare_hours for document in documents)
        self.employees = _numbers(document.employees for document in documents)
        self.references = _numbers(document.references for document in documents)
        self.updated_on = _numbers(d.updated.toordinal() if d.updated else None for d in documents)
        named = self.vocabularies
        self.members: Mapping[str, Grouped] = {
            "regions": grouped([named["regions"].indices(_places(d)) for d in documents]),
            "languages": grouped([named["languages"].indices(d.languages) for d in documents]),
            "sectors": grouped([named["sectors"].indices(d.sectors) for d in documents]),
            "centres": grouped([named["centres"].indices((d.centre,)) for d in documents]),
            "said": grouped([self.process.indices(d.said_processes) for d in documents]),
            "denied": grouped([self.process.indices(d.denied_processes) for d in documents]),
            "processes": grouped([self.process.indices(d.processes) for d in documents]),
            "materials": grouped([self.material.indices(d.materials) for d in documents]),
        }

    def _fill_capabilities(self, documents: Sequence[SearchDocument]) -> None:
        facts = [item for document in documents for item in document.capabilities]
        counts = [len(document.capabilities) for document in documents]
        self.first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        self.capability_row = np.repeat(np.arange(len(documents)), counts)
        self.capability_process = grouped([self.process.indices(item.processes) for item in facts])
        self.capability_material = grouped([self.material.indices(item.materials) for item in facts])
        self.numbers = {name: _numbers(getattr(item, name) for item in facts) for name in NUMBERS}
        self.envelope = np.array([_box(item) for item in facts], dtype=np.float64).reshape(-1, 3)

    def _certificates(self, documents: Sequence[SearchDocument]) -> Certificates:
        self.standards = tuple(concept.code for concept in self.taxonomy.standards)
        index = {code: position for position, code in enumerate(self.standards)}
        found = [
            (
                row,
                index[certificate.standard_code],
                held.level,
                held.since.toordinal(),
                held.until.toordinal(),
            )
            for row, document in enumerate(documents)
            for certificate in document.certificates
            if certificate.standard_code in index and (held := validity(certificate)) is not None
        ]
        table = np.array(found, dtype=np.int64).reshape(-1, 5)
        return Certificates(table[:, 0], table[:, 1], table[:, 2].astype(np.int8), table[:, 3], table[:, 4])

    def kept(self, key: tuple[Hashable, ...], work: Callable[[], T]) -> T:
        """What `work` gave for the key, worked out once; what was not asked for longest is forgotten. Not to be changed."""
        found = self._kept.pop(key, None)
        if found is None:
            found = work()
        self._kept[key] = found
        if len(self._kept) > KEPT:
            self._kept.pop(next(iter(self._kept)), None)
        return cast("T", found)

    def holding(self, name: str, group: Grouped, wanted: Bools) -> Bools:
        """Which of all rows of a grouping, known by its name, have one of the codes that `wanted` marks."""
        if name not in self._inverses:
            self._inverses[name] = inverse(group, len(wanted))
        found = self._inverses[name]
        has = np.zeros(len(group.first) - 1, dtype=np.bool_)
        for code in np.flatnonzero(wanted):
            has[found.of(int(code))] = True
        return has

    def doing(self, processes: Sequence[str], least: float) -> Ints:
        """Rows of the suppliers with a process that covers one of `processes` at least so well, declared or in words."""
        wanted = np.zeros(len(self.process.codes), dtype=np.bool_)
        for code in processes:
            wanted |= self.process.fits(code) >= least
        return np.flatnonzero(self.holding("processes", self.members["processes"], wanted))

    def certification(self, standard: str, on: date) -> NDArray[np.int8]:
        """The level of every supplier for a standard or family on a day; the same question is worked out once."""
        return self.kept(("certification", standard, on), lambda: self._certification(standard, on))

    def _certification(self, standard: str, on: date) -> NDArray[np.int8]:
        accepted = self.taxonomy.standards_satisfying(standard)
        chosen = np.array([code in accepted for code in self.standards])
        held = self.certificates
        day = on.toordinal()
        counts = chosen[held.standard] & (held.since <= day) & (day <= held.until)
        levels = np.zeros(len(self), dtype=np.int8)
        np.maximum.at(levels, held.row[counts], held.level[counts])
        return levels

    def within(
        self, location: tuple[float, float], km: float, rows: Ints | None = None
    ) -> tuple[Bools, Bools]:
        """Which rows lie within so many great-circle kilometres of a place, and of which the place is unknown.

        Compares chords of the unit sphere, which needs no trigonometry for each supplier.
        """
        latitude, longitude = np.radians(location)
        flat = np.cos(latitude)
        there = np.array([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])
        here = self.direction if rows is None else self.direction[:, rows]
        apart = here - there[:, None]
        reach = 2 * np.sin(min(km / (2 * EARTH_RADIUS_KM), np.pi / 2))
        squares = apart[0] * apart[0] + apart[1] * apart[1] + apart[2] * apart[2]
        return squares <= reach * reach * (1 + 1e-12), np.isnan(here[0])

    def meets(self, demand: CertificationDemand, on: date) -> Bools:
        return self.certification(demand.standard, on) >= int(demand.level)

    def distance_km(self, location: tuple[float, float], rows: Ints | None = None) -> Floats:
        """Great-circle kilometres to a place (degrees north, east); NaN where the supplier's place is unknown."""
        here = self.location if rows is None else self.location[rows]
        latitude, longitude = np.radians(location)
        half_latitude = np.sin((here[:, 0] - latitude) / 2) ** 2
        half_longitude = np.sin((here[:, 1] - longitude) / 2) ** 2
        chord = half_latitude + np.cos(here[:, 0]) * np.cos(latitude) * half_longitude
        distance: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
        return distance

    def has_member(self, name: str, codes: Iterable[str], rows: Ints | None = None) -> tuple[Bools, Bools]:
        """For a field that is no tree: which rows have one of the codes, and which have any value at all."""
        vocabulary, group = self.vocabularies[name].index, self.members[name]
        wanted = np.zeros(len(vocabulary), dtype=np.bool_)
        wanted[[vocabulary[code] for code in codes if code in vocabulary]] = True
        if rows is None:
            return self.holding(name, group, wanted), np.diff(group.first) > 0
        positions, owner = spread(group.first, rows)
        has = np.zeros(len(rows), dtype=np.bool_)
        has[owner[wanted[group.values[positions]]]] = True
        return has, (group.first[rows + 1] - group.first[rows]) > 0


def _places(document: SearchDocument) -> tuple[str, ...]:
    return tuple(code for code in (document.region, document.country) if code)


def _numbers(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _box(item: CapabilityFacts) -> tuple[float, float, float]:
    return item.envelope_mm or (float("nan"),) * 3
