"""Fixtures shared by all tests.

`sessions` is an empty, migrated SQLite database of the test's own. `each_sessions` runs the test twice, on SQLite and on
PostgreSQL: a cluster started from the system's binaries, or the server that MATCHMAKER_TEST_POSTGRESQL_URL names (its
user may create databases). Where neither is there the test is skipped, which counts as a failure where CI is set.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

from matchmaker.models.database import Sessions, make_sessions
from matchmaker.settings import Settings
from tests.support import missing

_POSTGRESQL_HINT = "PostgreSQL is not here: install it (Debian: apt-get install postgresql) or set MATCHMAKER_TEST_POSTGRESQL_URL"


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test reads the settings or writes into the data folder of the person who runs it."""
    for name in [name for name in os.environ if name.startswith("MATCHMAKER_") and "_TEST_" not in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MATCHMAKER_DATA", str(tmp_path / "data"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class _Cluster:
    """A private server that listens on a socket only; initdb refuses root, so root runs it as `postgres`."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries
        self.folder = Path(tempfile.mkdtemp(prefix="matchmaker-pg-"))
        self.as_user: list[str] = []
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            self.as_user = ["runuser", "-u", "postgres", "--"]
        self._run(
            "initdb",
            "-D",
            str(self.folder / "data"),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        )
        self.resume()

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.as_user, str(self.binaries / program), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=60)

    def resume(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", options, "start")

    def halt(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "fast", "stop")

    @property
    def url(self) -> URL:
        return make_url(f"postgresql+psycopg://postgres@/postgres?host={self.folder}")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[URL]:
    """The address of a server on which tests may make databases."""
    named = os.environ.get("MATCHMAKER_TEST_POSTGRESQL_URL")
    if named:
        yield make_url(named).set(drivername="postgresql+psycopg")
        return
    binaries = _binaries()
    if binaries is None:
        missing.without(_POSTGRESQL_HINT)
        return
    cluster = _Cluster(binaries)
    yield cluster.url
    cluster.stop()


@pytest.fixture(scope="module")
def own_cluster() -> Iterator[_Cluster]:
    """A server that the tests of a module may halt and resume."""
    binaries = _binaries()
    if binaries is None:
        missing.without(_POSTGRESQL_HINT)
        return
    cluster = _Cluster(binaries)
    yield cluster
    cluster.stop()


@contextmanager
def _empty_database(given: URL) -> Iterator[str]:
    name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
    server = create_engine(given, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    yield given.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    with _empty_database(postgresql_server) as url:
        yield url


@pytest.fixture
def other_postgresql_url(postgresql_server: URL) -> Iterator[str]:
    """The address of another empty database of the test's own."""
    with _empty_database(postgresql_server) as url:
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
