"""The list of the reader's own needs."""

from flask import abort, request

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import Need
from matchmaker.services.shortlist import work_queues
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import standpoint


def listed() -> list[Need]:
    """The reader's own needs, for an operator all of the centre; `state` in the address narrows them."""
    here, word = standpoint(database()), request.args.get("state")
    if word and word not in set(NeedState):
        abort(400)
    states = {NeedState(word)} if word else set(NeedState)
    firms = [role.organisation for role in here.subject.roles if role.organisation]
    found = list(work_queues.needs_of(database(), firms)) if firms else []
    if here.who is not None and here.who.is_operator:
        found += work_queues.needs_in(database(), here.centres, states)
    return [need for need in found if need.state in states]
