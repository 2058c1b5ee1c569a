"""What programs are told of suppliers, and how they say who they act for."""

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from importers.readers.exchange import RefusedText, parse_json
from matchmaker.domain import access
from matchmaker.domain.errors import InvalidRecord, KeyInAddress, NotFound, Problem, ScopeMissing
from matchmaker.domain.language import N_
from matchmaker.domain.records import EquipmentRecord, NeedRecord, parse, to_data
from matchmaker.services import access_keys, matching, suppliers
from matchmaker.web import context
from matchmaker.web.context import database, person, subject, wording
from matchmaker.web.profile_rights import thing
from matchmaker.web.supplier_search import LONGEST_QUERY
from search.ranking.explain import Match

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
SAFE = {"GET", "HEAD", "OPTIONS"}
_IN_ADDRESS = ("key", "token", "access_token", "api_key")


@blueprint.before_request
def check_key() -> None:
    """Refuse a key that is over, one in the address, and changes without a key that may write.

    A cookie alone changes nothing here: these addresses ask for no mark of a form.
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
    if access_keys.WRITE not in who.scopes:
        raise ScopeMissing


def body() -> dict[str, Any]:
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


def reasons(match: Match) -> list[dict[str, Any]]:
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


def lines(answered: matching.Answered) -> list[dict[str, Any]]:
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


@blueprint.get("/suppliers")
def search() -> ResponseReturnValue:
    """Suppliers for words, best first: `?q=`."""
    words = request.args.get("q", "").strip()
    if not words or len(words) > LONGEST_QUERY:
        abort(400)
    record = parse(NeedRecord, {"kind": "need", "id": "search", "text": words})
    answered = matching.match_record(database(), record, context.matching())
    return jsonify(total=answered.answer.total, items=lines(answered))


@blueprint.get("/suppliers/<key>")
def supplier(key: str) -> ResponseReturnValue:
    """A published profile in the keys of the exchange format, without contacts."""
    profile = suppliers.by_key(database(), key)
    action = "profile.view" if profile.state == "published" else "profile.view_unpublished"
    if not access.may(subject(), action, thing(profile)).allowed:
        raise NotFound(what="supplier", key=key)
    data = to_data(suppliers.record(profile))
    if not access.may(subject(), "profile.contacts", thing(profile)).allowed:
        data.pop("contacts", None)
    verdict = access.may(subject(), "profile.capacity", thing(profile))
    if verdict is not access.Verdict.OK:
        left_out = (
            {"spare_hours_per_month"} if verdict.allowed else set(EquipmentRecord.model_fields) - {"name"}
        )
        data["equipment"] = [
            {name: value for name, value in item.items() if name not in left_out}
            for item in data.get("equipment", ())
        ]
    return jsonify({**data, "id": key})
