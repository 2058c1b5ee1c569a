"""The number of a need: made from its id, and found however it is written."""

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from matchmaker.models import Need, numbered

_IDS = st.text("0123456789abcdef", min_size=16, max_size=16)


def ids(words: str) -> list[str]:
    """The first and the last id that the words find, [] where they find none."""
    return [
        str(value)
        for value in select(Need.id).where(numbered(words)).compile(dialect=sqlite.dialect()).params.values()
    ]


@given(_IDS, _IDS, st.sampled_from(("{}", "№ {}", "No. {}", "заявка {}", " {} ")))
def test_a_number_finds_the_needs_whose_ids_begin_alike(public_id: str, other: str, written: str) -> None:
    number = Need(public_id=public_id).number
    for said in (number, number.replace("-", ""), number.replace("-", " "), number.replace("-", "–")):
        first, last = ids(written.format(said))
        assert first <= public_id <= last
        assert (first <= other <= last) == (other[:6] == public_id[:6])


@given(st.text())
def test_other_words_find_none(words: str) -> None:
    for one in ids(words)[:1]:
        assert Need(public_id=one).number.replace("-", "") in "".join(filter(str.isdigit, words))
