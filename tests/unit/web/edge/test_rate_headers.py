"""A program is told on every answer what it may still do, and it is true."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from matchmaker.models.base import now
from matchmaker.web.edge import request_limits
from tests.support.small_centre import Centre, small_centre


@pytest.fixture(scope="module")
def shared_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with small_centre(tmp_path_factory.mktemp("centre")) as made:
        yield made


@pytest.fixture
def centre(shared_centre: Centre) -> Iterator[Centre]:
    with time_machine.travel(now(), tick=False):
        yield shared_centre


def told(centre: Centre, address: str, path: str = "/api/v1/openapi.json") -> tuple[int, str, str, str]:
    answer = centre.browser.client.get(path, environ_base={"REMOTE_ADDR": address})
    return (
        answer.status_code,
        answer.headers["RateLimit"],
        answer.headers["RateLimit-Policy"],
        answer.headers.get("Retry-After", ""),
    )


def test_what_is_left_is_left(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    limit = replace(request_limits.PROGRAM_READS, what="few", of_machine=3)
    monkeypatch.setattr(request_limits, "PROGRAM_READS", limit)
    policy = '"few";q=3;w=60'
    assert told(centre, "192.0.2.1") == (200, '"few";r=2;t=20', policy, "")
    assert told(centre, "192.0.2.1", "/api/v1/nowhere") == (404, '"few";r=1;t=40', policy, "")
    assert told(centre, "192.0.2.1", "/api/v1/needs") == (401, '"few";r=0;t=60', policy, "")
    assert told(centre, "192.0.2.1") == (429, '"few";r=0;t=20', policy, "20")
    assert told(centre, "192.0.2.2")[1] == '"few";r=2;t=20'
    with time_machine.travel(now() + timedelta(seconds=19), tick=False):
        assert told(centre, "192.0.2.1") == (429, '"few";r=0;t=1', policy, "1")
    with time_machine.travel(now() + timedelta(seconds=20), tick=False):
        assert told(centre, "192.0.2.1") == (200, '"few";r=0;t=60', policy, "")
    with time_machine.travel(now() + timedelta(seconds=80), tick=False):
        assert told(centre, "192.0.2.1") == (200, '"few";r=2;t=20', policy, "")


def test_what_cannot_be_read_counts_too(centre: Centre) -> None:
    def post(**sent: object) -> str:
        answer = centre.browser.client.post(
            "/api/v1/needs", environ_base={"REMOTE_ADDR": "192.0.2.3"}, **sent
        )
        assert answer.status_code in {400, 401, 415}, answer.status_code
        return answer.headers["RateLimit"]

    asked = [
        {"json": {}},
        {"data": b"{", "content_type": "application/json; charset=koi8-r"},
        {"query_string": "limit=1&limit=2"},
    ]
    assert [post(**sent) for sent in asked] == [
        f'"changes by programs";r={left};t={60 - left}' for left in (59, 58, 57)
    ]


def test_pages_have_no_such_headers(centre: Centre) -> None:
    assert "RateLimit" not in centre.browser.client.get("/").headers
