"""Limits on how often somebody may do something: counted in the database, so that all processes count together
and a restart loses nothing.

A limit lets `most` acts pass at once, and after them one more each `seconds / most` (the generic cell rate
algorithm). One row a subject holds the moment at which everything is free again, so that the time to return is exact
and nothing is counted.
"""

import hashlib
import logging
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Interval,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.domain.errors import TooManyAttempts
from matchmaker.models import RateLimit
from matchmaker.models.base import UtcDateTime, now
from matchmaker.models.database import Sessions, repeatable

STEP = 10  # reads that are counted in memory before the database hears of them
_MOST_HELD = 10_000  # subjects whose reads are held in memory
_ROUNDING = 0.001  # seconds
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many acts of a kind in a time; `message` is said to who exceeds it, see `TooManyAttempts`."""

    what: str
    most: int
    seconds: int
    message: str | None = None

    def of(self, whom: str) -> "Count":
        return Count(self, whom)


@dataclass(frozen=True, slots=True)
class Count:
    """A limit as it counts for one subject: an account, a machine, a device, the whole site."""

    limit: Limit
    whom: str = ""

    @property
    def key(self) -> str:
        """The hash under which the subject is stored, so that the table names nobody."""
        return hashlib.sha256(f"{self.limit.what} {self.whom}".encode()).hexdigest()

    def after(self, free_at: datetime | None, moment: datetime, acts: int, factor: float) -> datetime:
        """The moment at which everything is free again after more acts. One much later than a full count can be
        comes from a clock that was put back since, and counts for nothing.
        """
        whole = timedelta(seconds=self.limit.seconds)
        known = free_at is not None and free_at <= moment + 2 * whole
        begin = max(moment, min(free_at, moment + whole)) if free_at and known else moment
        return begin + acts * whole / (self.limit.most * factor)

    def left(self, free_at: datetime, moment: datetime, factor: float) -> int:
        """The acts that may pass at a moment, where everything is free again at `free_at`."""
        open_seconds = self.limit.seconds - (free_at - moment).total_seconds()
        return max(0, math.floor(open_seconds * self.limit.most * factor / self.limit.seconds + _ROUNDING))

    def wait(self, after: datetime, moment: datetime) -> float:
        """The seconds until an act that leaves the count at `after` may pass; 0 or less where it may now."""
        return (after - moment).total_seconds() - self.limit.seconds


def _refuse(waits: Mapping[Count, float]) -> None:
    """Raise TooManyAttempts for the longest wait, if there is any."""
    count, seconds = max(waits.items(), key=lambda one: one[1])
    if seconds > _ROUNDING:
        raise TooManyAttempts(max(1, math.ceil(seconds)), count.limit.message)


FreeAt = Mapping[Count, datetime]  # the moment at which everything of a count is free again


def take(session: Session, counts: Sequence[Count], *, factor: float = 1.0) -> FreeAt:
    """Count one act for all these subjects. Raises TooManyAttempts where one is at its limit: the transaction has to end with
    it, so that none of them is counted.
    """
    moment = now()
    found = _counted(session, sorted(counts, key=lambda one: one.key), moment, factor)
    after = {one: found[one.key] for one in counts}
    _refuse({one: one.wait(then, moment) for one, then in after.items()})
    return after


def _counted(
    session: Session, counts: Sequence[Count], moment: datetime, factor: float
) -> Mapping[str, datetime]:
    """`Count.after` one act, worked out by the database where the rows are: in one step, always in the same order."""
    rows = [{"subject": one.key, "free_at": one.after(None, moment, 1, factor)} for one in counts]
    added = _insert(session).values(rows)
    held, fresh = RateLimit.free_at, added.excluded.free_at
    ways = []
    for one in counts:
        whole = timedelta(seconds=one.limit.seconds)
        most, strange = _moment(moment + whole), _moment(moment + 2 * whole)
        begin = case((held > most, most), else_=held)
        cost = one.after(None, moment, 1, factor) - moment
        counting = case(
            (or_(held <= _moment(moment), held > strange), fresh), else_=_later(session, begin, cost)
        )
        ways.append((RateLimit.subject == one.key, counting))
    sent = added.on_conflict_do_update(index_elements=["subject"], set_={"free_at": case(*ways, else_=held)})
    return {row.subject: row.free_at for row in session.execute(sent.returning(RateLimit.subject, held))}


def _moment(value: datetime) -> ColumnElement[datetime]:
    return literal(value, UtcDateTime())


def _later(session: Session, moment: ColumnElement[datetime], by: timedelta) -> ColumnElement[datetime]:
    """A moment of the database, so much later; SQLite has the function of `models.database`."""
    if session.get_bind().dialect.name == "postgresql":
        return type_coerce(moment, DateTime(timezone=True)) + literal(by, Interval())
    return func.later(moment, by.total_seconds())


def give_back(session: Session, counts: Sequence[Count], *, factor: float = 1.0) -> None:
    """Take back one act that turned out not to count."""
    held, moment = _locked(session, counts), now()
    _write(session, {one.key: one.after(held[one.key], moment, -1, factor) for one in counts})


def forget(session: Session, counts: Sequence[Count]) -> None:
    """Begin to count anew, after a success. The rows are locked in the order of `_locked`, so that neither waits for the other."""
    mine = RateLimit.subject.in_([one.key for one in counts])
    locked = select(RateLimit.subject).where(mine).order_by(RateLimit.subject).with_for_update()
    session.execute(delete(RateLimit).where(RateLimit.subject.in_(session.scalars(locked).all())))


def tidy(session: Session) -> None:
    """Delete the rows that limit nothing any more, but those that somebody counts with at this moment."""
    over = select(RateLimit.subject).where(RateLimit.free_at <= now()).with_for_update(skip_locked=True)
    session.execute(delete(RateLimit).where(RateLimit.subject.in_(over)))


def _locked(session: Session, counts: Sequence[Count]) -> dict[str, datetime]:
    """The rows of the subjects, made where there are none and locked, always in the same order; in one step, since another
    process may forget one at any moment.
    """
    keys, moment = sorted({one.key for one in counts}), now()
    added = _insert(session).values([{"subject": key, "free_at": moment} for key in keys])
    same = added.on_conflict_do_update(index_elements=["subject"], set_={"free_at": RateLimit.free_at})
    rows = session.execute(same.returning(RateLimit.subject, RateLimit.free_at))
    return {row.subject: row.free_at for row in rows}


def _write(session: Session, free_at: Mapping[str, datetime]) -> None:
    rows = [{"subject": key, "free_at": then} for key, then in sorted(free_at.items())]
    added = _insert(session).values(rows)
    then = {"free_at": added.excluded.free_at}
    session.execute(added.on_conflict_do_update(index_elements=["subject"], set_=then))


def _insert(session: Session) -> postgresql.Insert | sqlite.Insert:
    made = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return made(RateLimit)


@dataclass(slots=True)
class _Reads:
    """The reads of one subject: when everything is free again, and the reads that the database has not heard of."""

    free_at: datetime | None = None
    unsaved: int = 0


class RateLimits:
    """The limits of one process: acts at once in the database, reads in memory first.

    Reading must not write: a read is judged and counted in memory, and the process tells the database of every STEP
    reads of a subject, after its page is sent. So several processes let at most STEP reads more pass each, a restart
    forgets fewer than STEP, and reads go on while the database is away.
    """

    def __init__(self, sessions: Callable[[], Sessions], factor: float = 1.0) -> None:
        self._sessions, self.factor = sessions, factor
        self._lock = threading.Lock()
        self._reads: dict[Count, _Reads] = {}

    def take(self, counts: Sequence[Count]) -> FreeAt:
        """Count one act in a transaction of its own, as the function `take`. Where the database is away its error
        passes: what cannot be counted is not let through.
        """
        with repeatable(), self._sessions().begin() as session:
            return take(session, counts, factor=self.factor)

    def read(self, counts: Sequence[Count]) -> tuple[FreeAt, bool]:
        """Count one read. Returns also whether `save_reads` is due. Raises TooManyAttempts."""
        moment = now()
        with self._lock:
            self._make_room(moment)
            held = {one: self._reads.setdefault(one, _Reads()) for one in counts}
            after = {one: one.after(reads.free_at, moment, 1, self.factor) for one, reads in held.items()}
            _refuse({one: one.wait(then, moment) for one, then in after.items()})
            for one, reads in held.items():
                reads.free_at, reads.unsaved = after[one], reads.unsaved + 1
            return after, any(reads.unsaved % STEP == 0 for reads in held.values())

    def save_reads(self) -> None:
        """Tell the database of the counted reads, and learn of those of other processes. No page fails for it."""
        with self._lock:
            due = {one: reads.unsaved for one, reads in self._reads.items() if reads.unsaved >= STEP}
        if not due:
            return
        try:
            with self._sessions().begin_at_once() as session:
                held, moment = _locked(session, list(due)), now()
                after = {
                    one: one.after(held[one.key], moment, acts, self.factor) for one, acts in due.items()
                }
                _write(session, {one.key: then for one, then in after.items()})
        except SQLAlchemyError as error:
            _log.warning("Reads are counted in this process alone for now: %s", error)
            return
        with self._lock:
            for one, acts in due.items():
                if reads := self._reads.get(one):
                    more = reads.unsaved - acts
                    reads.free_at, reads.unsaved = one.after(after[one], moment, more, self.factor), more

    def _make_room(self, moment: datetime) -> None:
        if len(self._reads) < _MOST_HELD:
            return
        self._reads = {
            one: reads for one, reads in self._reads.items() if reads.free_at and reads.free_at > moment
        }
        if len(self._reads) >= _MOST_HELD:
            self._reads.clear()
