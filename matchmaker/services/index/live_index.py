"""The search index of a process: restored after a loss, brought up to date, its columns in memory."""

import logging
import threading
from collections.abc import Callable

from matchmaker.domain.errors import EngineUnavailable
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.models.database import Sessions
from matchmaker.services.index import index_snapshot, indexing, outbox
from matchmaker.services.index.indexing import DrainResult, Indexer
from search.columns.store import Columns

_log = logging.getLogger(__name__)


class LiveIndex:
    """The index of a process, one for all threads. `make_indexer` is called once, on the first use of the
    engine.
    """

    def __init__(self, sessions: Sessions, taxonomy: Taxonomy, make_indexer: Callable[[], Indexer]) -> None:
        self._sessions, self._taxonomy, self._make_indexer = sessions, taxonomy, make_indexer
        self._lock = threading.Lock()
        self._indexer: Indexer | None = None
        self._restored = False
        self._columns_lock = threading.Lock()
        self._columns: tuple[int, Columns] | None = None

    def indexer(self) -> Indexer:
        """The parts that `indexing` works with.

        An index that was never built, was lost, or is of another version is first made from the stored
        documents.
        """
        with self._lock:
            if self._indexer is None:
                self._indexer = self._make_indexer()
            if not self._restored:
                self._restored = _restore(self._indexer)
            return self._indexer

    def catch_up(self) -> DrainResult:
        """Index waiting rows; an engine that is away is not an error, see the result's `away`."""
        with self._sessions() as session:
            if not outbox.due(session):
                return DrainResult()
        indexer = self.indexer()
        with self._lock:
            return indexing.drain(indexer)

    def columns(self) -> Columns:
        """The columns of all indexed suppliers, as of the newest batch that any process indexed."""
        with self._columns_lock, self._sessions() as session:
            held = self._columns
            if held is not None and held[0] == index_snapshot.current_stamp(session):
                return held[1]
            changes = index_snapshot.load(session, held[0] if held else 0)
            if held is None:
                columns = Columns.build(changes.documents, self._taxonomy)
            else:
                columns = held[1].updated(changes.documents, changes.removed)
            self._columns = (changes.stamp, columns)
            return columns


def _restore(indexer: Indexer) -> bool:
    """Make an index that is not ready from the stored documents; whether the engine could be reached."""
    try:
        if not indexer.engine.health().ready:
            indexing.restore(indexer)
    except EngineUnavailable:
        _log.warning("The search engine is away; its index is looked at again later")
        return False
    return True
