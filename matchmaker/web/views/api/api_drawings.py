"""The drawings of a need for programs, and the agreements under which they open: for reading a key needs the right “drawings”."""

from datetime import datetime
from typing import Literal

from flask import Blueprint, Response, url_for

from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import FileRefused
from matchmaker.models import Agreement, StoredFile
from matchmaker.sandbox import file_probe
from matchmaker.services.needs import drawings, ndas
from matchmaker.web.acts import drawing_acts
from matchmaker.web.kit import context, waiting
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.downloads import SentFile
from matchmaker.web.pages.need_access import authorised, visible
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import (
    ApiAnswer,
    ApiQuery,
    GivenAnswer,
    NoAnswer,
    PageFilters,
    part,
)
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_drawings", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
SCOPE = "drawings"
_KINDS = tuple(sorted({*file_probe.KINDS.values(), "application/octet-stream"}))
_ONE_READER = "private, no-store"


class DrawingAnswer(ApiAnswer):
    """A drawing or a model of a need. `open`: the reader may download it, and need not confirm the agreement for this
    revision first.
    """

    key: str
    name: str
    role: Literal["drawing", "model"]
    media_type: str
    size: int
    sha256: str
    version: int
    open: bool
    added_at: datetime


class DrawingList(ApiAnswer):
    """The drawings of a need, the oldest first."""

    need: str
    items: list[DrawingAnswer]


class CopyFilters(ApiQuery):
    """The marked copy that was asked for, by the key that the first answer gave."""

    copy_key: str = ""


class CopyAnswer(ApiAnswer):
    """A marked copy that is being made: ask again with `copy_key`, as Location says."""

    copy_key: str


class AgreementAnswer(ApiAnswer):
    """A firm's acceptance of the agreement of a need."""

    key: str
    firm: str
    person: str | None = None
    accepted_at: datetime
    withdrawn_at: datetime | None = None


class AgreementList(ApiAnswer):
    """The acceptances, the newest first: all for the need's contractor and centre, for a supplier its own."""

    need: str
    items: list[AgreementAnswer]


@blueprint.get("/needs/<key>/drawings")
@operation(
    answer=DrawingList,
    query=PageFilters,
    refusals=(403, 404),
    scope=SCOPE,
    allowed=lambda key: authorised(database(), key, "drawing.list"),
)
def listed(key: str, query: PageFilters) -> GivenAnswer:
    """The drawings of a need, for its contractor and centre, and for invited suppliers under the agreement."""
    found = authorised(database(), key, "drawing.list")
    shown, more = part(drawings.of_need(database(), found.need), query, lambda one: one.public_id)
    closed = drawing_acts.unconfirmed(database(), found, shown)
    items = [_drawing(one, is_open=one.public_id not in closed) for one in shown]
    return GivenAnswer(DrawingList(need=key, items=items), following=more)


def _drawing(one: StoredFile, *, is_open: bool = True) -> DrawingAnswer:
    return DrawingAnswer(
        key=one.public_id,
        name=one.name,
        role="model" if one.role == "model" else "drawing",
        media_type=one.media_type,
        size=one.size,
        sha256=one.sha256,
        version=one.version,
        open=is_open,
        added_at=one.created_at,
    )


@blueprint.post("/needs/<key>/drawings")
@operation(
    answer=DrawingAnswer,
    takes_file=True,
    statuses=(201,),
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "drawing.change"),
)
def add(key: str, file: SentFile) -> GivenAnswer:
    """Add a drawing or a model, at most 25 MB; the same bytes again are the same drawing."""
    received = drawings.receive(file, product().data)
    with change() as (session, user):
        need = authorised(session, key, "drawing.change").need
        made = _drawing(drawings.add(session, need, received, user))
    return GivenAnswer(made, 201, location=url_for("api_drawings.download", key=made.key))


@blueprint.post("/drawings/<key>")
@operation(
    answer=DrawingAnswer,
    takes_file=True,
    statuses=(201,),
    refusals=(403, 404),
    allowed=lambda key: drawing_acts.found(database(), key, "drawing.change"),
)
def replace(key: str, file: SentFile) -> GivenAnswer:
    """Add the next revision of a drawing; firms that signed before confirm the agreement for it first."""
    received = drawings.receive(file, product().data)
    with change() as (session, user):
        _, found = drawing_acts.found(session, key, "drawing.change")
        made = _drawing(drawings.add(session, found.need, received, user, replaces=key))
    return GivenAnswer(made, 201, location=url_for("api_drawings.download", key=made.key))


@blueprint.get("/drawings/<key>")
@operation(
    answer=CopyAnswer,
    query=CopyFilters,
    statuses=(200, 202),
    refusals=(403, 404, 410, 413, 415, 422),
    scope=SCOPE,
    media=_KINDS,
    allowed=lambda key: drawing_acts.opened(database(), key),
)
def download(key: str, query: CopyFilters) -> GivenAnswer | Response:
    """The file: as it came for those who may change it, a marked copy for suppliers; 202 while the copy is being made. Each
    download is recorded.
    """
    stored, found = drawing_acts.opened(database(), key)
    content = drawing_acts.content(stored, found)
    if content is None:
        return _being_made(key, query.copy_key)
    answer = drawing_acts.download(content, stored, found)
    answer.headers["Cache-Control"] = _ONE_READER
    return answer


def _being_made(key: str, copy: str) -> GivenAnswer:
    copy = copy or drawing_acts.ask_copy(key)
    if problem := waiting.problem_of(waiting.job(copy)):
        raise FileRefused(problem)
    again = url_for("api_drawings.download", key=key, copy_key=copy)
    return GivenAnswer(CopyAnswer(copy_key=copy), 202, location=again)


@blueprint.delete("/drawings/<key>")
@operation(answer=NoAnswer, refusals=(403, 404))
def withdraw(key: str) -> NoAnswer:
    """Close a drawing to everybody."""
    with change() as (session, user):
        stored, found = drawing_acts.found(session, key, "drawing.change")
        drawings.take_away(session, found.need, stored, user)
    return NoAnswer()


@blueprint.get("/needs/<key>/agreements")
@operation(
    answer=AgreementList,
    query=PageFilters,
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "nda.register"),
)
def agreements(key: str, query: PageFilters) -> GivenAnswer:
    """The agreements of a need: all for its contractor and centre, for an invited supplier its own."""
    found = visible(database(), key)
    found.require("nda.register")
    whole = found.verdicts["nda.register"] is AccessVerdict.OK
    own = found.circle.invited
    kept = [
        one for one in ndas.register(database(), found.need) if whole or one.organisation.public_id in own
    ]
    shown, more = part(kept, query, lambda one: one.public_id)
    items = [_agreement(one) for one in shown]
    return GivenAnswer(AgreementList(need=key, items=items), following=more)


def _agreement(one: Agreement) -> AgreementAnswer:
    return AgreementAnswer(
        key=one.public_id,
        firm=one.organisation.name(context.language()),
        person=one.user.name if one.user else None,
        accepted_at=one.accepted_at,
        withdrawn_at=one.withdrawn_at,
    )


@blueprint.delete("/needs/<key>/agreements/<agreement>")
@operation(answer=NoAnswer, refusals=(403, 404))
def end_agreement(key: str, agreement: str) -> NoAnswer:
    """End a firm's agreement: it opens no drawing from the next request on."""
    with change() as (session, user):
        need = authorised(session, key, "drawing.change").need
        ndas.withdraw(session, need, agreement, user)
    return NoAnswer()
