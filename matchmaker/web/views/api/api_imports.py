"""Lists of suppliers and needs brought into one's own centre by programs: sent for a trial, imported, rolled back."""

from typing import Annotated, Any, Literal

from flask import Blueprint, url_for
from pydantic import Field

from importers import lists
from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, Problem, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import ImportState
from matchmaker.models import ImportBatch, ImportRow
from matchmaker.services.imports import import_batches, import_mappings
from matchmaker.web.acts import import_acts
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.downloads import SentFile
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import (
    ApiAnswer,
    ApiBody,
    ApiQuery,
    GivenAnswer,
    PageFilters,
    part,
)
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_imports", __name__, url_prefix="/api/v1/imports")
blueprint.before_request(api_bodies.check_key)
SCOPE = "import"


class KindFilters(ApiQuery):
    """What the lines of a list are; a file of the exchange format says so itself."""

    holds: Literal["supplier", "need"] = "supplier"


class ColumnAnswer(ApiAnswer):
    """A column of a list, and what it is taken to mean."""

    name: str
    meaning: str


class ImportAnswer(ApiAnswer):
    """A file: its state, the percentage of the present step, the lines counted by outcome (`new`, `changed`, `same`, `left_out`,
    `refused`; of those that are taken, `doubtful` ones ask something); `error` says why it failed.

    It is tried first (`checking`, `checked`); only `start` saves it (`running`, `done`).
    """

    key: str
    file_name: str
    state: ImportState
    progress: int
    counts: dict[str, int]
    columns: list[ColumnAnswer]
    error: str | None = None


class ImportList(ApiAnswer):
    """The last files of the centre, the newest first."""

    items: list[ImportAnswer]


class MappingAnswer(ApiAnswer):
    """The meanings of columns that the centre has saved under a name."""

    name: str
    columns: list[ColumnAnswer]


class MappingList(ApiAnswer):
    """The saved mappings of the centre for a kind of list, by name."""

    items: list[MappingAnswer]


class ColumnsBody(ApiBody):
    """What the columns mean: `meanings` in their order, of those that the page of imports knows, kept as a mapping where `save_as`
    names one, `instead` of another one of that name; or the name of a saved `mapping`.
    """

    meanings: Annotated[tuple[str, ...], Field(max_length=300)] = ()
    save_as: Annotated[str, Field(max_length=import_mappings.LONGEST)] = ""
    instead: bool = False
    mapping: Annotated[str, Field(max_length=import_mappings.LONGEST)] = ""


class RowFilters(PageFilters):
    """The rows that are asked for: those with remarks, or `only` those that are counted so."""

    only: Literal["", "new", "changed", "doubtful", "left_out", "refused"] = ""


class RemarkAnswer(ApiAnswer):
    """What is said of a line: the name of what it is about, the outcome, and what is wrong with which field."""

    line: int
    id: str | None = None
    name: str | None = None
    outcome: str
    doubtful: bool
    field: str
    detail: str
    value: str


class RemarkList(ApiAnswer):
    """The lines of a file with remarks, in their order."""

    items: list[RemarkAnswer]


class UndoneAnswer(ImportAnswer):
    """A file that was rolled back: the records that went, those that got their former values, and those that stay since
    somebody has worked with them.
    """

    gone: int
    restored: int
    kept: int


@blueprint.get("")
@operation(
    answer=ImportList,
    query=PageFilters,
    refusals=(403,),
    scope=SCOPE,
    allowed=lambda: import_acts.importing_centre(database()),
)
def listed(query: PageFilters) -> GivenAnswer:
    """The last files of the person's own centre."""
    found = import_batches.of_centre(database(), import_acts.importing_centre(database()))
    shown, more = part(found, query, lambda one: one.public_id)
    return GivenAnswer(ImportList(items=[ImportAnswer(**_facts(one)) for one in shown]), following=more)


@blueprint.get("/mappings")
@operation(
    answer=MappingList,
    query=KindFilters,
    refusals=(403,),
    scope=SCOPE,
    allowed=lambda: import_acts.importing_centre(database()),
)
def mappings(query: KindFilters) -> MappingList:
    """The meanings of columns that the person's own centre has saved by name."""
    found = import_mappings.of_centre(database(), import_acts.importing_centre(database()).id, query.holds)
    return MappingList(
        items=[
            MappingAnswer(
                name=one.name,
                columns=[ColumnAnswer(name=name, meaning=meaning) for name, meaning in one.columns],
            )
            for one in found
        ]
    )


def _facts(batch: ImportBatch) -> dict[str, Any]:
    columns = import_batches.sheet_of(batch).columns if batch.sheet else ()
    return {
        "key": batch.public_id,
        "file_name": batch.file_name,
        "state": batch.state,
        "progress": batch.progress,
        "counts": {name: count for name, count in batch.counts.items() if isinstance(count, int)},
        "columns": [ColumnAnswer(name=name, meaning=meaning) for name, meaning in columns],
        "error": import_acts.told(batch.error["message"], batch.error["params"]) if batch.error else None,
    }


@blueprint.post("")
@operation(
    answer=ImportAnswer,
    query=KindFilters,
    takes_file=True,
    statuses=(201,),
    refusals=(403,),
    scope=SCOPE,
    allowed=lambda: import_acts.importing_centre(database()),
)
def send(query: KindFilters, file: SentFile) -> GivenAnswer:
    """Send a file for a trial, at most 50 MB; the same bytes again are the same file while it is under way."""
    key = import_acts.receive(file, query.holds)
    return GivenAnswer(_told(key), 201, location=url_for("api_imports.read", key=key))


def _told(key: str) -> ImportAnswer:
    return ImportAnswer(**_facts(import_acts.batch(database(), key)))


@blueprint.get("/<key>")
@operation(answer=ImportAnswer, refusals=(403, 404), scope=SCOPE)
def read(key: str) -> ImportAnswer:
    """How far a file is."""
    return _told(key)


@blueprint.get("/<key>/remarks")
@operation(
    answer=RemarkList,
    query=RowFilters,
    refusals=(403, 404),
    scope=SCOPE,
    allowed=lambda key: import_acts.batch(database(), key),
)
def remarks(key: str, query: RowFilters) -> GivenAnswer:
    """What is said of the lines of a file, at most `limit` lines after the line `after`."""
    batch = import_acts.batch(database(), key)
    after = int(query.after) if query.after.isdecimal() else 0
    found = import_batches.remarks(database(), batch, query.limit + 1, only=query.only, after=after)
    shown = found[: query.limit]
    more = (
        query.model_dump(mode="json", exclude_defaults=True) | {"after": str(shown[-1].line)} if shown else {}
    )
    items = [one for row in shown for one in _remarks(row)]
    return GivenAnswer(RemarkList(items=items), following=more if len(found) > query.limit else None)


def _remarks(row: ImportRow) -> list[RemarkAnswer]:
    said = [import_acts.remark(one) for one in row.problems or ()] or [("", "", "")]
    return [
        RemarkAnswer(
            line=row.line,
            id=row.external_id,
            name=row.subject,
            outcome=row.outcome,
            doubtful=row.doubtful,
            field=field,
            detail=detail,
            value=value,
        )
        for field, detail, value in said
    ]


@blueprint.put("/<key>/columns")
@operation(
    answer=ImportAnswer,
    body=ColumnsBody,
    refusals=(403, 404),
    scope=SCOPE,
    allowed=lambda key: import_acts.batch(database(), key),
)
def set_columns(key: str, body: ColumnsBody) -> ImportAnswer:
    """Say what the columns of a list mean, or read them as a saved mapping does; it is tried again."""
    batch = import_acts.batch(database(), key)
    if body.mapping:
        return _read_as(batch, body.mapping)
    kind = batch.list_kind
    names = [name for name, _ in import_batches.sheet_of(batch).columns]
    if len(body.meanings) != len(names) or set(body.meanings) - set(lists.meanings(kind)):
        text = N_("Give one meaning a column, %(count)s in all; known are: %(known)s.")
        params = {"count": len(names), "known": ", ".join(lists.meanings(kind))}
        raise InvalidRecord((Problem("meanings", "columns.form", text, str(body.meanings)[:80], params),))
    wrong = lists.check(kind, list(zip(names, body.meanings, strict=True)))
    if wrong:
        raise InvalidRecord(tuple(wrong))
    with change() as (session, user):
        found = import_acts.batch(session, key)
        name = ""
        if body.save_as.strip():
            columns = list(zip(names, body.meanings, strict=True))
            name = import_mappings.save(session, found, body.save_as, columns, user, instead=body.instead)
        import_batches.set_columns(session, found, body.meanings, user, mapping=name)
    return _told(key)


def _read_as(batch: ImportBatch, name: str) -> ImportAnswer:
    columns = import_batches.sheet_of(batch).columns
    with change() as (session, user):
        found = import_acts.batch(session, batch.public_id)
        try:
            read = import_mappings.read_as(
                session, found.centre_id, found.list_kind, found.file_name, columns, name
            )
        except UnreadableFile as error:
            problem = Problem("mapping", "mapping.unfit", error.template, name, error.params)
            raise InvalidRecord((problem,)) from error
        meanings = [meaning for _, meaning in read.columns]
        import_batches.set_columns(session, found, meanings, user, mapping=read.name, unknown=read.unknown)
    return _told(batch.public_id)


@blueprint.post("/<key>/start")
@operation(answer=ImportAnswer, refusals=(403, 404), scope=SCOPE)
def start(key: str) -> ImportAnswer:
    """Import a file that was tried; one that is under way or done stays as it is."""
    if import_acts.batch(database(), key).state not in {ImportState.RUNNING, ImportState.DONE}:
        import_acts.act(key, "start")
    return _told(key)


@blueprint.post("/<key>/discard")
@operation(answer=ImportAnswer, refusals=(403, 404), scope=SCOPE)
def discard(key: str) -> ImportAnswer:
    """Cancel a file that was not started; a trial under way stops."""
    if import_acts.batch(database(), key).state != ImportState.DISCARDED:
        import_acts.act(key, "discard")
    return _told(key)


@blueprint.post("/<key>/undo")
@operation(answer=UndoneAnswer, refusals=(403, 404), scope=SCOPE)
def undo(key: str) -> UndoneAnswer:
    """Roll an imported file back: new records that nobody has changed since are deleted."""
    undone = import_acts.act(key, "undo")
    if undone is None:
        raise MoveNotAllowed(state=ImportState.DONE, target=ImportState.UNDONE)
    facts = _facts(import_acts.batch(database(), key))
    return UndoneAnswer(**facts, gone=undone.gone, restored=undone.restored, kept=undone.kept)
