"""A refused form tells all that is wrong with it at once, above and beside its fields, and keeps what was typed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.services.people import accounts, person_invitations
from tests.support import profile_steps
from tests.support.browser import Browser, text
from tests.support.small_centre import EDITOR, PASSWORD, Centre, enter, path_in, small_centre

FIRM = {"inn": "7707083894", "organisation": "", "role": "pilot"}
PERSON = {"name": " ", "email": "nobody", "password": "short"}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def told(answer) -> list[str]:  # type: ignore[no-untyped-def]
    """The fields that the summary of a refused form leads to, each with its problem beside it."""
    page = text(answer)
    assert answer.status_code == 422
    summary = page.split('class="summary"', 1)[1].split("</div>", 1)[0]
    fields = re.findall(r'href="#f-([^"]+)"', summary)
    assert all(f'id="p-{field}"' in page for field in fields)
    return fields


def test_registering_tells_all_at_once(small: Centre) -> None:
    answer = small.browser.post("/register?role=supplier_editor", FIRM | PERSON, page="/register")
    assert told(answer) == ["inn", "organisation", "role", "name", "email", "password", "consent"]
    assert 'value="7707083894"' in text(answer)
    assert 'value="nobody"' in text(answer)


def test_who_came_by_no_door_may_leave_the_firm_out_but_not_half_of_it(small: Centre) -> None:
    right = {"name": "New", "email": "new@example.org", "password": "long-enough-password", "consent": "1"}
    half = right | {"organisation": "Завод", "role": "contractor_buyer"}
    assert told(small.browser.post("/register", half)) == ["inn"]
    assert small.browser.post("/register", right).status_code == 302


def test_joining_a_firm_tells_all_at_once(small: Centre) -> None:
    editor = enter(small, EDITOR)
    assert told(editor.post("/account/join", FIRM, page="/account/join")) == ["inn", "organisation", "role"]


def test_an_invited_newcomer_hears_of_all_at_once(small: Centre) -> None:
    with small.application.sessions.begin() as session:
        chief = accounts.by_email(session, EDITOR)
        chief.memberships[0].chief = True
        firm = chief.memberships[0].organisation
        assert firm is not None
        person_invitations.invite(session, firm, "mate@example.org", "supplier_editor", chief)
    link = path_in(small, "Join", "/join/")
    answer = small.another().post(link, {"name": "", "password": "short"}, page=link)
    assert told(answer) == ["name", "password", "consent"]


def test_a_wrong_password_does_not_hide_what_else_is_wrong(small: Centre) -> None:
    editor = enter(small, EDITOR)
    wrong = {"current": "not it", "password": "short", "email": "nobody"}
    assert told(editor.post("/account/password", wrong, page="/account/password")) == ["current", "password"]
    assert told(editor.post("/account/email", wrong, page="/account/email")) == ["current", "email"]
    own = {"current": PASSWORD, "email": EDITOR}
    assert told(editor.post("/account/email", own, page="/account/email")) == ["email"]


def test_a_need_and_its_position_tell_all_at_once(plant: Browser) -> None:
    wrong = {"envelope_mm": "large", "quantity": "many", "deliver_by": "2020-01-01", "text": "Валы"}
    answer = plant.post("/needs/new", wrong, page="/needs/new")
    assert set(told(answer)) == {"envelope_mm", "quantity", "deliver_by"}
    assert 'value="large"' in text(answer)
    assert "Валы" in text(answer)
    made = plant.post("/needs/new", {"title": "Насос"}, page="/needs/new").headers["Location"]
    page = f"{made}/position?at="
    typed = {"at": "", "revision": profile_steps.field(text(plant.get(page)), "revision"), **wrong}
    assert set(told(plant.post(f"{made}/position", typed, page=page))) == {
        "envelope_mm",
        "quantity",
        "deliver_by",
    }


def test_a_profile_tells_all_at_once(shop: Browser) -> None:
    basics = {"name-ru": "Цех", "founded": "2031", "contacts-email": "нет", "employees": "много"}
    answer = profile_steps.save(shop, "/shop/profile/basics", **basics)
    assert set(told(answer)) == {"founded", "contacts-email", "employees"}
    machine = {"name": "16К20", "year": "2035", "axes": "сто", "envelope_mm": "большой"}
    answer = profile_steps.save(shop, "/shop/profile/equipment/new", **machine)
    assert set(told(answer)) == {"year", "axes", "envelope_mm"}
