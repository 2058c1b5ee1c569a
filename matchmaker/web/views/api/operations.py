"""Operations of the interface for programs: what an address takes and answers, said once and used three times: to read
the request, to write the answer, and to describe both in OpenAPI.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar

from flask import Response, abort, request, url_for
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from matchmaker.domain.errors import (
    FilterRefused,
    FilterUnknown,
    MatchmakerError,
    RevisionMissing,
    StaleRevision,
)
from matchmaker.domain.records import Record, parse
from matchmaker.web.kit.context import person
from matchmaker.web.views.api import api_bodies, repeated_requests
from matchmaker.web.views.api.api_answers import ApiQuery, GivenAnswer, NoAnswer, NoFilters

M = TypeVar("M", bound=BaseModel)
View = Callable[..., BaseModel | GivenAnswer | Response]
# A proxy marks the tag of a page that it compressed, and may call it weak.
_TAG = re.compile(r'(?:W/)?"(\d{1,18})(?:[-;]\w+)?"')


@dataclass(frozen=True, slots=True)
class ApiOperation:
    """What an address takes and answers. `refusals` are the statuses of errors beside those of every address.

    `reader`: who may ask ("anybody", or "signed in" with a key or a session). `conditional`: a change that names the
    revision it changes in If-Match. `scope`: a right that a key has only where its person ticked it. `takes_file`: its body is
    a form with one file. `media`: the types of a file that it answers with 200, in place of JSON.
    """

    answer: type[BaseModel]
    body: type[Record] | None
    query: type[ApiQuery]
    statuses: tuple[int, ...]
    refusals: tuple[int, ...]
    reader: Literal["anybody", "signed in"]
    conditional: bool
    revised: bool
    scope: str
    takes_file: bool
    media: tuple[str, ...]
    words: str


def operation(
    *,
    answer: type[BaseModel] = NoAnswer,
    body: type[Record] | None = None,
    query: type[ApiQuery] = NoFilters,
    statuses: tuple[int, ...] = (200,),
    refusals: tuple[int, ...] = (),
    reader: Literal["anybody", "signed in"] = "signed in",
    conditional: bool = False,
    revised: bool = False,
    scope: str = "",
    takes_file: bool = False,
    media: tuple[str, ...] = (),
    allowed: Callable[..., object] | None = None,
) -> Callable[[View], Callable[..., Response]]:
    """Declare a view. It is given `query` where it has filters, `body` where it has a body, `file` (name, stream) where it
    takes one, and the values of its address; its docstring is the description. `allowed` asks the reader's right, given the values
    of the address: before a file is taken, and before anything is said about what was sent, so that who may not do it hears
    that, and nothing else. Who is not signed in is refused before anything is looked at, so that nobody learns what there is.
    """
    takes_something = body is not None or takes_file or query is not NoFilters
    if takes_something and reader == "signed in" and allowed is None:
        raise TypeError("An operation that takes something says who may send it.")

    def declare(view: View) -> Callable[..., Response]:
        said = ApiOperation(
            answer=answer,
            body=body,
            query=query,
            statuses=statuses,
            refusals=refusals,
            reader=reader,
            conditional=conditional,
            revised=revised or conditional,
            scope=scope,
            takes_file=takes_file,
            media=media,
            words=" ".join((view.__doc__ or "").split()),
        )

        @wraps(view)
        def asked(**address: str) -> Response:
            if reader == "signed in" and person() is None:
                abort(401)
            api_bodies.check_scope(scope)
            if takes_file and allowed is not None:
                allowed(**address)
            try:
                given, named = _sent(said), repeated_requests.named()
            except (MatchmakerError, HTTPException):
                if allowed is not None:
                    allowed(**address)
                raise
            return repeated_requests.once(named, lambda: written(view(**address, **given)))

        asked.operation = said  # type: ignore[attr-defined]
        return asked

    return declare


def _sent(said: ApiOperation) -> dict[str, Any]:
    """What an operation takes beside the values of its address, read from the request."""
    filters = read_filters(said.query, request.args)
    given: dict[str, Any] = {}
    if said.query is not NoFilters:
        given["query"] = filters
    if said.body is not None:
        given["body"] = parse(said.body, api_bodies.body())
    if said.takes_file:
        given["file"] = api_bodies.file()
    return given


def of_view(view: object) -> ApiOperation | None:
    """What a view declares; None for a view of another kind."""
    found = getattr(view, "operation", None)
    return found if isinstance(found, ApiOperation) else None


def read_filters(model: type[M], given: Mapping[str, str]) -> M:
    """The filters of an address. Raises FilterUnknown, FilterRefused."""
    known = [field.alias or name for name, field in model.model_fields.items()]
    for name in given:
        if name not in known:
            raise FilterUnknown(name=name[:60], known=", ".join(known) or "—")
    try:
        return model.model_validate(dict(given))
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise FilterRefused(name=name, value=given.get(name, "")[:60]) from error


def written(told: BaseModel | GivenAnswer | Response) -> Response:
    """The answer as it is sent. A reader that has the same already is told so by 304."""
    if isinstance(told, Response):
        return told
    given = told if isinstance(told, GivenAnswer) else GivenAnswer(told)
    response = Response(
        given.body.model_dump_json(exclude_none=True, by_alias=True),
        status=given.status,
        mimetype="application/json",
    )
    if given.location:
        response.headers["Location"] = given.location
    if given.following is not None:
        values: dict[str, Any] = {**(request.view_args or {}), **given.following}
        where = url_for(request.endpoint or "", **values)
        response.headers["Link"] = f'<{where}>; rel="next"'
    if given.revision is not None:
        response.set_etag(str(given.revision))
    elif request.method == "GET":
        response.add_etag(weak=True)
    if request.method == "GET":
        response.make_conditional(request)
    return response


def check_revision(present: int) -> int:
    """The revision that the request changes, which is the present one. Raises RevisionMissing, StaleRevision."""
    header = request.headers.get("If-Match", "")
    if not header:
        raise RevisionMissing
    if str(present) not in _TAG.findall(header):
        raise StaleRevision
    return present
