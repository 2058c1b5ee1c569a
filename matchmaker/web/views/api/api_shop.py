"""A shop's spare hours for its own planning program, and the needs that fit it."""

from collections.abc import Mapping

from flask import Blueprint, abort, jsonify
from flask.typing import ResponseReturnValue

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Need, Profile
from matchmaker.services.matching import matching, profile_gains
from matchmaker.services.needs import need_summary
from matchmaker.services.profiles import capacity, suppliers
from matchmaker.services.profiles.capacity import MOST_HOURS, CapacityCell
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, person, wording
from matchmaker.web.pages.profile_access import own_profile, own_profile_in
from matchmaker.web.views.api.program_requests import body, check_key, reasons
from search.matching.gains import ProfileChange
from search.ranking.explain import RankedSupplier

blueprint = Blueprint("api_shop", __name__, url_prefix="/api/v1/shop")
blueprint.before_request(check_key)


@blueprint.get("/capacity")
def hours() -> ResponseReturnValue:
    """The stated hours of the coming weeks by group of machines, and the groups and weeks there are."""
    if person() is None:
        abort(401)
    return jsonify(_plan(own_profile()))


@blueprint.put("/capacity")
def state() -> ResponseReturnValue:
    """State hours of groups and weeks; other hours stay. All wrong entries are named, and then nothing is
    saved.
    """
    with change() as (session, user):
        profile = own_profile_in(session)
        capacity.plan(session, profile, _cells(body(), profile), user.public_id)
    return jsonify(_plan(own_profile()))


@blueprint.get("/needs")
def fitting() -> ResponseReturnValue:
    """The open needs that fit the shop, with reasons, and the needs that changes to its published profile
    would open.
    """
    if person() is None:
        abort(401)
    profile = own_profile()
    if profile.published_at is None:
        return jsonify(fitting=[], openings=[])
    parts = context.matching()
    found = matching.openings(database(), profile.public_id, parts).fitting
    gains = profile_gains.of_profile(database(), profile, suppliers.record(profile), parts)
    return jsonify(fitting=[_fit(need, match) for need, match in found], openings=list(map(_gain, gains)))


def _fit(need: Need, match: RankedSupplier) -> dict[str, object]:
    """An open need that fits the shop."""
    return {
        "need": need.public_id,
        "title": need_summary.title_of(need),
        "score": round(match.score, 4),
        "reasons": reasons(match),
    }


def _gain(gain: ProfileChange) -> dict[str, object]:
    """A change to the profile, and the needs it would open."""
    return {
        "requirement": gain.requirement,
        "change": wording().opening(gain),
        "open": gain.now,
        "in_a_year": gain.ever,
        "hours": gain.hours,
    }


def _plan(profile: Profile) -> dict[str, object]:
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


def _cells(given: Mapping[str, object], profile: Profile) -> dict[tuple[str, int], CapacityCell | None]:
    """The entries by group and week. Raises InvalidRecord with all wrong entries."""
    entries, today = _entries(given), context.today()
    weeks = {_week(week): week for week in capacity.weeks(today)}
    known = capacity.grid(profile, today)
    cells: dict[tuple[str, int], CapacityCell | None] = {}
    problems = []
    for number, entry in enumerate(entries):
        group, week, cell = _cell(entry)
        if cell is None or group not in known or week not in weeks:
            text = N_(
                "Give a group and a week as GET lists them, and hours: 0 ≤ agreed ≤ maximum ≤ %(most)s."
            )
            params = {"most": int(MOST_HOURS)}
            problems.append(Problem(f"hours.{number}", "hours.entry", text, str(entry)[:80], params))
        else:
            cells[group, weeks[week]] = cell
    if problems:
        raise InvalidRecord(tuple(problems))
    return cells


def _entries(given: Mapping[str, object]) -> list[object]:
    entries = given.get("hours")
    if not isinstance(entries, list) or set(given) - {"hours", "groups", "weeks"}:
        text = N_("Send {“hours”: [{“group”, “week”, “maximum”, “agreed”}, …]}.")
        raise InvalidRecord((Problem("hours", "hours.form", text),))
    return entries


def _cell(entry: object) -> tuple[str, str, CapacityCell | None]:
    """The group, week and hours of an entry; no hours for an entry of the wrong form."""
    given: Mapping[str, object] = entry if isinstance(entry, dict) else {}
    group, week = given.get("group"), given.get("week")
    maximum, agreed = _number(given.get("maximum")), _number(given.get("agreed", 0))
    if not isinstance(group, str) or not isinstance(week, str) or maximum is None or agreed is None:
        return "", "", None
    fits = 0 <= agreed <= maximum <= MOST_HOURS
    return group, week, CapacityCell(maximum, agreed) if fits else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
