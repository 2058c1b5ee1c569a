"""The processor time of pages over a centre of invented shops in a database, beside a bare Flask page in the same run."""

import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from matchmaker.cli import demo
from matchmaker.models import Need, Profile
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.imports import demo as invented
from matchmaker.services.index import indexing
from matchmaker.services.needs import needs
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from matchmaker.worker import warm_up
from tests.benchmark.generate import TODAY
from tests.benchmark.timing import memory

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
ROUNDS = 5
# The reader of each page: nobody, or the demo's person of that name. {need} is the buyer's, {supplier} any.
PAGES = (
    ("front page", "", "/"),
    ("search without words", "", "/suppliers"),
    ("search by words", "", "/suppliers?q=токарная обработка вала 40Х"),
    ("a supplier", "", "/suppliers/{supplier}"),
    ("map", "", "/map"),
    ("shop: own desk", "supplier", "/shop/"),
    ("shop: profile, gaps and what would open needs", "supplier", "/shop/profile/"),
    ("shop: form of an entry", "supplier", "/shop/profile/capabilities/0"),
    ("shop: free hours", "supplier", "/shop/capacity/"),
    ("shop: a need", "supplier", "/needs/{need}"),
    ("shop: needs that fit, for programs", "supplier", "/api/v1/shop/needs"),
    ("buyer: own needs", "buyer", "/needs/"),
    ("buyer: a need with its matches", "buyer", "/needs/{need}"),
    ("buyer: form of a need", "buyer", "/needs/{need}/edit"),
    ("buyer: comparison", "buyer", "/needs/{need}/compare"),
    ("operator: workbench", "operator", "/work/"),
    ("operator: shortlist of a need", "operator", "/work/needs/{need}"),
    ("operator: certificates", "operator", "/work/certificates"),
    ("operator: overview", "operator", "/work/overview/"),
    ("operator: find by name", "operator", "/work/find?q=емел"),
    ("operator: journal", "centre", "/journal/"),
    ("account", "buyer", "/account"),
)


@dataclass(frozen=True, slots=True)
class PageTime:
    """Milliseconds of processor time: the first look after the start, the median of further ones, and the first look
    after a need and a supplier have changed.
    """

    first: float
    warm: float
    changed: float


def pages(count: int, asked: int, folder: Path | None = None) -> None:
    """Print what pages cost with so many suppliers and open needs; a `folder` holds the centre for the next run."""
    with _place(folder) as place:
        if not (place / "matchmaker.sqlite3").exists():
            _fill(place, count, asked)
        started, product = time.process_time(), _product(place)
        warm_up(product)
        print(f"\n{count:,} suppliers, {asked:,} open needs in the database")
        print(f"  start until warm: {time.process_time() - started:.1f} s of processor time, {memory()} MB")
        site = create_app(product)
        site.testing = True
        _show(site, product)
        _pasted(site.test_client(), product)
        print(f"  memory of the process: {memory()} MB")
        product.close()


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="benchmark-") as made:
        yield Path(made)


def _product(place: Path) -> Application:
    return Application(Settings(data=place, limits=1_000, _env_file=None), clock=lambda: TODAY)


def _fill(place: Path, count: int, asked: int) -> None:
    started, product = time.perf_counter(), _product(place)
    with patch.object(invented, "SUPPLIERS", count), patch.object(invented, "NEEDS", asked):
        demo.load(product)
    product.close()
    print(f"\n{count:,} suppliers loaded and indexed in {time.perf_counter() - started:.0f} s")


def _show(site: Flask, product: Application) -> None:
    readers = {name: _entered(site, name) for name in sorted({reader for _, reader, _ in PAGES})}
    with product.sessions() as session:
        centre = needs.centre_of(session, product.settings.centre)
        things = {
            "need": needs.by_external_id(session, centre, "demo-n-1").public_id,
            "supplier": session.scalars(select(Profile.public_id).order_by(Profile.id.desc())).first(),
        }
    bare = _bare()
    print(f"  {'processor time, ms':52}{'first':>8}{'median':>8}{'changed':>9}{'ratio':>8}")
    print(f"  {'a bare Flask page':52}{bare.first:>8.1f}{bare.warm:>8.2f}{bare.changed:>9.1f}{1:>8.0f}")
    for name, reader, path in PAGES:
        spent = _spent(readers[reader], path.format(**things), lambda: _change(product))
        ratio = spent.warm / bare.warm
        print(f"  {name:52}{spent.first:>8.1f}{spent.warm:>8.1f}{spent.changed:>9.1f}{ratio:>8.0f}")


def _spent(reader: FlaskClient, path: str, change: Callable[[], None]) -> PageTime:
    first = _once(reader, path)
    warm = [_once(reader, path) for _ in range(ROUNDS)]
    change()
    return PageTime(first, statistics.median(warm), _once(reader, path))


def _once(reader: FlaskClient, path: str) -> float:
    started = time.process_time()
    answer = reader.get(path)
    assert answer.status_code == 200, path
    answer.get_data()
    return (time.process_time() - started) * 1000


def _change(product: Application) -> None:
    """Change the newest need and the newest supplier, as a person and the worker would."""
    with product.sessions.begin() as session:
        need = session.scalars(select(Need).order_by(Need.id.desc())).first()
        profile = session.scalars(select(Profile).order_by(Profile.id.desc())).first()
        assert need is not None
        assert profile is not None
        need.changed_at = profile.changed_at = now()
        journal.announce(session, (profile.public_id,))
    indexing.drain(product.index.indexer())
    product.index.columns()


def _bare() -> PageTime:
    """A page of Flask alone, a template with a line."""
    bare = Flask("bare")
    bare.add_url_rule("/", view_func=lambda: "<!DOCTYPE html><title>Bare</title><p>A page.")
    bare.testing = True
    return _spent(bare.test_client(), "/", lambda: None)


def _entered(site: Flask, name: str) -> FlaskClient:
    """The browser of a person of the demo, signed in; "" is nobody."""
    client = site.test_client()
    if name:
        form = {"email": f"{name}@demo-centre.example", "password": demo.PASSWORD}
        answer = client.post("/login", data={"csrf_token": _token(client, "/login"), **form})
        assert answer.status_code in {302, 303}, name
    return client


def _token(client: FlaskClient, path: str) -> str:
    found = _TOKEN.search(client.get(path).get_data(as_text=True))
    assert found is not None
    return found[1]


def _pasted(client: FlaskClient, product: Application) -> None:
    """From a pasted text to a rendered page, by the clock of one thread."""
    spent, token = [], _token(client, "/try")
    for round_ in range(3):
        for text in _letters(product):
            started = time.thread_time()
            answer = client.post("/try", data={"csrf_token": token, "text": text})
            assert answer.status_code == 200
            if round_:
                spent.append((time.thread_time() - started) * 1000)
    p95 = statistics.quantiles(spent, n=20)[-1]
    print(f"  pasted text to rendered page: median {statistics.median(spent):.1f} ms, p95 {p95:.1f} ms")


def _letters(product: Application, most: int = 40) -> Sequence[str]:
    with product.sessions() as session:
        query = select(Need).order_by(Need.id).limit(most)
        records = [needs.record(need) for need in session.scalars(query)]
    return [f"{record.title}\n{record.text or ''}" for record in records]
