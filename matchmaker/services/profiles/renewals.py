"""The renewal of old facts of a profile: an e-mail with a link that confirms them, and the outbox for old
hours.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent, NotFound
from matchmaker.domain.language import N_
from matchmaker.models import Profile, SpareCapacity, User
from matchmaker.services.core import signed_links, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import letters, link_holders
from matchmaker.services.profiles import certificates, freshness, suppliers
from matchmaker.services.profiles.capacity import STALE_DAYS

CERTIFICATES = "certificates"
LABELS = {
    CERTIFICATES: N_("Certificates"),
    "capabilities": N_("What we do"),
    "equipment": N_("Machines"),
    "capacity": N_("Free hours"),
}
AGAIN_DAYS = 90


@dataclass(frozen=True, slots=True)
class RenewalLink:
    """The subject of a link: fields of a profile, as they were when the e-mail was written."""

    profile: Profile
    fields: tuple[str, ...]
    user: str
    mark: str


def ask(session: Session, readers: Iterable[tuple[Profile, User]], today: date) -> Iterator[None]:
    """Post the question to people of profiles whose machines or work are stale; free hours have an e-mail of
    their own.
    """
    for profile, user in readers:
        old = [one for one in freshness.stale(profile, today) if one.field in freshness.SECTIONS]
        if not old:
            continue
        oldest = min(one.stated_on for one in old)
        step = ((today - oldest).days - freshness.HALF_LIVES[old[0].field]) // AGAIN_DAYS
        if not signed_links.first(session, "letter", f"facts_stale {user.public_id} {oldest} {step}"):
            continue
        fields = [one.field for one in old]
        words = (profile.public_id, "+".join(fields), user.public_id, today.isoformat())
        _ = letters.words(user.language)
        values = {
            "organisation": profile.organisation.name(user.language),
            "facts": [(_(LABELS[one.field]), letters.day_in(user.language, one.stated_on)) for one in old],
            "confirm": urls.confirm_facts(signed_links.sign(site_of(session), "fresh", words)),
            "path": urls.own_profile(),
        }
        letters.post(session, "facts_stale", user.email, user.language, values)
        yield


def ask_for_dates(session: Session, readers: Iterable[tuple[Profile, User]], today: date) -> Iterator[None]:
    """Post the question for the dates of certificates that are declared without any: at once, and every quarter
    until they are given. Its link says that the certificates still hold.
    """
    for profile, user in readers:
        said = [
            (row.standard, row.said_on)
            for row in profile.certificates
            if certificates.is_undated(row) and row.said_on
        ]
        if not said:
            continue
        oldest = min(day for _, day in said)
        step = (today - oldest).days // AGAIN_DAYS
        if not signed_links.first(session, "letter", f"certificate_dates {user.public_id} {oldest} {step}"):
            continue
        words = (profile.public_id, CERTIFICATES, user.public_id, today.isoformat())
        values = {
            "organisation": profile.organisation.name(user.language),
            "facts": [(standard, letters.day_in(user.language, day)) for standard, day in said],
            "confirm": urls.confirm_facts(signed_links.sign(site_of(session), "fresh", words)),
            "path": urls.own_profile(),
        }
        letters.post(session, "certificate_dates", user.email, user.language, values)
        yield


def asked(session: Session, token: str) -> RenewalLink:
    """The question that a link asks. Raises NotFound, and LinkSpent also where its person no longer speaks for the supplier."""
    key, fields, user, day = signed_links.read(site_of(session), "fresh", token, 4)
    profile = suppliers.one_whole(session, Profile.public_id == key)
    sections = (*freshness.SECTIONS, CERTIFICATES)
    chosen = tuple(field for field in fields.split("+") if field in sections)
    if profile is None or not chosen:
        raise NotFound(what="link", key="")
    mark = f"{key} {user} {day}"
    if signed_links.used(session, "fresh", mark) or not link_holders.of_supplier(session, profile, user):
        raise LinkSpent
    return RenewalLink(profile, chosen, user, mark)


def confirm(session: Session, token: str, today: date) -> RenewalLink:
    """Record that all the facts are still true, once. Raises as `asked` does."""
    given = asked(session, token)
    signed_links.use(session, "fresh", given.mark)
    freshness.confirm(session, given.profile, given.fields, by=given.user or "letter", today=today)
    return given


def planning(session: Session, today: date) -> Sequence[str]:
    """The profiles whose stated hours still count, or have just ceased to."""
    since = today - timedelta(days=2 * STALE_DAYS + 14)
    query = (
        select(Profile.public_id)
        .join(Profile.capacity)
        .where(SpareCapacity.stated_at >= datetime.combine(since, time(), UTC))
    )
    return session.scalars(query.distinct().order_by(Profile.public_id)).all()
