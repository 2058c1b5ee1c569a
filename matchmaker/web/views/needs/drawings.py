"""Drawings of a need: kept by its owner, opened by invited suppliers who signed, every view told to the owner."""

from collections.abc import Sequence
from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as BaseResponse

from matchmaker.domain import access
from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import FileRefused, NotFound
from matchmaker.domain.language import N_
from matchmaker.models import Need, Session, StoredFile
from matchmaker.services.needs import drawings, ndas, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.context import database, product, signed_in, subject
from matchmaker.web.pages.need_access import (
    access_object,
    nda_required,
    own_firm,
    require,
    require_signed,
)

blueprint = Blueprint("drawings", __name__)
CHOOSE = N_("Choose a file: PDF, PNG, JPEG, DXF, STL or STEP of up to 25 MB.")
ONE_READER = "private, no-store"


@blueprint.get("/needs/<key>/drawings")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """The files, previews, and for the owner who opened them and who signed."""
    need = needs.by_key(database(), key)
    require_signed("drawing.list", need)
    return _page(need)


def _page(need: Need, problem: str = "", replaced: str = "") -> str:
    may_change = access.may(subject(), "drawing.change", access_object(need)).allowed
    register = access.may(subject(), "nda.register", access_object(need)) is AccessVerdict.OK
    files = drawings.of_need(database(), need)
    return render_template(
        "drawings/list.html",
        need=need,
        files=files,
        may_change=may_change,
        register=ndas.register(database(), need) if register else None,
        openings=drawings.openings(database(), need) if may_change else None,
        problem=problem,
        replaced=replaced,
        unconfirmed=_unconfirmed(need, files),
    )


@blueprint.post("/needs/<key>/drawings")
@login_required
def add(key: str) -> ResponseReturnValue:
    need = needs.by_key(database(), key)
    require_signed("drawing.change", need)
    try:
        examined = drawings.examine(forms.chosen(request.files.get("file"), CHOOSE), product().data)
        with product().sessions.begin() as writing:
            user = accounts.by_email(writing, signed_in().email)
            drawings.add(writing, needs.by_key(writing, key), examined, user)
    except FileRefused as error:
        return _page(need, forms.refusal(error)), 422
    flash(gettext("The file is kept. Invited suppliers open it after signing the agreement."))
    return redirect(url_for("drawings.listed", key=key))


@blueprint.post("/drawings/<key>/replace")
@login_required
def replace(key: str) -> ResponseReturnValue:
    """The next revision of a drawing; who signed before confirms the agreement for it before opening it."""
    _stored, need = drawings.by_key(database(), key)
    require_signed("drawing.change", need)
    try:
        examined = drawings.examine(forms.chosen(request.files.get("file"), CHOOSE), product().data)
        with product().sessions.begin() as writing:
            user = accounts.by_email(writing, signed_in().email)
            of = needs.by_key(writing, need.public_id)
            drawings.add(writing, of, examined, user, replaces=key)
    except FileRefused as error:
        return _page(need, forms.refusal(error), replaced=key), 422
    flash(gettext("The file is replaced. Who signed the agreement confirms it for the new revision first."))
    return redirect(url_for("drawings.listed", key=need.public_id))


def _file(session: Session, key: str) -> tuple[StoredFile, Need]:
    stored, need = drawings.by_key(session, key)
    require_signed("drawing.download", need)
    if stored.public_id in _unconfirmed(need, [stored]):
        raise nda_required(need)
    return stored, need


def _unconfirmed(need: Need, files: Sequence[StoredFile]) -> set[str]:
    """Public ids of the files that the reader's firm has not confirmed the agreement for; none for the need's owner."""
    if access.may(subject(), "drawing.change", access_object(need)).allowed:
        return set()
    signed = access_object(need).signed
    firm = next((role.organisation for role in subject().roles if role.organisation in signed), None)
    agreement = None
    if firm is not None:
        agreement = ndas.in_force(database(), need, suppliers.organisation(database(), firm))
    return {one.public_id for one in files if not ndas.covers(agreement, one)}


def _noted(key: str, action: str) -> None:
    with product().sessions.begin() as writing:
        stored, need = drawings.by_key(writing, key)
        drawings.note(writing, need, stored, action, signed_in().id)


def _marks(need: Need) -> str:
    """What a reader's copy is marked with: who, when, and a short id of the need."""
    who = signed_in()
    firm = next((role.organisation for role in who.subject.roles if role.organisation), None)
    name = suppliers.organisation(database(), firm).name(context.language()) if firm else ""
    return " · ".join(filter(None, (name, who.name, context.today().isoformat(), need.public_id[:8])))


@blueprint.get("/drawings/<key>")
@login_required
def download(key: str) -> Response:
    """A copy for this reader, as an attachment; noted before it is sent."""
    stored, need = _file(database(), key)
    content = drawings.copy_for(stored, _marks(need), product().data)
    _noted(key, "drawing.opened")
    answer = send_file(
        BytesIO(content),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=stored.name,
        etag=False,
        conditional=False,
    )
    answer.headers["Cache-Control"] = ONE_READER
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@blueprint.get("/drawings/<key>/preview/<int:number>")
@login_required
def preview(key: str, number: int) -> Response:
    """A picture of a page; noted as well."""
    stored, need = _file(database(), key)
    names = stored.details.get("previews") or []
    if not 1 <= number <= len(names):
        raise NotFound(what="file", key=key)
    path = product().data / "previews" / str(names[number - 1])
    if not path.exists():
        raise NotFound(what="file", key=key)
    owner = access.may(subject(), "drawing.change", access_object(need)).allowed
    content = drawings.preview_for(path, "" if owner else _marks(need))
    _noted(key, "drawing.previewed")
    kind = "image/svg+xml" if path.suffix == ".svg" else "image/png"
    answer = Response(content, mimetype=kind)
    answer.headers["Cache-Control"] = ONE_READER
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return answer


@blueprint.post("/drawings/<key>/withdraw")
@login_required
def withdraw(key: str) -> BaseResponse:
    _stored, need = drawings.by_key(database(), key)
    require_signed("drawing.change", need)
    with product().sessions.begin() as writing:
        stored, of = drawings.by_key(writing, key)
        drawings.withdraw(writing, of, stored, signed_in().id)
    flash(gettext("Nobody can open the file any more."))
    return redirect(url_for("drawings.listed", key=need.public_id))


@blueprint.route("/needs/<key>/nda", methods=["GET", "POST"])
@login_required
def nda(key: str) -> ResponseReturnValue:
    """Read the agreement and accept it for one's firm."""
    need = needs.by_key(database(), key)
    require("nda.accept", need)
    firm = own_firm(need)
    if request.method == "POST":
        if request.form.get("agree") != "yes":
            problem = gettext("Tick the box if you agree and may sign for your firm.")
            return _agreement(need, firm, problem), 422
        with product().sessions.begin() as writing:
            stored = needs.by_key(writing, key)
            organisation = suppliers.organisation(writing, firm)
            user = accounts.by_email(writing, signed_in().email)
            ndas.accept(writing, stored, organisation, user, context.language())
        flash(gettext("The agreement is recorded. The files are open to you."))
        return redirect(url_for("drawings.listed", key=key))
    return _agreement(need, firm)


def _agreement(need: Need, firm: str, problem: str = "") -> str:
    return render_template(
        "drawings/nda.html",
        need=need,
        text=ndas.text(context.language()),
        firm=suppliers.organisation(database(), firm).name(context.language()),
        signed=firm in access_object(need).signed,
        fresh=len(_unconfirmed(need, drawings.of_need(database(), need)))
        if firm in access_object(need).signed
        else 0,
        problem=problem,
    )


@blueprint.post("/needs/<key>/nda/<agreement>/withdraw")
@login_required
def withdraw_nda(key: str, agreement: str) -> BaseResponse:
    """The owner or the operator ends an agreement; it holds from the next request on."""
    need = needs.by_key(database(), key)
    require_signed("drawing.change", need)
    with product().sessions.begin() as writing:
        ndas.withdraw(writing, needs.by_key(writing, key), agreement, signed_in().id)
    flash(gettext("Access is withdrawn."))
    return redirect(url_for("drawings.listed", key=key))
