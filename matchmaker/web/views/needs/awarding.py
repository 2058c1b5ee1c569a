"""The award of a need: who gets which positions, the summary with the letters, and the contract itself."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, QuotesSealed, StaleRevision
from matchmaker.domain.taxonomy_keys import Occasion
from matchmaker.services.quotes import award_plans, quotes
from matchmaker.web.acts import award_acts
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.labels import reason_given_for, reason_word
from matchmaker.web.pages.need_access import authorised
from matchmaker.web.views.needs import compared_quotes

blueprint = Blueprint("awarding", __name__, url_prefix="/needs")


@blueprint.route("/<key>/award", methods=["GET", "POST"])
@login_required
def award(key: str) -> ResponseReturnValue:
    """Divide the positions among the quotes; show the summary and the letters; make the contracts."""
    if request.method == "GET":
        try:
            return _form(key)
        except (MoveNotAllowed, QuotesSealed):  # the list says which, and until when
            return redirect(url_for("quotes.listed", key=key))
    do = request.form.get("do", "award")
    if do == "change":
        return _form(key, request.form)
    try:
        return _summary(key) if do == "summary" else _made(key)
    except InvalidRecord as error:
        found = _form(key, request.form, forms.with_values(error))
        return found if isinstance(found, Response) else (found, 422)


def _form(
    key: str, typed: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> str | Response:
    """The positions and the quotes, with the pieces that each gets; a need without such quotes has its list instead. Raises
    QuotesSealed, MoveNotAllowed.
    """
    found = authorised(database(), key, "need.award")
    opened = award_acts.opened(database(), found.need)
    side_by_side = compared_quotes.compared(found, opened, {})
    rows = [(quote.public_id, row) for quote, row in side_by_side.rows]
    if not any(row.lines for _, row in rows):
        return redirect(url_for("quotes.listed", key=key))
    plan = award_plans.proposed(rows, side_by_side.asked)
    return render_template(
        "needs/award.html",
        need=found.need,
        compared=side_by_side,
        field=award_plans.field,
        form=typed or award_plans.shown(plan, [quote for quote, _ in rows], side_by_side.asked),
        problems=problems or {},
    )


def _summary(key: str) -> ResponseReturnValue:
    """What will be, and the letters, before anything is."""
    summary = award_acts.rehearsed(key, request.form)
    sent = [
        (name, value)
        for name, value in request.form.items()
        if name not in {"csrf_token", "do", "sure"} and value
    ]
    return render_template(
        "needs/award_summary.html",
        need=authorised(database(), key, "need.award").need,
        summary=summary,
        sent=sent,
        may_change="match" not in request.form,
    )


def _made(key: str) -> ResponseReturnValue:
    with change() as (session, user):
        asked_for = award_acts.award_of(session, key, request.form)
        shown = request.form.get("sure")
        if (
            asked_for.need.is_awardable and shown and shown != asked_for.mark
        ):  # a quote changed since the summary
            raise StaleRevision
        reason = reason_given_for(Occasion.CONTRACTED)
        others = quotes.award(
            session, asked_for.need, asked_for.shares, user, reason_word, reason=reason, today=context.today()
        )
        told = len(others) + len(asked_for.shares)
    flash(
        gettext(
            "The contract is recorded. In ten minutes these are told: %(count)s; until then you can take it back.",
            count=told,
        )
    )
    return redirect(url_for("needs.show", key=key) + "#shortlist")
