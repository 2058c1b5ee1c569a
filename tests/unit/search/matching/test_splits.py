"""Splits of a volume are compared with every possible set of suppliers."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from search.matching.splits import Split, SplitCandidate, splits


def able(key, most, score=0.5, least=1):
    return SplitCandidate(key, score, least, most)


def amounts(split: Split):
    return {share.key: share.amount for share in split.shares}


def test_the_fewest_suppliers_take_the_volume_and_the_better_ones_take_more():
    found = splits([able("a", 600, 0.9), able("b", 500), able("c", 200, 0.99)], 1000)
    assert [amounts(split) for split in found] == [{"a": 600, "b": 400}]
    assert [share.most for share in found[0].shares] == [600, 500]


def test_nothing_is_proposed_where_all_together_do_not_take_it():
    assert splits([able("a", 400), able("b", 500)], 1000) == ()
    assert splits([], 10) == ()


def test_nobody_gets_fewer_than_it_takes():
    found = splits([able("a", 700, 0.9), able("b", 700, 0.2, least=500)], 1000)
    assert [amounts(split) for split in found] == [{"a": 500, "b": 500}]


FIRMS = st.lists(
    st.tuples(st.integers(1, 40), st.integers(1, 40), st.floats(0.1, 1.0)), min_size=1, max_size=6
)


@settings(max_examples=80, deadline=None)
@given(FIRMS, st.integers(1, 100))
def test_every_split_adds_up_within_what_is_declared_and_has_the_fewest_suppliers(numbers, volume):
    firms = [able(f"s{i}", max(a, b), score, min(a, b)) for i, (a, b, score) in enumerate(numbers)]
    found = splits(firms, volume)
    possible = [
        len(some)
        for size in range(1, len(firms) + 1)
        for some in combinations(firms, size)
        if sum(one.least for one in some) <= volume <= sum(min(one.most, volume) for one in some)
    ]
    assert bool(found) == bool(possible)
    by_key = {one.key: one for one in firms}
    for split in found:
        assert sum(amounts(split).values()) == volume
        assert all(by_key[key].least <= amount <= by_key[key].most for key, amount in amounts(split).items())
    if found:
        assert len(found[0].shares) == min(possible)
    sets = [set(amounts(split)) for split in found]
    assert not any(early <= late for i, early in enumerate(sets) for late in sets[i + 1 :])
