"""The consent to the processing of personal data: its text, and the version that each person accepted."""

import hashlib

from sqlalchemy.orm import Session

from matchmaker import resources
from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import User
from matchmaker.models.base import now


def text(language: str) -> str:
    """The consent in a language."""
    return (resources.folder("config") / "personal_data" / f"{language}.txt").read_text(encoding="utf-8")


def demand(given: bool) -> None:
    """Raise InvalidRecord unless the consent was given."""
    if not given:
        message = N_("Without your consent there can be no account.")
        raise InvalidRecord((Problem("consent", "consent.missing", message),))


def keep(session: Session, user: User, language: str) -> None:
    """Record that the person accepted the present text, and when."""
    digest = hashlib.sha256(text(language).encode()).hexdigest()
    user.consents = {"text": digest, "language": language, "at": now().isoformat()}
    session.flush()
