"""The search for a firm by its INN or part of its name, and for a need by part of its title, while a person
types.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.organisation import name_key, search_key
from matchmaker.models import Centre, Need, Organisation, Profile, numbered

SHORTEST = 2  # characters
MOST = 10
_INN = 12  # digits of the longest INN


def _inn_begins(words: str) -> str:
    """The digits of words that are the beginning of an INN; "" for words of a name."""
    digits = words.replace(" ", "")
    return digits if digits.isdigit() and len(digits) >= 3 else ""


def _named(words: str) -> ColumnElement[bool]:
    """The condition that an organisation's INN begins with the words, or that its name holds all of them."""
    if digits := _inn_begins(words):
        return Organisation.inn.between(
            digits, digits.ljust(_INN, "9")
        )  # a span of an index, on any database
    parts = name_key(words).split()[:6]
    return and_(*(Organisation.search_key.contains(part, autoescape=True) for part in parts))


def _present(words: str) -> ColumnElement[bool]:
    """The condition that a firm is not blocked: the index of names begins with it, and is of no use to an INN."""
    return Organisation.blocked.is_not(True) if _inn_begins(words) else Organisation.blocked.is_(False)


def _first(query: Select[int], limit: int) -> Select[int]:
    """The ids of the first organisations of a query by name: an index of names in their order is read until they are
    found, and none of the wide rows.
    """
    return query.order_by(Organisation.sort_ru, Organisation.id).limit(limit)


def suppliers(session: Session, words: str, limit: int = MOST) -> Sequence[Profile]:
    """The published profiles of matching firms, by name."""
    if len(words.strip()) < SHORTEST:
        return []
    published = select(Profile.id).where(
        Profile.organisation_id == Organisation.id, Profile.state == ProfileState.PUBLISHED
    )
    named = select(Organisation.id).where(_present(words), _named(words), published.exists())
    query = (
        select(Profile)
        .join(Profile.organisation)
        .where(Organisation.id.in_(_first(named, limit)))
        .order_by(Organisation.sort_ru, Organisation.id)
        .options(contains_eager(Profile.organisation))
    )
    return session.scalars(query).all()


def contractors(session: Session, centre: Centre, words: str, limit: int = MOST) -> Sequence[Organisation]:
    """A centre's matching organisations, contractors first."""
    if len(words.strip()) < SHORTEST:
        return []
    named = select(Organisation.id).where(Organisation.centre_id == centre.id, _present(words), _named(words))
    chosen = _first(named.order_by(Organisation.is_contractor.desc()), limit)
    query = select(Organisation).where(Organisation.id.in_(chosen))
    ordered = query.order_by(Organisation.is_contractor.desc(), Organisation.sort_ru, Organisation.id)
    return session.scalars(ordered).all()


def needs(session: Session, centre: Centre, words: str, limit: int = MOST) -> Sequence[Need]:
    """A centre's needs whose title holds the words, whose number they are, or whose contractor matches; the newest first."""
    if len(words.strip()) < SHORTEST:
        return []
    parts = search_key(words).split()[:6]
    said = and_(*(Need.sort_key.contains(part, autoescape=True) for part in parts))
    given = Need.external_id == words.strip()
    query = (
        select(Need)
        .outerjoin(Need.contractor)
        .where(Need.centre_id == centre.id, or_(given, numbered(words), _named(words), said))
        .order_by(Need.id.desc())
        .limit(limit)
        .options(contains_eager(Need.contractor), joinedload(Need.centre))
    )
    return session.scalars(query).all()
