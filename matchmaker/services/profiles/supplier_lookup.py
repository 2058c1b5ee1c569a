"""The stored data of the organisations in records of suppliers."""

from collections.abc import Iterable, Mapping, Sequence
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
    """The stored organisations of a chunk's records, in three statements; with `keep_twins` an equal INN does
    not count.
    """
    ids = [record.id for record in records]
    by_id = {row.external_id: row for row in _known(session, centre_id, Organisation.external_id.in_(ids))}
    aliases = _aliases(session, centre_id, [name for name in ids if name not in by_id])
    strangers = [record for record in records if record.id not in by_id and record.id not in aliases]
    numbers = [] if keep_twins else [record.inn for record in strangers if record.inn]
    same_inn = _known(session, centre_id, Organisation.inn.in_(numbers)) if numbers else []
    return StoredOrganisations(by_id, aliases, {row.inn: row for row in reversed(same_inn)})


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
