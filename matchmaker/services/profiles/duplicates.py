"""Likely duplicates among all organisations of the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session, aliased

from matchmaker.models import DistinctPair, Organisation, OrganisationAlias, Profile
from matchmaker.services.profiles.firm_similarity import (
    DuplicatePair,
    FirmIdentity,
    find,
)


def pairs(session: Session) -> list[DuplicatePair]:
    """The pairs by the ids of files, most probable first; pairs that an import joined by INN are certain."""
    joined = session.execute(
        select(Organisation.external_id, OrganisationAlias.external_id)
        .join(OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id)
        .where(Organisation.external_id.is_not(None))
    )
    ids = [sorted((str(row[0]), str(row[1]))) for row in joined]
    certain = [DuplicatePair(first, second, 1.0) for first, second in ids]
    rows = session.execute(
        select(
            Organisation.external_id,
            Organisation.name_ru,
            Organisation.name_en,
            Organisation.inn,
            Organisation.city,
            Organisation.address,
            Profile.contacts,
        )
        .outerjoin(Profile, Profile.organisation_id == Organisation.id)
        .where(Organisation.external_id.is_not(None))
        .order_by(Organisation.id)
    )
    firms = [
        FirmIdentity(
            id=str(key),
            names=tuple(name for name in (ru, en) if name),
            inn=inn,
            address=" ".join(part for part in (city, address) if part) if address else "",
            contacts=tuple(value for name, value in (contacts or {}).items() if name != "person"),
        )
        for key, ru, en, inn, city, address, contacts in rows
    ]
    return [*certain, *find(firms)]


@dataclass(frozen=True, slots=True)
class LikelyTwins:
    """Two profiles that may be of one firm, by their public ids, with the probability."""

    first: str
    second: str
    probability: float


class KnownDuplicates:
    """The likely duplicates of centres as last found; the search runs again when an organisation has changed.

    One a process; comparing takes about half a second for ten thousand organisations, and longer for more.
    """

    QUICK = 10_000

    def __init__(self) -> None:
        self._found: dict[int, tuple[tuple[int, datetime | None], list[LikelyTwins]]] = {}

    def twins(
        self, session: Session, centre_id: int, *, only_quick: bool = False
    ) -> list[LikelyTwins] | None:
        """The pairs, most probable first, without those declared to be two firms; None where the search is
        slow and was not requested.
        """
        count, changed, distinct = _known(session, centre_id)
        held = self._found.get(centre_id)
        if held is None or held[0] != (count, changed):
            if only_quick and count > self.QUICK:
                return None
            held = ((count, changed), candidates(session, centre_id))
            self._found[centre_id] = held
        return [one for one in held[1] if frozenset((one.first, one.second)) not in distinct]


def _known(session: Session, centre_id: int) -> tuple[int, datetime | None, set[frozenset[str]]]:
    """The number of a centre's firms and when one last changed, and the pairs that were declared to be two firms."""
    first, second = aliased(Profile), aliased(Profile)
    nobody, never = cast(null(), Profile.public_id.type), cast(null(), Organisation.changed_at.type)
    firms = select(func.count(), func.max(Organisation.changed_at), nobody, nobody).where(
        Organisation.centre_id == centre_id
    )
    pairs = (
        select(literal(0), never, first.public_id, second.public_id)
        .join(DistinctPair, DistinctPair.first_id == first.organisation_id)
        .join(second, DistinctPair.second_id == second.organisation_id)
    )
    (count, changed), distinct = (0, None), set()
    for firms_there, last, one, other in session.execute(union_all(firms, pairs)):
        if one is None:
            count, changed = firms_there, last
        else:
            distinct.add(frozenset((one, other)))
    return count, changed, distinct


def candidates(session: Session, centre_id: int) -> list[LikelyTwins]:
    """Likely duplicates among a centre's suppliers that are not blocked, most probable first."""
    query = (
        select(Profile.public_id, Profile.contacts, Organisation)
        .join(Organisation, Profile.organisation_id == Organisation.id)
        .where(Organisation.centre_id == centre_id, Organisation.blocked.is_(False))
        .order_by(Organisation.id)
    )
    firms = [
        FirmIdentity(
            id=str(key),
            names=tuple(name for name in (firm.name_ru, firm.name_en) if name),
            inn=firm.inn,
            address=" ".join(part for part in (firm.city, firm.address) if part) if firm.address else "",
            contacts=tuple(value for name, value in (contacts or {}).items() if name != "person"),
        )
        for key, contacts, firm in session.execute(query)
    ]
    return [LikelyTwins(pair.a, pair.b, pair.probability) for pair in find(firms)]
