from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from matchmaker.services.profiles.twins.firm_names import NameReader, name_reader
from matchmaker.services.profiles.twins.name_bounds import WORDS_ALIKE, CountedLetters, CountedNames

# Few letters and words, so that many pairs are alike; some words that the lists know, so that forms and kinds are among them.
NAMES = st.lists(
    st.one_of(
        st.text("абвeo ", max_size=12),
        st.text(max_size=40),
        st.lists(
            st.sampled_from(
                ("ао", "ооо", "gmbh", "co", "kg", "завод", "научно", "производственное", "предприятие", "первый", "II", "берпром", "резец", "li", "05")
            ),
            max_size=6,
        ).map(" ".join),
    ),
    min_size=2,
    max_size=8,
)  # fmt: skip


def every_pair(texts: int) -> tuple[np.ndarray, np.ndarray]:
    spots = np.arange(texts)
    return np.repeat(spots, texts), np.tile(spots, texts)


def likeness(texts: list[str], scorer: Callable[[str, str], float]) -> np.ndarray:
    return np.asarray([scorer(one, other) for one in texts for other in texts])


@given(NAMES)
def test_letters_counted_leave_out_no_names_that_are_alike(names: list[str]) -> None:
    texts = [name.compact for name in name_reader().read(names)]
    most = CountedLetters.of(texts).most_alike(*every_pair(len(texts)))
    assert (most >= likeness(texts, fuzz.ratio) - 1e-9).all()


@given(NAMES)
def test_words_counted_leave_out_no_names_that_are_alike(names: list[str]) -> None:
    read = name_reader().read(names)
    may_be = CountedNames.of([name.words for name in read]).may_be_alike(*every_pair(len(read)))
    alike = likeness([name.sorted for name in read], fuzz.token_set_ratio) >= WORDS_ALIKE
    assert not (alike & ~may_be).any()


@given(NAMES)
def test_names_read_together_are_as_read_by_themselves(names: list[str]) -> None:
    assert NameReader().read(names) == [name_reader().read([name])[0] for name in names]


def test_no_names_are_read_as_none() -> None:
    assert name_reader().read([]) == []
