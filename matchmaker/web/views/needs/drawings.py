"""The drawings of a need: added by its owner, opened by invited suppliers who signed, every view reported to
the owner.
"""

from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response as BaseResponse

from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_
from matchmaker.models import Need, Session, StoredFile
from matchmaker.services.needs import drawings, ndas
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context, downloads, forms, waiting
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.errors import status_of
from matchmaker.web.pages.need_access import NeedAccess, access_of, authorised, read_rights

blueprint = Blueprint("drawings", __name__)
CHOOSE = N_("Choose a file of up to 25 MB.")
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
        openings=drawings.openings(database(), need) if may_change else None,
        opened=sum(bool(one.details.get(drawings.OPENING)) for one in files),
        told=waiting.told,
        problem=problem,
        replaced=replaced,
        unconfirmed=_unconfirmed(database(), found, files),
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
    need = _file(database(), key, "drawing.change")[1].need.public_id
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


def _file(session: Session, key: str, action: str) -> tuple[StoredFile, NeedAccess]:
    """A file and its need, for a person with this right. Raises NotFound, Forbidden, NdaRequired."""
    read_rights(session)
    stored, need = drawings.by_key(session, key)
    found = access_of(session, need)
    found.require(action)
    return stored, found


def _opened(session: Session, key: str) -> tuple[StoredFile, NeedAccess]:
    """A file that the acting person may open. Raises NdaRequired where its firm has not confirmed this revision too."""
    stored, found = _file(session, key, "drawing.download")
    if stored.public_id in _unconfirmed(session, found, [stored]):
        raise found.nda_required()
    return stored, found


def _unconfirmed(session: Session, found: NeedAccess, files: Sequence[StoredFile]) -> set[str]:
    """The public ids of the files for which the reader's firm has not confirmed the agreement; none for the
    need's owner.
    """
    if found.may("drawing.change"):
        return set()
    held = (role.organisation for role in found.subject.roles if role.organisation in found.circle.signed)
    firm, agreement = next(held, None), None
    if firm is not None:
        agreement = ndas.in_force(session, found.need, suppliers.organisation(session, firm))
    return {one.public_id for one in files if not ndas.covers(agreement, one)}


def _note(key: str, action: str, given: bytes | None = None) -> None:
    """Record the opening of a file, and of which bytes. Raises as `_opened` where the right has gone meanwhile."""
    with change() as (session, user):
        stored, found = _opened(session, key)
        drawings.note(session, found.need, stored, action, user.public_id, given)


def _marks(need: Need) -> str:
    """The mark on a reader's copy: the person, the time, and a short id of the need."""
    who = signed_in()
    firm = next((role.organisation for role in who.subject.roles if role.organisation), None)
    name = suppliers.organisation(database(), firm).name(context.language()) if firm else ""
    return " · ".join(filter(None, (name, who.name, context.today().isoformat(), need.public_id[:8])))


@blueprint.get("/drawings/<key>")
@login_required
def download(key: str) -> Response:
    """The file as an attachment, recorded before it is sent: as it came for those who may change it, a marked copy for
    suppliers.
    """
    stored, found = _opened(database(), key)
    owner = found.may("drawing.change")
    if owner:
        content: bytes | None = drawings.original(stored, product().data)
    else:
        content = drawings.copy_for(stored, _marks(found.need), product().data)
    if content is None:
        return _copy_in_the_making(stored, found)
    _note(key, "drawing.opened", None if owner else content)
    answer = downloads.attachment(content, stored)
    return _for_one_reader(answer, "sandbox; default-src 'none'")


def _copy_in_the_making(stored: StoredFile, found: NeedAccess) -> Response:
    """The page that waits for a marked copy; asked for the first time, it has the copy made."""
    copy = request.args.get("copy", "")
    if not copy:
        with change() as (session, user):
            copy = drawings.ask_copy(session, _opened(session, stored.public_id)[0], _marks(found.need), user)
    job = waiting.job(copy)
    if problem := waiting.problem_of(job):
        raise FileRefused(problem)
    address = url_for("drawings.download", key=stored.public_id, copy=copy)
    return waiting.page(job, address, url_for("drawings.listed", key=found.need.public_id))


@blueprint.get("/drawings/<key>/preview/<int:number>")
@login_required
def preview(key: str, number: int) -> Response:
    """A picture of a page; recorded as well."""
    stored, found = _opened(database(), key)
    path = drawings.preview_path(stored, number, product().data)
    owner = found.may("drawing.change")
    content = drawings.preview_for(path, "" if owner else _marks(found.need))
    _note(key, "drawing.previewed")
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
        stored, found = _file(session, key, "drawing.change")
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
    with change() as (session, user):
        found = authorised(session, key, "nda.accept")
        firm = suppliers.organisation(session, found.own_firm)
        ndas.accept(session, found.need, firm, user, context.language())
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
        firm=suppliers.organisation(database(), firm).name(context.language()),
        signed=signed,
        fresh=len(_unconfirmed(database(), found, files)),
        problem=problem,
    )


@blueprint.post("/needs/<key>/nda/<agreement>/withdraw")
@login_required
def withdraw_nda(key: str, agreement: str) -> BaseResponse:
    """End an agreement, by the owner or the operator; it ends from the next request on."""
    with change() as (session, user):
        need = authorised(session, key, "drawing.change").need
        ndas.withdraw(session, need, agreement, user.public_id)
    flash(gettext("Access is withdrawn."))
    return redirect(url_for("drawings.listed", key=key))
