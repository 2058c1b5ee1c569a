"""Missing capacity of a period: the map by cell, the needs behind it, for the operator; cells without needs for outsiders."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.services.chains import missing_capacity
from matchmaker.services.chains.missing_capacity import SIZE_BANDS, UNSAID, CountedCell
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import open_figures
from matchmaker.services.reports import spreadsheets
from matchmaker.web.acts import figure_acts
from matchmaker.web.acts.chains import missing_acts
from matchmaker.web.kit import context
from matchmaker.web.kit.context import PAGE, database, wording

blueprint = Blueprint("missing", __name__)
CELL = ("process", "size", "accuracy", "region")
MOST_WORKS = 12  # kinds of work in the picture


def _asked() -> Period:
    return figure_acts.period(request.args.get("period", ""))


@blueprint.get("/work/missing-capacity/")
@login_required
def show() -> ResponseReturnValue:
    """The map of a period."""
    period = _asked()
    found = missing_acts.of_centre(period)
    bands = (*SIZE_BANDS, UNSAID)
    return render_template(
        "chains/missing.html",
        found=found,
        acts=missing_acts,
        bands=[(band, missing_acts.size_words(band)) for band in bands],
        picture=_picture(found.cells, bands),
        **_of_period(period),
    )


def _of_period(period: Period) -> dict[str, object]:
    """What every page of a period shows of it."""
    return {
        "words": figure_acts.words(),
        "period": period,
        "lengths": figure_acts.lengths(period),
        "over": context.today() >= period.end,
        "kinds": tuple(spreadsheets.MEDIA),
    }


def _picture(cells: Sequence[CountedCell], bands: Sequence[str]) -> list[tuple[str, str, list[int]]]:
    """For the kinds of work with the most needs, by code and name, how many needs each band of sizes has."""
    keys: dict[tuple[str, str], set[str]] = {}
    for one in cells:
        keys.setdefault((one.cell.process, one.cell.size), set()).update(row.key for row in one.rows)
    of_work: Counter[str] = Counter()
    for (process, _size), needs in keys.items():
        of_work[process] += len(needs)
    return [
        (
            process,
            wording().codes("process", (process,)),
            [len(keys.get((process, band), ())) for band in bands],
        )
        for process, _ in of_work.most_common(MOST_WORKS)
    ]


@blueprint.get("/work/missing-capacity/needs")
@login_required
def needs() -> ResponseReturnValue:
    """The needs behind a cell, or behind all cells that agree in some parts."""
    period = _asked()
    asked = {name: value for name in CELL if (value := request.args.get(name, ""))}
    rows = missing_capacity.narrowed(missing_acts.of_centre(period), asked)
    page = max(request.args.get("page", 1, type=int), 1)
    shown = rows[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "chains/missing_needs.html",
        rows=shown,
        total=len(rows),
        firms=missing_capacity.firms_of(database(), shown),
        acts=missing_acts,
        asked=asked,
        told=_told_cell(asked),
        page=page,
        first=(page - 1) * PAGE + 1,
        more=page * PAGE < len(rows),
        period=period,
        words=figure_acts.words(),
    )


def _told_cell(asked: Mapping[str, str]) -> str:
    """What is asked of a cell, in words. Raises 404 for a band that there is none of."""
    cell = missing_capacity.CapacityGap(**{name: asked.get(name, UNSAID) for name in CELL})
    try:
        told = {name: words(cell) for name, words in _WORDS.items() if name in asked}
    except (ValueError, IndexError):
        abort(404)
    return " · ".join(told.values())


_WORDS = {
    "process": missing_acts.work,
    "size": missing_acts.size,
    "accuracy": missing_acts.accuracy,
    "region": missing_acts.region,
}


@blueprint.get("/work/missing-capacity.<kind>")
@login_required
def download(kind: str) -> Response:
    """The cells of a period as a file."""
    return missing_acts.as_file(_asked(), kind)


@blueprint.get("/authority/<code>/missing-capacity/")
@login_required
def told(code: str) -> ResponseReturnValue:
    """The cells of a period for the authority of a centre, without those that few firms make."""
    period = _asked()
    found = missing_acts.told(code, period)
    return render_template(
        "chains/missing_told.html",
        found=found,
        acts=missing_acts,
        code=code,
        fewest=open_figures.FEWEST_FIRMS,
        **_of_period(period),
    )


@blueprint.get("/authority/<code>/missing-capacity.<kind>")
@login_required
def told_download(code: str, kind: str) -> Response:
    """The same as a file; the download is recorded."""
    return missing_acts.told_file(code, _asked(), kind)


@blueprint.get("/open-data/<code>/<period>/missing-capacity.<kind>")
def published(code: str, period: str, kind: str) -> Response:
    """The cells of a published period as a file, csv or json, in the reader's language."""
    if kind == "csv":
        made, media = missing_acts.published_file(code, period), "text/csv; charset=utf-8"
    elif kind == "json":
        found, asked = missing_acts.published(code, period)
        cells = missing_acts.values(found.cells)
        content = {
            "centre": code,
            "period": str(asked),
            "fewest_firms": open_figures.FEWEST_FIRMS,
            "left_out": found.left_out,
            "cells": cells,
        }
        made, media = json.dumps(content, ensure_ascii=False, indent=1).encode(), "application/json"
    else:
        abort(404)
    answer = Response(made, content_type=media)
    answer.headers["Content-Disposition"] = f'attachment; filename="missing-capacity-{code}-{period}.{kind}"'
    return answer
