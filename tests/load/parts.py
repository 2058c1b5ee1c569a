"""The parts under a site: SQLite and Tantivy in its data folder, or servers of PostgreSQL and Elasticsearch on this machine.

A centre is made once for each size and kept in a folder; a run works on a copy.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text

from matchmaker.migrations import runner
from matchmaker.models.database import make_database_engine
from matchmaker.services.index import indexing
from matchmaker.services.profiles.duplicates import TwinFinder
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.load import centre
from tests.support import elasticsearch_node, postgresql

NAMES = {"embedded": "SQLite and Tantivy", "servers": "PostgreSQL and Elasticsearch"}


@contextmanager
def embedded(count: int, cache: Path, folder: Path) -> Iterator[Mapping[str, str]]:
    """The settings of a copy of the kept centre; who is there stands in the folder."""
    kept = cache / f"embedded-{count}"
    _make(kept, count, {})
    _copy(kept, folder)
    settings = {"data": str(folder / "data")}
    _compare_firms(settings)
    yield settings


@contextmanager
def servers(count: int, cache: Path, folder: Path) -> Iterator[Mapping[str, str]]:
    """The same with servers, whose commits are on the disk as in production; the index is made anew for each run."""
    binaries = postgresql.binaries()
    if binaries is None:
        raise SystemExit(postgresql.HINT)
    kept = cache / f"servers-{count}"
    cluster = postgresql.Cluster(binaries, cache / "postgresql")
    try:
        with elasticsearch_node.node("load") as url:
            name = f"load_{count}"
            if not (kept / "cast.json").exists():
                _say(cluster.url, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
            _make(kept, count, {"database_url": _address(cluster.url, name)})
            _say(cluster.url, "DROP DATABASE IF EXISTS load_run", f"CREATE DATABASE load_run TEMPLATE {name}")
            _bring_up_to_date(_address(cluster.url, "load_run"))
            _copy(kept, folder)
            settings = {
                "data": str(folder / "data"),
                "database_url": _address(cluster.url, "load_run"),
                "engine": "elasticsearch",
                "elasticsearch_url": url,
                "elasticsearch_prefix": "load",
            }
            _index(settings)
            _compare_firms(settings)
            yield settings
            _say(cluster.url, "DROP DATABASE load_run WITH (FORCE)")
    finally:
        cluster.stop()


PARTS = {"embedded": embedded, "servers": servers}


def _make(kept: Path, count: int, settings: Mapping[str, str]) -> None:
    """Make a centre where none of this size is kept yet."""
    if (kept / "cast.json").exists():
        return
    shutil.rmtree(kept, ignore_errors=True)
    began = time.monotonic()
    app = _application({"data": str(kept / "data"), **settings})
    cast = centre.fill(app, count)
    app.close()
    cast.save(kept / "cast.json")
    print(f"made {count:,} suppliers in {time.monotonic() - began:.0f} s, kept in {kept}", flush=True)


def _copy(kept: Path, folder: Path) -> None:
    shutil.copytree(kept / "data", folder / "data")
    shutil.copy(kept / "cast.json", folder)


def _application(settings: Mapping[str, str]) -> Application:
    return Application(Settings(**settings, _env_file=None))  # type: ignore[arg-type]


def _index(settings: Mapping[str, str]) -> None:
    app = _application({**settings, "elasticsearch_timeout": "60"})
    began = time.monotonic()
    indexing.rebuild(app.index.indexer())
    app.close()
    print(f"made the index in {time.monotonic() - began:.0f} s", flush=True)


def _compare_firms(settings: Mapping[str, str]) -> None:
    """Look for likely twins, which the worker of a centre has done long before."""
    app = _application(settings)
    TwinFinder().renew(app.sessions)
    app.close()


def _bring_up_to_date(address: str) -> None:
    """Let the tables of a kept centre be those of this program; SQLite is brought up to date where it is opened."""
    engine = make_database_engine(address)
    runner.upgrade(engine)
    engine.dispose()


def _address(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)


def _say(server: URL, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for one in statements:
            connection.execute(text(one))
    engine.dispose()
