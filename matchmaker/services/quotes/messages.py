"""Messages about a match between contractor, supplier and centre: the readers of each, and the e-mails that
announce them.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import IN_CONVERSATION, WITH_QUOTE
from matchmaker.models import Match, Message, Need, Organisation, Profile, User, within_circle
from matchmaker.models.base import now
from matchmaker.services.core import journal, locks, signed_links, urls
from matchmaker.services.mail import letters, preferences, recipients
from matchmaker.services.needs import need_summary, quote_rounds
from matchmaker.services.people import memberships
from matchmaker.services.quotes import unread
from matchmaker.services.quotes.unread import READABLE

LONGEST = 4_000
SAME_WITHIN = timedelta(minutes=1)  # within it, the same words to the same readers are a repeated press


def threads(session: Session, need: Need, side: str, own: Collection[str] = ()) -> Sequence[Match]:
    """The matches of a need that a side may read and write about.

    The centre has all of the invited suppliers; a supplier those of its `own` organisations (public ids); the
    contractor those that it knows: released to it, with a message to it, or with a quote that is open.
    """
    query = (
        select(Match)
        .join(Match.profile)
        .join(Profile.organisation)
        .where(Match.need_id == need.id, Match.state.in_(IN_CONVERSATION))
        .order_by(Match.position, Match.id)
        .options(joinedload(Match.profile).joinedload(Profile.organisation))
    )
    if side == "supplier":
        query = query.where(Organisation.public_id.in_(own))
    if side == "contractor":
        told = select(Message.match_id).where(Message.audience.in_(READABLE["contractor"]))
        known = [Match.released_at.is_not(None), Match.id.in_(told)]
        if not quote_rounds.sealed(session, need):
            known.append(Match.state.in_(WITH_QUOTE))
        query = query.where(or_(*known))
    found = session.scalars(query).all()
    # A contract that may be taken back begins no conversation with a firm that was not invited.
    return [one for one in found if one.is_in_conversation] if side == "supplier" else found


def latest(session: Session, organisation: str, most: int = 10) -> Sequence[tuple[Match, datetime]]:
    """An organisation's threads (public id) with messages for it, and the time of the last message of each."""
    heard = select(Message.match_id, func.max(Message.at).label("at"))
    last = heard.where(Message.audience.in_(READABLE["supplier"])).group_by(Message.match_id).subquery()
    query = (
        select(Match, last.c.at)
        .join(last, last.c.match_id == Match.id)
        .join(Match.profile)
        .join(Profile.organisation)
        .where(Organisation.public_id == organisation, within_circle())
        .order_by(last.c.at.desc(), Match.id.desc())
        .limit(most)
        .options(joinedload(Match.need))
    )
    return [(match, moment) for match, moment in session.execute(query)]


def of_match(session: Session, match: Match, reader: str) -> Sequence[Message]:
    """The messages that a reader ("supplier", "contractor" or "centre") may see, the oldest first."""
    query = select(Message).where(Message.match_id == match.id, Message.audience.in_(READABLE[reader]))
    return session.scalars(query.order_by(Message.id)).all()


def audiences(match: Match, writer: str) -> tuple[str, ...]:
    """The audiences that a side may write to: a supplier that has left the need could not read a message."""
    if match.is_within_circle:
        return READABLE[writer]
    return tuple(code for code in READABLE[writer] if code not in READABLE["supplier"])


def write(
    session: Session,
    match: Match,
    text: str,
    user: User,
    *,
    writer: str,
    audience: str = "all",
    form: str = "",
) -> Message:
    """Write a message and notify its readers by e-mail; the same words in the same form (its token) are one message. Raises
    InvalidRecord, NotFound for an audience that the side does not have.
    """
    words = text.strip()
    _check(words)
    if audience not in audiences(match, writer):
        raise NotFound(what="audience", key=audience)
    # Two presses of a button take turns, so that the second one finds the message of the first.
    locks.lock_row(session, match)
    query = select(Message).where(Message.match_id == match.id, Message.by_id == user.id)
    same = query.where(Message.side == writer, Message.audience == audience).order_by(Message.id.desc())
    last = session.scalars(same.limit(1)).first()
    if last is not None and last.text == words and now() - last.at < SAME_WITHIN:
        return last
    if form and not signed_links.first(session, "message", _press(form, user, audience, words)):
        sent = session.scalars(same.where(Message.text == words).limit(1)).first()
        if sent is not None:
            return sent
    made = Message(match_id=match.id, by_id=user.id, side=writer, audience=audience, text=words)
    session.add(made)
    session.flush()
    journal.note(session, user.public_id, "message.written", match, {"audience": audience})
    _tell(session, match, made, user)
    return made


def _press(form: str, user: User, audience: str, words: str) -> str:
    """The words of a form: sent again they are the same press, changed they are another message."""
    said = hashlib.sha256(f"{audience} {words}".encode()).hexdigest()
    return f"{user.public_id} {form} {said}"


def _check(words: str) -> None:
    if not words:
        raise InvalidRecord((Problem("text", "text.empty", N_("Write something first.")),))
    if len(words) > LONGEST:
        message = N_("Too long: at most %(max_length)s.")
        raise InvalidRecord((Problem("text", "text.long", message, "", {"max_length": LONGEST}),))


def _tell(session: Session, match: Match, message: Message, writer: User) -> None:
    need = match.need
    path = urls.messages(need.public_id, match.public_id)
    readers = _readers(session, match, message)
    unread.keep(session, message, readers)
    for person in readers:
        if person.id != message.by_id and preferences.wants(person, "new_message"):
            sender = _sender(match, message.side, person.language)
            values = {
                "title": need_summary.title_in_letters(need, person.language),
                "sender": sender,
                "path": path,
            }
            to = person.email, person.language
            letters.post(session, "new_message", *to, values, about=match.public_id, by=writer)


def _readers(session: Session, match: Match, message: Message) -> Collection[User]:
    """The people to notify, each once; the centre is notified only of messages that nobody else reads, others
    it finds on the site.
    """
    sides: list[tuple[Organisation | None, str]] = []
    if message.audience in READABLE["supplier"]:
        sides.append((match.profile.organisation, "supplier_editor"))
    if message.audience in READABLE["contractor"]:
        sides.append((match.need.contractor, "contractor_buyer"))
    found = list(recipients.of_sides(session, sides))
    if message.audience == message.side:
        found += memberships.operators(session, match.need.centre_id)
    return {person.id: person for person in found}.values()


def _sender(match: Match, side: str, language: str) -> str:
    """The writer, as the e-mail names it; a contractor is named only where everybody may know it."""
    _ = letters.words(language)
    need = match.need
    if side == "supplier":
        return match.profile.organisation.name(language)
    if side == "contractor" and need.disclosure == "open" and need.contractor:
        return need.contractor.name(language)
    named = _(N_("the contractor")) if side == "contractor" else _(N_("the centre"))
    return named[:1].upper() + named[1:]
