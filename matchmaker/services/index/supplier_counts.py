"""Counts over all suppliers, taken again once a supplier has changed: at a hundred thousand one takes a tenth of a second."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import monotonic, thread_time
from typing import TypeVar, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import IndexState, Outbox
from search.columns.kept import Kept

T = TypeVar("T")
_MARK = "supplier_mark"
_MOST = 200
_DEAR = 0.03  # seconds of a processor; in a centre of some ten thousand suppliers
_AGE = 100  # a dear count is told again for so many times what it took


@dataclass(frozen=True, slots=True)
class _Dear:
    value: object
    until: float


class SupplierCounts:
    """The counts that a process knows, one for all its threads."""

    def __init__(self) -> None:
        self._mark: tuple[object, ...] = ()
        self._kept = Kept(_MOST)
        self._dear = Kept(_MOST)

    def of(self, session: Session, what: Hashable, count: Callable[[], T]) -> T:
        """What `count` finds among the suppliers as they are, for the question `what`."""
        mark = _mark(session)
        if mark != self._mark:  # what was found before is asked for no more
            self._mark, self._kept = mark, Kept(_MOST)
        return self._kept.of((mark, what), count)

    def roughly(self, session: Session, what: Hashable, count: Callable[[], T]) -> T:
        """As `of`, for numbers that nobody acts on. One that is dear to take is told again for some seconds though suppliers have
        changed: where somebody changes one all the time, a reader in a hundred waits for it.
        """
        known = cast("_Dear | None", self._dear.get(what))
        if known is not None and monotonic() < known.until:
            return cast("T", known.value)
        began = thread_time()
        value = self.of(session, what, count)
        took = thread_time() - began
        if took > _DEAR:
            self._dear.put(what, _Dear(value, monotonic() + _AGE * took))
        return value


def _mark(session: Session) -> tuple[object, ...]:
    """What differs after each change of a supplier: whoever makes one asks in the same transaction for its indexing, and
    the index counts its batches. Of two transactions at once the later may hide the earlier one until both are indexed.
    A transaction asks for it once.
    """
    asked_in, mark = session.info.get(_MARK, (None, ()))
    if asked_in is not None and asked_in is session.get_transaction():
        return cast(tuple[object, ...], mark)
    stamp = select(IndexState.stamp).where(IndexState.id == 1).scalar_subquery()
    last = select(Outbox.id, Outbox.created_at).order_by(Outbox.id.desc()).limit(1).subquery()
    query = (
        select(stamp, last.c.id, last.c.created_at)
        .select_from(select(1).subquery())
        .outerjoin(last, last.c.id.is_not(None))
    )
    found = tuple(session.execute(query).one())
    session.info[_MARK] = session.get_transaction(), found
    return found
