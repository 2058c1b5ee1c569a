"""The states of all that has a course: their words, which may follow which, and the named sets that rules ask for.

What a page, a letter or a statement asks about a state is asked of a set here or of the object that bears the state, never
of a word. Every move of a need, a profile or a match is recorded by services.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from matchmaker.domain.errors import MoveNotAllowed

State = TypeVar("State", bound=StrEnum)
Moves = Mapping[State, frozenset[State]]


def check_move(moves: Moves[State], state: State, target: State) -> None:
    """Raise MoveNotAllowed unless `target` may follow `state`; staying where one is counts as no move and is refused."""
    if target not in moves[state]:
        raise MoveNotAllowed(state=state, target=target)


class ProfileState(StrEnum):
    """A published profile stays visible while its changes wait; they are kept beside it, with a ReviewState."""

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
    """Where the waiting changes of a profile are: with the supplier, with the centre, or with the supplier again."""

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
    """What the supplier says of a certificate, and SUSPENDED where the centre has found against it."""

    IMPLEMENTING = "implementing"
    CERTIFIED = "certified"
    SUSPENDED = "suspended"


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
# In the centre's hands: sent back to its contractor only with a reason.
NEEDS_WITH_THE_CENTRE = OPEN_NEEDS | {NeedState.SUBMITTED}
# Nobody negotiates yet, so that it expires with its delivery date.
EXPIRING_NEEDS = frozenset({NeedState.PUBLISHED, NeedState.SHORTLISTING})
# A contract may be made with one of its suppliers.
AWARDABLE_NEEDS = frozenset({NeedState.SHORTLISTING, NeedState.NEGOTIATION})
# A contract was made.
AWARDED_NEEDS = frozenset({NeedState.CONTRACTED, NeedState.COMPLETED})
# Published, with or without a contract by now: read by everybody it reaches. Abandoned ones are its owner's again.
RELEASED_NEEDS = OPEN_NEEDS | AWARDED_NEEDS
# Over, with a contract or without: suppliers are owed the outcome.
ENDED_NEEDS = AWARDED_NEEDS | ABANDONED_NEEDS


class MatchState(StrEnum):
    """Where a supplier stands for a need: proposed, or what was last decided about it. See DECISIONS."""

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

# Invited, and neither gone nor let go: the supplier holds one of the need's seats.
SEATED = frozenset({MatchState.INVITED, MatchState.INTERESTED, MatchState.QUOTED, MatchState.CONTRACTED})
# The circle of those invited, who may see what is not for everybody: whoever holds a seat.
WITHIN_CIRCLE = SEATED
# The supplier has not heard of it from here; the operator may still decide either way.
UNTOLD = frozenset({MatchState.PROPOSED, MatchState.APPROVED, MatchState.REJECTED})
# The supplier knows where it stands: it was invited, whatever came of that.
TOLD = frozenset(MatchState) - UNTOLD
# An invitation that was answered, by the supplier or by what came afterwards.
ANSWERED = TOLD - {MatchState.INVITED}
# May be invited or notified: the operator has not said no, and nobody was invited.
INVITABLE = UNTOLD - {MatchState.REJECTED}
# Decisions that stay within the centre until the shortlist is released, and that an operator makes one by one.
INWARD = UNTOLD - {MatchState.PROPOSED}
# The contractor is shown these of a shortlist.
RELEASABLE = SEATED | {MatchState.APPROVED}
# The supplier wants the work: it said so, it quoted, or it has the contract.
WILLING = SEATED - {MatchState.INVITED}
# Willing, and the contractor has not chosen: what a supplier itself answers besides no.
IN_TALKS = WILLING - {MatchState.CONTRACTED}
# Holds a seat and waits to hear whether it is chosen.
AWAITING_OUTCOME = SEATED - {MatchState.CONTRACTED}
# Was invited and heard no outcome: also who declined is told how the need ended.
OWED_OUTCOME = AWAITING_OUTCOME | {MatchState.DECLINED}
# Was asked to answer, and answered as it liked; who was let go is left out.
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
# Sent no quote yet, so that the centre may type in one that came on paper.
SEATED_WITHOUT_QUOTE = SEATED & AWAITING_QUOTE
# A quote was sent for what the need asks, or a contract made about it: the need may not ask for something else.
WITH_QUOTE = frozenset({MatchState.QUOTED, MatchState.CONTRACTED})
# Decisions by which a contractor or its centre answers a supplier that is willing.
BUYER_ANSWERS = frozenset({MatchState.CONTRACTED, MatchState.LOST, MatchState.REJECTED})

# A decision that says the same again is another row and no move. A need that is opened again takes quotes again, so a
# contract may be followed by a quote, and who lost may be chosen after all.
MATCH_MOVES: Moves[MatchState] = {
    MatchState.PROPOSED: frozenset({MatchState.APPROVED, MatchState.REJECTED, MatchState.INVITED}),
    MatchState.APPROVED: frozenset({MatchState.REJECTED, MatchState.INVITED}),
    MatchState.REJECTED: frozenset({MatchState.APPROVED}),
    MatchState.INVITED: ANSWERED,
    MatchState.INTERESTED: frozenset({MatchState.QUOTED, MatchState.CONTRACTED, MatchState.LOST}),
    MatchState.DECLINED: frozenset(),
    MatchState.QUOTED: frozenset({MatchState.CONTRACTED, MatchState.LOST}),
    MatchState.CONTRACTED: frozenset({MatchState.QUOTED}),
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


class MembershipState(StrEnum):
    """Whether a person has a role, asks for it, or was refused it."""

    ACTIVE = "active"
    ASKED = "asked"
    REFUSED = "refused"


# Counts as belonging to a centre or a firm; a question counts till it is refused.
COUNTED_MEMBERSHIPS = frozenset({MembershipState.ACTIVE, MembershipState.ASKED})
# Whoever was refused may ask again. An invitation makes any of them active, and is no answer to a question.
MEMBERSHIP_MOVES: Moves[MembershipState] = {
    MembershipState.ACTIVE: frozenset(),
    MembershipState.ASKED: frozenset({MembershipState.ACTIVE, MembershipState.REFUSED}),
    MembershipState.REFUSED: frozenset({MembershipState.ASKED, MembershipState.ACTIVE}),
}


class FindingState(StrEnum):
    """What became of something found for a profile: it waits, or it was added to the profile, or dismissed."""

    WAITING = "waiting"
    ADDED = "added"
    PASSED = "passed"


class ImportState(StrEnum):
    """Where a file is: first tried without saving (CHECKING), then taken (RUNNING), perhaps taken back (UNDONE)."""

    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"
    UNDONE = "undone"


# A job is at the file, or will be.
IMPORTS_AT_WORK = frozenset({ImportState.CHECKING, ImportState.RUNNING})
# Not taken and not given up: the same file that comes again is this one.
IMPORTS_UNDER_WAY = IMPORTS_AT_WORK | {ImportState.CHECKED}
# Read to its end: there are counts to show.
COUNTED_IMPORTS = frozenset({ImportState.CHECKED, ImportState.DONE, ImportState.UNDONE})
# Read as far as it went and not thrown away: there may be remarks to show.
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


class OutboxRowState(StrEnum):
    """A row that was worked off is deleted; DEAD ones failed too often and wait for somebody."""

    WAITING = "waiting"
    TAKEN = "taken"
    DEAD = "dead"


# To be worked off; one that is taken comes back when its lease runs out.
LIVE_OUTBOX_ROWS = frozenset({OutboxRowState.WAITING, OutboxRowState.TAKEN})
