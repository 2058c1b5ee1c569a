"""Style, scripts and pictures of the site: a file's address bears a mark of its content, so that a browser keeps it for a
year and never shows a new page with an old style.
"""

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

from flask import Flask, Response, request

MARK = "v"
_TYPEFACES = (
    "fonts/"  # the style sheet names these itself, so their addresses bear no mark; a new one gets a new name
)
_DAY = 86_400  # seconds
_KEPT = f"public, max-age={365 * _DAY}, immutable"
_UNMARKED = f"public, max-age={_DAY}, stale-while-revalidate={7 * _DAY}"


def register(app: Flask) -> None:
    app.url_defaults(_mark)
    app.after_request(_keep)


@lru_cache(maxsize=200)
def mark_of(name: str) -> str:
    """The mark of a file of `static/`, from its content."""
    return hashlib.sha256((files("matchmaker.web") / "static" / name).read_bytes()).hexdigest()[:10]


def _mark(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and MARK not in values and not str(values["filename"]).startswith(_TYPEFACES):
        values[MARK] = mark_of(values["filename"])


def is_one(response: Response) -> bool:
    """Whether an answer is one of these files."""
    return request.endpoint == "static" and response.status_code in {200, 206, 304}


def _keep(response: Response) -> Response:
    if is_one(response):
        name, marked = str((request.view_args or {})["filename"]), request.args.get(MARK)
        kept = name.startswith(_TYPEFACES) or (marked is not None and marked == mark_of(name))
        response.headers["Cache-Control"] = _KEPT if kept else _UNMARKED
        response.add_etag()
    return response
