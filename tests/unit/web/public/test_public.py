import json
import re
import threading
from pathlib import Path

import pytest
from flask import Flask
from pydantic import SecretStr

from matchmaker.services.health import findings, patience
from matchmaker.services.health.findings import HealthFinding
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.web.kit import draining
from matchmaker.wiring import Application
from matchmaker.worker import Worker
from tests.support.browser import Browser, statements, text

PAGES = ("/", "/suppliers", "/suppliers?q=turning", "/try", "/login", "/register", "/nothing-here")


def first_supplier(browser: Browser) -> str:
    found = re.search(r'href="(/suppliers/[^"?]+)"', text(browser.get("/suppliers?q=turning")))
    assert found
    return found[1]


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_has_safe_headers(browser: Browser, address: str) -> None:
    answer = browser.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_heading_and_its_language(site: Flask, address: str) -> None:
    for language in ("ru", "en"):
        page = text(Browser(site.test_client(), language).get(address))
        assert len(re.findall("<h1", page)) == 1
        assert f'<html lang="{language}">' in page
        assert "style=" not in page
        elsewhere = re.sub(r'<link rel="(?:alternate|canonical)"[^>]*>', "", page)
    assert "http://" not in elsewhere.replace("http://www.w3.org", "")


def test_a_russian_question_finds_an_english_profile_and_the_other_way_round(browser: Browser) -> None:
    for question in ("токарная обработка нержавейки", "CNC turning, stainless"):
        page = text(browser.get("/suppliers?q=" + question))
        assert 'ol class="matches"' in page
        assert "CNC turning" in page


def test_filters_narrow_the_list_and_say_what_they_removed(browser: Browser) -> None:
    def total(address: str) -> int:
        found = re.search(r"<h2>(\d+) supplier", text(browser.get(address)))
        return int(found[1]) if found else 0

    everything, certified, verified = (
        total(f"/suppliers?level={level}") for level in ("", "certified", "verified")
    )
    assert everything > certified > verified > 0
    assert "Certification" in text(browser.get("/suppliers?level=verified"))
    assert total("/suppliers?level=certified&on=2040-01-01") == 0
    assert "Use fewer or other words" in text(browser.get("/suppliers?level=certified&on=2040-01-01"))


@pytest.mark.parametrize(
    "address",
    ["/suppliers?page=0", "/suppliers?page=-1", "/suppliers?page=99999999", "/suppliers?page=x", "/suppliers?q=" + "a" * 257,
     "/suppliers?q=%00", "/suppliers?q=%ff%fe"],
)  # fmt: skip
def test_an_address_out_of_range_is_a_clear_error(browser: Browser, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 400
    assert "could not be understood" in text(answer)


def test_a_profile_shows_what_it_may(browser: Browser, operator: Browser) -> None:
    address = first_supplier(browser)
    anonymous, curated = text(browser.get(address)), text(operator.get(address))
    assert "The centre puts you in touch." in anonymous
    assert "@demo-centre.example" not in anonymous
    assert "@demo-centre.example" in curated


def test_a_pasted_text_is_understood_and_matched_without_being_kept(browser: Browser) -> None:
    need = "Нужны валы ø45h6 из стали 40Х, токарка, 50 шт., без покраски, обязательно ИСО 9001"
    page = text(browser.post("/try", {"text": need}))
    assert '<mark class="k-material"' in page
    assert "negated" in page
    assert "needed" in page.lower()
    assert "What would add suppliers" in page


def test_a_text_that_is_too_long_is_told_so(browser: Browser) -> None:
    answer = browser.post("/try", {"text": "токарка " * 12_500})
    assert answer.status_code == 422
    assert re.search(r"at most \d+", text(answer))


@pytest.mark.parametrize("bad", ["", "   ", "a\x00b"])
def test_a_text_that_cannot_be_read_comes_back_with_an_error(browser: Browser, bad: str) -> None:
    answer = browser.post("/try", {"text": bad})
    assert answer.status_code == 422
    assert 'role="alert"' in text(answer)


def test_markup_in_a_text_is_shown_as_typed(browser: Browser) -> None:
    page = text(browser.post("/try", {"text": "<img src=x onerror=alert(1)> {{7*7}} токарка"}))
    assert "<img src=x" not in page
    assert "{{7*7}}" in page


def test_the_language_is_chosen_by_the_reader_and_stays(browser: Browser) -> None:
    browser.post("/language", {"language": "ru", "next": "/suppliers"})
    assert '<html lang="ru">' in text(browser.get("/"))


@pytest.mark.parametrize(
    "target", ["//evil.example", "https:evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(browser: Browser, target: str) -> None:
    answer = browser.post("/language", {"language": "en", "next": target})
    assert answer.headers["Location"] == "/"


def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    assert browser.client.post("/try", data={"text": "x"}).status_code == 400


def test_a_wrong_method_names_the_right_ones(browser: Browser) -> None:
    answer = browser.client.delete("/suppliers")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_lists_need_a_bounded_number_of_statements(browser: Browser, product: Application) -> None:
    browser.get("/suppliers?q=turning")
    with statements(product) as asked:
        browser.get("/suppliers?q=turning")
    assert len([one for one in asked if one.lstrip().upper().startswith("SELECT")]) <= 8


def test_health_and_readiness_answer(
    own_site: Flask, own_product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(own_site.test_client())
    monkeypatch.setattr(own_product, "pulses", ())
    assert browser.get("/healthz").json == {"status": "ok"}
    assert browser.get("/version").json["version"]
    without = browser.get("/readyz")
    assert (without.status_code, without.json["ready"]) == (503, False)
    told = {one["part"]: one["state"] for one in without.json["findings"]}
    assert (told["database"], told["engine"], told["letters"]) == ("ok", "ok", "stopped")
    with Worker(own_product).running():
        assert browser.get("/readyz").status_code == 200


def test_without_its_database_the_site_lives_and_is_not_ready(tmp_path: Path) -> None:
    nowhere = SecretStr("postgresql+psycopg://nobody@127.0.0.1:1/none")
    client = create_app(Application(Settings(data=tmp_path, database_url=nowhere))).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (503, "application/json")
    assert [one["state"] for one in answer.json["findings"] if one["part"] == "database"] == ["away"]


def test_a_database_that_does_not_answer_does_not_hold_up_who_watches_the_site(
    browser: Browser, product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_back, looks = threading.Event(), list[int]()

    def hangs(*_: object) -> list[HealthFinding]:
        looks.append(1)
        come_back.wait(20)
        return [HealthFinding("database")]

    monkeypatch.setattr(findings, "of_site", hangs)
    monkeypatch.setattr(patience, "SECONDS", 0.05)
    app = create_app(product)
    answers = [app.test_client().get("/readyz") for _ in range(3)]
    assert [(one.status_code, one.json["findings"][0]["state"]) for one in answers] == [(503, "slow")] * 3
    assert len(looks) == 1
    with statements(product) as asked:
        assert browser.get("/healthz").status_code == 200
    assert asked == []
    come_back.set()
    monkeypatch.setattr(patience, "SECONDS", 10)
    assert app.test_client().get("/readyz").status_code == 200


def test_a_site_that_ends_answers_what_has_come_and_refuses_the_rest(product: Application) -> None:
    app = create_app(product)
    draining.of(app).begin(1)
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    refused = client.get("/suppliers")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "being restarted" in refused.get_data(as_text=True)
    program = client.get("/api/v1/suppliers")
    assert (program.status_code, program.mimetype) == (503, "application/problem+json")


def test_the_interface_for_programs(browser: Browser) -> None:
    found = browser.get("/api/v1/suppliers?q=turning").json
    assert found["total"] > 0
    key = found["items"][0]["supplier"]
    profile = browser.get(f"/api/v1/suppliers/{key}").json
    assert profile["id"] == key
    assert "contacts" not in profile
    missing = browser.get("/api/v1/suppliers/nobody")
    assert (missing.status_code, missing.mimetype) == (404, "application/problem+json")


def test_a_forged_host_is_refused_where_the_public_address_is_known(product: Application) -> None:
    known = product.settings.model_copy(update={"base_url": "https://centre.example"})
    app = create_app(Application(known))
    client = app.test_client()
    assert client.get("/healthz", headers={"Host": "centre.example"}).status_code == 200
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400


def test_the_map_says_the_same_as_its_table(browser: Browser) -> None:
    page = text(browser.get("/map"))
    rows = dict(re.findall(r'href="/suppliers\?region=([A-Z-]+)">[^<]+</a></th><td>(\d+)', page))
    drawn = dict(
        re.findall(r'href="/suppliers\?region=([A-Z-]+)" tabindex="-1">.*?<title>[^<]+: (\d+)<', page)
    )
    assert rows
    assert rows == drawn
    assert page.count("<path") >= 85
    code = next(iter(rows))
    assert browser.get(f"/suppliers?region={code}").status_code == 200


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_link_to_a_profile_tells_what_the_firm_does(site: Flask, language: str) -> None:
    browser = Browser(site.test_client(), language)
    address = first_supplier(browser)
    page = browser.get(address).get_data(as_text=True)
    head = page.partition("</head>")[0]
    named = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', head))
    assert named["og:url"].endswith(address)
    assert f'<link rel="canonical" href="{named["og:url"]}">' in head
    assert named["description"] == named["og:description"] != ""
    told = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', head, re.DOTALL)[0])
    assert (told["@type"], told["url"]) == ("Organization", named["og:url"])
    assert named["description"].startswith(told["knowsAbout"][0])
    assert "@" not in named["description"]
