"""The operator's queues: what waits, how much and how long."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models.base import now
from matchmaker.services import certificates, needs, rotation, workbench
from matchmaker.services.workbench import Queue
from matchmaker.web import context
from matchmaker.web.context import Person, database
from matchmaker.web.views.curating import operator
from matchmaker.web.views.duplicates import known
from matchmaker.web.views.needs import closing_reasons

blueprint = Blueprint("operator", __name__, url_prefix="/work")
# Where a queue is worked off: a part of this page, or a page of its own where the site has it.
PLACES = {
    "needs": "#submitted",
    "matches": "#matches",
    "unanswered": "#unanswered",
    "duplicates": "/work/duplicates",
    "profiles": "/work/profiles",
    "unverified": "/work/certificates",
    "certificates": "#expiring",
}


def codes(who: Person) -> list[str]:
    """The codes of the centres that the person works for."""
    return [role.centre for role in who.subject.roles if role.centre]


@blueprint.get("/")
@login_required
def queues() -> ResponseReturnValue:
    centres = codes(operator())
    own = needs.centre_of(database(), centres[0])
    twins = known().twins(database(), own.id, only_quick=True)
    waiting = workbench.queues(database(), centres, context.today())
    waiting.insert(3, Queue("duplicates", -1 if twins is None else len(twins), None))
    return render_template(
        "operator/queues.html",
        queues=waiting,
        places={name: place for name, place in PLACES.items() if _is_there(place)},
        today=context.today(),
        submitted=workbench.needs_in(database(), centres, [NeedState.SUBMITTED], limit=50),
        uncurated=workbench.uncurated(database(), centres),
        unanswered=workbench.unanswered(database(), centres),
        published=workbench.needs_in(
            database(),
            centres,
            [NeedState.PUBLISHED, NeedState.SHORTLISTING, NeedState.NEGOTIATION],
            limit=50,
        ),
        expiring=certificates.ending(database(), own, context.today(), 90),
        spread=rotation.spread(database(), own.id, now()),
        reasons=closing_reasons(),
    )


def _is_there(place: str) -> bool:
    """Whether the site has this page."""
    if place.startswith("#"):
        return True
    adapter = current_app.create_url_adapter(request)
    return adapter is not None and any(
        adapter.test(address, method="GET") for address in (place, f"{place}/")
    )
