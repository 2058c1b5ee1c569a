"""Open data: the figures of periods that centres show to everybody, to read and to download."""

import json

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from matchmaker.services.figures import open_figures
from matchmaker.web.acts import figure_acts
from matchmaker.web.kit.context import database

blueprint = Blueprint("open_data", __name__, url_prefix="/open-data")
_MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@blueprint.get("/")
def listed() -> ResponseReturnValue:
    """The published periods of all centres."""
    return render_template(
        "public/open_data.html",
        periods=open_figures.listed(database()),
        words=figure_acts.words(),
        fewest=open_figures.FEWEST_FIRMS,
        kinds=tuple(_MEDIA),
    )


@blueprint.get("/<code>/<period>.<kind>")
def download(code: str, period: str, kind: str) -> Response:
    """A published period as a file, csv or json, in the reader's language."""
    if kind not in _MEDIA:
        abort(404)
    report = open_figures.report_of(database(), code, period, figure_acts.rules())
    words = figure_acts.words()
    if kind == "csv":
        made = open_figures.as_csv(report, words)
    else:
        made = json.dumps(open_figures.values(report, words), ensure_ascii=False, indent=1).encode()
    answer = Response(made, content_type=_MEDIA[kind])
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="figures-{report.centre.code}-{report.period}.{kind}"'
    )
    return answer
