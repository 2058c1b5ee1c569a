"""The saving of need records by the hundred."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import ContractorRecord, NeedRecord
from matchmaker.models import Centre, Need, Organisation, bulk
from matchmaker.models.base import new_public_id, now
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import need_columns
from matchmaker.services.profiles.profile_mapping import Resolver, content_hash, name_columns
from matchmaker.services.profiles.supplier_bulk import CHUNK, Status


@dataclass(frozen=True, slots=True)
class SavedNeed:
    """The result of saving one record; `need_id` is the id of its row."""

    id: str
    need_id: int
    status: Status


def save(
    session: Session, record: NeedRecord, recogniser: Resolver, origin: RecordOrigin
) -> tuple[Need, Status]:
    """Save one record as published; see `save_many`."""
    (saved,) = save_many(session, (record,), recogniser, origin)
    return session.get_one(Need, saved.need_id), saved.status


def save_many(
    session: Session,
    records: Iterable[NeedRecord],
    recogniser: Resolver,  # noqa: ARG001 - the same call as for suppliers; terms are resolved when a need is matched
    origin: RecordOrigin,
) -> list[SavedNeed]:
    """Save needs of a file, published, in the session's transaction; a result for each, in their order.

    A need is known by its id in the centre; the same content again changes nothing.
    """
    saved: list[SavedNeed] = []
    for chunk in _chunks(records):
        saved.extend(_save_chunk(session, chunk, origin))
    return saved


def _chunks(records: Iterable[NeedRecord]) -> Iterator[list[NeedRecord]]:
    """Runs of records without a repeated id."""
    iterator = iter(records)
    while part := list(islice(iterator, CHUNK)):
        chunk: dict[str, NeedRecord] = {}
        for item in part:
            if item.id in chunk:
                yield list(chunk.values())
                chunk = {}
            chunk[item.id] = item
        yield list(chunk.values())


def _save_chunk(session: Session, records: Sequence[NeedRecord], origin: RecordOrigin) -> list[SavedNeed]:
    centre = origin.centre
    session.flush()
    known = {
        row.external_id: row
        for row in session.execute(
            select(Need.external_id, Need.id, Need.public_id, Need.revision, Need.content_hash).where(
                Need.centre_id == centre.id, Need.external_id.in_([record.id for record in records])
            )
        )
    }
    hashes = {record.id: content_hash(record) for record in records}
    other = {r.id for r in records if r.id in known and known[r.id].content_hash != hashes[r.id]}
    other -= _as_stored(session, [known[name].id for name in other], hashes)
    written = [r for r in records if r.id not in known or r.id in other]
    contractors = _contractors(session, origin, written)
    made, changed, acts = [], [], []
    for item in written:
        row = {**need_columns(item), "content_hash": hashes[item.id], "source": origin.source}
        row["contractor_id"] = contractors.get(_contractor_key(item.contractor)) if item.contractor else None
        before = known.get(item.id)
        key = new_public_id() if before is None else before.public_id
        acts.append(Act("need.created" if before is None else "need.changed", "need", key, centre.code))
        if before is None:
            made.append(row | _first_columns(item, centre, key))
        else:
            changed.append(row | {"id": before.id, "revision": before.revision, "changed_at": now()})
    ids = {name: row.id for name, row in known.items()}
    ids |= dict(
        zip((row["external_id"] for row in made), bulk.add_with_ids(session, Need, made), strict=True)
    )
    if changed:
        session.execute(update(Need), changed)
    journal.record(session, origin.by, acts)
    session.expire_all()
    status: dict[str, Status] = {row["external_id"]: "new" for row in made}
    status |= {item.id: "changed" for item in written if item.id in known}
    return [SavedNeed(item.id, ids[item.id], status.get(item.id, "same")) for item in records]


def _as_stored(session: Session, ids: Sequence[int], hashes: Mapping[str, str]) -> set[str]:
    """The needs (ids of files) that say what the records with these hashes say, though they came another way: by a form, a letter."""
    if not ids:
        return set()
    stored = map(needs.record, session.scalars(needs.with_parts().where(Need.id.in_(ids))))
    return {one.id for one in stored if content_hash(one) == hashes[one.id]}


def _first_columns(record: NeedRecord, centre: Centre, key: str) -> dict[str, Any]:
    return {
        "centre_id": centre.id,
        "external_id": record.id,
        "public_id": key,
        "state": NeedState.PUBLISHED,
        "published_at": now(),
        "channel": "file",
    }


def _contractor_key(contractor: ContractorRecord) -> str:
    """The key of a contractor: the INN, else the name."""
    return contractor.inn or str(name_columns(contractor.name)["search_key"])


def _contractors(session: Session, origin: RecordOrigin, records: Sequence[NeedRecord]) -> dict[str, int]:
    """The ids of the needs' contractors by their key; unknown contractors are created."""
    wanted = {_contractor_key(r.contractor): r.contractor for r in records if r.contractor is not None}
    if not wanted:
        return {}
    by_inn = select(Organisation.inn, Organisation.id).where(
        Organisation.centre_id == origin.centre.id,
        Organisation.inn.in_([c.inn for c in wanted.values() if c.inn]),
    )
    by_name = select(Organisation.search_key, Organisation.id).where(
        Organisation.centre_id == origin.centre.id,
        Organisation.inn.is_(None),
        Organisation.search_key.in_([key for key, c in wanted.items() if not c.inn]),
    )
    found: dict[str, int] = {}
    for query in (by_inn, by_name):
        known = session.execute(query.order_by(Organisation.id.desc()))
        found |= {str(key): organisation for key, organisation in known}
    if found:
        session.execute(
            update(Organisation)
            .where(Organisation.id.in_(found.values()), Organisation.is_contractor.is_(False))
            .values(is_contractor=True)
            .execution_options(synchronize_session=False)
        )
    rows = [
        {
            **name_columns(contractor.name),
            "inn": contractor.inn,
            "centre_id": origin.centre.id,
            "is_contractor": True,
            "source": origin.source,
        }
        for key, contractor in wanted.items()
        if key not in found
    ]
    made = bulk.add_with_ids(session, Organisation, rows)
    return found | dict(zip((key for key in wanted if key not in found), made, strict=True))
