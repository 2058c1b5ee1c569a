"""A contractor's needs: post, see what was understood and who fits, change, submit, close."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord, NeedQuoted, NotFound
from matchmaker.domain.lifecycle import (
    ABANDONED_NEEDS,
    NEEDS_WITH_THE_CENTRE,
    OPEN_NEEDS,
    MatchState,
    NeedState,
)
from matchmaker.domain.requirements import REQUIREMENTS, Strictness
from matchmaker.models.needs import DISCLOSURES, REACHES
from matchmaker.services.needs import corrections, need_news, needs
from matchmaker.services.people import accounts
from matchmaker.services.shortlist import awards, match_decisions
from matchmaker.web.kit import forms
from matchmaker.web.kit.context import actor, database, person, product
from matchmaker.web.kit.labels import reason_word
from matchmaker.web.pages import need_list
from matchmaker.web.pages.need_access import (
    require,
    view_action,
)
from matchmaker.web.pages.need_page import page

blueprint = Blueprint("needs", __name__, url_prefix="/needs")


@blueprint.get("/")
@login_required
def mine() -> ResponseReturnValue:
    return render_template("needs/list.html", needs=need_list.listed(), states=list(NeedState))


@blueprint.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    """The need; its matches for those who may see them."""
    need = needs.by_key(database(), key)
    require(view_action(need), need)
    return page(need)


@blueprint.route("/<key>/edit", methods=["GET", "POST"])
@login_required
def edit(key: str) -> ResponseReturnValue:
    need = needs.by_key(database(), key)
    require("need.edit", need)
    if request.method == "GET":
        return render_template(
            "needs/form.html", form=forms.of_record(needs.record(need)), problems={}, need=need
        )
    given = forms.typed(request.form)
    try:
        record = forms.need_record(given, need.external_id)
    except InvalidRecord as error:
        return render_template("needs/form.html", form=given, problems=forms.by_field(error), need=need), 422
    before = needs.record(need)
    kept = forms.changed(before, record)
    revision = forms.revision(request.form)
    if revision != need.revision:
        page = render_template(
            "needs/form.html", form=given, problems={}, need=need, theirs=forms.of_record(before)
        )
        return page, 409
    try:
        with product().sessions.begin() as writing:
            needs.edit(writing, needs.by_key(writing, key), kept, revision=revision, by=actor())
    except NeedQuoted as error:
        problems = {"text": gettext(error.template)}
        return render_template("needs/form.html", form=given, problems=problems, need=need), 409
    return redirect(url_for("needs.show", key=key))


@blueprint.post("/<key>/strictness")
@login_required
def set_strictness(key: str) -> Response:
    """How strictly each requirement acts."""
    need = needs.by_key(database(), key)
    require("need.edit", need)
    allowed = {str(item) for item in Strictness}
    chosen = {name: value for name in REQUIREMENTS if (value := request.form.get(name)) in allowed}
    merged = {**(need.strictness or {}), **chosen}
    with product().sessions.begin() as writing:
        needs.set_strictness(writing, needs.by_key(writing, key), merged, by=actor())
    return redirect(url_for("needs.show", key=key) + "#matches")


@blueprint.post("/<key>/pieces")
@login_required
def correct(key: str) -> Response:
    """Take a piece of the text for plain words, or understand it again."""
    require("need.edit", needs.by_key(database(), key))
    by = actor()
    with product().sessions.begin() as writing:
        need = needs.by_key(writing, key)
        if words := request.form.get("drop", ""):
            corrections.disregard(writing, need, words, by=by)
        corrections.restore(writing, need, request.form.get("restore", ""), by=by)
    return redirect(url_for("needs.show", key=key, _anchor="understood"))


@blueprint.post("/<key>/openness")
@login_required
def set_openness(key: str) -> ResponseReturnValue:
    """Who may read the need, and how far it reaches."""
    need = needs.by_key(database(), key)
    require("need.edit", need)
    disclosure, reach = request.form.get("disclosure", ""), request.form.get("reach", "")
    known = {centre.code for centre in needs.other_centres(database(), need)}
    centres = [code for code in request.form.getlist("centre") if code in known]
    if reach == "chosen" and not centres:
        return page(need, openness=gettext("Tick the centres whose suppliers the need is for.")), 422
    if disclosure not in DISCLOSURES or reach not in REACHES:
        return page(need, openness=gettext("Choose who may read the need, and how far it reaches.")), 422
    with product().sessions.begin() as writing:
        stored, by = needs.by_key(writing, key), actor()
        needs.set_openness(writing, stored, disclosure, reach, by=by, centres=centres)
    flash(gettext("Saved. Who is not meant to read the need sees only what is open."))
    return redirect(url_for("needs.show", key=key))


@blueprint.post("/<key>/move")
@login_required
def move(key: str) -> ResponseReturnValue:
    """Submit, publish, close: the moves that the lifecycle allows, for those who may make them."""
    need = needs.by_key(database(), key)
    target = request.form.get("state", "")
    require("need.release" if target in OPEN_NEEDS else "need.edit", need)
    if target not in set(NeedState):
        raise NotFound(what="state", key=target)
    words, code = request.form.get("reason", "").strip()[:280], request.form.get("code", "")
    reason = words or (code if code in product().taxonomy.reasons else None)
    who = person()
    returned = target == NeedState.DRAFT and need.state in NEEDS_WITH_THE_CENTRE
    if reason is None and (target == NeedState.CLOSED or (returned and who and who.is_operator)):
        return page(need, gettext("Say why: choose a reason or write it in words.")), 422
    with product().sessions.begin() as writing:
        stored, by = needs.by_key(writing, key), actor()
        needs.move(writing, stored, NeedState(target), by=by, reason=reason)
        if target in need_news.NEWS:
            why = partial(reason_word, reason) if reason and not words else lambda _: words
            need_news.tell(writing, stored, target, by=by, reason=why)
        if target in ABANDONED_NEEDS and who:
            user = accounts.by_email(writing, who.email)
            verdict = match_decisions.NewDecision(
                MatchState.LOST, reason_code=None if words else reason, reason=words or None
            )
            awards.let_go(writing, needs.by_key(writing, key), user, verdict, reason_word)
    flash(gettext("Saved."))
    return redirect(url_for("needs.show", key=key))
