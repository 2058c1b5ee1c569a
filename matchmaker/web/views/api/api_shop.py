"""A shop's spare hours for its own planning program, and the needs that fit it."""

from typing import Any

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Profile
from matchmaker.services.matching import matching, profile_gains
from matchmaker.services.needs import need_summary
from matchmaker.services.profiles import capacity, suppliers
from matchmaker.services.profiles.capacity import MOST_HOURS, CapacityCell
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, person, product, signed_in, wording
from matchmaker.web.pages.own_profile import own_profile
from matchmaker.web.views.api.program_requests import body, check_key, reasons

blueprint = Blueprint("api_shop", __name__, url_prefix="/api/v1/shop")
blueprint.before_request(check_key)


@blueprint.get("/capacity")
def hours() -> ResponseReturnValue:
    """The stated hours of the coming weeks by group of machines, and which groups and weeks there are."""
    if person() is None:
        abort(401)
    return jsonify(_plan(own_profile(database())))


@blueprint.put("/capacity")
def state() -> ResponseReturnValue:
    """State hours of groups and weeks; what is not named stays. Several wrong entries are all named, nothing is saved."""
    who = signed_in()
    profile = own_profile(database())
    cells = _cells(body(), profile)
    with product().sessions.begin() as writing:
        capacity.plan(writing, suppliers.by_key(writing, profile.public_id), cells, who.id)
    context.look_again()
    return jsonify(_plan(own_profile(database())))


@blueprint.get("/needs")
def fitting() -> ResponseReturnValue:
    """The open needs that fit the shop, with reasons, and what changes to its published profile would open."""
    if person() is None:
        abort(401)
    profile = own_profile(database())
    if profile.published_at is None:
        return jsonify(fitting=[], openings=[])
    words, parts = wording(), context.matching()
    found = matching.openings(database(), profile.public_id, parts).fitting
    opened = profile_gains.of_profile(database(), profile, suppliers.record(profile), parts)
    return jsonify(
        fitting=[
            {
                "need": need.public_id,
                "title": need_summary.title_of(need),
                "score": round(match.score, 4),
                "reasons": reasons(match),
            }
            for need, match in found
        ],
        openings=[
            {
                "requirement": one.requirement,
                "change": words.opening(one),
                "open": one.now,
                "in_a_year": one.ever,
                "hours": one.hours,
            }
            for one in opened
        ],
    )


def _plan(profile: Profile) -> dict[str, Any]:
    today = context.today()
    grid = capacity.grid(profile, today)
    return {
        "groups": sorted(grid),
        "weeks": [_week(week) for week in capacity.weeks(today)],
        "hours": [
            {"group": group, "week": _week(week), "maximum": cell.maximum, "agreed": cell.agreed}
            for group, row in sorted(grid.items())
            for week, cell in sorted(row.items())
        ],
    }


def _week(week: int) -> str:
    return f"{week // 100}-W{week % 100:02}"


def _cells(given: dict[str, Any], profile: Profile) -> dict[tuple[str, int], CapacityCell | None]:
    """The entries by group and week. Raises InvalidRecord with all that are wrong."""
    entries = given.get("hours")
    if not isinstance(entries, list) or set(given) - {"hours", "groups", "weeks"}:
        text = N_("Send {“hours”: [{“group”, “week”, “maximum”, “agreed”}, …]}.")
        raise InvalidRecord((Problem("hours", "hours.form", text),))
    today = context.today()
    weeks = {_week(week): week for week in capacity.weeks(today)}
    known = capacity.grid(profile, today)
    cells: dict[tuple[str, int], CapacityCell | None] = {}
    problems = []
    for number, entry in enumerate(entries):
        cell = _cell(entry)
        if cell is None or entry.get("group") not in known or entry.get("week") not in weeks:
            text = N_("A group and a week that GET names, and hours: 0 ≤ agreed ≤ maximum ≤ %(most)s.")
            params = {"most": int(MOST_HOURS)}
            problems.append(Problem(f"hours.{number}", "hours.entry", text, str(entry)[:80], params))
        else:
            cells[entry["group"], weeks[entry["week"]]] = cell
    if problems:
        raise InvalidRecord(tuple(problems))
    return cells


def _cell(entry: object) -> CapacityCell | None:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(name), str) for name in ("group", "week")):
        return None
    hours = (entry.get("maximum"), entry.get("agreed", 0))
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in hours):
        return None
    maximum, agreed = map(float, hours)
    return CapacityCell(maximum, agreed) if 0 <= agreed <= maximum <= MOST_HOURS else None
