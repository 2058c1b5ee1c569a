"""Many needs at once judge as each need alone does, whatever they ask for and however strictly."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.filters.need_set import NeedSet
from search.ranking.feature_inputs import Gatherer, work_fits
from tests.benchmark.generate import TODAY, Generator


@lru_cache(maxsize=1)
def generator():
    return Generator(load_taxonomy(), seed=23)


@lru_cache(maxsize=1)
def columns():
    return Columns.build(generator().documents(60), generator().taxonomy)


@lru_cache(maxsize=1)
def needs():
    return list(generator().needs(80))


MORE = {
    "diameter_mm": st.sampled_from((20.0, 200.0, 900.0)),
    "length_mm": st.sampled_from((100.0, 2000.0)),
    "height_mm": st.sampled_from((80.0, 700.0)),
    "thickness_mm": st.sampled_from((3.0, 20.0)),
    "mass_kg": st.sampled_from((4.0, 600.0)),
    "envelope_mm": st.sampled_from(((420.0, 45.0, 45.0), (900.0, 300.0, 200.0))),
    "quantity": st.sampled_from((1, 60, 20_000)),
    "lead_time_days": st.sampled_from((5, 30)),
    "spare_hours": st.sampled_from((10.0, 400.0)),
    "months": st.sampled_from(((), (24323, 24324))),
    "languages": st.just(("en",)),
    "sectors": st.just(("automotive",)),
    "regions": st.just(("RU-SVE",)),
    "centres": st.just(("centre-1", "centre-2")),
    "customer_material": st.just(True),
    "any_process": st.booleans(),
    "processes": st.just(()),
    "on": st.just(None),
}
CHANGED = st.fixed_dictionaries({}, optional=MORE)
STRICT = st.dictionaries(st.sampled_from(sorted(REQUIREMENT_KINDS)), st.sampled_from(list(Strictness)))


@settings(max_examples=60, deadline=None)
@given(
    asked=st.lists(st.tuples(st.integers(0, 79), CHANGED, STRICT), max_size=12),
    rows=st.sampled_from((range(60), range(1), range(7, 9), range(0))),
)
def test_needs_together_remove_whom_each_removes_alone(asked, rows):
    wanted = [
        replace(needs()[number], **changed, strictness=strictness) for number, changed, strictness in asked
    ]
    some = Columns.build([generator().document(number) for number in rows], generator().taxonomy)
    together = NeedSet(wanted)
    removed, passed, fits = together.removed(some), together.passed(some), work_fits(some, together)
    for number, need in enumerate(wanted):
        alone = Gatherer(some, need, np.arange(len(some)), TODAY)
        assert np.array_equal(passed[number], alone.passed())
        assert np.array_equal(fits[number], alone.process_fits().max(axis=1, initial=0.0))
        for name in REQUIREMENT_KINDS:
            gone = removed[name][number] if name in removed else np.zeros(len(some), dtype=bool)
            assert np.array_equal(gone, alone.removing(name) if name in alone.states else gone & False)


@settings(max_examples=40, deadline=None)
@given(
    sets=st.lists(st.lists(st.integers(0, 79), max_size=60, unique=True), min_size=2, max_size=4),
    start=st.integers(0, 50),
)
def test_a_set_that_follows_others_judges_as_one_that_is_made_anew(sets, start):
    """Needs come and go, few at a time and many, and keep no order."""
    some = Columns.build([generator().document(number) for number in range(9)], generator().taxonomy)
    following = None
    for numbers in ([*range(start, 80)], *([*range(start, 80), *one] for one in sets), *sets):
        wanted = [needs()[number] for number in dict.fromkeys(numbers)]
        following, anew = NeedSet(wanted, following), NeedSet(wanted)
        assert np.array_equal(following.passed(some), anew.passed(some))
        assert np.array_equal(work_fits(some, following), work_fits(some, anew))
        removed, expected = following.removed(some), anew.removed(some)
        assert removed.keys() == expected.keys()
        assert all(np.array_equal(removed[name], expected[name]) for name in expected)


@settings(max_examples=30, deadline=None)
@given(row=st.integers(0, 59), number=st.integers(0, 79))
def test_a_supplier_alone_is_judged_as_among_all(row, number):
    alone, need = columns().only(row), needs()[number]
    assert alone.keys == (columns().keys[row],)
    assert alone.loaded.tolist() == [columns().loaded[row]]
    here = Gatherer(alone, need, np.zeros(1, dtype=np.int64), TODAY)
    among = Gatherer(columns(), need, np.array([row]), TODAY)
    assert {name: state.tolist() for name, state in here.states.items()} == {
        name: state.tolist() for name, state in among.states.items()
    }


def test_a_row_keeps_its_number_until_its_document_is_read_again():
    first = columns()
    later = first.updated([generator().document(3, revision=2)], ["s0000005"])
    for key in first.keys:
        row, now = first.row(key), later.row(key)
        if now is not None:
            assert (later.loaded[now] == first.loaded[row]) == (key != "s0000003")
    assert len(set(later.loaded.tolist())) == len(later)
