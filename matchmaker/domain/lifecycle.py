"""The states of needs, profiles, matches, quotes and other objects: their words, the allowed moves, and the
named sets that rules ask for.

A page, an e-mail or a query asks one of these sets, or the object that has the state; it never compares
words. Services record every move of a need, a profile or a match.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from matchmaker.domain.errors import MoveNotAllowed

State = TypeVar("State", bound=StrEnum)
Moves = Mapping[State, frozenset[State]]


def check_move(moves: Moves[State], state: State, target: State) -> None:
    """Raise MoveNotAllowed unless `target` may follow `state`; a move to the same state is refused too."""
    if target not in moves[state]:
        raise MoveNotAllowed(state=state, target=target)


class ProfileState(StrEnum):
    """A published profile stays visible while its changes wait; the changes are stored beside it, with a
    ReviewState.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    BLOCKED = "blocked"


PROFILE_MOVES: Moves[ProfileState] = {
    ProfileState.DRAFT: frozenset({ProfileState.SUBMITTED, ProfileState.PUBLISHED, ProfileState.BLOCKED}),
    ProfileState.SUBMITTED: frozenset({ProfileState.RETURNED, ProfileState.PUBLISHED, ProfileState.BLOCKED}),
    ProfileState.RETURNED: frozenset({ProfileState.SUBMITTED, ProfileState.PUBLISHED, ProfileState.BLOCKED}),
    ProfileState.PUBLISHED: frozenset({ProfileState.DRAFT, ProfileState.BLOCKED}),
    ProfileState.BLOCKED: frozenset({ProfileState.DRAFT, ProfileState.PUBLISHED}),
}


class ReviewState(StrEnum):
    """The state of a profile's waiting changes: with the supplier, with the centre, or returned to the
    supplier.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"


# A submitted change that its author edits is a draft again; a returned one stays returned till it is submitted.
REVIEW_MOVES: Moves[ReviewState] = {
    ReviewState.DRAFT: frozenset({ReviewState.SUBMITTED}),
    ReviewState.SUBMITTED: frozenset({ReviewState.DRAFT, ReviewState.RETURNED}),
    ReviewState.RETURNED: frozenset({ReviewState.SUBMITTED}),
}


class CertificateStatus(StrEnum):
    """The state of a certificate that the supplier declares, and SUSPENDED where the centre has found against
    it.
    """

    IMPLEMENTING = "implementing"
    CERTIFIED = "certified"
    SUSPENDED = "suspended"


class CertificationStage(StrEnum):
    """The stages of a supplier on the ladder to a certificate, in their order; an audit that failed leads back."""

    NONE = "none"
    DIAGNOSIS = "diagnosis"
    DOCUMENTED = "documented"
    INTERNAL_AUDIT = "internal-audit"
    CERTIFICATION_AUDIT = "certification-audit"
    CERTIFIED = "certified"
    SURVEILLANCE = "surveillance"


# The certificate is there: issued, and then watched by the body that issued it.
CERTIFIED_STAGES = frozenset({CertificationStage.CERTIFIED, CertificationStage.SURVEILLANCE})
# Work on a certificate goes on.
STAGES_UNDER_WAY = frozenset(CertificationStage) - CERTIFIED_STAGES - {CertificationStage.NONE}


class CardState(StrEnum):
    """The state of a development card: open, done once the matcher finds its gap closed, or given up."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class NeedState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    SHORTLISTING = "shortlisting"
    NEGOTIATION = "negotiation"
    CONTRACTED = "contracted"
    COMPLETED = "completed"
    CLOSED = "closed"
    EXPIRED = "expired"


# Ended without a contract.
ABANDONED_NEEDS = frozenset({NeedState.CLOSED, NeedState.EXPIRED})
NEED_MOVES: Moves[NeedState] = {
    NeedState.DRAFT: frozenset({NeedState.SUBMITTED, NeedState.CLOSED}),
    NeedState.SUBMITTED: frozenset({NeedState.DRAFT, NeedState.PUBLISHED}) | ABANDONED_NEEDS,
    NeedState.PUBLISHED: frozenset({NeedState.DRAFT, NeedState.SHORTLISTING}) | ABANDONED_NEEDS,
    NeedState.SHORTLISTING: frozenset({NeedState.PUBLISHED, NeedState.NEGOTIATION}) | ABANDONED_NEEDS,
    NeedState.NEGOTIATION: frozenset({NeedState.SHORTLISTING, NeedState.CONTRACTED}) | ABANDONED_NEEDS,
    NeedState.CONTRACTED: frozenset({NeedState.COMPLETED, NeedState.CLOSED}),
    NeedState.COMPLETED: frozenset(),
    NeedState.CLOSED: frozenset({NeedState.DRAFT}),
    NeedState.EXPIRED: frozenset({NeedState.DRAFT}),
}

# Being written or read: the centre still asks the contractor back, and no supplier is shown the need.
NEEDS_IN_PREPARATION = frozenset({NeedState.DRAFT, NeedState.SUBMITTED})
# Matched by `matchmaker match --all`, shown to the suppliers it reaches, taking answers and quotes.
OPEN_NEEDS = frozenset({NeedState.PUBLISHED, NeedState.SHORTLISTING, NeedState.NEGOTIATION})
# The centre works on it: it goes back to its contractor only with a reason.
NEEDS_WITH_THE_CENTRE = OPEN_NEEDS | {NeedState.SUBMITTED}
# Its centre alone brings a need into these; its contractor submits, takes back and closes.
MOVES_OF_THE_CENTRE = OPEN_NEEDS | {NeedState.EXPIRED}
# Nobody negotiates yet, so that it expires with its delivery date.
EXPIRING_NEEDS = frozenset({NeedState.PUBLISHED, NeedState.SHORTLISTING})
# A contract may be made with one of its suppliers.
AWARDABLE_NEEDS = frozenset({NeedState.SHORTLISTING, NeedState.NEGOTIATION})
# A contract was made.
AWARDED_NEEDS = frozenset({NeedState.CONTRACTED, NeedState.COMPLETED})
# Published, with or without a contract: read by everybody it reaches. Only its owner reads an abandoned need.
RELEASED_NEEDS = OPEN_NEEDS | AWARDED_NEEDS
# Over, with a contract or without: suppliers must receive the outcome.
ENDED_NEEDS = AWARDED_NEEDS | ABANDONED_NEEDS


class MatchState(StrEnum):
    """The state of a supplier for a need: proposed, or the kind of the last decision about it. See DECISIONS."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    INVITED = "invited"
    INTERESTED = "interested"
    DECLINED = "declined"
    QUOTED = "quoted"
    CONTRACTED = "contracted"
    LOST = "lost"


# The kinds of decisions; each leads a match to the state of its name.
DECISIONS = tuple(state for state in MatchState if state is not MatchState.PROPOSED)

# Invited, and neither withdrawn nor rejected: the supplier holds one of the need's seats.
SEATED = frozenset({MatchState.INVITED, MatchState.INTERESTED, MatchState.QUOTED, MatchState.CONTRACTED})
# The circle of invited suppliers, who may see what others may not: those that hold a seat.
WITHIN_CIRCLE = SEATED
# The supplier has received nothing about the need; the operator may still decide either way.
UNTOLD = frozenset({MatchState.PROPOSED, MatchState.APPROVED, MatchState.REJECTED})
# The supplier knows its state: it was invited, whatever the result.
TOLD = frozenset(MatchState) - UNTOLD
# The supplier may answer its invitation, or answer otherwise, as long as the need is open.
ANSWERABLE = frozenset({MatchState.INVITED, MatchState.INTERESTED, MatchState.DECLINED})
# An invitation that was answered, by the supplier or by a later decision.
ANSWERED = TOLD - {MatchState.INVITED}
# May be invited or notified: the operator has not said no, and nobody was invited.
INVITABLE = UNTOLD - {MatchState.REJECTED}
# Decisions that stay within the centre until the shortlist is released, and that an operator makes one by one.
INWARD = UNTOLD - {MatchState.PROPOSED}
# The contractor is shown these of a shortlist.
RELEASABLE = SEATED | {MatchState.APPROVED}
# The supplier wants the work: it said so, it quoted, or it has the contract.
WILLING = SEATED - {MatchState.INVITED}
# Willing, and the contractor has not chosen: the answers of a supplier other than no.
IN_TALKS = WILLING - {MatchState.CONTRACTED}
# Holds a seat and waits to hear whether it is chosen.
AWAITING_OUTCOME = SEATED - {MatchState.CONTRACTED}
# Was invited and has received no outcome: a supplier that declined receives it too.
OWED_OUTCOME = AWAITING_OUTCOME | {MatchState.DECLINED}
# Was asked to answer, and gave any answer; a supplier that was let go is left out.
ASKED_TO_ANSWER = SEATED | {MatchState.DECLINED}
# Has messages with the contractor and the centre: within the circle, or let go and still able to read why.
IN_CONVERSATION = SEATED | {MatchState.LOST}
# May still be asked for a first quote: not quoted yet, neither gone nor let go.
AWAITING_QUOTE = frozenset(MatchState) - {
    MatchState.QUOTED,
    MatchState.DECLINED,
    MatchState.LOST,
    MatchState.CONTRACTED,
}
# Sent no quote yet, so that the centre may type in a quote that came on paper.
SEATED_WITHOUT_QUOTE = SEATED & AWAITING_QUOTE
# A quote was sent for the need, or a contract made: its requirements may not change.
WITH_QUOTE = frozenset({MatchState.QUOTED, MatchState.CONTRACTED})
# Decisions by which a supplier answers.
SUPPLIER_ANSWERS = frozenset({MatchState.INTERESTED, MatchState.DECLINED, MatchState.QUOTED})
# Decisions by which a contractor or its centre answers a supplier that is willing.
BUYER_ANSWERS = frozenset({MatchState.CONTRACTED, MatchState.LOST, MatchState.REJECTED})

# A decision that says the same again is another row and no move. A need that is opened again takes quotes again, so a
# contract may be followed by a quote, and another firm may win then; a supplier that lost may be chosen after all. A supplier may change its answer, and
# answer anew once it has withdrawn its quote.
MATCH_MOVES: Moves[MatchState] = {
    MatchState.PROPOSED: frozenset({MatchState.APPROVED, MatchState.REJECTED, MatchState.INVITED}),
    # A contractor may choose a supplier of its shortlist that nobody invited here.
    MatchState.APPROVED: frozenset({MatchState.REJECTED, MatchState.INVITED, MatchState.CONTRACTED}),
    MatchState.REJECTED: frozenset({MatchState.APPROVED}),
    MatchState.INVITED: ANSWERED,
    MatchState.INTERESTED: frozenset(
        {MatchState.DECLINED, MatchState.QUOTED, MatchState.CONTRACTED, MatchState.LOST}
    ),
    MatchState.DECLINED: frozenset({MatchState.INTERESTED}),
    MatchState.QUOTED: frozenset(
        {MatchState.INTERESTED, MatchState.DECLINED, MatchState.CONTRACTED, MatchState.LOST}
    ),
    MatchState.CONTRACTED: frozenset({MatchState.QUOTED, MatchState.LOST}),
    MatchState.LOST: frozenset({MatchState.CONTRACTED}),
}


class QuoteState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    REFUSED = "refused"


# Open to the contractor once the quotes of the need are.
SENT_QUOTES = frozenset({QuoteState.SUBMITTED, QuoteState.ACCEPTED, QuoteState.REFUSED})
# A new price in place of a submitted one is no move. A need that is opened again takes and chooses quotes again.
QUOTE_MOVES: Moves[QuoteState] = {
    QuoteState.DRAFT: frozenset({QuoteState.SUBMITTED}),
    QuoteState.SUBMITTED: frozenset({QuoteState.WITHDRAWN, QuoteState.ACCEPTED, QuoteState.REFUSED}),
    QuoteState.WITHDRAWN: frozenset({QuoteState.SUBMITTED}),
    QuoteState.ACCEPTED: frozenset({QuoteState.SUBMITTED, QuoteState.REFUSED}),
    QuoteState.REFUSED: frozenset({QuoteState.SUBMITTED, QuoteState.ACCEPTED}),
}


class OrderState(StrEnum):
    """The state of an order: some pieces are still to come, all have come, or nothing of it is wanted any more."""

    RUNNING = "running"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class EntryState(StrEnum):
    """The state of what one side says of an order: the other side has not answered, agrees, disagrees, or it was taken back."""

    SAID = "said"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


# What counts until somebody says otherwise: said by one side at least, and not refused.
COUNTED_ENTRIES = frozenset({EntryState.SAID, EntryState.CONFIRMED})
# A side that says something else in place of what was said takes the word (no move); what both agreed on stays.
ENTRY_MOVES: Moves[EntryState] = {
    EntryState.SAID: frozenset({EntryState.CONFIRMED, EntryState.REFUSED, EntryState.WITHDRAWN}),
    EntryState.CONFIRMED: frozenset(),
    EntryState.REFUSED: frozenset(),
    EntryState.WITHDRAWN: frozenset(),
}


class EventState(StrEnum):
    """The state of an event: written, open for registration, with the timetable of its meetings told, over, or called off."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    TIMETABLED = "timetabled"
    HELD = "held"
    CALLED_OFF = "called-off"


# A timetable that is taken back opens the registration again. What was announced is called off, not forgotten.
EVENT_MOVES: Moves[EventState] = {
    EventState.DRAFT: frozenset({EventState.ANNOUNCED, EventState.CALLED_OFF}),
    EventState.ANNOUNCED: frozenset({EventState.TIMETABLED, EventState.HELD, EventState.CALLED_OFF}),
    EventState.TIMETABLED: frozenset({EventState.ANNOUNCED, EventState.HELD, EventState.CALLED_OFF}),
    EventState.HELD: frozenset(),
    EventState.CALLED_OFF: frozenset(),
}
# To come: read by everybody, and its meetings are arranged.
COMING_EVENTS = frozenset({EventState.ANNOUNCED, EventState.TIMETABLED})
# Its participants read the timetable of their meetings.
TIMED_EVENTS = frozenset({EventState.TIMETABLED, EventState.HELD})
# Its participants know of it.
TOLD_EVENTS = frozenset(EventState) - {EventState.DRAFT}


class ParticipantState(StrEnum):
    """The state of a firm at an event: invited, registered, declined, and afterwards whether it came."""

    INVITED = "invited"
    REGISTERED = "registered"
    DECLINED = "declined"
    ATTENDED = "attended"
    ABSENT = "absent"


# Whether a firm came is marked by the centre, also of one that came without a registration; a mark may be mended.
PARTICIPANT_MOVES: Moves[ParticipantState] = {
    ParticipantState.INVITED: frozenset(ParticipantState) - {ParticipantState.INVITED},
    ParticipantState.REGISTERED: frozenset(
        {ParticipantState.DECLINED, ParticipantState.ATTENDED, ParticipantState.ABSENT}
    ),
    ParticipantState.DECLINED: frozenset({ParticipantState.REGISTERED, ParticipantState.ATTENDED}),
    ParticipantState.ATTENDED: frozenset({ParticipantState.ABSENT}),
    ParticipantState.ABSENT: frozenset({ParticipantState.ATTENDED}),
}
# Said that it comes, or came: has a place, wishes and meetings.
COMING_PARTICIPANTS = frozenset({ParticipantState.REGISTERED, ParticipantState.ATTENDED})
# What a firm answers itself.
PARTICIPANT_ANSWERS = frozenset({ParticipantState.REGISTERED, ParticipantState.DECLINED})
# What the centre marks afterwards.
ATTENDANCE = frozenset({ParticipantState.ATTENDED, ParticipantState.ABSENT})


class MembershipState(StrEnum):
    """Whether a person has a role, asks for it, or was refused it."""

    ACTIVE = "active"
    ASKED = "asked"
    REFUSED = "refused"


# Counts as belonging to a centre or a firm; a question counts till it is refused.
COUNTED_MEMBERSHIPS = frozenset({MembershipState.ACTIVE, MembershipState.ASKED})
# A refused person may ask again. An invitation makes any membership active; it does not answer a request.
MEMBERSHIP_MOVES: Moves[MembershipState] = {
    MembershipState.ACTIVE: frozenset(),
    MembershipState.ASKED: frozenset({MembershipState.ACTIVE, MembershipState.REFUSED}),
    MembershipState.REFUSED: frozenset({MembershipState.ASKED, MembershipState.ACTIVE}),
}


class FindingState(StrEnum):
    """The state of a suggestion for a profile: it waits, was added to the profile, or was dismissed."""

    WAITING = "waiting"
    ADDED = "added"
    PASSED = "passed"


class ImportState(StrEnum):
    """The state of an imported file: tried without saving (CHECKING), being saved (RUNNING), or rolled back
    (UNDONE).
    """

    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"
    UNDONE = "undone"


# A job works on the file, or will.
IMPORTS_AT_WORK = frozenset({ImportState.CHECKING, ImportState.RUNNING})
# Neither saved nor cancelled: if the same file comes again, it is this import.
IMPORTS_UNDER_WAY = IMPORTS_AT_WORK | {ImportState.CHECKED}
# Read to its end: there are counts to show.
COUNTED_IMPORTS = frozenset({ImportState.CHECKED, ImportState.DONE, ImportState.UNDONE})
# Read, at least in part, and not thrown away: there may be remarks to show.
REMARKED_IMPORTS = COUNTED_IMPORTS | {ImportState.FAILED}
IMPORT_MOVES: Moves[ImportState] = {
    ImportState.CHECKING: frozenset({ImportState.CHECKED, ImportState.FAILED, ImportState.DISCARDED}),
    ImportState.CHECKED: frozenset({ImportState.CHECKING, ImportState.RUNNING, ImportState.DISCARDED}),
    ImportState.RUNNING: frozenset({ImportState.DONE, ImportState.FAILED}),
    ImportState.DONE: frozenset({ImportState.UNDONE}),
    ImportState.FAILED: frozenset({ImportState.CHECKING, ImportState.DISCARDED}),
    ImportState.DISCARDED: frozenset(),
    ImportState.UNDONE: frozenset(),
}


# The queues of the machinery have no moves to ask for: a worker takes rows by their state in one statement.


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


class LetterState(StrEnum):
    """The state of a letter that came in: it waits for an operator, something was made of it, or it is left as it is."""

    WAITING = "waiting"
    TAKEN = "taken"
    ASIDE = "aside"


class OutboxRowState(StrEnum):
    """The state of a row in the outbox. A processed row is deleted; a DEAD row failed too often and waits for
    a person.
    """

    WAITING = "waiting"
    TAKEN = "taken"
    DEAD = "dead"


# Waiting for a worker; a taken row comes back when its lease runs out.
LIVE_OUTBOX_ROWS = frozenset({OutboxRowState.WAITING, OutboxRowState.TAKEN})
