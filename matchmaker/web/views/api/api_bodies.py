"""The bodies of requests and the parts that several answers have: reasons, and matches as lines."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import cast

from flask import abort, request
from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from importers.readers.exchange import RefusedText, parse_json
from matchmaker.domain.errors import InvalidRecord, KeyInAddress, Problem, ScopeMissing, TextRefused
from matchmaker.domain.language import N_
from matchmaker.services.matching import matching
from matchmaker.services.people import api_keys
from matchmaker.web.kit import context
from matchmaker.web.kit.context import person, wording
from matchmaker.web.kit.downloads import SentFile
from matchmaker.web.views.api.api_answers import ApiAnswer
from search.ranking.explain import RankedSupplier, RequirementVerdict
from search.ranking.work_shares import asks_for_work

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


def check_scope(scope: str) -> None:
    """Raise ScopeMissing where the request's key lacks a right that must be ticked; a browser's session has them all."""
    who = person()
    if scope and who is not None and who.scopes is not None and scope not in who.scopes:
        raise ScopeMissing(
            N_("This key lacks the right “%(scope)s”; create one for which it is ticked."), scope=scope
        )


def file() -> SentFile:
    """The file of the request, its name and content. Raises InvalidRecord, TextRefused."""
    if request.mimetype != "multipart/form-data":
        abort(415)
    sent = request.files.getlist("file")
    if len(sent) > 1:
        raise TextRefused(Problem("file", "key.repeated", N_("Send one file.")))
    if not sent or not sent[0].filename:
        message = N_("Send a form (multipart/form-data) with the file and its name as “file”.")
        raise InvalidRecord((Problem("file", "file.none", message),))
    return sent[0].filename, sent[0].stream


def body() -> dict[str, object]:
    """The JSON object of the request. Raises TextRefused, InvalidRecord."""
    if request.mimetype != "application/json":
        abort(415)
    try:
        given = parse_json(request.get_data().decode("utf-8"))
    except RefusedText as error:
        if error.problem.code == "number.not_finite":
            raise InvalidRecord((error.problem,)) from error
        raise TextRefused(error.problem) from error
    except UnicodeDecodeError as error:
        raise TextRefused(Problem("record", "text.encoding", N_("Send UTF-8."))) from error
    if not isinstance(given, dict):
        problem = Problem(
            "record", "json.object", N_("Send one object, with the keys of the exchange format.")
        )
        raise InvalidRecord((problem,))
    return given


class ReasonAnswer(ApiAnswer):
    """How a supplier stands to one requirement; `outcome` is met, near, unknown, unmet, mentioned (in the description, not
    declared) or guessed (by machines, products or the model of a machine). `margin` is how far the declared value goes beyond
    the needed one, or falls short of it, in words.

    A fresh answer has `needed` and `declared` in codes and units, with `text` for people; a stored one has all in words.
    """

    requirement: str
    outcome: str
    needed: JsonValue = None
    declared: JsonValue = None
    text: str | None = None
    margin: str | None = None
    label: str | None = None
    outcome_label: str | None = None


class MatchLine(ApiAnswer):
    """A supplier of an answer, best first. `score`, 0 to 1, is how likely an expert would call it good: of ten with 0.7 about
    seven; it is left out where no work was asked for. `share` is how much of the work it does: whole, part, related or words
    (nothing but words in common); the first two are matches.
    """

    rank: int
    supplier: str
    name: str
    score: float | None = None
    share: str | None = None
    reasons: list[ReasonAnswer]


class Counts(ApiAnswer):
    """The suppliers that no condition removes: those that do the whole of the work, a part of it, only work like it or with its
    material, or, where the words name no operation, have nothing but words in common.
    """

    whole: int
    part: int
    related: int
    words: int


def counts(answered: matching.MatchedNeed) -> Counts:
    return Counts(**asdict(answered.answer.counts))


def reasons(match: RankedSupplier) -> list[ReasonAnswer]:
    return told_reasons(match.verdicts)


def told_reasons(verdicts: Iterable[RequirementVerdict]) -> list[ReasonAnswer]:
    words = wording()
    told = ((verdict, words.reason(verdict)) for verdict in verdicts)
    return [
        ReasonAnswer(
            requirement=verdict.requirement,
            outcome=str(verdict.outcome),
            needed=said(verdict.needed),
            declared=said(verdict.declared),
            text=reason.declared,
            margin=reason.margin or None,
        )
        for verdict, reason in told
    ]


def said(value: object) -> JsonValue:
    """A value of a requirement in plain JSON."""
    return cast(JsonValue, to_jsonable_python(value))


def lines(answered: matching.MatchedNeed, first: int = 1) -> list[MatchLine]:
    """The matches of an answer from a place on."""
    return [
        MatchLine(
            rank=rank,
            supplier=match.key,
            name=answered.profiles[match.key].organisation.name(context.language()),
            score=match.score if asks_for_work(answered.understanding.requirements) else None,
            share=match.share,
            reasons=reasons(match),
        )
        for rank, match in enumerate(answered.answer.matches, 1)
        if rank >= first
    ]
