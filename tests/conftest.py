"""Fixtures shared by all tests.

`sessions` is an empty, migrated SQLite database of the test's own. `each_sessions` runs the test twice, on SQLite and on
PostgreSQL: a cluster started from the system's binaries, or the server that MATCHMAKER_TEST_POSTGRESQL_URL names (its
user may create databases). Where neither is there the test is skipped, which counts as a failure where CI is set.
"""

import gc
import logging
import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import URL, make_url

from matchmaker import collector
from matchmaker.models.database import Sessions, make_sessions
from matchmaker.sandbox import child_process
from matchmaker.settings import Settings
from tests.support import made_once, missing, postgresql

# How long an example takes says what else the machine does: no test is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
_TESTS_A_WALK = 150  # tests between two walks over all garbage; one takes 5 to 30 s in a process that has loaded everything
_tests = count(1)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Collect garbage between tests where it must not be collected in them: see matchmaker.collector."""
    if not collector.SAFE:
        gc.collect(1 if next(_tests) % _TESTS_A_WALK else 2)


def pytest_configure() -> None:
    made_once.use()
    if not collector.SAFE:
        gc.disable()


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the settings or writes into the data folder of the person who runs it, or is deaf to the log since a
    library of another test has switched it off.
    """
    logging.disable(logging.NOTSET)
    for known in logging.root.manager.loggerDict.values():
        if isinstance(known, logging.Logger):
            known.disabled = False
    for name in [name for name in os.environ if name.startswith("MATCHMAKER_") and "_TEST_" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHMAKER_DATA", str(tmp_path / "data"))
    # Tests share the machine with other tests; the processor's time stays limited as it is.
    monkeypatch.setattr(child_process, "WALL_SECONDS", 60.0)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """The address of a server on which tests may make databases."""
    named = os.environ.get("MATCHMAKER_TEST_POSTGRESQL_URL")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
        return
    binaries = postgresql.binaries()
    if binaries is None:
        missing.without(postgresql.HINT)
        return
    cluster = postgresql.Cluster(binaries)
    yield cluster.url
    cluster.stop()


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[postgresql.Cluster]:
    """A server that the tests of a module may halt and resume."""
    binaries = postgresql.binaries()
    if binaries is None:
        missing.without(postgresql.HINT)
        return
    cluster = postgresql.Cluster(binaries)
    yield cluster
    cluster.stop()


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    with postgresql.empty_database(postgresql_server) as url:
        yield url


@pytest.fixture
def other_postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """The address of another empty database of the test's own."""
    with postgresql.empty_database(postgresql_server) as url:
        yield url


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "migrated.sqlite3"
    make_sessions(f"sqlite:///{path}").engine.dispose()
    return path


@pytest.fixture
def sqlite_url(_migrated: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite database of the test's own."""
    path = tmp_path / "test.sqlite3"
    shutil.copy(_migrated, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sessions(sqlite_url: str) -> Iterator[Sessions]:
    made = make_sessions(sqlite_url)
    yield made
    made.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_url(request: pytest.FixtureRequest) -> str:
    """The address of a database, once of either kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def each_sessions(each_url: str) -> Iterator[Sessions]:
    made = make_sessions(each_url)
    yield made
    made.engine.dispose()
