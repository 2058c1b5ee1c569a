"""Who is asked about a year, the letters that ask, and the centre's list of who told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from matchmaker.domain.lifecycle import MatchState, MembershipState, ProfileState
from matchmaker.models import (
    Centre,
    Decision,
    Membership,
    Organisation,
    PeriodLock,
    Profile,
    User,
    YearAnswer,
)
from matchmaker.services.core import journal, signed_links, urls
from matchmaker.services.core.periods import Period
from matchmaker.services.core.site import site_of
from matchmaker.services.development import year_answers
from matchmaker.services.mail import letters, recipients
from matchmaker.services.mail.recipients import Recipient

KIND = "year_asked"
# The months in which those who have not told are asked: the accounts of a year are due within three months of its end
# (Federal Law 402-FZ, article 18), so that a firm knows its year by the last of them.
ASKED_IN = (2, 3, 4)
PAGE = 50
MOST_IN_FILE = 20_000


@dataclass(frozen=True, slots=True)
class YearLine:
    """A participant of a year, and what it told, None for nothing yet."""

    profile: Profile
    answer: YearAnswer | None


@dataclass(frozen=True, slots=True)
class YearList:
    """A part of a year's participants, how many there are in all, and how many of these told."""

    lines: Sequence[YearLine]
    total: int
    told: int


def participated(year: int, zone: ZoneInfo) -> ColumnElement[bool]:
    """The condition that a supplier took part in a year: published before its end, and with an account by now or invited in it."""
    start, end = Period.parse(str(year)).moments(zone)
    has_account = (
        select(Membership.id)
        .where(Membership.organisation_id == Profile.organisation_id, Membership.role == "supplier_editor")
        .where(Membership.state == MembershipState.ACTIVE)
        .exists()
    )
    invited = (
        select(Decision.id)
        .where(Decision.profile_id == Profile.id, Decision.kind == MatchState.INVITED)
        .where(Decision.at >= start, Decision.at < end, Decision.by_id.is_not(None))
        .exists()
    )
    return and_(
        Profile.state == ProfileState.PUBLISHED, Profile.published_at < end, or_(has_account, invited)
    )


def listed(
    session: Session, centre: Centre, year: int, *, silent: bool = False, first: int = 0, limit: int = PAGE
) -> YearList:
    """The participants of a centre's year by name, from the place `first` on; `silent` for those that have not told."""
    zone = ZoneInfo(site_of(session).zone)
    answered = and_(YearAnswer.profile_id == Profile.id, YearAnswer.year == year)
    ours = (
        Organisation.centre_id == centre.id,
        Organisation.blocked.is_(False),
        or_(participated(year, zone), YearAnswer.id.is_not(None)),
    )
    joined = (
        select(Profile, YearAnswer)
        .join(Organisation, Organisation.id == Profile.organisation_id)
        .outerjoin(YearAnswer, answered)
        .where(*ours)
    )
    counted = joined.with_only_columns(func.count(Profile.id), func.count(YearAnswer.id))
    total, told = session.execute(counted).one()
    shown = joined.where(YearAnswer.id.is_(None)) if silent else joined
    whole = shown.options(contains_eager(Profile.organisation)).order_by(Organisation.sort_ru, Profile.id)
    rows = session.execute(whole.offset(first).limit(limit)).all()
    return YearList([YearLine(profile, answer) for profile, answer in rows], total, told)


def ask_when_due(session: Session, today: date) -> Iterator[None]:
    """Post the letters about the year that ended, to participants that have not told: once in each month of ASKED_IN."""
    if today.month not in ASKED_IN:
        return
    year = year_answers.last_year(today)
    locked = select(PeriodLock.centre_id).where(PeriodLock.period == str(year))
    for centre in session.scalars(select(Centre).where(Centre.id.not_in(locked)).order_by(Centre.id)):
        yield from _ask(session, centre, year, f"{today:%Y-%m}")


def ask_again(session: Session, centre: Centre, year: int, user: User, today: date) -> int:
    """Post the letters to who has not told, at the wish of an operator: once a day to each address; the number of letters.

    Raises PeriodLocked.
    """
    year_answers.check_open(session, centre, year)
    posted = sum(1 for _ in _ask(session, centre, year, today.isoformat()))
    if posted:
        journal.note(session, user.public_id, "year.asked", centre, {"year": year, "letters": posted})
    return posted


def _ask(session: Session, centre: Centre, year: int, when: str) -> Iterator[None]:
    silent = listed(session, centre, year, silent=True, limit=MOST_IN_FILE).lines
    readers = recipients.of_profiles(session, [one.profile for one in silent])
    for line in silent:
        for reader in readers[line.profile.id]:
            if reader.wants(KIND) and _is_first(session, line.profile, year, reader, when):
                _post(session, line.profile, year, reader)
                yield


def _is_first(session: Session, profile: Profile, year: int, reader: Recipient, when: str) -> bool:
    mark = reader.user or signed_links.mark_of(site_of(session), reader.email)
    return signed_links.first(session, "letter", f"{KIND} {profile.public_id} {year} {mark} {when}")


def _post(session: Session, profile: Profile, year: int, reader: Recipient) -> None:
    site = site_of(session)
    words = (profile.public_id, str(year), reader.user, signed_links.mark_of(site, reader.email))
    values = {
        "organisation": profile.organisation.name(reader.language),
        "year": year,
        "answer": urls.tell_year(signed_links.sign(site, "year", words)),
    }
    letters.post(session, KIND, reader.email, reader.language, values)
