"""A need's text is read once, and what was read of its day stays as time goes on."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord
from matchmaker.models import Need
from matchmaker.models.base import now
from matchmaker.services.needs import need_readings, needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.schedule import needs_due
from matchmaker.services.schedule.due_day import DueDay
from tests.support.small_centre import Centre, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def posted(centre: Centre, text: str) -> int:
    with centre.application.sessions.begin() as session:
        home = needs.centre_of(session, "default")
        record = NeedRecord(id="new", text=text)
        need = needs.post(
            session, record, centre=home, by="test", posting=NeedPosting(state=NeedState.PUBLISHED)
        )
        session.flush()
        return need.id


def renewed(centre: Centre) -> int:
    return need_readings.renew(centre.application.sessions, centre.application.recogniser)


def stored(centre: Centre, key: int) -> Need:
    with centre.application.sessions() as session:
        need = session.get_one(Need, key)
        session.expunge(need)
        return need


def test_a_text_is_read_once_and_again_when_it_changes(centre: Centre) -> None:
    key = posted(centre, "Токарная обработка, сталь 40Х, 20 шт., к 1 марта 2040")
    assert renewed(centre) >= 1
    assert renewed(centre) == 0
    need = stored(centre, key)
    assert need.due == date(2040, 3, 1)
    read = {one["kind"]: one for one in need_readings.items(need)}
    assert read["material"]["value"] == "steel-40kh"
    assert read["material"]["words"] == "сталь 40Х"
    with centre.application.sessions.begin() as session:
        session.get_one(Need, key).text = "Токарная обработка, 20 шт., к 1 апреля 2040"
    assert renewed(centre) == 1
    assert stored(centre, key).due == date(2040, 4, 1)


def test_nothing_is_held_while_texts_are_read_and_a_text_that_changes_meanwhile_is_read_again(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewed(centre)
    key = posted(centre, "Токарная обработка, сталь 45, 20 шт.")
    read = need_readings.requirements_of

    def change_it(*given: Any) -> Any:
        monkeypatch.setattr(need_readings, "requirements_of", read)
        with centre.application.sessions.begin_at_once() as session:
            session.get_one(Need, key).text = "Фрезерование, сталь 40Х, 20 шт."
        return read(*given)

    monkeypatch.setattr(need_readings, "requirements_of", change_it)
    assert renewed(centre) == 0
    assert not stored(centre, key).readings
    assert renewed(centre) == 1
    found = {one["kind"]: one["value"] for one in need_readings.items(stored(centre, key))}
    assert found["material"] == "steel-40kh"


def test_a_span_counts_from_the_day_of_the_text(centre: Centre) -> None:
    key = posted(centre, "Фрезеровка корпусов, срок 3 недели")
    renewed(centre)
    due = stored(centre, key).due
    assert due == now().date() + timedelta(days=21)
    with centre.application.sessions.begin() as session:
        need = session.get_one(Need, key)
        need.readings = {**need.readings, "version": "before", "on": "2026-01-10"}
    renewed(centre)
    assert stored(centre, key).due == date(2026, 1, 31)


def test_a_need_whose_text_names_a_past_day_expires(centre: Centre) -> None:
    key = posted(centre, "Токарная обработка втулок, до 20.01.2040")
    renewed(centre)
    day = DueDay(date(2040, 1, 21), lambda _session, _key: (), lambda code, _language: code, {})
    with centre.application.sessions.begin() as session:
        list(needs_due.expire(session, day))
    assert stored(centre, key).state == NeedState.EXPIRED
