"""The words of config/columns: in both languages, each in one meaning, none hidden behind another."""

from collections import Counter
from typing import get_args

import pytest

from importers.columns import ListKind, column_words, is_numbering
from matchmaker.resources import folder, read_yaml

KINDS: tuple[ListKind, ...] = get_args(ListKind)


def test_every_file_is_a_kind_of_list_or_the_words_of_rows_that_are_no_records() -> None:
    assert {path.stem for path in (folder("config") / "columns").iterdir()} == {*KINDS, "no_records"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_meaning_has_words_in_both_languages(kind: ListKind) -> None:
    for meaning, words in read_yaml(folder("config") / "columns" / f"{kind}.yaml").items():
        assert set(words) == {"ru", "en"}, meaning
        assert all(words.values()), meaning


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_is_small_letters_and_stands_once(kind: ListKind) -> None:
    every = [word for _, words in column_words(kind).words for word in words]
    assert [word for word in every if not isinstance(word, str) or word != word.casefold()] == []
    assert {word: count for word, count in Counter(every).items() if count > 1} == {}


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_is_hidden_behind_an_earlier_meaning(kind: ListKind) -> None:
    words = column_words(kind)
    hidden = {
        word: found
        for meaning, some in words.words
        for word in some
        if (found := words.meaning(word)) != meaning
    }
    assert hidden == {}


@pytest.mark.parametrize(
    ("kind", "column", "meaning"),
    [
        ("suppliers", "Эл. адрес", "email"),
        ("suppliers", "Юридический адрес", "address"),
        ("suppliers", "Certificate No.", "number"),
        ("suppliers", "Примечание", None),
        ("needs", "Кол-во, шт", "quantity"),
        ("needs", "Размер партии", "quantity"),
        ("needs", "Размеры, мм", "envelope_mm"),
        ("needs", "Tolerance", "tolerance_it"),
        ("needs", "Обозначение чертежа", "drawing_number"),
        ("needs", "Ревизия", "revision"),
        ("needs", "Customer part number", "drawing_number"),
        ("needs", "Диаметр отверстия", "inner_diameter_mm"),
        ("needs", "Диаметр, мм", "diameter_mm"),
        ("needs", "Длина резьбы", None),
        ("inventories", "№ сертификата", "certificate_number"),
        ("inventories", "Кем выдан", "body"),
        ("inventories", "Дата выдачи", "issued"),
        ("inventories", "Ход X, мм", "envelope"),
        ("inventories", "Проходимость", None),
    ],
)
def test_the_name_of_a_column_tells_its_meaning(kind: ListKind, column: str, meaning: str | None) -> None:
    assert column_words(kind).meaning(column) == meaning


def test_a_column_that_counts_the_rows_is_known() -> None:
    assert all(map(is_numbering, ("№", "№ п/п", "п/п", "N", "No.", "#")))
    assert not any(map(is_numbering, ("№ сертификата", "Название")))
