"""The suggestions for a profile, stored until its owner has said yes or no to each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.lifecycle import FindingState
from matchmaker.domain.plausibility import NearestStandards
from matchmaker.domain.records import SupplierRecord, to_data
from matchmaker.models import Finding, Profile
from matchmaker.services.extraction.proposals import (
    ExtractedProposals,
    ProfileProposal,
    is_in,
)
from matchmaker.services.profiles import profile_drafts

UNREAD = "unread"
MOST = 1_000  # that wait at a time; further ones are stored as unread lines


def keep(session: Session, profile: Profile, read: ExtractedProposals) -> tuple[int, int]:
    """Store new suggestions after those that wait, and return the number of new ones and of those already in
    the profile.

    Suggestions decided before are deleted; a line that could not be read is listed once.
    """
    session.execute(
        delete(Finding).where(Finding.profile_id == profile.id, Finding.state != FindingState.WAITING)
    )
    session.execute(delete(Finding).where(Finding.profile_id == profile.id, Finding.kind == UNREAD))
    waits = waiting(session, profile)
    present = [(one.kind, one.item) for one in waits]
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
    first = 1 + max((one.place for one in waits if one.place is not None), default=-1)
    place = {words: number for number, words in enumerate(read.order, first)}
    session.add_all(
        Finding(
            profile_id=profile.id,
            kind=one.kind,
            item=one.item,
            words=one.words,
            place=place.get(one.words),
        )
        for one in new[:room]
    )
    lines = [*read.unread, *(one.words for one in new[room:])]
    session.add_all(
        Finding(profile_id=profile.id, kind=UNREAD, words=line[:2_000], place=place.get(line))
        for line in lines
    )
    session.flush()
    return min(len(new), room), known


def _lacking(present: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """The facts about the firm that are empty in the profile: no text of its people is overwritten."""
    found = {
        name: _lacking(present.get(name) or {}, value) if isinstance(value, Mapping) else value
        for name, value in item.items()
        if isinstance(value, Mapping) or not present.get(name)
    }
    return {name: value for name, value in found.items() if value}


def waiting(session: Session, profile: Profile) -> Sequence[Finding]:
    """The suggestions that wait for a yes or a no, in the order in which they were found."""
    return _of(session, profile, Finding.kind != UNREAD)


def unread(session: Session, profile: Profile) -> Sequence[Finding]:
    """The lines without a suggestion that were not dismissed yet."""
    return _of(session, profile, Finding.kind == UNREAD)


def _of(session: Session, profile: Profile, where: object) -> Sequence[Finding]:
    query = select(Finding).where(Finding.profile_id == profile.id, Finding.state == FindingState.WAITING)
    return session.scalars(query.where(where).order_by(Finding.id)).all()  # type: ignore[arg-type]


def by_key(session: Session, profile: Profile, key: str) -> Finding:
    """One suggestion for the profile. Raises NotFound."""
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
    standards: NearestStandards,
) -> None:
    """Save the draft with the confirmed entries. Raises InvalidRecord."""
    profile_drafts.save(
        session, profile, changed, revision=profile.revision, by=by, today=today, standards=standards
    )
    for one in settled:
        one.state = FindingState.ADDED


def dismiss(session: Session, profile: Profile, keys: Sequence[str]) -> None:
    """Dismiss unwanted suggestions."""
    query = select(Finding).where(Finding.profile_id == profile.id, Finding.public_id.in_(keys))
    for one in session.scalars(query):
        one.state = FindingState.PASSED


def dismiss_unread(session: Session, profile: Profile, *, waiting_too: bool) -> None:
    """Dismiss the lines that could not be read, and with `waiting_too` all waiting suggestions."""
    rows = [*unread(session, profile), *(waiting(session, profile) if waiting_too else ())]
    dismiss(session, profile, [one.public_id for one in rows])
