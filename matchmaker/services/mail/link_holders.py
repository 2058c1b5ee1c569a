"""The holders of links in e-mails: whether the person or the address that a link was sent to still speaks for its firm."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from matchmaker.models import Need, Organisation, Profile
from matchmaker.services.core import signed_links
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import recipients


def of_supplier(session: Session, profile: Profile, person: str, mark: Sequence[str] = ()) -> bool:
    """Whether a link holds for a supplier. `person` is the public id of an account, "" where the link was sent to an address without one,
    whose mark (`signed_links.mark_of`) it then bears; a link of an earlier letter has none.
    """
    firm, address = profile.organisation, recipients.contact_of(profile)
    return _holds(session, (firm, "supplier_editor"), person, mark, address)


def of_contractor(session: Session, need: Need, person: str, mark: Sequence[str] = ()) -> bool:
    """Whether a link holds for the contractor of a need; as `of_supplier`."""
    address = recipients.address_of(need)
    return _holds(session, (need.contractor, "contractor_buyer"), person, mark, address)


def of_firm(session: Session, firm: Organisation, person: str, mark: Sequence[str] = ()) -> bool:
    """Whether a link holds for a firm, supplier or contractor; as `of_supplier`."""
    if firm.blocked:
        return False
    return any(
        reader.user == person if person else _is_of(session, reader.email, mark)
        for reader in recipients.of_firms(session, [firm])[firm.id]
    )


def _is_of(session: Session, address: str, mark: Sequence[str]) -> bool:
    return list(mark) == [signed_links.mark_of(site_of(session), address)]


def _holds(
    session: Session, side: tuple[Organisation | None, str], person: str, mark: Sequence[str], address: str
) -> bool:
    firm, role = side
    if firm is not None and firm.blocked:
        return False
    if person:
        return any(user.public_id == person for user in recipients.members(session, firm, role))
    return not mark or list(mark) == [signed_links.mark_of(site_of(session), address)]
