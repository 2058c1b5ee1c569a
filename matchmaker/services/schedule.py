"""Letters that a date brings. Each is posted once: a mark of its kind, object and step goes into the same transaction.

What a file brought gets no letters, since nobody here invited anybody; nor does what is long past, so that a centre that
starts with old data does not write about all of it at once.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent, MatchmakerError
from matchmaker.domain.lifecycle import OPEN_NEEDS, NeedState, ProfileState
from matchmaker.models import CertificateRow, Decision, Match, Membership, Need, Organisation, Profile, User
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services import (
    accounts,
    capacity_answers,
    guessing,
    invitations,
    journal,
    letters,
    links,
    need_news,
    needs,
    renewals,
    typed_text,
    viewings,
)
from matchmaker.services.certificates import WARNINGS
from matchmaker.services.invitations import Reader
from matchmaker.services.site import site_of

ENDED = (NeedState.CONTRACTED, NeedState.COMPLETED, NeedState.CLOSED, NeedState.EXPIRED)
DEAL_DAYS = (30, 90, 180)
REMIND_AFTER = timedelta(days=3)
# A letter that a worker missed for longer than this is no longer posted.
PATIENCE = timedelta(days=14)
MOST_IN_DIGEST = 5
_log = logging.getLogger(__name__)

Openings = Callable[[Session, str], Iterable[Need]]
Word = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Day:
    """What the duties of a day work with: `openings` are the open needs that fit a profile, best first, `word` turns a
    reason's code into a language.
    """

    today: date
    openings: Openings
    word: Word

    @property
    def moment(self) -> datetime:
        return datetime.combine(self.today, time(12), UTC)


Duty = Callable[[Session, Day], Iterator[None]]


def run(sessions: Sessions, day: Day) -> int:
    """Post what is due; how many letters. A duty that fails, or that another worker is at, holds no other."""
    duties: list[Duty] = [
        expire,
        open_quotes,
        remind,
        tell_outcomes,
        ask_about_deals,
        warn_of_certificates,
        ask_for_capacity,
        ask_if_still_true,
        renew_hours,
    ]
    try:
        fitting = _fitting(sessions, day)
        duties.append(lambda session, day: digest(session, day, fitting))
    except MatchmakerError as error:
        _log.warning("The digest waits: %s", error)
    posted = sum(_do(sessions, duty, day) for duty in duties)
    with sessions.begin() as session:
        guessing.tidy(session)
        viewings.forget_old(session, day.today)
        typed_text.forget_old(session)
    return posted


def _do(sessions: Sessions, duty: Duty, day: Day) -> int:
    try:
        with sessions.begin() as session:
            return sum(1 for _ in duty(session, day))
    except LinkSpent:
        _log.info("Another worker posts the same letters")
    except MatchmakerError:
        _log.exception("Letters of the day failed and will be tried again")
    return 0


def _first(session: Session, *key: object) -> bool:
    """Whether this is posted for the first time; it is marked as posted."""
    return links.first(session, "letter", " ".join(map(str, key)))


def _invited(session: Session, *where: Any) -> Sequence[tuple[Match, datetime]]:
    """Matches with the time of their last invitation made here."""
    at = func.max(Decision.at)
    query = (
        select(Decision.need_id, Decision.profile_id, at.label("at"))
        .where(Decision.kind == "invited", Decision.source.is_(None))
        .group_by(Decision.need_id, Decision.profile_id)
        .subquery()
    )
    found = (
        select(Match, query.c.at)
        .join(query, (query.c.need_id == Match.need_id) & (query.c.profile_id == Match.profile_id))
        .join(Need, Need.id == Match.need_id)
        .where(*where)
        .order_by(Match.id)
    )
    return [(match, moment) for match, moment in session.execute(found)]


def expire(session: Session, day: Day) -> Iterator[None]:
    """Needs posted here whose delivery date has passed before anybody negotiates expire; the contractor is told."""
    late = select(Need).where(
        Need.state.in_((NeedState.PUBLISHED, NeedState.SHORTLISTING)),
        Need.deliver_by < day.today,
        Need.source.is_(None),
    )
    for need in session.scalars(late.order_by(Need.id)):
        needs.move(session, need, NeedState.EXPIRED, by="schedule")
        for _ in range(need_news.tell(session, need, "expired")):
            yield


def open_quotes(session: Session, day: Day) -> Iterator[None]:
    """Once, after the deadline of a need's quotes: they can be read."""
    passed = select(Need).where(
        Need.quotes_until <= now(), Need.quotes_until >= day.moment - PATIENCE, Need.state.in_(OPEN_NEEDS)
    )
    for need in session.scalars(passed.order_by(Need.id)):
        if need.quotes_until and _first(
            session, "quotes_opened", need.public_id, need.quotes_until.isoformat()
        ):
            for _ in range(need_news.tell(session, need, "opened")):
                yield


def remind(session: Session, day: Day) -> Iterator[None]:
    """Once, some days after an invitation that nobody answered."""
    waits = _invited(session, Match.state == "invited", Need.state.in_(OPEN_NEEDS))
    for match, at in waits:
        if not REMIND_AFTER <= day.moment - at <= REMIND_AFTER + PATIENCE:
            continue
        invitation = session.scalars(
            select(Decision)
            .where(Decision.need_id == match.need_id, Decision.profile_id == match.profile_id)
            .where(Decision.kind == "invited", Decision.at == at)
        ).first()
        if invitation is not None and _first(session, "answer_reminder", invitation.public_id):
            invitations.remind(session, match, invitation)
            yield


def tell_outcomes(session: Session, day: Day) -> Iterator[None]:
    """To everybody who was invited, or asked to be, and whom nobody told: the need has ended, and why.

    Who was chosen is not told.
    """
    untold = Match.state.in_(("invited", "interested", "quoted", "declined"))
    ended = Need.state.in_(ENDED), Need.changed_at >= day.moment - PATIENCE
    for match, at in (*_invited(session, untold, *ended), *_asked(session, *ended)):
        if not _first(session, "outcome_of_need", match.public_id, at.isoformat()):
            continue
        for reader in invitations.readers(session, match.profile):
            values = {
                "title": invitations.title_of(match.need),
                "outcome": match.need.state,
                "reason": _why(match.need, reader.language, day.word),
                "path": "/shop/",
            }
            letters.post(session, "outcome_of_need", reader.email, reader.language, values)
            yield


def _asked(session: Session, *where: Any) -> Sequence[tuple[Match, datetime]]:
    """Matches whose supplier asked for an invitation and got none, with the time at which it asked."""
    query = (
        select(Match, Match.asked_at)
        .join(Need, Need.id == Match.need_id)
        .where(Match.asked_at.is_not(None), Match.state.in_(("proposed", "approved", "rejected")), *where)
        .order_by(Match.id)
    )
    return [(match, at) for match, at in session.execute(query) if at is not None]


def _why(need: Need, language: str, word: Word) -> str:
    code = need.closed_why or {"contracted": "chosen-another", "expired": "need-expired"}.get(need.state, "")
    return word(code, language) if code else ""


def ask_about_deals(session: Session, day: Day) -> Iterator[None]:
    """After 30, 90 and 180 days: whether a deal came of it, supplier and contractor alike."""
    for match, at in _invited(session, Match.state.in_(("interested", "quoted"))):
        for days in DEAL_DAYS:
            late = day.moment - at - timedelta(days=days)
            if timedelta() <= late <= PATIENCE and _first(session, "asked_if_deal", match.public_id, days):
                yield from _ask_about_deal(session, match, days)


def _ask_about_deal(session: Session, match: Match, days: int) -> Iterator[None]:
    title = invitations.title_of(match.need)
    editors = invitations.people(session, match.profile.organisation, "supplier_editor")
    buyers = (
        invitations.people(session, match.need.contractor, "contractor_buyer") if match.released_at else []
    )
    for user in (*editors, *buyers):
        if not accounts.wants(user, "asked_if_deal"):
            continue
        name = match.profile.organisation.name(user.language)
        values = {
            "title": f"{title} — {name}" if user in buyers else title,
            "days": days,
            **{
                answer: _signed(session, "deal", (match.public_id, str(days), user.public_id, answer))
                for answer in ("yes", "not_yet", "no")
            },
        }
        letters.post(session, "asked_if_deal", user.email, user.language, values)
        yield


def _signed(session: Session, purpose: str, words: Sequence[str]) -> str:
    return f"/answers/{purpose}/{links.sign(site_of(session), purpose, words)}"


def warn_of_certificates(session: Session, day: Day) -> Iterator[None]:
    """90, 30 and 7 days before the end, to the people of a published profile."""
    query = (
        select(CertificateRow)
        .join(CertificateRow.profile)
        .where(Profile.state == ProfileState.PUBLISHED, CertificateRow.status == "certified")
        .where(CertificateRow.valid_until.between(day.today, day.today + timedelta(days=WARNINGS[0])))
        .order_by(CertificateRow.id)
    )
    for row in session.scalars(query.where(_has_editor())):
        assert row.valid_until is not None
        left = (row.valid_until - day.today).days
        step = min(warning for warning in WARNINGS if left <= warning)
        if not _first(session, "certificate_ending", row.public_id, row.valid_until, step):
            continue
        values = {
            "standard": row.standard,
            "number": row.number or "",
            "days": left,
            "until": row.valid_until,
            "path": "/shop/",
        }
        for reader in invitations.readers(session, row.profile):
            letters.post(session, "certificate_ending", reader.email, reader.language, values)
            yield


def _has_editor() -> Any:
    """That somebody with an account acts for the profile's organisation."""
    return (
        select(Membership.id)
        .where(Membership.organisation_id == Profile.organisation_id)
        .where(Membership.role == "supplier_editor", Membership.state == "active")
        .exists()
    )


def _editors(session: Session, kind: str) -> Iterator[tuple[Profile, User]]:
    """People of published profiles who want a kind of letter."""
    query = (
        select(Profile)
        .join(Organisation, Organisation.id == Profile.organisation_id)
        .where(Profile.state == ProfileState.PUBLISHED, _has_editor(), Organisation.blocked.is_(False))
        .order_by(Profile.id)
    )
    for profile in session.scalars(query):
        for user in invitations.people(session, profile.organisation, "supplier_editor"):
            if accounts.wants(user, kind):
                yield profile, user


def ask_for_capacity(session: Session, day: Day) -> Iterator[None]:
    """Once a week: the same, more or full; only where a profile names machines."""
    week = capacity_answers.week_of(day.today)
    for profile, user in _editors(session, "weekly_capacity"):
        if not capacity_answers.groups(profile) or not _first(
            session, "weekly_capacity", user.public_id, week
        ):
            continue
        free = capacity_answers.free_hours(profile, day.today)
        words = (profile.public_id, day.today.isoformat(), user.public_id)
        values = {
            "organisation": profile.organisation.name(user.language),
            "hours": round(sum(free.values()) * capacity_answers.WEEKS),
            **{answer: _signed(session, "capacity", (*words, answer)) for answer in capacity_answers.ANSWERS},
        }
        letters.post(session, "weekly_capacity", user.email, user.language, values)
        yield


def ask_if_still_true(session: Session, day: Day) -> Iterator[None]:
    """When machines or work were not confirmed for a year, and every quarter until they are."""
    yield from renewals.ask(session, _editors(session, "facts_stale"), day.today)


def renew_hours(session: Session, day: Day) -> Iterator[None]:
    """Once a week the free hours that count are reckoned anew: weeks pass, and old figures say nothing. No letter."""
    if links.first(session, "hours_renewed", str(capacity_answers.week_of(day.today))):
        journal.announce(session, renewals.planning(session, day.today))
    yield from ()


def _fitting(sessions: Sessions, day: Day) -> dict[str, list[str]]:
    """Needs of the last week that fit, by profile, for whom no digest of this week was posted; all by public ids.

    Matching takes its time and may write to the index, so it is done before the writing transaction begins.
    """
    week, since = capacity_answers.week_of(day.today), day.moment - timedelta(days=7)
    fresh = select(Need.id).where(Need.published_at >= since, Need.state.in_(OPEN_NEEDS)).limit(1)
    found: dict[str, list[str]] = {}
    with sessions() as session:
        if session.scalar(fresh) is None:
            return found
        for profile, user in _editors(session, "digest"):
            key = profile.public_id
            if key not in found and not links.used(session, "letter", f"digest {user.public_id} {week}"):
                fitting = day.openings(session, key)
                found[key] = [n.public_id for n in fitting if n.published_at and n.published_at >= since]
    return found


def digest(session: Session, day: Day, fitting: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Once a week: needs that were published since the week before and fit. No letter where there is none."""
    week = capacity_answers.week_of(day.today)
    for profile, user in _editors(session, "digest"):
        keys = fitting.get(profile.public_id, ())[:MOST_IN_DIGEST]
        if keys and _first(session, "digest", user.public_id, week):
            rows = session.scalars(select(Need).where(Need.public_id.in_(keys)))
            _post_digest(session, sorted(rows, key=lambda need: keys.index(need.public_id)), user)
            yield


def _post_digest(session: Session, needs: Sequence[Need], user: User) -> None:
    reader = Reader(user.email, user.language, user.public_id)
    listed = [
        {
            "title": invitations.title_of(need),
            "path": f"/needs/{need.public_id}",
            "facts": invitations.card(need, reader.language),
        }
        for need in needs
    ]
    values = {"needs": listed, "settings": "/account#letters"}
    letters.post(session, "digest", reader.email, reader.language, values)
