"""What breaks a site, for the tests that look whether it heals."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from matchmaker.models.database import Sessions


@contextmanager
def full_database(sessions: Sessions, after: str) -> Iterator[None]:
    """A database whose disk is full from a statement on that begins with `after`."""
    full: list[bool] = []

    def refuse(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if full or statement.startswith(after):
            full.append(True)
            raise OperationalError(statement, None, _full())

    event.listen(sessions.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(sessions.engine, "before_cursor_execute", refuse)


def _full() -> Exception:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def _torn() -> Exception:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    return error


@dataclass(frozen=True, slots=True)
class Failure:
    """A way in which a step fails; `stays` where all further ones fail as well."""

    make: Callable[[], Exception]
    stays: bool = False


FAILURES: Mapping[str, Failure] = {
    "the disk is full from here on": Failure(_full, stays=True),
    "the disk fails once": Failure(_torn),
    "another change was first": Failure(psycopg.errors.SerializationFailure),
}


class Steps:
    """The statements and commits of an engine, counted; the one of a number fails."""

    def __init__(self, fails_at: int, failure: Failure | None) -> None:
        self.number = 0
        self._fails_at, self._failure = fails_at, failure

    def _count(self, words: str) -> None:
        self.number += 1
        if self._failure is None or self.number < self._fails_at:
            return
        if self.number == self._fails_at or self._failure.stays:
            raise OperationalError(words, None, self._failure.make())

    def statement(self, _connection: object, _cursor: object, words: str, *_rest: object) -> None:
        self._count(words)

    def commit(self, _connection: object) -> None:
        self._count("COMMIT")


@contextmanager
def failing(engine: Engine, fails_at: int = 0, failure: Failure | None = None) -> Iterator[Steps]:
    """Let the step of a number fail, the first is 1; without a failure steps are only counted."""
    steps = Steps(fails_at, failure)
    event.listen(engine, "before_cursor_execute", steps.statement)
    event.listen(engine, "commit", steps.commit)
    try:
        yield steps
    finally:
        event.remove(engine, "before_cursor_execute", steps.statement)
        event.remove(engine, "commit", steps.commit)
