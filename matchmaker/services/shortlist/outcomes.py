"""Outcomes in files as decisions, and decisions as outcomes again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import OutcomeRecord
from matchmaker.models import (
    Centre,
    Decision,
    DecisionUndone,
    Need,
    Organisation,
    OrganisationAlias,
    Profile,
    bulk,
)
from matchmaker.models.base import new_public_id, now
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.profiles.profile_mapping import content_hash
from matchmaker.services.profiles.supplier_bulk import CHUNK, Status
from matchmaker.services.shortlist import match_decisions
from matchmaker.services.shortlist.match_decisions import AwardedPosition


@dataclass(frozen=True, slots=True)
class SavedOutcome:
    """The result of saving one record; a record with problems is not saved."""

    status: Status
    problems: tuple[Problem, ...] = ()


def save(session: Session, record: OutcomeRecord, origin: RecordOrigin) -> SavedOutcome:
    """Save one record; see `save_many`."""
    (saved,) = save_many(session, (record,), origin)
    return saved


def save_many(session: Session, records: Iterable[OutcomeRecord], origin: RecordOrigin) -> list[SavedOutcome]:
    """Add decisions in the session's transaction; a decision read before is not added again.

    An outcome with an unknown need or supplier gets a problem with the key.
    """
    iterator = iter(records)
    saved: list[SavedOutcome] = []
    while chunk := list(islice(iterator, CHUNK)):
        saved.extend(_save_chunk(session, chunk, origin))
    return saved


def _save_chunk(
    session: Session, records: Sequence[OutcomeRecord], origin: RecordOrigin
) -> list[SavedOutcome]:
    centre = origin.centre
    session.flush()
    needs = _needs(session, centre, {record.need for record in records})
    profiles = _profiles(session, centre, {record.supplier for record in records})
    hashes = [_hash(centre, record) for record in records]
    known = set(session.scalars(select(Decision.content_hash).where(Decision.content_hash.in_(hashes))))
    rows: list[dict[str, Any]] = []
    saved: list[SavedOutcome] = []
    for record, mark in zip(records, hashes, strict=True):
        problems = _problems(record, needs, profiles)
        if problems or mark in known:
            saved.append(SavedOutcome("same", problems))
            continue
        known.add(mark)
        saved.append(SavedOutcome("new"))
        rows.append(
            _row(record) | {"content_hash": mark, "source": origin.source, "need_id": needs[record.need]}
        )
        rows[-1]["profile_id"] = profiles[record.supplier]
    bulk.add(session, Decision, rows)
    acts = [Act(f"decision.{row['kind']}", "decision", row["public_id"], centre.code) for row in rows]
    journal.record(session, origin.by, acts)
    return saved


def _hash(centre: Centre, record: OutcomeRecord) -> str:
    return content_hash(record.model_copy(update={"need": f"{centre.code} {record.need}"}))


def _needs(session: Session, centre: Centre, ids: set[str]) -> dict[str, int]:
    query = select(Need.external_id, Need.id).where(Need.centre_id == centre.id, Need.external_id.in_(ids))
    return {row.external_id: row.id for row in session.execute(query)}


def _profiles(session: Session, centre: Centre, ids: set[str]) -> dict[str, int]:
    """Profiles by the ids of files, aliases included."""
    own = (
        select(Organisation.external_id, Profile.id)
        .join(Profile, Profile.organisation_id == Organisation.id)
        .where(Organisation.centre_id == centre.id, Organisation.external_id.in_(ids))
    )
    other = (
        select(OrganisationAlias.external_id, Profile.id)
        .join(Profile, Profile.organisation_id == OrganisationAlias.organisation_id)
        .where(OrganisationAlias.centre_id == centre.id, OrganisationAlias.external_id.in_(ids))
    )
    return {str(name): profile for query in (other, own) for name, profile in session.execute(query)}


def _problems(record: OutcomeRecord, needs: dict[str, int], profiles: dict[str, int]) -> tuple[Problem, ...]:
    found = []
    if record.need not in needs:
        message = N_("There is no need with this id; import it first.")
        found.append(Problem("need", "need.unknown", message, record.need))
    if record.supplier not in profiles:
        message = N_("There is no supplier with this id; import it first.")
        found.append(Problem("supplier", "supplier.unknown", message, record.supplier))
    return tuple(found)


def _row(record: OutcomeRecord) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "kind": record.decision,
        "reason": record.reason,
        "positions": [asdict(AwardedPosition(one.id, one.quantity, one.id)) for one in record.positions]
        or None,
        "at": _moment(record.at),
        "at_given": record.at.isoformat() if record.at else None,
    }


def _moment(at: date | datetime | None) -> datetime:
    """The moment of a time in a file: a day counts from its first moment in UTC; no time means now."""
    if at is None:
        return now()
    moment = at if isinstance(at, datetime) else datetime.combine(at, time(), UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def record(decision: Decision) -> OutcomeRecord:
    """The decision as a record of the exchange format; the time as the file gave it."""
    organisation = decision.profile.organisation
    at = decision.at_given if decision.source else decision.at.isoformat()
    data = {
        "need": decision.need.external_id,
        "supplier": organisation.external_id or organisation.public_id,
        "decision": decision.kind,
        "reason": decision.reason,
        "positions": [{"id": one.id, "quantity": one.quantity} for one in match_decisions.awarded(decision)]
        or None,
        "at": at,
    }
    return OutcomeRecord.model_validate({key: value for key, value in data.items() if value is not None})


def every(session: Session, where: Sequence[ColumnElement[bool]] = ()) -> Iterator[OutcomeRecord]:
    """All valid decisions as records, or those of a condition, in the order of their creation."""
    last = 0
    while True:
        standing = Decision.id.not_in(select(DecisionUndone.decision_id))
        query = (
            select(Decision).where(Decision.id > last, standing, *where).order_by(Decision.id).limit(CHUNK)
        )
        whole = query.options(
            joinedload(Decision.need), joinedload(Decision.profile).joinedload(Profile.organisation)
        )
        decisions = session.scalars(whole).all()
        if not decisions:
            return
        last = decisions[-1].id
        yield from (record(decision) for decision in decisions)
