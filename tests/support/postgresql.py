"""A server of PostgreSQL from the system's binaries, for the time of the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

HINT = "PostgreSQL is not here: install it (Debian: apt-get install postgresql) or set MATCHMAKER_TEST_POSTGRESQL_URL"


def binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


class Cluster:
    """A private server that listens on a socket only; initdb refuses root, so root runs it as `postgres`.

    In a folder of one's own it is kept: what was there before is there again, and each commit is on the disk.
    """

    def __init__(self, binaries: Path, kept: Path | None = None) -> None:
        self.binaries, self.kept = binaries, kept is not None
        self.folder = kept or Path(tempfile.mkdtemp(prefix="matchmaker-pg-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        self.as_user: list[str] = []
        if os.geteuid() == 0:
            entry = pwd.getpwnam("postgres")
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
            self.as_user = ["runuser", "-u", "postgres", "--"]
        if not (self.folder / "data").exists():
            words = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
            self._run("initdb", "-D", str(self.folder / "data"), *words)
        self.resume()

    def resume(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder}"
        options += "" if self.kept else " -c fsync=off"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", log, "-o", options, "start")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.as_user, str(self.binaries / program), *arguments]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=60)

    def halt(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "fast", "stop")

    @property
    def url(self) -> URL:
        return make_url(f"postgresql+psycopg://postgres@/postgres?host={self.folder}")

    def stop(self) -> None:
        if self.kept:
            self.halt()
            return
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def empty_database(server: URL) -> Iterator[str]:
    """The address of a database that is made and dropped."""
    name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
    maker = create_engine(server, isolation_level="AUTOCOMMIT")
    with maker.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with maker.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    maker.dispose()
