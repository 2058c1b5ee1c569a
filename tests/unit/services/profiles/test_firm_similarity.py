import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.profiles.firm_similarity import (
    FirmIdentity,
    find,
)


def decision(one: FirmIdentity, other: FirmIdentity) -> str:
    pairs = find([one, other])
    return pairs[0].decision if pairs else "different"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (
            FirmIdentity("a", ("ООО «Ромашка-Металл»",), "7707083893"),
            FirmIdentity("b", ("Romashka",), "7707083893"),
            "same",
        ),
        (
            FirmIdentity("a", ("ООО «Вектор»",), "7707083893"),
            FirmIdentity("b", ("АО «Вектор»",), "7728168971"),
            "different",
        ),
        (
            FirmIdentity("a", ("ООО «Лукоморье-Точмех»",), address="Пермь, ул. Ленина, 5"),
            FirmIdentity("b", ("Lukomorye-Tochmekh LLC",), address="г. Пермь, ул. Ленина, д. 5"),
            "same",
        ),
        (FirmIdentity("a", ("ООО «Вектор»",)), FirmIdentity("b", ("ЗАО Вектор",)), "doubtful"),
        (FirmIdentity("a", ("Литейный цех 5",)), FirmIdentity("b", ("Литейный цех 6",)), "different"),
        (FirmIdentity("a", ("Литейный цех № 5",)), FirmIdentity("b", ("Литейный цех 05",)), "doubtful"),
        (
            FirmIdentity("a", ("Завод Алатырь",), contacts=("+7 (342) 123-45-67",)),
            FirmIdentity("b", ("Завод «Алатырь»",), contacts=("8 342 1234567",)),
            "same",
        ),
        (
            FirmIdentity("a", ("Вектор",), address="Москва, Тверская, 1"),
            FirmIdentity("b", ("Вектор",), address="Хабаровск, Шеронова, 92"),
            "different",
        ),
        (FirmIdentity("a", ("Буян-Металл",)), FirmIdentity("b", ("Китеж-Пласт",)), "different"),
    ],
)
def test_tells_one_firm_from_two(one: FirmIdentity, other: FirmIdentity, expected: str) -> None:
    assert decision(one, other) == expected


@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), max_size=8))
def test_any_names_are_compared_alike_in_either_order(texts: list[tuple[str, str]]) -> None:
    firms = [
        FirmIdentity(str(number), (name,), address=address) for number, (name, address) in enumerate(texts)
    ]
    forward, backward = find(firms), find(firms[::-1])
    assert {(p.a, p.b, p.probability) for p in forward} == {(p.a, p.b, p.probability) for p in backward}
    assert all(p.a < p.b and 0 <= p.probability <= 1 for p in forward)
