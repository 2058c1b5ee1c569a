"""A supplier answers on a need's page: its invitation, or that it would like one."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.models import Need, Profile, Session
from matchmaker.services.matching import matching
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.services.shortlist import link_answers, match_decisions
from matchmaker.services.shortlist.invitations import ANSWERS
from matchmaker.web.kit import context
from matchmaker.web.kit.context import (
    SignedInPerson,
    database,
    person,
    product,
)
from matchmaker.web.pages import explanations, shop_standing
from matchmaker.web.pages.need_access import (
    require,
    view_action,
)
from matchmaker.web.pages.need_page import page
from matchmaker.web.pages.shop_standing import refusals

blueprint = Blueprint("standing", __name__, url_prefix="/needs")


def _shop(session: Session, key: str) -> tuple[Need, Profile, SignedInPerson]:
    """The need and the reader's own profile. Raises Forbidden for who has no shop, or a blocked one, NotFound."""
    who = person()
    roles = (
        [one for one in who.subject.roles if one.role == "supplier_editor" and one.organisation]
        if who
        else []
    )
    if who is None or not roles or all(role.blocked for role in roles):
        raise Forbidden
    need = needs.by_key(session, key)
    require(view_action(need), need)
    profile = shop_standing.own_profile(session)
    if profile is None:
        raise Forbidden
    return need, profile, who


@blueprint.post("/<key>/ask")
@login_required
def ask(key: str) -> ResponseReturnValue:
    """Ask the centre to be invited."""
    need, profile, who = _shop(database(), key)
    found = matching.match_one(need, profile.public_id, context.matching())
    with product().sessions.begin() as writing:
        own = suppliers.by_key(writing, profile.public_id)
        match = match_decisions.ask(
            writing, needs.by_key(writing, key), own, accounts.by_email(writing, who.email)
        )
        if match.explanation is None and found is not None:
            match.score, match.explanation = found.score, explanations.kept(found)
    flash(gettext("The centre sees that you are interested, and decides whom to invite."))
    return redirect(url_for("needs.show", key=key))


@blueprint.post("/<key>/answer")
@login_required
def answer(key: str) -> ResponseReturnValue:
    """Answer one's invitation; a refusal of the work says why."""
    need, profile, who = _shop(database(), key)
    given, reason = request.form.get("answer", ""), request.form.get("reason", "")
    match = shop_standing.invitation_of(database(), need, profile)
    if given not in ANSWERS:
        raise NotFound(what="match", key=key)
    if given == "not_ours" and reason not in {one.code for one in refusals()}:
        return page(need, answer=gettext("Choose why the work is not yours.")), 422
    with product().sessions.begin() as writing:
        user = accounts.by_email(writing, who.email)
        link_answers.answer_here(
            writing, match_decisions.by_key(writing, match.public_id), given, reason or None, user
        )
    flash(gettext("Thank you, the answer is recorded."))
    return redirect(url_for("needs.show", key=key))
