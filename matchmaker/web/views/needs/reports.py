"""The released shortlist as a PDF and as a workbook, and the agreement of a contract as a PDF, in either language."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.web.acts import report_acts

blueprint = Blueprint("reports", __name__, url_prefix="/needs")


@blueprint.get("/<key>/shortlist.<kind>")
@login_required
def shortlist(key: str, kind: str) -> ResponseReturnValue:
    """The file; `language` in the address chooses ru or en, else it is the reader's."""
    return report_acts.shortlist(key, kind, report_acts.language_asked())


@blueprint.get("/<key>/contracts/<match>.pdf")
@login_required
def contract(key: str, match: str) -> ResponseReturnValue:
    """The draft of the agreement, for both of its sides and the centre, once the award has stood; `language` as above."""
    return report_acts.contract(key, match, report_acts.language_asked())
