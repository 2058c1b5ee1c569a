"""Which of the two languages a text is written in."""

import pytest

from matchmaker.domain.language import language_of, prevailing_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Вал", "ru"),
        ("ООО «Steel Industries»", "ru"),
        ("Ёлка", "ru"),
        ("Shaft", "en"),
        ("16", "ru"),
        ("", "ru"),
    ],
)
def test_one_cyrillic_letter_makes_a_text_russian_and_no_letter_leaves_the_default(
    text: str, language: str
) -> None:
    assert language_of(text) == language


def test_another_default_is_for_a_text_without_letters_only() -> None:
    assert [language_of(text, default="en") for text in ("", "16", "Вал")] == ["en", "en", "ru"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Machining to ГОСТ 1050", "en"),
        ("Станок HAAS", "ru"),
        ("Вал Abc", "ru"),
        ("16 × 20", None),
        ("", None),
    ],
)
def test_a_text_is_read_aloud_in_the_language_of_most_of_its_letters(text: str, language: str | None) -> None:
    assert prevailing_language(text) == language
