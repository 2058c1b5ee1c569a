"""The description of the interface for programs: OpenAPI 3.1 for programs, a page for people, both made from what the
views declare.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from flask import Blueprint, Flask, Response, current_app, json, render_template
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from matchmaker import __version__
from matchmaker.web.views.api.api_answers import ApiAnswer
from matchmaker.web.views.api.api_bodies import check_key
from matchmaker.web.views.api.operations import ApiOperation, of_view

blueprint = Blueprint("api_description", __name__, url_prefix="/api/v1")
blueprint.before_request(check_key)
PROBLEM = "application/problem+json"
# The errors of every address, whoever asks and whatever it does.
_OF_ALL = (400, 401, 429, 503)
_OF_BODIES = (413, 415, 422)
_MEANINGS: Mapping[int, str] = {
    200: "Done.",
    201: "Made.",
    304: "The reader has it already.",
    400: "The address or a filter is wrong.",
    401: "No key, or one that has ended.",
    403: "Known, but not allowed.",
    404: "Absent, or not to be known of.",
    202: "It is being made; ask again.",
    409: "It was changed meanwhile, or its state does not allow this.",
    410: "The file is known, and its content is gone.",
    413: "Too large.",
    415: "Another type than the address takes.",
    422: "Fields are wrong; each is named.",
    428: "If-Match is missing.",
    429: "Too many requests; Retry-After says when to return.",
    503: "A part of the site is away; Retry-After says when to return.",
}


_BYTES = {"type": "string", "format": "binary"}
_FILE = {"type": "object", "properties": {"file": _BYTES}, "required": ["file"]}


class ProblemField(ApiAnswer):
    """One wrong field: its path, the value, and how to correct it in the language of the request."""

    field: str
    code: str
    value: str
    detail: str


class ProblemAnswer(BaseModel):
    """An error (RFC 9457); `code` stays the same in every language."""

    type: str
    status: int
    code: Annotated[str, Field(examples=["record.invalid"])]
    detail: str
    request_id: str
    problems: list[ProblemField] | None = None


@dataclass(frozen=True, slots=True)
class DescribedOperation:
    """An operation with its method and address."""

    method: str
    path: str
    rule: Rule
    said: ApiOperation


def operations(app: Flask) -> Iterator[DescribedOperation]:
    """The operations of the interface, by address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        said = of_view(app.view_functions[rule.endpoint])
        if said is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
                yield DescribedOperation(method.lower(), path, rule, said)


def document(app: Flask) -> dict[str, Any]:
    """The interface as an OpenAPI 3.1 document."""
    found = list(operations(app))
    models: dict[type[BaseModel], None] = {ProblemAnswer: None}
    for one in found:
        answer = None if one.said.media and one.said.statuses == (200,) else one.said.answer
        models |= dict.fromkeys(model for model in (answer, one.said.body) if model is not None)
    names, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    refs = {model: names[model, "validation"] for model in models}
    paths: dict[str, dict[str, Any]] = {}
    for one in found:
        paths.setdefault(one.path, {})[one.method] = _operation(one, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Matchmaker",
            "version": __version__,
            "description": "Needs, suppliers and their dealings, within the rights of the key's person.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"key": []}],
    }


def _operation(one: DescribedOperation, refs: Mapping[type[BaseModel], Any]) -> dict[str, Any]:
    said = one.said
    described: dict[str, Any] = {
        "operationId": one.rule.endpoint.replace(".", "_"),
        "summary": said.words.partition(". ")[0].rstrip("."),
        "description": said.words,
        "parameters": list(_parameters(one)),
        "responses": {str(status): answer for status, answer in _answers(one, refs)},
    }
    if said.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[said.body]}},
        }
    if said.takes_file:
        described["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}
    if said.scope:
        described["x-scope"] = said.scope
    if said.reader == "anybody":
        described["security"] = [{}, {"key": []}]
    return described


def _parameters(one: DescribedOperation) -> Iterator[dict[str, Any]]:
    for name in re.findall(r"{(\w+)}", one.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    schema = one.said.query.model_json_schema()
    for name, field in schema.get("properties", {}).items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _inlined(field, schema.get("$defs", {})),
        }
    if one.said.conditional:
        text = {"type": "string", "description": "the ETag of what is changed"}
        yield {"name": "If-Match", "in": "header", "required": False, "schema": text}
    if one.method != "get":
        text = {"type": "string", "pattern": "^[!-~]{1,64}$", "description": "the same request is done once"}
        yield {"name": "Idempotency-Key", "in": "header", "required": False, "schema": text}


def _inlined(schema: Any, defs: Mapping[str, Any]) -> Any:
    """A schema with its definitions in place, since the parameters of a query have no common ones."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(defs[schema["$ref"].rpartition("/")[2]], defs)
        return {name: _inlined(value, defs) for name, value in schema.items()}
    return [_inlined(one, defs) for one in schema] if isinstance(schema, list) else schema


def _answers(
    one: DescribedOperation, refs: Mapping[type[BaseModel], Any]
) -> Iterator[tuple[int, dict[str, Any]]]:
    said = one.said
    for status in said.statuses:
        if status == 200 and said.media:
            content: dict[str, Any] = {kind: {"schema": _BYTES} for kind in said.media}
        else:
            content = {"application/json": {"schema": refs[said.answer]}}
        headers = {name: _header(words) for name, words in _headers(one, status)}
        yield status, {"description": _MEANINGS[status], "headers": headers, "content": content}
    if one.method == "get" and not said.media:
        yield 304, {"description": _MEANINGS[304]}
    for status in sorted(_refusals(one)):
        content = {PROBLEM: {"schema": refs[ProblemAnswer]}}
        yield status, {"description": _MEANINGS[status], "content": content}


def _headers(one: DescribedOperation, status: int) -> Iterator[tuple[str, str]]:
    """The headers of an answer, each with what it says."""
    said = one.said
    yield "X-Request-Id", "names the request in the site's log"
    yield "RateLimit-Policy", "so many requests (q) in so many seconds (w)"
    yield "RateLimit", "the requests left (r), and the seconds until all are free again (t)"
    if said.revised or (one.method == "get" and not said.media):
        yield "ETag", "the revision, for If-Match and If-None-Match"
    if "limit" in said.query.model_fields:
        yield "Link", "the address of the next part, rel=next"
    if status in {201, 202}:
        yield "Location", "the address of the new thing"


def _refusals(one: DescribedOperation) -> set[int]:
    """The statuses of the errors of an address."""
    said = one.said
    found = {*_OF_ALL, *said.refusals}
    if one.method != "get":
        found |= {403, 409, 422}
    if said.scope:
        found |= {403}
    if said.body is not None or said.takes_file:
        found |= {*_OF_BODIES}
    if said.conditional:
        found |= {409, 428}
    return found


def _header(words: str) -> dict[str, Any]:
    return {"description": words, "schema": {"type": "string"}}


@lru_cache(maxsize=4)
def _written(app: Flask) -> str:
    return json.dumps(document(app), ensure_ascii=False, sort_keys=False)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The description of the interface for programs."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way
    return Response(_written(app), mimetype="application/json")


@blueprint.get("/")
def page() -> ResponseReturnValue:
    """The description of the interface for people."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's way
    return render_template("public/api.html", operations=list(operations(app)))
