"""Columns brought up to date equal columns built anew."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from weakref import ref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.domain.requirements import Requirements
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.filters import filter_outcomes
from search.matching.population import Population
from search.ranking import feature_inputs
from tests.benchmark.generate import Generator

TAXONOMY = load_taxonomy()
GENERATOR = Generator(TAXONOMY)
NEEDS = tuple(GENERATOR.needs(12))
numbers = st.lists(st.integers(0, 60), unique=True, max_size=25)


def passing(columns: Columns, need: Requirements) -> dict[str, tuple[int, ...]]:
    """Each supplier's states by its key."""
    outcome = filter_outcomes.evaluate(columns, need)
    states = list(zip(*(outcome.states[name].tolist() for name in sorted(outcome.states)), strict=True))
    return dict(zip(columns.keys, states, strict=True))


def known(columns: Columns) -> dict[str, tuple[object, ...]]:
    """What is known of each supplier by its row alone, by its key."""
    day, december = date(2026, 11, 23), 2026 * 12 + 11
    demands = [CertificationDemand(("iso-9001",)), *(one for need in NEEDS for one in need.certification)]
    found = [columns.certification(one, day) for one in demands]
    found += [columns.undated(one, day) for one in demands]
    found += [np.nan_to_num(one, nan=-1.0) for one in columns.free_hours((december, december + 1))]
    found.append(columns.by_row(("completeness",), feature_inputs._completeness))
    return {key: tuple(one[row].item() for one in found) for row, key in enumerate(columns.keys)}


def numbers_of(columns: Columns) -> list[tuple[object, ...]]:
    """What needs count."""
    counted = [Population(columns, need) for need in NEEDS if need.processes]
    return [(one.counts, one.effects, one.relaxations) for one in counted]


@pytest.fixture
def _without_collector() -> Iterator[None]:
    """What is let go here goes at once, or stays."""
    was = gc.isenabled()
    gc.disable()
    yield
    if was:
        gc.enable()


@pytest.mark.usefixtures("_without_collector")
def test_columns_that_have_answered_wait_for_no_collector() -> None:
    columns = Columns.build([GENERATOR.document(number) for number in range(20)], TAXONOMY)
    for need in NEEDS:
        filter_outcomes.evaluate(columns, need)
        filter_outcomes.evaluate(columns.only(3), need)
    held = ref(columns)
    del columns
    assert held() is None


@settings(max_examples=40, deadline=None)
@given(before=numbers, changed=numbers, removed=numbers)
def test_updated_columns_answer_as_new_ones(before, changed, removed):
    documents = {number: GENERATOR.document(number) for number in before}
    old = Columns.build(documents.values(), TAXONOMY)
    known(old), numbers_of(old)  # what they know goes over to the next
    newer = [
        replace(GENERATOR.document(number + 1000), key=GENERATOR.document(number).key, revision=2)
        for number in changed
    ]
    gone = [GENERATOR.document(number).key for number in removed if number not in changed]
    updated = old.updated(newer, gone)
    wanted = {document.key: document for document in documents.values() if document.key not in gone}
    wanted |= {document.key: document for document in newer}
    built = Columns.build(wanted.values(), TAXONOMY)
    assert sorted(updated.keys) == sorted(built.keys)
    assert known(updated) == known(built)
    assert numbers_of(updated) == numbers_of(built)
    for need in NEEDS:
        assert passing(updated, need) == passing(built, need)
    for key in updated.keys:
        row, other = updated.row(key), built.row(key)
        assert updated.text(row) == built.text(other) == wanted[key].text
        assert updated.codes("languages", row) == wanted[key].languages
        assert updated.codes("materials", row) == wanted[key].materials
        assert updated.codes("regions", row)[:1] == ((wanted[key].region,) if wanted[key].region else ())
        place = wanted[key].location
        assert (updated.place(row) is None) if place is None else np.allclose(updated.place(row), place)


def test_old_columns_stay_as_they_were():
    document = GENERATOR.document(1)
    old = Columns.build([document], TAXONOMY)
    old.updated([], [document.key])
    assert len(old) == 1
    assert len(old.certification(CertificationDemand(("iso-9001",)), date(2026, 11, 23))) == 1
    assert old.text(0) == document.text


def test_the_last_of_several_documents_with_a_key_counts():
    first, second = GENERATOR.document(1), GENERATOR.document(2)
    again = replace(second, key=first.key)
    columns = Columns.build([first], TAXONOMY).updated([first, again], [])
    assert columns.keys == (first.key,)
    assert columns.text(0) == second.text


@settings(max_examples=30, deadline=None)
@given(wanted=st.lists(st.integers(0, 40), max_size=40))
def test_columns_read_in_small_parts_answer_as_those_read_at_once(wanted):
    documents = [replace(GENERATOR.document(number), revision=place) for place, number in enumerate(wanted)]
    whole = Columns.build(documents, TAXONOMY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search.columns.store.READ_AT_ONCE", 3)
        parts = Columns.build(documents, TAXONOMY)
    assert sorted(parts.keys) == sorted(whole.keys)
    for need in NEEDS:
        assert passing(parts, need) == passing(whole, need)


def test_what_is_known_of_a_row_is_found_once() -> None:
    columns, read = Columns.build([GENERATOR.document(number) for number in range(30)], TAXONOMY), list[int]()

    def number_of_rows(some: Columns) -> np.ndarray:
        read.append(len(some))
        return some.spare_hours

    assert len(columns.by_row(("asked",), number_of_rows)) == 30
    later = columns.updated([GENERATOR.document(40), GENERATOR.document(41)], [columns.keys[3]])
    np.testing.assert_array_equal(later.by_row(("asked",), number_of_rows), later.spare_hours)
    assert read == [30, 2]
