"""Pictures for the centre: work asked for and who does it, certificates that end, how evenly suppliers are invited."""

from collections.abc import Callable

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.models.base import now
from matchmaker.services import certificates, needs, overview, rotation
from matchmaker.web import context
from matchmaker.web.context import database, operator, product, wording
from matchmaker.web.views.operator import codes
from search.routes import COVERS

blueprint = Blueprint("overview", __name__, url_prefix="/work/overview")
SCARCE = 15


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    centres = codes(operator())
    own, today = needs.centre_of(database(), centres[0]), context.today()
    spread = rotation.spread(database(), own.id, now())
    ending = certificates.ending(database(), own, today, 7 * overview.WEEKS)
    return render_template(
        "operator/overview.html",
        balance=overview.balance(database(), centres, context.matching(), _doing()),
        scarce=SCARCE,
        wording=wording(),
        weeks=overview.ending_by_week(ending, today),
        spread=spread,
        invitations=overview.by_invitations(spread.counts),
    )


def _doing() -> Callable[[str], int]:
    """How many suppliers do a kind of work."""
    columns = product().columns()
    return lambda process: len(columns.doing((process,), COVERS))
