"""Who is believed: addresses, schemes and names of hosts, forged and real, with and without proxies."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, jsonify, request
from pydantic import ValidationError

from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.web.kit.context import visitor_address
from matchmaker.wiring import Application

_VISITOR, _PROXY, _INNER = "203.0.113.9", "10.1.2.3", "192.168.7.7"


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator:  # type: ignore[type-arg]
    """A site with settings of the test's own, and a page that tells what it knows of the visitor."""
    opened: list[Application] = []

    def make(**given: str) -> Flask:
        application = Application(Settings(data=tmp_path, _env_file=None, **given))
        opened.append(application)
        app = create_app(application)
        app.add_url_rule(
            "/who", "who", lambda: jsonify(visitor_address(), request.scheme, request.host, request.is_secure)
        )
        return app

    yield make
    for application in opened:
        application.close()


def _asked(app: Flask, peer: str, **headers: str) -> list[object]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = app.test_client().get("/who", headers=named, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return list(answer.json)


def test_nobody_is_believed_without_the_setting(make_site) -> None:  # type: ignore[no-untyped-def]
    forged = {
        "X_Forwarded_For": "198.51.100.1",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "evil.example",
        "X_Real_IP": "198.51.100.1",
        "Forwarded": "for=198.51.100.1;proto=https",
    }
    assert _asked(make_site(), _VISITOR, **forged) == [_VISITOR, "http", "localhost", False]
    assert _asked(make_site(), "127.0.0.1", **forged) == ["127.0.0.1", "http", "localhost", False]


@pytest.mark.parametrize(
    ("peer", "passed", "address"),
    [
        (_PROXY, _VISITOR, _VISITOR),
        (_PROXY, f"198.51.100.1, {_VISITOR}", _VISITOR),  # the visitor wrote the first itself
        (_PROXY, f"{_VISITOR}, {_INNER}", _VISITOR),  # two proxies of the house
        (_PROXY, f"{_PROXY}, {_INNER}", _PROXY),  # a program of the house behind both
        (_PROXY, "2001:db8::7", "2001:db8::7"),
        (_PROXY, "", _PROXY),
        (_PROXY, "no address", _PROXY),
        (f"::ffff:{_PROXY}", _VISITOR, _VISITOR),
        (_VISITOR, "198.51.100.1", _VISITOR),  # comes past the proxy
        ("", _VISITOR, ""),  # a socket counts only where it is named
    ],
)
def test_the_visitor_is_the_first_that_is_no_proxy(  # type: ignore[no-untyped-def]
    make_site, peer: str, passed: str, address: str
) -> None:
    app = make_site(trusted_proxies=f"10.0.0.0/8, {_INNER}")
    assert _asked(app, peer, X_Forwarded_For=passed)[0] == address


def test_a_socket_may_be_a_proxy(make_site) -> None:  # type: ignore[no-untyped-def]
    assert _asked(make_site(trusted_proxies="unix"), "", X_Forwarded_For=_VISITOR)[0] == _VISITOR


def test_a_proxy_tells_scheme_and_host(make_site) -> None:  # type: ignore[no-untyped-def]
    app = make_site(trusted_proxies=_PROXY, base_url="https://centre.example")
    said = {"X_Forwarded_Proto": "https", "X_Forwarded_Host": "centre.example"}
    assert _asked(app, _PROXY, **said)[1:] == ["https", "centre.example", True]
    assert _asked(app, _PROXY, X_Forwarded_Proto="javascript")[1] == "http"
    assert _asked(app, _VISITOR, **said)[1:] == ["http", "localhost", False]


@pytest.mark.parametrize(
    ("given", "host", "status"),
    [
        ({}, "localhost", 200),
        ({}, "127.0.0.1:8000", 200),
        ({}, "evil.example", 400),
        ({}, "localhost.evil.example", 400),
        ({}, "evil.example#@localhost", 400),
        ({"host": "192.0.2.5"}, "192.0.2.5:8000", 200),
        ({"host": "0.0.0.0"}, "192.0.2.5", 400),
        ({"trusted_hosts": "web, Centre.local"}, "web:8000", 200),
        ({"base_url": "https://centre.example/"}, "centre.example", 200),
        ({"base_url": "https://centre.example/"}, "evil.example", 400),
    ],
)
def test_the_site_answers_to_its_own_names_alone(  # type: ignore[no-untyped-def]
    make_site, given: dict[str, str], host: str, status: int
) -> None:
    client = make_site(**given).test_client()
    for address in ("/who", "/healthz", "/static/site.css", "/nowhere"):
        answer = client.get(address, headers={"Host": host})
        assert (answer.status_code == 400) is (status == 400), address
        assert "evil.example" not in answer.get_data(as_text=True)
        answer.close()


def test_a_strange_host_is_told_in_the_visitor_s_language(make_site) -> None:  # type: ignore[no-untyped-def]
    client = make_site().test_client()
    for language, words in (("en", "Open it at the address"), ("ru", "Откройте его по адресу")):
        headers = {"Host": "evil.example", "Accept-Language": language}
        page = client.get("/who", headers=headers)
        assert page.content_type == "text/plain; charset=utf-8"
        assert words in page.get_data(as_text=True)
        assert page.headers["X-Request-Id"] in page.get_data(as_text=True)
        told = client.get("/api/v1/needs", headers=headers)
        assert (told.status_code, told.mimetype) == (400, "application/problem+json")
        assert told.json["code"] == "host.unknown"
        assert words in told.json["detail"]
        assert "evil.example" not in told.get_data(as_text=True)


def test_a_proxy_passes_no_other_host_on(make_site) -> None:  # type: ignore[no-untyped-def]
    client = make_site(trusted_proxies=_PROXY).test_client()
    headers = {"X-Forwarded-Host": "evil.example"}
    answer = client.get("/who", headers=headers, environ_base={"REMOTE_ADDR": _PROXY})
    assert answer.status_code == 400


def test_https_brings_strict_headers_and_cookies(make_site) -> None:  # type: ignore[no-untyped-def]
    client = make_site(base_url="https://centre.example").test_client()
    answer = client.get("/login")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-matchmaker=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Cookie" in answer.vary
    assert client.get("/nowhere").headers["Strict-Transport-Security"]


def test_http_brings_neither(make_site) -> None:  # type: ignore[no-untyped-def]
    answer = make_site().test_client().get("/login")
    assert answer.headers["Set-Cookie"].startswith("matchmaker=")
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("given", ["10.0.0.0/99", "the proxy", "1"])
def test_a_setting_that_names_no_network_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="use addresses and networks"):
        Settings(trusted_proxies=given, _env_file=None)
