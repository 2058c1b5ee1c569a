"""A quote answers the positions of a need: some of them, with its sum checked; the contractor reads them side by side."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from matchmaker.domain.records import NeedRecord, PositionRecord
from matchmaker.models import Match, Need, Quote
from matchmaker.services.needs import needs
from matchmaker.services.quotes import position_prices, quote_terms
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import field

PLATE, BRACKET = (
    position_prices.AskedPosition(*one) for one in (("1", "Plate", 100), ("B/2", "Bracket", 20))
)


@pytest.fixture
def parts(need: str, own_product: Application) -> str:
    """The need with two positions."""
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, need)
        given = (
            PositionRecord(id="1", title="Plate", quantity=100),
            PositionRecord(id="B/2", title="Bracket", quantity=20, text="Bent, two holes"),
        )
        changed: NeedRecord = needs.record(stored).model_copy(update={"positions": given})
        needs.edit(session, stored, changed, revision=stored.revision, by="tester")
    return need


def send(browser: Browser, need: str, do: str = "submit", **given: str):  # type: ignore[no-untyped-def]
    address = f"/needs/{need}/quote"
    page = text(browser.get(address))
    revision = {"revision": field(page, "revision")} if 'name="revision"' in page else {}
    typed = {name.replace("__", "-"): value for name, value in given.items()}
    return browser.post(
        address, {**revision, "amount": "", "currency": "RUB", **typed, "do": do}, page=address
    )


def priced(plate: str = "", bracket: str = "", **more: str) -> dict[str, str]:
    return {f"price__{PLATE.mark}": plate, f"price__{BRACKET.mark}": bracket, **more}


def stored_terms(product: Application, need: str) -> list[quote_terms.QuoteTerms]:
    query = select(Quote).join(Quote.match).join(Match.need).where(Need.public_id == need)
    with product.sessions() as session:
        return [quote_terms.of(one) for one in session.scalars(query.order_by(Quote.id))]


def test_some_positions_are_quoted_and_added_up(parts: str, shop: Browser, own_product: Application) -> None:
    page = text(shop.get(f"/needs/{parts}/quote"))
    assert "Bent, two holes" in page
    assert field(page, f"pieces-{PLATE.mark}") == "100"
    more = {
        f"days__{PLATE.mark}": "14", f"pieces__{PLATE.mark}": "60", f"steps__{PLATE.mark}": "100: 11,50; 500: 9",
        "tooling": "250", "vat": "added", "vat_percent": "22", "material_by": "customer",
        "payment": "30 % in advance", "delivery": "from our store",
    }  # fmt: skip
    assert send(shop, parts, **priced("12,30", **more)).status_code == 302
    (terms,) = stored_terms(own_product, parts)
    line = position_prices.PositionPrice("1", 60, 1230, 14, ((100, 1150), (500, 900)))
    assert (terms.positions, terms.amount_minor, terms.total_minor) == ((line,), 73_800, 98_800)
    assert (terms.vat, terms.vat_percent, terms.material_by) == ("added", 22, "customer")
    page = text(shop.get(f"/needs/{parts}/quote"))
    assert "1 of 2 positions" in page
    assert "988.00" in page
    assert field(page, f"steps-{PLATE.mark}") == "100: 11.50; 500: 9.00"
    assert field(page, "payment") == "30 % in advance"


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        (
            {"amount": "1300"},
            "amount",
            "come to 1230.00, not to this price. Correct one of the prices, or leave this one empty: it is added up. (1300)",
        ),
        ({f"pieces__{PLATE.mark}": "101"}, f"pieces-{PLATE.mark}", "from 1 to 100"),
        ({f"price__{PLATE.mark}": "cheap"}, f"price-{PLATE.mark}", "Write the amount like"),
        ({f"days__{BRACKET.mark}": "7"}, f"price-{BRACKET.mark}", "Give the price of a piece as well"),
        ({f"steps__{PLATE.mark}": "many"}, f"steps-{PLATE.mark}", "one lot size"),
        ({"price-aaaaaaaaaaaa": "77"}, "amount", "no longer in the need. Look at the positions again. (77)"),
        ({"vat": "added"}, "vat_percent", "Give the rate that is added"),
        ({"vat_percent": "22"}, "vat_percent", "Say first whether"),
        ({"vat": "included", "vat_percent": "122"}, "vat_percent", "Give the rate in percent"),
        ({"material_by": "the moon"}, "material_by", "Choose one from the list"),
        ({"tooling": "-1"}, "tooling", "Write the amount like"),
    ],
)
def test_what_does_not_add_up_comes_back_as_typed(
    parts: str, shop: Browser, own_product: Application, given: dict[str, str], name: str, words: str
) -> None:
    answer = send(shop, parts, **{**priced("12.30"), **given})
    assert answer.status_code == 422
    page = text(answer)
    assert f'href="#f-{name}"' in page
    assert words in page
    assert "12.30" in page or f"price__{PLATE.mark}" in given
    assert stored_terms(own_product, parts) == []


def test_the_contractor_reads_positions_side_by_side_and_weighs_them(
    parts: str, shop: Browser, rival: Browser, plant: Browser
) -> None:
    assert send(shop, parts, **priced("12", "50", lead_time_days="30")).status_code == 302
    cheaper = priced("10", "70", lead_time_days="10", vat="added", vat_percent="20")
    assert send(rival, parts, **cheaper).status_code == 302
    listing = f"/needs/{parts}/quotes"
    page = text(plant.get(listing))
    best = '<span class="badge fresh">lowest price</span>'
    assert page.count(best) == 4  # all and the bracket of the one; the plate costs 12 with VAT at both
    assert page.count("most points") == 1
    assert "2,880.00 with VAT" in page.replace("RUB", "").replace("\xa0", "")

    def first(query: str) -> str:
        rows = re.findall(
            r'<tr>\s*<th scope="row">\s*<a[^>]*>([^<]*)</a>(.*?)</tr>',
            text(plant.get(listing + query)),
            re.DOTALL,
        )
        return next(name for name, row in rows if "most points" in row)

    assert first("?price=100&days=0&fit=0") != first("?price=0&days=100&fit=0")
    wrong = text(plant.get(f"{listing}?price=0&days=0&fit=0"))
    assert "not all of them 0" in wrong
    assert "Only quotes for everything" in wrong
    assert plant.get(f"{listing}?rank=1").status_code == 400


def test_a_position_s_price_stays_sealed(
    parts: str, shop: Browser, rival: Browser, plant: Browser, centre: Browser
) -> None:
    later = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    assert (
        plant.post(
            f"/needs/{parts}/quotes/deadline", {"until": later}, page=f"/needs/{parts}/quotes"
        ).status_code
        == 302
    )
    assert send(shop, parts, **priced("6543,21")).status_code == 302
    for reader in (plant, rival, centre):
        for address in (f"/needs/{parts}", f"/needs/{parts}/quotes", f"/needs/{parts}/quote"):
            assert "543.21" not in text(reader.get(address))


def test_quotes_of_two_currencies_are_compared_at_the_rate_that_the_centre_sets(
    parts: str, shop: Browser, rival: Browser, plant: Browser, centre: Browser
) -> None:
    assert send(shop, parts, **priced("100", "100")).status_code == 302
    assert send(rival, parts, **{**priced("1", "1"), "currency": "EUR"}).status_code == 302
    listing = f"/needs/{parts}/quotes"
    assert "not compared: no rate of EUR" in text(plant.get(listing))
    rate = {"currency": "EUR", "roubles": "91,5", "on": field(text(centre.get("/work/rates/")), "on")}
    assert plant.post("/work/rates/", rate, page="/").status_code == 403
    assert centre.post("/work/rates/", {**rate, "roubles": "91,5 ₽"}, page="/work/rates/").status_code == 422
    answer = centre.post("/work/rates/", rate, page="/work/rates/")
    assert answer.status_code == 302, text(answer)
    page = text(plant.get(listing))
    assert "1 EUR = 91.5 RUB, set by the centre for" in page
    assert "10,980.00 with VAT" in page.replace("RUB", "").replace("\xa0", "")
    assert page.count('<span class="badge fresh">lowest price</span>') == 3
