"""Letters in both languages."""

import re

import pytest
from sqlalchemy import select

from matchmaker.models import Mail
from matchmaker.models.database import Sessions
from matchmaker.services.core.site import (
    CentreCard,
    SiteIdentity,
)
from matchmaker.services.mail import letters


def test_every_kind_is_rendered_in_both_languages() -> None:
    for kind in letters.KINDS:
        for language in ("ru", "en"):
            site = SiteIdentity(
                "https://centre.example", centre=CentreCard("Центр Камы", "Centre of the Kama")
            )
            letter = letters.render(kind, language, letters.example(kind), site)
            assert letter.subject
            assert "\n" not in letter.subject
            # The operator's own questions go to who may have no account, and lead to no page.
            assert "https://centre.example" + ("" if kind == "questions" else "/") in letter.text
            assert f'<html lang="{language}">' in letter.html
            assert "127.0.0.1" not in letter.text + letter.html
            for form in (letter.text, letter.html):
                assert site.centre.name(language) in form, f"{kind}: no word of whose letter it is"


def test_russian_letters_hold_no_english_sentence() -> None:
    for kind in letters.KINDS:
        english = letters.render(kind, "en", letters.example(kind), SiteIdentity())
        russian = letters.render(kind, "ru", letters.example(kind, "ru"), SiteIdentity())
        same = set(english.text.splitlines()) & set(russian.text.splitlines())
        assert not [line for line in same if len(re.findall("[A-Za-z]{2,}", line)) > 3], kind


def test_a_letter_is_queued_in_the_transaction_of_its_caller(sessions: Sessions) -> None:
    with sessions() as session:
        mail = letters.post(
            session, "profile_published", "a@example.org", "en", letters.example("profile_published")
        )
        session.flush()
        assert mail.state == "waiting"
        assert mail.message_id.startswith("<")
        session.rollback()
        assert session.scalar(select(Mail)) is None


def test_prices_and_foreign_addresses_are_left_out() -> None:
    values = dict(letters.example("invited")) | {
        "title": "Shaft for 120 000 руб. write to boss@firm.example",
        "facts": [("Note", "from $5 see https://firm.example/drawing.pdf")],
    }
    letter = letters.render("invited", "en", values, SiteIdentity())
    for words in (letter.subject, letter.text, letter.html):
        assert "120" not in words
        assert "firm.example" not in words
        assert "$" not in words


def test_words_are_escaped_in_html_only() -> None:
    letter = letters.render(
        "invited", "en", letters.example("invited") | {"title": "<b> & co"}, SiteIdentity()
    )
    assert "<b> & co" in letter.text
    assert "&lt;b&gt; &amp; co" in letter.html
    assert "<b> &" not in letter.html


@pytest.mark.parametrize("to", ["a@example.org\nBcc: b@example.org", "a@example.org\r\nX: y"])
def test_a_line_break_in_a_header_is_refused(sessions: Sessions, to: str) -> None:
    with sessions() as session, pytest.raises(ValueError, match="line break"):
        letters.post(session, "profile_published", to, "en", letters.example("profile_published"))


def test_a_line_break_in_the_subject_is_refused(sessions: Sessions) -> None:
    values = letters.example("invited") | {"title": "Shaft\nBcc: b@example.org"}
    with sessions() as session, pytest.raises(ValueError, match="line break"):
        letters.post(session, "invited", "a@example.org", "en", values)


def test_values_that_a_kind_does_not_name_are_refused() -> None:
    with pytest.raises(ValueError, match="price"):
        letters.render("invited", "en", letters.example("invited") | {"price": "5"}, SiteIdentity())


def test_a_letter_says_whose_it_is_and_whom_to_ask() -> None:
    card = CentreCard("Центр «Север»", "North Centre", "+7 495 000-00-00", "ask@north.example")
    letter = letters.render(
        "profile_published", "ru", letters.example("profile_published", "ru"), SiteIdentity(centre=card)
    )
    for part in (letter.text, letter.html):
        assert "Центр «Север»" in part
        assert "Вопросы: +7 495 000-00-00, ask@north.example" in part
    unnamed = letters.render("profile_published", "en", letters.example("profile_published"), SiteIdentity())
    assert "Questions" not in unnamed.text


def test_a_link_whose_token_looks_like_a_price_stays_whole() -> None:
    path = "/answers/capacity/WyJhIl0.ar5USD7.eur20x_rub"
    values = {**letters.example("weekly_capacity", "en"), "same": path}
    letter = letters.render("weekly_capacity", "en", values, SiteIdentity())
    assert path in letter.text
    assert path in letter.html
