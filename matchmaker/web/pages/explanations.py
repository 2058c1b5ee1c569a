"""The reasons of a match as it is kept with a shortlist: worded once in both languages, read in either."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import force_locale, gettext

from matchmaker.models import Match
from matchmaker.services.matching.wording import Wording
from matchmaker.web.kit import context
from search.ranking import explain

LANGUAGES = ("ru", "en")


def kept(match: explain.RankedSupplier) -> dict[str, Any]:
    """What a match keeps of its explanation, ready for JSON."""
    return {"reasons": {language: _worded(match, language) for language in LANGUAGES}}


def _worded(match: explain.RankedSupplier, language: str) -> list[dict[str, str]]:
    with force_locale(language):
        words = Wording(context.product().taxonomy, language, gettext)
        return [asdict(words.reason(verdict)) for verdict in match.verdicts]


def reasons(match: Match, language: str | None = None) -> Sequence[dict[str, str]]:
    """The kept reasons in a language, the reader's where none is named; nothing for one added by hand."""
    found = (match.explanation or {}).get("reasons") or {}
    if isinstance(found, list):  # kept in one language, before both were
        return found
    return list(found.get(language or context.language(), ()))
