"""Who could do a need together: on its page, and for programs, by name for the centre only."""

import re

import pytest

from tests.support.browser import Browser, text

ROUTE = (
    "Нужны отливки из чугуна: литьё в песчаные формы, затем гальваническое цинкование, лазерная резка, 50 шт."
)
POSITIONS = """1. Вал, токарная обработка, сталь 45 — 200 шт.
2. Корпус, литьё в песчаные формы, чугун СЧ20 — 50 шт.
3. Кронштейн, лазерная резка, Ст3 — 300 шт."""
HUGE = "Токарная обработка валов, 2000000 шт."


def posted(buyer: Browser, words: str) -> str:
    return str(buyer.post("/needs/new", {"text": words}, page="/needs/new").headers["Location"])


def test_the_positions_of_a_need_are_shared_among_the_fewest_suppliers(
    buyer: Browser, operator: Browser
) -> None:
    address = posted(buyer, POSITIONS)
    buyer.post(f"{address}/position/take", {"revision": "1"}, page=address)
    assert f"{address}/together" in text(buyer.get(address))
    seen, named = text(buyer.get(f"{address}/together")), text(operator.get(f"{address}/together"))
    for name in ("Вал", "Корпус", "Кронштейн"):
        assert name in named
    assert 'href="/suppliers/' in named
    assert 'href="/suppliers/' not in seen
    assert "%" not in seen.split('id="positions"', 1)[1].split("</section>", 1)[0]


@pytest.mark.parametrize(
    ("words", "part"), [(ROUTE, 'id="route"'), (HUGE, 'id="volume"'), ("Валы", "Nothing here can be shared")]
)
def test_a_route_a_volume_and_nothing_are_each_told(
    buyer: Browser, operator: Browser, words: str, part: str
) -> None:
    address = posted(buyer, words)
    for reader in (buyer, operator):
        assert part in text(reader.get(f"{address}/together"))


def test_a_volume_that_is_not_taken_is_told_with_what_all_declare(buyer: Browser, operator: Browser) -> None:
    page = text(operator.get(f"{posted(buyer, HUGE)}/together"))
    assert re.search(
        r"It is not taken in full: \d+ suppliers do this work\.\s+Declared in all: \d+ pcs", page
    )


def test_strangers_and_unknown_positions_find_nothing(buyer: Browser, supplier: Browser) -> None:
    address = posted(buyer, ROUTE)
    assert supplier.get(f"{address}/together").status_code == 404
    assert buyer.get(f"{address}/together?position=9").status_code == 404
    assert buyer.get(f"{address}/together?sort=price").status_code == 400
