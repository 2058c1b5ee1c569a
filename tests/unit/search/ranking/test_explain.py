"""An explanation is true: what it calls declared the supplier did declare, and each outcome follows from its two values."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given, settings

from matchmaker.domain import certificate
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, RequirementSubject
from matchmaker.domain.requirements import Requirements
from matchmaker.services.matching.wording import Wording
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from search.filters import judges
from search.ranking import explain, features, one_capability
from search.ranking.explain import RequirementOutcome, RequirementVerdict
from search.ranking.feature_inputs import Gatherer, Texts
from search.ranking.prior import prior
from tests.benchmark.generate import TODAY
from tests.support.generated import holds, needs, world


def told(columns: Columns, need: Requirements) -> list[tuple[RequirementVerdict, ...]]:
    rows = np.arange(len(columns))
    texts = Texts(np.zeros(len(rows)), np.full(len(rows), np.nan), np.zeros(len(rows)))
    evidence = Gatherer(columns, need, rows, TODAY).evidence(texts)
    return explain.verdicts(evidence, prior().score(evidence).values, rows.tolist())


def stated(document: SearchDocument, requirement: str) -> set[float]:
    """What a profile says of a number, a lathe's own and the sides of a box alike."""
    names = {"thickness": "thickness_mm", "mass": "mass_kg", "tolerance": "tolerance_it"}
    names |= {"roughness": "roughness_ra_um", "lead_time": "lead_time_days", "diameter": "diameter_mm", "length": "length_mm"}  # fmt: skip
    names |= {
        "height": "height_mm",
        "wall": "wall_mm",
        "gear_module": "gear_module_mm",
        "thread": "thread_mm",
    }
    names |= {"gear_grade": "gear_grade"}
    found = [getattr(item, names[requirement]) for item in document.capabilities]
    if requirement in {"diameter", "length", "height"}:
        side = 1 if requirement == "diameter" else 0
        found += [item.envelope_mm[side] for item in document.capabilities if item.envelope_mm]
    return {round(value, 6) for value in found if value is not None}


AT_MOST = {"tolerance", "roughness", "wall", "gear_grade", "lead_time", "distance"}
ANSWERS = {"customer_material": "takes_customer_material", "supplier_tooling": "own_tooling"}


def met_by_box(verdict: RequirementVerdict, document: SearchDocument) -> bool:
    part, held = verdict.needed, verdict.declared
    assert isinstance(part, tuple)
    assert isinstance(held, tuple)
    if held[2] is None:
        assert held in {(item.length_mm, item.diameter_mm, None) for item in document.capabilities}
        across = part[1] if abs(part[1] - part[2]) <= 0.01 * part[1] else math.hypot(part[1], part[2])
        return held[1] >= across - 1e-6 and (held[0] is None or held[0] >= part[0] - 1e-6)
    boxes = [item.envelope_mm for item in document.capabilities if item.envelope_mm]
    assert held in {(*sides[:2], sides[2] or 0.0) for sides in boxes}
    return all(have >= side - 1e-6 for have, side in zip(held, part, strict=True))


def within(codes: Iterable[str], wanted: Iterable[str], tree: object) -> bool:
    return any(one in (code, *tree.ancestors(code)) for code in codes for one in wanted)


def met(verdict: RequirementVerdict, document: SearchDocument) -> bool:
    """Whether the two values of a verdict agree, as a reader of the page would say; fails where a value is not the supplier's."""
    name, needed, declared = verdict.requirement, verdict.needed, verdict.declared
    if name == "envelope":
        return met_by_box(verdict, document)
    if name == "lot":
        assert declared in {(item.lot_min, item.lot_max) for item in document.capabilities}
        return (declared[0] or 0) <= needed <= (declared[1] or math.inf)
    if name in ANSWERS:
        assert declared is getattr(document, ANSWERS[name])
        return declared is needed
    if name in CODES:
        return met_by_codes(verdict, document)
    if name == "capacity":
        assert declared in {document.spare_hours, *(hours for _, hours in document.planned)}
    elif name != "distance":
        assert declared in stated(document, name)
    return declared <= needed + 1e-6 if name in AT_MOST else declared >= needed - 1e-6 * max(1, needed)


def met_by_codes(verdict: RequirementVerdict, document: SearchDocument) -> bool:
    taxonomy, name, needed, declared = world()[0], verdict.requirement, verdict.needed, verdict.declared
    own = CODES[name](document)
    if name == "processes":
        assert declared in own
        return within((declared,), (needed,), taxonomy.processes)
    assert set(declared) <= own
    if name == "quality_papers":
        return all(within(own, (one,), taxonomy.quality_papers) for one in needed)
    if name == "materials":  # an equivalent grade meets it too
        return verdict.outcome is RequirementOutcome.MET or within(declared, needed, taxonomy.materials)
    return bool(set(declared) & set(needed))


CODES: dict[str, Callable[[SearchDocument], set[str | None]]] = {
    "processes": lambda d: {*d.processes, *(code for item in d.capabilities for code in item.processes)},
    "materials": lambda d: {*d.materials, *(code for item in d.capabilities for code in item.materials)},
    "region": lambda d: {d.region, d.country},
    "languages": lambda d: set(d.languages),
    "sectors": lambda d: set(d.sectors),
    "quality_papers": lambda d: set(d.quality_papers),
}


@given(need=needs())
@settings(max_examples=60, deadline=None)
def test_every_verdict_follows_from_what_the_supplier_declared(need: Requirements) -> None:
    taxonomy, documents, columns = world()
    for document, verdicts in zip(documents, told(columns, need), strict=True):
        of_papers = [verdict for verdict in verdicts if verdict.requirement == "certification"]
        for verdict, demand in zip(of_papers, need.certification, strict=True):
            held = certificate.meets(document.certificates, demand, need.on, taxonomy)
            assert (verdict.outcome is RequirementOutcome.MET) == held == holds(document, demand, need.on)
        for verdict in verdicts:
            if verdict.requirement == "certification":
                continue
            if verdict.declared in (None, ()):
                assert verdict.outcome in {RequirementOutcome.UNMET, RequirementOutcome.UNKNOWN}, verdict
            else:
                assert verdict.outcome is not RequirementOutcome.UNKNOWN, verdict
                weak = verdict.outcome in {RequirementOutcome.MENTIONED, RequirementOutcome.GUESSED}
                assert weak or (verdict.outcome is RequirementOutcome.MET) == met(verdict, document), verdict
                assert weak == (verdict.evidence in {"text", "guess", "catalogue"}) or not weak, verdict


def one(document: SearchDocument, need: Requirements, requirement: str) -> RequirementVerdict:
    verdicts = told(Columns.build([document], world()[0]), need)[0]
    return next(verdict for verdict in verdicts if verdict.requirement == requirement)


def told_by_one(columns: Columns, need: Requirements) -> list[tuple[RequirementVerdict, ...]]:
    """The verdicts as an answer has them, each supplier's by one capability."""
    rows = np.arange(len(columns))
    texts = Texts(np.zeros(len(rows)), np.full(len(rows), np.nan), np.zeros(len(rows)))
    found = one_capability.of_rows(columns, need, rows)
    judged = None
    if found is not None:
        judged, states = found
        for name, judge_says in judges.of_parts(judged).items():
            assert states[name].tolist() == judge_says.tolist(), name
    evidence = Gatherer(columns, need, rows, TODAY, judged=judged).evidence(texts)
    return explain.verdicts(evidence, features.matrix(evidence), rows.tolist())


def has(capability: CapabilityFacts, verdict: RequirementVerdict) -> bool:
    """Whether a declared value is one of this capability."""
    declared, kind = verdict.declared, REQUIREMENT_KINDS[verdict.requirement]
    lathe = (capability.length_mm, capability.diameter_mm, None)
    if kind.name == "materials":
        return set(declared) <= set(capability.materials)
    if kind.name == "envelope":
        box = capability.envelope_mm
        return declared in (box and (*box[:2], box[2] or 0.0), lathe)
    if kind.name == "lot":
        return declared == (capability.lot_min, capability.lot_max)
    side = capability.envelope_mm[kind.side] if kind.side is not None and capability.envelope_mm else None
    own = getattr(capability, kind.facts)
    return declared == pytest.approx(side if own is None else own)


@given(need=needs())
@settings(max_examples=60, deadline=None)
def test_the_values_of_a_row_come_from_one_capability(need: Requirements) -> None:
    _, documents, columns = world()
    for document, verdicts in zip(documents, told_by_one(columns, need), strict=True):
        of_part = [
            verdict
            for verdict in verdicts
            if REQUIREMENT_KINDS[verdict.requirement].subject is RequirementSubject.PART
            and verdict.declared not in (None, ())
            and verdict.evidence != "text"
        ]
        assert not of_part or any(
            all(has(capability, verdict) for verdict in of_part) for capability in document.capabilities
        ), of_part


def test_the_accuracy_of_one_machine_does_not_stand_beside_the_steel_of_another() -> None:
    fine = CapabilityFacts(("turning",), materials=("brass",), tolerance_it=6)
    coarse = CapabilityFacts(("turning",), materials=("steel-40kh",), tolerance_it=11)
    document = SearchDocument(
        "s",
        1,
        ("s",),
        "",
        capabilities=(fine, coarse),
        processes=("turning",),
        materials=("brass", "steel-40kh"),
    )
    need = Requirements(processes=("turning",), materials=("steel-40kh",), tolerance_it=6, on=TODAY)
    (verdicts,) = told_by_one(Columns.build([document], world()[0]), need)
    found = {verdict.requirement: (verdict.outcome, verdict.declared) for verdict in verdicts}
    accurate, right = found["tolerance"], found["materials"]
    assert (accurate[1], right[1]) in {(6, ("brass",)), (6, ()), (6, None), (11, ("steel-40kh",))}
    assert RequirementOutcome.MET in {accurate[0], right[0]} != {RequirementOutcome.MET}


def test_work_that_only_a_machine_or_a_product_implies_is_guessed() -> None:
    said, implied = "turning", "milling"
    document = SearchDocument(
        "s",
        1,
        ("s",),
        "",
        processes=(said, implied),
        said_processes=(said, implied),
        guessed_processes=(implied,),
    )
    verdicts = told(Columns.build([document], world()[0]), Requirements(processes=(said, implied), on=TODAY))[
        0
    ]
    assert [verdict.outcome for verdict in verdicts] == [
        RequirementOutcome.MENTIONED,
        RequirementOutcome.GUESSED,
    ]


MARGINS = [
    ("length", 400.0, 500.0, "100 mm to spare"),
    ("diameter", 300.0, 250.0, "50 mm short"),
    ("tolerance", 7, 6, "1 grade(s) to spare"),
    ("roughness", 0.8, 3.2, "2.4 µm over"),
    ("distance", 300.0, 120.0, "180 km to spare"),
    ("capacity", 100.0, 100.0, "exactly that"),
    ("materials", ("steel-40kh",), ("steel-45",), ""),
    ("envelope", (900.0, 400.0, 50.0), (1000.0, 800.0, 550.0), "100 mm to spare"),
    ("envelope", (1800.0, 900.0, 6.0), (800.0, 800.0, 550.0), "1\u00a0000 mm short"),
    ("envelope", (420.0, 45.0, 45.0), (500.0, 45.0, None), "exactly that"),
    ("envelope", (420.0, 40.0, 30.0), (500.0, 45.0, None), "5 mm short"),
    ("envelope", (420.0, 40.0, 30.0), (None, 60.0, None), "10 mm to spare"),
    ("lot", 20, (50.0, 5000.0), "30 pcs short"),
    ("lot", 500, (None, 200.0), "300 pcs over"),
    ("lot", 100, (50.0, 200.0), ""),
    ("length", 400.0, None, ""),
]


@pytest.mark.parametrize(("requirement", "needed", "declared", "margin"), MARGINS)
def test_the_margin_is_told(requirement: str, needed: object, declared: object, margin: str) -> None:
    wording = Wording(world()[0], "en", lambda message: message)
    verdict = RequirementVerdict(requirement, RequirementOutcome.NEAR, needed, declared)  # type: ignore[arg-type]
    assert wording.reason(verdict).margin == margin


Words = Callable[[RequirementVerdict], str]


@pytest.fixture
def words() -> Words:
    wording = Wording(world()[0], "en", lambda message: message)
    return lambda verdict: wording.reason(verdict).declared


def test_a_lathe_is_told_as_one_and_not_as_a_box_that_the_part_would_fit(words: Words) -> None:
    lathe = CapabilityFacts(("turning",), diameter_mm=70.0, length_mm=300.0)
    document = SearchDocument("s", 1, ("s",), "", capabilities=(lathe,), processes=("turning",))
    need = Requirements(processes=("turning",), envelope_mm=(300.0, 60.0, 50.0), on=TODAY)
    verdict = one(document, need, "envelope")
    assert (verdict.outcome, words(verdict)) == (RequirementOutcome.UNMET, "ø70×300 mm")


def test_a_material_of_the_description_alone_is_mentioned_and_not_declared(words: Words) -> None:
    document = SearchDocument("s", 1, ("s",), "", processes=("turning",), materials=("steel-40kh",))
    verdict = one(
        document, Requirements(processes=("turning",), materials=("steel-40kh",), on=TODAY), "materials"
    )
    assert verdict.outcome is RequirementOutcome.MENTIONED
    assert words(verdict).endswith("(from the description)")


def test_hours_of_one_month_answer_nothing_where_another_is_not_known() -> None:
    month = TODAY.year * 12 + TODAY.month
    document = SearchDocument("s", 1, ("s",), "", processes=("turning",), planned=((month, 500.0),))
    need = Requirements(processes=("turning",), spare_hours=400.0, months=(month, month + 1), on=TODAY)
    verdict = one(document, need, "capacity")
    assert (verdict.outcome, verdict.declared) == (RequirementOutcome.UNKNOWN, None)
