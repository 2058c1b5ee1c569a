"""A firm as its centre works with it: notes, calls and tasks that nobody else reads, and a timeline of everything."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import ProfileState
from matchmaker.models import Centre, FirmNote, Organisation, Profile
from matchmaker.services.desk import companies
from matchmaker.services.profiles import suppliers
from matchmaker.wiring import Application
from tests.support.browser import Browser, asked_by_page, text


@pytest.fixture
def firm(work: str, operator: Browser, product: Application) -> str:
    """The public id of a firm that was invited to a need."""
    match = re.findall(r'id="m-([0-9a-f]+)"', text(operator.get(work)))[0]
    operator.post(f"{work}/invite", {"match": match}, page=work)
    key = re.search(rf'id="m-{match}".*?/suppliers/([0-9a-f]+)', text(operator.get(work)), re.DOTALL)
    assert key
    with product.sessions() as session:
        found = session.scalar(select(Profile).where(Profile.public_id == key[1]))
        assert found
        return found.organisation.public_id


def page_of(firm: str) -> str:
    return f"/work/companies/{firm}"


def note(operator: Browser, firm: str, **given: str) -> int:
    return operator.post(f"{page_of(firm)}/notes", given, page=page_of(firm)).status_code


def test_the_timeline_tells_what_happened_and_what_was_noted(firm: str, work: str, operator: Browser) -> None:
    assert note(operator, firm, kind="call", text="Обещали станок к марту") == 302
    page = text(operator.get(page_of(firm)))
    timeline = page[page.index('id="h-timeline"') : page.index('id="h-tasks"')]
    assert "Обещали станок к марту" in timeline
    assert "E-mail: " in timeline
    assert "supplier: invited" in timeline
    assert work in page[page.index("On shortlists") :]


def test_a_task_stands_in_today_until_it_is_done(firm: str, operator: Browser, product: Application) -> None:
    today = product.today()
    assert note(operator, firm, kind="task", text="Позвонить о сертификате", due_on=today.isoformat()) == 302
    later = (today + timedelta(days=5)).isoformat()
    assert note(operator, firm, kind="task", text="Съездить в цех", due_on=later) == 302
    desk = text(operator.get("/work/?kind=tasks"))
    assert "Позвонить о сертификате" in desk
    assert "Съездить в цех" not in desk
    key = re.search(r'id="tasks-([0-9a-f]+)"', desk)
    assert key
    form = {"task": key[1], "done": "yes", "next": "/work/?kind=tasks"}
    done = operator.post(f"{page_of(firm)}/tasks", form, page=page_of(firm))
    assert done.headers["Location"] == "/work/?kind=tasks"
    assert "Позвонить о сертификате" not in text(operator.get("/work/?kind=tasks"))
    page = text(operator.get(page_of(firm)))
    assert "Task done" in page
    assert page.index("Съездить в цех") > page.index('id="h-tasks"')


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "note", "text": " "}, "Write what it is"),
        ({"kind": "note", "text": "x" * 4_001}, "Write what it is"),
        ({"kind": "task", "text": "Позвонить"}, "Give the task a day"),
        ({"kind": "task", "text": "Позвонить", "due_on": "2001-01-01"}, "Give the task a day"),
        ({"kind": "task", "text": "Позвонить", "due_on": "завтра"}, "Give the task a day"),
        ({"kind": "task", "text": "Позвонить", "due_on": "2999-01-01"}, "Give the task a day"),
        ({"kind": "secret", "text": "Позвонить"}, "Choose what it is"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    given: dict[str, str], message: str, firm: str, operator: Browser
) -> None:
    answer = operator.post(f"{page_of(firm)}/notes", given, page=page_of(firm))
    assert answer.status_code == 422
    assert message in text(answer)
    assert given["text"].strip() in text(answer)


def test_nobody_but_the_centre_reads_a_note(
    firm: str, operator: Browser, supplier: Browser, buyer: Browser, browser: Browser, product: Application
) -> None:
    words = "Директор просил не звонить до среды"
    note(operator, firm, kind="note", text=words)
    for who in (supplier, buyer):
        assert who.get(page_of(firm)).status_code == 403
    assert browser.get(page_of(firm)).status_code == 302
    assert operator.get(page_of("0" * 16)).status_code == 404
    with product.sessions() as session:
        shop = session.scalar(select(Organisation).where(Organisation.public_id == firm))
        profile = session.scalar(select(Profile.public_id).where(Profile.organisation_id == shop.id))  # type: ignore[union-attr]
    for who, path in ((supplier, "/shop/"), (browser, f"/suppliers/{profile}"), (operator, "/journal/")):
        assert words not in text(who.get(path))


def test_a_firm_that_is_merged_keeps_its_notes(product: Application, operator: Browser) -> None:
    with product.sessions() as session:
        first, second = (one.public_id for one in list(suppliers.every(session))[:2])
        firms = [
            suppliers.one_whole(session, Profile.public_id == key).organisation for key in (first, second)
        ]  # type: ignore[union-attr]
        keep, gone = (one.public_id for one in firms)
    note(operator, gone, kind="note", text="Знаем их с 2019 года")
    address = f"/work/duplicates/{first}/{second}"
    form = dict(re.findall(r'name="(revision-[^"]+)" value="(\d+)"', text(operator.get(address))))
    assert operator.post(address, {**form, "verdict": first}, page=address).status_code == 302
    assert "Знаем их с 2019 года" in text(operator.get(page_of(keep)))


def test_a_long_history_takes_no_more_statements(firm: str, operator: Browser, product: Application) -> None:
    note(operator, firm, kind="note", text="Первая")
    operator.get(page_of(firm))
    few = asked_by_page(product, operator, page_of(firm))
    with product.sessions.begin() as session:
        shop = suppliers.organisation(session, firm)
        for number in range(30):
            session.add(FirmNote(organisation_id=shop.id, kind="call", text=f"Звонок {number}"))
    many = asked_by_page(product, operator, page_of(firm))
    assert len(many) <= len(few) + 1
    assert len(many) <= 15


def test_a_form_sent_twice_makes_one_note(firm: str, operator: Browser, product: Application) -> None:
    form = {"kind": "note", "text": "Дважды", "once": "ab" * 8}
    for _ in range(2):
        operator.post(f"{page_of(firm)}/notes", form, page=page_of(firm))
    with product.sessions() as session:
        notes = session.scalars(select(FirmNote).where(FirmNote.text == "Дважды")).all()
        assert len(notes) == 1
        due = companies.due_tasks(notes[0].organisation.centre, product.today(), 5)
        assert session.scalars(due).all() == []


def test_whose_word_each_fact_is_stands_on_a_page_of_its_own(
    firm: str, operator: Browser, product: Application
) -> None:
    page = text(operator.get(f"{page_of(firm)}/sources"))
    assert "Where the facts come from" in page
    assert "of the list" in page
    assert "RU-" not in page, "a region is told by its name"
    assert "No other centre of this network" in page
    with product.sessions.begin() as session:
        own = suppliers.organisation(session, firm)
        other = Centre(code="beyond", name_en="Centre beyond")
        session.add(other)
        session.flush()
        twin = Organisation(name_en="The same firm", inn=own.inn, centre_id=other.id)
        session.add(twin)
        session.flush()
        session.add(Profile(organisation_id=twin.id, state=ProfileState.PUBLISHED))
    page = text(operator.get(f"{page_of(firm)}/sources"))
    assert "The same firm" in page
    assert "Centre beyond" in page
