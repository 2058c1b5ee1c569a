"""The measures against values worked out by hand."""

from math import log2

import pytest

from tests.ranking.metrics import ndcg, quality, recall, reciprocal_rank, success

GRADES = {"a": 3, "b": 2, "c": 1, "d": 0}


def test_the_ideal_order_is_worth_one():
    assert ndcg(["a", "b", "c", "d"], GRADES) == pytest.approx(1.0)


def test_gain_grows_with_two_to_the_grade_and_falls_with_rank():
    ideal = 7 + 3 / log2(3) + 1 / log2(4)
    assert ndcg(["x", "a"], GRADES) == pytest.approx(7 / log2(3) / ideal)


def test_good_answers_are_counted_from_grade_two():
    assert recall(["c", "b"], GRADES) == 0.5
    assert reciprocal_rank(["c", "b"], GRADES) == 0.5
    assert success(["c", "b"], GRADES) == 0.0
    assert success(["b"], GRADES) == 1.0


def test_violations_are_counted_over_all_needs():
    measured = quality(
        {"n": ["a", "d"], "m": ["d"]}, {"n": GRADES}, {"n": frozenset("d"), "m": frozenset("d")}
    )
    assert measured.violations == 2
    assert measured.success1 == 1.0
