"""Form drafts: the text that a person has typed and not sent, stored for another device, deleted when sent or
old.
"""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import TypedText, User
from matchmaker.models.base import now

LONGEST = 200_000  # characters of all fields of a form
LONGEST_PAGE = 200
MOST = 30  # drafts of a person; the oldest draft is deleted
KEPT = timedelta(days=30)


def keep(session: Session, user: User, page: str, given: str, typed: str) -> None:
    """Store the text typed into the form of a page; an empty form deletes it. Raises InvalidRecord."""
    if not page.startswith("/") or len(page) > LONGEST_PAGE or len(given) + len(typed) > LONGEST:
        message = N_("Too long: at most %(max_length)s.")
        raise InvalidRecord((Problem("typed", "text.long", message, "", {"max_length": LONGEST}),))
    row = session.get(TypedText, (user.id, page))
    if not typed:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = TypedText(user_id=user.id, page=page)
        session.add(row)
    row.given, row.typed, row.at = given, typed, now()
    session.flush()
    of_user = select(TypedText.page).where(TypedText.user_id == user.id).order_by(TypedText.at.desc())
    late = session.scalars(of_user.offset(MOST)).all()
    if late:
        session.execute(delete(TypedText).where(TypedText.user_id == user.id, TypedText.page.in_(late)))


def of_page(session: Session, user: User, page: str) -> TypedText | None:
    """The text typed into the form of a page, unless it is old."""
    row = session.get(TypedText, (user.id, page[:LONGEST_PAGE]))
    return row if row is not None and row.at >= now() - KEPT else None


def forget_old(session: Session) -> None:
    session.execute(delete(TypedText).where(TypedText.at < now() - KEPT))
