"""A small programming interface to read: suppliers, and the matches of a need one may see."""

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from matchmaker.domain import access
from matchmaker.domain.errors import NotFound
from matchmaker.domain.records import EquipmentRecord, NeedRecord, parse, to_data
from matchmaker.models import Need
from matchmaker.services import matching, needs, profile_editing, shortlists, suppliers
from matchmaker.web import context, explanations
from matchmaker.web.context import database, person, subject, wording
from matchmaker.web.views.needs import demand, view_action
from matchmaker.web.views.needs import thing as need_thing
from matchmaker.web.views.public import LONGEST_QUERY, thing
from search.ranking.explain import Match

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def _reasons(match: Match) -> list[dict[str, Any]]:
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


def _lines(answered: matching.Answered) -> list[dict[str, Any]]:
    return [
        {
            "rank": rank,
            "supplier": match.key,
            "name": answered.profiles[match.key].organisation.name(context.language()),
            "score": match.score,
            "reasons": _reasons(match),
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
    """What the person may see of a need's matches: its operator all of them with scores, its contractor the released
    shortlist, a supplier how it stands itself.
    """
    if person() is None:
        abort(401)  # before looking, so that nobody learns which needs there are
    need = needs.by_key(database(), key)
    demand(view_action(need), need)
    demand("match.view", need)
    if access.may(subject(), "match.view", need_thing(need)) is access.Verdict.OK:
        answered = matching.match_need(database(), need, context.matching())
        return jsonify(need=key, total=answered.answer.total, items=_lines(answered))
    own = access.may(subject(), "need.edit", need_thing(need)).allowed
    items = _released(need) if own else _standing(need)
    return jsonify(need=key, total=len(items), items=items)


def _released(need: Need) -> list[dict[str, Any]]:
    """The shortlist as its contractor sees it."""
    return [
        {
            "rank": rank,
            "supplier": match.profile.public_id,
            "name": match.profile.organisation.name(context.language()),
            "state": match.state,
            "reasons": [dict(reason) for reason in explanations.reasons(match)],
        }
        for rank, match in enumerate(shortlists.released(database(), need), 1)
    ]


def _standing(need: Need) -> list[dict[str, Any]]:
    """How the person's own profiles stand to a need, met or not."""
    found = []
    for role in subject().roles:
        if role.role != "supplier_editor" or role.organisation is None:
            continue
        profile = profile_editing.of_organisation(database(), role.organisation)
        if profile is None or profile.published_at is None:
            continue
        match = matching.match_one(database(), need, profile.public_id, context.matching())
        if match is not None:
            found.append({"supplier": match.key, "reasons": _reasons(match)})
    return found
