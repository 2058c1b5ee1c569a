"""Answers by a link in an e-mail, without signing in: each link is for one answer, and only one answer
counts.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent, MoveNotAllowed, NotFound
from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import Decision, Match, User
from matchmaker.services.core import journal, signed_links
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import recipients
from matchmaker.services.shortlist import contract_contacts, match_decisions
from matchmaker.services.shortlist.invitations import ANSWERS
from matchmaker.services.shortlist.match_decisions import NewDecision

DEAL_ANSWERS = ("yes", "not_yet", "no")
_LAST_ASKED = "180"


@dataclass(frozen=True, slots=True)
class InvitationLink:
    """The subject of an invitation's link: the match, the answer, and the recipient."""

    match: Match
    answer: str
    invitation: str
    user: User | None


def asked(session: Session, token: str) -> InvitationLink:
    """The question that a link asks. Raises NotFound for an unknown link, LinkSpent for an expired one.

    A link expires at its time, when the invitation was answered by any of its links or on the site, and when
    the need is no longer open.
    """
    key, invitation, user, answer = signed_links.read(site_of(session), "answer", token, 4)
    match = _match(session, key)
    if answer not in ANSWERS:
        raise NotFound(what="link", key="")
    if signed_links.used(session, "answer", invitation) or not match.awaits_answer:
        raise LinkSpent
    return InvitationLink(match, answer, invitation, _user(session, user))


def answer(session: Session, token: str, reason: str | None = None) -> Decision:
    """Record the answer of a link, once. `reason` is the code of a refusal. Raises as `asked` does."""
    given = asked(session, token)
    signed_links.use(session, "answer", given.invitation)
    verdict = _verdict(given.answer, reason)
    by = given.user.public_id if given.user else "letter"
    journal.note(session, by, "answer.by_link", given.match, {"kind": verdict.kind})
    return match_decisions.decide(session, given.match, verdict, given.user, revision=given.match.revision)


def answer_here(session: Session, match: Match, given: str, reason: str | None, user: User) -> None:
    """Record the answer of a signed-in person; the same answer again changes nothing.

    Raises MoveNotAllowed where the invitation already has another answer, or the need is no longer open.
    """
    verdict = _verdict(given, reason)
    if match.state == verdict.kind:
        return
    if not match.awaits_answer:
        raise MoveNotAllowed(state=match.state, target=verdict.kind)
    match_decisions.decide(session, match, verdict, user, revision=match.revision)


def _verdict(given: str, reason: str | None) -> NewDecision:
    """The decision that an answer (one of ANSWERS) makes; `reason` is the code given with it."""
    if given == "interested":
        return NewDecision(MatchState.INTERESTED)
    return NewDecision(MatchState.DECLINED, reason_code=reason)


@dataclass(frozen=True, slots=True)
class DealLink:
    """The subject of a link about a deal; `days` is the number of days since the introduction, as in the
    question, `who` the public id of the person, or the side of a firm without an account.
    """

    match: Match
    answer: str
    days: str
    who: str
    user: User | None


def deal_asked(session: Session, token: str) -> DealLink:
    """The question of a link about a deal. Raises NotFound, LinkSpent."""
    key, days, user, given = signed_links.read(site_of(session), "deal", token, 4)
    if given not in DEAL_ANSWERS:
        raise NotFound(what="link", key="")
    if signed_links.used(session, "deal", f"{key} {days} {user}"):
        raise LinkSpent
    return DealLink(_match(session, key), given, days, user, _user(session, user))


def tell_deal(session: Session, token: str) -> DealLink:
    """Record, once, whether a contract was made: "yes" is a contract, the last "no" a loss, other answers are
    only recorded.
    """
    given = deal_asked(session, token)
    match = given.match
    signed_links.use(session, "deal", f"{match.public_id} {given.days} {given.who}")
    details = {"answer": given.answer, "days": given.days}
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
