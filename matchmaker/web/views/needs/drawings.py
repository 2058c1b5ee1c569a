"""The drawings of a need: added by its owner, opened by invited suppliers who signed, every view reported to
the owner.
"""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as BaseResponse

from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import FileRefused, InvalidRecord
from matchmaker.domain.language import N_
from matchmaker.models import StoredFile
from matchmaker.services.needs import drawings, ndas
from matchmaker.web.acts import drawing_acts
from matchmaker.web.kit import context, downloads, forms, waiting
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.errors import status_of
from matchmaker.web.kit.standpoint import standpoint
from matchmaker.web.pages.need_access import NeedAccess, authorised, visible

blueprint = Blueprint("drawings", __name__)
CHOOSE = N_("Choose a file of up to 25 MB.")
CHOOSE_TEXT = N_("Choose a PDF of up to 10 MB.")
ONE_READER = "private, no-store"


@blueprint.get("/needs/<key>/drawings")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """The files, previews, and for the owner the people who opened them and who signed."""
    return _page(key)


def _page(key: str, problem: str = "", replaced: str = "") -> str:
    found = authorised(database(), key, "drawing.list")
    need, may_change = found.need, found.may("drawing.change")
    register = found.verdicts["nda.register"] is AccessVerdict.OK
    files = drawings.of_need(database(), need)
    return render_template(
        "drawings/list.html",
        need=need,
        files=files,
        may_change=may_change,
        register=ndas.register(database(), need) if register else None,
        own=ndas.own_text(database(), need) if may_change else None,
        openings=drawings.openings(database(), need) if may_change else None,
        opened=sum(bool(one.details.get(drawings.OPENING)) for one in files),
        told=waiting.told,
        problem=problem,
        replaced=replaced,
        unconfirmed=drawing_acts.unconfirmed(database(), found, files),
    )


@blueprint.post("/needs/<key>/drawings")
@login_required
def add(key: str) -> ResponseReturnValue:
    """Add another file to the need."""
    authorised(database(), key, "drawing.change")
    try:
        received = _received()
        with change() as (session, user):
            drawings.add(session, authorised(session, key, "drawing.change").need, received, user)
    except FileRefused as error:
        return _page(key, forms.refusal(error)), status_of(error)
    flash(gettext("The file is saved. Invited suppliers can open it after signing the agreement."))
    return redirect(url_for("drawings.listed", key=key))


@blueprint.post("/drawings/<key>/replace")
@login_required
def replace(key: str) -> ResponseReturnValue:
    """Add the next revision of a drawing; a firm that signed before confirms the agreement for it before
    opening it.
    """
    need = drawing_acts.found(database(), key, "drawing.change")[1].need.public_id
    try:
        received = _received()
        with change() as (session, user):
            found = authorised(session, need, "drawing.change")
            drawings.add(session, found.need, received, user, replaces=key)
    except FileRefused as error:
        return _page(need, forms.refusal(error), replaced=key), status_of(error)
    flash(
        gettext(
            "The file is replaced. Firms that signed the agreement confirm it for the new revision first."
        )
    )
    return redirect(url_for("drawings.listed", key=need))


def _received() -> drawings.ReceivedFile:
    """The file of the form, stored. Raises FileRefused."""
    return drawings.receive(forms.chosen(request.files.get("file"), CHOOSE), product().data)


@blueprint.get("/drawings/<key>")
@login_required
def download(key: str) -> Response:
    """The file as an attachment, recorded before it is sent: as it came for those who may change it, a marked copy for
    suppliers.
    """
    stored, found = drawing_acts.opened(database(), key)
    content = drawing_acts.content(stored, found)
    if content is None:
        return _copy_in_the_making(stored, found)
    answer = drawing_acts.download(content, stored, found)
    return _for_one_reader(answer, "sandbox; default-src 'none'")


def _copy_in_the_making(stored: StoredFile, found: NeedAccess) -> Response:
    """The page that waits for a marked copy; asked for the first time, it has the copy made."""
    key, back = stored.public_id, url_for("drawings.listed", key=found.need.public_id)
    copy = request.args.get("copy", "") or drawing_acts.ask_copy(key)
    job = waiting.job(copy)
    if problem := waiting.problem_of(job):
        raise FileRefused(problem)
    return waiting.page(job, url_for("drawings.download", key=key, copy=copy), back)


@blueprint.get("/drawings/<key>/preview/<int:number>")
@login_required
def preview(key: str, number: int) -> Response:
    """A picture of a page; recorded as well."""
    stored, found = drawing_acts.opened(database(), key)
    path = drawings.preview_path(stored, number, product().data)
    owner = found.may("drawing.change")
    content = drawings.preview_for(path, "" if owner else drawing_acts.marks(found.need))
    drawing_acts.note(key, "drawing.previewed")
    kind = "image/svg+xml" if path.suffix == ".svg" else "image/png"
    policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return _for_one_reader(Response(content, mimetype=kind), policy)


def _for_one_reader(answer: Response, policy: str) -> Response:
    answer.headers["Cache-Control"] = ONE_READER
    answer.headers["Content-Security-Policy"] = policy
    return answer


@blueprint.post("/drawings/<key>/withdraw")
@login_required
def withdraw(key: str) -> BaseResponse:
    """Close a file to everybody."""
    with change() as (session, user):
        stored, found = drawing_acts.found(session, key, "drawing.change")
        drawings.take_away(session, found.need, stored, user)
    flash(gettext("Nobody can open the file any more."))
    return redirect(url_for("drawings.listed", key=found.need.public_id))


@blueprint.route("/needs/<key>/nda", methods=["GET", "POST"])
@login_required
def nda(key: str) -> ResponseReturnValue:
    """Read the agreement and accept it for the reader's firm."""
    if request.method == "GET":
        return _agreement(key)
    if request.form.get("agree") != "yes":
        return _agreement(key, gettext("Tick the box if you agree and may sign for your firm.")), 422
    try:
        with change() as (session, user):
            found = authorised(session, key, "nda.accept")
            firm = standpoint(session).firm(found.own_firm)
            ndas.accept(session, found.need, firm, user, context.language(), request.form.get("text", ""))
    except InvalidRecord as error:
        return _agreement(key, forms.by_field(error)["agree"]), 409
    flash(gettext("The agreement is recorded. The files are open to you."))
    return redirect(url_for("drawings.listed", key=key))


def _agreement(key: str, problem: str = "") -> str:
    found = authorised(database(), key, "nda.accept")
    need, firm = found.need, found.own_firm
    signed = firm in found.circle.signed
    files = drawings.of_need(database(), need) if signed else ()
    return render_template(
        "drawings/nda.html",
        need=need,
        text=ndas.text(context.language()),
        own=ndas.own_text(database(), need),
        digest=ndas.digest(database(), need, context.language()),
        firm=standpoint(database()).firm(firm).name(context.language()),
        signed=signed,
        fresh=len(drawing_acts.unconfirmed(database(), found, files)),
        problem=problem,
    )


@blueprint.post("/needs/<key>/nda/<agreement>/withdraw")
@login_required
def withdraw_nda(key: str, agreement: str) -> BaseResponse:
    """End an agreement, by the owner or the operator; it ends from the next request on."""
    with change() as (session, user):
        need = authorised(session, key, "drawing.change").need
        ndas.withdraw(session, need, agreement, user)
    flash(gettext("Access is withdrawn."))
    return redirect(url_for("drawings.listed", key=key))


@blueprint.get("/needs/<key>/nda/text")
@login_required
def agreement_text(key: str) -> Response:
    """The text of the agreement as a file: the contractor's own PDF, or the centre's words."""
    found = visible(database(), key)
    if not found.may("drawing.change"):
        found.require("nda.accept")
    own = ndas.own_text(database(), found.need)
    if own is not None:
        answer = downloads.attachment(drawings.original(own, product().data), own)
        return _for_one_reader(answer, "sandbox; default-src 'none'")
    answer = Response(ndas.text(context.language()), mimetype="text/plain")
    answer.headers["Content-Disposition"] = "attachment; filename=agreement.txt"
    return _for_one_reader(answer, "sandbox; default-src 'none'")


@blueprint.route("/needs/<key>/agreement", methods=["GET", "POST"])
@login_required
def agreement(key: str) -> ResponseReturnValue:
    """The text of the agreement, for the owner: the centre's, or a PDF of the firm's own."""
    authorised(database(), key, "drawing.change")
    if request.method == "GET":
        return _own_agreement(key)
    try:
        _set_agreement(key)
    except FileRefused as error:
        return _own_agreement(key, forms.refusal(error)), status_of(error)
    return redirect(url_for("drawings.agreement", key=key))


def _set_agreement(key: str) -> None:
    """Take the form's PDF as the text, or go back to the centre's. Raises FileRefused."""
    if request.form.get("act") == "centre":
        with change() as (session, user):
            ndas.drop_text(session, authorised(session, key, "drawing.change").need, user)
        flash(gettext("The text of the centre holds again."))
        return
    received = ndas.receive_text(forms.chosen(request.files.get("file"), CHOOSE_TEXT), product().data)
    with change() as (session, user):
        ndas.set_text(session, authorised(session, key, "drawing.change").need, received, user)
    flash(gettext("Your text holds. Firms accept it before they open the files."))


def _own_agreement(key: str, problem: str = "") -> str:
    need = authorised(database(), key, "drawing.change").need
    own, register = ndas.own_text(database(), need), ndas.register(database(), need)
    standing = [one for one in register if one.withdrawn_at is None]
    return render_template(
        "drawings/agreement.html",
        need=need,
        own=own,
        text=ndas.text(context.language()),
        digest=ndas.digest(database(), need, context.language()),
        standing=len({one.organisation_id for one in standing}),
        problem=problem,
    )
