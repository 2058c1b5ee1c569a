"""Numbers in addresses: one that no row can have is no page, whatever the route."""

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.support.browser import Browser

_NUMBERS = ("12345678901234567890", "2147483648", "9" * 5000, "-1", "²", "٣", "1e3", "0x1")


def _with_numbers(app: Flask) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if any(type(converter).__name__ == "RowNumber" for converter in rule._converters.values())
    ]


@pytest.mark.parametrize("role", ["operator", "supplier", "buyer"])
def test_a_number_that_no_row_has_is_no_page(site: Flask, role: str) -> None:
    browser = Browser(site.test_client()).sign_in(role)
    token = browser.token("/account")
    rules = _with_numbers(site)
    assert len(rules) >= 8
    for rule in rules:
        for number in _NUMBERS:
            address = str(rule.rule)
            for name in rule.arguments:
                converter = rule._converters[name]
                address = address.replace(
                    f"<int:{name}>" if type(converter).__name__ == "RowNumber" else f"<{name}>", number
                )
            for method in (rule.methods or set()) & {"GET", "POST"}:
                sent = {"data": {"csrf_token": token}} if method == "POST" else {}
                answer = browser.client.open(address, method=method, **sent)
                assert answer.status_code == 404, f"{method} {address[:60]}"


def test_no_address_of_the_site_fails_on_a_number(site: Flask) -> None:
    browser = Browser(site.test_client()).sign_in("operator")
    for rule in site.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or not rule.arguments:
            continue
        address = str(rule.rule)
        for name in rule.arguments:
            address = address.replace(f"<int:{name}>", "9").replace(f"<{name}>", "12345678901234567890")
            address = address.replace(f"<path:{name}>", "12345678901234567890")
        assert browser.get(address).status_code in {302, 403, 404, 410}, address
