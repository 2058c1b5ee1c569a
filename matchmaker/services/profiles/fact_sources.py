"""Where the facts of a profile come from: a list that was imported, or a person's word, which no list overrules.

A profile has the source that made it; a key of its record that was said later has its own (`models.Fact`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from matchmaker.domain.records import NameRecord, SupplierRecord
from matchmaker.models import Fact, ImportBatch, Profile, bulk
from matchmaker.services.profiles import record_overlay
from matchmaker.services.profiles.record_overlay import FieldChange

_NOBODY = SupplierRecord(kind="supplier", id="-", name=NameRecord(ru="-"))
_AT_ONCE = 400  # pairs in a statement


@dataclass(frozen=True, slots=True)
class FactSource:
    """Whose word a key of a record is: of the import with this public id, by the name of its file, None for a person; and since when.
    Of a profile that came before imports were kept with it, `file` is the form of its file, and there is no `batch`.

    `said` is the value in words.
    """

    field: str
    said: str
    on: date | None
    file: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class SaidFact:
    """A key of the record of a profile (its row id) that a file said on a day: the import (its row id), else the form of the file."""

    profile: int
    field: str
    on: date
    batch: int | None
    form: str


def of_profile(session: Session, profile: Profile, record: SupplierRecord) -> tuple[FactSource, ...]:
    """The source of each key that the record says, in two statements."""
    own = {fact.field: fact for fact in profile.facts}
    batches = {profile.batch_id, *(fact.batch_id for fact in profile.facts)} - {None}
    files = {
        row.id: row
        for row in session.execute(
            select(ImportBatch.id, ImportBatch.public_id, ImportBatch.file_name).where(
                ImportBatch.id.in_(batches)
            )
        )
    }
    made_on = profile.updated or (profile.published_at or profile.created_at).date()
    found = []
    for one in changed(record_overlay.changes(_NOBODY, record)):
        fact = own.get(one.field)
        batch = files.get(fact.batch_id if fact else profile.batch_id)
        on = fact.stated_on if fact else made_on
        if batch is not None:
            known: tuple[str | None, str | None] = batch.file_name, batch.public_id
        else:
            known = fact.source if fact else profile.source, None
        found.append(FactSource(one.field, one.come, on, *known))
    return tuple(found)


def is_of_list(profile: Profile, field: str) -> bool:
    """Whether a key is what a list said, and no person has said or confirmed it since."""
    own = next((fact for fact in profile.facts if fact.field == field), None)
    return (own.batch_id or own.source) is not None if own else profile.source is not None


def changed(changes: Iterable[FieldChange]) -> list[FieldChange]:
    """The keys that get another value; what found no room is no change."""
    return [one for one in changes if one.gone != one.come]


def of_persons(session: Session, profiles: Sequence[int]) -> Mapping[int, frozenset[str]]:
    """The keys that are a person's word, by profile (row ids)."""
    said = Fact.profile_id.in_(profiles), Fact.batch_id.is_(None), Fact.source.is_(None)
    query = select(Fact.profile_id, Fact.field).where(*said)
    found: dict[int, set[str]] = {}
    for profile, field in session.execute(query):
        found.setdefault(profile, set()).add(field)
    return {profile: frozenset(fields) for profile, fields in found.items()}


def say(session: Session, facts: Sequence[SaidFact]) -> None:
    """Keep what was said last; each profile and key once."""
    keys = [(one.profile, one.field) for one in facts]
    for start in range(0, len(keys), _AT_ONCE):
        gone = delete(Fact).where(tuple_(Fact.profile_id, Fact.field).in_(keys[start : start + _AT_ONCE]))
        session.execute(gone.execution_options(synchronize_session=False))
    rows = [
        {
            "profile_id": one.profile,
            "field": one.field,
            "stated_on": one.on,
            "batch_id": one.batch,
            "source": None if one.batch else one.form,
        }
        for one in facts
    ]
    bulk.add(session, Fact, rows)


def note(
    profile: Profile, before: SupplierRecord, after: SupplierRecord, on: date, batch: int | None
) -> None:
    """Keep whose word the changes of a stored profile are."""
    own = {fact.field: fact for fact in profile.facts}
    for one in changed(record_overlay.changes(before, after)):
        fact = own.get(one.field)
        if fact is None:
            fact = Fact(field=one.field)
            profile.facts.append(fact)
        fact.stated_on, fact.batch_id, fact.source = on, batch, None
