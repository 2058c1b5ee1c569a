"""Answers by a link in an e-mail, without signing in: each link is for one answer, which may be changed as long as the need
is open.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import (
    InvalidRecord,
    LinkSpent,
    MoveNotAllowed,
    NotFound,
    Problem,
    SeatsTaken,
)
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import (
    OPEN_NEEDS,
    SUPPLIER_ANSWERS,
    WITHIN_CIRCLE,
    MatchState,
    QuoteState,
)
from matchmaker.models import AuditEntry, Decision, Match, Quote, User
from matchmaker.services.core import journal, signed_links
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import link_holders, recipients
from matchmaker.services.shortlist import contract_contacts, invitations, match_decisions
from matchmaker.services.shortlist.invitations import ANSWERS
from matchmaker.services.shortlist.match_decisions import NewDecision

DEAL_ANSWERS = ("yes", "not_yet", "no")
SIDES = ("supplier", "contractor")  # who is asked where a firm has no account
_LAST_ASKED = "180"


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """The subject of an invitation's link: the match, the answer of the link, the recipient (None without an account), what
    the supplier has answered so far, whether it may answer (otherwise), whether it has withdrawn its quote, and whether the
    link holds the address that it was sent to, as those of earlier letters do not.
    """

    match: Match
    answer: str
    user: User | None
    said: Decision | None
    is_open: bool
    took_back: bool
    is_addressed: bool

    @property
    def is_readable(self) -> bool:
        """Whether the need may be read by the link: while it is open, and after an award by those still within its circle."""
        match = self.match
        within = match.need.is_released and match.told_state in WITHIN_CIRCLE
        return within or match.need.told_state in OPEN_NEEDS

    @property
    def has_quoted(self) -> bool:
        """Whether a quote is the supplier's answer."""
        return self.match.told_state == MatchState.QUOTED


def asked(session: Session, token: str) -> InvitationLink:
    """The question that a link asks. Raises NotFound for an unknown link, LinkSpent for an expired one, where the supplier
    was not invited after all, and where the recipient no longer speaks for it.
    """
    key, _, user, answer, *mark = signed_links.read(site_of(session), "answer", token, 4, 5)
    match = _match(session, key)
    if answer not in ANSWERS:
        raise NotFound(what="link", key="")
    person = _user(session, user)
    if not match.is_told or not link_holders.of_supplier(session, match.profile, user, mark):
        raise LinkSpent
    said, took_back = _last(session, match), _took_back(session, match)
    return InvitationLink(
        match, answer, person, said, may_answer(session, match), took_back, is_addressed=bool(mark)
    )


def may_answer(session: Session, match: Match) -> bool:
    """Whether the supplier may answer, or answer otherwise, as it is told: an award that may be taken back is not told. A
    quote is the answer until it is withdrawn.
    """
    is_open = match.need.told_state in OPEN_NEEDS
    return match.is_answerable or (is_open and _took_back(session, match))


def _took_back(session: Session, match: Match) -> bool:
    """Whether the supplier's answer is a quote that it has withdrawn."""
    if match.told_state != MatchState.QUOTED:
        return False
    return session.scalar(select(Quote.state).where(Quote.match_id == match.id)) == QuoteState.WITHDRAWN


def _last(session: Session, match: Match) -> Decision | None:
    """The supplier's last answer that stands, a quote among them."""
    gone = match_decisions.undone(session, match.need)
    said = (one for one in match_decisions.history(session, match.need, match.profile) if one.id not in gone)
    return next((one for one in reversed(list(said)) if one.kind in SUPPLIER_ANSWERS), None)


def answer(session: Session, token: str, given: str, reason: str | None = None) -> None:
    """Record an answer (one of ANSWERS) of whoever holds a link. `reason` is the code of a refusal. Raises as `asked` and
    `answer_here` do.
    """
    link = asked(session, token)
    if _answer(session, link.match, _verdict(given, reason), link.user):
        by = link.user.public_id if link.user else "letter"
        journal.note(session, by, "answer.by_link", link.match, {"kind": link.match.told_state})


def answer_here(session: Session, match: Match, given: str, reason: str | None, user: User) -> None:
    """Record the answer of a signed-in person; the same answer again changes nothing.

    Raises MoveNotAllowed where a quote was sent or the need is no longer open, InvalidRecord where the seat of a supplier that had
    refused is taken, and NotNow.
    """
    _answer(session, match, _verdict(given, reason), user)


def _answer(session: Session, match: Match, verdict: NewDecision, user: User | None) -> bool:
    """Record an answer; whether it was another one than before."""
    said = _last(session, match)
    if said is not None and match.told_state == verdict.kind and said.reason_code == verdict.reason_code:
        return False
    if not may_answer(session, match):
        raise MoveNotAllowed(state=match.told_state, target=verdict.kind)
    match_decisions.check_told(match.need, match)
    if match.is_declined and verdict.kind == MatchState.INTERESTED:
        _take_seat(session, match)
    match_decisions.decide(session, match, verdict, user, revision=match.revision)
    return True


def _take_seat(session: Session, match: Match) -> None:
    """Raise InvalidRecord where others have taken the seat of a supplier that had refused."""
    try:
        match_decisions.check_seats(session, match.need, 1)
    except SeatsTaken as error:
        message = N_("All seats of this need are taken meanwhile. Ask the centre whether one is free again.")
        raise InvalidRecord((Problem("reason", "seats.none", message),)) from error


def may_quote(session: Session, link: InvitationLink) -> bool:
    """Whether the firm of a link may quote by it, invited as it is."""
    within = link.is_addressed and link.match.told_state in WITHIN_CIRCLE
    return link.user is None and within and invitations.may_quote_by_letter(session, link.match)


def _verdict(given: str, reason: str | None) -> NewDecision:
    """The decision that an answer (one of ANSWERS) makes; `reason` is the code given with it."""
    if given == "interested":
        return NewDecision(MatchState.INTERESTED)
    return NewDecision(MatchState.DECLINED, reason_code=reason)


@dataclass(frozen=True, slots=True)
class DealLink:
    """The subject of a link about a deal; `days` is the number of days since the introduction, as in the
    question, `who` the public id of the person, or the side of a firm without an account, `said` what this one has answered
    to the same question.
    """

    match: Match
    answer: str
    days: str
    who: str
    user: User | None
    said: str | None

    @property
    def is_open(self) -> bool:
        """Whether an answer still counts: it may be changed until there is a contract or a loss."""
        return self.said is None or self.match.awaits_outcome


def deal_asked(session: Session, token: str) -> DealLink:
    """The question of a link about a deal. Raises NotFound, and LinkSpent for an expired one, and where the recipient speaks
    for neither side any more.
    """
    key, days, user, given, *mark = signed_links.read(site_of(session), "deal", token, 4, 5)
    if given not in DEAL_ANSWERS:
        raise NotFound(what="link", key="")
    match, person = _match(session, key), _user(session, user)
    if not _is_of_a_side(session, match, user, mark):
        raise LinkSpent
    return DealLink(match, given, days, user, person, _deal_said(session, match, days, person, user))


def _is_of_a_side(session: Session, match: Match, who: str, mark: list[str]) -> bool:
    """Whether whoever a link about a deal was sent to speaks for one of its sides."""
    person = "" if who in SIDES else who
    supplies = who != "contractor" and link_holders.of_supplier(session, match.profile, person, mark)
    return supplies or (who != "supplier" and link_holders.of_contractor(session, match.need, person, mark))


def _deal_said(session: Session, match: Match, days: str, person: User | None, side: str) -> str | None:
    """The last answer of a person, or of a side without an account, to the question after so many days."""
    query = select(AuditEntry.details).where(
        AuditEntry.object_kind == "match",
        AuditEntry.object_id == match.public_id,
        AuditEntry.action == "deal.answered",
        AuditEntry.actor == (person.public_id if person else "letter"),
    )
    said = session.scalars(query.order_by(AuditEntry.id)).all()
    own = [one for one in said if one["days"] == days and (person or one.get("side", side) == side)]
    return str(own[-1]["answer"]) if own else None


def tell_deal(session: Session, token: str) -> DealLink:
    """Record whether a contract was made: "yes" is a contract, the last "no" a loss, other answers are only recorded. The
    same answer again changes nothing. Raises as `deal_asked`, and MoveNotAllowed where it no longer counts.
    """
    given = deal_asked(session, token)
    match = given.match
    if given.said == given.answer:  # pressed twice
        return given
    if not given.is_open:
        raise MoveNotAllowed(state=match.state, target=MatchState.CONTRACTED)
    details = {"answer": given.answer, "days": given.days, **({} if given.user else {"side": given.who})}
    journal.note(session, given.user.public_id if given.user else "letter", "deal.answered", match, details)
    kind = MatchState.CONTRACTED if given.answer == "yes" else MatchState.LOST
    final = given.answer == "yes" or (given.answer == "no" and given.days == _LAST_ASKED)
    if final and match.awaits_outcome:
        match_decisions.decide(session, match, NewDecision(kind), given.user, revision=match.revision)
    if match.is_contracted and given.answer == "yes" and _of_contractor(session, given):
        contract_contacts.pass_on(session, match)
    return given


def _of_contractor(session: Session, given: DealLink) -> bool:
    """Whether the contractor itself answers: a supplier's word alone does not open the contractor's contacts."""
    people = recipients.members(session, given.match.need.contractor, "contractor_buyer")
    return given.who == "contractor" or given.user in people


def _match(session: Session, key: str) -> Match:
    return match_decisions.by_key(session, key)


def _user(session: Session, key: str) -> User | None:
    return session.scalar(select(User).where(User.public_id == key)) if key else None
