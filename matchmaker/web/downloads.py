"""Lists as files, in the reader's language."""

from flask import abort
from werkzeug.wrappers import Response

from matchmaker.services import tables
from matchmaker.services.tables import Table


def answer(table: Table, kind: str, name: str) -> Response:
    """The list as a download of a kind of `tables.MEDIA`; any other kind is not there."""
    if kind not in tables.MEDIA:
        abort(404)
    response = Response(tables.made(table, kind), content_type=tables.MEDIA[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
