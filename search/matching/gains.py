"""The needs that a change to a supplier's profile would open: every change that a single need would ask for,
tried exactly.

Each change is made to the document itself, all needs judge all changed documents together, and a need counts
for a change where it fits the changed document (no filter removes it, and it does part of the work) and not the present
one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import count, islice, product
from typing import Any

import numpy as np

from matchmaker.domain.certificate import Certificate, CertificationLevel, meets
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Comparison, RequirementSubject
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.kept import Kept
from search.columns.ragged import Bools, Ints
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from search.filters.need_set import NeedSet
from search.matching.matcher import dated
from search.ranking import work_shares
from search.ranking.feature_inputs import work_fits

# The number of changes of one kind that are tried: nobody would read all sizes that needs ask for.
MOST_OF_A_KIND = 12
# Profiles of which is held what each need says of them, of about fifty kilobytes each.
MOST_LOOKED_AT = 200
# The numbers of the needs that this process has dated, and of its sets of them.
_NEEDS, _SETS = count(), count()
# The kinds that ask for a size: numbers and boxes.
_SIZED = {
    name
    for name, kind in REQUIREMENT_KINDS.items()
    if kind.milder is not None and kind.subject is not RequirementSubject.SUPPLIER
}
_SMALLER = {name for name, kind in REQUIREMENT_KINDS.items() if kind.comparison is Comparison.AT_MOST}
# The kinds that the supplier as a whole answers, with a yes or with codes.
_ANSWERED = {name for name, kind in REQUIREMENT_KINDS.items() if kind.offered}
Value = Any  # a value of a need: a code, a number, the sides of a box, a standard with its level


@dataclass(frozen=True, slots=True)
class DatedNeed:
    """A need as it was on a day, with its machine-hours where it states them."""

    requirements: Requirements
    day: date
    hours: float = 0.0
    open: bool = True
    number: int = field(default_factory=_NEEDS.__next__, compare=False)


@dataclass(frozen=True, slots=True)
class ProfileChange:
    """A change, the open needs and all needs that it would open, and the machine-hours of these.

    `near` marks work related to the supplier's own, as against another trade.
    """

    requirement: str
    value: Value
    now: int
    ever: int
    hours: float
    near: bool = True


@dataclass(frozen=True, slots=True)
class OpenedNeeds:
    """The needs that fit a changed document and not the present one: the open ones, all of them, and the machine-hours of these."""

    now: int
    ever: int
    hours: float


def as_it_stood(requirements: Requirements, day: date, *, is_open: bool) -> DatedNeed:
    """The need on the day on which an answer was due; a past need with the time that was left on that day."""
    hours = (requirements.spare_hours or 0.0) * max(len(requirements.months), 1)
    return DatedNeed(dated(requirements, day), day, hours, is_open)


class DatedNeeds:
    """Needs in the order in which changes are looked for; never changed afterwards. What the set `before` has sorted is not
    sorted again.
    """

    def __init__(self, needs: Iterable[DatedNeed], before: "DatedNeeds | None" = None) -> None:
        self.needs, self.number = tuple(needs), next(_SETS)
        asked = [need.requirements for need in self.needs]
        self.judging: NeedSet = NeedSet(asked, before.judging if before else None)
        self.numbers = np.array([need.number for need in self.needs], dtype=np.int64)
        self.open = np.array([need.open for need in self.needs], dtype=np.bool_)
        self.hours = np.array([need.hours for need in self.needs], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What needs say of a document, by their numbers in order: which requirements remove it, whether it does the work, and
    which changes suit them.
    """

    numbers: Ints
    removed: Mapping[str, Bools]
    does: Bools
    suited: Mapping[tuple[str, Value], Bools]


class _Needs:
    """The needs of a set, of which some were `before` asked about the same document."""

    def __init__(self, asked: DatedNeeds, before: _Looked | None) -> None:
        self.asked, self.before = asked, before
        numbers = before.numbers if before else np.zeros(0, dtype=np.int64)
        places = np.searchsorted(numbers, asked.numbers)
        self._there = np.append(numbers, -1)[places] == asked.numbers
        self._places = places[self._there]
        self.new = np.flatnonzero(~self._there)

    @cached_property
    def judging(self) -> NeedSet:
        """The needs that were not asked yet."""
        every = self.asked.judging
        if len(self.new) == len(every):
            return every
        return NeedSet([every.needs[place] for place in self.new.tolist()])

    def recalled(self, told: Bools | None, new: Bools | None) -> Bools:
        """What all needs say, of what some told before, and what the new ones do."""
        found = np.zeros(len(self.asked.needs), dtype=np.bool_)
        if told is not None:
            found[self._there] = told[self._places]
        if new is not None:
            found[self.new] = new
        return found


def openings(
    document: SearchDocument, asked: DatedNeeds, taxonomy: Taxonomy, known: Kept | None = None
) -> tuple[ProfileChange, ...]:
    """The changes that would open at least one need, most open needs first, another trade last. `known` holds what needs
    said of documents: hand it on, and a need is asked once.
    """
    before = known.get(document) if known is not None else None
    needs = _Needs(asked, before if isinstance(before, _Looked) else None)
    removed, does = _present(document, needs, taxonomy)
    closed = ~does
    for rows in removed.values():
        closed = closed | rows
    lacking = {**removed, "processes": removed.get("processes", np.zeros_like(closed)) | ~does}
    changes = list(_changes(document, asked, lacking, taxonomy))
    suited = _suited(changes, needs, taxonomy)
    if known is not None:
        order = np.argsort(asked.numbers)
        told = {name: rows[order] for name, rows in removed.items()}
        held = {change: fits[order] for change, fits in suited.items()}
        known.put(document, _Looked(asked.numbers[order], told, does[order], held))
    opened = ((change, fits & closed) for change, fits in suited.items())
    found = [
        ProfileChange(
            name,
            value,
            int((fits & asked.open).sum()),
            int(fits.sum()),
            float(asked.hours[fits].sum()),
            near=name != "processes" or _is_near(value, document, taxonomy),
        )
        for (name, value), fits in opened
    ]
    return _worth_telling([one for one in found if one.ever])


def opened(
    changes: Sequence[tuple[SearchDocument, SearchDocument]], asked: DatedNeeds, taxonomy: Taxonomy
) -> list[OpenedNeeds]:
    """What each change, from the first document to the second, would open: counted as `openings` counts it, all together."""
    if not changes:
        return []
    numbered = dict(enumerate(one for change in changes for one in change))
    documents = [(str(number), 0, one) for number, one in numbered.items()]
    fits = _fitting(documents, asked.judging, taxonomy)
    found = []
    for number in range(0, len(documents), 2):
        gained = fits[str(number + 1), 0] & ~fits[str(number), 0]
        now, hours = int((gained & asked.open).sum()), float(asked.hours[gained].sum())
        found.append(OpenedNeeds(now, int(gained.sum()), hours))
    return found


def lost(
    document: SearchDocument, left: SearchDocument | None, asked: DatedNeeds, taxonomy: Taxonomy
) -> tuple[int, ...]:
    """The positions of the needs that fit a document and not what is left of it, None for nothing: what goes where a certificate, a
    machine or the whole supplier does.
    """
    if not asked.needs:
        return ()
    documents = [("", 0, document), *([("", 1, left)] if left else [])]
    fits = _fitting(documents, asked.judging, taxonomy)
    gone = fits["", 0] & ~fits["", 1] if left else fits["", 0]
    positions: list[int] = np.flatnonzero(gone).tolist()
    return tuple(positions)


def closing(document: SearchDocument, need: DatedNeed, taxonomy: Taxonomy) -> tuple[str, ...]:
    """The requirements that close a need to a document, in order; the processes too where it does no part of the work."""
    needs = _Needs(DatedNeeds([need]), None)
    removed, does = _present(document, needs, taxonomy)
    found = {name for name, rows in removed.items() if rows.any()}
    return tuple(sorted(found | (set() if does.all() else {"processes"})))


def certified(document: SearchDocument, standard: str, taxonomy: Taxonomy) -> SearchDocument:
    """The document with a certificate in force for a standard or a family, not verified."""
    held = (*document.certificates, _paper(standard, "certified", taxonomy))
    return replace(document, certificates=held)


def _present(document: SearchDocument, needs: _Needs, taxonomy: Taxonomy) -> tuple[dict[str, Bools], Bools]:
    """The needs of which each requirement removes the document, and those of which it does part of the work."""
    before = needs.before
    removed, does = dict[str, Bools](), None
    if len(needs.new):
        present = Columns((document,), taxonomy)
        removed = {name: rows[:, 0] for name, rows in needs.judging.removed(present).items()}
        does = _does_the_work(present, needs.judging)[:, 0]
    told = before.removed if before else {}
    names = dict.fromkeys((*told, *removed))
    every = {name: needs.recalled(told.get(name), removed.get(name)) for name in names}
    return every, needs.recalled(before.does if before else None, does)


def _suited(
    changes: Sequence[tuple[str, Value, SearchDocument]], needs: _Needs, taxonomy: Taxonomy
) -> dict[tuple[str, Value], Bools]:
    """The needs that each change suits, in the order of the changes."""
    told = needs.before.suited if needs.before else {}
    earlier = [one for one in changes if one[:2] in told]
    new = _fitting(earlier, needs.judging, taxonomy) if len(needs.new) else {}
    anew = _fitting([one for one in changes if one[:2] not in told], needs.asked.judging, taxonomy)
    return {
        change: anew[change] if change in anew else needs.recalled(told[change], new.get(change))
        for change in (one[:2] for one in changes)
    }


def _fitting(
    changes: Sequence[tuple[str, Value, SearchDocument]], judging: NeedSet, taxonomy: Taxonomy
) -> dict[tuple[str, Value], Bools]:
    """The needs that the changed documents fit."""
    if not changes:
        return {}
    made = [replace(one, key=str(number), text="") for number, (*_, one) in enumerate(changes)]
    changed = Columns(made, taxonomy)
    fits = judging.passed(changed) & _does_the_work(changed, judging)
    return {(name, value): rows for (name, value, _), rows in zip(changes, fits.T, strict=True)}


def _does_the_work(columns: Columns, judging: NeedSet) -> Bools:
    """The documents that do part of the work of each need, needs × documents."""
    does: Bools = work_shares.does(work_fits(columns, judging))
    return does


def _is_near(process: str, document: SearchDocument, taxonomy: Taxonomy) -> bool:
    """Whether the process belongs to the family of one that the supplier does."""
    tree = taxonomy.processes
    ours = {code for own in document.processes if own in tree for code in tree.closure(own)}
    return bool(ours & set(tree.closure(process)))


def _worth_telling(found: list[ProfileChange]) -> tuple[ProfileChange, ...]:
    """Of changes of one kind to a number, the smallest one with the same gain; all certificates, kinds of
    work and languages.
    """
    best: dict[tuple[str, int, int], ProfileChange] = {}
    for one in found:
        key = (
            one.requirement if one.requirement in _SIZED else f"{one.requirement} {one.value}",
            one.now,
            one.ever,
        )
        best.setdefault(key, one)  # in the order of their size
    return tuple(
        sorted(
            best.values(),
            key=lambda one: (not one.near, -one.now, -one.ever, one.requirement, str(one.value)),
        )
    )


def _changes(
    document: SearchDocument, asked: DatedNeeds, lacking: Mapping[str, Bools], taxonomy: Taxonomy
) -> Iterator[tuple[str, Value, SearchDocument]]:
    """The changes for all needs that only one requirement closes, each once; `lacking` are the needs that a
    requirement closes.
    """
    wanted: dict[str, set[Value]] = {}
    alone = np.sum(list(lacking.values()), axis=0) == 1
    for name, closing in lacking.items():
        for number in np.flatnonzero(closing & alone).tolist():
            need = asked.needs[number]
            of_papers = name == "certification"
            asks = _papers(document, need, taxonomy) if of_papers else _values(name, need.requirements)
            wanted.setdefault(name, set()).update(asks)
    for name, values in sorted(wanted.items()):
        ordered = sorted(values, key=_size, reverse=name in _SMALLER)
        for value in _spread(ordered) if name in _SIZED else ordered:
            yield name, value, _changed(document, name, value, taxonomy)


def _spread(values: list[Value]) -> list[Value]:
    """At most MOST_OF_A_KIND of the changes, from the smallest to the largest."""
    if len(values) <= MOST_OF_A_KIND:
        return values
    return [values[int(at)] for at in np.linspace(0, len(values) - 1, MOST_OF_A_KIND)]


def _size(value: Value) -> tuple[float, str]:
    if isinstance(value, tuple) and all(isinstance(side, float) for side in value):
        return float(np.prod(value)), ""
    return (float(value), "") if isinstance(value, int | float) else (0.0, str(value))


def _papers(document: SearchDocument, need: DatedNeed, taxonomy: Taxonomy) -> tuple[Value, ...]:
    """The certificates that would answer all demands of a need that the supplier does not meet: each a standard with a
    level. Where one of several is enough, each is a change.
    """
    needed = need.requirements
    lacking = [
        demand
        for demand in needed.demanded
        if not meets(document.certificates, demand, needed.on or need.day, taxonomy)
    ]
    choices = ([(standard, demand.level.name.lower()) for standard in demand.any_of] for demand in lacking)
    return tuple(islice(product(*choices), MOST_OF_A_KIND))


def _values(name: str, needed: Requirements) -> tuple[Value, ...]:
    """The values that a need asks of the one requirement that closes it. A place and a centre cannot be
    changed.
    """
    if name in {"processes", "languages", "sectors"}:
        codes: tuple[str, ...] = getattr(needed, name)
        return codes
    if name == "materials":
        return needed.materials[:1]
    if name in _ANSWERED:
        return (getattr(needed, REQUIREMENT_KINDS[name].asked),)
    return (getattr(needed, REQUIREMENT_KINDS[name].asked),) if name in _SIZED else ()


def _changed(document: SearchDocument, name: str, value: Value, taxonomy: Taxonomy) -> SearchDocument:
    if name == "certification":
        papers = tuple(_paper(standard, level, taxonomy) for standard, level in value)
        return replace(document, certificates=(*document.certificates, *papers))
    if name == "processes":
        return _doing(document, value, taxonomy)
    if name in {"languages", "sectors"}:
        return _answering(document, name, (value,))
    if name in _ANSWERED:
        return _answering(document, REQUIREMENT_KINDS[name].offered, value)
    if name == "capacity":
        return replace(document, spare_hours=value, planned=())
    return _able(document, name, value)


def _answering(document: SearchDocument, offered: str, value: Value) -> SearchDocument:
    """The document with a yes, or with further codes."""
    answer: Any = (*getattr(document, offered), *value) if isinstance(value, tuple) else value
    return replace(document, **{offered: answer})


def _able(document: SearchDocument, name: str, value: Value) -> SearchDocument:
    """The document with every kind of work reaching a material or a limit."""
    held = document.capabilities or (CapabilityFacts(processes=document.processes),)
    if name == "materials":
        made = tuple(replace(one, materials=(*one.materials, value)) for one in held)
        return replace(document, capabilities=made, materials=(*document.materials, value))
    if name == "lot":
        return replace(document, capabilities=tuple(_taking(one, value) for one in held))
    return replace(document, capabilities=tuple(_reaching(one, name, value) for one in held))


def _paper(standard: str, level: str, taxonomy: Taxonomy) -> Certificate:
    """A certificate in force for a standard; for a family, of one of its standards."""
    answering = sorted(taxonomy.standards_satisfying(standard))
    return Certificate(
        standard if standard in taxonomy.standards else next(iter(answering), None),
        CertificateStatus.IMPLEMENTING if level == "implementing" else CertificateStatus.CERTIFIED,
        valid_until=date.max,
        verified=CertificationLevel[level.upper()] is CertificationLevel.VERIFIED,
    )


def _doing(document: SearchDocument, process: str, taxonomy: Taxonomy) -> SearchDocument:
    """The document with the process as a kind of work of its own, without stated limits."""
    denied = tuple(
        code for code in document.denied_processes if code not in taxonomy.processes.closure(process)
    )
    return replace(
        document,
        capabilities=(*document.capabilities, CapabilityFacts(processes=(process,))),
        processes=(*document.processes, process),
        denied_processes=denied,
    )


def _reaching(held: CapabilityFacts, name: str, value: Any) -> CapabilityFacts:
    """The capability with a limit that reaches a value; a wider limit stays."""
    facts = REQUIREMENT_KINDS[name].facts
    own = getattr(held, facts)
    if own is None:
        better = value
    elif isinstance(own, tuple):
        better = tuple(map(max, own, value))
    else:
        better = min(own, value) if name in _SMALLER else max(own, value)
    return replace(held, **{facts: better})


def _taking(held: CapabilityFacts, pieces: int) -> CapabilityFacts:
    """The capability with its lots widened to a number of pieces."""
    low = held.lot_min if held.lot_min is None else min(held.lot_min, pieces)
    high = held.lot_max if held.lot_max is None else max(held.lot_max, pieces)
    return replace(held, lot_min=low or pieces, lot_max=high or pieces)
