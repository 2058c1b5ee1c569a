"""Places are read by the names that people write, and no ordinary word is read as a place."""

import pytest

from matchmaker.wiring import load_recogniser

RECOGNISER = load_recogniser()


def places(text: str) -> set[str | None]:
    return set(RECOGNISER.recognise(text).codes("town", "region", "country"))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("доставка в Екб", {"Yekaterinburg|RU-SVE"}),
        ("самовывоз, Челны", {"Naberezhnye Chelny|RU-TA"}),
        ("из Ростова", {"Rostov-on-Don|RU-ROS"}),
        ("г. НН", {"Nizhny Novgorod|RU-NIZ"}),
        ("Зеленоград", {"Zelenograd|RU-MOW"}),
        ("Подольск, М.О.", {"Podolsk|RU-MOS", "RU-MOS"}),
        ("поставщик из Лен. обл.", {"RU-LEN"}),
        ("Свердл. обл.", {"RU-SVE"}),
        ("Краснодарский кр.", {"RU-KDA"}),
        ("a shop in Ohio", {"US-OH"}),
        ("Dayton, OH", {"Dayton|US-OH", "US-OH"}),
        ("Xenia, OH 45385", {"US-OH"}),
        ("Ashford, Kent", {"Ashford|GB", "GB-KEN"}),
        ("Reading, Berkshire", {"Reading|GB-BRK", "GB-BRK"}),
        ("Mobile, AL", {"Mobile|US-AL", "US-AL"}),
        ("Birmingham, AL", {"Birmingham|US-AL", "US-AL"}),
        ("Birmingham, UK", {"Birmingham|GB-WMD", "GB"}),
        ("Atlanta, Georgia", {"Atlanta|US-GA", "US-GA"}),
        ("Tbilisi, Georgia", {"Tbilisi|GE", "GE"}),
        ("Springfield, Ohio", {"US-OH"}),
        ("New York", {"New York|US-NY"}),
        ("Ontario", {"CA-ON"}),
        ("Pittsburgh, PA", {"Pittsburgh|US-PA", "US-PA"}),
        ("Минская область", {"BY-MI"}),
        ("Нинбо, Чжэцзян", {"Ningbo|CN-ZJ", "CN-ZJ"}),
    ],
)
def test_a_place_is_read(text: str, codes: set[str]) -> None:
    assert places(text) == codes


@pytest.mark.parametrize(
    "text",
    [
        "Кол-во 5",
        "РТ-14.00.000",
        "Рост цен",
        "Марке стали",
        "до 10:00 МСК",
        "МО",
        "Reading the drawing",
        "Mobile phone",
        "Kent",
        "Lincoln Electric",
        "IN STOCK",
        "OK, thanks",
        "Mass 3 kg",
        "N.C. machine",
    ],
)
def test_an_ordinary_word_is_no_place(text: str) -> None:
    assert places(text) == set()


def test_the_letters_of_a_state_are_no_material() -> None:
    assert RECOGNISER.recognise("Pittsburgh, PA").of("material") == ()


@pytest.mark.parametrize("text", ["contract duration", "a satellite dish", "Colombia", "Norfolk, VA"])
def test_a_word_one_letter_away_is_left_alone(text: str) -> None:
    recognition = RECOGNISER.recognise(text)
    assert recognition.of("material") == ()
    assert not {"US-SC", "GB-NFK"} & set(recognition.codes("region", "town"))
