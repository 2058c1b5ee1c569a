"""Findings: what was found for a profile, kept until its owner has said yes or no to each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.lifecycle import FindingState
from matchmaker.domain.records import SupplierRecord, to_data
from matchmaker.models import Finding, Profile
from matchmaker.services.extraction.proposals import (
    ExtractedProposals,
    ProfileProposal,
    is_in,
)
from matchmaker.services.profiles import profile_drafts

UNREAD = "unread"
MOST = 1_000  # that wait at a time; what is beyond them is kept as unread lines


def keep(session: Session, profile: Profile, read: ExtractedProposals) -> tuple[int, int]:
    """Keep what was read, after what waits already; how many are new, and how many the profile says already.

    What was settled before is forgotten; a line that could not be read is named once.
    """
    session.execute(
        delete(Finding).where(Finding.profile_id == profile.id, Finding.state != FindingState.WAITING)
    )
    session.execute(delete(Finding).where(Finding.profile_id == profile.id, Finding.kind == UNREAD))
    present = [(one.kind, one.item) for one in waiting(session, profile)]
    draft = profile_drafts.draft(profile)
    new: list[ProfileProposal] = []
    known = 0
    for found in read.proposals:
        proposal = (
            found if found.kind != "basics" else replace(found, item=_lacking(to_data(draft), found.item))
        )
        if not proposal.item or is_in(draft, proposal):
            known += 1
        elif (proposal.kind, proposal.item) not in present:
            new.append(proposal)
    room = max(0, MOST - len(present))
    session.add_all(
        Finding(profile_id=profile.id, kind=one.kind, item=one.item, words=one.words) for one in new[:room]
    )
    lines = [*read.unread, *(one.words for one in new[room:])]
    session.add_all(Finding(profile_id=profile.id, kind=UNREAD, words=line[:2_000]) for line in lines)
    session.flush()
    return min(len(new), room), known


def _lacking(present: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of the firm that the profile leaves open: nothing that its people wrote is written over."""
    found = {
        name: _lacking(present.get(name) or {}, value) if isinstance(value, Mapping) else value
        for name, value in item.items()
        if isinstance(value, Mapping) or not present.get(name)
    }
    return {name: value for name, value in found.items() if value}


def waiting(session: Session, profile: Profile) -> Sequence[Finding]:
    """What waits for a yes or a no, in the order it was found."""
    return _of(session, profile, Finding.kind != UNREAD)


def unread(session: Session, profile: Profile) -> Sequence[Finding]:
    """Lines that told nothing and were not put aside yet."""
    return _of(session, profile, Finding.kind == UNREAD)


def _of(session: Session, profile: Profile, where: object) -> Sequence[Finding]:
    query = select(Finding).where(Finding.profile_id == profile.id, Finding.state == FindingState.WAITING)
    return session.scalars(query.where(where).order_by(Finding.id)).all()  # type: ignore[arg-type]


def by_key(session: Session, profile: Profile, key: str) -> Finding:
    """One finding of the profile. Raises NotFound."""
    found = session.scalar(select(Finding).where(Finding.public_id == key, Finding.profile_id == profile.id))
    if found is None:
        raise NotFound(what="finding", key=key)
    return found


def add(
    session: Session,
    profile: Profile,
    settled: Sequence[Finding],
    changed: SupplierRecord,
    *,
    by: str,
    today: date,
) -> None:
    """Save the draft with what was confirmed in it."""
    profile_drafts.save(session, profile, changed, revision=profile.revision, by=by, today=today)
    for one in settled:
        one.state = FindingState.ADDED


def dismiss(session: Session, profile: Profile, keys: Sequence[str]) -> None:
    """Put aside what is not wanted."""
    query = select(Finding).where(Finding.profile_id == profile.id, Finding.public_id.in_(keys))
    for one in session.scalars(query):
        one.state = FindingState.PASSED


def dismiss_unread(session: Session, profile: Profile, *, waiting_too: bool) -> None:
    """Put aside the lines that could not be read, and with `waiting_too` all that waits."""
    rows = [*unread(session, profile), *(waiting(session, profile) if waiting_too else ())]
    dismiss(session, profile, [one.public_id for one in rows])
