"""The saving of supplier records by the hundred: known data are read at once, rows are written in bulk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, cast

from sqlalchemy import CursorResult, Table, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import ProfileState, ReviewState
from matchmaker.domain.records import SupplierRecord, to_data
from matchmaker.models import (
    CertificateRow,
    Fact,
    Organisation,
    OrganisationAlias,
    Profile,
    SpareCapacity,
    bulk,
)
from matchmaker.models.base import new_public_id, now
from matchmaker.services.core import journal, undoing
from matchmaker.services.core.journal import Act, OutboxTaken
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.core.undoing import ChangedRow
from matchmaker.services.profiles import fact_sources, profile_mapping, record_overlay
from matchmaker.services.profiles.fact_sources import SaidFact
from matchmaker.services.profiles.profile_mapping import (
    TermCodes,
    content_hash,
)
from matchmaker.services.profiles.record_overlay import FieldChange, RecordOverlay
from matchmaker.services.profiles.supplier_lookup import (
    KnownOrganisation,
    StoredOrganisations,
    look_up,
    stored_records,
)

Status = Literal["new", "changed", "same", "older", "busy"]
CHUNK = 500
FIRST_REVISION = 1  # of a row that was just inserted


@dataclass(frozen=True, slots=True)
class PublishedSupplier:
    """A published supplier that was just stored: the key and the revision of its profile, its record as it would be read again, the
    day of its publication (UTC), the days on which fields were stated, and whether a person has edited it.
    """

    key: str
    revision: int
    centre: str
    on: date
    record: SupplierRecord
    stated: Mapping[str, date] = field(default_factory=dict)
    edited: bool = False


@dataclass(frozen=True, slots=True)
class SavedSupplier:
    """The result of saving one record; one that says it is older than what is stored is not taken, nor a busy one: a person's changes
    of that firm wait for the centre. `joined` is the id of the
    organisation with the same INN that the record was added to. A changed one has what changed, in words and, where they
    are kept for an undo, in rows. `published` is one whose outbox row was written as taken.
    """

    id: str
    organisation_id: int
    status: Status
    joined: str | None = None
    changes: tuple[FieldChange, ...] = ()
    rows: tuple[ChangedRow, ...] = ()
    published: PublishedSupplier | None = None


@dataclass(frozen=True, slots=True)
class SavingRules:
    """How records meet what is stored: with `keep_twins` an equal INN joins nothing, with `adding` a record's lists add to
    those that are there, with `kept` the results hold the changed rows for an undo. With `whole` a record is all there is of a firm: what
    it does not say is gone. `taken` is who indexes them itself.
    """

    keep_twins: bool = False
    adding: bool = False
    kept: bool = False
    whole: bool = False
    taken: OutboxTaken | None = None


USUAL = SavingRules()


@dataclass(frozen=True, slots=True)
class _Write:
    """A record to be written: over `known` if there is one, else as a new organisation."""

    record: SupplierRecord
    known: KnownOrganisation | None
    hash: str | None
    changes: tuple[FieldChange, ...] = ()


_PROFILE = cast(Table, Profile.__table__)
# No change of the profile, so that its revision stays.
_READ = update(_PROFILE).where(_PROFILE.c.id == bindparam("profile")).values(content_hash=bindparam("hash"))


def chunks(records: Iterable[SupplierRecord]) -> Iterator[list[SupplierRecord]]:
    """Runs of records without a repeated id or INN, so that each can be decided from the stored data."""
    chunk: list[SupplierRecord] = []
    seen: set[str] = set()
    for record in records:
        marks = {f"id {record.id}"} | ({f"inn {record.inn}"} if record.inn else set())
        if len(chunk) >= CHUNK or marks & seen:
            yield chunk
            chunk, seen = [], set()
        chunk.append(record)
        seen |= marks
    if chunk:
        yield chunk


def _areas(stored: StoredOrganisations, records: Sequence[SupplierRecord]) -> list[undoing.Area]:
    """The rows of the firms that records are about."""
    found = [target for target in map(stored.target, records) if target is not None and target.profile_id]
    firms, profiles = [one.organisation_id for one in found], [one.profile_id for one in found]
    return [
        (Organisation, Organisation.id.in_(firms)),
        (OrganisationAlias, OrganisationAlias.organisation_id.in_(firms)),
        (Profile, Profile.id.in_(profiles)),
        *((table, table.profile_id.in_(profiles)) for table in (*profile_mapping.CHILDREN, Fact)),
    ]


def _by_organisation(rows: Sequence[ChangedRow], known: undoing.Images) -> dict[int, list[ChangedRow]]:
    """The changed rows by the firm that they belong to."""
    firms = {
        key: row["organisation_id"] for (table, key), row in known.items() if table == Profile.__tablename__
    }
    found: dict[int, list[ChangedRow]] = {}
    for row in rows:
        said = row["before"] or row["after"]
        if row["table"] == Organisation.__tablename__:
            firm = row["key"]
        elif row["table"] == Profile.__tablename__:
            firm = firms[row["key"]]
        elif row["table"] == OrganisationAlias.__tablename__:
            firm = said.get("organisation_id") or known[row["table"], row["key"]]["organisation_id"]
        else:
            profile = said.get("profile_id") or known[row["table"], row["key"]]["profile_id"]
            firm = firms[profile]
        found.setdefault(firm, []).append(row)
    return found


class SupplierChunk:
    """The saving of some hundred records with a fixed number of statements."""

    def __init__(
        self, session: Session, origin: RecordOrigin, codes: TermCodes, rules: SavingRules = USUAL
    ) -> None:
        self.session, self.origin, self.codes, self.rules = session, origin, codes, rules
        self.overlay = RecordOverlay(codes, adding=rules.adding)
        self.acts: list[Act] = []
        self.keys: list[str] = []
        self.published: dict[str, PublishedSupplier] = {}  # by the id of their record
        self.persons: Mapping[int, frozenset[str]] = {}  # keys that are a person's word, by profile
        self.hashes: Mapping[str, str] = {}  # by the id of their record
        self.read: list[dict[str, Any]] = []  # profiles that a record leaves as they are, with its hash

    def save(self, records: Sequence[SupplierRecord]) -> list[SavedSupplier]:
        """Save the first records, up to one about the same organisation as an earlier one; the results for
        them.
        """
        self.session.flush()
        stored = look_up(self.session, self.origin.centre.id, records, keep_twins=self.rules.keep_twins)
        wanted = stored.apart(records)
        self.hashes = {record.id: content_hash(record) for record in wanted}
        targets = [
            one for record in wanted if (one := stored.target(record)) and not self._is_known(record, one)
        ]
        bases = stored_records(self.session, targets)
        known = [one.profile_id for one in targets if one.profile_id]
        self.persons = fact_sources.of_persons(self.session, known) if known else {}
        areas = _areas(stored, wanted) if self.rules.kept and bases else []
        before = undoing.images(self.session, areas)
        plans = [self._plan(record, stored, bases) for record in wanted]
        writes = [write for write, _ in plans if write is not None]
        new_ids = self._insert([w for w in writes if w.known is None or w.known.profile_id is None])
        self._update([w for w in writes if w.known is not None and w.known.profile_id is not None])
        if self.read:
            self.session.connection().execute(_READ, self.read)
        journal.record(self.session, self.origin.by, self.acts)
        journal.announce(self.session, self.keys)
        journal.announce(self.session, [one.key for one in self.published.values()], self.rules.taken)
        self.session.flush()
        self.session.expire_all()
        changed = _by_organisation(
            undoing.differences(before, undoing.images(self.session, areas, before)), before
        )
        return [
            replace(saved, rows=tuple(changed.get(saved.organisation_id, ())))
            if saved.organisation_id
            else replace(saved, organisation_id=new_ids[saved.id])
            for saved in (replace(one, published=self.published.get(one.id)) for _, one in plans)
        ]

    def _plan(
        self, record: SupplierRecord, stored: StoredOrganisations, bases: Mapping[int, SupplierRecord]
    ) -> tuple[_Write | None, SavedSupplier]:
        """The write for a record, and the result; the id of an organisation yet to be created is 0."""
        given = self.hashes[record.id]
        target = stored.target(record)
        if target is None:
            return _Write(record, None, given), SavedSupplier(record.id, 0, "new")
        base = bases.get(target.organisation_id)
        if record.id == target.external_id or target.external_id is None:
            return self._plan_known(record, target, base, given)
        _, before = stored.aliases.get(record.id, (target, None))
        if before == given:
            return None, SavedSupplier(record.id, target.organisation_id, "same", target.external_id)
        return self._plan_join(record, target, base, given)

    def _is_known(self, record: SupplierRecord, target: KnownOrganisation) -> bool:
        """Whether a record is the one that was saved last for its firm, which then need not be read."""
        return target.external_id in {record.id, None} and target.content_hash == self.hashes[record.id]

    def _plan_known(
        self, record: SupplierRecord, target: KnownOrganisation, base: SupplierRecord | None, given: str
    ) -> tuple[_Write | None, SavedSupplier]:
        if self._is_known(record, target):
            return None, SavedSupplier(record.id, target.organisation_id, "same")
        if base is None:
            return _Write(record, target, given), SavedSupplier(record.id, target.organisation_id, "new")
        whole = record if self.rules.whole else self.overlay.over(base, record)
        left = tuple(self.overlay.left(base, record, whole))
        named = target.external_id is not None or record.id == base.id
        if whole == base and (named or target.edited_at is not None):
            self.read.append({"profile": target.profile_id, "hash": given})
            return None, SavedSupplier(record.id, target.organisation_id, "same", changes=left)
        if not self.rules.whole and record.updated and target.updated and record.updated < target.updated:
            return None, SavedSupplier(record.id, target.organisation_id, "older")
        changed = (*record_overlay.changes(base, whole), *left)
        saved = SavedSupplier(record.id, target.organisation_id, "changed", None, changed)
        if self._overrules(target, changed):
            return None, self._let_wait(target, whole, given, saved)
        return _Write(whole.model_copy(update={"id": record.id}), target, given, changed), saved

    def _overrules(self, target: KnownOrganisation, changes: Sequence[FieldChange]) -> bool:
        """Whether changes would put a file's word in place of a person's, or under changes that wait."""
        own = self.persons.get(target.profile_id or 0, frozenset())
        if target.review is not None or any(one.field in own for one in fact_sources.changed(changes)):
            return True
        return (
            target.edited_at is not None and target.batch_id is None
        )  # whose word the rest is, is not known

    def _let_wait(
        self, target: KnownOrganisation, whole: SupplierRecord, given: str | None, saved: SavedSupplier
    ) -> SavedSupplier:
        """Keep a record beside a profile, for the operator, in place of an older list's; what a person has left there stays."""
        free = or_(Profile.review.is_(None), Profile.waiting_batch_id.is_not(None))
        taken = self.session.execute(
            update(Profile)
            .where(Profile.id == target.profile_id, free)
            .values(
                waiting=to_data(whole),
                waiting_batch_id=self.origin.batch,
                review=ReviewState.SUBMITTED,
                content_hash=given,
                revision=Profile.revision,
            )
        )
        if not cast(CursorResult[Any], taken).rowcount:
            return replace(saved, status="busy", changes=())
        self.acts.append(Act("supplier.waiting", "profile", str(target.key), self.origin.centre.code))
        return saved

    def _plan_join(
        self, record: SupplierRecord, target: KnownOrganisation, base: SupplierRecord | None, given: str
    ) -> tuple[_Write | None, SavedSupplier]:
        alias = self.session.scalar(
            select(OrganisationAlias).where(
                OrganisationAlias.centre_id == self.origin.centre.id,
                OrganisationAlias.external_id == record.id,
            )
        )
        if alias is None:
            alias = OrganisationAlias(centre_id=self.origin.centre.id, external_id=record.id)
            alias.organisation_id = target.organisation_id
            self.session.add(alias)
        alias.content_hash, alias.source = given, self.origin.source
        self.session.flush()
        saved = SavedSupplier(record.id, target.organisation_id, "changed", target.external_id)
        if base is None:
            return _Write(record.model_copy(update={"id": target.external_id}), target, None), saved
        both = profile_mapping.together(base, record)
        whole, left = profile_mapping.within(both), record_overlay.without_room(both)
        told = replace(saved, changes=(*record_overlay.changes(base, whole), *left))
        if whole == base:
            return None, told
        if self._overrules(target, told.changes):
            return None, self._let_wait(target, whole, target.content_hash, told)
        return _Write(whole, target, target.content_hash, told.changes), told

    def _insert(self, writes: Sequence[_Write]) -> dict[str, int]:
        """Insert organisations (where none is known) and profiles; the organisation's id by the record's."""
        fresh = [write for write in writes if write.known is None]
        ids = {write.record.id: write.known.organisation_id for write in writes if write.known is not None}
        rows = [self._organisation(write.record) for write in fresh]
        made = bulk.add_with_ids(self.session, Organisation, rows)
        ids |= dict(zip((write.record.id for write in fresh), made, strict=True))
        self._update_organisations([write for write in writes if write.known is not None])
        at = now()
        rows = [
            {
                **profile_mapping.profile_columns(write.record),
                "public_id": new_public_id(),
                "organisation_id": ids[write.record.id],
                "state": ProfileState.BLOCKED if write.record.is_closed else ProfileState.PUBLISHED,
                "published_at": at,
                "content_hash": write.hash,
                "source": self.origin.source,
                "batch_id": self.origin.batch,
                "revision": FIRST_REVISION,
            }
            for write in writes
        ]
        profiles = bulk.add_with_ids(self.session, Profile, rows)
        children = self._children(dict(zip(profiles, (write.record for write in writes), strict=True)), {})
        for write, row, profile in zip(writes, rows, profiles, strict=True):
            if self.rules.taken and write.known is None and row["state"] == ProfileState.PUBLISHED:
                self.published[write.record.id] = self._published(write.record, row, children[profile])
            else:
                self.keys.append(row["public_id"])
        self._note("supplier.created", [row["public_id"] for row in rows])
        return ids

    def _published(
        self, record: SupplierRecord, row: Mapping[str, Any], children: profile_mapping.ChildRows
    ) -> PublishedSupplier:
        stored = profile_mapping.as_stored(record, children)
        day = row["published_at"].date()
        return PublishedSupplier(row["public_id"], FIRST_REVISION, self.origin.centre.code, day, stored)

    def _organisation(self, record: SupplierRecord) -> dict[str, Any]:
        columns = profile_mapping.organisation_columns(record, self.codes)
        return {
            **columns,
            "centre_id": self.origin.centre.id,
            "external_id": record.id,
            "source": self.origin.source,
        }

    def _update_organisations(self, writes: Sequence[_Write]) -> None:
        rows = [
            {
                **self._said(write),
                "id": write.known.organisation_id,
                "revision": write.known.revision,
                "external_id": write.record.id,
                "source": self.origin.source,
                "changed_at": now(),
            }
            for write in writes
            if write.known is not None
        ]
        if rows:
            self.session.execute(update(Organisation), rows)

    def _said(self, write: _Write) -> dict[str, Any]:
        """The columns of an organisation; of one without a profile, which a contractor's may be, those that the record says."""
        columns = profile_mapping.organisation_columns(write.record, self.codes)
        if write.known is not None and write.known.profile_id is None:
            return {name: value for name, value in columns.items() if value is not None}
        return columns

    def _update(self, writes: Sequence[_Write]) -> None:
        self._update_organisations(writes)
        rows = [
            {
                **profile_mapping.profile_columns(write.record),
                "id": write.known.profile_id,
                "revision": write.known.profile_revision,
                "content_hash": write.hash,
                "source": self.origin.source,
                "changed_at": now(),
                **({"state": ProfileState.BLOCKED} if write.record.is_closed else {}),
            }
            for write in writes
            if write.known is not None
        ]
        if not rows:
            return
        self.session.execute(update(Profile), rows)
        ids = [row["id"] for row in rows]
        kept = self._certificates(ids)
        for table in profile_mapping.CHILDREN:
            self.session.execute(
                delete(table).where(table.profile_id.in_(ids)).execution_options(synchronize_session=False)
            )
        children = self._children(dict(zip(ids, (write.record for write in writes), strict=True)), kept)
        fact_sources.say(self.session, list(self._said_now(writes)))
        keys = [str(write.known.key) for write in writes if write.known is not None]
        fed = self._fed(writes, children) if self.rules.taken else {}
        self.published |= fed
        mine = {one.key for one in fed.values()}
        self.keys.extend(key for key in keys if key not in mine)
        self._note("supplier.changed", keys)

    def _fed(
        self, writes: Sequence[_Write], children: Mapping[int, profile_mapping.ChildRows]
    ) -> dict[str, PublishedSupplier]:
        """The changed suppliers that are published, by the ids of their records, without those that have planned hours, of which no
        record tells.
        """
        ids = list(children)
        planned = set(
            self.session.scalars(select(SpareCapacity.profile_id).where(SpareCapacity.profile_id.in_(ids)))
        )
        query = select(Profile.id, Profile.revision, Profile.published_at, Profile.edited_at)
        stored = {
            row.id: row
            for row in self.session.execute(
                query.where(Profile.id.in_(ids), Profile.state == ProfileState.PUBLISHED)
            )
        }
        stated: dict[int, dict[str, date]] = {}
        facts = select(Fact.profile_id, Fact.field, Fact.stated_on).where(Fact.profile_id.in_(ids))
        for row in self.session.execute(facts):
            stated.setdefault(row.profile_id, {})[row.field] = row.stated_on
        return {
            write.record.id: PublishedSupplier(
                str(write.known.key),
                stored[profile].revision,
                self.origin.centre.code,
                stored[profile].published_at.date(),
                profile_mapping.as_stored(write.record, children[profile]),
                stated.get(profile, {}),
                stored[profile].edited_at is not None,
            )
            for write, profile in zip(writes, ids, strict=True)
            if write.known is not None and profile in stored and profile not in planned
        }

    def _said_now(self, writes: Sequence[_Write]) -> Iterator[SaidFact]:
        """What the records say that was not so before; a record that tells no day says it today."""
        for write in writes:
            if write.known is not None and write.known.profile_id is not None:
                on = write.record.updated or now().date()
                for one in fact_sources.changed(write.changes):
                    yield SaidFact(
                        write.known.profile_id, one.field, on, self.origin.batch, self.origin.source
                    )

    def _certificates(self, ids: Sequence[int]) -> dict[int, list[Mapping[str, Any]]]:
        """The certificates by profile, with the centre's work on them and the time since which they wait for
        it.
        """
        columns = [
            getattr(CertificateRow, name)
            for name in (
                "profile_id",
                "standard",
                "number",
                "said_on",
                *profile_mapping.VERIFIED_FACTS,
                *profile_mapping.VERIFICATION,
            )
        ]
        rows = self.session.execute(select(*columns).where(CertificateRow.profile_id.in_(ids))).mappings()
        kept: dict[int, list[Mapping[str, Any]]] = {}
        for row in rows:
            kept.setdefault(row["profile_id"], []).append(dict(row))
        return kept

    def _children(
        self, records: Mapping[int, SupplierRecord], kept: Mapping[int, list[Mapping[str, Any]]]
    ) -> dict[int, profile_mapping.ChildRows]:
        """Insert the rows of profiles, and return them by profile."""
        made = {
            profile: profile_mapping.child_rows(record, self.codes, kept.get(profile, ()))
            for profile, record in records.items()
        }
        for table in profile_mapping.CHILDREN:
            rows = [{**row, "profile_id": profile} for profile, parts in made.items() for row in parts[table]]
            bulk.add(self.session, table, rows)
        return made

    def _note(self, action: str, keys: Sequence[str]) -> None:
        details = {"source": self.origin.source} if self.origin.source else {}
        code = self.origin.centre.code
        self.acts.extend(Act(action, "profile", key, code, details) for key in keys)
