"""E-mails to the contractor about its own need: the centre's decision, proposed suppliers, a new quote."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import Need
from matchmaker.services.core import urls
from matchmaker.services.mail import letters, preferences, recipients
from matchmaker.services.needs import need_summary

# The kinds of news, by the need's new state or by the event.
NEWS = (
    NeedState.PUBLISHED,
    NeedState.DRAFT,
    NeedState.CLOSED,
    NeedState.EXPIRED,
    "shortlist",
    "quote",
    "opened",
)
Reason = Callable[[str], str]  # a language → the reason in it


def tell(
    session: Session, need: Need, news: str, *, by: str = "", count: int = 0, reason: Reason | None = None
) -> int:
    """Post a piece of NEWS to the need's buyers who want such e-mails, except its author (public id), and
    return the number of e-mails.

    `count` is the number of suppliers on a shortlist. The e-mail about a quote says nothing of its content.
    """
    posted = 0
    for person in recipients.members(session, need.contractor, "contractor_buyer"):
        if person.public_id == by or not preferences.wants(person, "need_news"):
            continue
        values = {
            "title": need_summary.title_of(need),
            "news": news,
            "count": count,
            "reason": reason(person.language) if reason else "",
            "path": (urls.quotes if news in {"quote", "opened"} else urls.need)(need.public_id),
        }
        letters.post(session, "need_news", person.email, person.language, values)
        posted += 1
    return posted
