from hypothesis import example, given
from hypothesis import strategies as st

from matchmaker.domain import typed_text


@given(st.text())
@example("Токарная обработка «Вал» №5, ø45×200 – 12Х18Н10Т\n")
@example("e\u0301")
@example("zero\u200bwidth")
def test_a_plain_text_is_the_same_as_seen(text: str) -> None:
    changes = typed_text.as_seen(text) != text or typed_text.CONTROL.search(text) is not None
    assert not (typed_text.is_plain(text) and changes)


def test_the_words_of_the_trade_are_plain() -> None:
    assert typed_text.is_plain("Токарная обработка «Вал» №5, ø45×200 – 12Х18Н10Т, Müller & Söhne…")
