"""The largest part that machines take and the grade they hold, for work that does not state them itself.

A machine without sizes takes those of its model in the catalogue, and the facts say so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from matchmaker.domain.machine_catalogue import MachineModel
from matchmaker.domain.records import EquipmentRecord
from matchmaker.domain.requirement_kinds import OF_PARTS
from search.document import CapabilityFacts
from search.reading.terms import codes_of, sorted_box
from search.text import Recogniser

MOST = 12  # machines of different size that are told apart within one kind of work
# The sides of the largest part, and all that a machine limits.
_SIZES = ("envelope_mm", "diameter_mm", "length_mm")
SURELY_CUT = 6.0  # mm of sheet that every cutting machine of the catalogue cuts
_LIMITS = {kind.declared[0].path: kind.facts for kind in OF_PARTS if kind.on_machines}


def on_machines(
    facts: Sequence[CapabilityFacts], equipment: Sequence[EquipmentRecord], recogniser: Recogniser
) -> tuple[CapabilityFacts, ...]:
    """The facts, one for each machine that states a limit its work leaves out; work of unnamed machines is
    added.
    """
    machines = list(dict.fromkeys(_limits(equipment, recogniser)))[:MOST]
    if not machines:
        return tuple(facts)
    closure = recogniser.taxonomy.processes.closure
    found: list[CapabilityFacts] = []
    named: set[CapabilityFacts] = set()
    for item in facts:
        above = {code for process in item.processes for code in closure(process)}
        ours = [
            one
            for one in machines
            if any(code in above or set(closure(code)) & set(item.processes) for code in one.processes)
        ]
        named.update(ours)
        found += dict.fromkeys(_filled(item, one) for one in ours) or [item]
    return (*found, *(one for one in machines if one not in named))


def without_told(
    machines: Sequence[CapabilityFacts], told: Sequence[CapabilityFacts]
) -> tuple[CapabilityFacts, ...]:
    """The machines without those of the catalogue that take no more than a text tells of the same work: who writes "working
    area 800 × 800" has said how large it is, and a model's sheet excuses nothing.
    """
    return tuple(
        one
        for one in machines
        if not (one.of_catalogue and any(_takes_no_more(one, other) for other in told))
    )


def _takes_no_more(machine: CapabilityFacts, told: CapabilityFacts) -> bool:
    sides = zip(machine.envelope_mm or (), told.envelope_mm or (None,) * 3, strict=False)
    sizes = (*sides, (machine.diameter_mm, told.diameter_mm), (machine.length_mm, told.length_mm))
    same = set(machine.processes).intersection(told.processes)
    return bool(same) and all(own is None or (said is not None and own <= said) for own, said in sizes)


def _limits(equipment: Sequence[EquipmentRecord], recogniser: Recogniser) -> Iterator[CapabilityFacts]:
    tree = recogniser.taxonomy.equipment
    for item in equipment:
        codes = codes_of(recogniser, "equipment", (part for part in (item.type, item.name) if part))
        limits: dict[str, Any] = {name: getattr(item, path) for path, name in _LIMITS.items()}
        limits["envelope_mm"] = sorted_box(item.envelope_mm)
        if all(limits[name] is None for name in _SIZES):
            limits |= _of_model(recogniser.machine_models.of(item.name, item.maker))
        facts = CapabilityFacts(
            processes=tuple(
                dict.fromkeys(p for code in codes for p in tree[code].extra.get("processes", ()))
            ),
            **limits,
        )
        if facts.processes and any(value is not None for value in limits.values()):
            yield facts


def _of_model(model: MachineModel | None) -> dict[str, Any]:
    """The sizes of a model, {} where the catalogue has none."""
    if model is None:
        return {}
    sides = sorted_box([side or SURELY_CUT for side in model.sides_mm]) if model.sides_mm else None
    sizes = {"envelope_mm": sides, "diameter_mm": model.diameter_mm, "length_mm": model.length_mm}
    return {**sizes, "of_catalogue": True} if any(sizes.values()) else {}


def _filled(item: CapabilityFacts, machine: CapabilityFacts) -> CapabilityFacts:
    """The work's own values, filled up from the machine; sizes go together, since a diameter and a length of
    two machines make no part.
    """
    silent = {name for name in _LIMITS.values() if name not in _SIZES and getattr(item, name) is None}
    if all(getattr(item, name) is None for name in _SIZES):
        silent.update((*_SIZES, "of_catalogue"))
    return replace(item, **{name: getattr(machine, name) for name in silent})
