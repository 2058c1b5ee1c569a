"""The log and the figures: a line a request, nothing of a person, nothing forged."""

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from flask import Flask

from matchmaker import logs
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support.browser import Browser, statements, text


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, object]]]:
    """The lines that the process writes meanwhile, as a log keeper reads them."""
    root, kept = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    monkeypatch.setattr(sys, "stdout", kept)
    logs.configure(Settings(log_format="json", _env_file=None))
    monkeypatch.undo()

    class Lines(list):  # type: ignore[type-arg]
        def read(self) -> str:
            return kept.getvalue()

        def __iter__(self):  # type: ignore[no-untyped-def]
            return iter([json.loads(line) for line in kept.getvalue().splitlines()])

    yield Lines()
    logging.basicConfig(handlers=before, level=level, force=True)


def of_requests(lines) -> list[dict[str, object]]:  # type: ignore[no-untyped-def]
    return [line for line in lines if line["logger"] == "matchmaker.access"]


def test_a_request_is_one_line_with_its_route_and_costs(lines, buyer: Browser, product: Application) -> None:  # type: ignore[no-untyped-def]
    with statements(product) as asked:
        answer = buyer.get("/needs/?state=published")
    line = of_requests(lines)[-1]
    assert line.keys() == {
        "event", "level", "logger", "timestamp", "request_id",
        "route", "method", "status", "ms", "statements", "bytes",
    }  # fmt: skip
    assert (line["route"], line["method"], line["status"]) == ("needs.mine", "GET", 200)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["bytes"] == len(answer.get_data())
    assert line["statements"] == len([one for one in asked if not one.startswith("BEGIN")]) or line[
        "statements"
    ] == len(asked)
    assert line["ms"] > 0


def test_no_line_tells_who_or_what(lines, site: Flask) -> None:  # type: ignore[no-untyped-def]
    browser = Browser(site.test_client()).sign_in("buyer")
    browser.post(
        "/needs/new", {"text": "Секретная втулка 48150 руб", "title": "Канарейка"}, page="/needs/new"
    )
    browser.get("/suppliers?q=канарейка&token=mmk_secret")
    browser.client.get("/api/v1/needs?key=mmk_secret", headers={"Authorization": "Bearer mmk_secret"})
    browser.client.get("/канарейка/buyer@demo-centre.example", headers={"User-Agent": "канарейка"})
    assert len(of_requests(lines)) >= 6
    for word in ("anarejka", "анарейка", "48150", "mmk_secret", "buyer@", "127.0.0.1", "втулка", "state="):
        assert word not in lines.read(), word


def test_an_error_tells_its_place_and_no_words(lines, own_site: Flask) -> None:  # type: ignore[no-untyped-def]
    app = create_app(own_site.extensions["matchmaker"])

    @app.get("/breaks")
    def breaks() -> str:
        raise ValueError("could not convert '48150 руб' of buyer@demo-centre.example")

    answer = app.test_client().get("/breaks")
    assert answer.status_code == 500
    line = next(line for line in lines if line["level"] == "error")
    assert line["error"] == ["builtins.ValueError"]
    assert "in breaks" in line["at"][-1] or line["at"][-1].endswith("breaks")
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert line["request_id"] in text(answer)
    assert "48150" not in lines.read()


@pytest.mark.parametrize("bad", ["a\nb", 'x\r\n{"event": "forged"}', "\x1b[31mred", "\u2028{}", "я" * 5000])
def test_no_value_forges_a_line(lines, bad: str) -> None:  # type: ignore[no-untyped-def]
    logging.getLogger("matchmaker.x").warning("Given %s", bad, extra={"value": bad})
    assert len(list(lines)) == 1
    line = next(iter(lines))
    assert line["event"].startswith("Given ")
    assert len(line["event"]) < 1100
    assert not any(one in line["event"] + line["value"] for one in "\n\r\x1b\u2028")


def test_a_busy_server_does_not_fill_the_log(lines) -> None:  # type: ignore[no-untyped-def]
    logging.getLogger("waitress.queue").warning("Task queue depth is %d", 12)
    assert not list(lines)


def test_the_figures_count_requests_by_route(product: Application) -> None:
    client = create_app(product).test_client()
    for address in ("/healthz", "/healthz", "/suppliers/none", "/no-such-page/12345"):
        client.get(address)
    found = client.get("/metrics").get_data(as_text=True)
    assert 'matchmaker_requests_total{method="GET",route="health.alive",status="200"} 2.0' in found
    assert 'matchmaker_requests_total{method="GET",route="none",status="404"} 1.0' in found
    assert 'matchmaker_request_seconds_count{method="GET",route="public.supplier"} 1.0' in found
    assert "matchmaker_database_up 1.0" in found
    assert "12345" not in found


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("203.0.113.9", {}, 404),
        ("203.0.113.9", {"Authorization": "Bearer wrong"}, 404),
        ("203.0.113.9", {"Authorization": "Bearer the-token"}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, 404),  # a proxy that no setting names
    ],
)
def test_the_figures_are_for_this_machine_or_with_the_token(
    tmp_path, peer: str, headers: dict[str, str], status: int
) -> None:  # type: ignore[no-untyped-def]
    application = Application(Settings(data=tmp_path, metrics_token="the-token", _env_file=None))
    client = create_app(application).test_client()
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == status
    application.close()
