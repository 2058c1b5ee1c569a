"""The papers of a quote: a calculation, terms, a sketch. They are sealed and opened with the quote itself."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import FileRefused, InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Match, Need, Profile, Quote, StoredFile, User
from matchmaker.services.core import blobs, journal

LARGEST = 10_000_000  # bytes of one
MOST = 5  # papers of a quote


def change(
    session: Session,
    quote: Quote,
    uploads: Sequence[tuple[str, IO[bytes]]],
    drop: Collection[str],
    user: User | None,
    folder: Path,
) -> None:
    """Remove the papers of these keys and store new ones (file name, stream); no user where the link of a letter allows it.
    Raises InvalidRecord by field "file".
    """
    author = user.public_id if user else "letter"
    present = {one.public_id: one for one in of_quotes(session, [quote]).get(quote.id, ())}
    for key in drop:
        if key in present:
            gone = present.pop(key)
            gone.details = {**gone.details, "removed": True}
            journal.note(session, author, "quote.paper_removed", quote, _traced(quote, gone))
    if len(present) + len(uploads) > MOST:
        text = N_("A quote holds at most %(most)s attachments; remove one.")
        raise InvalidRecord((Problem("file", "papers.many", text, "", {"most": MOST}),))
    for name, stream in uploads:
        stored = _kept(quote, name, stream, user, folder)
        if any(one.sha256 == stored.sha256 for one in present.values()):
            continue
        session.add(stored)
        session.flush()
        present[stored.public_id] = stored
        journal.note(session, author, "quote.paper_added", quote, _traced(quote, stored))


def _kept(quote: Quote, name: str, stream: IO[bytes], user: User | None, folder: Path) -> StoredFile:
    shown = " ".join(name.split())[:300] or "paper"
    try:
        kept = blobs.keep(folder, stream, largest=LARGEST)
    except FileRefused as error:
        raise InvalidRecord((Problem("file", error.code, error.template, shown, error.params),)) from error
    return StoredFile(
        quote_id=quote.id,
        role="quote",
        name=shown,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        uploaded_by_id=user.id if user else None,
        details={},
    )


def of_quotes(session: Session, quotes: Collection[Quote]) -> dict[int, list[StoredFile]]:
    """The papers of quotes, by the quote's id."""
    query = select(StoredFile).where(StoredFile.quote_id.in_([quote.id for quote in quotes]))
    found: dict[int, list[StoredFile]] = {}
    for stored in session.scalars(query.order_by(StoredFile.id)):
        if stored.quote_id is not None and not stored.details.get("removed"):
            found.setdefault(stored.quote_id, []).append(stored)
    return found


def by_key(session: Session, key: str) -> tuple[StoredFile, Quote]:
    """A paper and its quote. Raises NotFound, for a removed paper too."""
    firm = joinedload(Quote.match).joinedload(Match.profile).joinedload(Profile.organisation)
    need = joinedload(Quote.match).joinedload(Match.need)
    whole = (firm, need.joinedload(Need.centre), need.joinedload(Need.contractor))
    query = select(StoredFile, Quote).join(Quote, Quote.id == StoredFile.quote_id).options(*whole)
    found = session.execute(query.where(StoredFile.public_id == key, StoredFile.role == "quote")).first()
    if found is None or found[0].details.get("removed"):
        raise NotFound(what="file", key=key)
    return found[0], found[1]


def opened(session: Session, quote: Quote, stored: StoredFile, user: User) -> None:
    """Record the opening of a paper by a person."""
    journal.note(session, user.public_id, "quote.paper_opened", quote, _traced(quote, stored))


def _traced(quote: Quote, stored: StoredFile) -> dict[str, str]:
    """A paper as the journal names it."""
    return {"need": quote.match.need.public_id, **journal.of_file(stored)}
