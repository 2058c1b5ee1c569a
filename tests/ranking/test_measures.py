"""The measures against values worked out by hand."""

from math import log2

import pytest

from tests.ranking.metrics import ndcg, quality, recall, reciprocal_rank, reliability, success

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


def test_scores_are_held_against_the_share_of_good_answers():
    told = reliability({"n": {"a": 0.9, "x": 0.92}, "m": {"y": 0.25}}, {"n": GRADES})
    assert told.tenths == ((1, 0.25, 0.0), (2, pytest.approx(0.91), 0.5))
    assert told.error == pytest.approx((0.25 + 2 * 0.41) / 3)
    assert told.brier == pytest.approx((0.1**2 + 0.92**2 + 0.25**2) / 3)
    assert told.brier_of_mean == pytest.approx(1 / 3 * 2 / 3)
