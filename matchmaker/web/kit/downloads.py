"""Lists as files, in the reader's language."""

from flask import abort, jsonify
from werkzeug.wrappers import Response

from matchmaker.models import User
from matchmaker.services.reports import spreadsheets
from matchmaker.services.reports.spreadsheets import DownloadTable


def answer(table: DownloadTable, kind: str, name: str) -> Response:
    """The list as a download of a kind of `tables.MEDIA`; any other kind is not there."""
    if kind not in spreadsheets.MEDIA:
        abort(404)
    response = Response(spreadsheets.made(table, kind), content_type=spreadsheets.MEDIA[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def as_file(content: object, user: User) -> Response:
    """Plain values as a file to take along."""
    answer = jsonify(content)
    answer.headers["Content-Disposition"] = f'attachment; filename="person-{user.public_id}.json"'
    return answer
