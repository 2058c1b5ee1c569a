"""The entry of a quote with its papers: by its author on the site, or by the centre for a supplier that sent
it on paper.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.models import Match, Quote, User
from matchmaker.services.mail import letters
from matchmaker.services.quotes import messages, quote_attachments, quotes
from matchmaker.services.quotes.quote_terms import QuoteTerms


@dataclass(frozen=True, slots=True)
class QuoteEntry:
    """A quote to be entered: its terms, new papers (file name, stream), and the public ids of papers to be removed."""

    terms: QuoteTerms
    papers: Sequence[tuple[str, IO[bytes]]] = ()
    dropped: Collection[str] = ()


def save(
    session: Session,
    match: Match,
    entry: QuoteEntry,
    user: User | None,
    folder: Path,
    *,
    revision: int | None,
    submit: bool,
) -> Quote:
    """Store the author's draft, or submit it, with its papers; raises as `quotes.save` and
    `quote_attachments.change`.
    """
    quote = quotes.save(session, match, entry.terms, user, revision=revision, submit=submit)
    quote_attachments.change(session, quote, entry.papers, entry.dropped, user, folder)
    return quote


def change_papers(
    session: Session,
    match: Match,
    user: User,
    folder: Path,
    papers: Sequence[tuple[str, IO[bytes]]] = (),
    dropped: Collection[str] = (),
) -> Quote:
    """Add and remove papers of the author's quote, before its deadline. Raises QuoteClosed, NotFound, InvalidRecord."""
    need, quote = quotes.open_need(session, match), quotes.of_match(session, match)
    if quote is None:
        raise NotFound(what="quote", key=need.public_id)
    quote_attachments.change(session, quote, papers, dropped, user, folder)
    return quote


def enter_for_supplier(session: Session, match: Match, entry: QuoteEntry, user: User, folder: Path) -> Quote:
    """Enter a quote that a supplier sent on paper, and notify the supplier. Raises as `quotes.enter`,
    InvalidRecord.
    """
    if (known := quotes.entered_before(session, match, entry.terms)) is not None:
        return known
    quote = quotes.enter(session, match, entry.terms, user)
    quote_attachments.change(session, quote, entry.papers, entry.dropped, user, folder)
    words = letters.words("ru" if match.profile.organisation.name_ru else "en")
    told = words(N_("The centre has entered the quote that you sent on paper. Please look it over."))
    messages.write(session, match, told, user, writer="centre", audience="supplier")
    return quote
