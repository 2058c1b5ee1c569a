"""The positions of a need on its page: added, changed, removed, matched one by one, read by others."""

import pytest

from matchmaker.domain.records import NeedRecord, PositionRecord
from matchmaker.services.needs import needs
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import field


def record(product: Application, address: str) -> NeedRecord:
    with product.sessions() as session:
        return needs.record(needs.by_key(session, address.rsplit("/", 1)[-1]))


def draft(browser: Browser, **typed: str) -> str:
    return str(
        browser.post("/needs/new", {"title": "Детали насоса", **typed}, page="/needs/new").headers["Location"]
    )


def form(browser: Browser, address: str, at: str = "") -> str:
    return text(browser.get(f"{address}/position?at={at}"))


def save(browser: Browser, address: str, at: str = "", **typed: str):  # type: ignore[no-untyped-def]
    page = form(browser, address, at)
    given = {"at": at, "revision": field(page, "revision"), **typed}
    return browser.post(f"{address}/position", given, page=f"{address}/position?at={at}")


@pytest.fixture
def address(plant: Browser) -> str:
    made = draft(plant, text="Сталь 40Х, 20 шт.")
    for title, more in (
        ("Вал", {"diameter_mm": "45", "hardness": "45…50 HRC"}),
        ("Кольцо", {"id": "B/2", "wall_mm": "4"}),
    ):
        assert save(plant, made, title=title, processes="токарная обработка", **more).status_code == 302
    return made


def test_positions_are_added_with_ids_and_shown_with_all_that_is_said(
    plant: Browser, own_product: Application, address: str
) -> None:
    positions = record(own_product, address).positions
    assert [(one.id, one.title) for one in positions] == [("1", "Вал"), ("B/2", "Кольцо")]
    assert positions[0].hardness is not None
    page = text(plant.get(address))
    assert 'id="positions"' in page
    for words in ("45…50 HRC", "Thinnest wall, mm", "токарная обработка"):
        assert words in page


def test_a_position_is_changed_and_keeps_what_its_form_does_not_show(
    plant: Browser, own_product: Application, address: str
) -> None:
    key = address.rsplit("/", 1)[-1]
    with own_product.sessions.begin() as session:
        need = needs.by_key(session, key)
        stored = needs.record(need)
        first = stored.positions[0].model_copy(update={"hardness": None, "hardness_hv": 654.0})
        changed = stored.model_copy(update={"positions": (first, *stored.positions[1:])})
        needs.edit(session, need, changed, revision=need.revision, by="tester")
    page = form(plant, address, "1")
    assert (field(page, "title"), field(page, "hardness"), field(page, "diameter_mm")) == (
        "Вал",
        "58 HRC",
        "45",
    )
    sent = {"title": "Вал", "id": "1", "hardness": "58 HRC", "diameter_mm": "50"}
    assert save(plant, address, "1", **sent).status_code == 302
    shaft = record(own_product, address).positions[0]
    assert (shaft.diameter_mm, shaft.hardness, shaft.hardness_hv) == (50, None, 654)
    assert save(plant, address, "1", **{**sent, "hardness": "60 HRC"}).status_code == 302
    shaft = record(own_product, address).positions[0]
    assert shaft.hardness is not None
    assert (shaft.hardness.min, shaft.hardness_hv) == (60, None)


def test_a_position_is_removed_once(plant: Browser, own_product: Application, address: str) -> None:
    form = {"at": "B/2", "revision": field(text(plant.get(address)), "revision")}
    for _ in range(2):
        assert plant.post(f"{address}/position/remove", form, page=address).status_code == 302
    assert [one.id for one in record(own_product, address).positions] == ["1"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [({"id": "B/2"}, "id"), ({"quantity": "много"}, "quantity"), ({"hardness": "58"}, "hardness")],
)
def test_a_wrong_position_comes_back_with_its_problem(
    plant: Browser, own_product: Application, address: str, typed: dict[str, str], name: str
) -> None:
    answer = save(plant, address, title="Штуцер", **typed)
    assert answer.status_code == 422
    assert f'id="p-{name}"' in text(answer)
    assert "Штуцер" in text(answer)
    assert len(record(own_product, address).positions) == 2


def test_a_form_of_an_older_revision_comes_back_beside_the_present_values(
    plant: Browser, address: str
) -> None:
    page = form(plant, address, "1")
    assert save(plant, address, "1", title="Вал ступенчатый", id="1").status_code == 302
    late = {"at": "1", "title": "Вал гладкий", "revision": field(page, "revision")}
    answer = plant.post(f"{address}/position", late, page=f"{address}/position?at=1")
    assert answer.status_code == 409
    assert "Вал ступенчатый" in text(answer)
    assert "Вал гладкий" in text(answer)


def test_an_unknown_position_is_not_found(plant: Browser, address: str) -> None:
    assert plant.get(f"{address}/position?at=none").status_code == 404


def test_the_page_matches_one_position_or_the_whole(plant: Browser, address: str) -> None:
    whole, one = text(plant.get(address)), text(plant.get(f"{address}?position=1"))
    assert "Who fits" in whole
    assert 'id="conditions"' in whole
    assert "Match the whole need" in one
    assert 'id="conditions"' not in one


def test_saving_the_whole_form_keeps_the_positions(
    plant: Browser, own_product: Application, address: str
) -> None:
    page = text(plant.get(f"{address}/edit"))
    sent = {"title": "Насос", "text": "Сталь 40Х", "revision": field(page, "revision")}
    before: tuple[PositionRecord, ...] = record(own_product, address).positions
    assert plant.post(f"{address}/edit", sent, page=f"{address}/edit").status_code == 302
    assert record(own_product, address).positions == before


def test_the_parts_that_a_text_names_become_positions_with_one_press(
    plant: Browser, own_product: Application
) -> None:
    words = "Нужны детали из стали 40Х:\n1. Вал ø45×320 мм, 20 шт.\n2. Фланец ø200, 40 шт.\n"
    address = draft(plant, text=words)
    page = text(plant.get(address))
    assert "The text names several parts" in page
    form = {"revision": field(page, "revision")}
    for _ in range(2):
        assert plant.post(f"{address}/position/take", form, page=address).status_code == 302
    shaft, flange = record(own_product, address).positions
    assert (shaft.id, shaft.quantity, shaft.diameter_mm) == ("1", 20, 45)
    assert (flange.id, flange.quantity, flange.diameter_mm) == ("2", 40, 200)
    assert "Make them positions" not in text(plant.get(address))
