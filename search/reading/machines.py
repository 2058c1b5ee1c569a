"""The largest part that machines take and the grade they hold, for the work done on them where it says none itself."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from matchmaker.domain.records import EquipmentRecord
from search.document import CapabilityFacts
from search.reading.terms import codes_of, sorted_box
from search.text import Recogniser

MOST = 12  # machines of different size that one kind of work is told apart by
_SIZES = ("envelope_mm", "diameter_mm", "length_mm")
_LIMITS = (*_SIZES, "mass_kg", "tolerance_it")


def on_machines(
    facts: Sequence[CapabilityFacts], equipment: Sequence[EquipmentRecord], recogniser: Recogniser
) -> tuple[CapabilityFacts, ...]:
    """The facts, one for each machine that tells what its work leaves out; work of a machine that none names is added."""
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


def _limits(equipment: Sequence[EquipmentRecord], recogniser: Recogniser) -> Iterator[CapabilityFacts]:
    tree = recogniser.taxonomy.equipment
    for item in equipment:
        codes = codes_of(recogniser, "equipment", (part for part in (item.type, item.name) if part))
        facts = CapabilityFacts(
            processes=tuple(
                dict.fromkeys(p for code in codes for p in tree[code].extra.get("processes", ()))
            ),
            envelope_mm=sorted_box(item.envelope_mm),
            diameter_mm=item.diameter_mm,
            length_mm=item.length_mm,
            mass_kg=item.max_mass_kg,
            tolerance_it=item.tolerance_it,
        )
        if facts.processes and any(getattr(facts, name) is not None for name in _LIMITS):
            yield facts


def _filled(item: CapabilityFacts, machine: CapabilityFacts) -> CapabilityFacts:
    """What is said of the work stays; sizes go together, since one machine's diameter and another's length are no part."""
    silent = {name for name in ("mass_kg", "tolerance_it") if getattr(item, name) is None}
    if all(getattr(item, name) is None for name in _SIZES):
        silent.update(_SIZES)
    return replace(item, **{name: getattr(machine, name) for name in silent})
