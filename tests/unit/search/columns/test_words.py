"""What the words of a need say for suppliers, against a plain reckoning of the same."""

from collections import Counter
from math import log1p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.columns.words import (
    HEAD,
    HEAD_WORTH,
    LEAD_WORTH,
    LENGTH,
    PAIR_WORTH,
    REPETITION,
    BaseForms,
    ProfileWords,
)
from search.engines.base_forms import LEAD, base_of

SOME = st.lists(
    st.sampled_from(["bearing", "ball", "valve", "вал", "валы", "литьё", "3d", "of", "steel"]), max_size=60
)
TEXTS = st.lists(SOME.map(" ".join), min_size=1, max_size=6)


def bases(text):
    return [base_of(word) for word in text.replace("ё", "е").split() if len(word) > 2 or not word.isalpha()]


def together(words):
    """The pairs of words that stand together, with the place of the latter."""
    return [
        (frozenset((words[place - apart], word)), place)
        for place, word in enumerate(words)
        for apart in (1, 2)
        if place >= apart and words[place - apart] != word
    ]


def plainly(texts, need):
    """The share of the need's words in each text, word by word."""
    held = [bases(text) for text in texts]
    mean = max(sum(map(len, held)) / len(held), 1)

    def rarity(users):
        return log1p((len(texts) - users + 0.5) / (users + 0.5))

    def worth(own, length, led):
        damping = REPETITION * (1 - LENGTH + LENGTH * length / mean)
        return ((1 + REPETITION) * own / (own + damping) + LEAD_WORTH * led) / (1 + LEAD_WORTH) if own else 0

    def headed(leading):
        return 1 + HEAD_WORTH * leading

    wanted = bases(need)
    first = set(wanted[:HEAD])
    whole = sum(rarity(sum(word in text for text in held)) * headed(word in first) for word in set(wanted))
    leading = {pair for pair, _ in together(wanted[:HEAD])}
    near = [together(text) for text in held]
    shares = []
    for text, own in zip(held, near, strict=True):
        found = 0.0
        for word in set(wanted):
            used = worth(text.count(word), len(text), word in text[:LEAD])
            found += rarity(sum(word in one for one in held)) * headed(word in first) * used
        for pair in {pair for pair, _ in together(wanted)}:
            users = sum(any(two == pair for two, _ in one) for one in near)
            led = any(two == pair and place < LEAD for two, place in own)
            used = worth(Counter(two for two, _ in own)[pair], len(text), led)
            found += PAIR_WORTH * rarity(users) * headed(pair in leading) * used
        shares.append(found / whole if whole else 0.0)
    return shares


@settings(deadline=None)
@given(TEXTS, SOME.map(" ".join))
def test_the_share_of_words_is_what_a_plain_reckoning_says(texts, need):
    words = ProfileWords.of(texts, BaseForms())
    assert words.agreement(need, np.arange(len(texts))) == pytest.approx(plainly(texts, need), abs=1e-6)


@settings(deadline=None)
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


@pytest.mark.parametrize("together", ["ball bearings", "bearings, ball", "bearings with a ball"])
def test_words_that_stand_together_count_as_a_pair(together):
    apart = "ball, roller, sliding bearings"
    words = ProfileWords.of([f"{together}, roller, sliding", apart, "pumps", "castings"], BaseForms())
    first, second = words.agreement("ball bearings", np.arange(2))
    assert first > 1.3 * second


def test_the_first_words_of_a_need_count_more():
    words = ProfileWords.of(["valves", "pumps", "gears", "shafts"], BaseForms())
    valves, pumps = words.agreement("valves for the long line between two stations and pumps", np.arange(2))
    assert valves == pytest.approx((1 + HEAD_WORTH) * pumps)


def test_a_need_without_a_known_word_agrees_with_nobody():
    words = ProfileWords.of(["valves"], BaseForms())
    assert words.agreement("", np.array([0])).tolist() == [0.0]
    assert words.agreement("зубы", np.array([0])).tolist() == [0.0]
    assert words.agreement("valves", np.zeros(0, dtype=np.int64)).tolist() == []
