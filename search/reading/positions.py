"""The requirements of a need for several parts: of one position, and of a supplier that is to make them all."""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from matchmaker.domain.requirement_kinds import NUMBERS_OF_PARTS, OF_PARTS, Comparison
from matchmaker.domain.requirements import Requirements
from search.reading.terms import unique

# What the words of the whole need say of sizes and pieces is of some part; a position with its own does not take them.
_SIZES = frozenset(kind.asked for kind in OF_PARTS if kind.group == "size")
_PIECES = frozenset({"quantity", "lots_per_year"})
_DAYS = frozenset({"deliver_by", "on"})
_OWN = frozenset({"text", "strictness", "excluded_processes", "any_process", "terms", "clarity"})


def of_position(own: Requirements, whole: Requirements) -> Requirements:
    """What a position asks for in its own words and keys; what they leave out it takes from the need."""
    kept = set(_OWN)
    for group in (_SIZES, _PIECES):
        if any(getattr(own, name) is not None for name in group):
            kept |= group
    if own.deliver_by is not None:
        kept |= _DAYS
    taken: dict[str, Any] = {
        item.name: getattr(whole, item.name)
        for item in fields(own)
        if item.name not in kept and (item.name in _DAYS or getattr(own, item.name) in (None, ()))
    }
    processes = taken.get("processes", own.processes)
    ruled_out = unique((*own.excluded_processes, *whole.excluded_processes))
    return replace(
        own,
        **taken,
        any_process=whole.any_process if "processes" in taken else own.any_process,
        excluded_processes=tuple(code for code in ruled_out if code not in processes),
        terms=unique((*own.terms, *whole.terms)),
        text=own.text or whole.text,
        strictness={**whole.strictness, **own.strictness},
        clarity=whole.clarity if "processes" in taken else own.clarity,
    )


def of_all(whole: Requirements, parts: Sequence[Requirements]) -> Requirements:
    """What one supplier of all positions must do: every operation, and the hardest of each limit."""
    processes = unique(code for part in parts for code in part.processes)
    ruled_out = unique(code for part in parts for code in part.excluded_processes)
    days = [part.deliver_by for part in parts if part.deliver_by]
    return replace(
        whole,
        **{kind.asked: _hardest(kind.asked, kind.comparison, parts) for kind in NUMBERS_OF_PARTS},
        text="\n".join(unique(text for text in (whole.text, *(part.text for part in parts)) if text)),
        processes=processes,
        excluded_processes=tuple(code for code in ruled_out if code not in processes),
        materials=unique(code for part in parts for code in part.materials),
        terms=unique(term for part in parts for term in part.terms),
        customer_material=any(part.customer_material for part in parts) or None,
        supplier_tooling=any(part.supplier_tooling for part in parts) or None,
        quality_papers=unique(code for part in parts for code in part.quality_papers),
        envelope_mm=max((part.envelope_mm for part in parts if part.envelope_mm), default=None),
        quantity=_common([part.quantity for part in parts]),
        lots_per_year=_common([part.lots_per_year for part in parts]),
        deliver_by=min(days, default=None),
        on=max((part.on for part in parts if part.on), default=whole.on),
        certification=tuple(dict.fromkeys(demand for part in parts for demand in part.certification)),
        clarity=min((part.clarity for part in parts), default=whole.clarity),
    )


def _hardest(name: str, comparison: Comparison, parts: Sequence[Requirements]) -> Any:
    asked = [value for part in parts if (value := getattr(part, name)) is not None]
    return (max if comparison is Comparison.AT_LEAST else min)(asked, default=None)


def _common(values: Sequence[int | None]) -> int | None:
    """The number that all parts have; lots of different numbers are judged a position at a time."""
    return values[0] if len(set(values)) == 1 else None
