"""Choosing whom to rank in a large collection: all that do the work and pass, the most promising first."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.columns.words import BaseForms, ProfileWords
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.filters import filter_outcomes
from search.filters.evaluator import RELEVANT_FIT
from search.matching.matcher import Matcher
from search.matching.preselection import shortlist
from search.ranking.prior import prior
from tests.benchmark.generate import TODAY, Generator

COUNT = 400


@lru_cache(maxsize=1)
def generator():
    return Generator(load_taxonomy(), seed=11)


@lru_cache(maxsize=1)
def columns():
    return Columns.build(generator().documents(COUNT), generator().taxonomy)


def need(number):
    return list(generator().needs(number + 1))[-1]


@settings(max_examples=40, deadline=None)
@given(number=st.integers(0, 60), strictness=st.sampled_from(list(Strictness)), some=st.booleans())
def test_a_shortlist_is_who_does_the_work_and_passes_every_filter(number, strictness, some):
    wanted = replace(
        need(number),
        strictness={} if some else dict.fromkeys(REQUIREMENT_KINDS, strictness),
        languages=("ru",),
        centres=("centre-1", "centre-2", "centre-3"),
    )
    doing = columns().doing(wanted.processes, RELEVANT_FIT)
    outcome = filter_outcomes.evaluate(columns(), wanted, doing)
    listed = shortlist(columns(), wanted, RELEVANT_FIT)
    assert listed.rows.tolist() == doing[outcome.passed].tolist()
    assert listed.passed == len(listed.rows)
    for name, states in listed.states.items():
        assert np.array_equal(states, outcome.states[name][outcome.passed])


def test_the_most_promising_stay_where_more_pass_than_are_ranked():
    tree = generator().taxonomy.processes
    wanted = replace(need(0), processes=tree.children("machining")[:2], certification=(), location=None)
    whole, few = (shortlist(columns(), wanted, RELEVANT_FIT, most) for most in (COUNT, 5))
    assert whole.passed == few.passed > len(few.rows) == 5
    assert set(few.rows.tolist()) < set(whole.rows.tolist())
    both = (whole.states["processes"] == 1).sum()
    assert (few.states["processes"] == 1).sum() == min(both, 5)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    opened = EmbeddedEngine(tmp_path_factory.mktemp("large") / "index", generator().taxonomy)
    opened.rebuild(generator().documents(COUNT))
    yield opened
    opened.close()


def test_a_large_collection_breaks_no_filter_and_keeps_the_best(engine, monkeypatch):
    matcher = Matcher(engine, columns(), prior())
    wanted = [need(number) for number in range(25)]
    best = [matcher.match(one, top=20, today=TODAY).matches for one in wanted]
    monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 0)
    shared = asked = 0
    for one, whole in zip(wanted, best, strict=True):
        found = {match.key for match in matcher.match(one, top=20, today=TODAY).matches}
        assert filter_outcomes.evaluate(columns(), one, columns().rows(found)).passed.all()
        doing = columns().doing(one.processes, RELEVANT_FIT)
        able = {match.key for match in whole} & {columns().keys[row] for row in doing}
        shared, asked = shared + len(found & able), asked + len(able)
    assert shared >= 0.95 * asked


@pytest.mark.parametrize(("everybody", "clarity", "asked"), [(0, 1.0, 0), (0, 0.3, 10), (COUNT, 0.3, 0)])
def test_the_engine_is_asked_once_where_words_must_find_suppliers(
    engine, monkeypatch, everybody, clarity, asked
):
    monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", everybody)
    questions = []
    search = engine.search
    monkeypatch.setattr(engine, "search", lambda query: questions.append(query) or search(query))
    done = [number for number in range(30) if len(columns().doing(need(number).processes, RELEVANT_FIT))]
    for number in done[:10]:
        lenient = dict.fromkeys(REQUIREMENT_KINDS, Strictness.WISH)
        wanted = replace(need(number), clarity=clarity, strictness=lenient)
        Matcher(engine, columns(), prior()).match(wanted, top=1, today=TODAY)
    assert len(questions) == asked


def test_words_that_everybody_uses_are_left_out_in_every_inflection():
    texts = [f"Изготовим детали, shafts № {number}" for number in range(20)]
    words = ProfileWords.of([*texts, "Шестерни"], BaseForms())
    rare = "шестерня муфта кран люк рым скоба"
    assert words.telling(f"деталь {rare}, детали shaft") == rare
    assert words.telling("деталей") == "деталей"
