"""The feed of suppliers into the index, from the same pass that saves them: their documents are made of what was just
read, and written many at a time.

The outbox has a row for each all the while, taken under the feed's token as a worker takes one: who is killed leaves it to
the next, and what the feed cannot index waits there for the worker.
"""

import logging
import secrets
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from time import monotonic

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.models.database import DatabaseError
from matchmaker.services.index import documents, index_snapshot, indexing, outbox
from matchmaker.services.index.indexing import Indexer
from matchmaker.services.profiles.supplier_bulk import PublishedSupplier
from search.document import SearchDocument
from search.text import Recogniser

MOST = 2_000  # documents held: an index takes many at once for little more than the price of a few
LONGEST = outbox.LEASE.total_seconds() / 3  # seconds that the first of them waits
_log = logging.getLogger(__name__)


def _token() -> str:
    return secrets.token_hex(8)


@dataclass(slots=True)
class IndexFeed:
    """The feed of one import. `turn` is held while the index is written, so that nobody makes it anew meanwhile."""

    indexer: Indexer
    recogniser: Recogniser
    turn: AbstractContextManager[object] = field(default_factory=nullcontext)
    token: str = field(default_factory=_token)
    _waiting: dict[str, SearchDocument] = field(default_factory=dict)  # by key: the last one counts
    _left: list[str] = field(default_factory=list)
    _since: float = 0.0
    _away: bool = (
        False  # the engine, when the index was last written: what is made for it would be made in vain
    )

    def add(self, published: Iterable[PublishedSupplier]) -> None:
        """Take in suppliers that were committed with rows in the outbox under the feed's token."""
        if not self._waiting:
            self._since = monotonic()
        for one in published:
            if self._away:
                self._left.append(one.key)
                continue
            try:
                self._waiting[one.key] = documents.of_stored(one, self.recogniser)
            except indexing.ROTTEN as error:
                _log.warning("The document of %s waits for the worker: %s", one.key, error)
                self._left.append(one.key)
                self._waiting.pop(one.key, None)
        if len(self._waiting) >= MOST or monotonic() - self._since > LONGEST:
            self.flush()

    def flush(self) -> None:
        """Write what waits. An engine or a database that is away and an index that is missing are no errors: the rows wait."""
        made, left, token = list(self._waiting.values()), self._left, self.token
        self._waiting, self._left, self.token = {}, [], _token()
        if not made and not left:
            return
        try:
            with self.turn:
                failed = indexing.write(self.indexer.engine, made)
                done = [one for one in made if one.key not in failed]
                with self.indexer.sessions.begin() as session:
                    index_snapshot.keep(session, done, (), self.indexer.taxonomy)
                    outbox.settle_taken(session, token, [*left, *failed])
                    outbox.bury(session, [one.key for one in done])
        except (EngineUnavailable, IndexMissing) as error:
            _log.warning("The index waits: %s", error)
            self._away = True
            with suppress(DatabaseError):  # owed then
                outbox.give_back(self.indexer.sessions, token)
        except (
            DatabaseError
        ) as error:  # what was saved is saved: the rows are the worker's once their lease ends
            _log.warning("The index waits for the database: %s", type(error).__name__)

    def finish(
        self, ends: Callable[[], bool] | None = None, advance: Callable[[int], None] | None = None
    ) -> None:
        """Write what waits, and index what else is due: an import is done once the index holds the suppliers that it has changed as well.
        Without `ends` also what somebody else holds, who may have died. An engine that is away leaves it to the worker, as does one
        who `ends`.
        """
        self.flush()
        with self.turn:
            if ends is None:
                indexing.finish(self.indexer, advance)
            else:
                indexing.drain(self.indexer, advance, ends)
