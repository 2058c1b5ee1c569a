"""The operator reads what suppliers hand in: what is published beside what is wanted, approved or returned with remarks."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import StaleRevision
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Profile
from matchmaker.services.needs import needs
from matchmaker.services.profiles import photos, profile_drafts, suppliers
from matchmaker.services.shortlist import assignments
from matchmaker.web.kit import forms
from matchmaker.web.kit.context import (
    SignedInPerson,
    database,
    operator,
    product,
)
from matchmaker.web.pages import profile_access, profile_forms, remarks, supplier_facts
from matchmaker.web.pages.profile_forms import BASICS, LISTS, TITLES

blueprint = Blueprint("reviews", __name__, url_prefix="/work/profiles")


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One line of a section; `change` is "", "new" or "gone", `key` that of a remark on it, empty for what is gone."""

    text: str
    change: str = ""
    key: str = ""


def centres() -> list[int]:
    """The ids of the centres that the person works for."""
    codes = [role.centre for role in operator().subject.roles if role.centre]
    return [needs.centre_of(database(), code).id for code in codes]


@blueprint.get("/")
@login_required
def waiting() -> ResponseReturnValue:
    found = [profile for centre in centres() for profile in profile_drafts.waiting(database(), centre)]
    keepers = assignments.of(database(), "profile", [profile.public_id for profile in found])
    return render_template("profile/waiting.html", profiles=found, keepers=keepers)


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """What changes, section by section."""
    profile = profile_access.reviewed(database(), key)
    return _page(profile, {}, stale=False)


def _page(profile: Profile, said: dict[str, str], *, stale: bool) -> str:
    before, after = suppliers.record(profile), profile_drafts.draft(profile)
    return render_template(
        "profile/review.html",
        profile=profile,
        name=profile.organisation.name("ru"),
        titles=TITLES,
        sections=_sections(before if profile.published_at else None, after),
        photos=[
            one for one in supplier_facts.photo_views(photos.of_profile(database(), profile)) if not one.shown
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
    """Publish the changes, or return them with remarks by section, entry or field; a stale page is told so and nothing is lost."""
    profile = profile_access.reviewed(database(), key)
    who = operator()
    given_remarks = remarks.given(request.form, profile_drafts.draft(profile))
    revision = forms.revision(request.form)
    try:
        return _decided(profile, given_remarks, revision, who)
    except StaleRevision:
        return _page(profile, given_remarks, stale=True), 409


def _decided(profile: Profile, said: dict[str, str], revision: int, who: SignedInPerson) -> Response:
    with product().sessions.begin() as writing:
        stored = suppliers.by_key(writing, profile.public_id)
        if request.form.get("decision") == "approve":
            profile_drafts.approve(writing, stored, product().recogniser, revision=revision, by=who.id)
            flash(gettext("The profile is published."))
        elif said:
            profile_drafts.give_back(writing, stored, said, remarks.label_in, revision=revision, by=who.id)
            flash(gettext("The profile is returned with your remarks."))
        else:
            flash(gettext("Write at least one remark, so that the supplier knows what to correct."))
            return redirect(url_for("reviews.show", key=profile.public_id))
    return redirect(url_for("reviews.waiting"))
