"""Every filter against a reference written in plain Python, one supplier at a time."""

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.certificate import (
    Certificate,
    CertificationDemand,
    CertificationLevel,
    DemandStrength,
)
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.domain.requirements import Requirements
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from search.filters.filter_outcomes import FilterOutcome, evaluate
from search.filters.relaxations import DemandChange, Relaxation
from search.filters.relaxations import relaxations as told
from tests.benchmark.generate import TODAY, Generator
from tests.support import generated

YES, NO, UNSAID = "yes", "no", "unsaid"
MONTH = TODAY.year * 12 + TODAY.month - 1


# The reference


def best(verdicts: Iterable[str]) -> str:
    found = set(verdicts)
    return YES if YES in found else UNSAID if UNSAID in found or not found else NO


def said(good: bool | None) -> str:
    return UNSAID if good is None else YES if good else NO


def over(
    check: Callable[[CapabilityFacts, Requirements], bool | None], *, of_side: bool = False
) -> Callable[[SearchDocument, Requirements], str]:
    def judge(document: SearchDocument, need: Requirements) -> str:
        chosen = generated.relevant(document, need)
        found = best(said(check(item, need)) for item in chosen)
        if not need.processes:
            return found
        if not generated.serving(document, need.processes):
            failed = any(check(item, need) is False for item in chosen)
            return NO if found == UNSAID and failed else found
        first = () if need.any_process or len(need.processes) < 2 else need.processes[:1]
        blanks = {"cutting", "bending", "sheet-metal-work"}
        if of_side and any(blanks & {code, *generated.load_tree().ancestors(code)} for code in first):
            return found
        main = generated.serving(document, first)
        fails = main and best(said(check(item, need)) for item in main) == NO
        return NO if found == UNSAID and fails else found

    return judge


def at_least(have: float | None, needed: float) -> bool | None:
    return None if have is None else have >= needed


def at_most(have: float | None, needed: float) -> bool | None:
    return None if have is None else have <= needed


def envelope(item: CapabilityFacts, need: Requirements) -> bool | None:
    part, box = need.envelope_mm, item.envelope_mm
    assert part is not None
    told = [
        have if have is None else have >= side for have, side in zip(box or (None,) * 3, part, strict=True)
    ]
    boxed = False if False in told else None if None in told else True
    across = part[1] if abs(part[1] - part[2]) <= 0.01 * part[1] else math.hypot(part[1], part[2])
    turned = None
    if item.diameter_mm is not None:
        turned = item.diameter_mm >= across and (item.length_mm is None or item.length_mm >= part[0])
    return boxed if turned is None else turned if boxed is None else boxed or turned


def diameter(item: CapabilityFacts, need: Requirements) -> bool | None:
    side = item.envelope_mm[1] if item.envelope_mm else None
    return at_least(side if item.diameter_mm is None else item.diameter_mm, need.diameter_mm or 0)


def length(item: CapabilityFacts, need: Requirements) -> bool | None:
    side = item.envelope_mm[0] if item.envelope_mm else None
    return at_least(side if item.length_mm is None else item.length_mm, need.length_mm or 0)


def lot(item: CapabilityFacts, need: Requirements) -> bool | None:
    if item.lot_min is None and item.lot_max is None:
        return None
    assert need.quantity is not None
    return (item.lot_min or 0) <= need.quantity <= (item.lot_max or math.inf)


def materials(item: CapabilityFacts, need: Requirements) -> bool | None:
    tree = generated.world()[0].materials
    if not item.materials:
        return None
    return any(
        generated.answers(code, offered, tree) for code in need.materials for offered in item.materials
    )


def processes(document: SearchDocument, need: Requirements) -> str:
    covered = [
        any(generated.covers(code, offered) for offered in document.processes) for code in need.processes
    ]
    if any(covered) if need.any_process else all(covered):
        return YES
    return NO if document.processes else UNSAID


def distance(document: SearchDocument, need: Requirements) -> str:
    if document.location is None:
        return UNSAID
    here, there = (
        (math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat))
        for lat, lon in (tuple(map(math.radians, place)) for place in (document.location, need.location))
    )
    across = math.dist(here, there)
    return said(2 * 6371.0088 * math.asin(min(1.0, across / 2)) <= need.max_distance_km)


def capacity(document: SearchDocument, need: Requirements) -> str:
    hours = dict(document.planned)
    wanted = [hours.get(month, document.spare_hours) for month in need.months] or [document.spare_hours]
    if any(one is not None and one < need.spare_hours for one in wanted):
        return NO
    return said(None if None in wanted else True)


def member(have: Iterable[str], wanted: Iterable[str]) -> str:
    held = set(have)
    return YES if held & set(wanted) else NO if held else UNSAID


def height(item: CapabilityFacts, need: Requirements) -> bool | None:
    side = item.envelope_mm[0] if item.envelope_mm else None
    return at_least(side if item.height_mm is None else item.height_mm, need.height_mm or 0)


def papers(document: SearchDocument, need: Requirements) -> str:
    tree = generated.world()[0].quality_papers
    held = {code for one in document.quality_papers for code in (one, *tree.ancestors(one))}
    return said(set(need.quality_papers) <= held if held else None)


REFERENCE: dict[str, Callable[[SearchDocument, Requirements], str]] = {
    "certification": lambda d, n: said(all(generated.holds(d, one, n.on) for one in musts(n))),
    "processes": processes,
    "materials": over(materials),
    "envelope": over(envelope, of_side=True),
    "diameter": over(diameter, of_side=True),
    "length": over(length, of_side=True),
    "thickness": over(lambda item, n: at_least(item.thickness_mm, n.thickness_mm)),
    "mass": over(lambda item, n: at_least(item.mass_kg, n.mass_kg)),
    "tolerance": over(lambda item, n: at_most(item.tolerance_it, n.tolerance_it)),
    "roughness": over(lambda item, n: at_most(item.roughness_ra_um, n.roughness_ra_um)),
    "height": over(height, of_side=True),
    "wall": over(lambda item, n: at_most(item.wall_mm, n.wall_mm)),
    "gear_module": over(lambda item, n: at_least(item.gear_module_mm, n.gear_module_mm)),
    "gear_grade": over(lambda item, n: at_most(item.gear_grade, n.gear_grade)),
    "thread": over(lambda item, n: at_least(item.thread_mm, n.thread_mm)),
    "customer_material": lambda d, _: said(d.takes_customer_material),
    "supplier_tooling": lambda d, _: said(d.own_tooling),
    "quality_papers": papers,
    "lot": over(lot),
    "lead_time": over(lambda item, n: at_most(item.lead_time_days, n.lead_time_days)),
    "capacity": capacity,
    "region": lambda d, n: member(filter(None, (d.region, d.country)), n.regions),
    "distance": distance,
    "languages": lambda d, n: member(d.languages, n.languages),
    "sectors": lambda d, n: member(d.sectors, n.sectors),
    "reach": lambda d, n: member((d.centre,), n.centres),
}


def relaxations(columns: Columns, need: Requirements, outcome: FilterOutcome) -> tuple[Relaxation, ...]:
    """The relaxations counted among all suppliers."""
    return told(columns, need, outcome, lambda other: int(evaluate(columns, other).passed.sum()))


# Needs


def musts(need: Requirements) -> list[CertificationDemand]:
    return [one for one in dict.fromkeys(need.certification) if one.strength == "must"]


def asked(need: Requirements) -> list[str]:
    return [
        name
        for name, kind in REQUIREMENT_KINDS.items()
        if (musts(need) if name == "certification" else getattr(need, kind.asked) not in (None, ()))
    ]


def removed(verdict: str, strictness: Strictness) -> bool:
    if strictness is Strictness.WISH:
        return False
    return verdict == NO or (strictness is Strictness.STRICT and verdict == UNSAID)


def who_passes(need: Requirements) -> set[int]:
    _, documents, _ = generated.world()
    names = asked(need)
    return {
        row
        for row, document in enumerate(documents)
        if not any(removed(REFERENCE[name](document, need), need.strictness_of(name)) for name in names)
    }


@given(need=generated.needs())
@settings(max_examples=300, deadline=None)
def test_states_agree_with_the_reference(need: Requirements) -> None:
    _, documents, columns = generated.world()
    outcome = evaluate(columns, need)
    assert list(outcome.states) == asked(need)
    for name, states in outcome.states.items():
        expected = [REFERENCE[name](document, need) for document in documents]
        assert [{1: YES, 0: UNSAID, -1: NO}[int(state)] for state in states] == expected, name


@given(need=generated.needs())
@settings(max_examples=150, deadline=None)
def test_who_passes_and_what_each_filter_removed(need: Requirements) -> None:
    _, documents, columns = generated.world()
    outcome = evaluate(columns, need)
    assert set(np.flatnonzero(outcome.passed)) == who_passes(need)
    several = len(musts(need)) > 1
    gone = {
        (name, demand): {
            row
            for row, document in enumerate(documents)
            if removed(
                said(generated.holds(document, demand, need.on))
                if demand
                else REFERENCE[name](document, need),
                need.strictness_of(name),
            )
        }
        for name in asked(need)
        if need.strictness_of(name) is not Strictness.WISH
        for demand in (musts(need) if several and name == "certification" else (None,))
    }
    for item in outcome.removed:
        part = (item.requirement, item.demand)
        others = set().union(*(rows for name, rows in gone.items() if name != part))
        assert (item.alone, item.only) == (len(gone[part]), len(gone[part] - others))
    assert {(item.requirement, item.demand) for item in outcome.removed} == set(gone)


@given(need=generated.needs(), rows=st.lists(st.integers(0, generated.COUNT), unique=True, max_size=12))
@settings(max_examples=150, deadline=None)
def test_chosen_rows_are_judged_as_they_are_among_all(need: Requirements, rows: list[int]) -> None:
    _, _, columns = generated.world()
    whole, part = evaluate(columns, need), evaluate(columns, need, np.array(rows, dtype=np.int64))
    assert part.passed.tolist() == whole.passed[rows].tolist()
    for name, states in part.states.items():
        assert states.tolist() == whole.states[name][rows].tolist()


def eased(need: Requirements, item: Relaxation) -> Requirements:
    if item.change is None:
        return replace(need, strictness={**need.strictness, item.requirement: Strictness.WISH})
    if item.requirement == "certification":
        milder = {item.change.demand: item.change.milder}
        changed = [milder.get(one, one) for one in need.certification]
        return replace(need, certification=tuple(filter(None, changed)))
    if item.requirement == "materials":
        return replace(need, materials=(*need.materials, *item.change))
    return replace(need, **{REQUIREMENT_KINDS[item.requirement].asked: item.change})


@given(need=generated.needs())
@settings(max_examples=200, deadline=None)
def test_a_relaxation_adds_exactly_what_it_says(need: Requirements) -> None:
    _, _, columns = generated.world()
    outcome = evaluate(columns, need)
    found = relaxations(columns, need, outcome)
    before = who_passes(need)
    for item in found:
        assert item.adds == len(who_passes(eased(need, item)) - before)
    gains = {item.requirement for item in found}
    for item in outcome.removed:
        if item.demand is None:
            assert (item.requirement in gains) == (item.only > 0)
        elif item.only:
            assert any(
                one.change and one.change.demand == item.demand
                for one in found
                if one.requirement == "certification"
            )
    assert [item.adds for item in found] == sorted((item.adds for item in found), reverse=True)


def test_relaxing_goes_step_by_step() -> None:
    _, _, columns = generated.world()
    demand = CertificationDemand(("iso-9001",), CertificationLevel.VERIFIED)
    need = Requirements(on=TODAY, certification=(demand,), strictness={"certification": Strictness.STRICT})
    changes = [item.change for item in relaxations(columns, need, evaluate(columns, need))]
    levels = (CertificationLevel.IMPLEMENTING, CertificationLevel.CERTIFIED)
    milder = [DemandChange(demand, replace(demand, level=level)) for level in levels]
    wish = DemandChange(demand, replace(demand, strength=DemandStrength.WISH))
    assert set(changes[:2]) == {wish, None}
    assert changes[2:] == milder


def test_each_of_several_demands_is_relaxed_by_itself() -> None:
    papers = {
        "both": ("iso-9001", "naks"),
        "only quality": ("iso-9001",),
        "only welding": ("naks",),
        "neither": (),
    }
    documents = [
        SearchDocument(
            key=key,
            revision=1,
            names=(key,),
            text="",
            certificates=tuple(Certificate(code, valid_until=TODAY) for code in codes),
        )
        for key, codes in papers.items()
    ]
    columns = Columns.build(documents, generated.world()[0])
    quality, welding = CertificationDemand(("iso-9001",)), CertificationDemand(("naks",))
    need = Requirements(on=TODAY, certification=(quality, welding))
    outcome = evaluate(columns, need)
    assert outcome.passed.tolist() == [True, False, False, False]
    assert [(one.demand, one.alone, one.only) for one in outcome.removed] == [
        (quality, 2, 1),
        (welding, 2, 1),
    ]
    assert {(one.change, one.adds) for one in relaxations(columns, need, outcome)} == {
        (None, 3),
        *((DemandChange(one, None), 1) for one in (quality, welding)),
        *((DemandChange(one, replace(one, strength=DemandStrength.WISH)), 1) for one in (quality, welding)),
    }


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2030, 1, 1)])
def test_updated_columns_judge_as_freshly_built_ones(day: date) -> None:
    taxonomy, documents, columns = generated.world()
    newer = [Generator(taxonomy, seed=6).document(number, revision=2) for number in (3, 4, 500)]
    gone = [documents[7].key, "nobody"]
    updated = columns.updated(newer, gone)
    kept = {document.key: document for document in documents if document.key not in gone}
    fresh = Columns.build((kept | {document.key: document for document in newer}).values(), taxonomy)
    assert sorted(updated.keys) == sorted(fresh.keys)
    for need in Generator(taxonomy, seed=8).needs(40):
        wanted = replace(
            need, on=day, languages=("ru",), strictness=dict.fromkeys(REQUIREMENT_KINDS, Strictness.STRICT)
        )
        left, right = (
            {one.keys[row] for row in np.flatnonzero(evaluate(one, wanted).passed)}
            for one in (updated, fresh)
        )
        assert left == right


def test_no_suppliers_is_an_answer_too() -> None:
    taxonomy, _, _ = generated.world()
    columns = Columns.build((), taxonomy)
    need = next(iter(Generator(taxonomy).needs(1)))
    outcome = evaluate(columns, need)
    assert len(outcome.passed) == 0
    assert relaxations(columns, need, outcome) == ()
