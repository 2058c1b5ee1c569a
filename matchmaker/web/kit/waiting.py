"""The page that waits until a file is opened, and moves on by itself."""

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template
from flask_babel import gettext

from matchmaker.services.files import file_jobs
from matchmaker.services.files.file_jobs import FileJob
from matchmaker.web.kit.context import database, signed_in

SECONDS = 2


def job(key: str) -> FileJob:
    """The reader's own job. Raises NotFound."""
    return file_jobs.of(database(), key, signed_in().id)


def page(found: FileJob, address: str, back: str) -> Response:
    """The page that asks again at the address every SECONDS; `back` leads away from it."""
    body = render_template(
        "files/waiting.html", name=found.asked.get("name", ""), address=address, back=back, seconds=SECONDS
    )
    return Response(body, status=202, mimetype="text/html")


def problem_of(found: FileJob) -> str:
    """The reason why the file could not be opened, "" if it could."""
    if found.given_up:
        return gettext("The file could not be opened. Send it again, or send another format.")
    return told(found.problem) if found.problem else ""


def left_out(found: FileJob) -> list[str]:
    """What the reading of the file left out, in the reader's language."""
    told_of = (found.result or {}).get("left_out", ())
    return [f"{one['subject']}: {told(one)}" for one in told_of]


def told(problem: Mapping[str, Any]) -> str:
    """A stored message in the reader's language; its parameters may be messages of the product too."""
    params = {
        name: gettext(str(value)) if value else ""
        for name, value in dict(problem.get("params") or {}).items()
    }
    template = str(problem["message"])
    text = gettext(template)
    return str(text % params if params else text)
