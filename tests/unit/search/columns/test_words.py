"""What the words of a need say for suppliers, against a plain reckoning of the same."""

from collections import Counter
from itertools import pairwise
from math import log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.columns.words import LEAD, LEAD_WORTH, LENGTH, REPETITION, BaseForms, ProfileWords, base_of

SOME = st.lists(
    st.sampled_from(["bearing", "ball", "valve", "вал", "валы", "литьё", "3d", "of", "steel"]), max_size=60
)
TEXTS = st.lists(SOME.map(" ".join), min_size=1, max_size=6)


def bases(text):
    return [base_of(word) for word in text.replace("ё", "е").split() if len(word) > 2 or not word.isalpha()]


def plainly(texts, need):
    """The share of the need's words in each text, word by word."""
    held = [bases(text) for text in texts]
    mean = max(sum(map(len, held)) / len(held), 1)

    def rarity(users):
        return log1p((len(texts) - users + 0.5) / (users + 0.5))

    def worth(own, length, led):
        damping = REPETITION * (1 - LENGTH + LENGTH * length / mean)
        return ((1 + REPETITION) * own / (own + damping) + LEAD_WORTH * led) / (1 + LEAD_WORTH) if own else 0

    wanted = bases(need)
    whole = sum(rarity(sum(word in text for text in held)) for word in set(wanted))
    shares = []
    for text in held:
        found = 0.0
        for word in set(wanted):
            found += rarity(sum(word in one for one in held)) * worth(
                text.count(word), len(text), word in text[:LEAD]
            )
        neighbours = list(pairwise(text))
        for pair in set(pairwise(wanted)):
            users = sum(pair in set(pairwise(one)) for one in held)
            led = any(two == pair for two in neighbours[: LEAD - 1])
            found += rarity(users) * worth(Counter(neighbours)[pair], len(text), led)
        shares.append(found / whole if whole else 0.0)
    return shares


@given(TEXTS, SOME.map(" ".join))
def test_the_share_of_words_is_what_a_plain_reckoning_says(texts, need):
    words = ProfileWords.of(texts, BaseForms())
    assert words.agreement(need, np.arange(len(texts))) == pytest.approx(plainly(texts, need), abs=1e-6)


@given(TEXTS, TEXTS, st.data())
def test_words_brought_up_to_date_are_those_made_anew(texts, later, data):
    kept = [row for row in range(len(texts)) if data.draw(st.booleans())]
    numbers = BaseForms()
    old = ProfileWords.of(texts, numbers)
    joined = old.take(np.array(kept, dtype=np.int64)).appended(ProfileWords.of(later, numbers))
    anew = ProfileWords.of([*(texts[row] for row in kept), *later], BaseForms())
    for need in (*texts, *later):
        rows = np.arange(anew.suppliers)
        assert joined.agreement(need, rows).tolist() == pytest.approx(anew.agreement(need, rows).tolist())
        assert joined.telling(need) == anew.telling(need)


def test_one_supplier_alone_has_the_share_that_it_has_among_all():
    texts = ["ball valves of steel", "gate valves", "валы из стали", ""]
    words = ProfileWords.of(texts, BaseForms())
    among = words.agreement("steel ball valves, валы", np.arange(4))
    alone = [float(words.agreement("steel ball valves, валы", np.array([row]))[0]) for row in range(4)]
    assert among.tolist() == pytest.approx(alone)
    assert among[0] > among[1] > among[3] == 0
    only = words.only(np.array([1])).agreement("steel ball valves, валы", np.array([0]))
    assert only.tolist() == pytest.approx([among[1]])


def test_neighbours_count_as_a_pair():
    words = ProfileWords.of(
        ["ball bearings and valves", "valves with a ball", "pumps", "castings"], BaseForms()
    )
    first, second = (
        words.agreement("ball bearings", np.array([0])),
        words.agreement("ball bearings", np.array([1])),
    )
    assert first > 1.5 * second


def test_a_need_without_a_known_word_agrees_with_nobody():
    words = ProfileWords.of(["valves"], BaseForms())
    assert words.agreement("", np.array([0])).tolist() == [0.0]
    assert words.agreement("зубы", np.array([0])).tolist() == [0.0]
    assert words.agreement("valves", np.zeros(0, dtype=np.int64)).tolist() == []
