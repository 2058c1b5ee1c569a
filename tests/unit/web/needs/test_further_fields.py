"""The further keys of a part and of a shop on pages: typed, shown again, refused in place."""

import re

import pytest
from flask import Flask

from matchmaker.domain.records import NeedRecord
from matchmaker.services.needs import needs
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import field

TYPED = {
    "number": "7",
    "drawing_number": "АБ-25.01",
    "drawing_revision": "B",
    "inner_diameter_mm": "25",
    "height_mm": "12,5",
    "wall_mm": "4",
    "hardness": "45…50 HRC",
    "gear_module_mm": "2,5",
    "gear_grade": "7",
    "thread": "M16×1.5-6g",
    "price_steps": "10; 50; 100",
    "desired_by": "2027-02-01",
    "customer_supplied_material": "true",
    "tooling_by": "supplier",
    "quality_papers": "3.1; PPAP",
    "excluded_processes": "окраска",
    "payment": "30 % аванс",
}


def stored(product: Application, address: str) -> NeedRecord:
    with product.sessions() as session:
        return needs.record(needs.by_key(session, address.rsplit("/", 1)[-1]))


def test_the_form_of_a_need_takes_every_further_key_and_shows_it_again(
    plant: Browser, own_product: Application
) -> None:
    answer = plant.post("/needs/new", {"title": "Вал", **TYPED}, page="/needs/new")
    address = str(answer.headers["Location"])
    record = stored(own_product, address)
    assert (record.revision, record.drawing_number, record.price_steps) == ("B", "АБ-25.01", (10, 50, 100))
    assert (record.customer_supplied_material, record.tooling_by) == (True, "supplier")
    assert record.hardness is not None
    assert (record.hardness.min, record.hardness.max) == (45, 50)
    page = text(plant.get(f"{address}/edit"))
    again = {name: field(page, name) for name in TYPED if f'<select id="f-{name}"' not in page}
    assert again == {name: TYPED[name].replace(",", ".") for name in again}
    assert '<option value="supplier" selected>' in page
    sent = {"title": "Вал", **TYPED, "revision": field(page, "revision")}
    assert plant.post(f"{address}/edit", sent, page=f"{address}/edit").status_code == 302
    assert stored(own_product, address) == record


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hardness", "45…50"),
        ("price_steps", "10; много"),
        ("gear_grade", "40"),
        ("customer_supplied_material", "perhaps"),
    ],
)
def test_a_wrong_value_comes_back_beside_its_field(plant: Browser, name: str, value: str) -> None:
    answer = plant.post("/needs/new", {"title": "Вал", **TYPED, name: value}, page="/needs/new")
    assert answer.status_code == 422
    assert f'id="p-{name}"' in text(answer)


def test_what_is_asked_of_the_shop_is_a_row_that_can_be_corrected(
    plant: Browser, own_product: Application
) -> None:
    address = str(plant.post("/needs/new", {"title": "Вал", **TYPED}, page="/needs/new").headers["Location"])
    page = text(plant.get(address))
    assert 'id="v-customer_supplied_material"' in page
    form = {"revision": field(page, "revision"), "customer_supplied_material": "", "wall_mm": "3"}
    assert plant.post(f"{address}/conditions", form, page=address).status_code == 302
    record = stored(own_product, address)
    assert (record.customer_supplied_material, record.wall_mm) == (None, 3)


def test_a_shop_states_its_terms(shop: Browser) -> None:
    address = "/shop/profile/basics"
    page = text(shop.get(address))
    terms = {
        "name-ru": field(page, "name-ru"),
        "lot-min": "50",
        "minimum_order-amount": "30 000",
        "minimum_order-currency": "RUB",
        "takes_customer_material": "true",
        "own_tooling": "false",
        "quality_papers": "3.1; паспорт изделия",
        "payment_terms": "50 % аванс",
        "revision": field(page, "revision"),
    }
    wrong = shop.post(address, {**terms, "minimum_order-currency": "рубли"}, page=address)
    assert wrong.status_code == 422
    assert 'id="p-minimum_order-currency"' in text(wrong)
    assert shop.post(address, terms, page=address).status_code == 302
    shown = text(shop.get("/shop/profile/"))
    for words in (
        "30 000 RUB".replace(" ", "\u00a0", 1),
        "from 50 pcs",
        "3.1; Product passport (паспорт изделия)",
        "50 % аванс",
    ):
        assert words in shown


def test_a_kind_of_work_states_its_walls_and_gears(shop: Browser) -> None:
    address = "/shop/profile/capabilities/new"
    given = {
        "process": "Литьё",
        "wall_mm": "3",
        "height_mm": "400",
        "gear_module_mm": "8",
        "gear_grade": "6",
        "thread_mm": "64",
        "revision": field(text(shop.get(address)), "revision"),
    }
    assert shop.post(address, given, page=address).status_code == 302
    assert "m 8" in text(shop.get("/shop/profile/"))


def test_programs_send_positions_and_read_them_back(plant: Browser, own_site: Flask) -> None:
    form = {"name": "Planning", "scope": "write", "days": "30"}
    key = re.search(r"mmk_[\w-]{43}", text(plant.post("/account/keys/", form, page="/account/keys/")))
    assert key
    headers = {"Authorization": f"Bearer {key[0]}"}
    program = own_site.test_client()
    need = {
        "id": "erp-71",
        "title": "Детали насоса",
        "quality_papers": ["3.1"],
        "positions": [{"id": "a", "title": "Вал", "diameter_mm": 45}, {"id": "b", "title": "Кольцо"}],
    }
    made = program.post("/api/v1/needs", json=need, headers=headers)
    assert (made.status_code, made.json["record"]["positions"]) == (201, need["positions"])
    wrong = {**need, "id": "erp-72", "positions": [{"id": "a", "diametr_mm": 4}]}
    refused = program.post("/api/v1/needs", json=wrong, headers=headers)
    assert [(one["field"], one["code"]) for one in refused.json["problems"]] == [
        ("positions.0.diametr_mm", "value.extra_forbidden")
    ]
