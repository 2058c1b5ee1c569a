"""The search index of a process: made whole after a loss, brought up to date, its columns in memory."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.models.database import Session, Sessions
from matchmaker.services.index import index_snapshot, index_status, indexing, mending, outbox
from matchmaker.services.index.index_feed import IndexFeed
from matchmaker.services.index.index_status import IndexStatus
from matchmaker.services.index.indexing import DrainResult, Indexer
from matchmaker.services.index.mending import MendResult
from search.columns import column_file
from search.columns.store import Columns
from search.ranking.char_ngrams import CharNgrams
from search.text import Recogniser

_log = logging.getLogger(__name__)
# Seconds between two looks whether the index is whole, and after one that could not be made anew.
_LOOK, _LATER = 5.0, 10.0
# The columns are kept in a file again once so many suppliers, and this share of all, were read since.
_MANY, _SHARE = 2_000, 0.1
# Seconds for which those who ask leave it to the keeper of the columns to look whether one has changed.
_KEPT_UP = 0.7


class LiveIndex:
    """The index of a process, one for all threads. `make_indexer` is called once, on the first use of the
    engine. Nobody who only asks the index waits for its mending. The columns are kept in a file of `folder`.
    """

    def __init__(
        self, sessions: Sessions, taxonomy: Taxonomy, make_indexer: Callable[[], Indexer], folder: Path
    ) -> None:
        self._sessions, self._taxonomy, self._make_indexer = sessions, taxonomy, make_indexer
        self._making, self._writing = threading.Lock(), threading.Lock()
        self._indexer: Indexer | None = None
        self._look_at, self._mend_at = 0.0, monotonic() + mending.EVERY
        self._drift = mending.DriftWatch()
        self._columns_lock = threading.Lock()
        self._columns: tuple[int, Columns] | None = None
        self._more_than: tuple[int, int, bool] | None = None
        # When the keeper last knew that the columns were up to date; never where there is none.
        self._kept_up_at: float | None = None
        # The columns' file, and the number of the last document (Columns.loaded) that it holds.
        self._file, self._filed = folder / "columns", -1

    def indexer(self) -> Indexer:
        """The parts that `indexing` works with, whatever the state of the index."""
        with self._making:
            if self._indexer is None:
                self._indexer = self._make_indexer()
            return self._indexer

    def feed(self, recogniser: Recogniser) -> IndexFeed:
        """A feed for one import, which writes the index in turn with whoever mends it in this process."""
        indexer = self.indexer()
        with self._writing:
            self._make_whole(indexer)
        return IndexFeed(indexer, recogniser, self._writing)

    def catch_up(self, ends: Callable[[], bool] = lambda: False) -> DrainResult:
        """Make a lost index whole, index waiting rows until the worker `ends`, and from time to time look for drift; an engine that is away is not
        an error, see the result's `away`.
        """
        self._sessions.catch_up()
        indexer = self.indexer()
        with self._writing:
            self._make_whole(indexer)
            drained = self._drained(indexer, ends)
            if monotonic() >= self._mend_at and not drained.away:
                self._mend_at = monotonic() + mending.EVERY
                self._drift.look(indexer)
        if self._kept_up_at is not None:  # who indexes a change of its own finds it afterwards
            self.keep_up()
        return drained

    def _drained(self, indexer: Indexer, ends: Callable[[], bool]) -> DrainResult:
        with self._sessions() as session:
            if not outbox.due(session):
                return DrainResult()
        return indexing.drain(indexer, ends=ends)

    def _make_whole(self, indexer: Indexer) -> None:
        """Make the index whole where it is not, looking every _LOOK seconds at most."""
        if monotonic() < self._look_at:
            return
        try:
            mending.make_whole(indexer)
        except (EngineUnavailable, IndexMissing) as error:
            _log.warning("The search index cannot be made whole now: %s", error)
            self._look_at = monotonic() + _LATER
        else:
            self._look_at = monotonic() + _LOOK

    def mend(self) -> MendResult:
        """Bring index and database together now."""
        indexer = self.indexer()
        with self._writing:
            return mending.mend(indexer)

    def status(self) -> IndexStatus:
        """What waits, what was set aside, and what differed, for those who watch."""
        return index_status.status(self._sessions, self._taxonomy.version)

    def has_more_than(self, number: int) -> bool:
        """Whether more suppliers are indexed than a number; they are counted again after a batch was."""
        with self._sessions() as session:
            asked, known = (index_snapshot.current_stamp(session), number), self._more_than
            if known is None or known[:2] != asked:
                known = self._more_than = (*asked, index_snapshot.has_more_than(session, number))
            return known[2]

    def columns(self) -> Columns:
        """The columns of all indexed suppliers, as of the newest batch that any process indexed; while another thread brings
        them up to date, as they were. Where a keeper looks after them, as it has left them.
        """
        held = self._columns
        if held is None:
            with self._columns_lock, self._sessions() as session:
                return self._renewed(session, None)
        if self._kept_up_at is not None and monotonic() - self._kept_up_at < _KEPT_UP:
            return held[1]
        with self._sessions() as session:
            fresh = held[0] == index_snapshot.current_stamp(session)
            if fresh or not self._columns_lock.acquire(blocking=False):
                return held[1]
            try:
                return self._renewed(session, held)
            finally:
                self._columns_lock.release()

    def keep_up(self) -> None:
        """Bring what has changed into the columns beside those who ask, who go on with the former ones. Called again and
        again by the keeper of a process; columns that nobody has asked for yet are not made.
        """
        held, looked = self._columns, monotonic()
        if held is None:
            return
        with self._sessions() as session:
            fresh = held[0] == index_snapshot.current_stamp(session)
        if not fresh:
            # What others have brought in is there by now.
            with self._columns_lock, self._sessions() as session:
                self._renewed(session, self._columns)
        self._kept_up_at = looked

    def _renewed(self, session: Session, seen: tuple[int, Columns] | None) -> Columns:
        """The columns brought up to date, unless another thread has done so since they were `seen`."""
        held = self._columns
        if held is not None and held is not seen:
            return held[1]
        if held is None or held[0] > index_snapshot.current_stamp(
            session
        ):  # another database is in its place
            stamp, columns = self._begun(session)
        else:
            with index_snapshot.changes(session, held[0]) as changes:
                stamp, columns = changes.stamp, held[1].updated(changes.documents, changes.removed)
        if held is not None:
            CharNgrams.hand_on(held[1], columns)
        self._columns = (stamp, columns)
        self._keep(session, stamp, columns)
        return columns

    def _begun(self, session: Session) -> tuple[int, Columns]:
        """The columns as the file has them, with what the database has otherwise."""
        kept = column_file.read(self._file, self._taxonomy)
        self._filed = -1 if kept is None else int(kept.columns.loaded.max(initial=-1))
        if kept is None:
            with index_snapshot.changes(session) as all_:
                return all_.stamp, Columns.build(all_.documents, self._taxonomy)
        with index_snapshot.unlike(session, kept) as changes:
            return changes.stamp, kept.columns.updated(changes.documents, changes.removed)

    def _keep(self, session: Session, stamp: int, columns: Columns) -> None:
        """Keep the columns in the file where it lacks many of them; one that could not be written is tried again after as many
        more.
        """
        lacking = int((columns.loaded > self._filed).sum())
        if lacking >= max(_MANY, _SHARE * len(columns)):
            self._filed = int(columns.loaded.max())
            column_file.write(self._file, columns, index_snapshot.marks(session, stamp))
