"""Requests that a program sends again, since it did not hear the answer: with the same Idempotency-Key each is done once."""

import hashlib
import re
from collections.abc import Callable

from flask import Response, request

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models.database import repeatable
from matchmaker.services.people import program_requests
from matchmaker.services.people.program_requests import KeptAnswer, NamedRequest
from matchmaker.web.kit.changes import OneTransaction
from matchmaker.web.kit.context import person, product

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,64}\Z")
_KEPT_HEADERS = ("Location", "ETag", "Link")


def once(asked: NamedRequest | None, answer: Callable[[], Response]) -> Response:
    """The answer to a request, given again where the same one was answered before.

    A refusal is not kept: it changed nothing, and may be mended. Raises RequestRepeated, RequestAtWork.
    """
    if asked is None:
        return answer()
    sessions = product().sessions
    with repeatable():  # what is at work is dropped where the request fails
        kept = program_requests.begin(sessions, asked)
    if kept is not None:
        again = Response(
            kept.body, status=kept.status, headers=dict(kept.headers), mimetype="application/json"
        )
        again.headers["Idempotent-Replayed"] = "true"
        return again
    whole = OneTransaction()
    try:
        with whole.joining():
            made = answer()
            headers = {name: made.headers[name] for name in _KEPT_HEADERS if name in made.headers}
            with whole.part() as session:
                program_requests.finish(
                    session, asked, KeptAnswer(made.status_code, headers, made.get_data())
                )
    except BaseException:
        with repeatable():
            program_requests.drop(sessions, asked)
        raise
    return made


def named() -> NamedRequest | None:
    """The request with its key; None for a request without one, and for reading. Raises InvalidRecord."""
    key, who = request.headers.get(HEADER), person()
    if key is None or who is None or request.method in {"GET", "HEAD"}:
        return None
    if not _KEY.match(key):
        text = N_("An Idempotency-Key has 1 to 64 letters, digits and signs, without spaces.")
        raise InvalidRecord((Problem(HEADER, "idempotency.form", text, key[:70]),))
    said = f"{request.method} {request.full_path}\n".encode() + request.get_data()
    for field, sent in request.files.items(multi=True):  # a form's bytes are gone once it was read
        digest = hashlib.file_digest(sent.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        sent.stream.seek(0)
        said += f"\n{field} {sent.filename} {digest}".encode()
    if "If-Match" in request.headers:
        said += b"\n" + request.headers["If-Match"].encode()
    return NamedRequest(who.user.id, key, hashlib.sha256(said).hexdigest())
