"""Every page of the site in a real browser, as somebody who may see it: nothing that axe, the console or a phone minds.

The pages are those of the site's own map, so that a new one is looked at without being listed. One that nobody of the
small network gets to see fails, unless it is a letter's or stands in ELSEWHERE with the reason.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
import waitress
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext
from sqlalchemy import select

from matchmaker.models import Decision, Session
from matchmaker.services.core import signed_links
from matchmaker.services.people import accounts, password_reset
from matchmaker.services.shortlist import match_decisions
from matchmaker.web.app import create_app
from tests.access.matrix import ROWS, Row
from tests.access.world import PASSWORD, World
from tests.journeys import measuring
from tests.journeys.walker import Walker, screen, unreached
from tests.support.routes import FORMS, address, rules

# Who comes to a page that looks unlike what those before have seen there.
READERS = ("AN", "SO", "SI", "SN", "CO", "OO", "NA")
WIDTHS = (1280, 360)
ELSEWHERE = {
    "authority.listed": "of several centres alone, see tests/unit/web/network/test_authority.py",
    "second_factor.code": "shown between the password and the code, see the test below",
    "awarding.award": "asks for quotes by position that are open, see tests/journeys/test_story.py",
    "duplicates.several": "asks for the firms of a group, see tests/unit/web/work/test_operator.py",
    "letter_quotes.own": "of firms without an account alone, see tests/unit/web/needs/test_letter_quotes.py",
    "event_letters.open_letter": "the same, see tests/unit/web/events/test_events.py",
    "event_deals.ask_deal": "of an event that was held, see tests/unit/web/events/test_events.py",
    "years.by_letter": "the same, see tests/unit/web/development/test_years.py",
    "letter_orders.show": "the same, see tests/unit/web/needs/test_letter_orders.py",
    "letter_orders.report": "a download by a letter, see tests/unit/web/needs/test_letter_orders.py",
    "answers.contract": "the same by a letter, see tests/unit/web/needs/test_contracts.py",
    "reports.contract": "a PDF of an award that has stood, see tests/unit/web/needs/test_contracts.py",
    "api_localisation.rows": "an answer about a file that was sent, see tests/unit/web/chains/test_localisation.py",
    "teams.own": "of a firm in a team alone, see tests/unit/web/needs/test_teams.py",
    "api_joint_work.own_team": "the same for programs, see tests/unit/web/needs/test_teams.py",
    "guides.download": "a download, see tests/unit/web/public/test_guides.py",
    "incoming.show": "a letter that came, see tests/unit/web/work/test_incoming.py",
    "incoming.file": "its file, see the same",
    "open_data.download": "of a period that is locked, see tests/unit/web/public/test_open_data.py",
    "missing.published": "the same for missing capacity, see tests/unit/web/chains/test_missing.py",
    "design.show": "of the demo alone, see tests/journeys/test_design.py",
}
_ELEMENT = re.compile(r'<([a-z0-9]+)(?: [^>]*?class="([^"]*)")?')


@dataclass(frozen=True, slots=True)
class Stop:
    """A page of the walk: where it is, and who comes."""

    path: str
    reader: str


@pytest.fixture(scope="module")
def site(world: World) -> Flask:
    app = create_app(world.application)
    app.testing = True
    return app


@pytest.fixture(scope="module")
def served(site: Flask) -> Iterator[str]:
    server = waitress.create_server(site, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


def letter_links(session: Session, world: World) -> dict[str, str]:
    """A link of each kind that letters have, by the page it leads to."""
    place = world.application.site()
    shop, plant = (accounts.by_email(session, world.emails[name]) for name in ("SI", "CO"))
    new = accounts.create_user(
        session, accounts.AccountDetails("new@people.example", "New", PASSWORD, "en"), by="test"
    )
    match = match_decisions.by_key(session, str(world.things("needs")["open"].form["match"]))
    invited = session.scalars(
        select(Decision).where(Decision.need_id == match.need_id, Decision.profile_id == match.profile_id)
    ).first()
    assert invited is not None
    profile, firm = match.profile, match.profile.organisation
    words = {
        "answers.show": ("answer", (match.public_id, invited.public_id, shop.public_id, "not_ours")),
        "answers.deal": ("deal", (match.public_id, "30", plant.public_id, "yes")),
        "answers.capacity": ("capacity", (profile.public_id, "2026-11-23", shop.public_id, "more")),
        "answers.fresh": ("fresh", (profile.public_id, "equipment", shop.public_id, "2026-11-23")),
        "answers.letters_of_kind": ("letters", (shop.email, "digest")),
        "recovery.confirm": ("confirm", (new.public_id, new.email_key)),
        "recovery.reset": ("reset", (shop.public_id, password_reset._fingerprint(shop))),
        "own_account.confirm_email": (
            "email",
            (shop.public_id, shop.email_key, "other@people.example", str(shop.epoch)),
        ),
        "people.accept": (
            "person",
            (
                "organisation",
                accounts.by_email(session, world.emails["SO"]).memberships[0].organisation.public_id,
                "supplier_editor",
                "guest@people.example",
                accounts.by_email(session, world.emails["SO"]).public_id,
            ),
        ),
    }
    assert firm is not None
    return {endpoint: signed_links.sign(place, kind, said) for endpoint, (kind, said) in words.items()}


@pytest.fixture(scope="module")
def route(site: Flask, world: World) -> list[Stop]:
    """The walk: every GET address of the site's map that answers with a page, and whoever looks at it."""
    with world.application.sessions.begin() as session:
        tokens = letter_links(session, world)
    clients = {name: world.enter(site.test_client(), name) for name in READERS}
    found, unseen = [Stop("/nowhere", "AN")], []
    for endpoint in sorted({endpoint for endpoint, method in rules(site) if method == "GET"}):
        row = next((row for row in ROWS if (row.endpoint, row.method) == (endpoint, "GET")), None)
        assert row is not None, f"{endpoint} has no row in tests/access/matrix.py"
        if endpoint in tokens:
            rule = next(site.url_map.iter_rules(endpoint))
            found.append(Stop(rule.rule.replace("<token>", tokens[endpoint]), "AN"))
            continue
        seen, other = _who_sees(site, world, row, clients)
        if not seen and not other and endpoint not in ELSEWHERE:
            unseen.append(endpoint)
        found += seen
    assert unseen == [], "nobody sees these pages; give the world what they need, or say in ELSEWHERE why"
    return list(dict.fromkeys(found))


def _who_sees(
    site: Flask, world: World, row: Row, clients: dict[str, FlaskClient]
) -> tuple[list[Stop], bool]:
    """Whom the route shows a page of its own making, and whether it answers anybody with something else than pages."""
    shapes: dict[frozenset[tuple[str, str]], Stop] = {}
    other = False
    for thing in world.things(row.on).values():
        path = address(site, row, thing)
        for name, client in clients.items():
            with client.get(path, query_string=FORMS[row.form]) as answer:
                if answer.status_code != 200:
                    continue
                if answer.mimetype != "text/html":
                    other = True
                    continue
                main = answer.get_data(as_text=True).partition("<main")[2]
                shapes.setdefault(frozenset(_ELEMENT.findall(main)), Stop(path, name))
        if shapes or other:
            break
    return list(shapes.values()), other


def enter(context: BrowserContext, site: Flask, world: World, name: str, served: str) -> None:
    """Give the browser the session of somebody."""
    client = world.enter(site.test_client(), name)
    kept = client.get_cookie("matchmaker")
    if kept is not None:
        context.add_cookies([{"name": "matchmaker", "value": kept.value, "url": served}])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("ru", 1280, "light"), ("en", 360, "light"), ("en", 1280, "dark"), ("ru", 360, "dark")],
)
def test_nothing_is_wrong_with_any_page(
    chromium: Browser,
    site: Flask,
    world: World,
    served: str,
    route: list[Stop],
    language: str,
    width: int,
    scheme: Literal["light", "dark"],
) -> None:
    wrong: list[str] = []
    for name in READERS:
        with chromium.new_context(**screen(width), locale=language, color_scheme=scheme) as context:
            enter(context, site, world, name, served)
            context.add_cookies([{"name": "language", "value": language, "url": served}])
            walker = Walker(context.new_page(), served)
            for stop in route:
                if stop.reader == name:
                    walker.go(stop.path)
            said = [one for one in walker.wrong if not ("/nowhere" in one and "404" in one)]
            wrong += [f"{name}: {one}" for one in said]
    measuring.keep(language, width, scheme, len(route), [one.replace(served, "") for one in wrong])
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wrong_where_the_code_is_asked(
    chromium: Browser, world: World, served: str, width: int
) -> None:
    with world.application.sessions.begin() as session:
        person = accounts.AccountDetails(
            f"code{width}@people.example", "Code", PASSWORD, "en", confirmed=True
        )
        accounts.create_user(session, person, by="test").totp_secret = "JBSWY3DPEHPK3PXP"
    with chromium.new_context(**screen(width), locale="en") as context:
        walker = Walker(context.new_page(), served)
        walker.go("/login")
        walker.page.fill("#f-email", person.email)
        walker.page.fill("#f-password", PASSWORD)
        walker.press("main form button")
        assert walker.page.locator("input[autocomplete='one-time-code']").count() == 1
        assert walker.wrong == []


@pytest.mark.slow
def test_the_keyboard_comes_to_everything(
    chromium: Browser, site: Flask, world: World, served: str, route: list[Stop]
) -> None:
    wrong: list[str] = []
    for name in READERS:
        with chromium.new_context(**screen(WIDTHS[0]), locale="ru") as context:
            enter(context, site, world, name, served)
            page = context.new_page()
            for number, stop in enumerate([one for one in route if one.reader == name]):
                page.goto(served + stop.path)
                wrong += [f"{name}: {stop.path}: {one}" for one in unreached(page, whole=number == 0)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_what_the_keyboard_misses_is_told(chromium: Browser) -> None:
    with chromium.new_context(**screen(WIDTHS[0])) as context:
        page = context.new_page()
        page.set_content(
            "<main><a href='#'>first</a><p style='margin-top:60px'><a href='#' id=bare style='outline:none'>bare</a></p>"
            "<script>document.addEventListener('keydown', one => { if (document.activeElement.id === 'trap') one.preventDefault() })</script>"
            "<button id=trap>trap</button><a href='#' id=beyond>beyond</a>"
            "<div style='position:fixed;inset:0 0 auto 0;height:40px;background:#fff'></div></main>"
        )
        told = unreached(page, whole=True)
    assert sorted(one.partition(" <")[0] for one in told) == [
        "focus behind something",
        "no sign of the focus",
        "the keyboard does not come to",
    ]
