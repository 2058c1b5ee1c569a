"""The teams of a need: the operator says who leads and who makes which positions."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, SeatsTaken
from matchmaker.models import Need
from matchmaker.services.needs import needs
from matchmaker.services.quotes import position_prices
from matchmaker.services.quotes.position_prices import AskedPosition
from matchmaker.services.shortlist import team_parts, teams
from matchmaker.services.shortlist.teams import TeamGiven
from matchmaker.web.kit import labels
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.forms import by_field
from matchmaker.web.pages.need_access import curated

blueprint = Blueprint("forming", __name__, url_prefix="/work/needs")


@blueprint.get("/<key>/teams")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """The teams of the need, and the form of another one."""
    return _page(key)


def _page(key: str, problems: Mapping[str, str] | None = None, refused: str = "") -> str:
    need = curated(database(), key)
    return render_template(
        "operator/teams.html",
        need=need,
        teams=team_parts.of_need(database(), need),
        titles=team_parts.titles,
        asked=_asked(need),
        candidates=teams.candidates(database(), need),
        typed=request.form,
        problems=problems or {},
        refused=refused,
    )


def _asked(need: Need) -> tuple[AskedPosition, ...]:
    return position_prices.asked(needs.record(need))


@blueprint.post("/<key>/teams")
@login_required
def form(key: str) -> ResponseReturnValue:
    """Form a team; who is not invited yet is invited with it."""
    marks: dict[str, str] = {}
    try:
        with change() as (session, user):
            need = curated(session, key)
            marks = {f"part-{one.id}": f"part-{one.mark}" for one in _asked(need)}
            makers = {one.id: request.form.get(f"part-{one.mark}", "") for one in _asked(need)}
            teams.form(session, need, TeamGiven(request.form.get("lead", ""), makers), user)
    except InvalidRecord as error:
        return _page(key, {marks.get(name, name): text for name, text in by_field(error).items()}), 422
    except SeatsTaken as error:
        return _page(key, refused=labels.filled(error.template, error.params)), 409
    except MoveNotAllowed:
        message = gettext("Publish the need first: suppliers are invited to open needs only.")
        return _page(key, refused=message), 409
    flash(gettext("The team is formed, and its members are told."))
    return redirect(url_for("forming.listed", key=key))


@blueprint.post("/<key>/teams/<team>/end")
@login_required
def end(key: str, team: str) -> ResponseReturnValue:
    """End a team; its members stay invited, each for itself."""
    with change() as (session, user):
        teams.end(session, teams.by_key(session, curated(session, key), team), user)
    flash(gettext("The team is over, and its members are told."))
    return redirect(url_for("forming.listed", key=key))
