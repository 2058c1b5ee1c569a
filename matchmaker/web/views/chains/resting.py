"""Resilience: what rests on one firm, certificate or machine, and what is lost where one of them stops."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.services.chains.resilience import StoppedKind
from matchmaker.services.reports import spreadsheets
from matchmaker.web.acts.chains import resting_acts
from matchmaker.web.kit import context

blueprint = Blueprint("resting", __name__)


@blueprint.get("/work/resilience/")
@login_required
def show() -> ResponseReturnValue:
    """What rests on one in the centre."""
    return render_template(
        "chains/resting.html",
        found=resting_acts.of_centre(),
        acts=resting_acts,
        kinds=tuple(spreadsheets.MEDIA),
        today=context.today(),
    )


@blueprint.get("/work/resilience.<kind>")
@login_required
def download(kind: str) -> Response:
    """The same as a file."""
    return resting_acts.as_file(kind)


@blueprint.get("/work/resilience/<key>")
@login_required
def stopped(key: str) -> ResponseReturnValue:
    """What is lost where a supplier stops, or one of its certificates or machines."""
    profile = resting_acts.seen(key)
    what = resting_acts.stops(request.args.get("certificate", ""), request.args.get("machine", ""))
    found = resting_acts.loss(profile, what)
    return render_template(
        "chains/stopped.html",
        profile=profile,
        parts=resting_acts.parts_of(profile),
        what=what,
        kinds=StoppedKind,
        found=found,
        acts=resting_acts,
    )
