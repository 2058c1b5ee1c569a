"""The invitation of a supplier to a need, its reminder, and the links for the answer."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import Decision, Match, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, signed_links, urls
from matchmaker.services.core.site import (
    SiteIdentity,
    site_of,
)
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_summary

ANSWERS = ("interested", "no_capacity", "not_ours")


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
    return {
        answer: urls.answer_invitation(signed_links.sign(site, "answer", (*words, answer)))
        for answer in ANSWERS
    }


def invite(session: Session, match: Match, invitation: Decision) -> None:
    """Post the invitation to all people who may answer for the supplier."""
    _post(session, "invited", match, invitation, {})


def remind(session: Session, match: Match, invitation: Decision) -> None:
    """Post the reminder of an unanswered invitation."""
    _post(session, "answer_reminder", match, invitation, {"invited_on": invitation.at.date()})


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
    until: date = (now() + timedelta(days=signed_links.ANSWER_DAYS)).date()
    return {
        "title": need_summary.title_in_letters(match.need, reader.language),
        "facts": need_summary.card(match.need, reader.language),
        "path": urls.need(match.need.public_id),
        "until": until,
        **answer_links(site_of(session), match, invitation, reader),
    }
