"""Nothing leaks: every page that can be read, asked by everybody, for what people typed into texts and may not be shown.

`python -m tests.checks.leaks` builds the small network of tests/access, whose needs and shops hold telephones, addresses,
names and prices in each of their texts, opens every GET route as each of its subjects, reads all e-mails and search
documents, and prints what it found last.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.domain.access import AccessVerdict
from matchmaker.models import Mail
from matchmaker.services.index import documents
from matchmaker.services.profiles import suppliers
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access import world as made
from tests.access.matrix import ROWS, Row, cell
from tests.access.world import SUBJECTS, TODAY, Thing, World
from tests.support import routes

# Who reads the texts of needs and of shops as they were typed, wherever no object of another stands in the address.
OWNERS_OF_NEEDS = frozenset({"CO", "OO", "CA", "OX"})
OWNERS_OF_SHOPS = frozenset({"SO", "SI", "SN", "SX", "OO", "CA", "OX", "CN"})


@dataclass(frozen=True, slots=True)
class Leak:
    """A piece that a subject read and may not."""

    where: str
    who: str
    piece: str


def site(folder: Path) -> tuple[Application, World, Flask]:
    """The network in a folder of its own, and its site without the marks of forms."""
    application = Application(Settings(data=folder, _env_file=None), clock=lambda: TODAY)
    network = World(application)
    app = create_app(application)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    return application, network, app


def readable() -> list[Row]:
    return [row for row in ROWS if row.method == "GET"]


def hidden_from(world: World, name: str, row: Row, thing: Thing) -> tuple[str, ...]:
    """The pieces that a subject may not read on a page."""
    relation = world.standing(name, thing)
    of_needs = name in OWNERS_OF_NEEDS and (row.on != "needs" or relation in {"CO", "OO"})
    of_shops = name in OWNERS_OF_SHOPS
    if row.on == "profiles":
        of_shops = cell("profile.contacts", relation) is AccessVerdict.OK
    return (() if of_needs else made.OF_ALL_NEEDS.pieces) + (() if of_shops else made.OF_SHOPS.pieces)


def on_pages(app: Flask, world: World, rows: list[Row]) -> Iterator[Leak]:
    """What everybody reads on pages, in files and from programs."""
    clients = {name: world.enter(app.test_client(), name) for name in SUBJECTS}
    for row in rows:
        for label, thing in world.things(row.on).items():
            where = routes.address(app, row, thing)
            for name, client in clients.items():
                page = read(client, where, row)
                for piece in hidden_from(world, name, row, thing):
                    if piece in page:
                        yield Leak(f"{row.endpoint} {label}", name, piece)


def read(client: FlaskClient, where: str, row: Row) -> str:
    with client.get(where, query_string=routes.FORMS[row.form]) as answer:
        return answer.get_data().decode("utf-8", "replace")


def in_letters(application: Application) -> Iterator[Leak]:
    """What stands in e-mails, whoever gets them."""
    with application.sessions() as session:
        for mail in session.scalars(select(Mail)):
            for piece in (*made.OF_ALL_NEEDS.pieces, *made.OF_SHOPS.pieces):
                if piece in f"{mail.subject}\n{mail.text}\n{mail.html}":
                    yield Leak(f"e-mail {mail.subject}", mail.recipient, piece)


def in_documents(application: Application) -> Iterator[Leak]:
    """What the search engines are given."""
    with application.sessions() as session:
        for profile in suppliers.every(session):
            document = repr(documents.of_profile(profile, application.recogniser, TODAY))
            for piece in made.OF_SHOPS.pieces:
                if piece in document:
                    yield Leak("search document", profile.public_id, piece)


def main() -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        application, world, app = site(Path(folder))
        rows = readable()
        found = [*on_pages(app, world, rows), *in_letters(application), *in_documents(application)]
        application.close()
    for leak in found:
        print(f"{leak.where}: {leak.who} reads {leak.piece!r}")
    pieces = len(made.OF_ALL_NEEDS.pieces) + len(made.OF_SHOPS.pieces)
    print(
        f"{pieces} planted telephones, addresses, names and prices found {len(found)} times on {len(rows)} routes × "
        f"{len(SUBJECTS)} subjects, in e-mails and in search documents ({time.monotonic() - began:.0f} s)"
    )
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
