"""The mending of the index: made whole where it was lost, what was set aside tried again, drift found and removed.

An index is a cache, so nothing here asks anybody: what indexing anew does not mend, making the index anew does.
"""

import logging
from dataclasses import dataclass, replace
from time import monotonic

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.services.index import drift, indexing
from matchmaker.services.index.drift import IndexDifference, IndexGaps
from matchmaker.services.index.indexing import Indexer

EVERY = 60.0  # seconds between two looks for drift
# Seconds between two looks at each supplier; those between them compare totals, which cost next to nothing.
WHOLE = 3600.0
# More differences than this: making the index anew from the stored documents is quicker than building them one by one.
MANY = 1_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MendResult:
    """The result of mending: suppliers that differed, and still do; suppliers revived from those set aside; whether the index
    was made anew. `away` says why the engine could not be asked, empty if it could.
    """

    found: int = 0
    left: int = 0
    revived: int = 0
    made_anew: bool = False
    away: str = ""


def make_whole(indexer: Indexer) -> bool:
    """Make an index that is missing, damaged or of another shape from the stored documents; whether it was necessary. Raises
    EngineUnavailable where the engine is away or takes no writes.
    """
    health = indexer.engine.health()
    if health.ready:
        return False
    if not health.lost:
        raise EngineUnavailable(health.detail)
    if indexing.restore(indexer):
        _log.warning("The search index was made anew from the stored documents: %s", health.detail)
    return True


def mend(indexer: Indexer) -> MendResult:
    """Bring index and database together, whatever happened to the index. An engine that is away is no error, see `away`."""
    try:
        made_anew = make_whole(indexer)
        revived = indexing.revive(indexer)
        found = _drifted(indexer)
        left = found
        if len(left) > MANY:
            made_anew, left = True, _made_anew(indexer)
        if left:
            drift.announce(indexer.sessions, left)
            indexing.drain(indexer)
            left = _drifted(indexer)
        if left:
            made_anew, left = True, _made_anew(indexer)
    except (EngineUnavailable, IndexMissing) as error:
        return MendResult(away=str(error))
    if found:
        _log.warning("%d suppliers differed between database and index, %d still do", len(found), len(left))
    drift.note(indexer.sessions, len(found), len(left))
    return MendResult(len(found), len(left), revived, made_anew)


class DriftWatch:
    """The looks for drift of a process: a whole one seldom, and wherever the totals are not as far apart as the last whole
    one left them. What was set aside keeps them apart without being drift.
    """

    def __init__(self) -> None:
        self._gaps: IndexGaps | None = None
        self._whole_at = 0.0

    def look(self, indexer: Indexer) -> MendResult:
        """Look, and mend what is found. An engine that is away is no error, see `away`."""
        try:
            revived = indexing.revive(indexer)
            if monotonic() < self._whole_at and drift.gaps(indexer.sessions, indexer.engine) == self._gaps:
                drift.note(indexer.sessions, 0, 0)
                return MendResult(revived=revived)
            result = mend(indexer)
            good = not (result.left or result.away)
            self._gaps = drift.gaps(indexer.sessions, indexer.engine) if good else None
        except (EngineUnavailable, IndexMissing) as error:
            return MendResult(away=str(error))
        self._whole_at = monotonic() + WHOLE
        return replace(result, revived=result.revived + revived)


def _drifted(indexer: Indexer) -> list[IndexDifference]:
    return drift.unexplained(indexer.sessions, drift.differences(indexer.sessions, indexer.engine))


def _made_anew(indexer: Indexer) -> list[IndexDifference]:
    """What differs after the index was made anew and everything that waited was indexed."""
    indexing.restore(indexer)
    indexing.drain(indexer)
    return _drifted(indexer)
