"""Likely duplicates among all organisations of the database."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers.duplicates import Firm, Pair, find
from matchmaker.models import Organisation, OrganisationAlias, Profile


def pairs(session: Session) -> list[Pair]:
    """Pairs by the ids of files, most probable first; those that an import joined by INN are certain."""
    joined = session.execute(
        select(Organisation.external_id, OrganisationAlias.external_id)
        .join(OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id)
        .where(Organisation.external_id.is_not(None))
    )
    ids = [sorted((str(row[0]), str(row[1]))) for row in joined]
    certain = [Pair(first, second, 1.0) for first, second in ids]
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
        Firm(
            id=str(key),
            names=tuple(name for name in (ru, en) if name),
            inn=inn,
            address=" ".join(part for part in (city, address) if part) if address else "",
            contacts=tuple(value for name, value in (contacts or {}).items() if name != "person"),
        )
        for key, ru, en, inn, city, address, contacts in rows
    ]
    return [*certain, *find(firms)]
