"""Files to download: lists in the reader's language, stored files, plain values."""

from io import BytesIO
from typing import IO

from flask import Response, abort, jsonify, send_file

from matchmaker.models import StoredFile, User
from matchmaker.services.core import blobs
from matchmaker.services.reports import spreadsheets
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.kit.context import product

SentFile = tuple[str, IO[bytes]]  # a name, and the content


def answer(table: DownloadTable, kind: str, name: str) -> Response:
    """The list as a download of a kind of `spreadsheets.MEDIA`; any other kind is not found."""
    if kind not in spreadsheets.MEDIA:
        abort(404)
    response = Response(spreadsheets.made(table, kind), content_type=spreadsheets.MEDIA[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def content_of(stored: StoredFile) -> bytes:
    """The bytes of a stored file. Raises NotFound where they are gone."""
    return blobs.read(product().data / "files", stored.sha256, stored.public_id)


def attachment(content: bytes, stored: StoredFile) -> Response:
    """A stored file, or a copy of it, always as a download and never cached on the way."""
    response = send_file(
        BytesIO(content),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=stored.name,
        etag=False,
        conditional=False,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def as_file(content: object, user: User) -> Response:
    """Plain values as a file to download."""
    answer = jsonify(content)
    answer.headers["Content-Disposition"] = f'attachment; filename="person-{user.public_id}.json"'
    return answer
