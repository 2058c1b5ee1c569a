"""Letters to a supplier about a need: who reads them, what they may say of the need, and the links to answer by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.language import N_
from matchmaker.models import Decision, Match, Membership, Need, Organisation, Profile, User
from matchmaker.models.base import now
from matchmaker.services import letters, links, preferences
from matchmaker.services.site import Site, site_of

ANSWERS = ("interested", "no_capacity", "not_ours")
_TITLE = 120


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a letter goes to; `user` is the public id of an account, empty for the contact of a profile."""

    email: str
    language: str
    user: str = ""
    unwanted: frozenset[str] = frozenset()

    def wants(self, kind: str) -> bool:
        """Whether the person wants letters of a kind that one may do without."""
        return kind not in self.unwanted


def people(session: Session, organisation: Organisation | None, role: str) -> Sequence[User]:
    """Active people with a role in an organisation."""
    if organisation is None:
        return []
    query = select(User).join(Membership, Membership.user_id == User.id)
    chosen = query.where(
        Membership.organisation_id == organisation.id,
        Membership.role == role,
        Membership.state == "active",
        User.active,
    )
    return session.scalars(chosen.order_by(User.id)).all()


def readers(session: Session, profile: Profile) -> list[Reader]:
    """The editors of a profile's organisation; where nobody has an account, the contact that the profile names."""
    editors = people(session, profile.organisation, "supplier_editor")
    if editors:
        return [Reader(user.email, user.language, user.public_id, _unwanted(user)) for user in editors]
    email = (profile.contacts or {}).get("email", "").strip()
    language = "ru" if profile.organisation.name_ru else "en"
    return [Reader(email, language)] if "@" in email and not email.split()[1:] else []


def _unwanted(user: User) -> frozenset[str]:
    return frozenset(kind for kind, wanted in preferences.wanted_mails(user).items() if not wanted)


def title_of(need: Need) -> str:
    """One line that names a need."""
    line = " ".join((need.title or need.text or "").split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


def card(need: Need, language: str) -> list[tuple[str, str]]:
    """What anybody who is invited may read of a need, as labels and values in a language; never the contractor."""
    _ = letters.words(language)
    given = need.requirements or {}
    rows = [
        (_(N_("Process")), ", ".join(given.get("processes") or ())),
        (_(N_("Material")), ", ".join(given.get("materials") or ())),
        (_(N_("Lot")), _(N_("%(value)s pcs")) % {"value": need.quantity} if need.quantity else ""),
        (_(N_("Deliver by")), letters.day_in(language, need.deliver_by) if need.deliver_by else ""),
        (_(N_("Region")), ", ".join(part for part in (need.region, need.city) if part)),
    ]
    return [(label, value) for label, value in rows if value]


def answer_links(site: Site, match: Match, invitation: Decision, reader: Reader) -> dict[str, str]:
    """Paths of the answers to an invitation, one link each."""
    words = (match.public_id, invitation.public_id, reader.user)
    return {answer: f"/answers/{links.sign(site, 'answer', (*words, answer))}" for answer in ANSWERS}


def invite(session: Session, match: Match, invitation: Decision) -> None:
    """Post the invitation to everybody who may answer for the supplier."""
    for reader in readers(session, match.profile):
        letters.post(
            session, "invited", reader.email, reader.language, _values(session, match, invitation, reader)
        )


def remind(session: Session, match: Match, invitation: Decision) -> None:
    """Post the reminder of an invitation that was not answered."""
    for reader in readers(session, match.profile):
        values = {**_values(session, match, invitation, reader), "invited_on": invitation.at.date()}
        letters.post(session, "answer_reminder", reader.email, reader.language, values)


def _values(session: Session, match: Match, invitation: Decision, reader: Reader) -> dict[str, Any]:
    until: date = (now() + timedelta(days=links.ANSWER_DAYS)).date()
    return {
        "title": title_of(match.need),
        "facts": card(match.need, reader.language),
        "until": until,
        **answer_links(site_of(session), match, invitation, reader),
    }
