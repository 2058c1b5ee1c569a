"""The invitation of a supplier to a need, its reminder, and the links for the answer."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import SEATED, MatchState
from matchmaker.models import Decision, Match, Need, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, signed_links, urls
from matchmaker.services.core.site import (
    SiteIdentity,
    day_of,
    site_of,
)
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import ndas, need_summary
from matchmaker.services.shortlist import shortlists, team_parts

ANSWERS = ("interested", "no_capacity", "not_ours")
_FITTING = frozenset({"met", "mentioned", "guessed"})
_MOST_REASONS = 8


class Reminding(StrEnum):
    """What became of a person's wish to remind a supplier of its invitation."""

    POSTED = "posted"
    TODAY = "today"  # a reminder went today already
    ANSWERED = "answered"  # nothing is waited for any more
    UNREACHABLE = "unreachable"  # nobody of the supplier has an address for such letters


def answer_links(
    site: SiteIdentity, match: Match, invitation: Decision, reader: recipients.Recipient
) -> dict[str, str]:
    """The paths of the answers to an invitation, one link each."""
    words = (match.public_id, invitation.public_id, reader.user)
    mark = signed_links.mark_of(site, reader.email)
    return {
        answer: urls.answer_invitation(signed_links.sign(site, "answer", (*words, answer, mark)))
        for answer in ANSWERS
    }


def may_quote_by_letter(session: Session, match: Match) -> bool:
    """Whether the firm of a match quotes without signing in: nobody of it has an account, and nothing of the need opens only after an
    agreement.
    """
    known = recipients.members(session, match.profile.organisation, "supplier_editor")
    return not known and ndas.needs_none(session, match.need)


def quote_path(session: Session, match: Match, reader: recipients.Recipient) -> str:
    """The page where a reader writes the quote of its firm."""
    if reader.user or not may_quote_by_letter(session, match):
        return urls.own_quote(match.need.public_id)
    return _quote_by_letter(session, match, reader)


def _quote_by_letter(session: Session, match: Match, reader: recipients.Recipient) -> str:
    site = site_of(session)
    words = (match.public_id, "", "", "interested", signed_links.mark_of(site, reader.email))
    return urls.quote_by_letter(signed_links.sign(site, "answer", words))


def invite(session: Session, match: Match, invitation: Decision) -> None:
    """Post the invitation to all people who may answer for the supplier."""
    _post(session, "invited", match, invitation, {})


def remind(session: Session, match: Match, invitation: Decision) -> None:
    """Post the reminder of an unanswered invitation."""
    _post(session, "answer_reminder", match, invitation, {"invited_on": day_of(session, invitation.at)})


def seats(session: Session, need: Need, language: str) -> list[tuple[str, str]]:
    """How many firms the need still has room for, as suppliers are told it, as a row of its card; none where it takes any
    number.
    """
    if need.most_invited is None:
        return []
    _ = letters.words(language)
    taken = sum(one.told_state in SEATED for one in shortlists.of_need(session, need))
    free = max(need.most_invited - taken, 0)
    told = _(N_("at most %(most)s firms are invited, %(free)s seats are free beside yours"))
    return [(_(N_("Seats")), told % {"most": need.most_invited, "free": free})]


def fit(match: Match, language: str) -> dict[str, list[tuple[str, str]]]:
    """Why the matcher proposed the supplier, in words: rows of what its profile meets ("met"), and of what nearly does, does
    not or is not stated ("open"). Both are empty for a supplier that was added by hand.
    """
    kept = (match.explanation or {}).get("reasons") or {}
    told = [
        reason
        for reason in (kept.get(language, ()) if isinstance(kept, dict) else ())
        if need_summary.is_told(match.need, reason["requirement"])
    ]
    told.sort(key=lambda reason: reason["requirement"] == "certification")  # the work first
    found: dict[str, list[tuple[str, str]]] = {"met": [], "open": []}
    for reason in told:
        found["met" if reason["outcome"] in _FITTING else "open"].append(
            _in_words(reason, letters.words(language))
        )
    return {part: rows[:_MOST_REASONS] for part, rows in found.items()}


def _in_words(reason: Mapping[str, str], _: Callable[[str], str]) -> tuple[str, str]:
    """A reason as a row: what the supplier has, and what is needed where that is said otherwise."""
    if reason["declared"] == "—":
        return reason["label"], _(N_("needed: %(needed)s; not in your profile")) % reason
    words = reason["declared"]
    if reason["declared"] != reason["needed"]:
        words = _(N_("needed: %(needed)s; you have: %(declared)s")) % reason
    outcome = "" if reason["outcome"] == "met" else reason["outcome_label"]
    return reason["label"], ", ".join(filter(None, (words, reason["margin"], outcome)))


def remind_now(session: Session, match: Match, user: User, today: date) -> Reminding:
    """Post the reminder of an unanswered invitation because a person says so, once a day; the one that goes by itself is
    then left out.
    """
    if match.state != MatchState.INVITED or not match.need.is_open:
        return Reminding.ANSWERED
    invitation = _last(session, match)
    if invitation is None or not recipients.of_profile(session, match.profile):
        return Reminding.UNREACHABLE
    if not signed_links.first(session, "letter", f"reminded {invitation.public_id} {today}"):
        return Reminding.TODAY
    signed_links.first(session, "letter", f"answer_reminder {invitation.public_id}")
    remind(session, match, invitation)
    journal.note(session, user.public_id, "match.reminded", match)
    return Reminding.POSTED


def _last(session: Session, match: Match) -> Decision | None:
    of_match = Decision.need_id == match.need_id, Decision.profile_id == match.profile_id
    invited = select(Decision).where(*of_match, Decision.kind == MatchState.INVITED)
    return session.scalars(invited.order_by(Decision.at.desc()).limit(1)).first()


def _post(session: Session, kind: str, match: Match, invitation: Decision, beside: Mapping[str, Any]) -> None:
    for reader in recipients.of_profile(session, match.profile):
        values = {**_values(session, match, invitation, reader), **beside}
        to = reader.email, reader.language
        letters.post(session, kind, *to, values, about=match.public_id, by=invitation.by)


def _values(
    session: Session, match: Match, invitation: Decision, reader: recipients.Recipient
) -> dict[str, Any]:
    facts = [
        *need_summary.card_for(session, match.need, reader),
        *seats(session, match.need, reader.language),
        *team_parts.rows(session, match, reader.language),
    ]
    by_letter = not reader.user and may_quote_by_letter(session, match)
    return {
        "title": need_summary.title_in_letters(match.need, reader.language),
        "facts": facts,
        "fit": fit(match, reader.language),
        "path": urls.need(match.need.public_id),
        "until": day_of(session, now() + timedelta(days=signed_links.ANSWER_DAYS)),
        "quote": _quote_by_letter(session, match, reader) if by_letter else "",
        **answer_links(site_of(session), match, invitation, reader),
    }
