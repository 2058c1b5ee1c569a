"""The figures of the centre by period: the table with plans, the rows behind each figure, plans, locking."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from importers.cells import plain
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import figure_files, figure_plans, open_figures, period_reports
from matchmaker.services.figures.definitions import figures_of
from matchmaker.web.acts import figure_acts
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import attempt, change
from matchmaker.web.kit.context import PAGE, database
from matchmaker.web.kit.standpoint import own_centre

blueprint = Blueprint("figures", __name__, url_prefix="/work/figures")


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    """All figures of a period."""
    centre, period = own_centre(database()), _asked()
    report, before = period_reports.with_the_one_before(database(), centre, period, figure_acts.rules())
    earlier = {one.figure.code: one.value for one in before.figures} if before else {}
    return render_template(
        "operator/figures.html",
        report=report,
        earlier=earlier,
        planned=any(one.plan is not None for one in report.figures),
        words=figure_acts.words(),
        period=period,
        lengths=figure_acts.lengths(period),
        kinds=tuple(figure_files.MEDIA),
        over=context.today() >= period.end,
        published=report.is_locked and open_figures.is_published(database(), centre, period),
        left_out=[one.figure for one in report.figures if not open_figures.is_told(one)],
        fewest=open_figures.FEWEST_FIRMS,
    )


def _asked() -> Period:
    return figure_acts.period(request.args.get("period", ""))


@blueprint.get("/<figure>")
@login_required
def one(figure: str) -> ResponseReturnValue:
    """One figure with its formula and its rows."""
    centre, period = own_centre(database()), _asked()
    found, lock = period_reports.one_figure(database(), centre, period, figure_acts.rules(), figure)
    page = max(request.args.get("page", 1, type=int), 1)
    return render_template(
        "operator/figure.html",
        found=found,
        lock=lock,
        rows=found.rows[(page - 1) * PAGE : page * PAGE],
        first=(page - 1) * PAGE,
        page=page,
        more=page * PAGE < len(found.rows),
        words=figure_acts.words(),
        period=period,
    )


@blueprint.get("/plan")
@login_required
def plan() -> ResponseReturnValue:
    """The form of a period's plans."""
    centre, period = own_centre(database()), _asked()
    standing = period_reports.plans_of(database(), centre, period)
    return _plan(period, {code: plain(value) for code, value in standing.items()}, {})


def _plan(period: Period, form: Mapping[str, str], problems: Mapping[str, str]) -> str:
    return render_template(
        "operator/figure_plans.html",
        period=period,
        figures=figures_of(period),
        form=form,
        problems=problems,
        words=figure_acts.words(),
    )


@blueprint.post("/plan")
@login_required
def save_plan() -> ResponseReturnValue:
    """Save all plans of a period."""
    period = _asked()
    form = {one.code: request.form.get(one.code, "").strip()[:40] for one in figures_of(period)}
    problems = attempt(
        lambda session, user: figure_plans.save(session, own_centre(session), period, form, user),
        gettext("The plan is saved."),
    )
    if problems:
        return _plan(period, form, problems), 422
    return redirect(url_for("figures.show", period=str(period)))


@blueprint.post("/lock")
@login_required
def lock() -> ResponseReturnValue:
    """Lock a period that is over."""
    period = _asked()
    with change() as (session, user):
        centre = own_centre(session)
        period_reports.lock(session, centre, period, figure_acts.rules(), user)
    flash(gettext("The period is locked: its figures stay as they are."))
    return redirect(url_for("figures.show", period=str(period)))


@blueprint.post("/reopen")
@login_required
def reopen() -> ResponseReturnValue:
    """Open a locked period again."""
    period = _asked()
    with change() as (session, user):
        period_reports.reopen(session, own_centre(session), period, user)
    flash(gettext("The period is open again: its figures are counted anew."))
    return redirect(url_for("figures.show", period=str(period)))


@blueprint.post("/publish")
@login_required
def publish() -> ResponseReturnValue:
    """Show a locked period to everybody as open data, or no longer."""
    period, published = _asked(), request.form.get("published") == "yes"
    with change() as (session, user):
        open_figures.publish(session, own_centre(session), period, user, published=published)
    flash(
        gettext("Everybody reads the figures of the period now.")
        if published
        else gettext("The figures of the period are open to nobody else any more.")
    )
    return redirect(url_for("figures.show", period=str(period)))


@blueprint.get("/report.<kind>")
@login_required
def download(kind: str) -> ResponseReturnValue:
    """The report of a period as a file."""
    return figure_acts.as_file(_asked(), kind)
