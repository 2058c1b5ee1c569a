"""The correction of a need's requirements: row by row, and from its files."""

from collections.abc import Collection, Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, StaleRevision
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.models import Need
from matchmaker.services.matching import matching
from matchmaker.services.needs import corrections, needs
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.pages import condition_rows
from matchmaker.web.pages.need_access import authorised
from matchmaker.web.pages.need_page import NeedPageProblems, page

blueprint = Blueprint("conditions", __name__, url_prefix="/needs")
TAKEN = frozenset({*condition_rows.FIELDS, "title"})


@blueprint.post("/<key>/conditions")
@login_required
def correct(key: str) -> ResponseReturnValue:
    """Save the rows: changed values win over the text, emptied ones are no longer understood."""
    need = _as_shown(key)
    typed = {name: request.form[name] for name in condition_rows.FIELDS if name in request.form}
    understood = matching.understand(needs.record(need), context.matching(), need.strictness)
    form, gone = condition_rows.corrected(needs.record(need), understood, typed)
    try:
        _save(key, form, gone, _strictness())
    except InvalidRecord as error:
        return _refused(key, error), 422
    return redirect(url_for("needs.show", key=key, _anchor="understood"))


@blueprint.post("/<key>/readings")
@login_required
def take(key: str) -> ResponseReturnValue:
    """Put the ticked proposals of the files into the need, with the person's corrections."""
    ticked = [name for name in request.form.getlist("take") if name in TAKEN]
    form = forms.of_record(needs.record(_as_shown(key)))
    form |= {name: request.form.get(f"read-{name}", "").strip() for name in ticked}
    try:
        _save(key, form)
    except InvalidRecord as error:
        return _refused(key, error), 422
    flash(gettext("It is in the need now."))
    return redirect(url_for("needs.show", key=key, _anchor="understood"))


def _as_shown(key: str) -> Need:
    """The need as the form showed it. Raises StaleRevision where it has changed."""
    need = authorised(database(), key, "need.edit").need
    if forms.revision(request.form) != need.revision:
        raise StaleRevision
    return need


def _strictness() -> dict[str, str]:
    allowed = {str(item) for item in Strictness}
    fields = {f"how-{name}": name for name in condition_rows.ROWS}
    return {name: value for field, name in fields.items() if (value := request.form.get(field)) in allowed}


def _save(
    key: str,
    form: Mapping[str, str],
    plain: Collection[str] = (),
    strictness: Mapping[str, str] | None = None,
) -> None:
    """Save the corrections, all of them or none. Raises InvalidRecord by field, StaleRevision."""
    revision = forms.revision(request.form)
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        changed = forms.changed_need(needs.record(need), form, key, context.today())
        corrections.save(
            session,
            need,
            changed,
            revision=revision,
            by=user.public_id,
            plain=plain,
            strictness=strictness,
        )


def _refused(key: str, error: InvalidRecord) -> str:
    return page(authorised(database(), key, "need.edit"), NeedPageProblems(fields=forms.by_field(error)))
