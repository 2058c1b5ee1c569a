"""A supplier's spare hours by group of machines and week: typed cell by cell, or pasted from a table."""

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import Faults, InvalidRecord
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
        typed |= _alike(profile, typed)
        typed |= capacity.pasted(request.form.get("block", ""), groups, today)
        cells = capacity.read(typed)
    except InvalidRecord as error:
        return _page(profile, typed, forms.with_values(error)), 422
    with change() as (session, user):
        capacity.plan(session, own_profile_in(session), cells, user.public_id)
    flash(gettext("The hours are saved. They count in matching at once; we ask again in two weeks."))
    return redirect(url_for("capacity.show"))


def _present(profile: Profile) -> dict[str, dict[str, str]]:
    """The stated hours of each group, as typed, by "group week"; what states nothing is "" there."""
    weeks = capacity.weeks(context.today())
    return {
        group: {f"{group} {week}": row[week].text() if week in row else "" for week in weeks}
        for group, row in capacity.grid(profile, context.today()).items()
    }


def _usual(cells: Mapping[str, str]) -> str:
    """The hours that all weeks of a group state alike, "" where they differ."""
    said = set(cells.values())
    return said.pop() if len(said) == 1 else ""


def _alike(profile: Profile, typed: Mapping[str, str]) -> dict[str, str]:
    """The cells of the groups whose one number was changed; weeks that were typed over keep what was typed. Raises
    InvalidRecord by that number.
    """
    filled, faults = dict[str, str](), Faults()
    for group, cells in _present(profile).items():
        number = request.form.get(f"every {group}")
        if number is None or number.strip() == _usual(cells):
            continue
        with faults:
            _check(f"every {group}", number.strip())
        filled |= {name: number.strip() for name, before in cells.items() if typed[name] == before}
    faults.settle()
    return filled


def _check(name: str, number: str) -> None:
    try:
        capacity.read({"every 1": number})
    except InvalidRecord as error:
        raise InvalidRecord(tuple(replace(one, path=name) for one in error.problems)) from error


def _page(
    profile: Profile, typed: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> str:
    """The grid; with the typed values where they were refused."""
    today = context.today()
    grid = capacity.grid(profile, today)
    present = _present(profile)
    shown = {name: value for cells in present.values() for name, value in cells.items()}
    alike = {f"every {group}": _usual(cells) for group, cells in present.items()}
    if typed:
        alike = {name: request.form.get(name, "") for name in alike}
    return render_template(
        "profile/capacity.html",
        groups={group: _label(group) for group in grid},
        grid=grid,
        weeks=capacity.weeks(today),
        block=request.form.get("block", "") if problems else "",
        mondays={week: capacity.monday(week) for week in capacity.weeks(today)},
        free=capacity.free_by_week(grid, today),
        typed={**(typed or shown), **alike},
        problems=problems or {},
        stale=capacity.is_stale(profile, today),
    )


def _label(group: str) -> str:
    return product().taxonomy.label("equipment", group, context.language())
