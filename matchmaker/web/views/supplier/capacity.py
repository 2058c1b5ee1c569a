"""A supplier's spare hours by group of machines and week: typed cell by cell, or pasted from a table."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services.profiles import capacity, suppliers
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.pages.own_profile import own_profile

blueprint = Blueprint("capacity", __name__, url_prefix="/shop/capacity")


@blueprint.route("/", methods=["GET", "POST"])
@login_required
def show() -> ResponseReturnValue:
    """The grid of the coming weeks."""
    profile = own_profile(database())
    today = context.today()
    grid = capacity.grid(profile, today)
    present = {f"{group} {week}": cell.text() for group, row in grid.items() for week, cell in row.items()}
    names = [f"{group} {week}" for group in grid for week in capacity.weeks(today)]
    typed, problems = present, dict[str, str]()
    if request.method == "POST":
        typed = {name: request.form.get(name, "").strip() for name in names}
        try:
            typed |= capacity.pasted(request.form.get("block", ""), list(grid), today)
            cells = capacity.read(typed)
            who = signed_in()
            with product().sessions.begin() as writing:
                capacity.plan(writing, suppliers.by_key(writing, profile.public_id), cells, who.id)
            flash(gettext("The hours are saved. They count in matching at once; we ask again in two weeks."))
            return redirect(url_for("capacity.show"))
        except InvalidRecord as error:
            problems = {
                p.path: gettext(p.message) % p.params + (f" ({p.value})" if p.value else "")
                for p in error.problems
            }
    page = render_template(
        "profile/capacity.html",
        groups={group: _label(group) for group in grid},
        grid=grid,
        weeks=capacity.weeks(today),
        block=request.form.get("block", "") if problems else "",
        mondays={week: capacity.monday(week) for week in capacity.weeks(today)},
        free=capacity.free_by_week(grid, today),
        typed=typed,
        problems=problems,
        stale=capacity.is_stale(profile, today),
    )
    return page, 422 if problems else 200


def _label(group: str) -> str:
    return product().taxonomy.label("equipment", group, context.language())
