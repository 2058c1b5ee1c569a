"""The letter that tells a supplier how a need ended for it, and why."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from matchmaker.models import Match
from matchmaker.services.core import urls
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_summary


def post(session: Session, match: Match, reason: Callable[[str], str]) -> int:
    """Post it to everybody who may read the supplier's letters, with the reason in their language; how many letters.

    Who was chosen instead is not told.
    """
    readers = recipients.of_profile(session, match.profile)
    for reader in readers:
        values = {
            "title": need_summary.title_of(match.need),
            "outcome": str(match.need.state),
            "reason": reason(reader.language),
            "path": urls.shop(),
        }
        letters.post(session, "outcome_of_need", reader.email, reader.language, values)
    return len(readers)
