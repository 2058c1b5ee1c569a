import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.duplicates import Firm, find


def decision(one: Firm, other: Firm) -> str:
    pairs = find([one, other])
    return pairs[0].decision if pairs else "different"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Firm("a", ("ООО «Ромашка-Металл»",), "7707083893"), Firm("b", ("Romashka",), "7707083893"), "same"),
        (Firm("a", ("ООО «Вектор»",), "7707083893"), Firm("b", ("АО «Вектор»",), "7728168971"), "different"),
        (
            Firm("a", ("ООО «Лукоморье-Точмех»",), address="Пермь, ул. Ленина, 5"),
            Firm("b", ("Lukomorye-Tochmekh LLC",), address="г. Пермь, ул. Ленина, д. 5"),
            "same",
        ),
        (Firm("a", ("ООО «Вектор»",)), Firm("b", ("ЗАО Вектор",)), "doubtful"),
        (Firm("a", ("Литейный цех 5",)), Firm("b", ("Литейный цех 6",)), "different"),
        (Firm("a", ("Литейный цех № 5",)), Firm("b", ("Литейный цех 05",)), "doubtful"),
        (
            Firm("a", ("Завод Алатырь",), contacts=("+7 (342) 123-45-67",)),
            Firm("b", ("Завод «Алатырь»",), contacts=("8 342 1234567",)),
            "same",
        ),
        (
            Firm("a", ("Вектор",), address="Москва, Тверская, 1"),
            Firm("b", ("Вектор",), address="Хабаровск, Шеронова, 92"),
            "different",
        ),
        (Firm("a", ("Буян-Металл",)), Firm("b", ("Китеж-Пласт",)), "different"),
    ],
)
def test_tells_one_firm_from_two(one: Firm, other: Firm, expected: str) -> None:
    assert decision(one, other) == expected


@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), max_size=8))
def test_any_names_are_compared_alike_in_either_order(texts: list[tuple[str, str]]) -> None:
    firms = [Firm(str(number), (name,), address=address) for number, (name, address) in enumerate(texts)]
    forward, backward = find(firms), find(firms[::-1])
    assert {(p.a, p.b, p.probability) for p in forward} == {(p.a, p.b, p.probability) for p in backward}
    assert all(p.a < p.b and 0 <= p.probability <= 1 for p in forward)
