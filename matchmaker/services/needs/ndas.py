"""The non-disclosure agreement of a need: its text, its acceptances, and the circle of invited firms.

The text is the centre's, or a PDF of the contractor's own; a firm accepts one text, known by its hash, and none that takes its place.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import ColumnElement, Select, and_, false, literal, select, union_all
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from matchmaker import resources
from matchmaker.domain.errors import NotFound, wrong_field
from matchmaker.domain.language import N_
from matchmaker.models import Agreement, Match, Need, Organisation, Profile, StoredFile, User, within_circle
from matchmaker.models.base import now
from matchmaker.services.core import blobs, journal, locks, undoing
from matchmaker.services.needs import drawings

LANGUAGES = ("ru", "en")
WITHDRAWAL = "nda.withdrawal"
OWN_TEXT = "agreement"  # the role of the file
LARGEST_TEXT = 10_000_000  # bytes


@dataclass(frozen=True, slots=True)
class NeedCircle:
    """The public ids of the organisations invited to a need, and of those among them that signed."""

    invited: frozenset[str] = frozenset()
    signed: frozenset[str] = frozenset()


def text(language: str) -> str:
    """The agreement in a language."""
    return (resources.folder("config") / "nda" / f"{language}.txt").read_text(encoding="utf-8")


def _digest(language: str) -> str:
    return hashlib.sha256(text(language).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ReceivedText:
    """A stored PDF that is no agreement's text yet."""

    name: str
    kept: blobs.StoredBlob


def receive_text(upload: tuple[str, IO[bytes]], data: Path) -> ReceivedText:
    """Store a PDF (name, stream) before anything is written. Raises FileRefused."""
    name, stream = upload
    kept = blobs.keep_pdf(drawings.folder_of(data), stream, largest=LARGEST_TEXT)
    return ReceivedText(" ".join(name.split())[:300] or "agreement.pdf", kept)


def own_text(session: Session, need: Need) -> StoredFile | None:
    """The contractor's own text of the agreement; None where the centre's holds."""
    query = select(StoredFile).where(StoredFile.need_id == need.id, StoredFile.role == OWN_TEXT)
    found = session.scalars(query.order_by(StoredFile.id.desc())).all()
    return next((one for one in found if not one.details.get("withdrawn")), None)


def digest(session: Session, need: Need, language: str) -> str:
    """The hash of the text that a reader of the language would accept."""
    own = own_text(session, need)
    return own.sha256 if own else _digest(language)


def set_text(session: Session, need: Need, received: ReceivedText, user: User) -> StoredFile:
    """Make a PDF the text of a need's agreement; the same bytes again change nothing. Firms that accepted another text accept
    this one before they open anything more.
    """
    locks.lock_row(session, need)
    present = own_text(session, need)
    if present is not None and present.sha256 == received.kept.sha256:
        return present
    stored = StoredFile(
        need_id=need.id,
        role=OWN_TEXT,
        name=received.name,
        media_type=received.kept.media_type,
        size=received.kept.size,
        sha256=received.kept.sha256,
        version=present.version + 1 if present else 1,
        uploaded_by_id=user.id,
        details={},
    )
    session.add(stored)
    details = {"text": stored.sha256, "name": stored.name, "ended": _replaced(session, need, present)}
    journal.note(session, user.public_id, "nda.text_set", need, details)
    session.flush()
    return stored


def drop_text(session: Session, need: Need, user: User) -> None:
    """Let the centre's text hold again; nothing where it does. What was accepted for the other text ends."""
    locks.lock_row(session, need)
    present = own_text(session, need)
    if present is not None:
        details = {"text": present.sha256, "ended": _replaced(session, need, present)}
        journal.note(session, user.public_id, "nda.text_dropped", need, details)


def _replaced(session: Session, need: Need, present: StoredFile | None) -> list[str]:
    """End what another text holds together; the firms (public ids) that had accepted it."""
    if present is not None:
        present.details = {**present.details, "withdrawn": now().isoformat()}
    standing = session.scalars(
        select(Agreement)
        .where(Agreement.need_id == need.id, Agreement.withdrawn_at.is_(None))
        .options(joinedload(Agreement.organisation))
    ).all()
    for one in standing:
        one.withdrawn_at = now()
    return sorted({one.organisation.public_id for one in standing})


def partners(session: Session, contractors: Collection[str]) -> dict[str, frozenset[str]]:
    """The contractors, among these, with a confidentiality agreement with the supplier, by the public id of
    its organisation.

    Only acceptances of the present text count, in which the contractor promises the same to the supplier.
    """
    if not contractors:
        return {}
    contractor = aliased(Organisation)
    rows = session.execute(
        select(Organisation.public_id, contractor.public_id)
        .select_from(Agreement)
        .join(Agreement.organisation)
        .join(Agreement.need)
        .join(contractor, Need.contractor_id == contractor.id)
        .where(contractor.public_id.in_(list(contractors)), Agreement.withdrawn_at.is_(None))
        .where(Agreement.text_hash.in_([_digest(language) for language in LANGUAGES]))
    )
    found: dict[str, set[str]] = {}
    for supplier, other in rows:
        found.setdefault(supplier, set()).add(other)
    return {supplier: frozenset(others) for supplier, others in found.items()}


def circles(session: Session, organisations: Collection[str]) -> dict[str, NeedCircle]:
    """The organisations, among these, that are invited to a need or signed, by the need's public id; where there is
    nothing to keep secret, all that are invited count as having signed.
    """
    if not organisations:
        return {}
    wanted = list(organisations)
    silent = and_(Match.silent_until.is_not(None), Match.silent_until > now())
    invited = (
        select(literal("invited"), Need.public_id, Organisation.public_id, _needs_none(), silent)
        .select_from(Match)
        .join(Match.need)
        .join(Match.profile)
        .join(Profile.organisation)
        .where(Organisation.public_id.in_(wanted), within_circle())
    )
    signed = (
        select(literal("signed"), Need.public_id, Organisation.public_id, false(), false())
        .select_from(Agreement)
        .join(Agreement.need)
        .join(Agreement.organisation)
        .where(Organisation.public_id.in_(wanted), Agreement.withdrawn_at.is_(None))
    )
    found: dict[str, tuple[set[str], set[str]]] = {}
    rows = session.execute(union_all(invited, signed)).all()
    untold = _untold(session, wanted) if any(is_silent for *_, is_silent in rows) else frozenset()
    for part, need, organisation, needs_none, _ in rows:
        if (need, organisation) in untold:
            continue
        within, agreed = found.setdefault(need, (set(), set()))
        if part == "invited":
            within.add(organisation)
        if part == "signed" or needs_none:
            agreed.add(organisation)
    # A firm that is no longer invited may open nothing, though it signed.
    return {
        need: NeedCircle(frozenset(one), frozenset(one & two)) for need, (one, two) in found.items() if one
    }


def _untold(session: Session, organisations: Sequence[str]) -> frozenset[tuple[str, str]]:
    """The needs whose contract with one of these organisations may be taken back, and to which nobody had invited it."""
    query = (
        select(Match)
        .join(Match.need)
        .join(Match.profile)
        .join(Profile.organisation)
        .where(Organisation.public_id.in_(organisations), Match.silent_until > now())
        .options(
            contains_eager(Match.need), contains_eager(Match.profile).contains_eager(Profile.organisation)
        )
    )
    return frozenset(
        (one.need.public_id, one.profile.organisation.public_id)
        for one in session.scalars(query)
        if not one.is_within_circle
    )


def needs_none(session: Session, need: Need) -> bool:
    """Whether nothing of a need opens only after an agreement."""
    return bool(needing_none(session, (need.id,)))


def needing_none(session: Session, needs: Collection[int]) -> frozenset[int]:
    """Those of the needs (row ids) of which nothing opens only after an agreement."""
    query = select(Need.id).where(Need.id.in_(needs), _needs_none())
    return frozenset(session.scalars(query)) if needs else frozenset()


def _needs_none() -> ColumnElement[bool]:
    """Whether a need has no words and no files that open only after an agreement."""
    files = select(StoredFile.id).where(
        StoredFile.need_id == Need.id,
        StoredFile.role.in_(drawings.ROLES),
        StoredFile.details["withdrawn"].as_string().is_(None),
    )
    return and_(Need.disclosure.in_(("open", "name-hidden")), ~files.exists())


def in_force(session: Session, need: Need, organisation: Organisation) -> Agreement | None:
    """The last agreement of an organisation that was not withdrawn."""
    query = _standing(need, organisation.id).order_by(Agreement.id.desc()).limit(1)
    return session.scalar(query)


def _standing(need: Need, organisation: int) -> Select[Agreement]:
    return select(Agreement).where(
        Agreement.need_id == need.id,
        Agreement.organisation_id == organisation,
        Agreement.withdrawn_at.is_(None),
    )


def covers(agreement: Agreement | None, stored: StoredFile) -> bool:
    """Whether an agreement was accepted for this revision of a file."""
    if agreement is None:
        return False
    if agreement.files is None:
        return stored.created_at <= agreement.accepted_at
    return stored.sha256 in agreement.files


def accept(
    session: Session, need: Need, organisation: Organisation, user: User, language: str, shown: str = ""
) -> Agreement:
    """Record that a person accepted the text for the organisation, and for which files; a repeat changes
    nothing until a file is added or replaced.

    `shown` is the hash of the text that the person has read, which a contractor's own text must name. Raises InvalidRecord
    where another text holds by now.
    """
    locks.lock_row(session, need)
    own = own_text(session, need)
    digest = own.sha256 if own else _digest(language)
    if shown != digest and (shown or own):
        raise wrong_field(
            "agree", "nda.text", N_("The agreement has another text by now: read it once more.")
        )
    files, known = drawings.of_need(session, need), in_force(session, need, organisation)
    if known is not None and all(covers(known, one) for one in files):
        return known
    hashes = [one.sha256 for one in files]
    made = Agreement(
        need=need, organisation=organisation, user=user, language=language, text_hash=digest, files=hashes
    )
    session.add(made)
    session.flush()
    details = {"organisation": organisation.public_id, "text": digest, "files": hashes}
    journal.note(session, user.public_id, "nda.accepted", need, details)
    return made


def withdraw(session: Session, need: Need, key: str, user: User) -> None:
    """End an organisation's agreement and its earlier ones; the next request for a file is refused. Who did it can take that
    back for a while. Raises NotFound.
    """
    found = session.scalar(select(Agreement).where(Agreement.public_id == key, Agreement.need_id == need.id))
    if found is None:
        raise NotFound(what="agreement", key=key)
    of_firm = and_(Agreement.need_id == need.id, Agreement.organisation_id == found.organisation_id)
    with undoing.undoable(session, WITHDRAWAL, need, user, [(Agreement, of_firm)]):
        standing = session.scalars(_standing(need, found.organisation_id)).all()
        for one in standing:
            one.withdrawn_at = now()
        if standing:
            details = {"organisation": found.organisation.public_id}
            journal.note(session, user.public_id, "nda.withdrawn", need, details)


def register(session: Session, need: Need) -> Sequence[Agreement]:
    """The acceptances, withdrawn ones too, the newest first."""
    query = select(Agreement).where(Agreement.need_id == need.id).order_by(Agreement.id.desc())
    return session.scalars(
        query.options(joinedload(Agreement.organisation), joinedload(Agreement.user))
    ).all()
