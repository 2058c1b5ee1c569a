"""The e-mails about an order: to the side that has something to confirm, to answer or to close."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from matchmaker.models import Mail, OrderClaim, OrderEntry, PurchaseOrder
from matchmaker.services.mail import letters, recipients
from matchmaker.services.mail.recipients import Recipient
from matchmaker.services.needs import need_summary
from matchmaker.services.orders import order_links, order_words
from matchmaker.services.orders.orders import OTHER_SIDE, OrderCourse, Speaker

KIND = "order_news"
Pairs = list[tuple[str, str]]


def tell(session: Session, course: OrderCourse, entry: OrderEntry, speaker: Speaker) -> list[Mail]:
    """Tell the other side what was said or answered, and the speaker's own one where the centre spoke for it; the e-mails."""
    title, order = course.line_title(entry.line), course.order
    news = "confirm" if entry.is_said else "refused" if entry.is_refused else "answered"
    posted = []
    for reader, about in _told_of(session, order, speaker, news):
        words = order_words.told(entry, title, reader.language)
        facts = [(order_words.label(entry.kind, reader.language), words)]
        posted.append(_post(session, order, reader, speaker, about, facts))
    return posted


def tell_own(session: Session, course: OrderCourse, entry: OrderEntry, speaker: Speaker) -> list[Mail]:
    """Tell a side what the centre answered for it; the e-mails, none where the side spoke itself."""
    title, order = course.line_title(entry.line), course.order
    return [
        _post(
            session,
            order,
            reader,
            speaker,
            "written",
            [
                (
                    order_words.label(entry.kind, reader.language),
                    order_words.told(entry, title, reader.language),
                )
            ],
        )
        for reader in (_readers(session, order, speaker.side) if speaker.by_centre else ())
    ]


def _told_of(
    session: Session, order: PurchaseOrder, speaker: Speaker, news: str
) -> list[tuple[Recipient, str]]:
    """The readers with the news of each: those of the other side, and those for whom the centre spoke."""
    own = _readers(session, order, speaker.side) if speaker.by_centre else ()
    others = _readers(session, order, OTHER_SIDE[speaker.side])
    return [*((one, news) for one in others), *((one, "written") for one in own)]


def tell_of_claim(
    session: Session, order: PurchaseOrder, claim: OrderClaim, speaker: Speaker, news: str
) -> list[Mail]:
    """Tell the other side of a claim: a new one, its answer, or that it is closed as far as this side is concerned."""
    posted = []
    for reader, about in _told_of(session, order, speaker, news):
        facts = order_words.claim_facts(claim, reader.language)
        posted.append(_post(session, order, reader, speaker, about, facts))
    return posted


def _readers(session: Session, order: PurchaseOrder, side: str) -> Sequence[Recipient]:
    found = (
        recipients.of_profile(session, order.match.profile)
        if side == "supplier"
        else recipients.of_contractor(session, order.match.need)
    )
    return [reader for reader in found if reader.wants(KIND)]


def _post(
    session: Session, order: PurchaseOrder, reader: Recipient, speaker: Speaker, news: str, facts: Pairs
) -> Mail:
    """Post the news to a reader: of the speaker's own side what the centre wrote for it, else of the other one."""
    match = order.match
    side = speaker.side if news == "written" else OTHER_SIDE[speaker.side]
    firm = match.profile.organisation if speaker.side == "supplier" else match.need.contractor
    values = {
        "title": need_summary.title_in_letters(match.need, reader.language),
        "number": order.number or "",
        "organisation": firm.name(reader.language) if firm else "",
        "writer": match.need.centre.name(reader.language) if speaker.by_centre else "",
        "has_account": bool(reader.user),
        "news": news,
        "facts": facts,
        "path": order_links.path(session, order, side, reader),
    }
    return letters.post(session, KIND, reader.email, reader.language, values, about=match.public_id)
