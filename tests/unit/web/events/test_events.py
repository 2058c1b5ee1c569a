"""Events through the pages: written, announced, answered by people and by letters, timetabled, arranged by hand, marked."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.models import (
    AuditEntry,
    Event,
    EventAnswer,
    EventMeeting,
    EventParticipant,
    EventWish,
    Mail,
    Organisation,
    Profile,
)
from matchmaker.services.events import follow_ups, meetings
from matchmaker.services.schedule import events_due
from matchmaker.services.schedule.due_day import DueDay
from matchmaker.wiring import Application
from tests.support.api_keys import key_of_once
from tests.support.browser import TODAY, Browser, firms, text

GIVEN = {
    "kind": "contact-exchange",
    "title": "Контактная биржа",
    "about": "По двадцать минут на встречу.",
    "place": "Екатеринбург, ул. Мира, 19, зал 2",
    "day": (TODAY + timedelta(days=20)).isoformat(),
    "starts": "10:00",
    "ends": "12:00",
    "tables": "2",
    "minutes": "20",
    "pause": "5",
    "people": "8",
    "register_by": (TODAY + timedelta(days=10)).isoformat(),
    "wishes": "3",
}
NEW = "/work/events/new/form"


def written(centre: Browser, product: Application, **other: str) -> str:
    """The page of a new event."""
    answer = centre.post(NEW, {**GIVEN, **other}, page=NEW)
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def of(product: Application, address: str) -> Event:
    with product.sessions() as session:
        return session.scalars(select(Event).where(Event.public_id == address.rsplit("/", 1)[1])).one()


def listed(product: Application, address: str) -> dict[str, EventParticipant]:
    """The participants of an event by the public id of their firm."""
    with product.sessions() as session:
        query = select(EventParticipant, Organisation.public_id).join(EventParticipant.organisation)
        return {
            key: one
            for one, key in session.execute(query.where(EventParticipant.event_id == of(product, address).id))
        }


@pytest.fixture(scope="module")
def shops(own_product: Application) -> list[str]:
    """Four firms (public ids): the supplier's, the buyer's, and two without accounts, each with an address."""
    with own_product.sessions.begin() as session:
        supplier = session.scalars(select(Profile).where(Profile.public_id == firms(own_product)[0])).one()
        buyer = session.scalars(select(Organisation).where(Organisation.is_contractor)).first()
        assert buyer is not None
        query = select(Profile).where(Profile.id != supplier.id).order_by(Profile.id)
        others = [one for one in session.scalars(query) if one.organisation.centre_id == buyer.centre_id][:2]
        for number, profile in enumerate(others):
            profile.contacts = {"email": f"shop{number}@example.org"}
        return [
            supplier.organisation.public_id,
            buyer.public_id,
            *(one.organisation.public_id for one in others),
        ]


@pytest.fixture
def announced(centre: Browser, own_product: Application, shops: list[str]) -> str:
    """The page of an announced event with four firms on its list."""
    address = written(centre, own_product)
    assert centre.post(f"{address}/invite", {"firm": shops}, page=f"{address}/invite").status_code == 302  # type: ignore[dict-item]
    assert centre.post(f"{address}/state", {"state": "announced"}, page=address).status_code == 302
    return address


def letter(product: Application, to: str, kind: str) -> str:
    """The last letter of a kind to an address, as text."""
    with product.sessions() as session:
        query = select(Mail).where(Mail.recipient == to, Mail.kind == kind).order_by(Mail.id.desc())
        found = session.scalars(query).first()
        assert found is not None, (to, kind)
        return str(found.text)


def link(product: Application, to: str, kind: str = "event_invited") -> str:
    found = re.search(r"/answers/event/\S+", letter(product, to, kind))
    assert found
    return found[0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "party"}, "Choose what kind"),
        ({"title": " "}, "at most 300 characters"),
        ({"day": "завтра"}, "Give the day as year, month and day."),
        ({"day": "2020-01-01", "register_by": "2020-01-01"}, "cannot lie in the past"),
        ({"register_by": (TODAY + timedelta(days=30)).isoformat()}, "cannot end after the event"),
        ({"ends": "09:00"}, "ends before it begins"),
        ({"starts": "в десять"}, "as 10:30"),
        ({"minutes": "240"}, "No meeting of this length fits"),
        ({"tables": "много"}, "whole number from 0 to 100"),
    ],
)
def test_what_is_wrong_is_told_and_kept(centre: Browser, given: dict[str, str], message: str) -> None:
    answer = centre.post(NEW, {**GIVEN, **given}, page=NEW)
    page = text(answer)
    assert answer.status_code == 422
    assert message in page
    assert GIVEN["place"] in page


def test_a_firm_without_an_account_answers_by_its_letter_and_may_change_it(
    announced: str, own_product: Application, stranger: Browser, shops: list[str]
) -> None:
    said = letter(own_product, "shop0@example.org", "event_invited")
    assert GIVEN["place"] in said
    assert f"/events/{announced.rsplit('/', 1)[1]}.ics" in said
    address = link(own_product, "shop0@example.org")
    assert "Nobody else has registered yet" in text(stranger.get(address))
    assert stranger.post(address, {"answer": "registered", "people": "2"}, page=address).status_code == 302
    other = link(own_product, "shop1@example.org")
    first = listed(own_product, announced)[shops[2]]
    given = {"answer": "registered", "people": "1", "wish-1": first.public_id}
    assert stranger.post(other, given, page=other).status_code == 302
    page = text(stranger.get(other))
    assert "Registered" in page
    assert f'<option value="{first.public_id}" selected>' in page
    many = stranger.post(address, {"answer": "registered", "people": "9"}, page=address)
    assert many.status_code == 422
    assert "There is room for 7 more" in text(many)
    assert stranger.post(other, {"answer": "declined"}, page=other).status_code == 302
    with own_product.sessions() as session:
        states = {key: one.state for key, one in listed(own_product, announced).items()}
        assert (states[shops[2]], states[shops[3]]) == ("registered", "declined")
        mine = EventWish.participant_id == listed(own_product, announced)[shops[3]].id
        assert session.scalars(select(EventWish).where(mine)).all() == []


@pytest.fixture
def wished(
    announced: str,
    own_product: Application,
    shop: Browser,
    plant: Browser,
    stranger: Browser,
    shops: list[str],
) -> str:
    """All four firms registered: the plant and the supplier wish each other, the others wish the plant."""
    there = {key: one.public_id for key, one in listed(own_product, announced).items()}
    for browser, firm, wishes in (
        (shop, shops[0], []),
        (plant, shops[1], [shops[0]]),
        (shop, shops[0], [shops[1]]),
    ):
        address = f"/events/own/{there[firm]}"
        given = {f"wish-{number}": there[one] for number, one in enumerate(wishes, 1)}
        answer = browser.post(address, {"answer": "registered", "people": "1", **given}, page=address)
        assert answer.status_code == 302, text(answer)
    for number in range(2):
        address = link(own_product, f"shop{number}@example.org")
        given = {"answer": "registered", "people": "1", "wish-1": there[shops[1]]}
        assert stranger.post(address, given, page=address).status_code == 302
    return announced


def solved(centre: Browser, product: Application, address: str) -> list[EventMeeting]:
    page = f"{address}/timetable"
    assert centre.post(page, {"act": "solve"}, page=page).status_code == 302
    assert "being solved" in text(centre.get(page))
    meetings.work(product.sessions, {"event": address.rsplit("/", 1)[1], "by": "test"})
    return found_meetings(product, address)


def found_meetings(product: Application, address: str) -> list[EventMeeting]:
    with product.sessions() as session:
        mine = EventMeeting.event_id == of(product, address).id
        return list(session.scalars(select(EventMeeting).where(mine).order_by(EventMeeting.slot)))


def test_the_timetable_is_solved_arranged_told_and_marked(
    wished: str, own_product: Application, centre: Browser, shop: Browser, stranger: Browser, shops: list[str]
) -> None:
    page = f"{wished}/timetable"
    assert len(solved(centre, own_product, wished)) == 3
    assert "No other timetable meets more" in text(centre.get(page))
    there = listed(own_product, wished)
    assert "<h2>Meetings" not in text(shop.get(f"/events/own/{there[shops[0]].public_id}"))
    first, second, third = found_meetings(own_product, wished)
    moved = {"act": "move", "meeting": first.public_id, "slot": str(second.slot + 1), "at_table": "2"}
    busy = centre.post(f"{wished}/meetings", moved, page=page)
    assert busy.status_code == 422
    assert "has another meeting at that time" in text(busy)
    assert centre.post(f"{wished}/meetings", {**moved, "slot": "4"}, page=page).status_code == 302
    removed = {"act": "remove", "meeting": third.public_id}
    assert centre.post(f"{wished}/meetings", removed, page=page).status_code == 302
    again = solved(centre, own_product, wished)
    assert [(one.slot, one.at_table) for one in again if one.locked] == [(3, 2)]
    assert len(again) == 2
    assert "set aside by the centre" in text(centre.get(page))
    assert centre.post(page, {"act": "tell"}, page=page).status_code == 302
    with own_product.sessions() as session:
        told = "".join(session.scalars(select(Mail.text).where(Mail.kind == "event_timetable")))
    assert "11:15–11:35, " in told
    assert "Meetings" in text(shop.get(f"/events/own/{there[shops[0]].public_id}"))
    late = link(own_product, "shop0@example.org")
    assert stranger.post(late, {"answer": "declined"}, page=NEW_PAGE).status_code == 409
    for file in ("timetable.pdf", "slips.pdf", "timetable.xlsx", "timetable.csv"):
        assert centre.get(f"{wished}/{file}").status_code == 200
    noted = {f"result-{one.public_id}": word for one, word in zip(again, ("order", "missed"), strict=True)}
    assert centre.post(f"{wished}/results", noted, page=page).status_code == 302
    assert {(one.held, one.result) for one in found_meetings(own_product, wished)} == {
        (True, "order"),
        (False, None),
    }
    with own_product.sessions() as session:
        acts = set(session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("event.%"))))
    assert {"event.solved", "event.meeting_moved", "event.meeting_removed", "event.results"} <= acts


NEW_PAGE = "/events/"


def test_who_is_not_asked_sees_nothing_of_the_firms(
    wished: str, own_product: Application, stranger: Browser, plant: Browser, shops: list[str]
) -> None:
    key = wished.rsplit("/", 1)[1]
    page = text(stranger.get(f"/events/{key}"))
    assert GIVEN["title"] in page
    assert '"@type": "BusinessEvent"' in page
    with own_product.sessions() as session:
        names = session.scalars(select(Organisation.name_ru).where(Organisation.public_id.in_(shops))).all()
    assert not any(name and name in page for name in names)
    calendar = stranger.get(f"/events/{key}.ics").get_data(as_text=True)
    assert "SUMMARY:Контактная биржа\r\n" in calendar
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))
    there = listed(own_product, wished)
    assert plant.get(f"/events/own/{there[shops[0]].public_id}").status_code == 404
    assert stranger.get(f"/answers/event/{'x' * 20}").status_code == 404
    assert plant.get(wished).status_code == 403


def test_a_called_off_event_is_told_and_takes_nothing_more(
    wished: str, own_product: Application, centre: Browser, stranger: Browser
) -> None:
    address = link(own_product, "shop0@example.org")
    assert centre.post(f"{wished}/state", {"state": "called-off"}, page=wished).status_code == 302
    assert "не состоится" in letter(own_product, "shop0@example.org", "event_called_off")
    assert "called off" in text(stranger.get(address))
    assert stranger.get(f"/events/{wished.rsplit('/', 1)[1]}").status_code == 404
    assert centre.post(f"{wished}/state", {"state": "announced"}, page=wished).status_code == 409


def asked_on(product: Application, day: date) -> int:
    """How many questions the daily run posts on a day."""
    with product.sessions.begin() as session:
        return sum(1 for _ in events_due.ask(session, DueDay(day, lambda *_: (), lambda code, _: code, {})))


def test_what_came_of_it_is_asked_answered_by_one_tap_and_counted(
    wished: str, own_product: Application, centre: Browser, stranger: Browser, shops: list[str]
) -> None:
    early = centre.post(f"{wished}/state", {"state": "held"}, page=wished)
    assert (early.status_code, "has not taken place yet" in text(early)) == (422, True)
    with own_product.sessions.begin() as session:
        event = session.scalars(select(Event).where(Event.public_id == wished.rsplit("/", 1)[1])).one()
        event.day = event.register_by = TODAY - timedelta(days=3)
    there = listed(own_product, wished)
    marks = {f"came-{there[one].public_id}": "attended" for one in shops[:3]}
    marks[f"came-{there[shops[3]].public_id}"] = "absent"
    assert centre.post(f"{wished}/attendance", marks, page=wished).status_code == 302
    assert centre.post(f"{wished}/state", {"state": "held"}, page=wished).status_code == 302
    assert asked_on(own_product, TODAY) == 3
    assert asked_on(own_product, TODAY) == 0
    address = re.search(r"/answers/event-deal/\S+", letter(own_product, "shop0@example.org", "event_deal"))
    assert address
    page = text(stranger.get(address[0]))
    assert "You answer: yes, a deal came of it." in page
    plant = there[shops[1]].public_id
    wrong = stranger.post(address[0], {"partner": there[shops[3]].public_id}, page=address[0])
    assert (wrong.status_code, "Choose one of the firms that were there." in text(wrong)) == (422, True)
    said = {"partner": plant, "band": "to-500"}
    assert stranger.post(address[0], said, page=address[0]).status_code == 200
    assert "Answered so far: yes" in text(stranger.get(address[0]))
    with own_product.sessions() as session:
        answer = session.scalars(
            select(EventAnswer).where(EventAnswer.participant_id == there[shops[2]].id)
        ).one()
        assert (answer.months, answer.deal, answer.value_band) == (0, "yes", "to-500")
        assert answer.partner_id == there[shops[1]].id
    assert "100 to 500 thousand roubles" in text(centre.get(wished))
    assert asked_on(own_product, follow_ups.due_on(of(own_product, wished), 6)) == 3
    assert asked_on(own_product, follow_ups.due_on(of(own_product, wished), 12) + timedelta(days=30)) == 0


def test_a_program_answers_for_its_firm_and_reads_its_part(
    wished: str, own_product: Application, own_site: Flask, centre: Browser, shop: Browser, shops: list[str]
) -> None:
    key, program = wished.rsplit("/", 1)[1], own_site.test_client()
    there = listed(own_product, wished)
    mine, plant = f"/api/v1/participations/{there[shops[0]].public_id}", there[shops[1]].public_id
    assert program.get(f"/api/v1/events/{key}").get_json()["starts"] == "10:00"
    assert key in [one["id"] for one in program.get("/api/v1/events?limit=100").get_json()["items"]]
    assert program.get(mine).status_code == 401
    held = key_of_once(shop)
    found = program.get(mine, headers=held).get_json()
    assert [wish["wanted"] for wish in found["wishes"]] == [plant]
    assert plant in [one["id"] for one in found["may_meet"]]
    sent = {"state": "registered", "people": 2, "leaves": "11:00", "wishes": [{"wanted": plant}]}
    told = program.put(mine, json=sent, headers=held)
    assert (told.status_code, told.get_json()["people"], told.get_json()["leaves"]) == (200, 2, "11:00")
    full = program.put(mine, json={**sent, "people": 50}, headers=held)
    assert (full.status_code, "There is room for" in full.get_data(as_text=True)) == (422, True)
    assert program.put(mine, json={"state": "attended"}, headers=held).status_code == 422
    assert mine.rsplit("/", 1)[1] in [
        one["id"] for one in program.get("/api/v1/participations?limit=100", headers=held).get_json()["items"]
    ]
    assert program.get(f"/api/v1/events/{key}/timetable", headers=held).status_code == 403
    solved(centre, own_product, wished)
    whole = program.get(f"/api/v1/events/{key}/timetable", headers=key_of_once(centre)).get_json()
    assert (whole["proven"], len(whole["meetings"]), whole["unmet"]) == (True, 3, [])
    assert program.get(mine, headers=held).get_json()["meetings"] == []  # not told yet
    centre.post(f"{wished}/timetable", {"act": "tell"}, page=f"{wished}/timetable")
    (meeting,) = program.get(mine, headers=held).get_json()["meetings"]
    assert meeting["ends"] <= "11:00"
    assert program.put(mine, json={"state": "declined"}, headers=held).status_code == 409


def test_nobody_is_invited_without_a_choice(
    centre: Browser, own_product: Application, shops: list[str]
) -> None:
    address = written(centre, own_product)
    answer = centre.post(f"{address}/invite", {}, page=f"{address}/invite")
    assert (answer.status_code, "Choose the firms that are to be invited." in text(answer)) == (422, True)
    for _ in range(2):
        centre.post(f"{address}/invite", {"firm": shops[:2]}, page=f"{address}/invite")  # type: ignore[dict-item]
    assert set(listed(own_product, address)) == set(shops[:2])
    found = f"{address}/invite?certified=declared"
    shown = set(re.findall(r'id="o-([0-9a-f]+)"', text(centre.get(found))))
    assert centre.post(found, {"all": "yes"}, page=found).status_code == 302
    there = set(listed(own_product, address))
    assert set(shops[:2]) < there
    assert there - set(shops[:2]) < shown


@pytest.fixture(autouse=True)
def cleared(own_site: Flask, own_product: Application) -> Iterator[None]:
    """Nobody of these tests reads what another one has left."""
    yield
    with own_product.sessions.begin() as session:
        for one in session.scalars(select(Event).where(Event.title == GIVEN["title"])):
            one.title = f"{one.title} (прежняя)"
