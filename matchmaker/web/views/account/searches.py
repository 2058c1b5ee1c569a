"""A person's saved searches: keep, list with what is new, look, delete."""

from urllib.parse import parse_qsl

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import SavedSearch, Session, User
from matchmaker.models.base import now
from matchmaker.services.matching import saved_searches
from matchmaker.services.people import accounts
from matchmaker.web.kit import context, engine_away, forms
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.pages.supplier_search import asked

blueprint = Blueprint("searches", __name__, url_prefix="/searches")
COUNTED = 200  # the best of a search among which new ones are counted


def _user(session: Session) -> User:
    who = signed_in()
    return accounts.by_email(session, who.email)


@blueprint.get("/")
@login_required
def mine() -> ResponseReturnValue:
    """One's searches, each with how many suppliers are new in it since the last look."""
    return _page({}, {})


def _page(typed: dict[str, str], problems: dict[str, str]) -> str:
    rows = saved_searches.of_user(database(), _user(database()))
    found = [(row, _fresh(row)) for row in rows]
    return render_template("account/searches.html", searches=found, typed=typed, problems=problems)


def _fresh(row: SavedSearch) -> int:
    requirements = asked(dict(parse_qsl(row.query))).requirements
    answer = engine_away.asked(
        lambda: product().matcher().match(requirements, top=COUNTED, today=context.today())
    )
    return (
        saved_searches.fresh(database(), [one.key for one in answer.matches], row.looked_at) if answer else 0
    )


@blueprint.post("/")
@login_required
def save() -> ResponseReturnValue:
    query, name = request.form.get("query", "")[: saved_searches.LONGEST], request.form.get("name", "")[:1000]
    try:
        with product().sessions.begin() as writing:
            saved_searches.save(writing, _user(writing), name, query)
    except InvalidRecord as error:
        return _page({"name": name, "query": query}, forms.by_field(error)), 422
    flash(gettext("The search is kept."))
    return redirect(url_for("searches.mine"))


@blueprint.post("/<key>/look")
@login_required
def look(key: str) -> ResponseReturnValue:
    """Go to the search; what is there now counts as seen."""
    with product().sessions.begin() as writing:
        row = saved_searches.by_key(writing, _user(writing), key)
        row.looked_at = now()
        address = url_for("public.search") + f"?{row.query}"
    return redirect(address)


@blueprint.post("/<key>/delete")
@login_required
def delete(key: str) -> ResponseReturnValue:
    with product().sessions.begin() as writing:
        writing.delete(saved_searches.by_key(writing, _user(writing), key))
    flash(gettext("The search is deleted."))
    return redirect(url_for("searches.mine"))
