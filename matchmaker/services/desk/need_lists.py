"""Lists of needs: narrowed, sorted and given a page at a time, or laid out as a board by state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import OPEN_NEEDS, NeedState
from matchmaker.domain.organisation import search_key
from matchmaker.models import Centre, Need, Organisation, numbered
from matchmaker.services.needs.needs import with_parts
from matchmaker.services.shortlist import assignments
from matchmaker.services.shortlist.assignments import Whose

PAGE = 50
ON_BOARD = 20  # cards of a state; the list shows the rest
MOST_IN_FILE = 5_000


@dataclass(frozen=True, slots=True)
class NeedsAsked:
    """The needs of firms (public ids) and of centres (codes): in a state, with words in the title or the number that they are, of `person`'s own work
    or of nobody's, sorted by a name of SORTS, from the end where `falling`.
    """

    firms: Sequence[str]
    centres: Sequence[str]
    person: int
    state: NeedState | None = None
    words: str = ""
    whose: Whose = Whose.ANYBODY
    sort: str = "changed"
    falling: bool = True


@dataclass(frozen=True, slots=True)
class NeedsFound:
    """A part of the needs, and how many there are in all."""

    needs: Sequence[Need]
    total: int


_STATES = {state: place for place, state in enumerate(NeedState)}
SORTS: Mapping[str, ColumnElement[Any]] = {
    "title": Need.sort_key.expression,
    "state": case(_STATES, value=Need.state),
    "due": func.coalesce(Need.deliver_by, Need.due_on),
    "changed": Need.changed_at.expression,
    "published": Need.published_at.expression,
    "quotes": Need.quotes_until.expression,
    "quantity": Need.quantity.expression,
    "contractor": Organisation.sort_ru.expression,
}


def page(session: Session, asked: NeedsAsked, first: int = 0, limit: int = PAGE) -> NeedsFound:
    """The needs from the place `first` on, counted from 0."""
    where = _where(asked)
    total = session.scalar(select(func.count()).select_from(Need).where(*where)) or 0
    query = _sorted(with_parts().where(*where), asked).offset(first).limit(limit)
    return NeedsFound(session.scalars(query).all(), total)


def open_of(session: Session, centre_id: int, limit: int = 200) -> Sequence[Need]:
    """The open needs of a centre, the newest first."""
    mine = Need.centre_id == centre_id, Need.state.in_(OPEN_NEEDS)
    return session.scalars(select(Need).where(*mine).order_by(Need.id.desc()).limit(limit)).all()


def board(session: Session, asked: NeedsAsked) -> dict[NeedState, NeedsFound]:
    """The first needs of every state with the number of all, in the order of a need's life."""
    where = _where(asked)
    counted = select(Need.state, func.count()).where(*where).group_by(Need.state)
    totals = dict(session.execute(counted).all())
    place = func.row_number().over(partition_by=Need.state, order_by=_order(asked)).label("place")
    ranked = _with_firm(select(Need.id, place), asked).where(*where).subquery()
    shown = with_parts().join(ranked, ranked.c.id == Need.id).where(ranked.c.place <= ON_BOARD)
    cards: dict[NeedState, list[Need]] = {state: [] for state in NeedState}
    for need in session.scalars(shown.order_by(ranked.c.place)):
        cards[need.state].append(need)
    return {state: NeedsFound(cards[state], totals.get(state, 0)) for state in NeedState}


def _where(asked: NeedsAsked) -> list[ColumnElement[bool]]:
    firms = select(Organisation.id).where(Organisation.public_id.in_(asked.firms))
    centres = select(Centre.id).where(Centre.code.in_(asked.centres))
    found: list[ColumnElement[bool]] = [or_(Need.contractor_id.in_(firms), Need.centre_id.in_(centres))]
    if asked.state is not None:
        found.append(Need.state == asked.state)
    if asked.words:
        said = Need.sort_key.contains(search_key(asked.words), autoescape=True)
        found.append(or_(said, numbered(asked.words)))
    if asked.whose is not Whose.ANYBODY:
        found.append(assignments.taken("need", Need.public_id, asked.whose, asked.person))
    return found


def _sorted(query: Select[Need], asked: NeedsAsked) -> Select[Need]:
    return _with_firm(query, asked).order_by(*_order(asked))


def _with_firm(query: Select[Any], asked: NeedsAsked) -> Select[Any]:
    if asked.sort != "contractor":
        return query
    return query.outerjoin(Organisation, Organisation.id == Need.contractor_id)


def _order(asked: NeedsAsked) -> list[ColumnElement[Any]]:
    """The chosen order; what has no value stands last in both directions, equal ones in the order of posting."""
    by = SORTS[asked.sort]
    return [by.is_(None), by.desc() if asked.falling else by.asc(), Need.id.desc()]
