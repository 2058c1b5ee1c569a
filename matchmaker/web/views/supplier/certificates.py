"""Certificates: the supplier's scans, and the operator's work: verify, suspend, watch the ends."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import FileRefused, NotFound
from matchmaker.domain.language import N_
from matchmaker.models import CertificateRow, Session, User
from matchmaker.models.base import now
from matchmaker.services.development import alarms
from matchmaker.services.profiles import certificates, scans
from matchmaker.services.profiles.certificates import WARNINGS, Verification
from matchmaker.services.shortlist import assignments
from matchmaker.web.acts import shop_acts
from matchmaker.web.kit import context, downloads, forms
from matchmaker.web.kit.addresses import onward
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.errors import status_of
from matchmaker.web.pages import certificate_queues, profile_access, supplier_facts
from matchmaker.web.pages.profile_access import own_profile

SHOWN_ENDING = 200  # certificates that end soon
blueprint = Blueprint("certificates", __name__)
LONGEST = 2_000
# By decision: the field that it needs, and the message where that is empty.
NEEDED = {
    "verify": ("how", N_("Say how it was verified: which register, which letter.")),
    "suspend": ("why", N_("Say why it is suspended; the supplier reads it.")),
}


@blueprint.route("/shop/certificates/<int:index>", methods=["GET", "POST"])
@login_required
def scans_of(index: int) -> ResponseReturnValue:
    """The scans of the reader's own certificate, and adding one."""
    if request.method == "GET":
        return _scans_page(index)
    try:
        shop_acts.add_scan(index, forms.chosen(request.files.get("file"), scans.CHOOSE))
    except FileRefused as error:
        return _scans_page(index, forms.refusal(error)), status_of(error)
    flash(gettext("The scan is saved; the centre can see it."))
    return redirect(url_for("certificates.scans_of", index=index))


def _scans_page(index: int, problem: str = "") -> str:
    profile = own_profile()
    held = shop_acts.held(profile, index)
    return render_template(
        "certificates/scans.html",
        line=supplier_facts.entry_line(held),
        index=index,
        scans=shop_acts.scans_of(database(), profile, held.standard, held.number),
        problem=problem,
    )


@blueprint.get("/scans/<key>")
@login_required
def scan(key: str) -> Response:
    """A scan, always as a download; its opening is recorded."""
    stored, content = shop_acts.scan(key)
    return downloads.attachment(content, stored)


@blueprint.get("/work/certificates")
@login_required
def queue() -> ResponseReturnValue:
    """The certificates to verify, and those that end within 180, 90, 30 and 7 days."""
    found = certificate_queues.queues(SHOWN_ENDING)
    keys = [row.public_id for row in found.unverified]
    return render_template(
        "certificates/queue.html",
        unverified=found.unverified,
        ending=_by_warning(found.ending, context.today()),
        shown=SHOWN_ENDING if len(found.ending) >= SHOWN_ENDING else 0,
        keepers=assignments.of(database(), "certificate", keys),
        today=context.today(),
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
    return _page(key, {})


def _page(key: str, form: Mapping[str, str], problem: str = "", wrong: str = "") -> str:
    row = profile_access.verifiable(database(), key)
    return render_template(
        "certificates/show.html",
        row=row,
        waiting=certificate_queues.waiting(),
        name=row.profile.organisation.name(context.language()),
        scans=shop_acts.scans_of(database(), row.profile, row.standard, row.number),
        without_date=certificates.is_undated(row),
        form=form,
        problem=problem,
        wrong=wrong,
        today=context.today(),
    )


@blueprint.post("/work/certificates/<key>")
@login_required
def decide(key: str) -> ResponseReturnValue:
    """Verify, withdraw, suspend or lift; each with its reason or evidence. The next that waits comes up by itself."""
    form = {name: request.form.get(name, "").strip()[:LONGEST] for name in ("how", "evidence", "why")}
    what = request.form.get("decision", "")
    field, problem = NEEDED.get(what, ("", ""))
    if field and not form[field]:
        return _page(key, form, gettext(problem), field), 422
    after = certificate_queues.following(
        key
    )  # as the reader saw the list: the decision takes this one off it
    with change() as (session, user):
        row = profile_access.verifiable(session, key)
        _act(what, form)(session, row, user)
    flash(gettext("The certificate is up to date."))
    return redirect(url_for("certificates.show", key=after) if after else url_for("certificates.queue"))


@blueprint.post("/work/certificates/<key>/seen")
@login_required
def see(key: str) -> ResponseReturnValue:
    """Take the coming end of a certificate off the day's list, until the next warning."""
    with change() as (session, user):
        alarms.see(session, profile_access.verifiable(session, key), user, context.today())
    flash(gettext("Seen. It comes back at the next warning before the end."))
    return onward(url_for("certificates.queue"))


def _act(what: str, form: Mapping[str, str]) -> Callable[[Session, CertificateRow, User], None]:
    """The form's decision about a certificate. Raises NotFound."""
    verification = Verification(form["how"][:300], form["evidence"] or None)
    acts: Mapping[str, Callable[[Session, CertificateRow, User], None]] = {
        "verify": lambda session, row, user: certificates.verify(session, row, verification, user),
        "suspend": lambda session, row, user: certificates.suspend(session, row, form["why"][:300], user),
        "withdraw": certificates.withdraw,
        "lift": certificates.lift,
    }
    if what not in acts:
        raise NotFound(what="decision", key=what)
    return acts[what]
