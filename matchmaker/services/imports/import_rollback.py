"""The rollback of an import: new records that nobody has changed since are deleted, changed ones are given their former
values; where somebody has changed the same since, it stays.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.domain.errors import MoveNotAllowed, UndoOvertaken
from matchmaker.domain.lifecycle import IMPORT_MOVES, ImportState, check_move
from matchmaker.models import (
    Agreement,
    Assignment,
    CertificateRow,
    CertificationStep,
    ClusterParticipant,
    Decision,
    DevelopmentCard,
    DistinctPair,
    EventParticipant,
    EventWish,
    Fact,
    FirmNote,
    ImportBatch,
    ImportRow,
    LetterIn,
    Match,
    MatchRun,
    Membership,
    Need,
    NeedCentre,
    NeedCover,
    Organisation,
    OrganisationAlias,
    PartsList,
    Profile,
    ProfileRedirect,
    ProfileViewing,
    Site,
    SpareCapacity,
    StoredFile,
    SupplierTeam,
    TakenNeed,
    User,
    YearAnswer,
)
from matchmaker.models.base import now
from matchmaker.services.core import journal, undoing
from matchmaker.services.people import register_firms
from matchmaker.services.profiles.profile_mapping import CHILDREN
from matchmaker.services.profiles.supplier_bulk import CHUNK

_Thing = tuple[str | None, str | None]  # the kind of a record and its id in files
KEPT = timedelta(days=90)  # how long the former values of changed records are there


@dataclass(frozen=True, slots=True)
class RollbackResult:
    """The number of records deleted, of those given back their former values, and of those that stay because people have
    worked with them.
    """

    gone: int
    restored: int
    kept: int


def undo(session: Session, batch: ImportBatch, user: User) -> RollbackResult:
    """Roll back an imported file. Raises MoveNotAllowed for a file that was not imported through the site."""
    if batch.suffix is None:
        raise MoveNotAllowed(state=batch.state, target=ImportState.UNDONE)
    check_move(IMPORT_MOVES, batch.state, ImportState.UNDONE)
    gone = total = 0
    made = set[_Thing]()
    for kind, drop in (("need", _drop_needs), ("supplier", _drop_suppliers)):
        rows = ImportRow.batch_id == batch.id, ImportRow.outcome == "new", ImportRow.kind == kind
        names = list(session.scalars(select(ImportRow.external_id).where(*rows)))
        made.update((kind, name) for name in names)
        total += len(names)
        for start in range(0, len(names), CHUNK):
            gone += drop(session, batch, names[start : start + CHUNK])
    restored, kept = _restore(session, batch, user, made)
    register_firms.drop(session, batch)
    batch.state = ImportState.UNDONE
    journal.note(session, user.public_id, "import.undone", batch, {"gone": gone, "restored": restored})
    return RollbackResult(gone, restored, kept + total - gone)


def forget_old(session: Session) -> None:
    """Let the former values of files go that were taken long ago: they are copies of what firms said, or what a register said
    before.
    """
    register_firms.forget_old(session, now() - KEPT)
    old = select(ImportBatch.id).where(ImportBatch.changed_at < now() - KEPT)
    rows = ImportRow.batch_id.in_(old), ImportRow.rows.is_not(None)
    session.execute(
        update(ImportRow).where(*rows).values(rows=None).execution_options(synchronize_session=False)
    )


def _restore(session: Session, batch: ImportBatch, user: User, made: AbstractSet[_Thing]) -> tuple[int, int]:
    """Give changed records their former values, the last line first; how many were, and how many changed records stay.

    Those that the file has `made` have no former values.
    """
    changed = ImportRow.batch_id == batch.id, ImportRow.rows.is_not(None)
    lines = list(session.scalars(select(ImportRow.id).where(*changed).order_by(ImportRow.line.desc())))
    without = ImportRow.batch_id == batch.id, ImportRow.outcome == "changed", ImportRow.rows.is_(None)
    left = session.execute(select(ImportRow.kind, ImportRow.external_id).where(*without))
    restored, kept = set[_Thing](), {(row.kind, row.external_id) for row in left}
    for start in range(0, len(lines), CHUNK):
        part = ImportRow.id.in_(lines[start : start + CHUNK])
        query = select(ImportRow).where(part).order_by(ImportRow.line.desc())
        for line in session.scalars(query):
            thing = line.kind, line.external_id
            if thing in made:
                continue
            try:
                with session.begin_nested():
                    undoing.restore(session, line.rows or (), user)
            except (UndoOvertaken, IntegrityError):
                kept.add(thing)
            else:
                restored.add(thing)
                _announce(session, line.rows or ())
    session.expire_all()
    return len(restored - kept), len(kept - made)


def _announce(session: Session, rows: Sequence[undoing.ChangedRow]) -> None:
    profiles = [row["key"] for row in rows if row["table"] == Profile.__tablename__]
    keys = session.scalars(select(Profile.public_id).where(Profile.id.in_(profiles))).all()
    journal.announce(session, keys)


def _none_of(row: Any, *columns: Any) -> list[ColumnElement[bool]]:
    """The condition that no row of other tables refers to this one."""
    return [~select(1).where(column == row).exists() for column in columns]


# What keeps a need that an import has brought, and what goes with it.
KEEPS_NEED = (
    Match.need_id,
    Decision.need_id,
    MatchRun.need_id,
    StoredFile.need_id,
    Agreement.need_id,
    DevelopmentCard.need_id,
    SupplierTeam.need_id,
    LetterIn.need_id,
    EventWish.need_id,
)
GOES_WITH_NEED = (NeedCentre, NeedCover, TakenNeed)


def _drop_needs(session: Session, batch: ImportBatch, names: Sequence[str | None]) -> int:
    query = unused_needs(
        Need.centre_id == batch.centre_id, Need.external_id.in_(names), Need.source == batch.source
    )
    found = _as_left(session.execute(query), _changed_by(session, batch, "need", names))
    drop_needs(session, found)
    return len(found)


def unused_needs(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The needs of these conditions with which nobody has done anything, as rows that `drop_needs` takes."""
    columns = (Need.id, Need.public_id, Need.external_id, Need.revision)
    return select(*columns).where(*conditions, *_none_of(Need.id, *KEEPS_NEED))


def drop_needs(session: Session, found: Sequence[Row[Any]]) -> None:
    """Delete unused needs."""
    ids = [row.id for row in found]
    for table in GOES_WITH_NEED:
        _delete(session, table.need_id, ids)
    _delete(session, Assignment.object_id, [row.public_id for row in found])
    _delete(session, Need.id, ids)


# What keeps a firm that an import has brought: somebody has done something with it since.
KEEPS_PROFILE = (
    Match.profile_id,
    Decision.profile_id,
    StoredFile.profile_id,
    ProfileRedirect.profile_id,
    CertificationStep.profile_id,
    DevelopmentCard.profile_id,
    YearAnswer.profile_id,
)
KEEPS_FIRM = (
    Membership.organisation_id,
    Agreement.organisation_id,
    Need.contractor_id,
    PartsList.contractor_id,
    OrganisationAlias.organisation_id,
    DistinctPair.first_id,
    DistinctPair.second_id,
    FirmNote.organisation_id,
    EventParticipant.organisation_id,
    ClusterParticipant.organisation_id,
)
GOES_WITH_PROFILE = (*CHILDREN, Fact, SpareCapacity, ProfileViewing)


def _drop_suppliers(session: Session, batch: ImportBatch, names: Sequence[str | None]) -> int:
    query = unused_suppliers(
        Organisation.centre_id == batch.centre_id,
        Organisation.external_id.in_(names),
        Organisation.source == batch.source,
    )
    found = _as_left(session.execute(query), _changed_by(session, batch, "supplier", names))
    drop_suppliers(session, found)
    return len(found)


def unused_suppliers(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The suppliers of these conditions with which nobody has done anything, as rows that `drop_suppliers` takes."""
    looked_at = select(1).where(
        CertificateRow.profile_id == Profile.id,
        or_(CertificateRow.verified_at.is_not(None), CertificateRow.suspended_at.is_not(None)),
    )
    return (
        select(
            Profile.id,
            Profile.public_id,
            Profile.revision,
            Organisation.id.label("firm"),
            Organisation.external_id,
        )
        .join(Profile.organisation)
        .where(
            *conditions,
            Organisation.is_contractor.is_(False),
            Profile.edited_at.is_(None),
            ~looked_at.exists(),
            *_none_of(Profile.id, *KEEPS_PROFILE),
            *_none_of(Organisation.id, *KEEPS_FIRM),
        )
    )


def drop_suppliers(session: Session, found: Sequence[Row[Any]]) -> None:
    """Delete unused suppliers with their firms, and let the index forget them."""
    ids, firms = [row.id for row in found], [row.firm for row in found]
    for table in GOES_WITH_PROFILE:
        _delete(session, table.profile_id, ids)
    _delete(session, Assignment.object_id, [row.public_id for row in found])
    _delete(session, Profile.id, ids)
    _delete(session, Site.organisation_id, firms)
    _delete(session, Organisation.id, firms)
    journal.announce(session, [row.public_id for row in found])


def _as_left(found: Iterable[Row[Any]], changed: Mapping[str | None, int]) -> list[Row[Any]]:
    """The new records that only further rows of the file have changed since."""
    return [row for row in found if row.revision == 1 + changed.get(row.external_id, 0)]


def _changed_by(
    session: Session, batch: ImportBatch, kind: str, names: Sequence[str | None]
) -> dict[str | None, int]:
    """The number of further rows of the file that have changed each record of a kind."""
    changed = ImportRow.outcome == "changed", ImportRow.kind == kind
    rows = ImportRow.batch_id == batch.id, *changed, ImportRow.external_id.in_(names)
    query = select(ImportRow.external_id, func.count()).where(*rows).group_by(ImportRow.external_id)
    return {row[0]: row[1] for row in session.execute(query)}


def _delete(session: Session, column: Any, values: Sequence[Any]) -> None:
    session.execute(
        delete(column.class_).where(column.in_(values)).execution_options(synchronize_session=False)
    )
