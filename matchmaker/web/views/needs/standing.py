"""A supplier's answers on a need's page: to its invitation, or a request for one."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, NotFound, NotNow
from matchmaker.services.shortlist import link_answers, match_decisions
from matchmaker.services.shortlist.invitations import ANSWERS
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.pages import explanations, shop_standing
from matchmaker.web.pages.need_page import NeedPageProblems, page

blueprint = Blueprint("standing", __name__, url_prefix="/needs")


@blueprint.post("/<key>/ask")
@login_required
def ask(key: str) -> ResponseReturnValue:
    """Ask the centre for an invitation."""
    found, profile = shop_standing.with_shop(database(), key)
    proposal = explanations.proposal(found.need, profile.public_id)
    try:
        with change() as (session, user):
            again, own = shop_standing.with_shop(session, key)
            match_decisions.ask(session, again.need, own, user, proposal)
    except NotNow as error:
        return _page(key, gettext(error.template)), 409
    flash(gettext("The centre sees that you are interested, and decides whom to invite."))
    return redirect(url_for("needs.show", key=key))


@blueprint.post("/<key>/answer")
@login_required
def answer(key: str) -> ResponseReturnValue:
    """Answer the reader's invitation; a refusal gives its reason."""
    try:
        with change() as (session, user):
            found, profile = shop_standing.with_shop(session, key)
            match = shop_standing.invitation_of(session, found.need, profile)
            link_answers.answer_here(session, match, *_given(key), user)
    except InvalidRecord as error:
        return _page(key, problems_of(error)["reason"]), 422
    except NotNow as error:
        return _page(key, gettext(error.template)), 409
    flash(gettext("Thank you, the answer is recorded."))
    return redirect(url_for("needs.show", key=key))


def _page(key: str, problem: str) -> str:
    found, _profile = shop_standing.with_shop(database(), key)
    return page(found, NeedPageProblems(answer=problem))


def _given(key: str) -> tuple[str, str | None]:
    """The answer and its reason. Raises NotFound, InvalidRecord."""
    given = request.form.get("answer", "")
    if given not in ANSWERS:
        raise NotFound(what="match", key=key)
    return given, shop_standing.reason_of(given, request.form.get("reason", ""))
