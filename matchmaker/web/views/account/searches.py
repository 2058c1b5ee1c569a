"""A person's saved searches: save, list with new suppliers, open, delete."""

from urllib.parse import parse_qsl

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import SavedSearch
from matchmaker.services.matching import saved_searches
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.pages.supplier_search import asked

blueprint = Blueprint("searches", __name__, url_prefix="/searches")
COUNTED = 200  # the number of best suppliers among which new ones are counted


@blueprint.get("/")
@login_required
def mine() -> ResponseReturnValue:
    """The reader's searches, each with the number of new suppliers since the last look."""
    return _page({}, {})


def _page(typed: dict[str, str], problems: dict[str, str]) -> str:
    rows = saved_searches.of_user(database(), signed_in().user)
    fresh = saved_searches.fresh(database(), {row: _found(row) for row in rows})
    return render_template("account/searches.html", searches=fresh.items(), typed=typed, problems=problems)


def _found(row: SavedSearch) -> list[str]:
    requirements = asked(dict(parse_qsl(row.query))).requirements
    answer = context.matching().matcher.match(requirements, top=COUNTED, today=context.today())
    return [one.key for one in answer.matches]


@blueprint.post("/")
@login_required
def save() -> ResponseReturnValue:
    query, name = request.form.get("query", "")[: saved_searches.LONGEST], request.form.get("name", "")[:1000]
    try:
        with change() as (session, user):
            saved_searches.save(session, user, name, query)
    except InvalidRecord as error:
        return _page({"name": name, "query": query}, forms.by_field(error)), 422
    flash(gettext("The search is saved."))
    return redirect(url_for("searches.mine"))


@blueprint.post("/<key>/look")
@login_required
def look(key: str) -> ResponseReturnValue:
    """Go to the search; its present suppliers count as seen."""
    with change() as (session, user):
        query = saved_searches.look(session, user, key)
    return redirect(f"{url_for('public.search')}?{query}")


@blueprint.post("/<key>/delete")
@login_required
def delete(key: str) -> ResponseReturnValue:
    with change() as (session, user):
        saved_searches.delete(session, user, key)
    flash(gettext("The search is deleted."))
    return redirect(url_for("searches.mine"))
