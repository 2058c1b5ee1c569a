"""A person's own views of a list: what is asked of it, kept under a name; one of them may come first."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import delete as deletion
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import SavedView, User
from matchmaker.services.core import locks

# What a view of each list keeps; anything else in an address is not stored.
KEYS: Mapping[str, tuple[str, ...]] = {
    "needs": ("state", "q", "who", "sort", "layout", "column"),
    "firms": ("state", "region", "certified", "q", "who", "sort", "layout", "column"),
}
MOST = 20
LONGEST = 2_000
_TOO_MUCH = Problem("name", "view.long", N_("This view asks for too much to be kept."))


def clean(of: str, query: str) -> str:
    """What the query of an address asks of a list, in a fixed order. Raises InvalidRecord for a query of too many fields."""
    try:
        fields = parse_qsl(query, max_num_fields=100)
    except ValueError as error:
        raise InvalidRecord((_TOO_MUCH,)) from error
    given = [(name, value.strip()) for name, value in fields if value.strip()]
    return urlencode([pair for key in KEYS[of] for pair in given if pair[0] == key])


def of_user(session: Session, user: User, of: str) -> Sequence[SavedView]:
    """A person's views of a list, by name."""
    query = select(SavedView).where(SavedView.user_id == user.id, SavedView.list == of)
    return session.scalars(query.order_by(SavedView.name, SavedView.id)).all()


def save(session: Session, user: User, of: str, name: str, query: str, *, first: bool) -> SavedView:
    """Keep a view of a list; one of the same name is replaced. With `first` the list opens with it. Raises InvalidRecord."""
    kept, label = clean(of, query), name.strip()
    if not label or len(label) > 100:
        message = N_("Give the view a name of at most 100 characters.")
        raise InvalidRecord((Problem("name", "view.name", message),))
    if len(kept) > LONGEST:
        raise InvalidRecord((_TOO_MUCH,))
    locks.lock_row(session, user)
    known = of_user(session, user, of)
    row = next((one for one in known if one.name == label), None)
    if row is None:
        if len(known) >= MOST:
            message = N_("%(most)s views are kept at most; delete one first.")
            raise InvalidRecord((Problem("name", "view.many", message, params={"most": MOST}),))
        row = SavedView(user_id=user.id, list=of, name=label)
        session.add(row)
    row.query = kept
    session.flush()
    if first:
        put_first(session, user, of, label)
    return row


def put_first(session: Session, user: User, of: str, name: str) -> None:
    """Let a list open with the person's view of this name, or with none where there is no such view."""
    mine = SavedView.user_id == user.id, SavedView.list == of
    session.execute(update(SavedView).where(*mine).values(first=SavedView.name == name))
    session.flush()


def drop(session: Session, user: User, of: str, name: str) -> None:
    """Delete the person's view of this name; nothing where there is none."""
    mine = SavedView.user_id == user.id, SavedView.list == of
    session.execute(deletion(SavedView).where(*mine, SavedView.name == name))
    session.flush()
