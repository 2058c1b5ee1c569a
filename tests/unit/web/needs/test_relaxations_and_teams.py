import re

from tests.support.browser import Browser, text

ROUTE = (
    "Нужны отливки из чугуна: литьё в песчаные формы, затем гальваническое цинкование, лазерная резка, 50 шт."
)
STRICT = "Токарная обработка валов, 100 шт., не дальше 600 км от Екатеринбурга"


def posted(buyer: Browser, words: str) -> str:
    return str(buyer.post("/needs/new", {"text": words}, page="/needs/new").headers["Location"])


def total(page: str) -> int:
    found = re.search(r'<h2 id="found">(\d+)', page)
    return int(found[1]) if found else 0


def test_a_milder_value_is_a_button_that_adds_what_it_says(buyer: Browser) -> None:
    address = posted(buyer, STRICT)
    page = text(buyer.get(address))
    adds, token = re.search(
        r"<strong>\+(\d+)</strong>[^<]*<form action=\"#matches\"><button name=\"ease\" value=\"(distance:[^\"]+)\"",
        page,
    ).groups()  # type: ignore[union-attr]
    milder = text(buyer.get(f"{address}?ease={token}"))
    assert total(milder) >= total(page) + int(adds)
    assert "Shown with other conditions" in milder
    assert f'<input type="hidden" name="ease" value="{token}">' in milder
    assert total(text(buyer.get(address))) == total(page)


def test_trying_without_an_account_has_the_same_buttons(browser: Browser) -> None:
    page = text(browser.post("/try", {"text": STRICT}, page="/try"))
    token = re.search(r'name="ease" value="(distance:[^"]+)"', page)[1]  # type: ignore[index]
    milder = text(browser.post("/try", {"text": STRICT, "ease": token}, page="/try"))
    assert total(milder) > total(page)


def test_a_nonsense_value_changes_nothing(buyer: Browser) -> None:
    address = posted(buyer, STRICT)
    assert total(text(buyer.get(f"{address}?ease=distance:-1&ease=%F0%9F%92%A9"))) == total(
        text(buyer.get(address))
    )


def of_route(reader: Browser, address: str) -> str:
    return text(reader.get(address)).split('id="route"', 1)[1].split("</section>", 1)[0]


def test_a_route_that_nobody_does_alone_is_answered_with_teams(buyer: Browser, operator: Browser) -> None:
    address = posted(buyer, ROUTE)
    assert 'href="/suppliers/' not in of_route(buyer, address)  # names are the centre's until it shows them
    teams = of_route(operator, address)
    assert teams.count("<li><p>") >= 1
    assert "transport" in teams
    assert teams.count('href="/suppliers/') >= 2


def test_the_contractor_learns_how_its_route_is_covered_without_names(
    buyer: Browser, operator: Browser
) -> None:
    address = posted(buyer, ROUTE)
    page = of_route(buyer, address)
    assert page.count("<li>") >= 2
    assert "/suppliers/" not in page
    assert "%" not in page


def test_a_single_operation_has_no_teams(buyer: Browser, operator: Browser) -> None:
    assert 'id="route"' not in text(operator.get(posted(buyer, STRICT)))
