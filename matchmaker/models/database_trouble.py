"""The troubles of a database and of a disk, told from the mistakes of a program: they pass, and nobody's work is at
fault.
"""

import errno
import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.orm.exc import StaleDataError

from matchmaker.domain.errors import ChangeOverrun, DatabaseAway, DatabaseBusy, MatchmakerError, StorageFull

_SQLITE: dict[int, type[MatchmakerError]] = {
    sqlite3.SQLITE_BUSY: DatabaseBusy,
    sqlite3.SQLITE_LOCKED: DatabaseBusy,
    sqlite3.SQLITE_FULL: StorageFull,
    sqlite3.SQLITE_READONLY: StorageFull,
    sqlite3.SQLITE_PERM: DatabaseAway,
    sqlite3.SQLITE_IOERR: DatabaseAway,
    sqlite3.SQLITE_CORRUPT: DatabaseAway,
    sqlite3.SQLITE_CANTOPEN: DatabaseAway,
    sqlite3.SQLITE_NOTADB: DatabaseAway,
}
# States of PostgreSQL, or the first letters of a class of them; the longest that fits decides.
_POSTGRESQL: dict[str, type[MatchmakerError]] = {
    "40001": ChangeOverrun,  # serialization failure
    "40P01": ChangeOverrun,  # deadlock
    "55P03": DatabaseBusy,  # lock timeout
    "57014": DatabaseBusy,  # statement timeout
    "53": DatabaseBusy,  # out of memory, too many connections
    "53100": StorageFull,
    "25006": StorageFull,  # a standby, or a database set to read only
    "08": DatabaseAway,  # connections
    "28": DatabaseAway,  # sign-in refused
    "3D": DatabaseAway,  # no such database
    "57P": DatabaseAway,  # shut down, terminated, starting up
    "58": DatabaseAway,  # its own files
    "25P03": DatabaseAway,  # idle in a transaction for too long
    "XX001": DatabaseAway,  # damaged data
    "XX002": DatabaseAway,  # damaged index
}
_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
_LOW_BYTE = 0xFF  # of SQLite's extended codes


def trouble_of(error: BaseException) -> MatchmakerError | None:
    """The trouble that an error is; None for a mistake of the program."""
    if isinstance(error, NoFreeConnection):
        return DatabaseBusy()  # all connections are in use
    if isinstance(error, StaleDataError):
        return ChangeOverrun()  # the row moved on since it was read
    if isinstance(error, PendingRollbackError):
        return DatabaseAway()  # the connection was lost before, and somebody asked on
    if isinstance(error, OSError):
        return StorageFull() if error.errno in _DISK else None
    if not isinstance(error, DBAPIError):
        return None
    kind = _kind(error.orig)
    if kind is None and error.connection_invalidated:
        kind = DatabaseAway
    return kind() if kind else None


def may_be_overrun(error: BaseException) -> bool:
    """Whether another change at the same moment may be the cause: a row that moved on, or one that was made twice."""
    return isinstance(error, IntegrityError) or isinstance(trouble_of(error), ChangeOverrun)


def _kind(cause: BaseException | None) -> type[MatchmakerError] | None:
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & _LOW_BYTE)
    if not isinstance(cause, psycopg.Error):
        return None
    state = cause.sqlstate
    if state is None:  # no server answered
        return DatabaseAway if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError) else None
    return next((_POSTGRESQL[state[:end]] for end in (5, 3, 2) if state[:end] in _POSTGRESQL), None)
