"""What the centre passes on once a contract is made: the contacts of both sides, on the need's page and by e-mail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent, NotFound
from matchmaker.domain.language import N_
from matchmaker.models import Mail, Match, Need, Profile
from matchmaker.models.base import now
from matchmaker.services.core import signed_links, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import letters, link_holders, recipients
from matchmaker.services.mail.recipients import Recipient
from matchmaker.services.needs import need_summary
from matchmaker.services.shortlist import match_decisions
from matchmaker.services.shortlist.match_decisions import AwardedPosition

Pairs = list[tuple[str, str]]
_LABELS = {
    "person": N_("Contact person"),
    "email": N_("E-mail"),
    "phone": N_("Telephone"),
    "website": N_("Website"),
}


@dataclass(frozen=True, slots=True)
class ContractSide:
    """One side of a contract: its name and its contacts, as labels and values."""

    name: str
    contacts: Pairs


def pass_on(
    session: Session, match: Match, at: datetime | None = None, positions: Sequence[AwardedPosition] = ()
) -> list[Mail]:
    """Show the contacts to both sides from `at` on, else at once, and post them by e-mail, once; the e-mails.

    They name the positions of the contract, where it is for some. What is awarded on the site, which is told `at` a time, becomes an
    order; a side without an account gets the link to it.
    The e-mails of an act that can be taken back wait until it cannot.
    """
    if match.contacts_at is not None:
        return []
    match.contacts_at = at or now()
    session.flush()
    to_supplier = recipients.of_profile(session, match.profile)
    to_contractor = recipients.of_contractor(session, match.need)
    return [
        _post(session, match, side, reader, positions, opens_order=at is not None)
        for side, readers in (("supplier", to_supplier), ("contractor", to_contractor))
        for reader in readers
    ]


def _post(
    session: Session,
    match: Match,
    side: str,
    reader: Recipient,
    positions: Sequence[AwardedPosition],
    *,
    opens_order: bool,
) -> Mail:
    """Tell somebody of one side who the other is."""
    link = () if reader.user else (session, match, side, reader.email)
    need, language = match.need, reader.language
    other = contractor(session, need, language) if side == "supplier" else supplier(session, match, language)
    values = {
        "title": need_summary.title_in_letters(need, language),
        "side": side,
        "organisation": other.name,
        "facts": [*_told(positions, language), *need_summary.card(need, language)],
        "contacts": other.contacts,
        "agreement": urls.contract_by_letter(sign("contract", *link)) if link else "",
        "order": urls.order_by_letter(sign("order", *link)) if link and opens_order else "",
        "path": urls.need(need.public_id),
    }
    return letters.post(session, "contract_made", reader.email, language, values, about=match.public_id)


def sign(purpose: str, session: Session, match: Match, side: str, address: str) -> str:
    """The token of a link for a side of a contract without an account, for its agreement ("contract") or its order ("order")."""
    site = site_of(session)
    return signed_links.sign(site, purpose, (match.public_id, side, signed_links.mark_of(site, address)))


def side_asked(session: Session, purpose: str, token: str) -> tuple[Match, str]:
    """The match of such a link, and the side ("supplier" or "contractor") that it was sent to. Raises NotFound, LinkSpent where the
    address no longer speaks for its firm.
    """
    key, side, *mark = signed_links.read(site_of(session), purpose, token, 3)
    match = match_decisions.by_key(session, key)
    if side == "supplier":
        holds = link_holders.of_supplier(session, match.profile, "", mark)
    elif side == "contractor":
        holds = link_holders.of_contractor(session, match.need, "", mark)
    else:
        raise NotFound(what="link", key="")
    if not holds:
        raise LinkSpent
    return match, side


def _told(positions: Sequence[AwardedPosition], language: str) -> Pairs:
    """The positions of a contract with their pieces; no price."""
    pieces = letters.words(language)(N_("%(pieces)s pcs"))
    return [(one.title, pieces % {"pieces": one.quantity} if one.quantity else one.id) for one in positions]


def contractor(session: Session, need: Need, language: str) -> ContractSide:
    """The contractor as the chosen supplier reads it: its people, and the contact that was named for this need."""
    firm, given = need.contractor, (need.contractor_given or {}).get("name") or {}
    people = recipients.members(session, firm, "contractor_buyer")
    name = firm.name(language) if firm else given.get(language) or next(filter(None, given.values()), "")
    named = str((need.details or {}).get("contact") or "")
    found = [(person.name, person.email) for person in people]
    return ContractSide(name, [*_people(found, language), *_rows({"person": named}, language)])


def supplier(session: Session, match: Match, language: str) -> ContractSide:
    """The chosen supplier as the contractor reads it: the contacts of its profile, else its people."""
    profile: Profile = match.profile
    name, rows = profile.organisation.name(language), _rows(profile.contacts or {}, language)
    if not (profile.contacts or {}).get("email"):
        people = recipients.members(session, profile.organisation, "supplier_editor")
        rows += _people([(person.name, person.email) for person in people], language)
    return ContractSide(name, rows)


def _rows(given: dict[str, str], language: str) -> Pairs:
    _ = letters.words(language)
    return [(_(label), given[key]) for key, label in _LABELS.items() if given.get(key)]


def _people(people: Sequence[tuple[str, str]], language: str) -> Pairs:
    label = letters.words(language)(_LABELS["person"])
    return [(label, f"{name}, {email}" if name else email) for name, email in people]
