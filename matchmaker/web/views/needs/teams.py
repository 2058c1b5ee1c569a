"""The team in which a supplier quotes: its parts, and the joint quote that its lead hands in."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, NoQuotesTaken, NotFound, NotNow, QuoteClosed
from matchmaker.domain.lifecycle import OPEN_NEEDS
from matchmaker.models import Session
from matchmaker.services.needs import quote_rounds
from matchmaker.services.quotes import joint_quotes, quotes
from matchmaker.services.shortlist import team_parts
from matchmaker.services.shortlist.team_parts import TeamPart
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.forms import by_field
from matchmaker.web.pages.need_access import NeedAccess, authorised
from matchmaker.web.views.needs import quote_form

blueprint = Blueprint("teams", __name__, url_prefix="/needs")
_CLOSED = (QuoteClosed, NoQuotesTaken, NotNow)


def _own(session: Session, key: str) -> tuple[NeedAccess, TeamPart]:
    """The part of the person's firm in a team of the need. Raises NotFound, Forbidden, NdaRequired."""
    found = authorised(session, key, "quote.submit")
    part = team_parts.of_match(session, quotes.match_of(session, found.need, found.own_firm))
    if part is None:
        raise NotFound(what="team", key=key)
    return found, part


@blueprint.get("/<key>/team")
@login_required
def own(key: str) -> ResponseReturnValue:
    """The team: who makes what, who has quoted it, and for its lead the joint quote."""
    return _page(key)


def _page(key: str, problems: Mapping[str, str] | None = None) -> str:
    found, part = _own(database(), key)
    return render_template(
        "needs/team.html",
        need=found.need,
        title=found.title,
        part=part,
        joint=joint_quotes.of_team(database(), part.team),
        titles=team_parts.titles,
        typed=request.form,
        problems=problems or {},
        closed=quote_rounds.is_over(database(), found.need) or found.need.told_state not in OPEN_NEEDS,
    )


@blueprint.post("/<key>/team/offer")
@login_required
def offer(key: str) -> ResponseReturnValue:
    """Hand in the joint quote."""
    try:
        with change() as (session, user):
            _, part = _own(session, key)
            joint_quotes.offer(session, part.team, part.member.match, request.form.get("note", ""), user)
    except InvalidRecord as error:
        return _page(key, by_field(error)), 422
    except _CLOSED as error:
        problems, status = quote_form.refused(error)
        return _page(key, {"team": " ".join(problems.values())}), status
    flash(gettext("The joint quote is handed in."))
    return redirect(url_for("teams.own", key=key))


@blueprint.post("/<key>/team/take-back")
@login_required
def take_back(key: str) -> ResponseReturnValue:
    """Take the joint quote back; the members' own quotes stay."""
    try:
        with change() as (session, user):
            _, part = _own(session, key)
            joint_quotes.take_back(session, part.team, part.member.match, user)
    except _CLOSED as error:
        problems, status = quote_form.refused(error)
        return _page(key, {"team": " ".join(problems.values())}), status
    flash(gettext("The joint quote is taken back. The quotes of the members stay."))
    return redirect(url_for("teams.own", key=key))
