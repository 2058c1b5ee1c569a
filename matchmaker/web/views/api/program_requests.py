"""The requests and answers of programs: the party they act for, the object that they send, and matches as
lines.
"""

from flask import abort, request

from importers.readers.exchange import RefusedText, parse_json
from matchmaker.domain.errors import InvalidRecord, KeyInAddress, Problem, ScopeMissing
from matchmaker.domain.language import N_
from matchmaker.services.matching import matching
from matchmaker.services.people import api_keys
from matchmaker.web.kit import context
from matchmaker.web.kit.context import person, wording
from search.ranking.explain import RankedSupplier

SAFE = {"GET", "HEAD", "OPTIONS"}


_IN_ADDRESS = ("key", "token", "access_token", "api_key")


def check_key() -> None:
    """Refuse an expired key, a key in the address, and changes without a key that may write.

    A cookie alone changes nothing here, since these addresses check no form token.
    """
    if any(name in request.args for name in _IN_ADDRESS):
        raise KeyInAddress
    who = person()
    if "Authorization" in request.headers and who is None:
        abort(401)
    if request.method in SAFE:
        return
    if who is None or who.scopes is None:
        abort(401)
    if api_keys.WRITE not in who.scopes:
        raise ScopeMissing


def body() -> dict[str, object]:
    """The JSON object of the request. Raises InvalidRecord."""
    if request.mimetype != "application/json":
        abort(415)
    try:
        given = parse_json(request.get_data(as_text=True))
    except RefusedText as error:
        raise InvalidRecord((error.problem,)) from error
    except UnicodeDecodeError as error:
        problem = Problem("record", "text.encoding", N_("Send UTF-8."), "")
        raise InvalidRecord((problem,)) from error
    if not isinstance(given, dict):
        problem = Problem(
            "record", "json.object", N_("Send one object, with the keys of the exchange format.")
        )
        raise InvalidRecord((problem,))
    return given


def reasons(match: RankedSupplier) -> list[dict[str, object]]:
    words = wording()
    return [
        {
            "requirement": verdict.requirement,
            "outcome": str(verdict.outcome),
            "needed": verdict.needed,
            "declared": verdict.declared,
            "text": words.reason(verdict).declared,
        }
        for verdict in match.verdicts
    ]


def lines(answered: matching.MatchedNeed) -> list[dict[str, object]]:
    return [
        {
            "rank": rank,
            "supplier": match.key,
            "name": answered.profiles[match.key].organisation.name(context.language()),
            "score": match.score,
            "reasons": reasons(match),
        }
        for rank, match in enumerate(answered.answer.matches, 1)
    ]
