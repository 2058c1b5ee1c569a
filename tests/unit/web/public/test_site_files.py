"""What programs ask a site for: what may be walked, where everything is in which language, and what a telephone keeps."""

import json
import re
from xml.etree import ElementTree as ET

from flask import Flask

from matchmaker.web.kit import addresses
from tests.access.matrix import ROWS
from tests.support.browser import Browser, text

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def places(answer) -> list[str]:  # type: ignore[no-untyped-def]
    assert (answer.status_code, answer.mimetype) == (200, "application/xml")
    return [str(one.text) for one in ET.fromstring(answer.get_data()).iter(LOC)]


def local(address: str) -> str:
    return re.sub(r"^https?://[^/]+", "", address)


def test_the_site_map_holds_public_pages_in_both_languages_and_all_of_it_opens(browser: Browser) -> None:
    robots = browser.get("/robots.txt").get_data(as_text=True)
    (index,) = re.findall(r"Sitemap: (\S+)", robots)
    parts = places(browser.get(local(index)))
    assert len(parts) == 2
    pages, profiles = (places(browser.get(local(part))) for part in parts)
    assert len(profiles) > 3
    assert all(walked(robots, local(place)) for place in (*pages, *profiles))
    for place in (*pages, *profiles[:3]):
        page = browser.get(local(place))
        assert page.status_code == 200
        assert f'<link rel="canonical" href="{place}">' in text(page), place
        assert text(page).count('rel="alternate"') == 3


def test_an_address_names_its_language_and_the_reader_may_choose_another(browser: Browser) -> None:
    assert '<html lang="ru">' in text(browser.get("/?lang=ru"))
    assert '<html lang="en">' in text(browser.get("/suppliers?lang=en&q=turning"))
    assert '<html lang="en">' in text(browser.get("/?lang=de"))
    form = {"language": "en", "next": "/suppliers?q=a+b&lang=ru"}
    assert browser.post("/language", form, page="/").headers["Location"] == "/suppliers?q=a+b"


def test_where_a_reader_came_from_changes_no_canonical_address(browser: Browser) -> None:
    page = text(browser.get("/?utm_source=letter&lang=en"))
    assert re.search(r'<link rel="canonical" href="[^"]+/\?lang=en">', page)


def test_pages_with_an_address_for_each_language_are_for_everybody() -> None:
    open_to = {row.endpoint: row.action for row in ROWS if row.method == "GET"}
    assert {open_to[endpoint] for endpoint in addresses.PAGES} <= {"anyone", "profile.view"}


def test_a_part_of_a_list_and_pages_of_people_have_no_canonical_address(browser: Browser) -> None:
    for address in ("/suppliers?q=turning", "/login"):
        assert 'rel="canonical"' not in text(browser.get(address))


def test_search_engines_may_walk_public_pages_alone(browser: Browser) -> None:
    robots = browser.get("/robots.txt").get_data(as_text=True)
    for path in (
        "/",
        "/?lang=en",
        "/suppliers",
        "/suppliers/0123456789abcdef?lang=ru",
        "/map",
        "/sitemap-1.xml",
    ):
        assert walked(robots, path), path
    for path in (
        "/suppliers?q=a",
        "/needs/",
        "/needs/0123",
        "/work/",
        "/answers/x",
        "/login",
        "/register",
        "/shop/",
    ):
        assert not walked(robots, path), path


def walked(robots: str, path: str) -> bool:
    """Whether a search engine that keeps the rules would read the address."""
    rules = re.findall(r"^(Allow|Disallow): (\S+)$", robots, re.MULTILINE)
    fits = [(len(rule), kind) for kind, rule in rules if _fits(rule, path)]
    return max(fits)[1] == "Allow"


def _fits(rule: str, path: str) -> bool:
    return path == rule[:-1] if rule.endswith("$") else path.startswith(rule)


def test_the_manifest_names_pictures_that_are_there(browser: Browser) -> None:
    answer = browser.get("/site.webmanifest")
    told = json.loads(answer.get_data())
    assert (answer.mimetype, told["lang"]) == ("application/manifest+json", "en")
    for one in told["icons"]:
        assert browser.get(one["src"]).mimetype == one["type"]


def test_a_browser_keeps_the_shell_and_nothing_of_anybody(browser: Browser, operator: Browser) -> None:
    script = operator.get("/shell.js")
    assert script.headers["Cache-Control"] == "no-cache"
    told = json.loads(script.get_data(as_text=True).partition("const SHELL = ")[2].partition(";\n")[0])
    assert all(name == "/offline" or name.startswith("/static/") for name in told["files"])
    assert operator.get("/offline").get_data() == browser.get("/offline").get_data()
    assert script.get_data() == browser.get("/shell.js").get_data()
    for name in told["files"]:
        assert browser.get(name).status_code == 200


def test_every_page_with_two_addresses_is_one_for_everybody(site: Flask) -> None:
    known = {rule.endpoint for rule in site.url_map.iter_rules()}
    assert set(addresses.PAGES) <= known


def test_a_profile_is_shared_by_its_address_and_as_a_picture_of_it(
    browser: Browser, operator: Browser
) -> None:
    parts = places(browser.get("/sitemap.xml"))
    place = next(one for one in places(browser.get(local(parts[1]))) if "lang" not in one)
    page = text(browser.get(local(place)))
    assert f'value="{place}"' in page
    found = re.search(r'<img src="(data:image/svg[^"]+)" alt="The address of this page as a QR code"', page)
    assert found
    assert found[1] in text(operator.get(local(place)))
