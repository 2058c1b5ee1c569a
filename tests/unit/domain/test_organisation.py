import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.organisation import name_key, search_key, sort_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ООО «Ёлка-1»", "елка 1"),
        ("Общество с ограниченной ответственностью «Ромашка»", "ромашка"),
        ("О.О.О. Ромашка", "ромашка"),
        ("Primer LLC", "primer"),
        ("Primer, Ltd.", "primer"),
        ("АО", "ао"),
        ("Аорта", "аорта"),
        ("«»", "«»"),
    ],
)
def test_a_name_is_keyed_without_its_legal_form(name: str, key: str) -> None:
    assert name_key(name) == key


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.text(alphabet=[chr(code) for code in range(ord("Ѐ"), ord("ѐ") + 0x10)]))
def test_cyrillic_keys_are_the_same_in_capitals(text: str) -> None:
    assert search_key(text.upper()) == search_key(text.lower())


def test_a_name_missing_in_one_language_sorts_by_the_other() -> None:
    assert sort_key(None, "Alpha LLC", "ru") == "alpha"
    assert sort_key("ООО Бета", "Alpha LLC", "ru") == "бета"
