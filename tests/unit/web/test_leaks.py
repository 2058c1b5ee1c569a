"""Nothing leaks: no reader finds what people typed into texts and it may not see; `make check-leaks` tells the figure."""

import pytest
from flask import Flask

from tests.access import world as made
from tests.access.matrix import Row
from tests.access.world import World
from tests.checks import leaks
from tests.support import routes

# Where texts stand; the command opens all the others too.
SHOWING = (
    "needs.show",
    "public.supplier",
    "api.supplier",
    "shop.show",
    "public.search",
    "drawings.nda",
    "quotes.own",
)
UNDER_SEAL = (
    "needs.show",
    "needs.edit",
    "quotes.listed",
    "messages.listed",
    "comparison.compare",
    "joint.together",
    "api_needs.matches",
    "api_needs.together",
    "api_dealings.quotes",
    "needs.mine",
    "audit.show",
)
SHOWN = [row for row in leaks.readable() if row.endpoint in SHOWING]


@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_contact_data_and_prices_are_read_by_nobody_who_may_not(app: Flask, world: World, row: Row) -> None:
    assert list(leaks.on_pages(app, world, [row])) == []


def test_letters_and_search_documents_hold_none(world: World) -> None:
    assert list(leaks.in_letters(world.application)) == []
    assert list(leaks.in_documents(world.application)) == []


@pytest.mark.parametrize(
    ("endpoint", "group", "label", "name", "typed"),
    [
        ("needs.show", "needs", "open", "CO", made.OF_ALL_NEEDS),
        ("needs.show", "needs", "open", "OO", made.OF_ALL_NEEDS),
        ("public.supplier", "profiles", "shop", "SO", made.OF_SHOPS),
        ("public.supplier", "profiles", "shop", "CN", made.OF_SHOPS),
    ],
)
def test_owners_read_what_they_wrote(
    app: Flask, world: World, endpoint: str, group: str, label: str, name: str, typed: made.Typed
) -> None:
    """Else the tests above could not fail."""
    row = next(row for row in leaks.readable() if row.endpoint == endpoint)
    page = routes.ask(app, world, row, name, world.things(group)[label]).get_data(as_text=True)
    assert typed.phone in page


def test_an_owner_is_told_what_others_do_not_read(app: Flask, world: World) -> None:
    row = next(row for row in leaks.readable() if row.endpoint == "needs.show")
    page = routes.ask(app, world, row, "CO", world.things("needs")["name-hidden"]).get_data(as_text=True)
    assert "Others do not see from the texts" in page
    stranger = routes.ask(app, world, row, "SX", world.things("needs")["name-hidden"]).get_data(as_text=True)
    assert "Others do not see from the texts" not in stranger
    assert "Токарная обработка валов, сталь 45, 100 шт" in stranger


def test_nobody_learns_that_a_rival_has_quoted_under_seal(app: Flask, world: World) -> None:
    """To the byte, on the pages of needs and quotes and in the answers to programs; last, since it changes the needs."""
    rows = [row for row in leaks.readable() if row.endpoint in UNDER_SEAL]
    told = leaks.interference(world.application, app, world, rows, ("CO", "SN", "SX", "AN"))
    assert told.changed == ()
    assert told.compared > 100
    assert told.seen_by_centre > 0


IN_SILENCE = (
    "needs.show",
    "quotes.own",
    "messages.listed",
    "messages.thread",
    "messages.new",
    "shop.show",
    "public.home",
    "orders.mine",
    "api_needs.summary",
    "api_dealings.own_quote",
    "api_shop.invitations",
    "api_shop.fitting",
)


def test_nobody_learns_of_a_contract_that_can_be_taken_back(app: Flask, world: World) -> None:
    """To the byte, on the pages of needs and shops and in the answers to programs; nor by what anybody does meanwhile."""
    rows = [row for row in leaks.readable() if row.endpoint in IN_SILENCE]
    told = leaks.silence(world.application, app, world, rows, ("SI", "SN", "SX", "AN"))
    assert told.changed == ()
    assert told.compared > 50
    assert told.seen_by_centre > 0
    key = world.things("needs")["open"].values["key"]
    acts = {
        "SN": (
            f"/needs/{key}/quote",
            {"do": "submit", "amount": "100", "currency": "RUB", "vat": "included"},
        ),
        "SX": (f"/needs/{key}/ask", {}),
    }
    for name, (address, form) in acts.items():
        refused = world.enter(app.test_client(), name).post(address, data=form)
        assert refused.status_code == 409
        page = refused.get_data(as_text=True)
        assert "cannot be changed right now. Try again in ten minutes" in page
        assert "Contract signed" not in page
