"""The firms of a list that gives them neither a code nor an INN: each row finds the stored firm that it is about, and is kept
apart from one of the same name and town in another region, at another address, or with other contacts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers.rows import FileRow
from matchmaker.domain import firm_ids
from matchmaker.domain.errors import Problem
from matchmaker.domain.firm_ids import FirmTraits, Trait
from matchmaker.domain.language import N_
from matchmaker.domain.records import ContactsRecord, SupplierRecord
from matchmaker.models import Organisation, OrganisationAlias, Profile
from matchmaker.services.profiles.profile_mapping import TermCodes, content_hash

KEPT_APART = "firm.apart"
_APART: Mapping[Trait, str] = {
    "region": N_("A firm of this name is known in another region: kept apart, see the likely duplicates."),
    "address": N_("A firm of this name is known at another address: kept apart, see the likely duplicates."),
    "contacts": N_(
        "A firm of this name is known with other contacts: kept apart, see the likely duplicates."
    ),
}


@dataclass(frozen=True, slots=True)
class _KnownFirm:
    """A firm that is stored under an id; one that is `merged` stands for another, so that its traits say nothing."""

    traits: FirmTraits
    hash: str | None = None
    merged: bool = False


class ListFirms:
    """The finder of stored firms by name. With `remembers` it knows what it has given, for a trial that stores nothing."""

    def __init__(self, codes: TermCodes, *, remembers: bool) -> None:
        self._codes, self._remembers = codes, remembers
        self._given: dict[str, _KnownFirm] = {}

    def settle(self, session: Session, centre_id: int, rows: Sequence[FileRow]) -> list[FileRow]:
        """The rows with the ids of the firms that they are about, and a remark on each that is kept apart."""
        asked = {row.number: self._named(row) for row in rows}
        ids = {one for named in asked.values() if named for one in named[1].ids(named[0])}
        if not ids:
            return list(rows)
        known = {**self._stored(session, centre_id, sorted(ids)), **self._given}
        settled = [self._settled(row, asked[row.number], known) for row in rows]
        if self._remembers:
            self._given.update({own: known[own] for own in ids & known.keys()})
        return settled

    def _named(self, row: FileRow) -> tuple[str, FirmTraits] | None:
        """The id by name and the traits of a row that has no other id."""
        record = row.record
        if row.ours or not isinstance(record, SupplierRecord) or not firm_ids.is_of_name(record.id):
            return None
        return record.id, self._traits(record)

    def _traits(self, record: SupplierRecord) -> FirmTraits:
        region, held = record.region or "", record.contacts or ContactsRecord()
        code = self._codes.first("region", region) or self._codes.first("country", region)
        return firm_ids.traits(
            code or region, record.address or "", held.phone or "", held.email or "", held.website or ""
        )

    def _settled(
        self, row: FileRow, named: tuple[str, FirmTraits] | None, known: dict[str, _KnownFirm]
    ) -> FileRow:
        if named is None or not isinstance(row.record, SupplierRecord):
            return row
        base, traits = named
        own, differs = _found(row.record, base, traits, known)
        before = known.get(own)
        known[own] = replace(before, traits=_filled(before.traits, traits)) if before else _KnownFirm(traits)
        record = row.record if own == base else row.record.model_copy(update={"id": own})
        if differs is None:
            return replace(row, record=record)
        remark = Problem("name", KEPT_APART, _APART[differs], _said_of(record))
        return replace(row, record=record, problems=(*row.problems, remark))

    def _stored(self, session: Session, centre_id: int, ids: Sequence[str]) -> dict[str, _KnownFirm]:
        """The stored firms with these ids, in two statements."""
        found = session.execute(
            select(
                Organisation.external_id,
                Organisation.region,
                Organisation.region_code,
                Organisation.address,
                Profile.contacts,
                Profile.content_hash,
            )
            .outerjoin(Profile, Profile.organisation_id == Organisation.id)
            .where(Organisation.centre_id == centre_id, Organisation.external_id.in_(ids))
        )
        known = {str(row.external_id): _KnownFirm(_traits_of(row), row.content_hash) for row in found}
        merged = select(OrganisationAlias.external_id).where(
            OrganisationAlias.centre_id == centre_id, OrganisationAlias.external_id.in_(ids)
        )
        return known | {own: _KnownFirm(FirmTraits(), merged=True) for own in session.scalars(merged)}


def _traits_of(row: object) -> FirmTraits:
    held = getattr(row, "contacts", None) or {}
    said = (getattr(row, "region_code", None) or getattr(row, "region", None), getattr(row, "address", None))
    written = (*said, held.get("phone"), held.get("email"), held.get("website"))
    return firm_ids.traits(*(one or "" for one in written))


def _found(
    record: SupplierRecord, base: str, traits: FirmTraits, known: Mapping[str, _KnownFirm]
) -> tuple[str, Trait | None]:
    """The id of the firm that a record is about; a new one with what tells it apart from those of its name.

    The order makes a list that is sent again find the same firms: an id is only given once all before it are.
    """
    ids = traits.ids(base)
    differs: Trait | None = None
    for own in ids:
        one = known.get(own)
        if one is None:
            return own, differs
        if one.merged or one.hash == content_hash(record.model_copy(update={"id": own})):
            return own, None
        apart = one.traits.apart(traits)
        if apart is None:
            return own, None
        differs = apart
    return ids[-1], None


def _filled(one: FirmTraits, other: FirmTraits) -> FirmTraits:
    """The traits of a firm after a row about it was taken."""
    return FirmTraits(
        other.region or one.region, other.address or one.address, other.contacts or one.contacts
    )


def _said_of(record: SupplierRecord) -> str:
    held = record.contacts or ContactsRecord()
    return ", ".join(filter(None, (record.region, record.address, held.phone, held.email)))[:300]
