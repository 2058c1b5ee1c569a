"""What costs much is limited, in the reader's language and with a true time to return; what was typed stays."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from matchmaker.domain.access import FIRM_ROLES
from matchmaker.models.base import now
from matchmaker.web.edge import request_limits
from tests.support.browser import Browser, text
from tests.support.small_centre import EDITOR, Centre, enter, small_centre

TEXT = "What I wrote for an hour"


@pytest.fixture(scope="module")
def shared_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with small_centre(tmp_path_factory.mktemp("centre")) as made:
        yield made


@pytest.fixture
def centre(shared_centre: Centre) -> Iterator[Centre]:
    with time_machine.travel(now(), tick=False):
        yield shared_centre


def lower(monkeypatch: pytest.MonkeyPatch, name: str, **most: int) -> None:
    """Let a limit be reached soon."""
    limit = replace(getattr(request_limits, name), what=f"{name} of this test", **most)
    for table in ("_READS", "_FORMS"):
        old = getattr(request_limits, table)
        monkeypatch.setattr(
            request_limits,
            table,
            {at: limit if one is getattr(request_limits, name) else one for at, one in old.items()},
        )
    monkeypatch.setattr(request_limits, name, limit)


@pytest.mark.parametrize(("language", "said"), [("en", "Too many searches"), ("ru", "Слишком много поисков")])
def test_searches_are_limited_by_machine_with_a_true_time(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    lower(monkeypatch, "SEARCHES", of_machine=3)
    browser = Browser(centre.another().client, language)
    address = {"REMOTE_ADDR": f"192.0.2.{1 if language == 'en' else 2}"}

    def ask() -> tuple[int, str, str]:
        answer = browser.client.get("/map", headers=browser.headers, environ_base=address)
        return answer.status_code, answer.headers.get("Retry-After", ""), text(answer)

    assert [ask()[0] for _ in range(3)] == [200] * 3
    status, wait, page = ask()
    assert (status, wait, said in page) == (429, "20", True)
    with time_machine.travel(now() + timedelta(seconds=20), tick=False):
        assert ask()[0] == 200
    other = browser.client.get("/map", headers=browser.headers, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert other.status_code == 200


def test_programs_are_told_in_json(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    lower(monkeypatch, "PROGRAM_READS", of_machine=2)
    client = centre.another().client
    answers = [client.get("/api/v1/needs") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[-1].mimetype == "application/problem+json"
    assert answers[-1].get_json()["code"] == "attempts.too_many"
    assert answers[-1].headers["Retry-After"] == "30"


def test_bundles_are_asked_for_only_so_often(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    lower(monkeypatch, "BUNDLES", of_machine=2)
    client = centre.another().client
    answers = [client.post("/network/bundles/pull", data=b"{}") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [403, 403, 429]
    assert answers[-1].headers["Retry-After"] == "1800"


def test_a_message_over_the_limit_is_kept_on_the_page(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    lower(monkeypatch, "LETTERS", of_person=1)
    browser = enter(centre, EDITOR)
    form = {"inn": "7707083893", "organisation": TEXT, "role": min(FIRM_ROLES)}
    browser.post("/account/join", form, page="/account")
    answer = browser.post("/account/join", form, page="/account")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "Too many e-mails" in text(answer)
    assert TEXT in text(answer)


def test_every_limited_page_is_there(centre: Centre) -> None:
    known = set(centre.browser.client.application.view_functions)
    assert set(request_limits._READS) | set(request_limits._FORMS) <= known
