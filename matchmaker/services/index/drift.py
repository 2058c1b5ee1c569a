"""The drift between database and index: suppliers for which what is published, the stored document and the engine do not
agree, though nothing waits that would explain it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from matchmaker.domain.lifecycle import ProfileState
from matchmaker.models import IndexedDocument, Profile
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import journal
from matchmaker.services.index import index_snapshot, outbox
from search.engines.protocol import Engine, IndexTotals


@dataclass(frozen=True, slots=True)
class IndexDifference:
    """A difference between database and index for a supplier: "missing", "extra" or "stale", with both
    revisions.
    """

    key: str
    kind: str
    database: int | None
    index: int | None


@dataclass(frozen=True, slots=True)
class IndexGaps:
    """How far the totals of what is published and of the stored documents are from those of the engine: documents first,
    the sum of their revisions second.
    """

    published: tuple[int, int]
    stored: tuple[int, int]


def gaps(sessions: Sessions, engine: Engine) -> IndexGaps:
    """The cheap sign of a difference: two sums of the database and one of the engine, no supplier is read. Differences that
    cancel each other out do not show.
    """
    published = _totals(Profile.revision).where(Profile.state == ProfileState.PUBLISHED)
    stored = _totals(IndexedDocument.revision).where(IndexedDocument.body.is_not(None))
    with sessions() as session:
        have, kept = (
            IndexTotals(int(row[0]), int(row[1])) for row in session.execute(union_all(published, stored))
        )
    held = engine.totals()
    return IndexGaps(_apart(have, held), _apart(kept, held))


def _totals(revision: InstrumentedAttribute[int]) -> Select[int, int]:
    return select(func.count(), func.coalesce(func.sum(revision), 0))


def _apart(one: IndexTotals, other: IndexTotals) -> tuple[int, int]:
    return one.documents - other.documents, one.revisions - other.revisions


def differences(sessions: Sessions, engine: Engine) -> list[IndexDifference]:
    """All suppliers for which database and index differ, by key. Where there is one, two looks must agree: a change may be
    indexed between the reading of the one and of the other.

    At 100,000 suppliers a look reads two revisions a supplier from the database and one from the engine.
    """
    found = _look(sessions, engine)
    if not found:
        return []
    again = set(_look(sessions, engine))
    return [difference for difference in found if difference in again]


def _look(sessions: Sessions, engine: Engine) -> list[IndexDifference]:
    with sessions() as session:
        stored = _revisions(
            session.execute(
                select(Profile.public_id, Profile.revision).where(Profile.state == ProfileState.PUBLISHED)
            )
        )
        kept = _revisions(
            session.execute(
                select(IndexedDocument.key, IndexedDocument.revision).where(IndexedDocument.body.is_not(None))
            )
        )
    indexed = engine.revisions()
    if stored == kept == indexed:
        return []
    return [
        told
        for key in sorted(stored.keys() | kept.keys() | indexed.keys())
        if (told := _told(key, stored.get(key), (indexed.get(key), kept.get(key)))) is not None
    ]


def _revisions(rows: Iterable[Sequence[object]]) -> dict[str, int]:
    return {str(key): int(str(revision)) for key, revision in rows}


def _told(key: str, have: int | None, held: tuple[int | None, int | None]) -> IndexDifference | None:
    """The difference of a supplier whose published revision is `have`, from the engine first and the document second."""
    for one in held:
        if one != have:
            kind = "missing" if one is None else "extra" if have is None else "stale"
            return IndexDifference(key, kind, have, one)
    return None


def unexplained(sessions: Sessions, found: Sequence[IndexDifference]) -> list[IndexDifference]:
    """The differences of suppliers that neither wait to be indexed nor were set aside."""
    if not found:
        return []
    with sessions() as session:
        known = outbox.known_keys(session)
    return [difference for difference in found if difference.key not in known]


def announce(sessions: Sessions, found: Sequence[IndexDifference]) -> int:
    """Request that suppliers be indexed anew, unless they already wait or were set aside, and return their number."""
    wanted = unexplained(sessions, found)
    if wanted:
        with sessions.begin() as session:
            journal.announce(session, (difference.key for difference in wanted))
    return len(wanted)


def note(sessions: Sessions, found: int, left: int) -> None:
    """Keep the result of a look for those who watch: how many differed, and how many still do."""
    with sessions.begin() as session:
        state = index_snapshot.locked_state(session)
        state.checked_at, state.drift = now(), left
        if found:
            state.drift_found, state.drift_found_at = found, now()
