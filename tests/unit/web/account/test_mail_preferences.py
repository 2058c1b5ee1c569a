"""Letters that one may do without are given up by a link in them, or by one press in a mail program (RFC 8058)."""

from urllib.parse import urlsplit

import pytest
from flask import Flask

from matchmaker.models import Mail
from matchmaker.services.mail import letters, preferences, transport
from matchmaker.services.people import accounts
from matchmaker.wiring import Application

SUPPLIER = "supplier@demo-centre.example"


def posted(application: Application, kind: str) -> Mail:
    with application.sessions.begin() as session:
        mail = letters.post(session, kind, SUPPLIER, "en", letters.example(kind))
        session.flush()
        session.expunge(mail)
        return mail


def wants(application: Application, kind: str) -> bool:
    with application.sessions() as session:
        return preferences.wants(accounts.by_email(session, SUPPLIER), kind)


def path_of(mail: Mail) -> str:
    message = transport.message(mail, "centre@example.org")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<>")
    lines = message.as_bytes().decode("ascii").splitlines()
    assert f"List-Unsubscribe: <{address}>" in lines  # neither encoded nor cut, however long it is
    assert len(address) > 78
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body is not None
        assert address in body.get_content()
    return urlsplit(address).path


@pytest.mark.parametrize("kind", letters.OPTIONAL)
def test_one_press_gives_up_one_kind(own_site: Flask, own_product: Application, kind: str) -> None:
    path = path_of(posted(own_product, kind))
    client = own_site.test_client()
    assert "Unsubscribe from these e-mails?" in client.get(path, headers={"Accept-Language": "en"}).text
    assert wants(own_product, kind)
    for _ in range(2):
        assert client.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not wants(own_product, kind)
    assert all(wants(own_product, other) for other in letters.OPTIONAL if other != kind)
    with own_product.sessions.begin() as session:
        preferences.want_mails(session, accounts.by_email(session, SUPPLIER), {})


def test_letters_that_always_come_have_no_such_link(own_product: Application) -> None:
    for kind in set(letters.KINDS) - set(letters.OPTIONAL):
        mail = posted(own_product, kind)
        assert mail.leave is None
        assert "List-Unsubscribe" not in transport.message(mail, "centre@example.org")
        assert "Unsubscribe" not in mail.text


def test_a_link_for_another_purpose_gives_up_nothing(own_site: Flask) -> None:
    assert own_site.test_client().post("/answers/letters/made-up").status_code == 404
