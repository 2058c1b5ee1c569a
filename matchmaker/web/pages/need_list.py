"""The list of needs that belong to the reader."""

from flask import abort, request

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import Need
from matchmaker.services.shortlist import work_queues
from matchmaker.web.kit.context import database, person


def listed() -> list[Need]:
    """One's own needs, for an operator all of the centre; `state` in the address narrows them."""
    who, word = person(), request.args.get("state")
    assert who is not None
    if word and word not in set(NeedState):
        abort(400)
    states = {NeedState(word)} if word else set(NeedState)
    organisations = [role.organisation for role in who.subject.roles if role.organisation]
    centres = [role.centre for role in who.subject.roles if role.centre]
    found = list(work_queues.needs_of(database(), organisations)) if organisations else []
    if who.is_operator:
        found += work_queues.needs_in(database(), centres, states)
    return [need for need in found if need.state in states]
