"""Form drafts: the browser's script stores the typed text, and the person finds it on another device."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.services.extraction import form_drafts
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, signed_in

blueprint = Blueprint("typed", __name__, url_prefix="/account/typed")


@blueprint.get("")
@login_required
def given_back() -> ResponseReturnValue:
    """The unsent text of the page with this path; an empty object where there is none."""
    row = form_drafts.of_page(database(), signed_in().user, request.args.get("page", ""))
    answer = jsonify({} if row is None else {"given": row.given, "typed": row.typed})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("")
@login_required
def keep() -> ResponseReturnValue:
    """Store the typed text, or delete the draft where there is none."""
    form = request.form
    page, given, typed = (form.get(name, "") for name in ("page", "given", "typed"))
    with change() as (session, user):
        form_drafts.keep(session, user, page, given, typed)
    return "", 204
