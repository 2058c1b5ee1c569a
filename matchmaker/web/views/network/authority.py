"""The figures of a centre for the authority that funds it: read, never changed, without rows and small cells."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.domain.errors import Forbidden
from matchmaker.services.figures import figure_files, open_figures
from matchmaker.web.acts import figure_acts
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import standpoint

blueprint = Blueprint("authority", __name__, url_prefix="/authority")


@blueprint.get("/")
@login_required
def listed() -> ResponseReturnValue:
    """The centres whose figures the person reads; of one alone at once its figures."""
    here = standpoint(database())
    codes = figure_acts.told_centres(here)
    if not codes:
        raise Forbidden
    if len(codes) == 1:
        return redirect(url_for("authority.show", code=codes[0]))
    return render_template("network/authority.html", centres=[here.centre(code) for code in codes])


@blueprint.get("/<code>/")
@login_required
def show(code: str) -> ResponseReturnValue:
    """The figures of a period of one centre."""
    period = figure_acts.period(request.args.get("period", ""))
    told = figure_acts.told(code, period)
    return render_template(
        "network/authority_figures.html",
        told=told,
        report=told.report,
        code=code,
        several=len(figure_acts.told_centres(standpoint(database()))) > 1,
        planned=any(one.plan is not None for one in told.report.figures),
        words=figure_acts.words(),
        period=period,
        lengths=figure_acts.lengths(period),
        kinds=tuple(figure_files.MEDIA),
        over=context.today() >= period.end,
        fewest=open_figures.FEWEST_FIRMS,
    )


@blueprint.get("/<code>/report.<kind>")
@login_required
def download(code: str, kind: str) -> Response:
    """The same as a file; the download is recorded."""
    return figure_acts.told_file(code, figure_acts.period(request.args.get("period", "")), kind)
