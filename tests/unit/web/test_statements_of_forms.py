"""Whatever a form does to many things, it asks the database a bounded number of things; each further one costs its own rows."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from flask import Flask

from matchmaker.wiring import Application
from tests.support.browser import Browser, statements, text
from tests.support.failing_steps import Presses, endpoints
from tests.support.form_presses import network

# What a form about one thing may ask, its limits, its journal, letters and the rights of its sender among it, until it leads on.
MOST_OF_FORM = 15
# The acts that are more than a form about one thing, and why.
HEAVIER: dict[str, tuple[int, str]] = {
    "api_certificates.remove_photo": (
        18,
        "an undo reads its rows before and after; a program's request is kept",
    ),
    "api_dealings.ask": (27, "the supplier is ranked, asked for, and answered as the program will see it"),
    "api_dealings.propose": (29, "the matcher runs, and the shortlist is answered"),
    "api_dealings.withdraw_quote": (21, "an undo, and the quote as it is answered"),
    "api_drawings.end_agreement": (18, "an undo, and a program's request is kept"),
    "api_imports.discard": (17, "a program's request is kept, and the import answered"),
    "api_imports.start": (19, "a job is asked for, and the import answered"),
    "api_own.undo": (18, "the rows of an act are read, locked and written back"),
    "api_shop.discard_draft": (24, "an undo, and the profile as it is answered"),
    "api_shop.state": (16, "a program's request is kept, and the profile answered"),
    "awarding.award": (50, "a contract ends the need for both sides, with orders, letters and an undo"),
    "centre_people.erase": (28, "a person is taken out of every table"),
    "curating.add": (17, "the supplier is ranked"),
    "curating.propose": (21, "the matcher runs; a site whose columns have a keeper asks four less"),
    "curating.remind": (18, "a letter says what the need is about, once a day"),
    "orders.add_report": (18, "an entry with its file and its letter"),
    "personal_data.erase": (28, "a person is taken out of every table"),
    "photos.own": (17, "a whole profile is saved beside the photo and its job"),
    "profile.discard": (16, "an undo reads its rows before and after"),
    "quotes.behalf": (26, "a quote, the decision that it is, a message and two letters"),
    "standing.ask": (20, "the supplier is ranked before and placed after"),
}
# A further supplier has a decision, its match and a letter of its own.
MOST_OF_SUPPLIER = 4
# A further need that is closed has its state, its contractor's people, its suppliers and a letter of its own.
MOST_OF_NEED = 5
FEW, MANY = 2, 6
TEXT = "Токарная обработка валов Ø60 из стали 45, партия 300 шт., IT8."
BULK, LIST = "/work/bulk/needs", "/needs/"


@pytest.fixture(scope="module")
def presses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Presses]:
    with network(tmp_path_factory.mktemp("statements")) as (app, world):
        yield Presses(app, world)


def test_no_form_asks_more_than_is_allowed(presses: Presses) -> None:
    wrong, seen = [], 0
    for endpoint in endpoints():
        asked = presses.asked(endpoint) or ()
        seen += bool(asked)
        most, _why = HEAVIER.get(endpoint, (MOST_OF_FORM, ""))
        if len(asked) > most:
            wrong.append(f"{endpoint}: {len(asked)} in place of {most}, {Counter(asked).most_common(3)}")
        elif endpoint in HEAVIER and len(asked) <= MOST_OF_FORM:
            wrong.append(f"{endpoint}: {len(asked)}, no longer heavier than others")
    assert wrong == []
    assert seen > 100


class Centre:
    """The people of a centre, and what the database is asked by their forms about so many things."""

    def __init__(self, product: Application, site: Flask) -> None:
        self._product = product
        self.buyer, self.operator = (
            Browser(site.test_client()).sign_in(one) for one in ("buyer", "operator")
        )

    def need(self) -> str:
        """The address of a published need with its proposals."""
        answer = self.buyer.post("/needs/new", {"text": TEXT}, page="/needs/new")
        address = str(answer.headers["Location"])
        self.buyer.post(f"{address}/move", {"state": "submitted"})
        self.operator.post(f"{address}/move", {"state": "published"})
        self.operator.post(f"/work{address}/propose", page=f"/work{address}")
        return address

    def matches(self, need: str) -> list[str]:
        return re.findall(r'id="m-([0-9a-f]+)"', self.operator.get(f"/work{need}").get_data(as_text=True))

    def asked(self, who: Browser, address: str, form: dict[str, object], page: str) -> int:
        filled = {"csrf_token": who.token(page), **form}
        with statements(self._product) as asked:
            answer = who.client.post(address, data=filled, headers=who.headers)
        assert answer.status_code == 302, text(answer)
        return len(asked)

    def asked_of_many(self, act: str, needs: list[str], **more: str) -> int:
        """The same by an act on many needs, which says first what it would do."""
        form = {"act": act, "need": [one.rsplit("/", 1)[-1] for one in needs], **more}
        shown = text(self.operator.post(BULK, form, page=LIST))  # type: ignore[arg-type]
        mark = re.search(r'name="sure" value="([0-9a-f]+)"', shown)
        assert mark, shown
        return self.asked(self.operator, BULK, {**form, "sure": mark[1]}, LIST)


@pytest.fixture(scope="module")
def centre(own_product: Application, own_site: Flask) -> Centre:
    return Centre(own_product, own_site)


def test_a_further_supplier_costs_its_own_rows(centre: Centre) -> None:
    """Inviting, reminding, notifying, and the end of a need for all who wait."""
    found: dict[int, list[int]] = {}
    for count in (FEW, MANY):
        need = centre.need()
        work, there = f"/work{need}", centre.matches(need)
        assert len(there) >= MANY
        counts = [
            centre.asked(centre.operator, f"{work}/invite", {"match": there[:count]}, work),
            centre.asked_of_many("remind", [need]),
            centre.asked(centre.buyer, f"{need}/move", {"state": "closed", "reason": "Дубль"}, need),
        ]
        other = f"/work{centre.need()}"
        told = centre.matches(other.removeprefix("/work"))[:count]
        counts.append(
            centre.asked(centre.operator, f"{other}/invite", {"match": told, "act": "notify"}, other)
        )
        found[count] = counts
    more = [(many - few) / (MANY - FEW) for few, many in zip(*found.values(), strict=True)]
    assert max(more) <= MOST_OF_SUPPLIER, found


def test_a_further_need_costs_its_own_rows(centre: Centre) -> None:
    found = {
        count: [
            centre.asked_of_many("assign", needs, to="me"),
            centre.asked_of_many("close", needs, reason="Дубли"),
        ]
        for count in (FEW, MANY)
        for needs in ([centre.need() for _ in range(count)],)
    }
    assigned, closed = ((many - few) / (MANY - FEW) for few, many in zip(*found.values(), strict=True))
    assert (assigned, closed <= MOST_OF_NEED) == (0, True), found
