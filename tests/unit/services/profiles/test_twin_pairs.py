from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.ru import inn as inn_number

from matchmaker.services.profiles.twins import firm_contacts
from matchmaker.services.profiles.twins.compared_firms import ComparedFirms, FirmIdentity
from matchmaker.services.profiles.twins.twin_features import features
from matchmaker.services.profiles.twins.twin_model import shipped_model
from matchmaker.services.profiles.twins.twin_pairs import find


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


@settings(deadline=None)  # the first names read the lists and the model
@given(st.lists(st.tuples(st.text(max_size=300), st.text(max_size=300)), max_size=8))
def test_any_names_are_compared_alike_in_either_order(texts: list[tuple[str, str]]) -> None:
    firms = [
        FirmIdentity(str(number), (name,), address=address) for number, (name, address) in enumerate(texts)
    ]
    forward, backward = find(firms), find(firms[::-1])
    assert {(p.a, p.b, p.probability) for p in forward} == {(p.a, p.b, p.probability) for p in backward}
    assert all(p.a < p.b and 0 <= p.probability <= 1 for p in forward)


def inn(digits: int) -> str:
    """An INN of ten digits with its check digit."""
    head = f"{digits:09d}"
    return head + inn_number.calc_company_check_digit(head)


NAMES = st.text(alphabet="абвгд OABC«»-12", max_size=20)
FIRM = st.tuples(NAMES, NAMES, st.none() | st.integers(1, 3))


@given(st.lists(FIRM, max_size=12))
def test_different_inn_never_join_and_equal_ones_always_do(
    written: list[tuple[str, str, int | None]],
) -> None:
    firms = [
        FirmIdentity(f"{number:02d}", (name,), inn(code) if code else None, address)
        for number, (name, address, code) in enumerate(written)
    ]
    numbers = {firm.id: firm.inn for firm in firms}
    told = {(pair.a, pair.b): pair for pair in find(firms)}
    for one, other in combinations(sorted(numbers), 2):
        if numbers[one] and numbers[other]:
            pair = told.get((one, other))
            assert (pair is not None) == (numbers[one] == numbers[other])
            assert pair is None or (pair.decision == "same" and pair.probability == 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ООО «Южный завод»", "OOO Juzhnyj zavod"),
        ("ООО «Ромашка»", "OOO «Рoмaшкa»"),  # with Latin letters that look alike
        ("НПП «Буян»", "Научно-производственное предприятие Буян, ООО"),
        ("Механический з-д Алатырь", "Алатырь мех. завод"),
        ("Akzo Nobel N.V.", "AKZO NOBEL NAAMLOOZE VENNOOTSCHAP"),
        ("ИП Лукоморьев И.И.", "Индивидуальный предприниматель Лукоморьев Иван Иванович"),
        ("ООО «ЦВТ Китеж»", "ООО «Центр вихревых технологий Китеж»"),
        ("Сибирь-Связь-Маркет", "СибирьСвязьМаркет"),
    ],
)
def test_spellings_of_one_name_are_found(one: str, other: str) -> None:
    assert decision(FirmIdentity("a", (one,)), FirmIdentity("b", (other,))) != "different"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Северный Буян", "Южный Буян"),
        ("Первый Китежский завод", "Второй Китежский завод"),
        ("Alatyr West", "Alatyr East"),
        ("Буян-Металл 1", "Буян-Металл 2"),
    ],
)
def test_words_that_contradict_tell_two_firms_apart(one: str, other: str) -> None:
    assert decision(FirmIdentity("a", (one,)), FirmIdentity("b", (other,))) == "different"


def test_a_firm_of_many_spellings_is_one_cluster() -> None:
    spellings = [f"Лукоморье{'-' * (number % 2)}Точмех{'е' * (number % 3)}" for number in range(60)]
    firms = [FirmIdentity(f"{number:02d}", (name,)) for number, name in enumerate(spellings)]
    assert len(find(firms)) == 60 * 59 / 2


@pytest.mark.parametrize(
    ("address", "numbers"),
    [
        ("Spur road 2katunayake province11450", {"2", "11450"}),
        ("ул. Ленина, д. 17б", {"17b"}),
        ("zone11037, blok 3a", {"11037", "3a"}),
    ],
)
def test_words_and_numbers_that_ran_together_are_parted(address: str, numbers: set[str]) -> None:
    assert firm_contacts.place(address).numbers == numbers


@given(st.text(st.sampled_from("аbв 12-,№"), max_size=30), st.text(st.sampled_from("аbв 12-,№"), max_size=30))
def test_addresses_are_compared_alike_in_either_order(one: str, other: str) -> None:
    firms = [FirmIdentity(key, ("Рога",), address=address) for key, address in (("a", one), ("b", other))]
    compared = ComparedFirms.of(firms)
    there, back = features(compared, np.asarray([(0, 1), (1, 0)]))
    assert np.allclose(there, back, equal_nan=True)


def test_the_model_names_what_it_was_made_from() -> None:
    card = shipped_model().card
    assert card["trained_on"]
    assert card["left_out"]
