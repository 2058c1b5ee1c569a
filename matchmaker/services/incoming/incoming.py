"""A letter that came in, taken once: as an answer in its thread, a draft quote, a draft need, or one that a person looks at.

Nobody is answered but a person with an account or the address that the answered letter went to, and no program ever, so that two
machines never write to each other. A letter never publishes, sends or awards anything: who may do that confirms a draft on the site.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path, PurePath

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from importers import parts as lists
from matchmaker.domain.access import STAFF_ROLES
from matchmaker.domain.errors import FileTooLarge, MatchmakerError
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import LetterState, MailState, MembershipState
from matchmaker.domain.records import NeedRecord, parse, to_data
from matchmaker.models import Centre, LetterIn, Mail, Match, Need, Organisation, User
from matchmaker.models.base import now
from matchmaker.services.core import blobs, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.incoming import letter_parts
from matchmaker.services.incoming.letter_parts import AttachedFile, LetterParts
from matchmaker.services.mail import letters, recipients, thread_addresses, undelivered
from matchmaker.services.mail.recipients import Recipient
from matchmaker.services.mail.thread_addresses import LetterThread
from matchmaker.services.matching import matching
from matchmaker.services.matching.matching import Matching
from matchmaker.services.needs import drawings, intake, ndas, need_summary, needs
from matchmaker.services.needs.drawings import ReceivedFile
from matchmaker.services.people import accounts
from matchmaker.services.quotes import messages, quote_attachments, quotes
from matchmaker.services.shortlist import invitations
from search.text.contact_data import names_price

_LISTS = frozenset({".xlsx", ".xls", ".ods", ".csv"})
MOST_AN_HOUR = 20  # letters of one sender that are taken without an operator
KEPT = timedelta(days=180)  # a letter that was dealt with
_SUPPLIER, _BUYER = "supplier_editor", "contractor_buyer"
_log = logging.getLogger(__name__)

# Why a letter waits for an operator, in words for its page.
REASONS = {
    "stranger": N_("Nobody here has this address."),
    "other_address": N_("It answers a letter that went to another address."),
    "no_account": N_("The firm has no account, so nobody can write into the thread for it but the centre."),
    "many": N_("Many letters came from this address within an hour."),
    "several_firms": N_("The person buys for several firms; the letter does not say for which."),
    "no_buyer": N_("The person may not post needs."),
    "empty": N_("There are neither words nor files."),
    "operator": N_("It comes from somebody of the centre."),
    "thread_over": N_("The thread that it answers in is over, or quotes are no longer taken."),
    "agreement": N_("A quote needs the agreement on secrecy first."),
    "refused": N_("What it holds could not be taken as it is."),
}


@dataclass(frozen=True, slots=True)
class Mailroom:
    """What the taking of letters needs: the data folder, the code of the centre, the day, and the reader of needs."""

    data: Path
    centre: str
    today: date
    matching: Matching


class _Waits(Exception):
    """The letter is for an operator; `why` is one of REASONS."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Came:
    """A letter under way: its row, its parts, and where its files lie."""

    row: LetterIn
    parts: LetterParts
    room: Mailroom


def take(session: Session, raw: bytes, room: Mailroom, to: str = "") -> LetterIn:
    """Take a letter; the same bytes, or the same Message-ID of the same sender, are one. `to` is the recipient that a server named.

    Raises FileTooLarge.
    """
    if len(raw) > letter_parts.LARGEST:
        raise FileTooLarge(N_("The file is larger than %(most)s MB."), most=letter_parts.LARGEST // 1_000_000)
    parts = letter_parts.read(raw, to)
    centre = needs.centre_of(session, room.centre)
    session.get_one(Centre, centre.id, with_for_update=True, populate_existing=True)
    if (known := _known(session, raw, parts)) is not None:
        return known
    kept = blobs.keep_any(room.data / "files", BytesIO(raw), largest=letter_parts.LARGEST)
    row = LetterIn(
        centre_id=centre.id,
        sha256=kept.sha256,
        message_id=parts.message_id or None,
        sender=parts.sender,
        name=parts.name or None,
        subject=parts.subject,
        text=parts.text,
        files=letter_parts.names(parts.files),
        kind="letter",
        state=LetterState.WAITING,
    )
    session.add(row)
    session.flush()
    _sort(session, _Came(row, parts, room))
    return row


def _known(session: Session, raw: bytes, parts: LetterParts) -> LetterIn | None:
    same = LetterIn.sha256 == hashlib.sha256(raw).hexdigest()
    if parts.message_id:
        same |= (LetterIn.message_id == parts.message_id) & (LetterIn.sender == parts.sender)
    return session.scalars(select(LetterIn).where(same).limit(1)).first()


def _sort(session: Session, came: _Came) -> None:
    """Do what the letter asks for; what cannot be done leaves it to an operator with nothing half done."""
    row, parts = came.row, came.parts
    if parts.undelivered:
        row.kind, row.state = "bounce", LetterState.TAKEN
        _bounced(session, parts.undelivered)
        return
    if parts.is_automatic or _is_own(session, parts):
        row.kind, row.state = "automatic", LetterState.ASIDE
        return
    thread = thread_addresses.thread_of(site_of(session), parts.to, parts.sender)
    if thread is not None:
        _point(session, row, thread)
    try:
        with session.begin_nested():
            _act(session, came, thread)
            row.state = LetterState.TAKEN
    except _Waits as reason:
        row.why = reason.why
    except MatchmakerError as error:
        _log.info("A letter waits for an operator: %s", error.code)
        row.why = "refused"
    row.changed_at = now()


def _bounced(session: Session, message_ids: Sequence[str]) -> None:
    """Tell of letters that were sent and came back, once each; who made the report up learns and changes no more than that one
    letter did not arrive.
    """
    lost = Mail.message_id.in_(message_ids), Mail.state == MailState.SENT
    words = "Returned by a mail server"
    found = session.scalars(
        update(Mail).where(*lost).values(state=MailState.DEAD, error=words).returning(Mail.id)
    ).all()
    for key in found:
        undelivered.tell(session, key)


def _is_own(session: Session, parts: LetterParts) -> bool:
    """Whether the site wrote it itself: it went in a circle."""
    site = site_of(session)
    if parts.sender in {site.mail_in.casefold(), site.sender.casefold()}:
        return True
    query = select(Mail.id).where(Mail.message_id == parts.message_id).limit(1)
    return bool(parts.message_id) and session.scalar(query) is not None


def _act(session: Session, came: _Came, thread: LetterThread | None) -> None:
    row, parts = came.row, came.parts
    person = accounts.find(session, parts.sender) if parts.sender else None
    person = person if person is not None and person.active and person.confirmed_at else None
    if not parts.text and not parts.files:
        raise _Waits("empty")
    if _is_busy(session, row):
        raise _Waits("many")
    if thread is None:
        if person is None:
            raise _Waits("stranger")
        _need(session, came, person)
    elif not thread.is_own:
        raise _Waits("other_address")
    elif row.match_id is None:
        raise _Waits("thread_over" if row.need_id is None else "no_account")
    else:
        _answer(session, came, person)


def _point(session: Session, row: LetterIn, thread: LetterThread) -> None:
    """Name the need, and the match, whose thread the letter answers in."""
    row.kind = "answer"
    if thread.kind == "m":
        match = session.scalar(select(Match).where(Match.public_id == thread.key))
        row.match_id, row.need_id = (match.id, match.need_id) if match else (None, None)
    else:
        row.need_id = session.scalar(select(Need.id).where(Need.public_id == thread.key))


def _is_busy(session: Session, row: LetterIn) -> bool:
    lately = LetterIn.sender == row.sender, LetterIn.created_at > now() - timedelta(hours=1)
    return (session.scalar(select(func.count()).where(*lately)) or 0) > MOST_AN_HOUR


def _held(person: User, role: str) -> list[Organisation]:
    """The organisations in which a person has a role."""
    return [
        one.organisation
        for one in person.memberships
        if one.role == role and one.state == MembershipState.ACTIVE and one.organisation is not None
    ]


def _answer(session: Session, came: _Came, person: User | None) -> None:
    """An answer in the thread of a match: a message, or a draft of its supplier's quote."""
    match = session.get_one(Match, came.row.match_id)
    if not match.is_in_conversation:
        raise _Waits("thread_over")
    firm, buyer = match.profile.organisation, match.need.contractor
    if person is None:
        if recipients.contact_of(match.profile).casefold() == came.parts.sender and _is_quote(came.parts):
            return _quote(session, came, match, None)
        raise _Waits("no_account")
    if any(one.id == firm.id for one in _held(person, _SUPPLIER)):
        if _is_quote(came.parts):
            return _quote(session, came, match, person)
        return _write(session, came, match, person, "supplier")
    if buyer is not None and any(one.id == buyer.id for one in _held(person, _BUYER)):
        return _write(session, came, match, person, "contractor")
    raise _Waits("other_address")


def _is_quote(parts: LetterParts) -> bool:
    """Whether an answer is a quote: a PDF, or a price in its words, which nobody may read before the quotes are opened."""
    return any(one.is_pdf for one in parts.files) or names_price(parts.answer)


def _write(session: Session, came: _Came, match: Match, person: User, side: str) -> None:
    if came.parts.files:
        raise _Waits("refused")  # a message holds no files; an operator sees where they belong
    words = came.parts.answer[: messages.LONGEST]
    messages.write(session, match, words, person, writer=side, form=f"letter {came.row.public_id}")


def _quote(session: Session, came: _Came, match: Match, person: User | None) -> None:
    """A draft of the supplier's quote: the PDF as its paper, the words as its remarks. The price is left to whoever confirms it."""
    if not match.is_within_circle:
        raise _Waits("thread_over")
    firm, need = match.profile.organisation, match.need
    by_letter = person is None and invitations.may_quote_by_letter(session, match)
    if not by_letter and not ndas.needs_none(session, need) and ndas.in_force(session, need, firm) is None:
        raise _Waits("agreement")
    if person is None and not by_letter:
        raise _Waits("no_account")
    quotes.open_need(session, match)
    quote = quotes.draft_of_letter(session, match, came.parts.answer[:4_000], person)
    papers = [(one.name, BytesIO(one.content)) for one in came.parts.files if one.is_pdf]
    quote_attachments.change(session, quote, papers, (), person, came.room.data / "files")
    came.row.kind = "quote"
    if person is not None:
        reader = recipients.of_user(person)
    else:
        reader = Recipient(came.parts.sender, "ru" if firm.name_ru else "en")
    path = invitations.quote_path(session, match, reader)
    _tell(session, reader, need, "quote", path)


def _need(session: Session, came: _Came, person: User) -> None:
    """A draft need of a buyer, with the files as drawings, and the parts that the reader finds as positions."""
    firms = _held(person, _BUYER)
    if len(firms) != 1:
        at_centre = any(one.role in STAFF_ROLES for one in person.memberships)
        raise _Waits("several_firms" if firms else "operator" if at_centre else "no_buyer")
    made = draft(session, came.row, came.parts, firms[0], person, came.room)
    understood = matching.understand(needs.record(made), came.room.matching)
    words = letters.words(person.language)
    asked = [words(intake.QUESTIONS[key]) for key in intake.unanswered(understood.requirements)]
    _tell(session, recipients.of_user(person), made, "need", urls.need(made.public_id), asked)


def draft(
    session: Session, row: LetterIn, parts: LetterParts, firm: Organisation | None, user: User, room: Mailroom
) -> Need:
    """The draft need of a letter. Raises FileRefused for a file that is none, InvalidRecord for words that are no need."""
    record = _record(parts, row, room)
    received = [_received(one, room) for one in parts.files]
    posting = needs.NeedPosting(contractor=firm, channel="e-mail")
    need = needs.post(session, record, centre=row.centre, by=user.public_id, posting=posting)
    session.flush()
    for one in received:
        drawings.add(session, need, one, user)
    if firm is None or parts.sender != user.email_key:
        need.details = {**need.details, "contact": f"{parts.name} <{parts.sender}>".strip()[:300]}
    row.kind, row.need_id = "need", need.id
    return need


def _record(parts: LetterParts, row: LetterIn, room: Mailroom) -> NeedRecord:
    """The words as a need. Its positions are the rows of a list among the files, else the parts that the reader finds."""
    rows = _listed(parts, row, room)
    said = "\n\n".join(filter(None, (parts.text, rows)))
    given = {"id": f"letter-{row.public_id}", "text": said or parts.subject, "title": parts.subject or None}
    record = parse(NeedRecord, {name: value for name, value in given.items() if value})
    table = lists.pasted(rows) if rows else None
    found = (
        [(one.title, one.text) for one in table.parts()]
        if table
        else [(one.part.title, one.part.words) for one in matching.understand(record, room.matching).parts]
    )
    positions = [
        {"id": str(number), **({"title": title[:300]} if title else {}), "text": words}
        for number, (title, words) in enumerate(found, 1)
    ]
    return parse(NeedRecord, {**to_data(record), "positions": positions}) if positions else record


def _listed(parts: LetterParts, row: LetterIn, room: Mailroom) -> str:
    """The rows of the first list of parts among the files as text, "" where none can be read."""
    for one in parts.files:
        if PurePath(one.name).suffix.casefold() in _LISTS and len(one.content) <= intake.LARGEST:
            kept = blobs.keep_any(room.data / "files", BytesIO(one.content), largest=intake.LARGEST)
            asked = {"name": one.name, "sha256": kept.sha256, "by": row.public_id}
            return str(intake.rows_of_list(asked, room.data).get("text", ""))
    return ""


def _received(file: AttachedFile, room: Mailroom) -> ReceivedFile:
    return drawings.receive((file.name, BytesIO(file.content)), room.data)


def _tell(
    session: Session, reader: Recipient, need: Need, what: str, path: str, questions: Sequence[str] = ()
) -> None:
    """Tell the sender what became of the letter."""
    title = need_summary.title_in_letters(need, reader.language)
    values = {"title": title, "what": what, "questions": list(questions), "path": path}
    letters.post(session, "draft_of_letter", reader.email, reader.language, values)


def parts_of(row: LetterIn, data: Path) -> LetterParts:
    """The parts of a letter that is kept. Raises FileMissing."""
    return letter_parts.read(blobs.read(data / "files", row.sha256, row.public_id))


def forget_old(session: Session) -> None:
    """Delete letters that were dealt with long ago; what was made of them stays."""
    old = LetterIn.state != LetterState.WAITING, LetterIn.changed_at < now() - KEPT
    session.execute(delete(LetterIn).where(*old))
