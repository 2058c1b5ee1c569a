"""The contractor's work on its shortlist: compare, mark, record the outcome, rate, copy the need."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Match, Session
from matchmaker.services.profiles import freshness
from matchmaker.services.shortlist import awards, comparison
from matchmaker.web.acts import comparison_acts
from matchmaker.web.kit import context, form_tokens, terms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, wording
from matchmaker.web.kit.forms import by_field
from matchmaker.web.pages import supplier_facts
from matchmaker.web.pages.need_access import authorised
from matchmaker.web.pages.need_page import NeedPageProblems, page

blueprint = Blueprint("comparison", __name__, url_prefix="/needs")


@blueprint.get("/<key>/compare")
@login_required
def compare(key: str) -> ResponseReturnValue:
    """Up to five suppliers of the released shortlist side by side."""
    found = comparison_acts.compared(key, request.args.getlist("match"))
    return render_template(
        "needs/compare.html",
        need=found.need,
        matches=found.columns,
        rows=found.rows,
        names=[profile.organisation.name(context.language()) for profile in found.profiles],
        places=[terms.place(profile) for profile in found.profiles],
        certificates=[supplier_facts.certificate_views(profile) for profile in found.profiles],
        figures=found.figures,
        today=context.today(),
        stale_days=freshness.HALF_LIVES["equipment"],
        left_out=found.left_out,
        most=comparison.MOST,
        wording=wording(),
    )


def _released(session: Session, key: str, action: str = "need.edit") -> Match:
    """The form's match, if it is released, for a person that may do this with its need."""
    return comparison_acts.released(session, key, request.form.get("match", ""), action)


def _back(key: str) -> ResponseReturnValue:
    return redirect(url_for("needs.show", key=key) + "#shortlist")


@blueprint.post("/<key>/want")
@login_required
def want(key: str) -> ResponseReturnValue:
    """Mark a supplier of the shortlist as interesting, or no longer."""
    with change() as (session, user):
        awards.want(session, _released(session, key), request.form.get("wanted") == "yes", user)
    return _back(key)


@blueprint.post("/<key>/rate")
@login_required
def rate(key: str) -> ResponseReturnValue:
    """Record the result of the contract and rate the delivery; a new rating replaces the old one."""
    try:
        rating = _rating()
        with change() as (session, user):
            awards.rate(session, _released(session, key), rating, user)
    except InvalidRecord as error:
        found = authorised(database(), key, "need.edit")
        return page(found, NeedPageProblems(fields=by_field(error))), 422
    flash(gettext("Thank you. The outcome is saved; the centre sees it, other contractors do not."))
    return _back(key)


def _rating() -> awards.Rating:
    """The typed rating. Raises InvalidRecord by field."""
    return awards.Rating(
        _mark("quality"),
        request.form.get("text", "")[:4000],
        request.form.get("value_band") or None,
        _said("repeat_order"),
    )


def _mark(name: str) -> int:
    given = request.form.get(name, "")
    return int(given) if given in {"1", "2", "3", "4", "5"} else 0


def _said(name: str) -> bool | None:
    return {"yes": True, "no": False}.get(request.form.get(name, ""))


@blueprint.post("/<key>/copy")
@login_required
def copy(key: str) -> ResponseReturnValue:
    """A draft like this need, opened to be changed."""
    sent = f"copy-{form_tokens.given()}"
    made = _copied(key, sent)
    flash(gettext("This is a copy. Change what is different and save it."))
    return redirect(url_for("needs.edit", key=made))


def _copied(key: str, sent: str) -> str:
    with change() as (session, user):
        found = authorised(session, key, "need.edit")
        found.require("need.create")
        return awards.copy(session, found.need, sent, context.today(), by=user.public_id).public_id
