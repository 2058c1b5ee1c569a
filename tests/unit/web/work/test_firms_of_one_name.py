"""Firms of one name in a list without INN: kept apart, queued as likely twins, found again when the list comes again."""

import pytest
from sqlalchemy import select

from matchmaker.models import Organisation, Profile
from matchmaker.services.profiles import duplicates
from matchmaker.services.profiles.duplicates import TwinFinder
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.sent_lists import counts, press, tried, work

HEAD: list[object] = ["Название", "Регион", "Город", "Адрес", "Телефон", "Виды работ"]
REGIONS = ("Самарская область", "Свердловская область", "Пермский край")
THREE: list[list[object]] = [
    HEAD,
    *(
        ["ООО «Однофамилец»", region, "", f"г. {town}, ул. {street}, {place}", f"+7 912 000-00-0{place}", "токарная обработка"]
        for place, (region, town, street) in enumerate(
            zip(REGIONS, ("Самара", "Екатеринбург", "Пермь"), ("Ленина", "Мира", "Садовая"), strict=True), 1
        )
    ),
]  # fmt: skip


@pytest.fixture
def operator(own_site) -> Browser:  # type: ignore[no-untyped-def]
    return Browser(own_site.test_client()).sign_in("operator")


def regions(product: Application, name: str = "ООО «Однофамилец»") -> list[str]:
    with product.sessions() as session:
        named = select(Organisation.region).where(Organisation.name_ru == name)
        return sorted(filter(None, session.scalars(named)))


def test_three_firms_of_one_name_stay_three_and_are_queued_as_likely_twins(
    operator: Browser, own_product: Application
) -> None:
    address = tried(operator, own_product, THREE)
    page = text(operator.get(address))
    assert counts(page)[:2] == ["3", "0"]
    assert page.count("A firm of this name is known in another region") == 2
    press(operator, address, "start")
    work(own_product)
    assert counts(text(operator.get(address)))[:2] == ["3", "0"]
    assert regions(own_product) == sorted(REGIONS)
    TwinFinder().renew(own_product.sessions)
    with own_product.sessions() as session:
        firm = Organisation.name_ru == "ООО «Однофамилец»"
        keys = set(session.scalars(select(Profile.public_id).join(Profile.organisation).where(firm)))
        centre = session.scalars(select(Organisation.centre_id).where(firm)).first()
        assert centre is not None
        twins = duplicates.likeliest(session, centre, 1000)
    assert any(keys <= set(one.keys) for one in twins)
    again = tried(operator, own_product, [THREE[0], *reversed(THREE[1:])])
    assert counts(text(operator.get(again)))[:3] == ["0", "0", "3"]
    press(operator, address, "undo")
    assert regions(own_product) == []


def test_a_list_that_says_more_of_a_firm_fills_it_in(operator: Browser, own_product: Application) -> None:
    name = "ООО «Единственный»"
    full = [name, *THREE[1][1:]]
    for rows in ([HEAD, [name, "", "", "", "", "литьё"]], [HEAD, full]):
        press(operator, tried(operator, own_product, rows), "start")
        work(own_product)
    assert regions(own_product, name) == [REGIONS[0]]
    spelled = [*full[:3], "г. Самара, улица Ленина, д. 1", "8 (912) 000-00-01", "литьё"]
    address = tried(operator, own_product, [HEAD, spelled])
    assert counts(text(operator.get(address)))[:2] == ["0", "1"]


def test_a_firm_in_two_rows_is_new_once_and_taken_back_whole(
    operator: Browser, own_product: Application
) -> None:
    name = "ООО «Дважды в списке»"
    rows = [[name, REGIONS[0], "", "", "", said] for said in ("литьё", "токарная обработка")]
    address = tried(operator, own_product, [HEAD, *rows])
    press(operator, address, "start")
    work(own_product)
    assert counts(text(operator.get(address)))[:2] == ["1", "1"]
    press(operator, address, "undo")
    assert regions(own_product, name) == []
