"""The operator's queues: what waits, how much and how long."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.domain.lifecycle import NeedState
from matchmaker.services import certificates, needs, workbench
from matchmaker.web import context
from matchmaker.web.context import database
from matchmaker.web.views.curating import operator

blueprint = Blueprint("operator", __name__, url_prefix="/work")


@blueprint.get("/")
@login_required
def queues() -> ResponseReturnValue:
    who = operator()
    centres = [role.centre for role in who.subject.roles if role.centre]
    return render_template(
        "operator/queues.html",
        queues=workbench.queues(database(), centres, context.today()),
        submitted=workbench.needs_in(database(), centres, [NeedState.SUBMITTED]),
        published=workbench.needs_in(
            database(), centres, [NeedState.PUBLISHED, NeedState.SHORTLISTING], limit=50
        ),
        expiring=certificates.ending(database(), needs.centre_of(database(), centres[0]), context.today(), 90)
        if centres
        else [],
    )
