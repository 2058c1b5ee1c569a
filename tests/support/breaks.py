"""What breaks a site, for the tests that look whether it heals."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from matchmaker.models.database import Sessions


@contextmanager
def full_database(sessions: Sessions, after: str) -> Iterator[None]:
    """A database whose disk is full from a statement on that begins with `after`."""
    full: list[bool] = []

    def refuse(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if full or statement.startswith(after):
            full.append(True)
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise OperationalError(statement, None, error)

    event.listen(sessions.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(sessions.engine, "before_cursor_execute", refuse)
