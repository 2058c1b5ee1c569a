"""The headers of every answer, pages of errors included."""

from flask import Flask, Response, g

from matchmaker.web.edge import static_files
from matchmaker.web.kit.context import product

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_DAY = 86_400  # seconds
_ONLY_HTTPS = f"max-age={365 * _DAY}"


def register(app: Flask) -> None:
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if product().settings.https:
        response.headers["Strict-Transport-Security"] = _ONLY_HTTPS
    response.headers["X-Request-Id"] = g.get("request_id", "")
    if not static_files.is_one(response):
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update(("Cookie", "Accept-Language"))
    return response
