"""What the table of errors says to a browser and to a program."""

import re

import pytest
from flask import Flask

from matchmaker.domain import errors as domain
from matchmaker.web.kit.errors import STATUS
from tests.support.browser import Browser, text


def _kinds(kind: type[domain.MatchmakerError]) -> set[type[domain.MatchmakerError]]:
    return {kind}.union(*map(_kinds, kind.__subclasses__()))


def test_every_error_has_a_status() -> None:
    assert set(STATUS) == _kinds(domain.MatchmakerError)


@pytest.mark.parametrize(
    "address", ["/suppliers?sort=price", "/suppliers?page=0", "/needs/?state=sold", "/suppliers?q=%00"]
)
def test_a_page_that_is_asked_for_wrongly_is_told_what_to_do_and_not_to_send_a_form(
    buyer: Browser, address: str
) -> None:
    answer = buyer.get(address)
    assert answer.status_code == 400
    page = text(answer)
    assert "A part of the address is wrong" in page
    plain = re.search(r'<a href="([^"?]+)">Open the page without these values</a>', page)
    assert plain
    assert buyer.get(plain[1]).status_code == 200
    assert "send the form again" not in page


def test_a_form_that_is_sent_wrongly_is_sent_again(buyer: Browser) -> None:
    answer = buyer.client.post("/account/name", data={"name": "x"}, headers=buyer.headers)
    assert answer.status_code == 400
    assert "Open the page without these values" not in text(answer)


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (
            domain.RevisionMissing(),
            "Say which revision you have changed. Name it in If-Match; reading the need tells it as its ETag.",
        ),
        (
            domain.AlreadyThere(id="n-1", address="/api/v1/needs/k"),
            "There is a need “n-1” already, and it says something else. Change it at /api/v1/needs/k.",
        ),
        (
            domain.AlreadyThere(id="n-1"),
            "There is a need “n-1” already, and it says something else.",
        ),
    ],
)
def test_a_program_is_told_where_in_a_request_it_goes(
    site: Flask, error: domain.MatchmakerError, detail: str
) -> None:
    with site.test_request_context("/api/v1/needs", headers={"Accept-Language": "en"}):
        answer = site.make_response(site.handle_user_exception(error))
    assert answer.status_code == STATUS[type(error)]
    assert answer.get_json()["detail"] == detail


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("matchmaker.web.kit.changes.stand", "Nothing was saved."),
        ("matchmaker.web.kit.changes.look_again", "What you sent may have been saved before this happened"),
    ],
)
def test_a_mistake_of_the_program_does_not_say_that_nothing_was_saved_where_something_was(
    buyer: Browser, monkeypatch: pytest.MonkeyPatch, broken: str, said: str
) -> None:
    token = buyer.token("/account")

    def fail(*_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(broken, fail)
    form = {"csrf_token": token, "zone": "Europe/Samara"}
    answer = buyer.client.post("/account/zone", data=form, headers=buyer.headers)
    assert answer.status_code == 500
    assert said in text(answer)
