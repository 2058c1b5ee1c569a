"""The needs that a change to a supplier's profile would open: every change that a single need would ask for,
tried exactly.

Each change is made to the document itself, all needs judge all changed documents together, and a need counts
for a change where it fits the changed document (no filter removes it, and it does part of the work) and not the present
one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, islice, product
from typing import Any

import numpy as np

from matchmaker.domain.certificate import Certificate, CertificationLevel, meets
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Comparison, RequirementSubject
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.ragged import Bools
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from search.filters.need_set import NeedSet
from search.matching.matcher import dated
from search.ranking import work_shares
from search.ranking.feature_inputs import work_fits

# The number of changes of one kind that are tried: nobody would read all sizes that needs ask for.
MOST_OF_A_KIND = 12
_SETS = count()
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
        self.open = np.array([need.open for need in self.needs], dtype=np.bool_)
        self.hours = np.array([need.hours for need in self.needs], dtype=np.float64)


def openings(document: SearchDocument, asked: DatedNeeds, taxonomy: Taxonomy) -> tuple[ProfileChange, ...]:
    """The changes that would open at least one need, most open needs first, another trade last."""
    present = Columns((document,), taxonomy)
    removed, does = asked.judging.removed(present), _does_the_work(present, asked)
    closed = ~does[:, 0]
    for rows in removed.values():
        closed |= rows[:, 0]
    lacking = {name: rows[:, 0] for name, rows in removed.items()}
    lacking["processes"] = lacking.get("processes", np.zeros_like(closed)) | ~does[:, 0]
    changes = list(_changes(document, asked, lacking, taxonomy))
    if not changes:
        return ()
    changed = Columns(
        [replace(made, key=str(number), text="") for number, (_, _, made) in enumerate(changes)], taxonomy
    )
    opened = asked.judging.passed(changed) & _does_the_work(changed, asked) & closed[:, None]
    found = [
        ProfileChange(
            name,
            value,
            int((fits & asked.open).sum()),
            int(fits.sum()),
            float(asked.hours[fits].sum()),
            near=name != "processes" or _is_near(value, document, taxonomy),
        )
        for (name, value, _), fits in zip(changes, opened.T, strict=True)
    ]
    return _worth_telling([one for one in found if one.ever])


def _does_the_work(columns: Columns, asked: DatedNeeds) -> Bools:
    """The documents that do part of the work of each need, needs × documents."""
    does: Bools = work_shares.does(work_fits(columns, asked.judging))
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
