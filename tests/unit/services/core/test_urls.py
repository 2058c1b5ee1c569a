"""The addresses that services name are pages of the site, and stand in one place."""

import ast
import inspect
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.routing import Map

from matchmaker.services.core import urls
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application

ROOT = Path(__file__).parents[4]
SERVICES = ROOT / "matchmaker" / "services"
TEMPLATES = ROOT / "templates"
ENDPOINTS = {
    "home": "public.home",
    "pull_bundle": "bundle_doors.pull",
    "push_bundle": "bundle_doors.push",
    "sign_in": "account.login",
    "ask_password": "recovery.ask",
    "new_password": "recovery.reset",
    "confirm_account": "recovery.confirm",
    "confirm_email": "own_account.confirm_email",
    "chosen_letters": "account.show",
    "colleagues": "people.show",
    "join": "people.accept",
    "answer_invitation": "answers.show",
    "quote_by_letter": "letter_quotes.own",
    "answer_capacity": "answers.capacity",
    "answer_deal": "answers.deal",
    "answer_event_deal": "event_deals.ask_deal",
    "event_by_letter": "event_letters.open_letter",
    "tell_year": "years.by_letter",
    "contract_by_letter": "answers.contract",
    "order_by_letter": "letter_orders.show",
    "confirm_facts": "answers.fresh",
    "leave_letters": "answers.letters_of_kind",
    "shop": "shop.show",
    "own_ladders": "own_ladders.show",
    "own_profile": "profile.show",
    "supplier": "public.supplier",
    "need": "needs.show",
    "own_quote": "quotes.own",
    "team": "teams.own",
    "quotes": "quotes.listed",
    "order": "orders.show",
    "ladder": "ladders.show",
    "card": "cards.show",
    "own_cards": "cards.own",
    "messages": "messages.thread",
    "match_at_work": "curating.shortlist",
    "events": "public_events.listed",
    "event": "public_events.show",
    "event_calendar": "public_events.calendar",
    "own_event": "own_events.show",
}

FOR_PROGRAMS = {"pull_bundle", "push_bundle"}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Map:
    application = Application(Settings(data=tmp_path_factory.mktemp("urls"), _env_file=None))
    yield create_app(application).url_map
    application.close()


def test_every_address_is_held_to_a_route() -> None:
    assert {name for name, _ in inspect.getmembers(urls, inspect.isfunction)} == set(ENDPOINTS)


@pytest.mark.parametrize(("name", "endpoint"), ENDPOINTS.items())
def test_an_address_is_the_page_that_it_names(routes: Map, name: str, endpoint: str) -> None:
    function = getattr(urls, name)
    keys = [f"key-{number}" for number, _ in enumerate(inspect.signature(function).parameters)]
    # An address that lacks its last slash raises here, since the site would send the reader on.
    method = "POST" if name in FOR_PROGRAMS else "GET"
    found, given = routes.bind("localhost").match(urlsplit(function(*keys)).path, method)
    assert found == endpoint
    assert set(given.values()) <= set(keys)


@pytest.mark.parametrize(
    ("address", "mark"),
    [(urls.chosen_letters(), 'id="letters"'), (urls.match_at_work("n", "{{"), 'id="m-{{')],
)
def test_a_place_on_a_page_is_there(address: str, mark: str) -> None:
    assert urlsplit(address).fragment == mark.removeprefix('id="').removesuffix('"')
    assert any(mark in path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))


def _texts(path: Path) -> set[str]:
    """The texts of a module, of a formatted one its parts."""
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_no_other_module_of_the_services_writes_an_address(routes: Map) -> None:
    first_parts = {rule.rule.split("/")[1] for rule in routes.iter_rules()} - {""}
    written = {
        (path.name, text)
        for path in SERVICES.rglob("*.py")
        if path.name != "urls.py"
        for text in _texts(path)
        if text.startswith("/") and re.split("[/#?]", text)[1] in first_parts
    }
    assert written == set()
