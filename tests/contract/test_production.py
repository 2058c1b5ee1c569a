"""A site as in production, without containers: nginx with the file that compose uses, two web processes, the worker,
PostgreSQL and Elasticsearch.
"""

import gzip
import json
import os
import re
import time
from collections.abc import Iterator

import pytest
import urllib3
from sqlalchemy import URL, select

from matchmaker.cli import demo
from matchmaker.domain.lifecycle import IMPORTS_AT_WORK
from matchmaker.models import UserSession
from matchmaker.services.imports import demo as generator
from matchmaker.web.app import LARGEST_REQUEST, UPLOADS
from matchmaker.wiring import Application
from tests.support import indexes, postgresql
from tests.support.live_site import NAME, LiveSite, Visitor, live_site

OPERATOR, BUYER = "operator@demo-centre.example", "buyer@demo-centre.example"


@pytest.fixture(scope="module")
def site(postgresql_server: URL, elasticsearch_url: str) -> Iterator[LiveSite]:
    prefix = f"test-{os.getpid()}-{os.urandom(4).hex()}"
    with postgresql.empty_database(postgresql_server) as address:
        settings = {
            "MATCHMAKER_DATABASE_URL": address,
            "MATCHMAKER_ENGINE": "elasticsearch",
            "MATCHMAKER_ELASTICSEARCH_URL": elasticsearch_url,
            "MATCHMAKER_ELASTICSEARCH_PREFIX": prefix,
            "MATCHMAKER_ELASTICSEARCH_TIMEOUT": "10",
        }
        with live_site(settings) as made, pytest.MonkeyPatch.context() as patched:
            patched.setattr(generator, "SUPPLIERS", 30)
            application = Application(made.parts())
            demo.load(application)
            application.close()
            made.start()
            yield made
        indexes.drop_indexes(elasticsearch_url, prefix)


@pytest.fixture
def visitor(site: LiveSite) -> Visitor:
    return site.visitor()


def test_the_way_in_is_https_alone(site: LiveSite, visitor: Visitor) -> None:
    plain = urllib3.request("GET", f"http://127.0.0.1:{site.http}/login?next=/shop/", redirect=False)
    assert (plain.status, plain.headers["Location"]) == (308, f"https://{NAME}/login?next=/shop/")
    page = visitor.get("/login")
    assert page.status == 200
    assert re.fullmatch(r"max-age=\d{8}", page.headers["Strict-Transport-Security"])
    assert "nginx/" not in page.headers["Server"]
    for line in page.headers.getlist("Set-Cookie"):
        assert line.startswith("__Host-"), line
        assert "; Secure" in line, line


def test_a_person_signs_in_searches_and_is_told_by_its_own_address(site: LiveSite) -> None:
    claims = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    visitor = site.visitor("127.0.0.7")
    answer = visitor.post("/login", {"email": BUYER, "password": demo.PASSWORD}, headers=claims)
    assert answer.status == 302
    found = visitor.get("/suppliers?q=turning")
    assert found.status == 200
    assert re.search(r'href="/suppliers/[^"]+"', found.data.decode())
    assert visitor.pool.num_connections == 1, "the connection is kept"
    application = Application(site.parts())
    with application.sessions() as session:
        addresses = set(session.scalars(select(UserSession.address)))
    application.close()
    assert addresses == {"127.0.0.7"}


def test_claims_of_a_host_change_nothing(visitor: Visitor) -> None:
    claims = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/evil"}
    page = visitor.get("/", claims)
    assert page.status == 200
    assert "evil" not in page.data.decode()
    assert "Strict-Transport-Security" in page.headers
    assert visitor.get("/", {"Host": "evil.example"}).status == 400


def test_a_file_goes_through_the_proxy_to_the_worker(site: LiveSite) -> None:
    operator = site.visitor().sign_in(OPERATOR, demo.PASSWORD)
    table = "Name;City;Works\n" + "".join(f"Shop number {n};Tula;{'turning ' * 1500}\n" for n in range(200))
    assert len(table) > LARGEST_REQUEST
    answer = operator.post(
        "/work/imports/", {"kind": "supplier", "file": ("shops.csv", table.encode(), "text/csv")}
    )
    assert answer.status == 302, answer.data.decode()[-1500:]
    address = answer.headers["Location"].removeprefix(f"https://{NAME}")
    patience = time.monotonic() + 60
    while json.loads(operator.get(f"{address}/progress").data)["state"] in IMPORTS_AT_WORK:
        assert time.monotonic() < patience
        time.sleep(0.2)
    assert "shops.csv" in operator.get(address).data.decode()


def test_a_page_is_compressed_and_says_for_whom(visitor: Visitor) -> None:
    page = visitor.ask("GET", "/", {"Accept-Encoding": "gzip"}, decode_content=False)
    assert page.headers["Content-Encoding"] == "gzip"
    assert "<h1" in gzip.decompress(page.data).decode()
    said = ", ".join(page.headers.getlist("Vary"))
    assert {"Accept-Encoding", "Cookie"} <= {name.strip() for name in said.split(",")}


@pytest.mark.parametrize(
    ("address", "limit"),
    [
        ("/login", LARGEST_REQUEST),
        ("/work/imports/", UPLOADS["imports.send"]),
        ("/needs/new", UPLOADS["posting.new"]),
    ],
)
def test_the_proxy_refuses_what_no_page_takes(site: LiveSite, address: str, limit: int) -> None:
    refused = site.visitor("127.0.0.9").ask("POST", address, {"Content-Length": str(limit + 1)})
    assert refused.status == 413
    said = refused.data.decode()
    assert "Файл слишком большой" in said
    assert "The file is too large" in said
    assert refused.headers["Content-Type"] == "text/html; charset=utf-8"
    assert refused.headers["Strict-Transport-Security"]
    taken = site.visitor("127.0.0.9").ask("POST", address, body=b"x" * limit)
    assert taken.status != 413 or limit == LARGEST_REQUEST
    assert "<h1" in taken.data.decode(), "the site answers itself"


def test_what_the_machines_ask_is_not_for_visitors(visitor: Visitor) -> None:
    assert visitor.get("/metrics", {"X-Forwarded-For": "127.0.0.1"}).status == 404
    assert visitor.get("/healthz").status == 200


def test_a_program_gets_json_where_the_proxy_answers(visitor: Visitor) -> None:
    refused = visitor.ask("POST", "/api/v1/needs", {"Content-Length": "99000000"})
    assert refused.status == 413
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert json.loads(refused.data)["status"] == 413


def test_a_process_that_is_renewed_is_not_missed(site: LiveSite) -> None:
    site.webs[0].stop()
    visitor = site.visitor()
    assert {visitor.get("/").status for _ in range(10)} == {200}
    site.webs[0].start()
    site.wait_until_ready(site.ports[0], site.webs[0])
    site.webs[1].stop()
    assert {visitor.get("/").status for _ in range(10)} == {200}
    site.webs[0].stop()
    away = visitor.get("/")
    assert away.status == 503
    assert away.headers["Retry-After"]
    assert "Скоро вернёмся" in away.data.decode()
    assert json.loads(visitor.get("/api/v1/needs").data)["status"] == 503
    for port, web in zip(site.ports, site.webs, strict=True):
        web.start()
        site.wait_until_ready(port, web)
    assert visitor.get("/").status == 200
