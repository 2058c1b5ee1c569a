"""Charts for the centre: work in demand and its suppliers, certificates that end, the evenness of
invitations.
"""

from dataclasses import replace

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.models.base import now
from matchmaker.services.needs import needs
from matchmaker.services.reports import overview
from matchmaker.services.shortlist import rotation
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, wording
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages import certificate_queues
from search.ranking.explain import demanded_level

blueprint = Blueprint("overview", __name__, url_prefix="/work/overview")
SCARCE = 15


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    operator(database())
    centres = standpoint(database()).centres
    own, today = needs.centre_of(database(), centres[0]), context.today()
    spread = rotation.spread(database(), own.id, now())
    asked = overview.open_requirements(database(), centres, context.matching())
    matcher = context.matching().matcher
    doing = matcher.doing({code for one in asked for code in one.processes})
    demands = {replace(demand, on=None) for one in asked for demand in one.demanded}
    meeting = matcher.meeting(demands, today=today)
    ending = certificate_queues.ends_of(own, today, 7 * overview.WEEKS)
    return render_template(
        "operator/overview.html",
        balance=overview.balance(asked, doing.__getitem__),
        papers=overview.certificate_balance(asked, meeting.__getitem__),
        level=demanded_level,
        scarce=SCARCE,
        wording=wording(),
        weeks=overview.ending_by_week(ending, today),
        spread=spread,
        invitations=overview.by_invitations(spread.counts),
    )
