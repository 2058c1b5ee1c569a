"""A person's own views of lists: keep one, open the list with it, delete it."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Session, User
from matchmaker.services.desk import saved_views
from matchmaker.web.kit import forms
from matchmaker.web.kit.changes import change

# The page of each list.
_PAGES = {"needs": "needs.mine", "firms": "firms.listed"}
blueprint = Blueprint("saved_views", __name__, url_prefix="/views")


@blueprint.post("/<of>")
@login_required
def keep(of: str) -> ResponseReturnValue:
    """Keep what an address asks of the list `of` under a name; or open the list with such a view, or no longer, or drop it."""
    if of not in saved_views.KEYS:
        abort(404)
    given = {name: request.form.get(name, "") for name in ("name", "query", "first", "act")}
    try:
        with change() as (session, user):
            said = _kept(session, user, of, given)
    except InvalidRecord as error:
        asked = {"typed": given, "problems": forms.by_field(error), "whole": url_for(_PAGES[of], view="all")}
        return render_template("account/views.html", **asked), 422
    flash(said)
    return redirect(f"{url_for(_PAGES[of])}?{saved_views.clean(of, given['query']) or 'view=all'}")


def _kept(session: Session, user: User, of: str, given: dict[str, str]) -> str:
    if given["act"] == "delete":
        saved_views.drop(session, user, of, given["name"])
        return str(gettext("The view is deleted."))
    if given["act"] in {"first", "last"}:
        saved_views.put_first(session, user, of, given["name"] if given["act"] == "first" else "")
        return str(gettext("Saved."))
    saved_views.save(session, user, of, given["name"], given["query"], first=given["first"] == "yes")
    return str(gettext("The view is kept."))
