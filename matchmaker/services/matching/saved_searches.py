"""The searches of suppliers that a person has saved, and the new suppliers in them since the last look."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Profile, SavedSearch, User
from matchmaker.models.base import now
from matchmaker.services.core import locks

# The parts of a search; any other part of an address is not stored.
KEYS = ("q", "process", "region", "level", "on")
MOST = 20
LONGEST = 2_000


def clean(query: str) -> str:
    """The parts of an address's query that make a search, in a fixed order."""
    given: Mapping[str, str] = dict(parse_qsl(query, max_num_fields=50))
    return urlencode([(key, given[key].strip()) for key in KEYS if given.get(key, "").strip()])


def save(session: Session, user: User, name: str, query: str) -> SavedSearch:
    """Save a search; one of the same name is replaced. Raises InvalidRecord."""
    kept, label = clean(query), name.strip()[:300]
    if not label:
        raise InvalidRecord((Problem("name", "search.name", N_("Give the search a name.")),))
    if not kept or len(kept) > LONGEST:
        raise InvalidRecord(
            (Problem("name", "search.empty", N_("Search for something first, then save it.")),)
        )
    locks.lock_row(session, user)
    row = session.scalar(select(SavedSearch).where(SavedSearch.user_id == user.id, SavedSearch.name == label))
    if row is None:
        if len(of_user(session, user)) >= MOST:
            message = N_("%(most)s searches are kept at most; delete one first.")
            raise InvalidRecord((Problem("name", "search.many", message, params={"most": MOST}),))
        row = SavedSearch(user_id=user.id, name=label)
        session.add(row)
    row.query, row.looked_at = kept, now()
    session.flush()
    return row


def of_user(session: Session, user: User) -> Sequence[SavedSearch]:
    """A person's searches, the newest first."""
    query = select(SavedSearch).where(SavedSearch.user_id == user.id)
    return session.scalars(query.order_by(SavedSearch.created_at.desc(), SavedSearch.id.desc())).all()


def by_key(session: Session, user: User, key: str) -> SavedSearch:
    """One of the person's own searches. Raises NotFound."""
    row = session.scalar(
        select(SavedSearch).where(SavedSearch.user_id == user.id, SavedSearch.public_id == key)
    )
    if row is None:
        raise NotFound(what="search", key=key)
    return row


def look(session: Session, user: User, key: str) -> str:
    """The query of one of the person's searches; the suppliers found now count as seen. Raises NotFound."""
    row = by_key(session, user, key)
    row.looked_at = now()
    return row.query


def delete(session: Session, user: User, key: str) -> None:
    """Delete one of the person's searches. Raises NotFound."""
    session.delete(by_key(session, user, key))


def fresh(session: Session, found: Mapping[SavedSearch, Collection[str]]) -> dict[SavedSearch, int]:
    """The number of suppliers, among those that each search finds, that were published since it was last looked at."""
    keys: set[str] = set().union(*found.values())
    query = select(Profile.public_id, Profile.published_at)
    published = {key: at for key, at in session.execute(query.where(Profile.public_id.in_(keys))) if at}
    return {
        search: sum(published[key] > search.looked_at for key in some if key in published)
        for search, some in found.items()
    }
