"""The e-mail about the end of a need to a supplier, with the reason."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from matchmaker.models import Mail, Match
from matchmaker.services.core import urls
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_summary


def post(session: Session, match: Match, reason: Callable[[str], str]) -> list[Mail]:
    """Post the e-mail to the readers of the supplier's e-mails, with the reason in their language; the e-mails.

    The e-mail does not name the chosen supplier.
    """
    readers = recipients.of_profile(session, match.profile)
    posted = []
    for reader in readers:
        values = {
            "title": need_summary.title_in_letters(match.need, reader.language),
            "outcome": str(match.need.state),
            "reason": reason(reader.language),
            "path": urls.shop(),
        }
        to, kind = (reader.email, reader.language), "outcome_of_need"
        posted.append(letters.post(session, kind, *to, values, about=match.public_id))
    return posted
