"""All suppliers as columns in memory: the values that filters and features read, for all candidates at once.

Row i is supplier i, and `loaded[i]` the number under which its document was read: what was computed of a row alone holds
as long as its number stays. Capability-level arrays are grouped by supplier through `first` (n + 1 offsets). Numbers
that a supplier did not state are NaN, codes are indices into the taxonomy's lists. The documents themselves
are not stored, only their texts, compressed: about a kilobyte a supplier in all.
"""

import zlib
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from itertools import chain, count, islice
from typing import Any, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.certificate import (
    LETTERS,
    CertificationDemand,
    CertificationLevel,
    edition_number,
    validity,
)
from matchmaker.domain.requirement_kinds import (
    OF_PARTS,
    REQUIREMENT_KINDS,
    SIDES,
    TERMS,
    Comparison,
    RequirementKind,
)
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.codes import Vocabulary, codes_of
from search.columns.facts import CapabilityProcesses, CertificateColumns, PlannedHours
from search.columns.kept import Kept
from search.columns.ragged import (
    Bools,
    Floats,
    Grouped,
    Ints,
    appended,
    entries,
    grouped,
    inverse,
    offsets,
    picked,
    runs,
    spread,
)
from search.columns.words import BaseForms, ProfileWords
from search.document import CapabilityFacts, SearchDocument

T = TypeVar("T")
Values = TypeVar("Values", bound=NDArray[Any])

# Materials and boxes have columns of their own.
NUMBERS = tuple(
    field.facts for kind in OF_PARTS for field in kind.declared if field.typed not in {TERMS, SIDES}
)
VOCABULARIES = ("regions", "languages", "sectors", "quality_papers", "centres")
OF_MATERIALS = ("materials", "capability_material")
OF_CAPABILITIES = ("capability_process", "capability_material")
MEMBERS = (*VOCABULARIES, "said", "worded", "denied", "processes", "materials")
# The questions that a supplier answers with yes or no.
ANSWERS = tuple(kind.offered for kind in REQUIREMENT_KINDS.values() if kind.comparison is Comparison.YES)
# The attributes that are one array, an entry a supplier.
OF_SUPPLIERS = (
    "location",
    "spare_hours",
    "employees",
    "references",
    "updated_on",
    "hours_on",
    "machines_on",
)
READ_AT_ONCE = 10_000
# Of up to one row in so many, the codes are read row by row.
_FEW = 8
KEPT = 200  # results stored with the columns, of up to a byte a supplier each
# The numbers of documents that this process has read together, and of the states of its columns.
_PARTS, _STATES = count(), count()
EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


def _latest(documents: Iterable[SearchDocument]) -> tuple[SearchDocument, ...]:
    """The last document of each key."""
    return tuple({document.key: document for document in documents}.values())


@dataclass(frozen=True, slots=True)
class _ByRow(Generic[Values]):
    """An entry a row, and the work that found it, each entry by its row alone."""

    values: Values
    work: Callable[["Columns"], Values]


class Columns:
    """The columns of documents; build them with `Columns.build`. Never changed afterwards, so threads may
    share them.
    """

    def __init__(
        self,
        documents: Sequence[SearchDocument],
        taxonomy: Taxonomy,
        vocabularies: Mapping[str, Iterable[str]] | None = None,
        words: BaseForms | None = None,
    ) -> None:
        """`vocabularies` are codes that already have numbers, in their order, and `words` the words that have."""
        numbered = vocabularies or {}
        self.name_codes(taxonomy, {name: Vocabulary(numbered.get(name, ())) for name in VOCABULARIES})
        self.name_rows(tuple(document.key for document in documents))
        self.texts = tuple(zlib.compress(document.text.encode(), 1) for document in documents)
        told = ("\n".join((*document.names, document.text)) for document in documents)
        self.words = ProfileWords.of(told, BaseForms() if words is None else words)
        self._fill_suppliers(documents)
        self._fill_capabilities(documents)
        self.certificates = self._certificates(documents)
        self.plans = PlannedHours.of(documents)

    def name_codes(self, taxonomy: Taxonomy, vocabularies: Mapping[str, Vocabulary]) -> None:
        """Say what the numbers of codes stand for."""
        self.taxonomy, self.vocabularies = taxonomy, vocabularies
        self.process, self.material = codes_of(taxonomy.processes), codes_of(taxonomy.materials)
        self.standards = tuple(concept.code for concept in taxonomy.standards)

    @classmethod
    def unfilled(cls, taxonomy: Taxonomy, vocabularies: Mapping[str, Vocabulary]) -> "Columns":
        """Columns without any values, which the caller gives them, and their rows' names last."""
        columns = cls.__new__(cls)
        columns.name_codes(taxonomy, vocabularies)
        return columns

    def name_rows(self, keys: tuple[str, ...]) -> None:
        """Give the rows their keys and numbers of documents that were just read, and forget all earlier results."""
        self.keys, self.state = keys, next(_STATES)
        self.loaded = (next(_PARTS) << 32) + np.arange(len(keys))
        self._row = dict(zip(keys, range(len(keys)), strict=True))
        self._kept = Kept(KEPT)
        self._inverses: dict[str, Grouped] = {}

    @classmethod
    def build(
        cls,
        documents: Iterable[SearchDocument],
        taxonomy: Taxonomy,
        numbered: Mapping[str, Iterable[str]] | None = None,
        words: BaseForms | None = None,
    ) -> "Columns":
        """The columns of documents, which are read a part at a time and not stored; the rest is as for the constructor.

        Parts of similar size are joined in pairs, so that a row is copied a few times and not once for every
        part.
        """
        parts: list[Columns] = []
        numbered, words = numbered or {}, BaseForms() if words is None else words
        reading = iter(documents)
        while read := tuple(islice(reading, READ_AT_ONCE)):
            parts.append(cls(_latest(read), taxonomy, numbered, words))
            numbered = parts[-1].numbered
            while len(parts) > 1 and len(parts[-2]) < 2 * len(parts[-1]):
                later = parts.pop()
                parts[-1] = parts[-1].replaced_by(later)
        while len(parts) > 1:
            later = parts.pop()
            parts[-1] = parts[-1].replaced_by(later)
        return parts[0] if parts else cls((), taxonomy, numbered, words)

    @property
    def numbered(self) -> Mapping[str, Iterable[str]]:
        """The codes that these columns have numbered, in their order."""
        return {name: vocabulary.index for name, vocabulary in self.vocabularies.items()}

    def updated(self, changed: Iterable[SearchDocument], removed: Iterable[str]) -> "Columns":
        """New columns with documents replaced, added and removed; of several with the same key the last one
        counts.
        """
        part = Columns.build(changed, self.taxonomy, self.numbered, self.words.numbers)
        return self.replaced_by(part, set(removed))

    def replaced_by(self, part: "Columns", removed: Collection[str] = ()) -> "Columns":
        """These columns without the rows that a later part replaces or that are removed, followed by the
        part.
        """
        gone = {*part.keys, *removed}
        if not gone:
            return self
        rows = np.delete(np.arange(len(self)), self.rows(gone))
        if not len(rows):
            return part
        joined = self._followed_by(part, rows)
        joined.take_over(self._handed_on(rows, part), tuple(self._inverses))
        return joined

    def _handed_on(self, rows: Ints, part: "Columns") -> "dict[Hashable, _ByRow[Any]]":
        """What is known of each row, for `rows` followed by those of `part`."""
        stay, handed = runs(rows), dict[Hashable, _ByRow[Any]]()
        for key, known in self._kept.held():
            if isinstance(known, _ByRow):
                later = (known.work(part),) if len(part) else ()
                values = np.concatenate((*(known.values[one] for one in stay), *later))
                handed[key] = _ByRow(values, known.work)
        return handed

    def take_over(self, known: "Mapping[Hashable, _ByRow[Any]]", inverted: Iterable[str]) -> None:
        """Know at once what the columns before knew of each row, and the rows of each code where they did."""
        for key, one in known.items():
            self._kept.put(key, one)
        for name in inverted:
            self._inverted(name)

    def _followed_by(self, part: "Columns", rows: Ints, *, words_of_all: bool = False) -> "Columns":
        """`rows` of these columns followed by all rows of `part`, whose vocabularies extend these. `words_of_all`: their
        words stay as rare as they are among all.
        """
        joined = Columns.unfilled(self.taxonomy, part.vocabularies)
        parts = runs(rows)
        joined.name_rows((*chain.from_iterable(self.keys[one] for one in parts), *part.keys))
        joined.loaded = np.concatenate((self.loaded[rows], part.loaded))
        joined.texts = (*chain.from_iterable(self.texts[one] for one in parts), *part.texts)
        for name in OF_SUPPLIERS:
            setattr(joined, name, np.concatenate((getattr(self, name)[rows], getattr(part, name))))
        joined.answers = {
            name: np.concatenate((said[rows], part.answers[name])) for name, said in self.answers.items()
        }
        joined.direction = np.concatenate((self.direction[:, rows], part.direction), axis=1)
        joined.members = {
            name: appended(group.take(rows), part.members[name]) for name, group in self.members.items()
        }
        counts = self.first[rows + 1] - self.first[rows]
        places = entries(self.first, rows)
        capabilities = picked(np.arange(self.first[-1]), places)
        joined.first = offsets(np.concatenate((counts, np.diff(part.first))))
        joined.capability_row = np.repeat(np.arange(len(joined)), np.diff(joined.first))
        for name in OF_CAPABILITIES:
            setattr(joined, name, appended(getattr(self, name).take(capabilities), getattr(part, name)))
        joined.numbers = {
            name: np.concatenate((picked(values, places), part.numbers[name]))
            for name, values in self.numbers.items()
        }
        joined.envelope = np.concatenate((picked(self.envelope, places), part.envelope))
        joined.of_catalogue = np.concatenate((picked(self.of_catalogue, places), part.of_catalogue))
        joined.certificates = self.certificates.take(rows, len(self)).appended(part.certificates, len(rows))
        joined.plans = self.plans.take(rows, len(self)).appended(part.plans, len(rows))
        joined.words = self.words.only(rows) if words_of_all else self.words.take(rows).appended(part.words)
        return joined

    def only(self, row: int) -> "Columns":
        """The columns of one supplier."""
        return self.kept(("only", row), partial(self._only, np.array([row], dtype=np.int64)))

    def _only(self, rows: Ints) -> "Columns":
        return self._followed_by(Columns((), self.taxonomy, self.numbered), rows, words_of_all=True)

    def __len__(self) -> int:
        return len(self.keys)

    @overload
    def row(self, key: str) -> int | None: ...
    @overload
    def row(self, key: str, absent: int) -> int: ...
    def row(self, key: str, absent: int | None = None) -> int | None:
        """The row of a supplier; `absent` for an unknown key."""
        return self._row.get(key, absent)

    def rows(self, keys: Iterable[str]) -> Ints:
        """The rows of suppliers by key; unknown keys are left out."""
        found = list(map(self._row.get, keys))
        return np.array(
            found if None not in found else [row for row in found if row is not None], dtype=np.int64
        )

    def text(self, row: int) -> str:
        """The supplier's text."""
        return zlib.decompress(self.texts[row]).decode()

    def codes(self, member: str, row: int) -> tuple[str, ...]:
        """The codes of a supplier in one of MEMBERS, in the order of its document."""
        if member in self.vocabularies:
            names = self.kept(("names", member), lambda: tuple(self.vocabularies[member].index))
        else:
            names = self.material.codes if member == "materials" else self.process.codes
        return tuple(names[code] for code in self.members[member].of(row).tolist())

    def place(self, row: int) -> tuple[float, float] | None:
        """The supplier's degrees north and east, if known."""
        latitude, longitude = np.degrees(self.location[row]).tolist()
        return None if np.isnan(latitude) else (latitude, longitude)

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
        self.updated_on = _days(document.updated for document in documents)
        self.hours_on = _days(document.hours_on for document in documents)
        self.machines_on = _days(document.machines_on or document.updated for document in documents)
        self.answers = {name: _answers(getattr(d, name) for d in documents) for name in ANSWERS}
        named = self.vocabularies
        self.members: Mapping[str, Grouped] = {
            "regions": grouped([named["regions"].indices(_places(d)) for d in documents]),
            "languages": grouped([named["languages"].indices(d.languages) for d in documents]),
            "sectors": grouped([named["sectors"].indices(d.sectors) for d in documents]),
            "quality_papers": grouped([named["quality_papers"].indices(d.quality_papers) for d in documents]),
            "centres": grouped([named["centres"].indices((d.centre,)) for d in documents]),
            "said": grouped([self.process.indices(d.said_processes) for d in documents]),
            "worded": grouped(
                [
                    self.process.indices(c for c in d.said_processes if c not in d.guessed_processes)
                    for d in documents
                ]
            ),
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
        self.of_catalogue = np.array([item.of_catalogue for item in facts], dtype=np.bool_)

    def _certificates(self, documents: Sequence[SearchDocument]) -> CertificateColumns:
        index = {code: position for position, code in enumerate(self.standards)}
        found = [
            (
                row,
                index[certificate.standard_code or ""],
                held.level,
                held.since.toordinal(),
                held.until.toordinal(),
                edition_number(certificate.edition),
                held.dated,
            )
            for row, document in enumerate(documents)
            for certificate in document.certificates
            if (held := validity(certificate, self.taxonomy)) is not None
        ]
        table = np.array(found, dtype=np.int64).reshape(-1, 7)
        row, standard, level, since, until, edition, dated = table.T
        return CertificateColumns(
            row, standard, level.astype(np.int8), since, until, edition, dated.astype(np.bool_)
        )

    def kept(self, key: tuple[Hashable, ...], work: Callable[[], T]) -> T:
        """The result of `work` for the key, computed once; the least recently used result is forgotten. Not
        to be changed.
        """
        return self._kept.of(key, work)

    def by_row(self, key: tuple[Hashable, ...], work: Callable[["Columns"], Values]) -> Values:
        """The result of `work` on these columns for the key, an entry a row, each found by its row alone: where few rows
        change, the others keep theirs. `work` may hold no columns, and the result is not to be changed.
        """
        return self._kept.of(key, lambda: _ByRow(work(self), work)).values

    def holding(self, name: str, wanted: Bools, rows: Ints | None = None) -> Bools:
        """The rows of a grouping, known by its name, that have one of the codes that `wanted` marks."""
        if rows is not None and len(rows) < len(self) // _FEW:
            return _holding(self._group(name), wanted, rows)
        found = self._inverted(name)
        has = np.zeros(len(self._group(name).first) - 1, dtype=np.bool_)
        for code in np.flatnonzero(wanted):
            has[found.of(int(code))] = True
        return has if rows is None else has[rows]

    def _group(self, name: str) -> Grouped:
        """A grouping by its name: one of MEMBERS or of OF_CAPABILITIES."""
        named: Grouped = getattr(self, name) if name in OF_CAPABILITIES else self.members[name]
        return named

    def _inverted(self, name: str) -> Grouped:
        if name not in self._inverses:
            self._inverses[name] = inverse(self._group(name), self._codes_in(name))
        return self._inverses[name]

    def _codes_in(self, name: str) -> int:
        """How many codes a grouping may have."""
        if name in self.vocabularies:
            return len(self.vocabularies[name].index)
        return len((self.material if name in OF_MATERIALS else self.process).codes)

    def covering(self, processes: Sequence[str], least: float) -> Bools:
        """The codes of processes that cover one of `processes` with at least this fit."""
        covering = np.zeros(len(self.process.codes), dtype=np.bool_)
        for code in processes:
            covering |= self.process.fits(code) >= least
        return covering

    def doing(self, processes: Sequence[str], least: float) -> Ints:
        """The rows of suppliers with a process that covers one of `processes` with at least this fit,
        declared or in words.
        """
        covering = self.covering(processes, least)
        return np.flatnonzero(self.holding("processes", covering))

    @cached_property
    def offers(self) -> CapabilityProcesses:
        """The processes of all capabilities."""
        counts = np.diff(self.capability_process.first)
        return CapabilityProcesses(
            self.capability_process.first[self.first],
            self.capability_process.values,
            np.repeat(np.arange(len(counts)), counts),
        )

    def certification(self, demand: CertificationDemand, on: date) -> NDArray[np.int8]:
        """The level of every supplier for a demand, on its own day, else on the day `on`; the result of the same
        question is stored.
        """
        asked = demand.any_of, demand.edition, demand.dated, demand.on or on
        return self.by_row(("certification", *asked), partial(_certification, demand, demand.on or on))

    def undated(self, demand: CertificationDemand, on: date) -> Bools:
        """The suppliers that answer a demand with nothing better than a certificate without any date; stored likewise."""
        asked = demand.any_of, demand.edition, demand.on or on
        return self.by_row(("undated", *asked), partial(_undated, demand, demand.on or on))

    def within(
        self, location: tuple[float, float], km: float, rows: Ints | None = None
    ) -> tuple[Bools, Bools]:
        """The rows within so many great-circle kilometres of a place, and the rows whose place is unknown.

        Compares chords of the unit sphere, which needs no trigonometry for each supplier.
        """
        latitude, longitude = np.radians(location)
        flat = np.cos(latitude)
        there = np.array([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])
        here = self.direction if rows is None else self.direction.take(rows, axis=1)
        apart = here - there[:, None]
        reach = 2 * np.sin(min(km / (2 * EARTH_RADIUS_KM), np.pi / 2))
        squares = apart[0] * apart[0] + apart[1] * apart[1] + apart[2] * apart[2]
        return squares <= reach * reach * (1 + 1e-12), np.isnan(here[0])

    def free_hours(self, months: tuple[int, ...]) -> tuple[Floats, ...]:
        """The free machine-hours of every supplier in each of these months; its usual hours where `months` is
        empty.
        """
        if not months:
            return (self.spare_hours,)
        return tuple(self.by_row(("free_hours", month), partial(_free_hours, month)) for month in months)

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
        """The rows that have one of the codes of a field without a tree, and the rows that have any value."""
        vocabulary, group = self.vocabularies[name].index, self.members[name]
        wanted = np.zeros(len(vocabulary), dtype=np.bool_)
        wanted[[vocabulary[code] for code in codes if code in vocabulary]] = True
        if rows is None:
            return self.holding(name, wanted), np.diff(group.first) > 0
        return _holding(group, wanted, rows), (group.first[rows + 1] - group.first[rows]) > 0

    def answering(self, kind: RequirementKind, code: str, rows: Ints | None = None) -> tuple[Bools, Bools]:
        """The rows that have a code of a tree, or one that stands under it, and the rows that have any."""
        tree = self.taxonomy.trees()[kind.tree]
        under = (one for one in tree.by_code if code in tree.closure(one)) if code in tree else (code,)
        return self.has_member(kind.offered, under, rows)


def _holding(group: Grouped, wanted: Bools, rows: Ints) -> Bools:
    """The chosen rows of a grouping that have one of the codes that `wanted` marks."""
    positions, owner = spread(group.first, rows)
    has = np.zeros(len(rows), dtype=np.bool_)
    has[owner[wanted[group.values[positions]]]] = True
    return has


def _certification(demand: CertificationDemand, on: date, columns: Columns) -> NDArray[np.int8]:
    """The level of every supplier for a demand on a day."""
    accepted = {code for one in demand.any_of for code in columns.taxonomy.standards_satisfying(one)}
    chosen = np.array([code in accepted for code in columns.standards])
    held = columns.certificates
    day = on.toordinal()
    counts = chosen[held.standard] & (held.since <= day) & (day <= held.until)
    if demand.dated:
        counts &= held.dated
    if edition := edition_number(demand.edition):
        own = np.array([code in demand.any_of for code in columns.standards])
        same_kind = (held.edition > 0) & ((held.edition > LETTERS) == (edition > LETTERS))
        counts &= ~(own[held.standard] & same_kind & (held.edition < edition))
    levels = np.zeros(len(columns), dtype=np.int8)
    np.maximum.at(levels, held.row[counts], held.level[counts])
    return levels


def _undated(demand: CertificationDemand, on: date, columns: Columns) -> Bools:
    declared = columns.certification(replace(demand, dated=False), on) == CertificationLevel.CERTIFIED
    undated: Bools = declared & (
        columns.certification(replace(demand, dated=True), on) < CertificationLevel.CERTIFIED
    )
    return undated


def _free_hours(month: int, columns: Columns) -> Floats:
    return columns.plans.in_month(month, columns.spare_hours)


def _places(document: SearchDocument) -> tuple[str, ...]:
    return tuple(code for code in (document.region, document.country) if code)


def _numbers(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _answers(values: Iterable[bool | None]) -> NDArray[np.int8]:
    """1 for yes, −1 for no, 0 where the supplier did not say."""
    return np.array([0 if value is None else 1 if value else -1 for value in values], dtype=np.int8)


def _days(values: Iterable[date | None]) -> Floats:
    return _numbers(None if value is None else value.toordinal() for value in values)


def _box(item: CapabilityFacts) -> tuple[float | None, ...]:
    return item.envelope_mm or (None,) * 3
