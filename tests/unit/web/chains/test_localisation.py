"""Localisation: a buyer's parts list, judged in the background, read by its firm and its centre alone, made into a need."""

import io
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from matchmaker.models import Need, Organisation, PartsList, Profile
from matchmaker.services.core import journal
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, api_keys
from matchmaker.worker.work import Worker
from tests.support.browser import Browser, text
from tests.support.small_centre import EDITOR, OPERATOR, PASSWORD, Centre, enter, small_centre
from tests.support.step_files import step

BUYER = "buyer@example.org"
PAGE = "/localisation/"
TABLE = (
    "Деталь\tОперация\tГабариты\tКол-во\tЦена\n"
    "Вал\tтокарная обработка\t300x60x60\t2\t1000\n"
    "Ось\tтокарная обработка\t3000x60x60\t1\t500\n"
    "Шестерня\tазотирование\t\t4\t\n"
)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with small_centre(tmp_path_factory.mktemp("parts")) as made:
        with made.application.sessions.begin() as session:
            plant = session.scalars(select(Organisation).where(Organisation.is_contractor)).one()
            person = accounts.AccountDetails(BUYER, "Buyer", PASSWORD, "en", confirmed=True)
            user = accounts.create_user(session, person, by="tester")
            accounts.grant(session, user, "contractor_buyer", by="tester", organisation=plant)
            journal.announce(session, session.scalars(select(Profile.public_id)).all())
        Worker(made.application).work()
        yield made


def work(centre: Centre) -> None:
    Worker(centre.application).work()


def post(browser: Browser, **form: object):  # type: ignore[no-untyped-def]
    page = browser.get(PAGE).get_data(as_text=True)
    once = re.search(r'name="once" value="([0-9a-f]{16})"', page)
    assert once
    return browser.post(PAGE, {"once": once[1], **form}, page=PAGE)


@pytest.fixture(scope="module")
def address(centre: Centre) -> str:
    answer = post(enter(centre, BUYER), name="Насос", text=TABLE)
    assert answer.status_code == 302, text(answer)
    where = str(answer.headers["Location"])
    assert "looks again by itself" in text(enter(centre, BUYER).get(where))
    work(centre)
    return where


def test_each_part_is_told_with_its_maker_who_is_near_and_what_would_add(
    centre: Centre, address: str
) -> None:
    shown = text(enter(centre, BUYER).get(address))
    assert "1 supplier is able: " in shown
    assert "has a maker" in shown
    assert "nearly: one condition" in shown
    assert "Nearly: Primer LLC" in shown
    gains = shown.partition("What would add most")[2]
    assert "relax: " in gains
    assert "develop:" in gains
    assert "500" in gains.partition("</table>")[0]


def test_its_firm_and_its_centre_read_it_and_nobody_else(centre: Centre, address: str) -> None:
    assert enter(centre, OPERATOR).get(address).status_code == 200
    assert "Насос" in text(enter(centre, OPERATOR).get(PAGE))
    assert enter(centre, EDITOR).get(address).status_code == 404
    assert enter(centre, EDITOR).get(PAGE).status_code == 403
    assert centre.another().get(address).status_code == 302


def test_chosen_parts_become_the_positions_of_a_draft(centre: Centre, address: str) -> None:
    buyer = enter(centre, BUYER)
    assert "Choose at least one part." in text(buyer.post(f"{address}/need", {}, page=address))
    made = buyer.client.post(
        f"{address}/need",
        data={"csrf_token": buyer.token(address), "once": "0" * 16, "parts": ["2", "3"]},
        headers=buyer.headers,
    )
    assert made.status_code == 302
    with centre.application.sessions() as session:
        need = session.scalars(select(Need).order_by(Need.id.desc())).first()
        assert need is not None
        record = needs.record(need)
        assert need.is_draft
        assert need.contractor is not None
    assert [(one.title, one.quantity) for one in record.positions] == [("Ось", 1), ("Шестерня", 4)]
    assert record.title == "Насос"


def test_a_file_is_shown_in_the_form_first(centre: Centre) -> None:
    buyer = enter(centre, BUYER)
    file = (io.BytesIO(TABLE.replace("\t", ";").encode()), "list.csv")
    answer = post(buyer, name="Редуктор", text="", file=file)
    assert answer.status_code == 302
    work(centre)
    shown = text(buyer.get(str(answer.headers["Location"])))
    assert "Шестерня" in shown
    assert 'value="Редуктор"' in shown


ASSEMBLY = step((("Насос", "Поз. 7", 2), ("Насос", "Узел", 3), ("Узел", "Болт", 4)))


def test_an_assembly_is_shown_in_the_form_with_what_it_does_not_tell(centre: Centre) -> None:
    buyer = enter(centre, BUYER)
    answer = post(buyer, name="Насос", text="", file=(io.BytesIO(ASSEMBLY), "pump.stp"))
    assert answer.status_code == 302, text(answer)
    work(centre)
    page = buyer.get(str(answer.headers["Location"]))
    assert "the columns for material and operation are yours to fill in" in text(page)
    rows = re.search(r"<textarea[^>]*>(.*?)</textarea>", page.get_data(as_text=True), re.DOTALL)
    assert rows
    assert [row.split("\t") for row in rows[1].strip("\n").split("\n")] == [
        ["Part", "Part number", "Quantity", "Material", "Operation"],
        ["Поз. 7", "", "2", "", ""],
        ["Болт", "", "12", "", ""],
    ]
    filled = rows[1].replace("12\t\t", "12\t\tтокарная обработка")
    where = str(post(buyer, name="Насос 2", text=filled).headers["Location"])
    work(centre)
    shown = text(buyer.get(where))
    assert "work not understood" in shown  # what nobody has told is asked, and not guessed
    assert "has a maker" in shown


def test_an_assembly_that_is_none_comes_back_with_the_reason(centre: Centre) -> None:
    buyer = enter(centre, BUYER)
    turned = step((("Насос", "Вал", 1), ("Вал", "Насос", 1)))
    for content, said in ((turned, "contains itself"), (ASSEMBLY[:300], "its end is missing")):
        answer = post(buyer, name="Насос", text="", file=(io.BytesIO(content), "pump.step"))
        work(centre)
        refused = buyer.get(str(answer.headers["Location"]))
        assert refused.status_code == 422
        assert said in text(refused)
        assert 'value="Насос"' in text(refused)


def test_a_program_sends_an_assembly_and_takes_its_rows(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        key = api_keys.make(session, accounts.by_email(session, BUYER), "test", write=True, days=30)
    header, api = {"Authorization": f"Bearer {key}"}, centre.another().client
    sent = api.post(
        "/api/v1/parts-lists/rows", data={"file": (io.BytesIO(ASSEMBLY), "pump.stp")}, headers=header
    )
    assert sent.status_code == 202, sent.get_data(as_text=True)
    where = sent.headers["Location"]
    assert api.get(where, headers=header).status_code == 202
    work(centre)
    rows = api.get(where, headers=header)
    assert rows.status_code == 200
    assert "Болт\t\t12" in rows.json["text"]
    made = api.post("/api/v1/parts-lists", json={"name": "Насос", "text": rows.json["text"]}, headers=header)
    assert made.status_code == 201
    assert made.json["parts"] == 2


def test_a_list_is_taken_along_compared_anew_and_deleted(centre: Centre) -> None:
    buyer = enter(centre, BUYER)
    address = str(post(buyer, name="Опора", text=TABLE).headers["Location"])
    work(centre)
    taken = buyer.get(f"{address}/parts.csv").get_data().decode("utf-8-sig")
    assert len(taken.splitlines()) == 4
    assert buyer.post(f"{address}/judge", page=address).status_code == 302
    assert "being compared" in text(buyer.get(address))
    gone = buyer.post(f"{address}/remove", page=address)
    notice = text(buyer.get(gone.headers["Location"]))
    assert buyer.get(address).status_code == 404
    assert buyer.undo(notice) == "/localisation/"
    assert "Опора" in text(buyer.get(address))
    assert buyer.post(f"{address}/remove", page=address).status_code == 302
    work(centre)  # the job of a list that is gone does nothing
    assert buyer.get(address).status_code == 404
    with centre.application.sessions() as session:
        assert "Опора" not in session.scalars(select(PartsList.name)).all()


def test_a_table_that_is_none_comes_back_with_what_was_typed(centre: Centre) -> None:
    answer = post(enter(centre, BUYER), name="Насос", text="просто слова")
    assert answer.status_code == 422
    assert "просто слова" in text(answer)
