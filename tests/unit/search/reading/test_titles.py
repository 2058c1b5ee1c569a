"""Titles are told in the other language by what the taxonomy and the names of parts know, and by nothing else."""

import pytest

from matchmaker.resources import read_part_names
from matchmaker.wiring import load_recogniser
from search.reading.titles import Titles


@pytest.fixture(scope="module")
def titles() -> Titles:
    return Titles(load_recogniser(), read_part_names())


@pytest.mark.parametrize(
    ("title", "language", "told"),
    [
        ("Валы из стали 40Х", "en", ("Shaft", "Steel 40Kh")),
        ("Кронштейны: лазер и гибка", "en", ("Bracket", "Laser cutting", "Bending")),
        ("Зубчатые колёса рабочего колеса", "en", ("Gear wheel", "Impeller")),
        ("Отливки корпусов насосов", "en", ("Casting", "Housing", "Pump")),
        ("Shafts in 40Kh", "ru", ("Вал", "Сталь 40Х")),
        ("Forged gear blanks", "ru", ("Ковка и горячая штамповка", "Шестерня", "Заготовка")),
        ("Валы из стали 40Х", "ru", ()),
        ("Shafts in 40Kh", "en", ()),
        ("ВШ-12.04.001 по чертежу", "en", ()),
        ("", "en", ()),
    ],
)
def test_what_is_known_is_told_in_the_order_of_the_words(
    titles: Titles, title: str, language: str, told: tuple[str, ...]
) -> None:
    assert titles.told(title, language) == told
    assert titles.told(title, language) == told  # as kept


def test_every_part_has_a_name_in_both_languages_and_each_stands_once() -> None:
    names = read_part_names()
    assert all(set(one) == {"ru", "en"} and all(one.values()) for one in names)
    assert len({one["ru"] for one in names}) == len(names)
