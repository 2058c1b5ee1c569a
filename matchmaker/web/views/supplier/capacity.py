"""A supplier's spare hours by group of machines and week: typed cell by cell, or pasted from a table."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Profile
from matchmaker.services.profiles import capacity
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import product
from matchmaker.web.pages.profile_access import own_profile, own_profile_in

blueprint = Blueprint("capacity", __name__, url_prefix="/shop/capacity")


@blueprint.route("/", methods=["GET", "POST"])
@login_required
def show() -> ResponseReturnValue:
    """The grid of the coming weeks, and saving the typed or pasted hours."""
    profile, today = own_profile(), context.today()
    if request.method == "GET":
        return _page(profile)
    groups = list(capacity.grid(profile, today))
    names = (f"{group} {week}" for group in groups for week in capacity.weeks(today))
    typed = {name: request.form.get(name, "").strip() for name in names}
    try:
        typed |= capacity.pasted(request.form.get("block", ""), groups, today)
        cells = capacity.read(typed)
    except InvalidRecord as error:
        return _page(profile, typed, forms.with_values(error)), 422
    with change() as (session, user):
        capacity.plan(session, own_profile_in(session), cells, user.public_id)
    flash(gettext("The hours are saved. They count in matching at once; we ask again in two weeks."))
    return redirect(url_for("capacity.show"))


def _page(
    profile: Profile, typed: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> str:
    """The grid; with the typed values where they were refused."""
    today = context.today()
    grid = capacity.grid(profile, today)
    present = {f"{group} {week}": cell.text() for group, row in grid.items() for week, cell in row.items()}
    return render_template(
        "profile/capacity.html",
        groups={group: _label(group) for group in grid},
        grid=grid,
        weeks=capacity.weeks(today),
        block=request.form.get("block", "") if problems else "",
        mondays={week: capacity.monday(week) for week in capacity.weeks(today)},
        free=capacity.free_by_week(grid, today),
        typed=typed or present,
        problems=problems or {},
        stale=capacity.is_stale(profile, today),
    )


def _label(group: str) -> str:
    return product().taxonomy.label("equipment", group, context.language())
