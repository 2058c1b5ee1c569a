"""A supplier's changes to its profile: sections and entries, submitting it to the centre."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.records import SupplierRecord, to_data
from matchmaker.models import Profile
from matchmaker.services.profiles import (
    fact_sources,
    freshness,
    photos,
    profile_drafts,
    renewals,
    suppliers,
)
from matchmaker.web.kit import context, forms, terms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.pages import completeness, profile_forms, remarks, supplier_facts, unread_words
from matchmaker.web.pages.profile_access import own_profile, own_profile_in
from matchmaker.web.pages.profile_forms import BASICS, LISTS, TITLES, ProfileField
from matchmaker.web.pages.unread_words import UnreadWord
from search.reading import public_records

blueprint = Blueprint("profile", __name__, url_prefix="/shop/profile")
# Fields that only the centre writes; a form with one was tampered with.
CENTRES_FIELDS = ("verified", "centre", "state", "rating")


@dataclass(frozen=True, slots=True)
class _SectionForm:
    """A form of a section: its name, the entry's index, the typed values and their problems."""

    section: str
    index: int | None
    form: dict[str, str]
    problems: dict[str, str]
    theirs: dict[str, str] | None = None


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    """The whole draft with ways to change each part."""
    profile = own_profile()
    return render_template(
        "profile/show.html",
        profile=profile,
        lists=LISTS,
        titles=TITLES,
        stale=freshness.stale(profile, context.today()) if profile.published_at else (),
        stale_labels=renewals.LABELS,
        changed=profile.waiting is not None,
        photos=len(photos.of_profile(database(), profile)),
        sources=fact_sources.of_profile(database(), profile, suppliers.record(profile)),
        fact_words=terms.fact,
        field_label=lambda key: remarks.field_label(key, gettext),
        **_of_draft(profile),
    )


def _of_draft(profile: Profile) -> dict[str, object]:
    """The draft section by section, its gaps, and names for the centre's remarks."""
    record = profile_drafts.draft(profile)
    russian = context.language() == "ru" and record.name.ru
    return {
        "record": record,
        "name": russian or record.name.en or record.name.ru,
        "region": terms.region(record.region),
        "remark_label": lambda key: remarks.label(key, record, gettext),
        "terms": supplier_facts.terms(record),
        "left_out": public_records.pieces_left_out(record),
        "unread": unread_words.of_record(record),
        "told": completeness.told(profile, record),
        "lines": {name: [supplier_facts.entry_line(one) for one in getattr(record, name)] for name in LISTS},
    }


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


@blueprint.get("/understood")
@login_required
def understood() -> Response:
    """How the search understands what is being typed into a field of a section, as a part of the page. Raises NotFound."""
    own_profile()
    field = profile_forms.field_of(request.args.get("section", ""), request.args.get("field", ""))
    if field is None:
        raise NotFound(what="field", key="")
    words = profile_forms.understood(field, request.args.get("q", "")[:2_000])
    return jsonify(html=render_template("profile/understood.html", words=words))


def _form(section: str, index: int | None, fields: tuple[ProfileField, ...]) -> ResponseReturnValue:
    """The form of a section or an entry, and saving it; a refused form comes back with the typed values."""
    if request.method == "GET":
        profile = own_profile()
        return _page(profile, _SectionForm(section, index, _present(profile, section, index), {}))
    form = profile_forms.typed(fields, request.form)
    try:
        _check_fields(fields)
        unread = _save(lambda record: _with(record, section, index, form))
    except InvalidRecord as error:
        problems = profile_forms.by_field(fields, error)
        return _page(own_profile(), _SectionForm(section, index, form, problems)), 422
    except StaleRevision:
        profile = own_profile()
        theirs = _present(profile, section, index)
        return _page(profile, _SectionForm(section, index, form, {}, theirs=theirs)), 409
    flash(gettext("Saved as a draft. Submit it to the centre when it is ready."))
    for one in unread:
        flash(gettext("The search does not know “%(word)s”: no need finds you by it.", word=one.word))
    return redirect(url_for("profile.show") + (f"#{section}" if not unread else "#unread"))


def _check_fields(fields: tuple[ProfileField, ...]) -> None:
    """Raise InvalidRecord for a form with a field that only the centre writes."""
    stolen = next((name for name in CENTRES_FIELDS if name in request.form), None)
    if stolen is not None:
        message = N_("“%(field)s” is written by the centre alone.")
        raise InvalidRecord((Problem(fields[0].path, "field.centre", message, "", {"field": stolen}),))


def _with(record: SupplierRecord, section: str, index: int | None, form: dict[str, str]) -> SupplierRecord:
    """The record with a typed section or entry. Raises InvalidRecord, NotFound."""
    if section == "basics":
        return profile_forms.with_basics(record, form)
    _check_entry(record, section, index)
    return profile_forms.with_entry(record, section, index, form)


def _check_entry(record: SupplierRecord, section: str, index: int | None) -> None:
    """Raise NotFound for an entry that is not in the list."""
    if section not in LISTS or (index is not None and index >= len(getattr(record, section))):
        raise NotFound(what="entry", key=str(index))


def _present(profile: Profile, section: str, index: int | None) -> dict[str, str]:
    """A section or an entry of the draft in its form's fields. Raises NotFound."""
    record = profile_drafts.draft(profile)
    if section == "basics":
        return profile_forms.shown(BASICS, to_data(record))
    if index is None:
        fresh = {"status": CertificateStatus.CERTIFIED} if section == "certificates" else {}
        return profile_forms.shown(LISTS[section], fresh)
    _check_entry(record, section, index)
    return profile_forms.shown(LISTS[section], to_data(record)[section][index])


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
        understood={field.name: profile_forms.understood(field, page.form[field.name]) for field in fields},
        remarks=above,
        by_field=by_field,
    )


def _save(change_record: Callable[[SupplierRecord], SupplierRecord]) -> tuple[UnreadWord, ...]:
    """Save the changed draft over the form's revision; the new words of it that the search does not know. Raises
    InvalidRecord, StaleRevision, NotFound.
    """
    with change() as (session, user):
        profile = own_profile_in(session)
        before = profile_drafts.draft(profile)
        changed = change_record(before)
        profile_drafts.save(
            session,
            profile,
            changed,
            revision=forms.revision(request.form),
            by=user.public_id,
            today=context.today(),
            standards=unread_words.nearest_standards,
        )
    return unread_words.fresh(changed, before)


@blueprint.post("/<section>/<int:index>/remove")
@login_required
def remove(section: str, index: int) -> Response:
    """Remove an entry from a list of the draft."""
    with change() as (session, user):
        profile = own_profile_in(session)
        profile_drafts.remove(
            session,
            profile,
            _without(profile_drafts.draft(profile), section, index),
            user,
            revision=forms.revision(request.form),
            today=context.today(),
            removed=(section, index),
        )
    flash(gettext("Removed from the draft."))
    return redirect(url_for("profile.show") + f"#{section}")


def _without(record: SupplierRecord, section: str, index: int) -> SupplierRecord:
    _check_entry(record, section, index)
    return profile_forms.without_entry(record, section, index)


@blueprint.post("/confirm")
@login_required
def confirm() -> Response:
    """Confirm with one press that the facts of the profile are still true."""
    fields = [field for field in freshness.HALF_LIVES if field in request.form.getlist("field")]
    with change() as (session, user):
        profile = own_profile_in(session)
        freshness.confirm(session, profile, fields, by=user.public_id, today=context.today())
    flash(gettext("Thank you: it counts as confirmed today."))
    back = "shop.show" if request.form.get("from") == "shop" else "profile.show"
    return redirect(url_for(back))


@blueprint.post("/submit")
@login_required
def submit() -> Response:
    """Submit the draft to the centre."""
    with change() as (session, user):
        profile_drafts.submit(session, own_profile_in(session), user.public_id)
    flash(gettext("The centre has it now. You will get an e-mail when it is published or returned."))
    return redirect(url_for("profile.show"))


@blueprint.post("/discard")
@login_required
def discard() -> Response:
    """Discard the draft."""
    with change() as (session, user):
        profile_drafts.discard(session, own_profile_in(session), user)
    flash(gettext("The changes are discarded; what is published stays."))
    return redirect(url_for("profile.show"))
