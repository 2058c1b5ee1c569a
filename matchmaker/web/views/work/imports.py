"""A centre's files of suppliers and needs: uploaded, tried without saving, imported, reported, rolled back."""

from collections.abc import Sequence

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from importers import list_rows, lists
from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, NotFound, UnreadableFile, WrongFileKind
from matchmaker.domain.language import N_
from matchmaker.models import Centre, ImportBatch, ImportRow, Session, User
from matchmaker.services.imports import import_batches, import_mappings, import_rollback, list_exports
from matchmaker.services.imports.import_reports import CHANGED, COUNTED
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import import_acts, list_acts
from matchmaker.web.kit import downloads
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.kit.labels import import_label
from matchmaker.web.kit.standpoint import own_centre, standpoint
from matchmaker.web.views.work.column_labels import key_label, label, sample

blueprint = Blueprint("imports", __name__, url_prefix="/work/imports")
KINDS: tuple[list_rows.Kind, ...] = ("supplier", "need")
_REMARK = (N_("Row"), N_("Id"), N_("Outcome"), N_("Column"), N_("What is wrong"), N_("Value"))
WHOLE = "record"  # the field of a remark on a whole row
SHOWN = 100  # rows, or columns, on a page
MOST_ROWS, LAST_PART = 20_000, 1_000  # in a file to download, and its last part


@blueprint.get("/")
@login_required
def start() -> ResponseReturnValue:
    return _start({"kind": "supplier"}, {})


def _start(given: dict[str, str], problems: dict[str, str]) -> str:
    centre = import_acts.importing_centre(database())
    return render_template(
        "operator/imports.html",
        form=given,
        problems=problems,
        kinds=KINDS,
        counted=COUNTED,
        batches=import_batches.of_centre(database(), centre),
        parts=_parts(centre),
    )


def _parts(centre: Centre) -> dict[str, int]:
    """The number of files of each whole list; none for who runs the network, since drafts and contacts stand in them."""
    who = standpoint(database()).who
    if who is None or not who.is_operator:
        return {}
    return {one: -(-list_exports.count(database(), one, centre.id) // MOST_ROWS) for one in KINDS}


@blueprint.post("/")
@login_required
def send() -> ResponseReturnValue:
    """Upload a file for a trial; the same bytes twice lead to the same page."""
    import_acts.importing_centre(database())
    given = {"kind": request.form.get("kind", "supplier")}
    file = request.files.get("file")
    if file is None or not file.filename:
        return _start(given, {"file": gettext("Choose a file.")}), 422
    try:
        kind: list_rows.Kind = "need" if given["kind"] == "need" else "supplier"
        key = import_acts.receive((file.filename, file.stream), kind)
    except WrongFileKind as error:
        return _start(given, {"file": import_acts.told(error.template, error.params)}), 415
    return redirect(url_for("imports.show", key=key))


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    return _page(import_acts.batch(database(), key), {})


def _page(batch: ImportBatch, problems: dict[str, str], meanings: Sequence[str] = ()) -> str:
    only = request.args.get("rows", "")
    only = only if only in COUNTED else ""
    after = request.args.get("after", 0, int)
    found = import_batches.remarks(database(), batch, SHOWN + 1, only=only, after=after)
    sheet = import_batches.sheet_of(batch) if batch.sheet else None
    first = max(0, request.args.get("column", 0, int))
    return render_template(
        "operator/import.html",
        batch=batch,
        sheet=sheet,
        mappings=import_mappings.of_centre(database(), batch.centre_id, batch.list_kind) if sheet else (),
        given=request.form if problems else {},
        counted=COUNTED,
        only=only,
        after=after,
        columns=list(enumerate(sheet.columns))[first : first + SHOWN] if sheet else (),
        further=first + SHOWN if sheet and first + SHOWN < len(sheet.columns) else None,
        pace=_pace(batch),
        chosen=meanings or [meaning for _, meaning in (sheet.columns if sheet else ())],
        meanings=lists.meanings(batch.list_kind) if sheet else (),
        column_label=label,
        remarks=[(row, _said(row)) for row in found[:SHOWN]],
        more=len(found) > SHOWN,
        parts=-(-(batch.counts.get("refused", 0) + batch.counts.get("doubtful", 0)) // MOST_ROWS),
        failed=import_acts.told(batch.error["message"], batch.error["params"]) if batch.error else "",
        problems=problems,
    )


def _pace(batch: ImportBatch) -> str:
    """How fast the file is read and what is left, in words; nothing until rows are read."""
    seconds, rows = (batch.pace or {}).get("seconds", 0), (batch.pace or {}).get("rows", 0)
    if not seconds or not rows:
        return ""
    said = gettext("%(rows)s rows, %(rate)s a second.", rows=rows, rate=round(rows / seconds) or 1)
    if not batch.progress:
        return str(said)
    left = seconds * (100 - batch.progress) / batch.progress
    minutes = max(1, round(left / 60))
    return f"{said} {ngettext('About %(num)d minute is left.', 'About %(num)d minutes are left.', minutes)}"


@blueprint.get("/<key>/progress")
@login_required
def progress(key: str) -> ResponseReturnValue:
    """The progress of the file, for a page that waits."""
    batch = import_acts.batch(database(), key)
    return jsonify(state=batch.state, progress=batch.progress, pace=_pace(batch))


@blueprint.get("/<key>/remarks.<kind>")
@login_required
def remarks(key: str, kind: str) -> ResponseReturnValue:
    """All remarks as a list, for the person who corrects the file."""
    batch = import_acts.batch(database(), key)
    columns = tuple(map(gettext, _REMARK))
    found = import_batches.remarks(database(), batch, MOST_ROWS + 1)
    rows = [line for row in found[:MOST_ROWS] for line in _lines(row)]
    if len(found) > MOST_ROWS:
        told = gettext(
            "The file ends here, after %(most)s rows; the page of the import shows the others.",
            most=MOST_ROWS,
        )
        rows.append((str(found[-1].line), "", "", "", told, ""))
    return downloads.answer(DownloadTable(gettext("Remarks"), columns, rows), kind, "remarks")


@blueprint.get("/<key>/to-correct.<kind>")
@login_required
def to_correct(key: str, kind: str) -> ResponseReturnValue:
    """The refused and doubtful rows as they were sent, with a column that says why; corrected, they may be sent again. So many
    that one file would be too long stand in several parts.
    """
    batch = import_acts.batch(database(), key)
    part = min(max(request.args.get("part", 1, int), 1), LAST_PART)
    found = import_batches.to_correct(database(), batch, MOST_ROWS, (part - 1) * MOST_ROWS)
    names = [name for name, _ in import_batches.sheet_of(batch).columns]
    width = max((len(row.cells or ()) for row in found), default=0)
    names += map(str, range(len(names) + 1, width + 1))
    rows = [[*_padded(row.cells or (), len(names)), _why(row)] for row in found]
    table = DownloadTable(gettext("Rows to correct"), (*names, gettext(lists.WHY)), rows)
    return downloads.answer(table, kind, "to-correct" if part == 1 else f"to-correct-{part}")


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _why(row: ImportRow) -> str:
    said = (f"{column}: {message}" if column else message for column, message, _ in _said(row))
    return " ".join(said)


def _said(row: ImportRow) -> list[tuple[str, str, str]]:
    """The remarks on a row: column or field, message, value."""
    said = [(one, import_acts.remark(one)) for one in row.problems or ()]
    return [
        (key_label(row.kind, field) if one["code"] in _OF_KEYS else field.removeprefix(WHOLE), message, value)
        for one, (field, message, value) in said
    ]


_OF_KEYS = frozenset({CHANGED, "need.person", "older.source"})  # codes of remarks on keys, not on columns


def _lines(row: ImportRow) -> list[tuple[str, ...]]:
    said = _said(row)
    about = str(row.line), row.external_id or "", import_label(row.outcome)
    return [(*about, column, message, value) for column, message, value in said]


@blueprint.get("/sample/<holds>.xlsx")
@login_required
def example(holds: str) -> ResponseReturnValue:
    """A small list to fill in, with columns whose names are understood."""
    import_acts.importing_centre(database())
    if holds not in KINDS:
        abort(404)
    return downloads.answer(sample("need" if holds == "need" else "supplier"), "xlsx", f"{holds}s")


@blueprint.get("/whole/<holds>.<kind>")
@login_required
def whole(holds: str, kind: str) -> ResponseReturnValue:
    """The centre's suppliers or needs as a list that an import reads back, for its operators alone; so many that one file would be too
    long stand in several parts.
    """
    centre = own_centre(database())
    if holds not in KINDS:
        abort(404)
    of: list_rows.Kind = "need" if holds == "need" else "supplier"
    part = min(max(request.args.get("part", 1, int), 1), LAST_PART)
    rows = list(list_exports.rows(database(), of, centre.id, (part - 1) * MOST_ROWS, MOST_ROWS))
    title = gettext("Suppliers") if of == "supplier" else gettext("Needs")
    table = DownloadTable(title, tuple(map(label, list_exports.columns(of))), rows)
    return list_acts.answer(table, kind, f"{holds}s" if part == 1 else f"{holds}s-{part}")


@blueprint.post("/<key>")
@login_required
def act(key: str) -> ResponseReturnValue:
    """Read the columns otherwise, import the file, cancel it, or roll it back."""
    what = request.form.get("act", "")
    if what == "columns":
        return _set_columns(key)
    if what in {"mapping", "forget"}:
        return _use_mapping(key, forget=what == "forget")
    if what == "table":
        return _set_table(key)
    try:
        undone = import_acts.act(key, what)
    except MoveNotAllowed:
        flash(gettext("Somebody has already done that; the page shows the present state."))
    else:
        if undone is not None:
            flash(_undone(undone))
    return redirect(url_for("imports.show", key=key))


def _undone(undone: import_rollback.RollbackResult) -> str:
    gone = ngettext("%(num)d record is rolled back.", "%(num)d records are rolled back.", undone.gone)
    if undone.restored:
        back = ngettext(
            "%(num)d record has its former values again.",
            "%(num)d records have their former values again.",
            undone.restored,
        )
        gone = f"{gone} {back}" if undone.gone else back
    if not undone.kept:
        return str(gone)
    kept = ngettext(
        "%(num)d stays, because somebody has worked with it.",
        "%(num)d stay, because somebody has worked with them.",
        undone.kept,
    )
    return f"{gone} {kept}"


def _set_columns(key: str) -> ResponseReturnValue:
    """Read the columns as the form says; columns that do not fit together come back with their problems."""
    batch = import_acts.batch(database(), key)
    meanings = _meanings(batch)
    names = [name for name, _ in import_batches.sheet_of(batch).columns]
    wrong = lists.check(batch.list_kind, list(zip(names, meanings, strict=True)))
    if wrong:
        said = {one.path: f"{label(one.path)}: {gettext(one.message)}" for one in wrong}
        return _page(batch, said, meanings), 422
    try:
        with change() as (session, user):
            found = import_acts.batch(session, key)
            name = _saved(session, found, list(zip(names, meanings, strict=True)), user)
            import_batches.set_columns(session, found, meanings, user, mapping=name)
    except InvalidRecord as error:
        return _page(batch, problems_of(error), meanings), 422
    except MoveNotAllowed:
        flash(gettext("Somebody has already done that; the page shows the present state."))
    return redirect(url_for("imports.show", key=key))


def _saved(session: Session, batch: ImportBatch, columns: list[tuple[str, str]], user: User) -> str:
    """The name under which the form saves the meanings of the columns, if it gives one. Raises InvalidRecord."""
    name = request.form.get("mapping", "")[:1000]
    if not name.strip():
        return ""
    return import_mappings.save(session, batch, name, columns, user, instead="instead" in request.form)


def _use_mapping(key: str, *, forget: bool) -> ResponseReturnValue:
    """Read the columns as a saved mapping says, or let it go; one that does not fit comes back with its problem."""
    batch, name = import_acts.batch(database(), key), request.form.get("saved", "")
    try:
        with change() as (session, user):
            found = import_acts.batch(session, key)
            if forget:
                import_mappings.forget(session, found, name, user)
                return redirect(url_for("imports.show", key=key))
            columns = import_batches.sheet_of(found).columns
            read = import_mappings.read_as(
                session, found.centre_id, found.list_kind, found.file_name, columns, name
            )
            meanings = [meaning for _, meaning in read.columns]
            import_batches.set_columns(
                session, found, meanings, user, mapping=read.name, unknown=read.unknown
            )
    except UnreadableFile as error:
        return _page(batch, {"saved": import_acts.told(error.template, error.params)}), 422
    except (MoveNotAllowed, NotFound):
        flash(gettext("Somebody has already done that; the page shows the present state."))
    return redirect(url_for("imports.show", key=key))


MOST_ROW = 1_000  # the last row in which the names of columns may stand


def _set_table(key: str) -> ResponseReturnValue:
    """Read another sheet, or the names of the columns from another row; a row that is none comes back with its problem."""
    batch = import_acts.batch(database(), key)
    sheet, row = import_batches.sheet_of(batch), request.form.get("head", "").strip()
    if not row.isascii() or not row.isdigit() or not 1 <= int(row[:6]) <= MOST_ROW:
        message = gettext("Give the number of a row from 1 to %(most)s.", most=MOST_ROW)
        return _page(batch, {"head": message}), 422
    wanted = request.form.get("sheet", sheet.name)
    name = wanted if wanted in sheet.names else sheet.name
    # In another sheet the head stands elsewhere, so it is looked for, unless a row was given for it.
    head = 0 if name != sheet.name and int(row) == sheet.head else int(row)
    try:
        with change() as (session, user):
            given = import_acts.batch(session, key)
            import_batches.set_table(session, given, name, head, user, together="together" in request.form)
    except MoveNotAllowed:
        flash(gettext("Somebody has already done that; the page shows the present state."))
    return redirect(url_for("imports.show", key=key))


def _meanings(batch: ImportBatch) -> list[str]:
    """The meaning of each column in the form; words of the description for an unknown one."""
    known, columns = lists.meanings(batch.list_kind), import_batches.sheet_of(batch).columns
    given = [request.form.get(f"column-{at}", meaning) for at, (_, meaning) in enumerate(columns)]
    return [one if one in known else list_rows.TEXT for one in given]
