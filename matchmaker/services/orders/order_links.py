"""The links of letters by which a side without an account reads its order and says what happened."""

from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent, NotFound
from matchmaker.models import PurchaseOrder
from matchmaker.services.core import urls
from matchmaker.services.mail import recipients
from matchmaker.services.mail.recipients import Recipient
from matchmaker.services.orders import orders
from matchmaker.services.shortlist import contract_contacts


def path(session: Session, order: PurchaseOrder, side: str, reader: Recipient) -> str:
    """The page of an order for a reader of one of its sides."""
    if reader.user:
        return urls.order(order.public_id)
    return urls.order_by_letter(contract_contacts.sign("order", session, order.match, side, reader.email))


def opened(session: Session, token: str) -> tuple[PurchaseOrder, str]:
    """The order of a link and the side that it speaks for. Raises NotFound, also while the contract can be taken back; LinkSpent where the
    address no longer speaks for its firm, or the firm has people with accounts by now.
    """
    match, side = contract_contacts.side_asked(session, "order", token)
    order = orders.of_match(session, match)
    if order is None:
        raise NotFound(what="order", key="")
    if has_people(session, order, side):
        raise LinkSpent
    return orders.by_key(session, order.public_id), side


def has_people(session: Session, order: PurchaseOrder, side: str) -> bool:
    """Whether somebody of this side has an account and answers for itself."""
    match = order.match
    if side == "supplier":
        return bool(recipients.members(session, match.profile.organisation, "supplier_editor"))
    return bool(recipients.members(session, match.need.contractor, "contractor_buyer"))
