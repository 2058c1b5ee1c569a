"""The reasons of a match as stored with a shortlist: worded once in both languages, read in either."""

from collections.abc import Sequence
from dataclasses import asdict

from flask_babel import force_locale, gettext

from matchmaker.models import Match, Need
from matchmaker.services.matching import matching
from matchmaker.services.matching.wording import Wording
from matchmaker.services.shortlist.shortlists import SupplierProposal
from matchmaker.web.kit import context
from search.ranking import explain

LANGUAGES = ("ru", "en")


def kept(match: explain.RankedSupplier) -> dict[str, object]:
    """The explanation of a match in the form that is stored, ready for JSON."""
    return {"reasons": {language: _worded(match, language) for language in LANGUAGES}}


def proposal(need: Need, key: str) -> SupplierProposal | None:
    """The fit of the supplier with this public id for a need, ready to be stored; None where the supplier is
    not indexed.
    """
    found = matching.match_one(need, key, context.matching())
    return SupplierProposal(key, found.score, kept(found)) if found else None


def proposals(need: Need) -> tuple[list[SupplierProposal], str]:
    """The matcher's proposals for a need, best first and ready to be stored, and the name of the ranker."""
    answer = matching.match_need(context.database(), need, context.matching()).answer
    return [SupplierProposal(one.key, one.score, kept(one)) for one in answer.matches], answer.ranker


def _worded(match: explain.RankedSupplier, language: str) -> list[dict[str, str]]:
    with force_locale(language):
        words = Wording(context.product().taxonomy, language, gettext)
        return [asdict(words.reason(verdict)) for verdict in match.verdicts]


def reasons(match: Match, language: str | None = None) -> Sequence[dict[str, str]]:
    """The stored reasons in a language, by default the reader's; none for a match added by hand."""
    found = (match.explanation or {}).get("reasons") or {}
    if isinstance(found, list):  # stored in one language, by an earlier version
        return found
    return list(found.get(language or context.language(), ()))
