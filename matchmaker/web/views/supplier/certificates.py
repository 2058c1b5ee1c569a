"""Certificates: the supplier's scans, and the operator who verifies, suspends and watches which of them end."""

from collections.abc import Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain import access
from matchmaker.domain.errors import FileRefused, Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.models import CertificateRow
from matchmaker.models.base import now
from matchmaker.services.core import blobs
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import certificates, profile_drafts, scans, suppliers
from matchmaker.services.profiles.certificates import WARNINGS, Verification
from matchmaker.services.shortlist import assignments
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.context import (
    SignedInPerson,
    database,
    operator,
    product,
    signed_in,
    subject,
)
from matchmaker.web.pages import profile_access, supplier_facts
from matchmaker.web.pages.own_profile import own_profile
from matchmaker.web.pages.profile_access import access_object

blueprint = Blueprint("certificates", __name__)
CHOOSE = N_("Choose a file: a PDF, JPEG or PNG of up to 10 MB.")
LONGEST = 2_000


@blueprint.route("/shop/certificates/<int:index>", methods=["GET", "POST"])
@login_required
def scans_of(index: int) -> ResponseReturnValue:
    """The scans of one's own certificate, and adding one."""
    profile = own_profile(database())
    held = profile_drafts.draft(profile).certificates
    if index >= len(held):
        raise NotFound(what="certificate", key=str(index))
    tied = scans.mark(held[index].standard, held[index].number)
    problem = ""
    file = request.files.get("file")
    if request.method == "POST":
        who = signed_in()
        try:
            name, stream = forms.chosen(file, CHOOSE)
            with product().sessions.begin() as writing:
                stored = suppliers.by_key(writing, profile.public_id)
                user = accounts.by_email(writing, who.email)
                scans.add(writing, stored, tied, (name, stream), user, product().data / "files")
            flash(gettext("The scan is kept; the centre can see it."))
            return redirect(url_for("certificates.scans_of", index=index))
        except FileRefused as error:
            problem = gettext(error.template) % error.params if error.params else gettext(error.template)
    kept = [one for one in scans.of_profile(database(), profile) if one.details.get("of") == tied]
    page = render_template(
        "certificates/scans.html",
        line=supplier_facts.entry_line(held[index]),
        index=index,
        scans=kept,
        problem=problem,
    )
    return page, 422 if problem else 200


@blueprint.get("/scans/<key>")
@login_required
def scan(key: str) -> Response:
    """A scan, always as a download; whoever opens it is noted."""
    stored, profile = scans.by_key(database(), key)
    if (
        not access.may(subject(), "profile.view_unpublished", access_object(profile)).allowed
        and not profile.published_at
    ):
        raise NotFound(what="file", key=key)
    if not access.may(subject(), "certificate.download", access_object(profile)).allowed:
        raise Forbidden
    who = signed_in()
    path = blobs.path_of(product().data / "files", stored.sha256)
    if not path.exists():
        raise NotFound(what="file", key=key)
    with product().sessions.begin() as writing:
        again, of = scans.by_key(writing, key)
        scans.opened(writing, again, of, who.id)
    return send_file(
        path, mimetype=stored.media_type, as_attachment=True, download_name=stored.name, etag=False
    )


@blueprint.get("/work/certificates")
@login_required
def queue() -> ResponseReturnValue:
    """What is to be verified, and what ends within 90, 30 and 7 days."""
    codes = [role.centre for role in operator().subject.roles if role.centre]
    today = context.today()
    centres = [needs.centre_of(database(), code) for code in codes]
    ending = [row for centre in centres for row in certificates.ending(database(), centre, today)]
    unverified = [row for centre in centres for row in certificates.unverified(database(), centre, today)]
    return render_template(
        "certificates/queue.html",
        unverified=unverified,
        ending=_by_warning(ending, today),
        keepers=assignments.of(database(), "certificate", [row.public_id for row in unverified]),
        today=today,
        now=now(),
    )


def _by_warning(ending: Sequence[CertificateRow], today: date) -> dict[int, list[CertificateRow]]:
    """Certificates under the narrowest span of days in which they end."""
    found: dict[int, list[CertificateRow]] = {days: [] for days in sorted(WARNINGS)}
    for row in ending:
        left = (row.valid_until - today).days if row.valid_until else max(WARNINGS)
        found[min(days for days in found if left <= days)].append(row)
    return found


@blueprint.get("/work/certificates/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    return _page(profile_access.verifiable(database(), key), {})


def _page(row: CertificateRow, form: dict[str, str], problem: str = "", wrong: str = "") -> str:
    tied = scans.mark(row.standard, row.number)
    found = [one for one in scans.of_profile(database(), row.profile) if one.details.get("of") == tied]
    return render_template(
        "certificates/show.html",
        row=row,
        name=row.profile.organisation.name(context.language()),
        scans=found,
        form=form,
        problem=problem,
        wrong=wrong,
        today=context.today(),
    )


@blueprint.post("/work/certificates/<key>")
@login_required
def decide(key: str) -> ResponseReturnValue:
    """Verify, take back, suspend or lift; each says why or on what evidence."""
    row = profile_access.verifiable(database(), key)
    form = {name: request.form.get(name, "").strip()[:LONGEST] for name in ("how", "evidence", "why")}
    what = request.form.get("decision", "")
    needed = {"verify": "how", "suspend": "why"}.get(what)
    if needed is not None and not form[needed]:
        problem = (
            gettext("Say how it was verified: which register, which letter.")
            if what == "verify"
            else gettext("Say why it is suspended; the supplier reads it.")
        )
        return _page(row, form, problem, needed), 422
    _do(key, what, form, operator())
    flash(gettext("The certificate is up to date."))
    return redirect(url_for("certificates.queue"))


def _do(key: str, what: str, form: dict[str, str], who: SignedInPerson) -> None:
    with product().sessions.begin() as writing:
        row, user = certificates.by_key(writing, key), accounts.by_email(writing, who.email)
        if what == "verify":
            verification = Verification(form["how"][:300], form["evidence"] or None)
            certificates.verify(writing, row, verification, user)
        elif what == "suspend":
            certificates.suspend(writing, row, form["why"][:300], user)
        elif what == "withdraw":
            certificates.withdraw(writing, row, user)
        elif what == "lift":
            certificates.lift(writing, row, user)
        else:
            raise NotFound(what="decision", key=what)
