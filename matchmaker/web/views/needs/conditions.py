"""Correcting what a need asks for: row by row, and from what its files say."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, StaleRevision
from matchmaker.domain.requirements import Strictness
from matchmaker.models import Need
from matchmaker.services.matching import matching
from matchmaker.services.needs import corrections, needs
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.context import actor, database, product
from matchmaker.web.pages import condition_rows
from matchmaker.web.pages.need_access import require
from matchmaker.web.pages.need_page import page

blueprint = Blueprint("conditions", __name__, url_prefix="/needs")
TAKEN = frozenset({*condition_rows.FIELDS, "title"})


def _own(key: str) -> Need:
    need = needs.by_key(database(), key)
    require("need.edit", need)
    if forms.revision(request.form) != need.revision:
        raise StaleRevision
    return need


@blueprint.post("/<key>/conditions")
@login_required
def correct(key: str) -> ResponseReturnValue:
    """Save the rows: values that changed win over the text, what was emptied is no longer understood."""
    need = _own(key)
    typed = {name: request.form[name] for name in condition_rows.FIELDS if name in request.form}
    understood = matching.understand(needs.record(need), context.matching(), need.strictness)
    form, gone = condition_rows.corrected(needs.record(need), understood, typed)
    allowed = {str(item) for item in Strictness}
    names = {f"how-{name}": name for name in condition_rows.ROWS}
    chosen = {name: value for field, name in names.items() if (value := request.form.get(field)) in allowed}
    refused = _save(need, form, gone, chosen)
    return refused or redirect(url_for("needs.show", key=key, _anchor="understood"))


@blueprint.post("/<key>/readings")
@login_required
def take(key: str) -> ResponseReturnValue:
    """Put the ticked proposals of the files into the need, as they were corrected on the way."""
    need = _own(key)
    ticked = [name for name in request.form.getlist("take") if name in TAKEN]
    form = forms.of_record(needs.record(need))
    form |= {name: request.form.get(f"read-{name}", "").strip() for name in ticked}
    refused = _save(need, form, (), {})
    if refused:
        return refused
    flash(gettext("The need holds it now."))
    return redirect(url_for("needs.show", key=key, _anchor="understood"))


def _save(
    need: Need, form: Mapping[str, str], gone: tuple[str, ...], chosen: Mapping[str, str]
) -> ResponseReturnValue | None:
    """Save what was corrected, all of it or nothing; the page with its problems where a value is wrong."""
    before = needs.record(need)
    try:
        changed = forms.changed(before, forms.need_record(form, need.external_id))
    except InvalidRecord as error:
        return page(need, problems=forms.by_field(error)), 422
    by = actor()
    with product().sessions.begin() as writing:
        stored = needs.by_key(writing, need.public_id)
        if stored.revision != need.revision:
            raise StaleRevision
        if changed != before:
            needs.edit(writing, stored, changed, revision=stored.revision, by=by)
        for words in gone:
            corrections.disregard(writing, stored, words, by=by)
        now = {name: value for name, value in chosen.items() if value != (stored.strictness or {}).get(name)}
        if now:
            needs.set_strictness(writing, stored, {**(stored.strictness or {}), **now}, by=by)
    return None
