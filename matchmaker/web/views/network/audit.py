"""The journal: a centre's for its operators, a firm's for its chief users, roles for the network's
administrator.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.services.reports import audit
from matchmaker.web.acts import journal_acts
from matchmaker.web.kit import context, journal_words, time_zones
from matchmaker.web.kit.context import database, signed_in

blueprint = Blueprint("audit", __name__, url_prefix="/journal")
_LONGEST_KEY = 40


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    """The entries that the person may read, narrowed by the address."""
    found = audit.page(database(), journal_acts.scope(), _asked(), _below(), context.language())
    return render_template(
        "audit/show.html",
        page=found,
        families=journal_words.FAMILIES,
        filters={name: value for name, value in request.args.items() if value and name != "below"},
        linked=signed_in().is_operator,
    )


def _asked() -> audit.JournalQuery:
    return audit.JournalQuery(
        person=request.args.get("person", "")[:_LONGEST_KEY],
        thing=request.args.get("thing", "")[:_LONGEST_KEY],
        family=_family(),
        since=_start("since"),
        until=_start("until", days=1),
    )


def _family() -> str:
    given = request.args.get("family", "")
    return given if given in journal_words.FAMILIES else ""


def _start(name: str, days: int = 0) -> datetime | None:
    """The beginning of a day in the reader's zone; an invalid day counts as none."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
        moment = datetime.combine(day + timedelta(days=days), time(), ZoneInfo(time_zones.chosen()))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _below() -> int | None:
    given = request.args.get("below", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 16):
        abort(400)
    return int(given)
