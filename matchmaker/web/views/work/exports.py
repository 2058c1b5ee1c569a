"""Lists as files: the list on the screen, all its pages, in the reader's language; of needs their particulars too."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.web.acts import list_acts

blueprint = Blueprint("exports", __name__)


@blueprint.get("/suppliers/list.<kind>")
@login_required
def suppliers(kind: str) -> ResponseReturnValue:
    """The suppliers that the search at the same address finds, on all its pages."""
    return list_acts.suppliers(kind)


@blueprint.get("/needs/list.<kind>")
@login_required
def own_needs(kind: str) -> ResponseReturnValue:
    """The list of the reader's own needs, for an operator those of the centre."""
    return list_acts.own_needs(kind)


@blueprint.get("/orders/list.<kind>")
@login_required
def orders(kind: str) -> ResponseReturnValue:
    """The orders of the reader's firms on either side, for an operator those of the centre too."""
    return list_acts.orders(kind)


@blueprint.get("/work/certificates.<kind>")
@login_required
def certificates_at_work(kind: str) -> ResponseReturnValue:
    """The certificates that wait for the operator, then those that end soon."""
    return list_acts.certificates_at_work(kind)
