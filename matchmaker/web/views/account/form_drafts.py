"""What a person is typing, kept by its browser's script while it types and given back on another device."""

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
    """What was typed on the page of this path and not sent; an empty object where nothing was."""
    row = form_drafts.of_page(database(), signed_in().user, request.args.get("page", ""))
    answer = jsonify({} if row is None else {"given": row.given, "typed": row.typed})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("")
@login_required
def keep() -> ResponseReturnValue:
    """Keep what is typed, or forget it where nothing is."""
    form = request.form
    page, given, typed = (form.get(name, "") for name in ("page", "given", "typed"))
    with change() as (session, user):
        form_drafts.keep(session, user, page, given, typed)
    return "", 204
