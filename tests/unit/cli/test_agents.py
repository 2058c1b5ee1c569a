"""`matchmaker mcp`: a real session of the protocol with the command in a child process, before the real site."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import waitress
from flask import Flask, request

from matchmaker.services.people import accounts, api_keys
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access.world import TODAY, World
from tests.support.missing import without

ROOT = Path(__file__).parents[3]
Call = Callable[..., dict[str, Any]]
WORDS = "turning of shafts, steel 45, ISO 9001"
TOOLS = {
    "find_suppliers",
    "explain_supplier",
    "show_supplier",
    "list_needs",
    "show_need",
    "need_matches",
    "read_text",
    "draft_need",
}


class Refused(Exception):
    """A call that the server answered with an error."""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    if find_spec("mcp") is None:
        without('the library of the protocol is not here (pip install "matchmaker[mcp]")')
    settings = Settings(data=tmp_path_factory.mktemp("agents"), _env_file=None)
    application = Application(settings, clock=lambda: TODAY)
    yield World(application)
    application.close()


@pytest.fixture(scope="module")
def asked() -> list[tuple[str, str]]:
    """The requests that reached the site: method and rule."""
    return []


@pytest.fixture(scope="module")
def address(world: World, asked: list[tuple[str, str]]) -> Iterator[str]:
    app: Flask = create_app(world.application)
    app.before_request(lambda: asked.append((request.method, str(request.url_rule))))
    served = waitress.create_server(app, host="127.0.0.1", port=0, threads=2)
    threading.Thread(target=served.run, daemon=True).start()
    yield f"http://127.0.0.1:{served.effective_port}"
    served.close()


def key_of(world: World, name: str, *, write: bool) -> str:
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails[name])
        for old in api_keys.of_user(session, user):
            api_keys.end(session, user, old.id)
        return api_keys.make(session, user, "agent", write=write, days=30)


@contextmanager
def agent(address: str, key: str = "", language: str = "en") -> Iterator[tuple[Any, Call]]:
    """A session of the protocol with the command: what it listed, and the way to call a tool."""
    from anyio.from_thread import start_blocking_portal
    from mcp import ClientSession, StdioServerParameters, stdio_client

    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")}
    started = StdioServerParameters(
        command=sys.executable,
        args=["-m", "matchmaker", "mcp", "--language", language],
        env={**inherited, "PYTHONPATH": str(ROOT), "MATCHMAKER_SITE": address, "MATCHMAKER_KEY": key},
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(stdio_client(started)) as (received, sent),
        portal.wrap_async_context_manager(ClientSession(received, sent)) as session,
    ):
        portal.call(session.initialize)

        def call(tool: str, **given: Any) -> dict[str, Any]:
            answer = portal.call(session.call_tool, tool, given)
            if answer.is_error:
                raise Refused(answer.content[0].text)
            found: dict[str, Any] = answer.structured_content
            return found

        yield portal.call(session.list_tools).tools, call


@pytest.fixture(scope="module")
def buyer(world: World, address: str) -> Iterator[Call]:
    with agent(address, key_of(world, "CO", write=True)) as (_, call):
        yield call


def test_there_are_these_tools_and_no_others_and_each_says_what_it_does(address: str) -> None:
    with agent(address) as (tools, _):
        assert {tool.name for tool in tools} == TOOLS
        assert {tool.name for tool in tools if not tool.annotations.read_only_hint} == {"draft_need"}
        assert all(len(tool.description.split()) > 8 for tool in tools)


def test_suppliers_are_found_and_each_condition_is_match_conflict_or_unknown(buyer: Call) -> None:
    found = buyer("find_suppliers", text=WORDS, limit=3)
    assert 0 < len(found["items"]) <= 3 <= found["total"]
    for one in found["items"]:
        told = [*one["match"], *one["conflict"], *one["unknown"]]
        assert {reason["requirement"] for reason in told} >= {"processes", "materials"}
        assert {reason["outcome"] for reason in one["match"]} <= {"met", "near"}
        assert {reason["outcome"] for reason in one["conflict"]} <= {"unmet"}


def test_a_supplier_that_a_condition_removes_is_explained_with_its_conflict(
    buyer: Call, world: World
) -> None:
    """The search leaves it out; why, is told."""
    key = world.things("profiles")["shop"].values["key"]
    here = buyer("show_supplier", supplier=key)
    elsewhere = "RU-KAM" if here.get("region") != "RU-KAM" else "RU-MOS"
    found = buyer("find_suppliers", text=WORDS, region=elsewhere)
    assert key not in [one["supplier"] for one in found["items"]]
    told = buyer("explain_supplier", supplier=key, text=WORDS, region=elsewhere)
    assert "region" in {reason["requirement"] for reason in told["conflict"] + told["unknown"]}
    without_place = buyer("explain_supplier", supplier=key, text="turning")
    assert [reason["requirement"] for reason in without_place["match"]] == ["processes"]


def test_a_text_is_read_with_what_it_leaves_open(buyer: Call) -> None:
    read = buyer("read_text", text="Валы ф45h6 из 40Х, 300 мм, по 200 шт. ежемесячно, ISO 9001")
    assert read["language"] == "ru"
    assert read["positions"][0]["quantity"] == 200


def test_a_draft_is_made_once_and_stays_a_draft(buyer: Call) -> None:
    given = {"title": "Shafts", "text": WORDS, "more": {"quantity": 200}}
    first, again = buyer("draft_need", **given), buyer("draft_need", **given)
    assert (first["new"], again["new"]) == (True, False)
    assert first["key"] == again["key"]
    shown = buyer("show_need", need=first["key"])
    assert (shown["state"], shown["record"]["quantity"]) == ("draft", 200)
    assert first["key"] in [one["key"] for one in buyer("list_needs", state="draft")["items"]]


def test_a_wrong_value_is_told_with_its_field_and_nothing_is_saved(buyer: Call) -> None:
    before = buyer("list_needs")["total"]
    with pytest.raises(Refused, match="quantity"):
        buyer("draft_need", title="Shafts", text=WORDS, more={"quantity": -1})
    with pytest.raises(Refused, match="either"):
        buyer("explain_supplier", supplier="x", text=WORDS, need="y")
    with pytest.raises(Refused, match="nowhere"):
        buyer("find_suppliers", text=WORDS, region="nowhere")
    assert buyer("list_needs")["total"] == before


@pytest.mark.parametrize(
    ("name", "write", "reads"), [("", False, False), ("CO", False, True), ("SX", True, False)]
)
def test_an_agent_may_what_the_person_of_its_key_may(
    world: World, address: str, name: str, write: bool, reads: bool
) -> None:
    """Without a key, with one for reading, with a stranger's."""
    need = world.things("needs")["draft"].values["key"]
    with agent(address, key_of(world, name, write=write) if name else "") as (_, call):
        assert call("find_suppliers", text=WORDS)["items"]
        if reads:
            assert call("show_need", need=need)["key"] == need
        else:
            with pytest.raises(Refused):
                call("show_need", need=need)
        with pytest.raises(Refused, match="key"):
            call("draft_need", title="Shafts", text=WORDS)


def test_a_supplier_reads_how_it_stands_itself(world: World, address: str) -> None:
    need = world.things("needs")["open"].values["key"]
    with agent(address, key_of(world, "SN", write=False), "ru") as (_, call):
        shown = call("show_need", need=need)
        assert shown["invited"]
        assert shown["signed"]
        (own,) = call("need_matches", need=need)["items"]
        told = call("explain_supplier", supplier=own["supplier"], need=need)
        assert told == own
        with pytest.raises(Refused, match="not among the matches"):
            call("explain_supplier", supplier="another", need=need)


def test_no_call_reached_anything_but_reading_and_the_post_of_a_draft(asked: list[tuple[str, str]]) -> None:
    """The last of this module: the tests above called every tool."""
    assert {rule for method, rule in asked if method != "GET"} <= {"/api/v1/needs"}
    assert all(rule.startswith("/api/v1/") for _, rule in asked)


def test_a_site_that_is_away_is_told_with_a_way_out() -> None:
    with agent("http://127.0.0.1:1") as (_, call), pytest.raises(Refused, match="did not answer"):
        call("list_needs")


def test_the_address_is_checked_before_anything_is_served() -> None:
    command = [sys.executable, "-m", "matchmaker", "mcp", "--site", "centre.example"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT)
    assert done.returncode == 2
    assert "https://" in done.stderr
