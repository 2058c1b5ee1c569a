"""A supplier edits its profile: sections and entries, handing it to the centre."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord, NotFound, StaleRevision
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.records import SupplierRecord, to_data
from matchmaker.models import Profile
from matchmaker.services.profiles import freshness, photos, profile_drafts, renewals, suppliers
from matchmaker.web.kit import context, forms, places
from matchmaker.web.kit.context import database, person, product, signed_in
from matchmaker.web.pages import completeness, profile_forms, remarks, supplier_facts
from matchmaker.web.pages.own_profile import own_profile
from matchmaker.web.pages.profile_forms import (
    BASICS,
    LISTS,
    TITLES,
    ProfileField,
)

blueprint = Blueprint("profile", __name__, url_prefix="/shop/profile")
# What only the centre writes; a form that carries it was tampered with.
CENTRES_FIELDS = ("verified", "centre", "state", "rating")


@dataclass(frozen=True, slots=True)
class _SectionForm:
    """A form of a section: its name, the entry's index, what was typed and what is wrong with it."""

    section: str
    index: int | None
    form: dict[str, str]
    problems: dict[str, str]
    theirs: dict[str, str] | None = None


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    """The whole draft with ways to change each part."""
    profile = own_profile(database())
    record = profile_drafts.draft(profile)
    return render_template(
        "profile/show.html",
        profile=profile,
        record=record,
        name=record.name.ru
        if context.language() == "ru" and record.name.ru
        else record.name.en or record.name.ru,
        region=places.region(record.region),
        lists=LISTS,
        titles=TITLES,
        remark_label=lambda key: remarks.label(key, record, gettext),
        told=completeness.told(profile, record),
        stale=freshness.stale(profile, context.today()) if profile.published_at else (),
        stale_labels=renewals.LABELS,
        lines={
            section: [supplier_facts.entry_line(one) for one in getattr(record, section)] for section in LISTS
        },
        changed=profile.waiting is not None,
        photos=len(photos.of_profile(database(), profile)),
    )


@blueprint.route("/basics", methods=["GET", "POST"])
@login_required
def basics() -> ResponseReturnValue:
    return _form("basics", None, BASICS)


@blueprint.route("/<section>/<entry>", methods=["GET", "POST"])
@login_required
def entry(section: str, entry: str) -> ResponseReturnValue:
    """One entry of a list, or a new one."""
    if section not in LISTS or not (
        entry == "new" or (entry.isascii() and entry.isdigit() and len(entry) < 4)
    ):
        raise NotFound(what="entry", key=entry)
    return _form(section, None if entry == "new" else int(entry), LISTS[section])


def _form(section: str, index: int | None, fields: tuple[ProfileField, ...]) -> ResponseReturnValue:
    profile = own_profile(database())
    record = profile_drafts.draft(profile)
    present = _present(record, section, index, fields)
    if request.method == "GET":
        return _page(profile, _SectionForm(section, index, present, {}))
    form = profile_forms.typed(fields, request.form)
    stolen = next((name for name in CENTRES_FIELDS if name in request.form), None)
    if stolen is not None:
        problem = gettext("“%(field)s” is written by the centre alone.", field=stolen)
        return _page(profile, _SectionForm(section, index, form, {fields[0].name: problem})), 422
    try:
        if section == "basics":
            changed = profile_forms.with_basics(record, form)
        else:
            changed = profile_forms.with_entry(record, section, index, form)
        _save(profile, changed)
    except InvalidRecord as error:
        problems = profile_forms.by_field(fields, error)
        return _page(profile, _SectionForm(section, index, form, problems)), 422
    except StaleRevision:
        return _page(profile, _SectionForm(section, index, form, {}, theirs=present)), 409
    flash(gettext("Saved as a draft. Hand it to the centre when it is ready."))
    return redirect(url_for("profile.show") + f"#{section}")


def _present(
    record: SupplierRecord, section: str, index: int | None, fields: tuple[ProfileField, ...]
) -> dict[str, str]:
    data = to_data(record)
    if section == "basics":
        return profile_forms.shown(fields, data)
    if index is None:
        return profile_forms.shown(
            fields, {"status": CertificateStatus.CERTIFIED} if section == "certificates" else {}
        )
    entries = data.get(section) or ()
    if index >= len(entries):
        raise NotFound(what="entry", key=str(index))
    return profile_forms.shown(fields, entries[index])


def _page(profile: Profile, page: _SectionForm) -> str:
    fields = BASICS if page.section == "basics" else LISTS[page.section]
    above, by_field = remarks.of_entry(profile.remarks or {}, page.section, page.index)
    return render_template(
        "profile/form.html",
        profile=profile,
        page=page,
        fields=fields,
        title=TITLES[page.section],
        offered=profile_forms.offered(fields),
        remarks=above,
        by_field=by_field,
    )


def _save(profile: Profile, changed: SupplierRecord, removed: tuple[str, int] | None = None) -> None:
    """Save over the revision that the form was made of. Raises StaleRevision."""
    revision = forms.revision(request.form)
    who = signed_in()
    with product().sessions.begin() as writing:
        stored = suppliers.by_key(writing, profile.public_id)
        profile_drafts.save(writing, stored, changed, revision=revision, by=who.id, today=context.today())
        if removed is not None:
            profile_drafts.forget_remarks(stored, *removed)


@blueprint.post("/<section>/<int:index>/remove")
@login_required
def remove(section: str, index: int) -> Response:
    profile = own_profile(database())
    record = profile_drafts.draft(profile)
    if section not in LISTS or index >= len(getattr(record, section)):
        raise NotFound(what="entry", key=str(index))
    _save(profile, profile_forms.without_entry(record, section, index), removed=(section, index))
    flash(gettext("Removed from the draft."))
    return redirect(url_for("profile.show") + f"#{section}")


@blueprint.post("/confirm")
@login_required
def confirm() -> Response:
    """What the profile says is still true, in one press."""
    profile, who = own_profile(database()), person()
    assert who is not None
    fields = [field for field in freshness.HALF_LIVES if field in request.form.getlist("field")]
    with product().sessions.begin() as writing:
        stored = suppliers.by_key(writing, profile.public_id)
        freshness.confirm(writing, stored, fields, by=who.id, today=context.today())
    flash(gettext("Thank you: it counts as confirmed today."))
    back = "shop.show" if request.form.get("from") == "shop" else "profile.show"
    return redirect(url_for(back))


@blueprint.post("/submit")
@login_required
def submit() -> Response:
    return _act("submit")


@blueprint.post("/discard")
@login_required
def discard() -> Response:
    return _act("discard")


def _act(what: str) -> Response:
    profile, who = own_profile(database()), person()
    assert who is not None
    with product().sessions.begin() as writing:
        stored = suppliers.by_key(writing, profile.public_id)
        if what == "submit":
            profile_drafts.submit(writing, stored, who.id)
            flash(gettext("The centre has it now. You will get a letter when it is published or comes back."))
        else:
            profile_drafts.discard(writing, stored, who.id)
            flash(gettext("The changes are discarded; what is published stays."))
    return redirect(url_for("profile.show"))
