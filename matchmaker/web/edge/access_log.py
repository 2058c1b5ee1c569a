"""The access log: a line a request, with what an administrator needs and nothing of what people sent or read."""

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask, g, request
from structlog.contextvars import bound_contextvars

from matchmaker.models.database import counted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger("matchmaker.access")
_ID, _ROUTE = "matchmaker.request_id", "matchmaker.route"
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """What is known of a request once it is answered: its route, never its address."""

    route: str
    method: str
    status: int
    seconds: float
    statements: int
    size: int


Listener = Callable[[ServedRequest], None]


def register(app: Flask, *listeners: Listener) -> None:
    """Give each request its id, and tell of each once it is answered."""
    app.before_request(_know)
    app.wsgi_app = Watched(app.wsgi_app, (write, *listeners))  # type: ignore[method-assign]


def write(served: ServedRequest) -> None:
    """Write the line of a request."""
    facts = {
        "route": served.route,
        "method": served.method,
        "status": served.status,
        "ms": round(served.seconds * 1000, 1),
        "statements": served.statements,
        "bytes": served.size,
    }
    _log.info("request", extra=facts)


def _know() -> None:
    g.request_id = request.environ.get(_ID, "")
    request.environ[_ROUTE] = request.endpoint or ""


class Watched:
    """A site whose every answer is told."""

    def __init__(self, site: "WSGIApplication", listeners: Iterable[Listener]) -> None:
        self._site, self._listeners = site, tuple(listeners)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        begun, head = perf_counter(), _AnswerHead(start_response)
        environ[_ID] = secrets.token_hex(8)
        with bound_contextvars(request_id=environ[_ID]), counted() as work:
            try:
                return self._site(environ, head)
            finally:
                spent, method = perf_counter() - begun, environ["REQUEST_METHOD"]
                served = ServedRequest(
                    environ.get(_ROUTE) or "none",
                    method if method in _METHODS else "none",
                    head.status,
                    spent,
                    work.statements,
                    head.size,
                )
                for listener in self._listeners:
                    listener(served)


class _AnswerHead:
    """The first lines of an answer on their way to the server."""

    def __init__(self, start_response: "StartResponse") -> None:
        self._start = start_response
        self.status, self.size = 500, 0  # of a request that was never answered

    def __call__(self, status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        self.status = int(status[:3])
        self.size = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        return self._start(status, headers, *error)
