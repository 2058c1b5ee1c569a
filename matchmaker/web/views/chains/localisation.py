"""The localisation of assemblies: parts lists with their makers, for the buyer whose list it is and for its centre."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.datastructures import FileStorage

from matchmaker.domain.errors import FileRefused, InvalidRecord, Problem
from matchmaker.services.chains import parts_lists
from matchmaker.services.chains.parts_lists import LONGEST_NAME, LONGEST_TEXT, ListGiven
from matchmaker.services.reports import spreadsheets
from matchmaker.web.acts.chains import parts_acts
from matchmaker.web.kit import form_tokens, forms, waiting
from matchmaker.web.kit.context import database
from matchmaker.web.pages.need_access import posting_party

blueprint = Blueprint("localisation", __name__, url_prefix="/localisation")


@blueprint.get("/")
@login_required
def listed() -> ResponseReturnValue:
    """The lists, and the form of a new one; with `opened` what came of an uploaded file."""
    if opened := request.args.get("opened", ""):
        return _opened(opened)
    return _page({"name": "", "text": "", "once": form_tokens.token()}, {})


def _page(given: Mapping[str, str], problems: Mapping[str, str], left_out: list[str] | None = None) -> str:
    lists, contractor = parts_acts.own()
    return render_template(
        "chains/localisation.html",
        lists=lists,
        contractor=contractor,
        form=given,
        problems=problems,
        left_out=left_out or [],
        longest=LONGEST_TEXT,
        longest_name=LONGEST_NAME,
    )


def _opened(key: str) -> ResponseReturnValue:
    """The rows of an uploaded file in the form, its problem, or the page that waits."""
    job = waiting.job(key)
    given = {name: str(job.asked["typed"].get(name, "")) for name in ("name", "text", "once")}
    if problem := waiting.problem_of(job):
        return _page(given, {"file": f"{job.asked['name']}: {problem}"}), 422
    if job.result is None:
        return waiting.page(job, url_for("localisation.listed", opened=key), url_for("localisation.listed"))
    return _page(given | {"text": str(job.result["text"])}, {}, waiting.left_out(job))


@blueprint.post("/")
@login_required
def make() -> ResponseReturnValue:
    """Keep a list, or have an uploaded file opened, whose rows are then put into the form."""
    posting_party(database())
    given = _typed()
    sent = request.files.get("file")
    try:
        if sent is not None and sent.filename:
            return redirect(url_for("localisation.listed", opened=_receive(sent, given)))
        key = parts_acts.make(ListGiven(given["once"], given["name"], given["text"].strip("\n")))
    except InvalidRecord as error:
        return _page(given, forms.by_field(error)), 422
    return redirect(url_for("localisation.show", key=key))


def _typed() -> dict[str, str]:
    form = request.form
    return {
        "name": form.get("name", "")[: LONGEST_NAME + 1],
        "text": form.get("text", "").replace("\r\n", "\n")[:LONGEST_TEXT],
        "once": form_tokens.given(),
    }


def _receive(sent: FileStorage, given: Mapping[str, str]) -> str:
    """Store the list of the form to be opened in the background; the key of the job. Raises InvalidRecord."""
    name = (sent.filename or "")[:100]
    try:
        return parts_acts.receive((name, sent.stream), given)
    except FileRefused as error:
        raise InvalidRecord((Problem("file", error.code, error.template, name, error.params),)) from error


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """A list with who is able to make each part, and what would add makers."""
    return _shown(key, {})


def _shown(key: str, problems: Mapping[str, str]) -> str:
    made = parts_acts.seen(database(), key)
    found = parts_lists.parts_of(made)
    return render_template(
        "chains/parts_list.html",
        made=made,
        parts=found,
        shares=parts_lists.shares(found),
        gains=parts_lists.gains(found),
        firms=parts_acts.firms(found),
        acts=parts_acts,
        kinds=tuple(spreadsheets.MEDIA),
        problems=problems,
        once=form_tokens.token(),
    )


@blueprint.get("/<key>/parts.<kind>")
@login_required
def download(key: str, kind: str) -> Response:
    """A list with its makers as a file."""
    return parts_acts.as_file(key, kind)


@blueprint.post("/<key>/need")
@login_required
def post_need(key: str) -> ResponseReturnValue:
    """Make a draft of a need with the chosen parts as positions."""
    places = [
        int(one) for one in request.form.getlist("parts") if one.isascii() and one.isdigit() and len(one) < 4
    ]
    try:
        need, _made = parts_acts.post_need(key, places, form_tokens.given())
    except InvalidRecord as error:
        return _shown(key, forms.by_field(error)), 422
    flash(gettext("The draft holds the chosen parts as positions."))
    return redirect(url_for("needs.show", key=need))


@blueprint.post("/<key>/judge")
@login_required
def judge(key: str) -> ResponseReturnValue:
    """Compare the parts with the suppliers of today."""
    parts_acts.judge_anew(key)
    return redirect(url_for("localisation.show", key=key))


@blueprint.post("/<key>/remove")
@login_required
def remove(key: str) -> ResponseReturnValue:
    """Delete a list; needs that were made of it stay."""
    parts_acts.remove(key)
    flash(gettext("The parts list is deleted."))
    return redirect(url_for("localisation.listed"))
