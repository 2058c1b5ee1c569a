"""The letters that wait for an operator: what each was about, and what the operator makes of it."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import NotFound, NotNow
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import LetterState
from matchmaker.models import Centre, LetterIn, Match, Need, Profile, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, locks
from matchmaker.services.incoming import incoming
from matchmaker.services.incoming.incoming import Mailroom
from matchmaker.services.incoming.letter_parts import without_quotes
from matchmaker.services.mail import letters
from matchmaker.services.needs import intake
from matchmaker.services.needs.intake import IntakeCaller
from matchmaker.services.quotes import messages

MOST = 100
_firm = joinedload(LetterIn.match).joinedload(Match.profile).joinedload(Profile.organisation)


# What a page shows of a letter beside its own columns.
SHOWN = (joinedload(LetterIn.need), _firm)


def waiting(session: Session, centre: Centre, most: int = MOST) -> Sequence[LetterIn]:
    """The letters that nobody has looked at, the longest waiting first."""
    return _listed(session, centre, most, [LetterState.WAITING])


def waiting_ids(centre: Centre, most: int) -> Select[int]:
    """The same by their ids."""
    waits = LetterIn.centre_id == centre.id, LetterIn.state == LetterState.WAITING
    return select(LetterIn.id).where(*waits).order_by(LetterIn.id).limit(most)


def settled(session: Session, centre: Centre, most: int = MOST) -> Sequence[LetterIn]:
    """The last letters of which something was made, or that were left as they are."""
    return _listed(session, centre, most, [LetterState.TAKEN, LetterState.ASIDE])


def _listed(session: Session, centre: Centre, most: int, states: Sequence[LetterState]) -> Sequence[LetterIn]:
    query = select(LetterIn).where(LetterIn.centre_id == centre.id, LetterIn.state.in_(states))
    order = LetterIn.id if LetterState.WAITING in states else LetterIn.id.desc()
    return session.scalars(query.options(*SHOWN).order_by(order).limit(most)).all()


def by_key(session: Session, centre: Centre, key: str) -> LetterIn:
    """A letter of the centre by its public id. Raises NotFound."""
    query = select(LetterIn).where(LetterIn.centre_id == centre.id, LetterIn.public_id == key)
    found = session.scalar(query.options(*SHOWN))
    if found is None:
        raise NotFound(what="letter", key=key)
    return found


def put_aside(session: Session, letter: LetterIn, user: User) -> None:
    """Leave a letter as it is; said again it changes nothing."""
    if letter.is_waiting:
        _settle(letter, LetterState.ASIDE, user)
        journal.note(session, user.public_id, "incoming.aside", letter.centre, {"letter": letter.public_id})


def take_as_need(
    session: Session, letter: LetterIn, caller: IntakeCaller, user: User, room: Mailroom
) -> Need:
    """The draft need of a letter for its contractor, with its files as drawings; a second press finds the first one's. Raises
    FileMissing, FileRefused, InvalidRecord by field, NotNow.
    """
    locks.lock_row(session, letter.centre)
    session.refresh(letter)
    if letter.kind == "need" and letter.need is not None:
        return letter.need
    _demand_waiting(letter)
    firm = intake.contractor(session, letter.centre, caller, by=user.public_id)
    made = incoming.draft(session, letter, incoming.parts_of(letter, room.data), firm, user, room)
    _settle(letter, LetterState.TAKEN, user)
    return made


def pass_on(session: Session, letter: LetterIn, user: User) -> Match:
    """Write the words of a letter into the thread that it answers in, as the centre was told them, for all of it to read. Raises
    NotNow, InvalidRecord.
    """
    _demand_waiting(letter)
    match = letter.match
    if match is None or not match.is_in_conversation:
        raise NotNow(N_("The thread that it answers in is over, or quotes are no longer taken."))
    firm = match.profile.organisation
    words = letters.words("ru" if firm.name_ru else "en")
    told = words(N_("By e-mail from %(sender)s:")) % {"sender": firm.name("ru" if firm.name_ru else "en")}
    said = f"{told}\n\n{without_quotes(letter.text)}"[: messages.LONGEST]
    messages.write(session, match, said, user, writer="centre", form=f"letter {letter.public_id}")
    _settle(letter, LetterState.TAKEN, user)
    given = {"letter": letter.public_id, "match": match.public_id}
    journal.note(session, user.public_id, "incoming.passed_on", letter.centre, given)
    return match


def _demand_waiting(letter: LetterIn) -> None:
    if not letter.is_waiting:
        raise NotNow(N_("Somebody has dealt with this letter already."))


def _settle(letter: LetterIn, state: LetterState, user: User) -> None:
    letter.state, letter.settled_by_id, letter.changed_at = state, user.id, now()
