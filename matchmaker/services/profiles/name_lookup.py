"""The search for a firm by its INN or part of its name, and for a need by part of its title, while a person
types.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.organisation import name_key, search_key
from matchmaker.models import Centre, Need, Organisation, Profile

SHORTEST = 2  # characters
MOST = 10


def _named(words: str) -> ColumnElement[bool]:
    """The condition that an organisation's INN begins with the words, or that its name holds all of them; asked of the
    index of names first, which is read faster than the table.
    """
    digits = words.replace(" ", "")
    if digits.isdigit() and len(digits) >= 3:
        return Organisation.inn.startswith(digits)
    parts = name_key(words).split()[:6]
    there = aliased(Organisation)
    held = (there.search_key.contains(part, autoescape=True) for part in parts)
    return Organisation.id.in_(select(there.id).where(*held))


def suppliers(session: Session, words: str, limit: int = MOST) -> Sequence[Profile]:
    """The published profiles of matching firms, by name."""
    if len(words.strip()) < SHORTEST:
        return []
    query = (
        select(Profile)
        .join(Profile.organisation)
        .where(Profile.state == ProfileState.PUBLISHED, Organisation.blocked.is_(False), _named(words))
        .order_by(Organisation.sort_ru, Organisation.id)
        .limit(limit)
        .options(contains_eager(Profile.organisation))
    )
    return session.scalars(query).all()


def contractors(session: Session, centre: Centre, words: str, limit: int = MOST) -> Sequence[Organisation]:
    """A centre's matching organisations, contractors first."""
    if len(words.strip()) < SHORTEST:
        return []
    query = select(Organisation).where(Organisation.centre_id == centre.id, Organisation.blocked.is_(False))
    ordered = query.where(_named(words)).order_by(
        Organisation.is_contractor.desc(), Organisation.sort_ru, Organisation.id
    )
    return session.scalars(ordered.limit(limit)).all()


def needs(session: Session, centre: Centre, words: str, limit: int = MOST) -> Sequence[Need]:
    """A centre's needs whose title holds the words or whose contractor matches; the newest first."""
    if len(words.strip()) < SHORTEST:
        return []
    parts = search_key(words).split()[:6]
    said = and_(*(Need.sort_key.contains(part, autoescape=True) for part in parts))
    named = Need.contractor_id.in_(select(Organisation.id).where(_named(words)))
    query = (
        select(Need)
        .where(Need.centre_id == centre.id, or_(Need.external_id == words.strip(), named, said))
        .order_by(Need.id.desc())
        .limit(limit)
        .options(joinedload(Need.contractor), joinedload(Need.centre))
    )
    return session.scalars(query).all()
