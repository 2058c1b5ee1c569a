"""The edge of the site: hostile and odd requests, each with its answer, sent by a stranger, a buyer and a program.

`python -m tests.checks.edge` makes a small demo centre, sends every row of INPUTS and prints how many got the answer that
stands beside them. The numbers are those of the list of bad inputs that the site promises an answer to.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from werkzeug.test import TestResponse

from matchmaker.services.people import accounts, api_keys
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.demo_product import demo_centre

_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"
_NEED = {"id": "edge", "title": "Flanges", "text": "Turning of flanges, steel 45, 20 pcs"}


class Doors:
    """The ways into a site: nobody, a buyer, a shop, an operator, a program with the buyer's key."""

    def __init__(self, application: Application) -> None:
        app = create_app(application)
        app.testing = True  # an unexpected error is told, not hidden in a page
        app.config["PROPAGATE_EXCEPTIONS"] = False
        self.nobody = Browser(app.test_client())
        self.people = {
            role: Browser(app.test_client()).sign_in(role) for role in ("buyer", "supplier", "operator")
        }
        self.tokens = {role: browser.token("/account") for role, browser in self.people.items()}
        self.tokens[""] = self.nobody.token("/login")
        with application.sessions.begin() as session:
            user = accounts.by_email(session, "buyer@demo-centre.example")
            secret = api_keys.make(session, user, "edge", write=True, days=30)
        self.key = {"Authorization": f"Bearer {secret}"}
        self.plain = app.test_client()

    def browser(self, role: str) -> Browser:
        return self.people[role] if role else self.nobody


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: `form` gets the token of the reader's forms, `body` goes as it is."""

    address: str
    method: str = "GET"
    who: str = ""
    form: Mapping[str, Any] | None = None
    body: bytes | str | None = None
    kind: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)

    def send(self, doors: Doors) -> TestResponse:
        given: dict[str, Any] = {"headers": {"Accept-Language": "en", **self.headers}}
        if self.who == "program":
            given["headers"] |= doors.key
            client = doors.plain
        else:
            client = doors.browser(self.who).client
        if self.form is not None:
            given["data"] = {"csrf_token": doors.tokens[self.who], **self.form}
        elif self.body is not None:
            token = f"csrf_token={quote(doors.tokens.get(self.who, ''))}&"
            own = self.kind == _FORM and isinstance(self.body, str)
            given |= {"data": token + str(self.body) if own else self.body}
            if self.kind:
                given["content_type"] = self.kind
        given["environ_overrides"] = self.environ
        return client.open(self.address, method=self.method, buffered=True, **given)


@dataclass(frozen=True, slots=True)
class Input:
    """A request and its answer: the status, words that stand in it and words that do not."""

    number: int
    words: str
    request: Request
    status: int
    said: str = ""
    never: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def wrong(self, doors: Doors) -> str:
        """What is wrong with the answer; nothing where it is right."""
        answer = self.request.send(doors)
        page = text(answer) if not answer.is_streamed or answer.data is not None else ""
        if answer.status_code != self.status:
            return f"{answer.status_code} for {self.status}: {page[:160] if self.request.who == 'program' else ''}"
        if self.said and self.said not in page:
            return f"does not say “{self.said}”"
        if self.never and self.never in page:
            return f"says “{self.never}”"
        for name, value in self.headers.items():
            if value not in answer.headers.get(name, ""):
                return f"{name} is {answer.headers.get(name)!r}"
        return ""


def _need(said: str = "", **given: Any) -> Request:
    """A need of a program with some values, or with a text in place of a value."""
    body = json.dumps({**_NEED, **given})
    return Request("/api/v1/needs", "POST", "program", body=said or body, kind=_JSON)


def _posted(**given: Any) -> Request:
    return Request("/needs/new", "POST", "buyer", form={"text": "Turning of shafts, steel 45", **given})


def _raw(body: str | bytes, kind: str = _FORM, who: str = "buyer", address: str = "/needs/new") -> Request:
    return Request(address, "POST", who, body=body, kind=kind)


_MANY = "&".join(f"k{number}=1" for number in range(60_000))
_PARTS = {f"part{number}": (None, "1") for number in range(1_500)}
_NAMELESS = b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"
_MARKED = "a" + "\u0301" * 1_000
INPUTS: tuple[Input, ...] = (
    Input(3, "a password of 10 MB", Request("/login", "POST", environ={"CONTENT_LENGTH": "10000000", "CONTENT_TYPE": _FORM}), 413),
    Input(3, "a password of 129 letters", Request("/login", "POST", form={"email": "buyer@demo-centre.example", "password": "x" * 129}), 422, never="x" * 129),
    *(
        Input(3, f"a password {words}", Request("/register", "POST", form={"email": f"new{number}@example.org", "password": said, "name": "A", "consent": "1", "inn": "7707083893", "organisation": "Firm", "role": "supplier_editor"}), 302)
        for number, (words, said) in enumerate((("of 64 letters", "kqzw" * 15 + "9f3x"), ("in Russian", "Сорок семь синих ежей"), ("with spaces", "  two words and a hat  ")))
    ),
    Input(5, "another host", Request("/reset", headers={"Host": "evil.example"}), 400, never="evil.example"),
    Input(5, "another host, forwarded", Request("/login", headers={"X-Forwarded-Host": "evil.example"}), 200, never="evil.example"),
    Input(9, "a key in the address", Request("/api/v1/needs?token=mmk_secret"), 400, "token.in_url", "mmk_secret"),
    Input(9, "a key that is none", Request("/api/v1/needs", headers={"Authorization": "Bearer mmk_none"}), 401, "Send a key that is in force"),
    Input(9, "a malformed key", Request("/api/v1/needs", headers={"Authorization": "Basic ÿ"}), 401, "http.401"),
    *(
        Input(10, f"back to {target}", Request("/language", "POST", form={"language": "en", "next": target}), 302, headers={"Location": "/"}, never="evil")
        for target in ("//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)")
    ),
    Input(11, "a form without its token", Request("/needs/new", "POST", "buyer", body="title=Kept+title&csrf_token=", kind="", headers={"Content-Type": _FORM}), 400, "Kept title"),
    Input(11, "signing in without the token", Request("/login", "POST", body=b"email=a%40b.example", kind=_FORM), 400, 'value="a@b.example"'),
    Input(11, "asking for a password without the token", Request("/password", "POST", body=b"email=a%40b.example", kind=_FORM), 400, 'value="a@b.example"'),
    Input(11, "registering without the token", Request("/register", "POST", body=b"email=a%40b.example&name=Anna&password=geheim12345", kind=_FORM), 400, 'value="Anna"', "geheim12345"),
    Input(14, "a way to sign in on the page of an error", Request("/needs/none-at-all/x"), 404, ">Sign in</a>"),
    Input(12, "a change by GET", Request("/logout", who="buyer"), 405, headers={"Allow": "POST"}),
    Input(12, "a change by HEAD", Request("/logout", "HEAD", "buyer"), 405, headers={"Allow": "POST"}),
    Input(12, "TRACE", Request("/", "TRACE"), 405, headers={"Allow": "GET"}),
    Input(12, "a made-up method", Request("/", "STEAL"), 405, headers={"Allow": "GET"}),
    Input(12, "another method in a header", Request("/logout", headers={"X-HTTP-Method-Override": "POST"}, who="buyer"), 405),
    Input(12, "another method in the address", Request("/logout?_method=POST", who="buyer"), 405),
    Input(13, "a frame", Request("/"), 200, headers={"Content-Security-Policy": "frame-ancestors 'none'"}),
    Input(14, "a number of 20 digits", Request("/account/end/12345678901234567890", "POST", "buyer", form={}), 404),
    Input(14, "a number beyond the database", Request("/account/keys/2147483648/end", "POST", "buyer", form={}), 404),
    *(
        Input(16, f"{words} of {address}", Request(f"{address}?{words}", who=who), 400, "There is no filter")
        for who, address in (("", "/suppliers"), ("buyer", "/needs/"), ("buyer", "/needs/none/quotes"), ("supplier", "/shop/"), ("operator", "/work/"), ("operator", "/journal/"))
        for words in ("sort=price", "price_min=1", "nonsense=1")
    ),
    Input(16, "a filter that programs have not", Request("/api/v1/suppliers?sort=price", who="program"), 400, "filter.unknown"),
    Input(16, "what others add to an address", Request("/suppliers?q=turning&utm_source=x&yclid=1&ysclid=2"), 200),
    Input(18, "a field of the centre", _need(centre_id=2), 422, "centre_id"),
    Input(18, "a flag of the centre", _need(iso_verified=True), 422, "iso_verified"),
    Input(19, "another centre in a header", Request("/needs/none", who="buyer", headers={"X-Centre": "2"}), 404),
    Input(21, "a key twice in JSON", _need('{"id": "a", "text": "x", "text": "y"}'), 400, "key.repeated"),
    Input(21, "a key twice in a form", _raw("title=One&title=Two&text=x"), 400, "given more than once"),
    Input(21, "a key twice in the address", Request("/suppliers?q=a&q=b"), 400, "given more than once"),
    Input(21, "a key twice that others read as a list", Request("/needs/x/decide", "POST", "operator", body="match=a&match=b", kind=_FORM), 404),
    Input(22, "100,000 brackets", _need("[" * 100_000), 400, "json.too_deep"),
    *(
        Input(23, f"an amount of {said}", _need(f'{{"id": "n", "text": "x", "mass_kg": {said}}}'), 422, "problems")
        for said in ("NaN", "Infinity", "-Infinity", "1e999", "-1", "0", "1e20", '"NaN"', "true")
    ),
    *(
        Input(24, f"pieces: {said[:20]}", _need(f'{{"id": "n", "text": "x", "quantity": {said}}}'), status, said=code)
        for said, status, code in (
            ("2147483648", 422, "quantity"), ("9223372036854775808", 422, "quantity"), ("1" * 5_000, 400, "number.too_long"),
            ('"²"', 422, "quantity"), ('"٣٤"', 422, "quantity"), ("1.5", 422, "quantity"), ("true", 422, "quantity"),
            ("9" * 299, 422, "quantity"),
        )
    ),
    *(
        Input(24, f"pieces typed: {said}", _posted(quantity=said), 422, "quantity")
        for said in ("2147483648", "²", "٣٤", "1e3x", "-5")
    ),
    Input(25, "NUL in JSON", _need('{"id": "n", "text": "a\\u0000b"}'), 422, "text.control"),
    Input(25, "half a character in JSON", _need('{"id": "n", "text": "a\\ud800b"}'), 422, "text.control"),
    Input(25, "NUL in a form", _posted(title="a\x00b"), 422, "taken out"),
    Input(25, "half a character in a form", _raw("title=%ED%A0%80&text=x"), 400),
    Input(25, "direction marks and zero widths", _need(id="n25", title="Fl\u202ean\u200bge"), 201, '"title":"Flange"'),
    Input(25, "1,000 marks over a letter", _need(id="n25b", title=_MARKED), 201, "\u00e1"),
    Input(25, "direction marks in a form", _posted(title="Fl\u202ean\u200bge", quantity="x"), 422, 'value="Flange"'),
    Input(26, "a line of 301 characters", _need(city="a" * 301), 422, "301"),
    Input(26, "only spaces", _posted(text="   ", title=" "), 422),
    Input(26, "a text of 1 MB", _posted(text="a" * 1_000_000), 413),
    Input(27, "no text in the query", Request("/suppliers?q=%ff%fe"), 400),
    Input(27, "no text in the path", Request("/", environ={"PATH_INFO": "/suppliers/\xff\xfe"}), 400),
    Input(27, "no text in a form", _raw("title=%ff%fe&text=x"), 400, "UTF-8"),
    Input(27, "no text in a form's bytes", _raw(b"title=\xff\xfe&text=x"), 400, "UTF-8"),
    Input(27, "no text in JSON", _raw(b'{"id": "\xff"}', _JSON, "program", "/api/v1/needs"), 400, "text.encoding"),
    Input(28, "30 February", _need(deliver_by="2026-02-30"), 422, "deliver_by"),
    Input(28, "the year 9999", _need(deliver_by="9999-12-31"), 422, "deliver_by"),
    Input(28, "a day that has passed", _need(deliver_by="2020-01-01"), 422, "deliver_by"),
    Input(28, "a day in 20 years", _need(desired_by="2046-01-01"), 422, "desired_by"),
    Input(28, "a typed day that has passed", _posted(deliver_by="2020-01-01"), 422, 'value="2020-01-01"'),
    Input(28, "hours that have passed", _posted(hours_until="2020-01-01"), 422, "2020-01-01"),
    Input(28, "an end before its begin", _need(hours_from="2026-12-02", hours_until="2026-12-01"), 422, "hours_until"),
    Input(29, "1 000,50", _posted(mass_kg="1 000,50"), 302),
    Input(29, "1,000", _posted(mass_kg="1,000"), 422, "mass_kg"),
    Input(29, "12O0", _posted(mass_kg="12O0"), 422, "mass_kg"),
    Input(30, "an INN with wrong check digits", _need(contractor={"name": {"ru": "Завод"}, "inn": "7707083894"}), 422, "inn.checksum"),
    Input(31, "a form as plain text", _raw("title=x", "text/plain"), 415),
    Input(31, "a form in KOI8-R", _raw("title=%ff&text=x", f"{_FORM}; charset=koi8-r"), 415),
    Input(31, "JSON in KOI8-R", _raw("{}", f"{_JSON}; charset=koi8-r", "program", "/api/v1/needs"), 415, "http.415"),
    Input(31, "JSON as a form", _raw("id=a", _FORM, "program", "/api/v1/needs"), 415, "Send JSON in UTF-8"),
    Input(31, "JSON to a page", _raw('{"title": "x"}', _JSON), 415),
    Input(31, "a body without a type", Request("/needs/new", "POST", "buyer", body=b"title=x"), 415),
    Input(32, "60,000 keys", _raw(_MANY), 413),
    Input(32, "1,500 parts", Request("/needs/new", "POST", "buyer", form={**dict.fromkeys(_PARTS, "1"), "file": (BytesIO(), "")}), 413),
    *(
        Input(32, f"a part without a name to {where}", _raw(_NAMELESS, "multipart/form-data; boundary=b", who, where), 400, "no name")
        for who, where in (("buyer", "/needs/new"), ("program", "/api/v1/searches"))
    ),
    Input(32, "a field of 600 kB", _posted(text="a" * 600_000), 413),
    Input(32, "a body of 60 MB", Request("/needs/new", "POST", "buyer", environ={"CONTENT_LENGTH": "60000000", "CONTENT_TYPE": _FORM}), 413),
    *(
        Input(33, f"page {said[:12]}", Request(f"/suppliers?page={said}"), 400)
        for said in ("-1", "0", "1000000000", "x", "²")
    ),
    Input(33, "a page of a million", Request("/api/v1/needs?limit=1000000", who="program"), 400),
    Input(34, "10,000 characters", Request("/suppliers?q=" + "a" * 10_000), 400),
    *(
        Input(34, f"the words {said}", Request("/suppliers?q=" + quote(said)), 200, never="Traceback")
        for said in ("*a*", '"unbalanced', "name:secret", "/.*/", "a AND (b OR", "~~~", "\\")
    ),
    Input(54, "markup in a text", _posted(title="<img src=x onerror=alert(1)>{{7*7}}${x}", quantity="x"), 422, "{{7*7}}", "<img src=x"),
    Input(54, "markup in an address", Request("/suppliers?q=" + quote("<script>alert(1)</script>")), 200, never="<script>alert"),
    Input(55, "a line break in an address of e-mail", Request("/register", "POST", form={"email": "a@b.example\r\nBcc: c@d.example", "password": "x" * 20, "name": "A"}), 422),
    Input(55, "a line break in a header's value", Request("/language", "POST", form={"language": "en", "next": "/x\r\nSet-Cookie: a=b"}), 302, headers={"Location": "/"}),
)  # fmt: skip


def results(application: Application) -> Iterator[tuple[Input, str]]:
    """Each input with what is wrong with its answer."""
    doors = Doors(application)
    for one in INPUTS:
        try:
            yield one, one.wrong(doors)
        except Exception as error:  # noqa: BLE001 - a request that breaks the site is a result too
            yield one, f"{type(error).__name__}: {error}"


def main(tell: Callable[[str], None] = print) -> int:
    begun, made = time.monotonic(), demo_centre(Path(tempfile.mkdtemp(prefix="matchmaker-edge-")), 20)
    found = list(results(next(made)))
    for one, wrong in found:
        if wrong:
            tell(f"{one.number:>3}  {one.words}: {wrong}")
    next(made, None)
    right = sum(not wrong for _, wrong in found)
    tell(f"{time.monotonic() - begun:.0f} s")
    tell(f"inputs right: {right} of {len(found)}")
    return 0 if right == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
