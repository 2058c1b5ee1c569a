"""A small programming interface to read: suppliers, and the matches of a need one may see."""

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from matchmaker.domain import access
from matchmaker.domain.errors import NotFound
from matchmaker.domain.records import EquipmentRecord, NeedRecord, parse, to_data
from matchmaker.services import matching, needs, suppliers
from matchmaker.web import context
from matchmaker.web.context import database, person, subject, wording
from matchmaker.web.views.needs import thing as need_thing
from matchmaker.web.views.public import LONGEST_QUERY, thing

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def _lines(answered: matching.Answered) -> list[dict[str, Any]]:
    words = wording()
    return [
        {
            "rank": rank,
            "supplier": match.key,
            "name": answered.profiles[match.key].organisation.name(context.language()),
            "score": match.score,
            "reasons": [
                {
                    "requirement": verdict.requirement,
                    "outcome": str(verdict.outcome),
                    "needed": verdict.needed,
                    "declared": verdict.declared,
                    "text": words.reason(verdict).declared,
                }
                for verdict in match.verdicts
            ],
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
    return jsonify(total=answered.answer.total, items=_lines(answered))


@blueprint.get("/suppliers/<key>")
def supplier(key: str) -> ResponseReturnValue:
    """A published profile in the keys of the exchange format, without contacts."""
    profile = suppliers.by_key(database(), key)
    action = "profile.view" if profile.state == "published" else "profile.view_unpublished"
    if not access.may(subject(), action, thing(profile)).allowed:
        raise NotFound(what="supplier", key=key)
    data = to_data(suppliers.record(profile))
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


@blueprint.get("/needs/<key>/matches")
def matches(key: str) -> ResponseReturnValue:
    if person() is None:
        abort(401)  # before looking, so that nobody learns which needs there are
    need = needs.by_key(database(), key)
    if not access.may(subject(), "need.edit", need_thing(need)).allowed:
        raise NotFound(what="need", key=key)
    answered = matching.match_need(database(), need, context.matching())
    return jsonify(need=key, total=answered.answer.total, items=_lines(answered))
