"""A centre's files of suppliers and needs: sent, tried without saving, taken, reported, taken back."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from importers import lists
from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, MoveNotAllowed, NotFound, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.models import Centre, ImportBatch, ImportRow, Session
from matchmaker.services.imports import import_batches, import_rollback
from matchmaker.services.imports.import_batches import UploadedFile
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.kit import downloads
from matchmaker.web.kit.context import database, product, signed_in, subject
from matchmaker.web.kit.labels import import_label
from matchmaker.web.views.work.column_labels import label, sample

blueprint = Blueprint("imports", __name__, url_prefix="/work/imports")
KINDS: tuple[lists.Kind, ...] = ("supplier", "need")
_REMARK = (N_("Row"), N_("Id"), N_("Outcome"), N_("Column"), N_("What is wrong"), N_("Value"))
SHOWN = 100  # lines with a remark on the page; all of them are in the file of remarks


def _own_centre() -> str:
    """The code of the centre that the person may import into. Raises Forbidden."""
    roles = subject().roles
    centres = [role.centre for role in roles if role.centre]
    if not centres and any(role.role == "network_administrator" for role in roles):
        centres = [product().settings.centre]
    code = centres[0] if centres else None
    if code is None or not access.may(subject(), "registry.import", access.AccessObject(centre=code)).allowed:
        raise Forbidden
    return code


def _batch(session: Session, key: str) -> ImportBatch:
    """A file of one's own centre; that of another is not there."""
    code = _own_centre()
    found = import_batches.by_key(session, key)
    if found.centre.code != code or found.suffix is None:
        raise NotFound(what="import", key=key)
    return found


@blueprint.get("/")
@login_required
def start() -> ResponseReturnValue:
    return _start({"kind": "supplier"}, {})


def _start(given: dict[str, str], problems: dict[str, str]) -> str:
    centre: Centre = needs.centre_of(database(), _own_centre())
    return render_template(
        "operator/imports.html",
        form=given,
        problems=problems,
        kinds=KINDS,
        batches=import_batches.of_centre(database(), centre),
    )


@blueprint.post("/")
@login_required
def send() -> ResponseReturnValue:
    """Take a file in and have it tried; the same bytes twice lead to the same page."""
    code = _own_centre()
    given = {"kind": request.form.get("kind", "supplier")}
    kind: lists.Kind = "need" if given["kind"] == "need" else "supplier"
    file = request.files.get("file")
    if file is None or not file.filename:
        return _start(given, {"file": gettext("Choose a file.")}), 422
    name = Path(file.filename.replace("\\", "/")).name[:200]
    place = product().imports
    place.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.folder, prefix=".upload-", delete=False) as partial:
        file.save(partial)
    try:
        with product().sessions.begin() as writing:
            centre, user = needs.centre_of(writing, code), accounts.by_email(writing, _email())
            key = import_batches.receive(
                writing, centre, UploadedFile(Path(partial.name), name, kind), place, user
            ).public_id
    except UnreadableFile as error:
        return _start(given, {"file": _told(error.template, error.params)}), 422
    finally:
        Path(partial.name).unlink(missing_ok=True)
    return redirect(url_for("imports.show", key=key))


def _email() -> str:
    who = signed_in()
    return who.email


def _told(template: str, params: object) -> str:
    """A message in the reader's language; what fills it may be one of ours as well."""
    values = {name: gettext(str(value)) for name, value in dict(params or {}).items()}  # type: ignore[call-overload]
    return str(gettext(template) % values) if values else str(gettext(template))


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    return _page(_batch(database(), key), {})


def _page(batch: ImportBatch, problems: dict[str, str], meanings: Sequence[str] = ()) -> str:
    found = import_batches.remarks(database(), batch, SHOWN + 1)
    sheet = import_batches.sheet_of(batch) if batch.sheet else None
    return render_template(
        "operator/import.html",
        batch=batch,
        sheet=sheet,
        chosen=meanings or [meaning for _, meaning in (sheet.columns if sheet else ())],
        meanings=lists.meanings(_kind(batch)) if sheet else (),
        column_label=label,
        remarks=[(row, [_remark(one) for one in row.problems or ()]) for row in found[:SHOWN]],
        more=len(found) > SHOWN,
        failed=_told(batch.error["message"], batch.error["params"]) if batch.error else "",
        problems=problems,
    )


def _kind(batch: ImportBatch) -> lists.Kind:
    return "need" if batch.kind == "need" else "supplier"


def _remark(said: dict[str, object]) -> tuple[str, str, str]:
    """Field, message and value of a problem."""
    return str(said["key"]), _told(str(said["message"]), said.get("params")), str(said.get("value") or "")


@blueprint.get("/<key>/progress")
@login_required
def progress(key: str) -> ResponseReturnValue:
    """How far the file is, for a page that waits."""
    batch = _batch(database(), key)
    return jsonify(state=batch.state, progress=batch.progress)


@blueprint.get("/<key>/remarks.<kind>")
@login_required
def remarks(key: str, kind: str) -> ResponseReturnValue:
    """All remarks as a list, for whoever keeps the file."""
    batch = _batch(database(), key)
    columns = tuple(map(gettext, _REMARK))
    rows = [line for row in import_batches.remarks(database(), batch) for line in _lines(row)]
    return downloads.answer(DownloadTable(gettext("Remarks"), columns, rows), kind, "remarks")


def _lines(row: ImportRow) -> list[tuple[str, ...]]:
    said = [_remark(one) for one in row.problems or ()]
    about = str(row.line), row.external_id or "", import_label(row.outcome)
    return [(*about, column, message, value) for column, message, value in said]


@blueprint.get("/sample/<holds>.xlsx")
@login_required
def example(holds: str) -> ResponseReturnValue:
    """A small list to fill in, with the columns that are understood by themselves."""
    _own_centre()
    if holds not in KINDS:
        abort(404)
    return downloads.answer(sample("need" if holds == "need" else "supplier"), "xlsx", f"{holds}s")


@blueprint.post("/<key>")
@login_required
def act(key: str) -> ResponseReturnValue:
    """Read the columns otherwise, take the file, take nothing of it, or take it back."""
    batch = _batch(database(), key)
    what = request.form.get("act", "")
    if what == "columns":
        return _set_columns(batch)
    try:
        with product().sessions.begin() as writing:
            stored, user = _batch(writing, key), accounts.by_email(writing, _email())
            if what == "start":
                import_batches.start(writing, stored, user)
            elif what == "discard":
                import_batches.discard(writing, stored, user, product().imports.folder)
            elif what == "undo":
                undone = import_rollback.undo(writing, stored, user)
                flash(_undone(undone))
            else:
                raise NotFound(what="decision", key=what)
    except MoveNotAllowed:
        flash(gettext("Somebody has done that already; the page shows how it is now."))
    return redirect(url_for("imports.show", key=key))


def _undone(undone: import_rollback.RollbackResult) -> str:
    gone = ngettext("%(num)d record is taken back.", "%(num)d records are taken back.", undone.gone)
    if not undone.kept:
        return str(gone)
    kept = ngettext(
        "%(num)d stays, since somebody has worked with it.",
        "%(num)d stay, since somebody has worked with them.",
        undone.kept,
    )
    return f"{gone} {kept}"


def _set_columns(batch: ImportBatch) -> ResponseReturnValue:
    known, columns = lists.meanings(_kind(batch)), import_batches.sheet_of(batch).columns
    given = [request.form.get(f"column-{at}", meaning) for at, (_, meaning) in enumerate(columns)]
    meanings = [one if one in known else lists.TEXT for one in given]
    named = [(name, meaning) for (name, _), meaning in zip(columns, meanings, strict=True)]
    wrong = lists.check(_kind(batch), named)
    if wrong:
        said = {one.path: f"{label(one.path)}: {gettext(one.message)}" for one in wrong}
        return _page(batch, said, meanings), 422
    try:
        with product().sessions.begin() as writing:
            user = accounts.by_email(writing, _email())
            import_batches.set_columns(writing, _batch(writing, batch.public_id), meanings, user)
    except MoveNotAllowed:
        flash(gettext("Somebody has done that already; the page shows how it is now."))
    return redirect(url_for("imports.show", key=batch.public_id))
