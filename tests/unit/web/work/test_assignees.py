"""What makes an operator's day short: who works on what, finding by name, adding a supplier by a part of its name."""

import re

import pytest

from matchmaker.services.profiles import suppliers
from matchmaker.wiring import Application
from tests.support.browser import Browser, text


def key_of(work: str) -> str:
    return work.rsplit("/", 1)[-1]


@pytest.fixture
def supplier_name(product: Application) -> tuple[str, str, str]:
    """The key, a name that nobody else has, and the INN of a published supplier."""
    with product.sessions() as session:
        found = list(suppliers.every(session))[-1]
        return found.public_id, str(found.organisation.name_en), str(found.organisation.inn)


def test_who_works_on_a_need_is_seen_and_can_be_handed_over(operator: Browser, work: str) -> None:
    page = f"/work/keepers/need/{key_of(work)}"
    assert operator.post(page, {"to": "me", "next": "/work/?who=me"}).headers["Location"] == "/work/?who=me"
    mine = text(operator.get("/work/?who=me"))
    assert key_of(work) in mine
    assert 'class="holds mine">' in mine
    assert key_of(work) not in text(operator.get("/work/?who=nobody"))
    colleagues = re.findall(r'<option value="([0-9a-f]{16})"', text(operator.get(work)))
    assert len(colleagues) == 2
    operator.post(page, {"to": colleagues[0]})
    operator.post(page, {"to": ""})
    assert key_of(work) in text(operator.get("/work/?who=nobody"))
    assert "released by the assignee" in text(operator.get(work))


def test_work_is_handed_to_people_of_the_centre_only(operator: Browser, work: str) -> None:
    assert operator.post(f"/work/keepers/need/{key_of(work)}", {"to": "0" * 16}).status_code == 404
    assert operator.post("/work/keepers/need/" + "0" * 16, {"to": "me"}).status_code == 404


def test_a_certificate_is_taken_to_work_on(operator: Browser) -> None:
    page = text(operator.get("/work/certificates"))
    key = re.search(r"/work/keepers/certificate/([0-9a-f]+)", page)[1]  # type: ignore[index]
    operator.post(f"/work/keepers/certificate/{key}", {"to": "me", "next": "/work/certificates"})
    assert 'class="holds mine">' in text(operator.get("/work/certificates"))
    operator.post(f"/work/keepers/certificate/{key}", {"to": ""})


def test_a_supplier_is_added_by_a_part_of_its_name(
    operator: Browser, work: str, supplier_name: tuple[str, str, str]
) -> None:
    key, name, inn = supplier_name
    words = re.sub(r"[^\w-]+", " ", name).strip().lower()
    for typed in (words, inn[:9]):
        found = operator.get(f"{work}/candidates?q={typed}").get_json()
        assert key in [one["key"] for one in found], typed
    answer = operator.post(f"{work}/add", {"supplier": words}, page=work)
    assert answer.status_code == 302
    assert name in text(operator.get(work))


def test_a_name_of_several_is_asked_back(operator: Browser, work: str) -> None:
    answer = operator.post(f"{work}/add", {"supplier": "колобок"}, page=work)
    assert answer.status_code == 422
    page = text(answer)
    assert "Several suppliers have this name" in page
    assert len(re.findall(r'<button name="supplier" value="[0-9a-f]{16}">', page)) > 1
    none = operator.post(f"{work}/add", {"supplier": "%"}, page=work)
    assert "There is no supplier “%”" in text(none)


def test_everything_is_found_by_a_part_of_its_name(
    operator: Browser, work: str, supplier_name: tuple[str, str, str]
) -> None:
    page = text(operator.get("/work/find?q=КРОНШТЕЙНЫ ИЗ ЛИСТА"))
    assert key_of(work) in page
    assert supplier_name[1] in text(operator.get(f"/work/find?q={supplier_name[2]}"))
    assert "Nothing has this name" in text(operator.get("/work/find?q=абракадабра"))
    for words in ("", "%", "_", "«»", "' OR 1=1", "a" * 500, "٣٣٣"):
        assert operator.client.get("/work/find", query_string={"q": words}).status_code == 200


def test_a_contractor_that_is_found_leads_to_its_card(operator: Browser) -> None:
    page = text(operator.get("/work/find?q=0090"))
    found = re.search(
        r'<a href="(/work/companies/[0-9a-f]+)">[^<]*</a>\s*<span class="hint">',
        page.partition("Organisations of the centre")[2],
    )
    assert found
    card = operator.get(found[1])
    assert card.status_code == 200
    assert "/account/people/of/" in text(card)


def test_firms_are_found_for_the_intake(operator: Browser) -> None:
    found = operator.get("/work/firms?q=тридесятое").get_json()
    assert found[0]["name"] == "Far-Far-Away Engineering"
    assert operator.get("/work/firms?q=т").get_json() == []
