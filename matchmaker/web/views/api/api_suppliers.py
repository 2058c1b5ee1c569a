"""The interface for programs to suppliers, and the way in which a program names the party it acts for."""

from flask import Blueprint, abort, jsonify, request
from flask.typing import ResponseReturnValue

from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.records import EquipmentRecord, NeedRecord, parse, to_data
from matchmaker.services.matching import matching
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.pages.profile_access import visible
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
    found = visible(database(), key)
    data = to_data(suppliers.record(found.profile))
    if not found.may("profile.contacts"):
        data.pop("contacts", None)
    left_out = _closed_to(found.verdicts["profile.capacity"])
    if left_out:
        data["equipment"] = [
            {name: value for name, value in item.items() if name not in left_out}
            for item in data.get("equipment", ())
        ]
    return jsonify({**data, "id": key})


def _closed_to(capacity: AccessVerdict) -> frozenset[str]:
    """The fields of a machine that a reader with this right to the capacity does not get."""
    if capacity is AccessVerdict.OK:
        return frozenset()
    if capacity.allowed:
        return frozenset({"spare_hours_per_month"})
    return frozenset(EquipmentRecord.model_fields) - {"name"}
