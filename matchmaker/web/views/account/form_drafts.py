"""What a person is typing, kept by its browser's script while it types and given back on another device."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.models import Session, User
from matchmaker.services.extraction import form_drafts
from matchmaker.services.people import accounts
from matchmaker.web.kit.context import database, product, signed_in

blueprint = Blueprint("typed", __name__, url_prefix="/account/typed")


def _user(session: Session) -> User:
    who = signed_in()
    return accounts.by_email(session, who.email)


@blueprint.get("")
@login_required
def given_back() -> ResponseReturnValue:
    """What was typed on the page of this path and not sent; an empty object where nothing was."""
    row = form_drafts.of_page(database(), _user(database()), request.args.get("page", ""))
    answer = jsonify({} if row is None else {"given": row.given, "typed": row.typed})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("")
@login_required
def keep() -> ResponseReturnValue:
    """Keep what is typed, or forget it where nothing is."""
    form = request.form
    with product().sessions.begin() as writing:
        form_drafts.keep(
            writing, _user(writing), form.get("page", ""), form.get("given", ""), form.get("typed", "")
        )
    return "", 204
