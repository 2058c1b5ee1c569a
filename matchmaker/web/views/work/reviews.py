"""The operator's review of submitted profiles: the published text beside the changes, approved or returned
with remarks.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import StaleRevision
from matchmaker.domain.records import SupplierRecord
from matchmaker.services.needs import needs
from matchmaker.services.profiles import photos, profile_drafts, suppliers
from matchmaker.services.shortlist import assignments
from matchmaker.web.kit import forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, language, product
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages import profile_access, profile_forms, remarks, supplier_facts
from matchmaker.web.pages.profile_forms import BASICS, LISTS, TITLES

blueprint = Blueprint("reviews", __name__, url_prefix="/work/profiles")


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One line of a section; `change` is "", "new" or "gone", `key` that of a remark on it, empty for a
    removed line.
    """

    text: str
    change: str = ""
    key: str = ""


def _centres() -> list[int]:
    """The ids of the centres that the operator works for."""
    operator(database())
    return [needs.centre_of(database(), code).id for code in standpoint(database()).centres]


@blueprint.get("/")
@login_required
def waiting() -> ResponseReturnValue:
    found = [profile for centre in _centres() for profile in profile_drafts.waiting(database(), centre)]
    keepers = assignments.of(database(), "profile", [profile.public_id for profile in found])
    return render_template("profile/waiting.html", profiles=found, keepers=keepers)


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """The changes, section by section."""
    return _page(key, {}, stale=False)


def _page(key: str, said: Mapping[str, str], *, stale: bool) -> str:
    profile = profile_access.reviewed(database(), key)
    before, after = suppliers.record(profile), profile_drafts.draft(profile)
    return render_template(
        "profile/review.html",
        profile=profile,
        name=profile.organisation.name(language()),
        titles=TITLES,
        sections=_sections(before if profile.published_at else None, after),
        photos=[
            one
            for one in supplier_facts.photo_views(photos.of_profile(database(), profile))
            if one.ready and not one.shown
        ],
        remarks=said,
        by_line=remarks.by_line,
        lists=LISTS,
        stale=stale,
    )


def _sections(before: SupplierRecord | None, after: SupplierRecord) -> dict[str, list[ReviewLine]]:
    basics = [
        ReviewLine(f"{gettext(field.label)}: {value}", "" if old == value else "new", f"basics.{field.name}")
        for field in BASICS
        for old, value in [(_basics(before)[field.name], _basics(after)[field.name])]
        if value or old
    ]
    found = {"basics": basics}
    for section in LISTS:
        old = [supplier_facts.entry_line(one) for one in getattr(before, section, ())]
        new = [supplier_facts.entry_line(one) for one in getattr(after, section)]
        found[section] = [
            ReviewLine(line, "" if line in old else "new", f"{section}.{index}")
            for index, line in enumerate(new)
        ]
        found[section] += [ReviewLine(line, "gone") for line in old if line not in new]
    return found


def _basics(record: SupplierRecord | None) -> dict[str, str]:
    data = record.model_dump(mode="json", exclude_none=True) if record else {}
    return profile_forms.shown(BASICS, data)


@blueprint.post("/<key>")
@login_required
def decide(key: str) -> ResponseReturnValue:
    """Publish the changes, or return them with remarks by section, entry or field; a stale page gets a
    message and loses nothing.
    """
    draft = profile_drafts.draft(profile_access.reviewed(database(), key))
    said, approved = remarks.given(request.form, draft), request.form.get("decision") == "approve"
    if not (said or approved):
        flash(gettext("Write at least one remark, so that the supplier knows what to correct."))
        return redirect(url_for("reviews.show", key=key))
    try:
        _decide(key, None if approved else said)
    except StaleRevision:
        return _page(key, said, stale=True), 409
    returned = gettext("The profile is returned with your remarks.")
    flash(gettext("The profile is published.") if approved else returned)
    return redirect(url_for("reviews.waiting"))


def _decide(key: str, said: Mapping[str, str] | None) -> None:
    """Publish the draft, or return it with remarks. Raises StaleRevision."""
    revision = forms.revision(request.form)
    with change() as (session, user):
        profile, by = profile_access.reviewed(session, key), user.public_id
        if said is None:
            profile_drafts.approve(session, profile, product().recogniser, revision=revision, by=by)
        else:
            profile_drafts.give_back(session, profile, said, remarks.label_in, revision=revision, by=by)
