"""What programs are told of suppliers, and how they say who they act for."""

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from matchmaker.domain import access
from matchmaker.domain.errors import NotFound
from matchmaker.domain.records import EquipmentRecord, NeedRecord, parse, to_data
from matchmaker.services.matching import matching
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, subject
from matchmaker.web.pages.profile_access import access_object
from matchmaker.web.pages.supplier_search import LONGEST_QUERY
from matchmaker.web.views.api import program_requests

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.before_request(program_requests.check_key)


@blueprint.get("/suppliers")
def search() -> ResponseReturnValue:
    """Suppliers for words, best first: `?q=`."""
    words = request.args.get("q", "").strip()
    if not words or len(words) > LONGEST_QUERY:
        abort(400)
    record = parse(NeedRecord, {"kind": "need", "id": "search", "text": words})
    answered = matching.match_record(database(), record, context.matching())
    return jsonify(total=answered.answer.total, items=program_requests.lines(answered))


@blueprint.get("/suppliers/<key>")
def supplier(key: str) -> ResponseReturnValue:
    """A published profile in the keys of the exchange format, without contacts."""
    profile = suppliers.by_key(database(), key)
    action = "profile.view" if profile.is_published else "profile.view_unpublished"
    if not access.may(subject(), action, access_object(profile)).allowed:
        raise NotFound(what="supplier", key=key)
    data = to_data(suppliers.record(profile))
    if not access.may(subject(), "profile.contacts", access_object(profile)).allowed:
        data.pop("contacts", None)
    verdict = access.may(subject(), "profile.capacity", access_object(profile))
    if verdict is not access.AccessVerdict.OK:
        left_out = (
            {"spare_hours_per_month"} if verdict.allowed else set(EquipmentRecord.model_fields) - {"name"}
        )
        data["equipment"] = [
            {name: value for name, value in item.items() if name not in left_out}
            for item in data.get("equipment", ())
        ]
    return jsonify({**data, "id": key})
