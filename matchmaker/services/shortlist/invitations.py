"""The invitation of a supplier to a need, its reminder, and the links for the answer."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.models import Decision, Match
from matchmaker.models.base import now
from matchmaker.services.core import signed_links, urls
from matchmaker.services.core.site import (
    SiteIdentity,
    site_of,
)
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_summary

ANSWERS = ("interested", "no_capacity", "not_ours")


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
