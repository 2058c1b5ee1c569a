"""The invitation of a supplier to a need, its reminder, and the links for the answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

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
    if reader.user or not ndas.needs_none(
        session, match.need
    ):  # who has no account reads for a firm without one
        return urls.own_quote(match.need.public_id)
    return _quote_by_letter(session, match, reader)


def _quote_by_letter(session: Session, match: Match, reader: recipients.Recipient) -> str:
    site = site_of(session)
    words = (match.public_id, "", "", "interested", signed_links.mark_of(site, reader.email))
    return urls.quote_by_letter(signed_links.sign(site, "answer", words))


def invite(session: Session, invited: Sequence[tuple[Match, Decision]]) -> None:
    """Post the invitations to all people who may answer for the suppliers."""
    _post(session, "invited", invited)


def remind(session: Session, invited: Sequence[tuple[Match, Decision]]) -> None:
    """Post the reminders of unanswered invitations."""
    _post(session, "answer_reminder", invited)


def free_seats(session: Session, need: Need) -> int | None:
    """How many firms the need still has room for, as suppliers are told it; None where it takes any number."""
    if need.most_invited is None:
        return None
    taken = sum(one.told_state in SEATED for one in shortlists.of_need(session, need))
    return max(need.most_invited - taken, 0)


def seats(need: Need, free: int | None, language: str) -> list[tuple[str, str]]:
    """The free seats of a need as a row of its card; none where it takes any number."""
    if free is None:
        return []
    _ = letters.words(language)
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


def remind_now(session: Session, matches: Sequence[Match], user: User, today: date) -> list[Reminding]:
    """Post the reminders of unanswered invitations because a person says so, each once a day; those that go by themselves are
    then left out. What became of each, in the order of the matches.
    """
    waiting = [one for one in matches if one.state == MatchState.INVITED and one.need.is_open]
    made = _last(session, waiting)
    readers = recipients.of_profiles(session, [one.profile for one in waiting])
    reached = [one for one in waiting if one.id in made and readers[one.profile_id]]
    marks = {one.id: f"reminded {made[one.id].public_id} {today}" for one in reached}
    fresh = signed_links.first_of(session, "letter", marks.values())
    told = [one for one in reached if marks[one.id] in fresh]
    by_itself = [f"answer_reminder {made[one.id].public_id}" for one in told]
    signed_links.first_of(session, "letter", by_itself)
    _post(session, "answer_reminder", [(one, made[one.id]) for one in told], readers)
    with journal.together(session):
        for match in told:
            journal.note(session, user.public_id, "match.reminded", match)
    said = {one.id: Reminding.UNREACHABLE for one in waiting}
    said |= {one.id: Reminding.TODAY for one in reached} | {one.id: Reminding.POSTED for one in told}
    return [said.get(one.id, Reminding.ANSWERED) for one in matches]


def _last(session: Session, matches: Sequence[Match]) -> dict[int, Decision]:
    """The last invitation of each match, by the match's row id."""
    of_match = and_(Match.need_id == Decision.need_id, Match.profile_id == Decision.profile_id)
    query = (
        select(Match.id, Decision)
        .join(Decision, of_match)
        .where(Match.id.in_([match.id for match in matches]), Decision.kind == MatchState.INVITED)
        .order_by(Decision.at, Decision.id)
        .options(joinedload(Decision.by))
    )
    found = session.execute(query).unique() if matches else ()
    return {key: invitation for key, invitation in found}  # noqa: C416 - rows are no pairs to the type checker


Readers = Mapping[int, Sequence[recipients.Recipient]]  # by the row id of a profile


def _post(
    session: Session, kind: str, invited: Sequence[tuple[Match, Decision]], readers: Readers | None = None
) -> None:
    if readers is None:
        readers = recipients.of_profiles(session, [match.profile for match, _ in invited])
    needs = {match.need_id: match.need for match, _ in invited}
    by_letter = ndas.needing_none(session, needs)
    free = {key: free_seats(session, need) for key, need in needs.items()}
    for match, invitation in invited:
        for reader in readers[match.profile_id]:
            row = seats(match.need, free[match.need_id], reader.language)
            values = _values(session, match, invitation, reader, row)
            if match.need_id in by_letter and not reader.user:
                values["quote"] = _quote_by_letter(session, match, reader)
            if kind == "answer_reminder":
                values["invited_on"] = day_of(session, invitation.at)
            to = reader.email, reader.language
            letters.post(session, kind, *to, values, about=match.public_id, by=invitation.by)


def _values(
    session: Session,
    match: Match,
    invitation: Decision,
    reader: recipients.Recipient,
    seats_row: Sequence[tuple[str, str]],
) -> dict[str, Any]:
    facts = [
        *need_summary.card_for(session, match.need, reader),
        *seats_row,
        *team_parts.rows(session, match, reader.language),
    ]
    return {
        "title": need_summary.title_in_letters(match.need, reader.language),
        "facts": facts,
        "fit": fit(match, reader.language),
        "path": urls.need(match.need.public_id),
        "until": day_of(session, now() + timedelta(days=signed_links.ANSWER_DAYS)),
        "quote": "",
        **answer_links(site_of(session), match, invitation, reader),
    }
