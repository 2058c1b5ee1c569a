"""The registers of firms that a centre has imported, and what they say of a tax number.

A look-up reads nothing but these registers, which anybody may read elsewhere: it tells nothing of who takes part here, and
no contacts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.language import N_
from matchmaker.domain.records import ActivityRecord, SupplierRecord, clean_text, parse, to_data
from matchmaker.models import Centre, ImportBatch, RegisterFirm, bulk
from search.reading import cell_identifiers
from search.reading.cell_answers import Column

# The registers, by the source of their import: the fullest first, and what people call them.
REGISTERS: Mapping[str, str] = {"fns-egrul": N_("ЕГРЮЛ"), "fns-msp": N_("МСП")}
_LONGEST_TYPED = 200  # letters of what is typed for a tax number
# What a look-up says of a firm: no contacts, and of its activities the main one.
_TOLD = frozenset(
    ("name", "region", "city", "address", "location", "employees", "founded", "size_class", "registration")
)


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the registers say of a firm: its record without contacts, the code of its region, the names of the registers, and
    the newest day as of which one speaks.
    """

    inn: str
    record: SupplierRecord
    region_code: str | None
    registers: tuple[str, ...]
    on: date | None

    @property
    def name(self) -> str:
        """The name by which firms call themselves: the short one."""
        return self.record.name.ru or self.record.name.en or ""

    @property
    def activity(self) -> ActivityRecord | None:
        return self.record.registration.activity if self.record.registration else None

    @property
    def closed(self) -> date | None:
        """The day on which the firm ceased to be."""
        return self.record.registration.closed if self.record.registration else None

    def beside(self, other: Self) -> Self:
        """The entry with what another register says beyond it."""
        mine, theirs = to_data(self.record), to_data(other.record)
        registration = {**theirs.get("registration", {}), **mine.get("registration", {})}
        whole = parse(SupplierRecord, {**theirs, **mine, "registration": registration or None})
        days = [day for day in (self.on, other.on) if day]
        return type(self)(
            self.inn,
            whole,
            self.region_code or other.region_code,
            (*self.registers, *other.registers),
            max(days, default=None),
        )


def checked_inn(typed: str) -> str:
    """The tax number of what was typed, which may name others beside it ("ИНН/КПП"). Raises InvalidRecord, with a question
    where more than one number may be meant, or where a first nought is missing.
    """
    found = cell_identifiers.inn(Column(), str(clean_text(typed))[:_LONGEST_TYPED])
    if found.sure is not None:
        return found.sure
    asked = found.remark if found.readings or found.value else None
    raise InvalidRecord(((asked or cell_identifiers.WRONG_INN).problem("inn", typed[:20]),))


def keep(session: Session, batch: ImportBatch, told: Iterable[tuple[SupplierRecord, str | None]]) -> None:
    """Keep what records of a register's import say, each with the code of its region; what says nothing new, or is older than
    what is there, adds nothing.
    """
    firms = {record.inn: (record, region) for record, region in told if record.inn}
    latest = _latest(session, batch, firms)
    rows, said_again = [], []
    for inn, (record, region) in firms.items():
        known, said = latest.get(inn), _told(record, region)
        if known is None or (known.firm != said and not _is_older(record.updated, known.said_on)):
            rows.append(
                {
                    "centre_id": batch.centre_id,
                    "batch_id": batch.id,
                    "source": batch.source,
                    "inn": inn,
                    "said_on": record.updated,
                    "firm": said,
                }
            )
        elif known.said_on != record.updated and not _is_older(record.updated, known.said_on):
            said_again.append({"id": known.id, "said_on": record.updated})
    if said_again:
        session.execute(update(RegisterFirm), said_again)
    bulk.add(session, RegisterFirm, rows)


def _is_older(day: date | None, known: date | None) -> bool:
    return known is not None and (day is None or day < known)


def _told(record: SupplierRecord, region: str | None) -> dict[str, Any]:
    data = {key: value for key, value in to_data(record).items() if key in _TOLD}
    known = {**data.pop("registration", {})}
    known.pop("other_activities", None)
    known.pop("on", None)
    return {**data, "registration": known, "region_code": region}


def _latest(session: Session, batch: ImportBatch, inns: Iterable[str]) -> dict[str, RegisterFirm]:
    newest = (
        select(func.max(RegisterFirm.id))
        .where(RegisterFirm.centre_id == batch.centre_id, RegisterFirm.source == batch.source)
        .where(RegisterFirm.inn.in_(list(inns)))
        .group_by(RegisterFirm.inn)
    )
    return {row.inn: row for row in session.scalars(select(RegisterFirm).where(RegisterFirm.id.in_(newest)))}


def drop(session: Session, batch: ImportBatch) -> None:
    """Let go what an import has brought: what the registers said before it counts again."""
    session.execute(delete(RegisterFirm).where(RegisterFirm.batch_id == batch.id))


def forget_old(session: Session, before: datetime) -> None:
    """Let go what an import that ended before this moment has replaced: it can no longer be undone."""
    later = aliased(RegisterFirm)
    same = later.centre_id == RegisterFirm.centre_id, later.inn == RegisterFirm.inn
    old = later.batch_id == ImportBatch.id, ImportBatch.changed_at < before
    replaced = exists().where(*same, later.source == RegisterFirm.source, later.id > RegisterFirm.id, *old)
    session.execute(delete(RegisterFirm).where(replaced).execution_options(synchronize_session=False))


def is_offered(session: Session, centre: str) -> bool:
    """Whether the centre (its code) has imported a register."""
    there = exists().where(RegisterFirm.centre_id == Centre.id, Centre.code == centre)
    return bool(session.scalar(select(there)))


def find(session: Session, centre: str, inn: str) -> RegisterEntry | None:
    """What the registers of a centre (its code) say of a checked tax number."""
    query = select(RegisterFirm).join(Centre, RegisterFirm.centre_id == Centre.id)
    rows = session.scalars(
        query.where(Centre.code == centre, RegisterFirm.inn == inn).order_by(RegisterFirm.id)
    )
    newest = {row.source: _entry(row) for row in rows}
    found: RegisterEntry | None = None
    for source in REGISTERS:
        if source in newest:
            found = found.beside(newest[source]) if found else newest[source]
    return found


def _entry(row: RegisterFirm) -> RegisterEntry:
    said = {key: value for key, value in row.firm.items() if key != "region_code"}
    on = row.said_on.isoformat() if row.said_on else None
    registration = {**said["registration"], "on": on}
    record = parse(SupplierRecord, {**said, "id": row.inn, "inn": row.inn, "registration": registration})
    return RegisterEntry(row.inn, record, row.firm["region_code"], (REGISTERS[row.source],), row.said_on)
