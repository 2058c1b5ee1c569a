"""The due work on published profiles: certificates that end, spare hours, old facts, needs that fit."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import OPEN_NEEDS, CertificateStatus, MembershipState, ProfileState
from matchmaker.models import CertificateRow, Membership, Need, Organisation, Profile, User
from matchmaker.models.database import Sessions
from matchmaker.services.core import journal, signed_links, urls
from matchmaker.services.development import year_questions
from matchmaker.services.mail import letters, preferences, recipients
from matchmaker.services.needs import need_summary
from matchmaker.services.profiles import capacity, capacity_answers, renewals
from matchmaker.services.profiles.certificates import WARNINGS
from matchmaker.services.schedule.due_day import (
    DueDay,
    first,
    signed,
)

MOST_IN_DIGEST = 5


def warn_of_certificates(session: Session, day: DueDay) -> Iterator[None]:
    """Notify the people of a published profile 180, 90, 30 and 7 days before a certificate ends."""
    query = (
        select(CertificateRow)
        .join(CertificateRow.profile)
        .where(Profile.state == ProfileState.PUBLISHED, CertificateRow.status == CertificateStatus.CERTIFIED)
        .where(CertificateRow.valid_until.between(day.today, day.today + timedelta(days=WARNINGS[0])))
        .order_by(CertificateRow.id)
    )
    for row in session.scalars(query.where(_has_editor())):
        assert row.valid_until is not None
        left = (row.valid_until - day.today).days
        step = min(warning for warning in WARNINGS if left <= warning)
        if not first(session, "certificate_ending", row.public_id, row.valid_until, step):
            continue
        values = {
            "standard": row.standard,
            "number": row.number or "",
            "days": left,
            "until": row.valid_until,
            "path": urls.shop(),
            "ladders": urls.own_ladders(),
        }
        for reader in recipients.of_profile(session, row.profile):
            letters.post(session, "certificate_ending", reader.email, reader.language, values)
            yield


def _has_editor() -> Any:
    """The condition that a person with an account acts for the profile's organisation."""
    return (
        select(Membership.id)
        .where(Membership.organisation_id == Profile.organisation_id)
        .where(Membership.role == "supplier_editor", Membership.state == MembershipState.ACTIVE)
        .exists()
    )


def _editors(session: Session, kind: str) -> Iterator[tuple[Profile, User]]:
    """The people of published profiles who want a kind of e-mail."""
    query = (
        select(Profile)
        .join(Organisation, Organisation.id == Profile.organisation_id)
        .where(Profile.state == ProfileState.PUBLISHED, _has_editor(), Organisation.blocked.is_(False))
        .order_by(Profile.id)
    )
    for profile in session.scalars(query):
        for user in recipients.members(session, profile.organisation, "supplier_editor"):
            if preferences.wants(user, kind):
                yield profile, user


def ask_for_capacity(session: Session, day: DueDay) -> Iterator[None]:
    """Ask once a week: the same, more or full; only profiles with machines."""
    week = capacity.week_of(day.today)
    for profile, user in _editors(session, "weekly_capacity"):
        if not capacity.groups(profile) or not first(session, "weekly_capacity", user.public_id, week):
            continue
        free = capacity.free_hours(profile, day.today)
        words = (profile.public_id, day.today.isoformat(), user.public_id)
        values = {
            "organisation": profile.organisation.name(user.language),
            "hours": round(sum(free.values()) * capacity.ANSWERED_WEEKS),
            **{
                answer: urls.answer_capacity(signed(session, "capacity", (*words, answer)))
                for answer in capacity_answers.ANSWERS
            },
        }
        letters.post(session, "weekly_capacity", user.email, user.language, values)
        yield


def ask_if_still_true(session: Session, day: DueDay) -> Iterator[None]:
    """Ask when machines or work were not confirmed for a year, and every quarter until they are."""
    yield from renewals.ask(session, _editors(session, "facts_stale"), day.today)


def ask_for_dates(session: Session, day: DueDay) -> Iterator[None]:
    """Ask for the dates of certificates that are declared without any."""
    yield from renewals.ask_for_dates(session, _editors(session, "certificate_dates"), day.today)


def ask_about_the_year(session: Session, day: DueDay) -> Iterator[None]:
    """Ask the participants of the year that ended how it went."""
    yield from year_questions.ask_when_due(session, day.today)


def renew_hours(session: Session, day: DueDay) -> Iterator[None]:
    """Compute the free hours that count anew once a week: weeks pass, and old figures no longer count. No
    e-mail.
    """
    if signed_links.first(session, "hours_renewed", str(capacity.week_of(day.today))):
        journal.announce(session, renewals.planning(session, day.today))
    yield from ()


def fitting_needs(sessions: Sessions, day: DueDay) -> dict[str, list[str]]:
    """The needs of the last week that fit, by profile, without profiles that got this week's digest; all by
    public ids.

    Matching takes time and may write to the index, so it is done before the writing transaction begins.
    """
    week, since = capacity.week_of(day.today), day.moment - timedelta(days=7)
    fresh = select(Need.id).where(Need.published_at >= since, Need.state.in_(OPEN_NEEDS)).limit(1)
    found: dict[str, list[str]] = {}
    with sessions() as session:
        if session.scalar(fresh) is None:
            return found
        for profile, user in _editors(session, "digest"):
            key = profile.public_id
            if key not in found and not signed_links.used(
                session, "letter", f"digest {user.public_id} {week}"
            ):
                fitting = day.openings(session, key)
                found[key] = [n.public_id for n in fitting if n.published_at and n.published_at >= since]
    return found


def digest(session: Session, day: DueDay, fitting: Mapping[str, Sequence[str]]) -> Iterator[None]:
    """Post once a week the needs published since the week before that fit. No e-mail where there is none."""
    week = capacity.week_of(day.today)
    for profile, user in _editors(session, "digest"):
        keys = fitting.get(profile.public_id, ())[:MOST_IN_DIGEST]
        if keys and first(session, "digest", user.public_id, week):
            rows = session.scalars(select(Need).where(Need.public_id.in_(keys)))
            _post_digest(session, sorted(rows, key=lambda need: keys.index(need.public_id)), user)
            yield


def _post_digest(session: Session, needs: Sequence[Need], user: User) -> None:
    reader = recipients.of_user(user)
    listed = [
        {
            "title": need_summary.title_in_letters(need, reader.language),
            "path": urls.need(need.public_id),
            "facts": need_summary.card_for(session, need, reader),
        }
        for need in needs
    ]
    values = {"needs": listed, "settings": urls.chosen_letters()}
    letters.post(session, "digest", reader.email, reader.language, values)
