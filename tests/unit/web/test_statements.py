"""However much there is to show, a page asks the database a bounded number of things: none is asked row by row."""

import re
from collections import Counter
from itertools import islice

import pytest
from flask import Flask

from matchmaker.models import ImportBatch
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, person_invitations
from matchmaker.services.profiles import suppliers
from matchmaker.wiring import Application
from tests.support.browser import Browser, statements

# The same words to the database within one page: for the person and once more for what the page shows.
MOST_ALIKE, MOST = 2, 40
MANY = 6
TEXT = "Токарная обработка валов Ø60 из стали 45, партия 300 шт., IT8."
PAGES = {
    "operator": (
        "/work/",
        "/work/overview/",
        "/work/imports/",
        "/work/find?q=о",
        "/work/duplicates/",
        "/work/certificates",
        "/work/profiles/",
        "/people/",
        "/account/people",
        "/journal/",
        "/needs/",
    ),
    "buyer": ("/needs/", "/account", "/journal/", "/account/people"),
    "supplier": ("/shop/", "/shop/profile/", "/shop/capacity/", "/account/people"),
    "network": ("/network/", "/journal/", "/account"),
}


def post_needs(site: Flask) -> list[str]:
    """Needs of the buyer that the operator has published and curated."""
    buyer, operator = (Browser(site.test_client()).sign_in(role) for role in ("buyer", "operator"))
    addresses = []
    for number in range(MANY):
        answer = buyer.post("/needs/new", {"text": f"{TEXT} Позиция {number}."}, page="/needs/new")
        address = str(answer.headers["Location"])
        buyer.post(f"{address}/move", {"state": "submitted"})
        operator.post(f"{address}/move", {"state": "published"})
        operator.post(f"/work{address}/propose", page=f"/work{address}")
        addresses.append(address)
    shortlist = f"/work{addresses[0]}"
    for key in re.findall(r'id="m-([0-9a-f]+)"', operator.get(shortlist).get_data(as_text=True))[:MANY]:
        operator.post(
            f"{shortlist}/decide", {"match": key, "decision": "approved", "revision": "1"}, shortlist
        )
    return addresses


def add_people_and_files(product: Application) -> None:
    """More of everybody: colleagues of the centre and of firms, people asked in, imported files."""
    with product.sessions.begin() as session:
        centre = needs.centre_of(session, product.settings.centre)
        operator = accounts.by_email(session, "operator@demo-centre.example")
        firms = [profile.organisation for profile in islice(suppliers.every(session), MANY)]
        for number in range(MANY):
            person = accounts.AccountDetails(f"colleague{number}@demo-centre.example", "Пётр Семёнов")
            user = accounts.create_user(session, person, by="test")
            accounts.grant(session, user, "operator", by="test", centre=centre)
            editor = accounts.AccountDetails(f"editor{number}@demo-centre.example", "Анна Белова")
            made = accounts.create_user(session, editor, by="test")
            firm = firms[number % len(firms)]
            accounts.grant(session, made, "supplier_editor", by="test", organisation=firm)
            asked = f"asked{number}@demo-centre.example"
            person_invitations.invite(session, centre, asked, "operator", operator)
            session.add(
                ImportBatch(
                    centre_id=centre.id,
                    by_id=operator.id,
                    source="list",
                    file_name=f"list{number}.xlsx",
                    sha256=f"{number:064d}",
                    state="done",
                    next_line=1,
                    counts={"new": number},
                )
            )


@pytest.fixture(scope="module")
def busy(own_product: Application, own_site: Flask) -> list[str]:
    """A centre where there is much of everything; the addresses of its needs."""
    addresses = post_needs(own_site)
    add_people_and_files(own_product)
    return addresses


def _curated(operator: Browser, address: str) -> list[str]:
    """Shortlists: of a need that was posted here, and of those in the queues, some decided elsewhere."""
    queued = re.findall(r'"(/work/needs/[0-9a-f]+)"', operator.get("/work/").get_data(as_text=True))
    return [f"/work{address}", f"{address}/compare", *dict.fromkeys(queued)]


@pytest.mark.parametrize("role", PAGES)
def test_no_page_asks_for_its_rows_one_by_one(
    role: str, busy: list[str], own_site: Flask, own_product: Application
) -> None:
    reader = Browser(own_site.test_client()).sign_in(role)
    curated = _curated(reader, busy[0]) if role == "operator" else ()
    for address in (*PAGES[role], *curated, *(busy[:1] if role != "network" else ())):
        assert reader.get(address).status_code == 200, address
        with statements(own_product) as asked:
            reader.get(address)
        words, times = Counter(one for one in asked if one != "BEGIN").most_common(1)[0]
        assert times <= MOST_ALIKE, f"{address}: {times} times {words}"
        assert len(asked) <= MOST, f"{address}: {len(asked)}"
