"""The saving of need records by the hundred."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.lifecycle import WITH_QUOTE, WITHIN_CIRCLE, NeedState
from matchmaker.domain.records import ContractorRecord, NeedRecord
from matchmaker.models import Centre, Match, Need, Organisation, bulk
from matchmaker.models.base import new_public_id, now
from matchmaker.services.core import journal, undoing
from matchmaker.services.core.journal import Act
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.core.undoing import ChangedRow
from matchmaker.services.needs import need_overlay, needs
from matchmaker.services.needs.needs import need_columns
from matchmaker.services.profiles import record_overlay
from matchmaker.services.profiles.profile_mapping import Resolver, content_hash, name_columns
from matchmaker.services.profiles.record_overlay import FieldChange
from matchmaker.services.profiles.supplier_bulk import CHUNK

Status = Literal["new", "changed", "same", "older", "quoted", "impossible"]
_CHANGED: Status = "changed"
_SAME: Status = "same"
_QUOTED: Status = "quoted"


@dataclass(frozen=True, slots=True)
class SavedNeed:
    """The result of saving one record; `need_id` is the id of its row. Not taken are one that says it is older than what is stored, one
    that asks for something else than quotes were given for, and one that cannot be together with what is stored, as its problems
    say. A changed one has what changed, in words and, where they are kept for an undo, in rows; what a person has said and the
    record says otherwise `stays`.
    """

    id: str
    need_id: int
    status: Status
    problems: tuple[Problem, ...] = ()
    changes: tuple[FieldChange, ...] = ()
    rows: tuple[ChangedRow, ...] = ()
    stays: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedSavingRules:
    """How records meet what is stored: the words of those `adding` (their ids) are added to the words that are there; with `kept`
    the results hold the changed rows for an undo.
    """

    adding: Collection[str] = ()
    kept: bool = False


USUAL = NeedSavingRules()


@dataclass(frozen=True, slots=True)
class _NeedWrite:
    """A record to be written: over the stored need if there is one."""

    record: NeedRecord
    hash: str
    need: Need | None = None


_NEED = cast(Table, Need.__table__)
# No change of the need, so that its revision stays.
_READ = update(_NEED).where(_NEED.c.id == bindparam("need")).values(content_hash=bindparam("hash"))


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
    rules: NeedSavingRules = USUAL,
) -> list[SavedNeed]:
    """Save needs of a file, published, in the session's transaction; a result for each, in their order.

    A need is known by its id in the centre. What a record does not say stays as it is, what a person has said on the site does
    too, and the same content again changes nothing.
    """
    saved: list[SavedNeed] = []
    for chunk in _chunks(records):
        saved.extend(_save_chunk(session, chunk, origin, rules))
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


def _save_chunk(
    session: Session, records: Sequence[NeedRecord], origin: RecordOrigin, rules: NeedSavingRules
) -> list[SavedNeed]:
    session.flush()
    known = {
        row.external_id: row
        for row in session.execute(
            select(Need.external_id, Need.id, Need.content_hash).where(
                Need.centre_id == origin.centre.id, Need.external_id.in_([record.id for record in records])
            )
        )
    }
    hashes = {record.id: content_hash(record) for record in records}
    other = [r.id for r in records if r.id in known and known[r.id].content_hash != hashes[r.id]]
    stored = _stored(session, [known[name].id for name in other])
    overlay = _NeedOverlay(session, list(stored.values()), rules)
    saved = {name: SavedNeed(name, row.id, _SAME) for name, row in known.items()}
    writes = []
    for item in records:
        need = stored.get(item.id)
        if item.id not in known:
            writes.append(_NeedWrite(item, hashes[item.id]))
        elif need is not None:
            whole, saved[item.id] = overlay.meet(need, item)
            if saved[item.id].status == _CHANGED:
                writes.append(_NeedWrite(whole, hashes[item.id], need))
    read = [{"need": known[name].id, "hash": hashes[name]} for name in other if saved[name].status == _SAME]
    if read:
        session.connection().execute(_READ, read)
    saved |= _written(session, writes, saved, origin, rules)
    return [saved[item.id] for item in records]


def _stored(session: Session, ids: Sequence[int]) -> dict[str, Need]:
    """The needs with these row ids by the ids of files."""
    if not ids:
        return {}
    return {need.external_id: need for need in session.scalars(needs.with_parts().where(Need.id.in_(ids)))}


class _NeedOverlay:
    """Lays records over stored needs, with what people have said and suppliers have quoted for."""

    def __init__(self, session: Session, stored: Sequence[Need], rules: NeedSavingRules) -> None:
        self._session, self._rules = session, rules
        self._persons = needs.of_persons(session, stored) if stored else {}
        bound = Match.need_id.in_([need.id for need in stored]), Match.state.in_(WITH_QUOTE | WITHIN_CIRCLE)
        self._bound = set(session.scalars(select(Match.need_id).where(*bound))) if stored else set[int]()

    def meet(self, need: Need, given: NeedRecord) -> tuple[NeedRecord, SavedNeed]:
        """The record of a need after a line about it, and the result."""
        base, saved = needs.record(need), SavedNeed(given.id, need.id, _SAME)
        try:
            whole = need_overlay.over(base, given, adding=given.id in self._rules.adding)
        except InvalidRecord as error:
            return base, replace(saved, status="impossible", problems=error.problems)
        own = self._persons[need.id]
        stays = tuple(one for one in record_overlay.changes(base, whole) if one.field in own)
        if stays:
            whole = whole.model_copy(update={one.field: getattr(base, one.field) for one in stays})
        changes = tuple(record_overlay.changes(base, whole))
        left = tuple(need_overlay.without_room(base, given)) if given.id in self._rules.adding else ()
        saved = replace(saved, stays=stays, changes=(*changes, *left))
        if not changes and (whole.updated == base.updated or given.updated is None):
            return base, saved
        if given.updated and base.updated and given.updated < base.updated:
            return base, replace(saved, status="older", changes=())
        if need.id in self._bound and needs.quoted(self._session, need) and not needs.extends(base, whole):
            return base, replace(saved, status=_QUOTED, changes=())
        return whole, replace(saved, status=_CHANGED)


def _written(
    session: Session,
    writes: Sequence[_NeedWrite],
    known: Mapping[str, SavedNeed],
    origin: RecordOrigin,
    rules: NeedSavingRules,
) -> dict[str, SavedNeed]:
    """Write records, and return the results by the ids of files."""
    centre = origin.centre
    contractors = _contractors(session, origin, [one.record for one in writes])
    made, changed, acts = [], [], []
    for one in writes:
        item, need = one.record, one.need
        row = {**need_columns(item), "content_hash": one.hash, "source": origin.source}
        row["contractor_id"] = contractors.get(_contractor_key(item.contractor)) if item.contractor else None
        key = new_public_id() if need is None else need.public_id
        acts.append(Act("need.created" if need is None else "need.changed", "need", key, centre.code))
        if need is None:
            made.append(row | _first_columns(item, centre, key))
        else:
            changed.append(row | {"id": need.id, "revision": need.revision, "changed_at": now()})
    area = [(Need, Need.id.in_([row["id"] for row in changed]))] if changed and rules.kept else []
    before = undoing.images(session, area)
    ids = bulk.add_with_ids(session, Need, made)
    if changed:
        session.execute(update(Need), changed)
    journal.record(session, origin.by, acts)
    session.expire_all()
    rows = {one["key"]: (one,) for one in undoing.differences(before, undoing.images(session, area, before))}
    new = zip((row["external_id"] for row in made), ids, strict=True)
    found = {name: SavedNeed(name, number, "new") for name, number in new}
    of_stored = (known[one.record.id] for one in writes if one.need is not None)
    return found | {one.id: replace(one, rows=rows.get(one.need_id, ())) for one in of_stored}


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
