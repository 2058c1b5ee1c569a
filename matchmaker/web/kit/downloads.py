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
    return named(spreadsheets.made(table, kind), spreadsheets.MEDIA[kind], f"{name}.{kind}")


def named(content: bytes, media_type: str, name: str) -> Response:
    """Bytes as a download under a name in any letters: no browser shows or keeps them."""
    response = send_file(
        BytesIO(content), as_attachment=True, download_name=name, etag=False, conditional=False
    )
    response.headers["Content-Type"] = media_type
    return response


def content_of(stored: StoredFile) -> bytes:
    """The bytes of a stored file. Raises NotFound where they are gone."""
    return blobs.read(product().data / "files", stored.sha256, stored.public_id)


def attachment(content: bytes, stored: StoredFile) -> Response:
    """A stored file, or a copy of it, as a download under the name that it came with."""
    return named(content, stored.media_type, stored.name)


def as_file(content: object, user: User) -> Response:
    """Plain values as a file to download."""
    return named(jsonify(content).get_data(), "application/json", f"person-{user.public_id}.json")
