"""The score: monotone where common sense demands it, additive, and explained by what was scored."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.certificate import Certificate, CertificationDemand, DemandStrength
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.domain.requirements import Requirements
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from search.filters.evaluator import PASS
from search.filters.filter_outcomes import evaluate
from search.ranking import explain
from search.ranking.feature_inputs import Gatherer, Texts
from search.ranking.features import FEATURES
from search.ranking.prior import WEIGHTS, prior

TODAY = date(2026, 11, 23)
TAXONOMY = load_taxonomy()
BUYER = (56.84, 60.61)

NEED = Requirements(
    text="shafts",
    processes=("turning", "heat-treatment"),
    materials=("steel-40kh",),
    envelope_mm=(420.0, 60.0, 60.0),
    diameter_mm=60.0,
    length_mm=420.0,
    mass_kg=8.0,
    tolerance_it=7,
    roughness_ra_um=1.6,
    quantity=500,
    spare_hours=100.0,
    certification=(
        CertificationDemand(("iso-9001",)),
        CertificationDemand(("iatf-16949",), strength=DemandStrength.WISH),
    ),
    location=BUYER,
    max_distance_km=800.0,
    languages=("ru",),
    sectors=("automotive",),
    on=TODAY,
)


def evidence_of(documents, need=NEED):
    numbered = [replace(document, key=f"s{row}") for row, document in enumerate(documents)]
    columns = Columns.build(numbered, TAXONOMY)
    rows = np.arange(len(documents))
    texts = Texts(np.zeros(len(rows)), np.full(len(rows), np.nan), np.zeros(len(rows)))
    return Gatherer(columns, need, rows, TODAY).evidence(texts)


def scored(*documents, need=NEED):
    return prior().score(evidence_of(documents, need))


CODES = sorted(TAXONOMY.processes.by_code)
MATERIALS = sorted(TAXONOMY.materials.by_code)
maybe = lambda strategy: st.one_of(st.none(), strategy)  # noqa: E731
millimetres = st.floats(1, 3000)
capabilities = st.builds(
    CapabilityFacts,
    processes=st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True).map(tuple),
    materials=st.lists(st.sampled_from(MATERIALS), max_size=2, unique=True).map(tuple),
    envelope_mm=maybe(st.tuples(millimetres, millimetres, millimetres).map(lambda b: tuple(sorted(b)[::-1]))),
    diameter_mm=maybe(millimetres),
    length_mm=maybe(millimetres),
    mass_kg=maybe(st.floats(0.1, 500)),
    tolerance_it=maybe(st.integers(4, 14)),
    roughness_ra_um=maybe(st.sampled_from((0.2, 0.8, 1.6, 3.2, 12.5))),
    lot_min=maybe(st.integers(1, 400)),
    lot_max=maybe(st.integers(401, 9000)),
)
certificates = st.builds(
    Certificate,
    st.sampled_from(("iso-9001", "iatf-16949", None)),
    st.sampled_from(("certified", "implementing", "suspended")),
    maybe(st.just(date(2024, 1, 1))),
    maybe(st.sampled_from((date(2026, 1, 1), date(2028, 1, 1)))),
    st.booleans(),
)


@st.composite
def suppliers(draw, key="s"):
    held = draw(st.lists(capabilities, min_size=1, max_size=3))
    said = tuple(draw(st.lists(st.sampled_from(CODES), max_size=2, unique=True)))
    stated = tuple(dict.fromkeys(code for item in held for code in item.processes))
    return SearchDocument(
        key=key,
        revision=1,
        names=("x",),
        text="x",
        capabilities=tuple(held),
        processes=tuple(dict.fromkeys((*stated, *said))),
        said_processes=tuple(code for code in said if code not in stated),
        materials=tuple(dict.fromkeys(code for item in held for code in item.materials)),
        certificates=tuple(draw(st.lists(certificates, max_size=2))),
        location=draw(maybe(st.tuples(st.floats(50, 62), st.floats(35, 90)))),
        languages=draw(st.sampled_from(((), ("ru",), ("en",)))),
        sectors=draw(st.sampled_from(((), ("automotive",), ("energy",)))),
        spare_hours=draw(maybe(st.floats(0, 400))),
        employees=draw(maybe(st.integers(1, 5000))),
        references=draw(st.integers(0, 8)),
        updated=draw(maybe(st.just(date(2026, 3, 1)))),
    )


def each_capability(document, change):
    return replace(document, capabilities=tuple(change(item) for item in document.capabilities))


def halfway(document):
    here = document.location or BUYER
    return replace(document, location=tuple((a + b) / 2 for a, b in zip(here, BUYER, strict=True)))


BETTER = {
    "closer": halfway,
    "certified and verified": lambda d: replace(
        d, certificates=(*d.certificates, Certificate("iso-9001", "certified", None, date(2029, 1, 1), True))
    ),
    "certificate wished for": lambda d: replace(
        d, certificates=(*d.certificates, Certificate("iatf-16949", "certified", None, date(2029, 1, 1)))
    ),
    "larger machines": lambda d: each_capability(
        d,
        lambda c: replace(
            c,
            envelope_mm=c.envelope_mm and tuple(2 * side for side in c.envelope_mm),
            diameter_mm=c.diameter_mm and 2 * c.diameter_mm,
            length_mm=c.length_mm and 2 * c.length_mm,
            mass_kg=c.mass_kg and 2 * c.mass_kg,
        ),
    ),
    "finer": lambda d: each_capability(
        d,
        lambda c: replace(
            c,
            tolerance_it=c.tolerance_it and c.tolerance_it - 1,
            roughness_ra_um=c.roughness_ra_um and c.roughness_ra_um / 2,
        ),
    ),
    "wider lots": lambda d: each_capability(
        d, lambda c: replace(c, lot_min=c.lot_min and 1, lot_max=c.lot_max and 2 * c.lot_max)
    ),
    "more free hours": lambda d: replace(d, spare_hours=d.spare_hours and 2 * d.spare_hours),
    "more references": lambda d: replace(d, references=d.references + 1),
    "fresher": lambda d: replace(d, updated=d.updated and TODAY),
}


@pytest.mark.parametrize("name", BETTER)
@settings(max_examples=40, deadline=None)
@given(document=suppliers())
def test_a_better_supplier_never_scores_lower(name, document):
    plain, better = scored(document, BETTER[name](document)).scores
    assert better >= plain - 1e-12


@settings(max_examples=30, deadline=None)
@given(st.lists(suppliers(), min_size=1, max_size=5))
def test_contributions_add_up_to_the_logit(documents):
    result = scored(*documents)
    logit = np.log(result.scores / (1 - result.scores))
    assert np.allclose(result.intercept + result.contributions.sum(axis=1), logit)
    for row in range(len(documents)):
        told = explain.contributions(result, [row])[0]
        assert np.isclose(result.intercept + sum(one.amount for one in told), logit[row])
        assert np.isclose(sum(abs(one.share) for one in told), 1.0) or not told


@settings(max_examples=30, deadline=None)
@given(st.lists(suppliers(), min_size=1, max_size=5))
def test_features_stay_between_nothing_and_one(documents):
    values = scored(*documents).values
    assert values.shape == (len(documents), len(FEATURES))
    assert ((values >= 0) & (values <= 1) | np.isnan(values)).all()


NUMBERS = ("envelope", "diameter", "length", "mass", "tolerance", "roughness", "lot", "capacity", "distance")


@settings(max_examples=40, deadline=None)
@given(suppliers())
def test_verdicts_agree_with_the_filters(document):
    evidence = evidence_of((document,))
    told = explain.verdicts(evidence, prior().score(evidence).values, [0])[0]
    states = evaluate(Columns.build((document,), TAXONOMY), NEED).states
    assert [v.requirement for v in told] == sorted(
        (v.requirement for v in told), key=list(REQUIREMENT_KINDS).index
    )
    for verdict in told:
        if verdict.requirement in NUMBERS:
            met = verdict.outcome is explain.RequirementOutcome.MET
            assert met == (states[verdict.requirement][0] == PASS), verdict
            assert (verdict.declared is None) == (verdict.outcome is explain.RequirementOutcome.UNKNOWN), (
                verdict
            )


def test_a_number_declared_is_told_as_declared():
    document = SearchDocument(
        "s",
        1,
        ("x",),
        "x",
        capabilities=(
            CapabilityFacts(("turning",), tolerance_it=8, diameter_mm=300.0, lot_min=50, lot_max=300),
        ),
        processes=("turning",),
    )
    evidence = evidence_of((document,))
    told = {v.requirement: v for v in explain.verdicts(evidence, prior().score(evidence).values, [0])[0]}
    near = explain.RequirementOutcome.NEAR
    assert (told["tolerance"].outcome, told["tolerance"].needed, told["tolerance"].declared) == (near, 7, 8.0)
    assert (told["diameter"].outcome, told["diameter"].declared) == (explain.RequirementOutcome.MET, 300.0)
    assert (told["lot"].outcome, told["lot"].declared) == (near, (50.0, 300.0))
    assert told["mass"].outcome is explain.RequirementOutcome.UNKNOWN


def test_every_feature_has_a_sentence_and_a_weight():
    for name, feature in FEATURES.items():
        assert feature.compute.__doc__ == feature.text
        assert feature.text.endswith(".")
        assert name in WEIGHTS
    assert set(WEIGHTS) == set(FEATURES)
    assert min(WEIGHTS.values()) >= 0


def test_what_is_unknown_lies_between_nearly_and_met():
    base = SearchDocument("s", 1, ("x",), "x", processes=("turning",))

    def holding(grade):
        return replace(base, capabilities=(CapabilityFacts(("turning",), tolerance_it=grade),))

    met, unknown, near, unmet = scored(*(holding(grade) for grade in (7, None, 8, 10))).scores
    assert met > unknown > near > unmet
