"""The positions of a need for several parts: added, changed, removed."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord, NeedQuoted, StaleRevision
from matchmaker.services.matching import matching
from matchmaker.services.needs import needs
from matchmaker.web.kit import context, forms, position_forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.pages.need_access import authorised

blueprint = Blueprint("positions", __name__, url_prefix="/needs")


@blueprint.route("/<key>/position", methods=["GET", "POST"])
@login_required
def entry(key: str) -> ResponseReturnValue:
    """The form of a position, of a new one where `at` is empty, and saving it."""
    if request.method == "GET":
        return _form(key)
    given = position_forms.typed(request.form)
    try:
        _save(key, given)
    except InvalidRecord as error:
        return _form(key, given, forms.by_field(error)), 422
    except NeedQuoted as error:
        return _form(key, given, {"id": gettext(error.template)}), 409
    except StaleRevision:
        return _form(key, given, stale=True), 409
    return redirect(url_for("needs.show", key=key, _anchor="positions"))


def _save(key: str, given: Mapping[str, str]) -> None:
    revision = forms.revision(request.form)
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        if need.revision != revision:
            raise StaleRevision
        at = request.values.get("at", "")
        changed = position_forms.with_position(needs.record(need), at, given, context.today())
        needs.edit(session, need, changed, revision=revision, by=user.public_id)


def _form(
    key: str,
    given: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    stale: bool = False,
) -> str:
    need = authorised(database(), key, "need.edit").need
    record, at = needs.record(need), request.values.get("at", "")
    there = not at or given is None or any(one.id == at for one in record.positions)
    present = position_forms.shown(position_forms.find(record, at) if at and there else None)
    return render_template(
        "needs/position.html",
        need=need,
        at=at if there else "",
        fields=position_forms.FIELDS,
        form=given or present,
        problems=problems or {},
        theirs=present if stale else None,
    )


@blueprint.post("/<key>/position/take")
@login_required
def take(key: str) -> Response:
    """Make positions of the parts that the need's text names; a need that has positions stays as it is."""
    reader = context.matching()  # before the database is held
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        record = needs.record(need)
        parts = () if record.positions else matching.understand_need(need, reader, record).parts
        taken = position_forms.with_parts(record, parts, context.wording().labels)
        if taken != record:
            needs.edit(session, need, taken, revision=forms.revision(request.form), by=user.public_id)
    return redirect(url_for("needs.show", key=key, _anchor="positions"))


@blueprint.post("/<key>/position/remove")
@login_required
def remove(key: str) -> Response:
    """Remove a position; one that is gone already stays gone."""
    at = request.form.get("at", "")
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        record = needs.record(need)
        left = position_forms.without_position(record, at)
        if left != record:
            needs.take_from(session, need, left, user, revision=forms.revision(request.form))
    flash(gettext("The position is removed."))
    return redirect(url_for("needs.show", key=key, _anchor="positions"))
