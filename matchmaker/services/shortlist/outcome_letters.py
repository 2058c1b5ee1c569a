"""The e-mail about the end of a need to a supplier, with the reason."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from matchmaker.models import Mail, Match
from matchmaker.services.core import urls
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_summary


def post(session: Session, matches: Sequence[Match], reason: Callable[[str], str]) -> list[Mail]:
    """Post the e-mail to the readers of the suppliers' e-mails, with the reason in their language; the e-mails.

    The e-mail does not name the chosen supplier.
    """
    readers = recipients.of_profiles(session, [match.profile for match in matches])
    posted = []
    for match, reader in ((one, reader) for one in matches for reader in readers[one.profile_id]):
        values = {
            "title": need_summary.title_in_letters(match.need, reader.language),
            "outcome": str(match.need.state),
            "reason": reason(reader.language),
            "path": urls.shop(),
        }
        to, kind = (reader.email, reader.language), "outcome_of_need"
        posted.append(letters.post(session, kind, *to, values, about=match.public_id))
    return posted
