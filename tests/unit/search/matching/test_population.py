"""The numbers of a need, beside those of every supplier judged by itself; they are held until a supplier changes."""

from collections import Counter
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.filters import filter_outcomes
from search.matching import population
from search.matching.population import FitCounts, Population
from search.ranking import work_shares
from search.ranking.char_ngrams import CharNgrams
from search.ranking.feature_inputs import Gatherer, Texts
from search.ranking.work_shares import WorkShare
from tests.benchmark.generate import TODAY, Generator

COUNT = 400


@lru_cache(maxsize=1)
def generator():
    return Generator(load_taxonomy(), seed=7)


@lru_cache(maxsize=1)
def columns():
    return Columns.build(generator().documents(COUNT), generator().taxonomy)


@lru_cache(maxsize=1)
def wanted():
    return tuple(replace(one, on=TODAY) for one in generator().needs(40))


def of_everybody(asked):
    """The shares of all suppliers that pass, each with all its evidence, as an answer explains it."""
    rows = np.arange(len(columns()))
    gathered = Gatherer(columns(), asked, rows, TODAY)
    words = columns().words.agreement(work_shares.compared_words(asked), rows)
    letters = CharNgrams.of(columns())
    nothing = np.zeros(len(rows))
    likeness = letters.likeness(asked.text, rows) if letters and asked.text else nothing
    evidence = gathered.evidence(Texts(words, nothing, likeness))
    shares = work_shares.shares(evidence, work_shares.like_material(columns(), asked, rows))
    return Counter(
        share for share, passed in zip(shares, gathered.passed().tolist(), strict=True) if passed and share
    )


@settings(max_examples=60, deadline=None)
@given(
    number=st.integers(0, 39),
    processes=st.integers(0, 3),
    any_process=st.booleans(),
    strictness=st.sampled_from([None, *Strictness]),
    clarity=st.sampled_from([0.5, 1.0]),
)
def test_the_counts_are_those_of_every_supplier_judged_by_itself(
    number, processes, any_process, strictness, clarity
):
    need = wanted()[number]
    among = (*need.processes, *wanted()[(number + 1) % 40].processes)
    asked = replace(
        need,
        processes=tuple(dict.fromkeys(among))[:processes],
        any_process=any_process,
        clarity=clarity,
        strictness={} if strictness is None else dict.fromkeys(REQUIREMENT_KINDS, strictness),
    )
    told = of_everybody(asked)
    counted = Population(columns(), asked).counts
    assert counted == FitCounts(*(told[share] for share in WorkShare))


@pytest.fixture
def judged(monkeypatch):
    """The judgements that are made, by the number of rows."""
    made = []
    evaluate = filter_outcomes.evaluate

    def counted(columns, requirements, rows=None):
        made.append(len(columns) if rows is None else len(rows))
        return evaluate(columns, requirements, rows)

    monkeypatch.setattr(population.filter_outcomes, "evaluate", counted)
    return made


def numbers(columns, asked):
    made = Population(columns, asked)
    return made.counts, made.effects, made.relaxations


def test_the_numbers_of_a_need_are_counted_once_until_a_supplier_changes(judged):
    asked = wanted()[0]
    fresh = Columns.build(generator().documents(COUNT), generator().taxonomy)
    first = numbers(fresh, asked)
    counted = len(judged)
    assert counted
    assert numbers(fresh, replace(asked)) == first
    assert len(judged) == counted
    numbers(fresh, replace(asked, strictness={"certification": Strictness.WISH}))
    assert len(judged) > counted
    counted = len(judged)
    numbers(fresh.updated([generator().document(0, revision=2)], ()), asked)
    assert len(judged) > counted
