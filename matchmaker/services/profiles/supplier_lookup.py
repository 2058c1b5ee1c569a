"""The stored data of the organisations in records of suppliers."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager

from matchmaker.domain.lifecycle import ReviewState
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Organisation, OrganisationAlias, Profile
from matchmaker.models.together import load_together
from matchmaker.services.profiles import profile_mapping

_PUBLIC_ID = re.compile(r"[0-9a-f]{16}")
# What a record of a profile consists of beside its own columns.
RECORD_PARTS = (Profile.capabilities, Profile.equipment, Profile.certificates, Profile.references)


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """A stored organisation that a record may be about."""

    organisation_id: int
    external_id: str | None
    inn: str | None
    revision: int
    profile_id: int | None
    key: str | None
    profile_revision: int | None
    content_hash: str | None
    edited_at: datetime | None
    updated: date | None
    batch_id: int | None
    review: ReviewState | None


@dataclass(frozen=True, slots=True)
class StoredOrganisations:
    """The stored organisations of a chunk: by their id, by another id (with its hash), by their INN."""

    by_id: Mapping[str | None, KnownOrganisation]
    aliases: Mapping[str, tuple[KnownOrganisation, str | None]]
    by_inn: Mapping[str | None, KnownOrganisation]

    def target(self, record: SupplierRecord) -> KnownOrganisation | None:
        """The organisation that a record is about."""
        if record.id in self.by_id:
            return self.by_id[record.id]
        if record.id in self.aliases:
            return self.aliases[record.id][0]
        return self.by_inn.get(record.inn) if record.inn else None

    def apart(self, records: Sequence[SupplierRecord]) -> Sequence[SupplierRecord]:
        """The records before the first one about the same organisation as an earlier record."""
        seen: set[int] = set()
        for place, record in enumerate(records):
            target = self.target(record)
            if target is not None and target.organisation_id in seen:
                return records[:place]
            if target is not None:
                seen.add(target.organisation_id)
        return records


def look_up(
    session: Session, centre_id: int, records: Sequence[SupplierRecord], *, keep_twins: bool
) -> StoredOrganisations:
    """The stored organisations of a chunk's records, in three or four statements; with `keep_twins` an equal INN does
    not count. A firm that no file named goes by its public id, as an export writes it.
    """
    ids = [record.id for record in records]
    by_id: dict[str | None, KnownOrganisation] = {
        row.external_id: row for row in _known(session, centre_id, Organisation.external_id.in_(ids))
    }
    keys = [name for name in ids if name not in by_id and _PUBLIC_ID.fullmatch(name)]
    by_id |= dict(_named_by_us(session, centre_id, keys)) if keys else {}
    aliases = _aliases(session, centre_id, [name for name in ids if name not in by_id])
    strangers = [record for record in records if record.id not in by_id and record.id not in aliases]
    numbers = [] if keep_twins else [record.inn for record in strangers if record.inn]
    same_inn = _known(session, centre_id, Organisation.inn.in_(numbers)) if numbers else []
    return StoredOrganisations(by_id, aliases, {row.inn: row for row in reversed(same_inn)})


def _named_by_us(
    session: Session, centre_id: int, keys: Sequence[str]
) -> Iterator[tuple[str, KnownOrganisation]]:
    """The organisations without an id of files, by their public ids."""
    unnamed = Organisation.external_id.is_(None) & Organisation.public_id.in_(keys)
    query = select(Organisation.id, Organisation.public_id).where(
        Organisation.centre_id == centre_id, unnamed
    )
    named = {row.id: row.public_id for row in session.execute(query)}
    for row in _known(session, centre_id, Organisation.id.in_(named)) if named else ():
        yield named[row.organisation_id], row


def stored_records(session: Session, organisations: Iterable[KnownOrganisation]) -> dict[int, SupplierRecord]:
    """The records of those that have a profile, by organisation, in two statements."""
    ids = [one.profile_id for one in organisations if one.profile_id is not None]
    if not ids:
        return {}
    firm = contains_eager(Profile.organisation)
    query = select(Profile).join(Profile.organisation).options(firm).where(Profile.id.in_(ids))
    profiles = session.scalars(query.execution_options(populate_existing=True)).all()
    load_together(session, profiles, RECORD_PARTS)
    return {one.organisation_id: profile_mapping.supplier_record(one) for one in profiles}


def _known(session: Session, centre_id: int, condition: Any) -> list[KnownOrganisation]:
    rows = session.execute(
        _known_columns().where(Organisation.centre_id == centre_id, condition).order_by(Organisation.id)
    )
    return [KnownOrganisation(*row) for row in rows]


def _aliases(
    session: Session, centre_id: int, ids: Sequence[str]
) -> dict[str, tuple[KnownOrganisation, str | None]]:
    if not ids:
        return {}
    found = session.execute(
        select(
            OrganisationAlias.external_id,
            OrganisationAlias.organisation_id,
            OrganisationAlias.content_hash,
        ).where(OrganisationAlias.centre_id == centre_id, OrganisationAlias.external_id.in_(ids))
    ).all()
    targets = {
        row.organisation_id: row
        for row in _known(session, centre_id, Organisation.id.in_([row[1] for row in found]))
    }
    return {name: (targets[organisation], given) for name, organisation, given in found}


def _known_columns() -> Select[*tuple[Any, ...]]:
    return select(
        Organisation.id,
        Organisation.external_id,
        Organisation.inn,
        Organisation.revision,
        Profile.id,
        Profile.public_id,
        Profile.revision,
        Profile.content_hash,
        Profile.edited_at,
        Profile.updated,
        Profile.batch_id,
        Profile.review,
    ).outerjoin(Profile, Profile.organisation_id == Organisation.id)
