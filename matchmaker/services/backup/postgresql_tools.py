"""PostgreSQL's own programs: pg_dump writes a database as of one snapshot, pg_restore and psql bring it back."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, inspect, text

from matchmaker.domain.errors import BackupRefused
from matchmaker.domain.language import N_
from matchmaker.models.database import DatabaseEngine

_PIECE = 1 << 20
# pg_restore 17 sets what an older server does not know.
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout = 0;\n"


def dump(connection: Connection, target: Path) -> None:
    """Write the database as the connection's transaction sees it. Raises BackupRefused."""
    snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
    _check_version("pg_dump", connection)
    address, environment = _access(connection.engine)
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
    done = subprocess.run(  # noqa: S603 - own arguments
        [_program("pg_dump"), *words, f"--file={target}", f"--dbname={address}"],
        env=environment,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise _failure("pg_dump", done.stderr)


def load(engine: DatabaseEngine, source: Path) -> None:
    """Put the dump in the place of all tables, in one transaction. Raises BackupRefused, and then nothing has changed."""
    with engine.connect() as connection:
        for program in ("pg_restore", "psql"):
            _check_version(program, connection)
        quote = connection.dialect.identifier_preparer.quote
        tables = ", ".join(map(quote, inspect(connection).get_table_names()))
    address, environment = _access(engine)
    emptying = ["-c", f"DROP TABLE {tables} CASCADE"] if tables else []
    words = ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", f"--dbname={address}", *emptying, "-f", "-"]
    with tempfile.TemporaryFile() as said:
        reading = [_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(source)]
        reader = subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=said)  # noqa: S603
        writer = subprocess.Popen(  # noqa: S603
            [_program("psql"), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
            env={**environment, "PGOPTIONS": "--client-min-messages=warning"},
        )
        assert writer.stdin
        whole = _poured(reader, writer)
        if not whole:
            writer.kill()  # before the end of its input, so that nothing is committed
        with suppress(BrokenPipeError):
            writer.stdin.close()
        if writer.wait() or not whole:
            said.seek(0)
            raise _failure("pg_restore", said.read())


def _poured(reader: "subprocess.Popen[bytes]", writer: "subprocess.Popen[bytes]") -> bool:
    """Lead the one's output into the other; whether it came whole."""
    assert reader.stdout
    assert writer.stdin
    try:
        writer.stdin.write(reader.stdout.read(_PIECE).replace(_UNKNOWN_BEFORE_17, b"", 1))
        while piece := reader.stdout.read(_PIECE):
            writer.stdin.write(piece)
        whole = reader.wait() == 0
    except BrokenPipeError:
        reader.kill()
        reader.wait()
        return False
    else:
        return whole
    finally:
        reader.stdout.close()


def _access(engine: DatabaseEngine) -> tuple[str, dict[str, str]]:
    """The address for libpq, and the environment with the password, which no list of processes shows."""
    given = dict(engine.dialect.create_connect_args(engine.url)[1])
    password = given.pop("password", None)
    given.pop("options", None)  # the site's limits on a statement; a dump takes its time
    environment = {**os.environ, "PGPASSWORD": str(password)} if password else dict(os.environ)
    known = {name: str(value) for name, value in given.items() if isinstance(value, str | int)}
    return make_conninfo("", **known), environment


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(
            N_(
                "The program %(program)s is not here. Install PostgreSQL's client (Debian: postgresql-client)."
            ),
            program=name,
        )
    return found


def _check_version(name: str, connection: Connection) -> None:
    """Raise BackupRefused where the program is older than the server."""
    said = subprocess.run([_program(name), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\) (\d+)", said)
    version = int(found[1]) if found else 0
    server = int(str(connection.scalar(text("SHOW server_version_num")))) // 10_000
    if version < server:
        raise BackupRefused(
            N_(
                "The program %(program)s is of version %(version)s, older than the server's %(server)s. "
                "Install PostgreSQL's client of version %(server)s or newer."
            ),
            program=name,
            version=version or "?",
            server=server,
        )


def _failure(program: str, said: bytes) -> BackupRefused:
    lines: Sequence[str] = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    told = " ".join(lines[:3]) or "?"
    return BackupRefused(N_("%(program)s failed: %(reason)s"), program=program, reason=told)
