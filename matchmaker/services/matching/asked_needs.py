"""The needs that suppliers are compared with, as requirements: read once a revision and day, and held by the process.

To ask for the revisions of a thousand needs costs no more than to read one of them, so that is asked every time, and
nothing that is held is out of date.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar, cast

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import OPEN_NEEDS
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Need
from matchmaker.services.needs import needs
from search.columns.kept import Kept
from search.matching import gains
from search.matching.gains import DatedNeed
from search.matching.matcher import MOST_EXPLAINED, OpenNeed

T = TypeVar("T")

FOR_ALL = Need.disclosure != "invited"  # the needs that are not by invitation only
MOST = 5_000  # needs that are compared at once, the newest ones
_AT_ONCE = 500  # needs that are loaded together
_Mark = tuple[str, int, date]


@dataclass(frozen=True, slots=True)
class NeedAsked:
    """A need as it was read: what it asks for as a whole and by position, and how it stood on the day on which an answer was
    due.
    """

    whole: OpenNeed
    positions: tuple[OpenNeed, ...]
    stood: DatedNeed


# What a need asks for as a whole, then what each of its positions does.
NeedReader = Callable[[Need], Sequence[Requirements]]
# What makes a set of needs, beside the set that it made last.
SetMaker = Callable[[Sequence[NeedAsked], date, "AskedNeeds", T | None], T]


class AskedNeeds:
    """The needs that a process has read, one for all its threads, with what was found for suppliers among them."""

    def __init__(self) -> None:
        self._read, self._sets = Kept(2 * MOST), Kept(8)
        self.looked_at = Kept(gains.MOST_LOOKED_AT)
        self._last = Kept(8)  # sets by what made them
        self.explained, self.gains = Kept(MOST_EXPLAINED), Kept(500)

    def of(
        self,
        session: Session,
        among: Sequence[ColumnElement[bool]],
        today: date,
        read: NeedReader,
        make: SetMaker[T],
    ) -> T:
        """What `make` makes of the needs under these conditions, the newest first; made anew where one of them has
        changed.
        """
        query = select(Need.public_id, Need.revision).where(*among)
        rows = session.execute(query.order_by(Need.id.desc()).limit(MOST))
        marks = tuple((key, revision, today) for key, revision in rows)

        def made() -> T:
            asked = list(self._asked(session, marks, read))
            made = make(asked, today, self, cast("T | None", self._last.get(make)))
            self._last.put(make, made)
            return made

        return self._sets.of((make, today, marks), made)

    def _asked(self, session: Session, marks: Sequence[_Mark], read: NeedReader) -> Iterator[NeedAsked]:
        known = {mark[0]: cast(NeedAsked | None, self._read.get(mark)) for mark in marks}
        lacking = [key for key, found in known.items() if found is None]
        for start in range(0, len(lacking), _AT_ONCE):
            chosen = Need.public_id.in_(lacking[start : start + _AT_ONCE])
            for need in session.scalars(needs.with_reach().where(chosen)).unique():
                known[need.public_id] = _as_read(need, read(need), marks[0][2])
        for mark in marks:
            found = known[mark[0]]
            if found is not None:
                yield self._read.of(mark, partial(_itself, found))


def _itself(found: NeedAsked) -> NeedAsked:
    return found


def _as_read(need: Need, asked: Sequence[Requirements], today: date) -> NeedAsked:
    whole, *positions = (OpenNeed(need.public_id, one) for one in asked)
    is_open = need.told_state in OPEN_NEEDS
    day = today if is_open else (need.published_at or need.created_at).date()
    stood = gains.as_it_stood(whole.requirements, day, is_open=is_open)
    return NeedAsked(whole, tuple(positions), stood)
