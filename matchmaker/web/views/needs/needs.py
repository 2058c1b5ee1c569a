"""A contractor's needs: see the understood text and the matches, change, submit, close."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord, NeedQuoted, NotFound, StaleRevision
from matchmaker.domain.lifecycle import OPEN_NEEDS, NeedState
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.services.desk import need_lists, saved_views
from matchmaker.services.desk.need_lists import PAGE
from matchmaker.services.needs import corrections, needs
from matchmaker.services.orders import contract_ends
from matchmaker.services.shortlist.need_moves import MoveReason
from matchmaker.web.kit import forms
from matchmaker.web.kit.addresses import onward
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in, today
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.kit.labels import reason_word
from matchmaker.web.pages import need_list, recognised_text
from matchmaker.web.pages.need_access import authorised, visible
from matchmaker.web.pages.need_page import NeedPageProblems, page

blueprint = Blueprint("needs", __name__, url_prefix="/needs")


@blueprint.get("/")
@login_required
def mine() -> ResponseReturnValue:
    """The reader's own needs, for an operator those of the centre; an address that asks for nothing opens the view that
    the reader has put first.
    """
    session = database()
    views = saved_views.of_user(session, signed_in().user, "needs")
    first = next((view for view in views if view.first), None)
    if first is not None and not request.args:
        return redirect(f"{url_for('needs.mine')}?{first.query or 'view=all'}")
    shown = need_list.read()
    common = {"shown": shown, "views": views, "states": list(NeedState), "column_names": need_list.COLUMNS}
    if shown.layout == "board":
        columns = need_lists.board(session, shown.asked)
        return render_template(
            "needs/board.html",
            columns=columns,
            moves={state: need_list.moves(state) for state in columns},
            **common,
        )
    found = need_list.found(shown)
    counts, keepers = need_list.beside(shown, found.needs)
    pages = {"before": shown.page - 1, "after": shown.page + 1 if shown.page * PAGE < found.total else 0}
    return render_template(
        "needs/list.html",
        found=found,
        counts=counts,
        keepers=keepers,
        pages=pages,
        colleagues=need_list.colleagues(),
        **common,
    )


@blueprint.get("/<key>")
def show(key: str) -> ResponseReturnValue:
    """The need; its matches for readers who may see them."""
    return page(visible(database(), key))


@blueprint.route("/<key>/edit", methods=["GET", "POST"])
@login_required
def edit(key: str) -> ResponseReturnValue:
    """The need's form, and saving it; a form of an older revision comes back beside the present values."""
    if request.method == "GET":
        return _form(key)
    given = forms.typed(request.form)
    try:
        _save(key, given)
    except InvalidRecord as error:
        return _form(key, given, forms.by_field(error)), 422
    except NeedQuoted as error:
        return _form(key, given, {"text": gettext(error.template)}), 409
    except StaleRevision:
        return _form(key, given, stale=True), 409
    return redirect(url_for("needs.show", key=key))


def _save(key: str, given: Mapping[str, str]) -> None:
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        changed = forms.changed_need(needs.record(need), given, key, today())
        needs.edit(session, need, changed, revision=forms.revision(request.form), by=user.public_id)


def _form(
    key: str,
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    stale: bool = False,
) -> str:
    need = authorised(database(), key, "need.edit").need
    present = forms.of_record(needs.record(need))
    return render_template(
        "needs/form.html",
        form=given or present,
        problems=problems or {},
        need=need,
        theirs=present if stale else None,
    )


@blueprint.post("/<key>/strictness")
@login_required
def set_strictness(key: str) -> Response:
    """Set the strictness of each requirement."""
    allowed = {str(item) for item in Strictness}
    chosen = {name: value for name in REQUIREMENT_KINDS if (value := request.form.get(name)) in allowed}
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        needs.set_strictness(session, need, chosen, by=user.public_id)
    return redirect(url_for("needs.show", key=key) + "#matches")


@blueprint.post("/<key>/pieces")
@login_required
def correct(key: str) -> Response:
    """Treat a piece of the text as plain words, understand it again, or take it to mean what a person says."""
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        if meant := request.form.get("meant", ""):
            meaning = recognised_text.confirmed(request.form.get("words", ""), meant, today())
            corrections.confirm(session, need, meaning, by=user.public_id)
        corrections.disregard(session, need, request.form.get("drop", ""), by=user.public_id)
        corrections.restore(session, need, request.form.get("restore", ""), by=user.public_id)
    return redirect(url_for("needs.show", key=key, _anchor="understood"))


@blueprint.post("/<key>/openness")
@login_required
def set_openness(key: str) -> ResponseReturnValue:
    """Set the readers of the need, and its reach."""
    disclosure, reach = request.form.get("disclosure", ""), request.form.get("reach", "")
    centres = request.form.getlist("centre")
    try:
        with change() as (session, user):
            need = authorised(session, key, "need.edit").need
            needs.set_openness(session, need, disclosure, reach, by=user.public_id, centres=centres)
    except InvalidRecord as error:
        found = authorised(database(), key, "need.edit")
        return page(found, NeedPageProblems(openness=problems_of(error)["openness"])), 422
    flash(gettext("Saved. People who may not read the need see only its open part."))
    return redirect(url_for("needs.show", key=key))


@blueprint.post("/<key>/move")
@login_required
def move(key: str) -> ResponseReturnValue:
    """Submit, publish, close: the moves that the lifecycle allows, for people who may make them."""
    target = request.form.get("state", "")
    action = "need.release" if target in OPEN_NEEDS else "need.edit"
    try:
        with change() as (session, user):
            found = authorised(session, key, action)
            state, reason, by_centre = _state(target), _reason(), found.may_release
            contract_ends.move(
                session, found.need, state, user, word=reason_word, reason=reason, by_centre=by_centre
            )
    except InvalidRecord as error:
        found = authorised(database(), key, action)
        return page(found, NeedPageProblems(move=problems_of(error)["reason"])), 422
    flash(gettext("Saved."))
    return onward(url_for("needs.show", key=key))


def _state(given: str) -> NeedState:
    if given not in set(NeedState):
        raise NotFound(what="state", key=given)
    return NeedState(given)


def _reason() -> MoveReason:
    """The reason of the move; a code unknown to the taxonomy counts as none."""
    code = request.form.get("code", "")
    known = code in product().taxonomy.reasons
    return MoveReason(request.form.get("reason", "").strip()[:280], code if known else "")
