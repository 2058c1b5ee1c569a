"""The acts of the last ten minutes for programs: what the person can still take back, and taking it back."""

from datetime import datetime

from flask import Blueprint

from matchmaker.services.core import undoing
from matchmaker.web.acts import undo_acts
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, GivenAnswer, NoAnswer, PageFilters, part
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_acts", __name__, url_prefix="/api/v1/acts")
blueprint.before_request(api_bodies.check_key)


class ActLine(ApiAnswer):
    """An act on a need, profile or quote (`of`, `key_of`) that can be taken back until `until`."""

    key: str
    act: str
    of: str
    key_of: str
    until: datetime


class ActList(ApiAnswer):
    """What the person can still take back, the last act first."""

    items: list[ActLine]


@blueprint.get("")
@operation(answer=ActList, query=PageFilters, allowed=signed_in)
def open_acts(query: PageFilters) -> GivenAnswer:
    """What the person did in the last ten minutes, here or on a page, and can take back."""
    found = undoing.open_acts_of(database(), signed_in().user)
    shown, more = part(found, query, lambda one: one.public_id)
    lines = [
        ActLine(key=one.public_id, act=one.kind, of=one.object_kind, key_of=one.object_id, until=one.until)
        for one in shown
    ]
    return GivenAnswer(ActList(items=lines), following=more)


@blueprint.post("/<key>/undo")
@operation(answer=NoAnswer, refusals=(403, 404, 409))
def undo(key: str) -> NoAnswer:
    """Take an act back; a repeat changes nothing, 409 says why it cannot be taken back any more."""
    undo_acts.take_back(key)
    return NoAnswer()
