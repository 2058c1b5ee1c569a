"""A browser of the tests of pages: it fills in tokens, keeps one language, and counts what the database is asked."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import event, select

from matchmaker.cli import demo
from matchmaker.models import Profile
from matchmaker.services.people import accounts
from matchmaker.wiring import Application

TODAY = date(2026, 11, 23)


# What the layout of the templates brings: line breaks and indents beside a tag, those elsewhere, spaces in a tag's end.
_EDGE = re.compile(r"(?<=>)(?:\s{2,}|\n)|(?:\s{2,}|\n)(?=[<>]|\Z)| (?=>|\Z)")
_BREAK = re.compile(r"\s{2,}|\n")
_TYPED = re.compile(r"(>[^<>]*</textarea>)")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def found_token(page: str, address: str) -> str:
    """The token of the first form on a page."""
    found = _TOKEN.search(page)
    assert found, f"no form at {address}"
    return found[1]


UNDO = re.compile(r'action="(/acts/[0-9a-f]{16}/undo)"')


class Browser:
    """A client that fills in the form's token and stays in one language."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.headers = {"Accept-Language": language}

    def get(self, address: str):  # type: ignore[no-untyped-def]
        return self.client.get(address, headers=self.headers, buffered=True)

    def token(self, address: str = "/login") -> str:
        return found_token(self.get(address).get_data(as_text=True), address)

    def post(self, address: str, data: dict[str, str] | None = None, page: str | None = None):  # type: ignore[no-untyped-def]
        """Post a form found on `page` (the address itself by default)."""
        filled = {"csrf_token": self.token(page or "/"), **(data or {})}
        return self.client.post(address, data=filled, headers=self.headers)

    def undo(self, page: str) -> str:
        """Press Undo on a page, as often as somebody impatient does; the address that it leads to."""
        found = UNDO.search(page)
        assert found, page
        first, second = (self.post(found[1], page="/account/") for _ in range(2))
        assert (first.status_code, second.status_code) == (302, 302)
        return str(first.headers["Location"])

    def sign_in(self, role: str) -> "Browser":
        answer = self.post("/login", {"email": f"{role}@demo-centre.example", "password": demo.PASSWORD})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return self


def text(answer) -> str:  # type: ignore[no-untyped-def]
    """The page that came, as it would be on one line: no test is about how a template is laid out."""
    parts = _TYPED.split(str(answer.get_data(as_text=True)))
    parts[::2] = [_BREAK.sub(" ", _EDGE.sub("", part)) for part in parts[::2]]
    return "".join(parts)


@contextmanager
def statements(product: Application) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(product.sessions.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(product.sessions.engine, "before_cursor_execute", note)


def asked_by_page(product: Application, browser: Browser, address: str) -> list[str]:
    """What the database is asked while a page is read, the centre's card with it, which is read once a minute."""
    product.home.forget()
    with statements(product) as asked:
        answer = browser.get(address)
    assert answer.status_code == 200, address
    return asked


def asked_by_form(
    product: Application, browser: Browser, address: str, data: dict[str, str], page: str = ""
) -> list[str]:
    """What the database is asked while a form of a page is taken."""
    filled = {"csrf_token": browser.token(page or address), **data}
    with statements(product) as asked:
        answer = browser.client.post(address, data=filled, headers=browser.headers)
    assert answer.status_code == 302, address
    return asked


def firms(application: Application) -> tuple[str, str]:
    """Profiles of the shop and of the rival."""
    with application.sessions() as session:
        user = accounts.by_email(session, "supplier@demo-centre.example")
        own = next(m.organisation for m in user.memberships if m.organisation is not None)
        first = session.scalars(select(Profile).where(Profile.organisation_id == own.id)).one()
        last = session.scalars(select(Profile).order_by(Profile.id.desc())).first()
        assert last is not None
        return first.public_id, last.public_id
