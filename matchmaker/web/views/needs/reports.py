"""The released shortlist as a PDF and as a workbook, in either language."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.web.acts import report_acts
from matchmaker.web.kit import context
from matchmaker.web.pages import explanations

blueprint = Blueprint("reports", __name__, url_prefix="/needs")


@blueprint.get("/<key>/shortlist.<kind>")
@login_required
def shortlist(key: str, kind: str) -> ResponseReturnValue:
    """The file; `language` in the address chooses ru or en, else it is the reader's."""
    chosen = request.args.get("language", context.language())
    if chosen not in explanations.LANGUAGES:
        abort(400)
    return report_acts.shortlist(key, kind, chosen)
