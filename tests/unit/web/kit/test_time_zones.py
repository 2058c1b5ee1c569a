"""Times are read and typed in the person's zone, or else the centre's."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from pydantic import ValidationError

from matchmaker.models import Need
from matchmaker.services.needs import needs
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.support.browser import Browser, text


@pytest.fixture
def buyer_(own_site: object) -> Browser:
    return Browser(own_site.test_client()).sign_in("buyer")  # type: ignore[attr-defined]


@pytest.fixture
def need(buyer_: Browser, own_product: Application) -> str:
    posted = buyer_.post("/needs/new", {"text": "Токарка, 5 шт."}, page="/needs/new")
    key = str(posted.headers["Location"]).rsplit("/", 1)[1]
    with own_product.sessions.begin() as session:
        for state in ("submitted", "published"):
            needs.move(session, needs.by_key(session, key), state, by="test")  # type: ignore[arg-type]
    return key


def stored(application: Application, key: str) -> Need:
    with application.sessions() as session:
        return needs.by_key(session, key)


def choose(browser: Browser, zone: str) -> None:
    assert browser.post("/account/zone", {"zone": zone}, page="/account").status_code == 302


@pytest.mark.parametrize(
    ("zone", "typed", "moment", "shown"),
    [
        ("Europe/Moscow", "2027-04-15T12:00", datetime(2027, 4, 15, 9, tzinfo=UTC), "12:00"),
        ("Europe/Berlin", "2027-04-15T12:00", datetime(2027, 4, 15, 10, tzinfo=UTC), "12:00"),
        ("Europe/Berlin", "2027-01-15T12:00", datetime(2027, 1, 15, 11, tzinfo=UTC), "12:00"),
        ("Asia/Vladivostok", "2027-04-15T12:00", datetime(2027, 4, 15, 2, tzinfo=UTC), "12:00"),
    ],
)
def test_a_deadline_is_typed_and_read_in_ones_own_zone(
    buyer_: Browser, need: str, own_product: Application, zone: str, typed: str, moment: datetime, shown: str
) -> None:
    choose(buyer_, zone)
    page = f"/needs/{need}/quotes"
    assert buyer_.post(f"{page}/deadline", {"until": typed}, page=page).status_code == 302
    assert stored(own_product, need).quotes_until == moment
    opens = re.findall(r"They open on ([^<]+)\.</p>", text(buyer_.get(page)))[0]
    assert shown in opens
    assert f"GMT{'+' if zone != 'UTC' else ''}" in opens


def test_two_people_read_the_same_moment_each_in_their_zone(
    buyer_: Browser, need: str, own_site: object
) -> None:
    choose(buyer_, "Europe/Moscow")
    page = f"/needs/{need}/quotes"
    buyer_.post(f"{page}/deadline", {"until": "2027-03-01T15:30"}, page=page)
    centre = Browser(own_site.test_client()).sign_in("operator")  # type: ignore[attr-defined]
    choose(centre, "Asia/Omsk")
    assert "6:30" in text(centre.get(page))
    assert "3:30" in text(buyer_.get(page))


def test_a_zone_that_is_not_offered_changes_nothing(buyer_: Browser) -> None:
    choose(buyer_, "Asia/Omsk")
    for zone in ("Mars/Olympus", "", "../../etc/passwd"):
        choose(buyer_, zone)
        assert '<option value="Asia/Omsk" selected>' in text(buyer_.get("/account"))


def test_the_day_begins_at_the_centres_midnight(tmp_path: Path) -> None:
    for zone, day in (("Asia/Kamchatka", date(2027, 1, 2)), ("Europe/Moscow", date(2027, 1, 1))):
        application = Application(Settings(data=tmp_path / zone, time_zone=zone, _env_file=None))
        with time_machine.travel(datetime(2027, 1, 1, 18, tzinfo=UTC), tick=False):
            assert application.today() == day
        application.close()


def test_a_misspelt_zone_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_TIME_ZONE", "Europe/Moskow")
    with pytest.raises(ValidationError, match="no such time zone"):
        Settings(_env_file=None)


def test_the_zone_is_called_by_its_town_where_a_deadline_is_typed(buyer_: Browser, need: str) -> None:
    choose(buyer_, "Asia/Omsk")
    page = text(buyer_.get(f"/needs/{need}/quotes"))
    assert "Quotes until (Omsk)" in page
    assert "Asia/Omsk" not in page


def test_a_need_says_how_it_came_and_when_one_can_write(buyer_: Browser, need: str) -> None:
    assert "came on this site" in text(buyer_.get(f"/needs/{need}"))
    assert "once the centre has shown you its shortlist" in text(buyer_.get(f"/needs/{need}/messages"))
