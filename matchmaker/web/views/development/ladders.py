"""The ladders to certificates of a centre's suppliers: the pipeline, one ladder with its history, papers."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import FileRefused, InvalidRecord
from matchmaker.models import Profile
from matchmaker.models.development import PAYERS
from matchmaker.services.development import ladder_lists, ladders, support_offers
from matchmaker.services.development.ladder_lists import PAGE
from matchmaker.services.development.support_fit import SupportOutcome
from matchmaker.services.people import personal_data
from matchmaker.services.profiles import scans
from matchmaker.web.acts import ladder_acts, ladder_list, support_acts
from matchmaker.web.kit import context, downloads, form_tokens, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.errors import status_of
from matchmaker.web.kit.standpoint import standpoint

blueprint = Blueprint("ladders", __name__)


@blueprint.get("/work/ladders/")
@login_required
def listed() -> ResponseReturnValue:
    """The pipeline of the centre, as a table or a board by stage."""
    session = database()
    shown = ladder_list.read(session)
    common = {
        "shown": shown,
        "columns": ladder_list.COLUMNS,
        "standards": _standards(),
        "today": context.today(),
    }
    if shown.layout == "board":
        board = ladder_lists.board(session, shown.asked)
        total = sum(one.total for one in board.values())
        return render_template("development/ladders.html", board=board, total=total, **common)
    found = ladder_list.found(shown)
    beside = () if shown.is_narrowed else ladder_lists.without_ladder(session, standpoint(session).home)
    before, after = shown.page > 1, shown.page * PAGE < found.total
    pages = {"before": shown.page - 1 if before else 0, "after": shown.page + 1 if after else 0}
    return render_template(
        "development/ladders.html", found=found, total=found.total, pages=pages, beside=beside, **common
    )


def _standards() -> list[tuple[str, str]]:
    """The standards of the taxonomy, by code and name."""
    language = context.language()
    known = [(one.code, one.label.text(language)) for one in product().taxonomy.standards]
    return sorted(known, key=lambda one: one[1])


@blueprint.get("/work/ladders.<kind>")
@login_required
def download(kind: str) -> ResponseReturnValue:
    """The pipeline as a file."""
    return ladder_acts.as_file(kind)


@blueprint.get("/work/ladders/<key>")
@login_required
def of_firm(key: str) -> ResponseReturnValue:
    """The ladders of one supplier, and the choice of another standard."""
    profile = ladder_acts.recorded(database(), key)
    chosen = request.args.get("standard", "")
    if chosen:
        standard = ladder_acts.known_standard(chosen)
        return redirect(url_for("ladders.show", key=key, standard=standard))
    own = ladders.of_profile(database(), profile)
    return render_template(
        "development/firm_ladders.html",
        profile=profile,
        ladders=own,
        lost=ladder_list.lost(profile, [one.standard for one in own]),
        standards=_standards(),
        today=context.today(),
    )


@blueprint.get("/work/ladders/<key>/<standard>")
@login_required
def show(key: str, standard: str) -> ResponseReturnValue:
    return _page(key, standard)


def _page(
    key: str,
    standard: str,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    refused: str = "",
) -> str:
    session = database()
    profile = ladder_acts.recorded(session, key)
    ladder = ladders.of_standard(session, profile, ladder_acts.known_standard(standard))
    corrected = request.args.get("correct", "") if typed is None else typed.get("replaces", "")
    step = next((one for one in ladder.standing if one.public_id == corrected), None)
    fits = support_acts.suiting(profile)
    form = typed or (ladders.typed_of(step) if step else {"on": context.today().isoformat()})
    return render_template(
        "development/ladder.html",
        ladder=ladder,
        profile=profile,
        standard=standard,
        corrected=step,
        form=form,
        problems=problems or {},
        refused=refused,
        people=ladders.people(session, profile, profile.organisation.centre),
        helpers=support_offers.helpers_for((one.offer for one in fits), standard),
        fits=[one for one in fits if one.outcome is not SupportOutcome.UNMET],
        payers=[(one, gettext(ladder_acts.PAYER_LABELS[one])) for one in PAYERS],
        payer_labels=ladder_acts.PAYER_LABELS,
        papers=ladder_acts.papers_of(session, profile).get(standard, ()),
        lost=ladder_list.lost(profile, [standard])[standard],
        certificates=_held(profile, standard),
        once=form_tokens.token() if typed is None else form_tokens.given(),
        today=context.today(),
        nobody=personal_data.ERASED,
    )


def _held(profile: Profile, standard: str) -> list[object]:
    """The certificates of the profile that answer to the standard."""
    return [row for row in profile.certificates if row.standard_code == standard]


@blueprint.post("/work/ladders/<key>/<standard>")
@login_required
def record(key: str, standard: str) -> ResponseReturnValue:
    """Record a step, or the correction of one."""
    typed = {name: request.form.get(name, "") for name in ladders.FIELDS}
    try:
        with change() as (session, user):
            profile = ladder_acts.recorded(session, key)
            code = ladder_acts.known_standard(standard)
            given = ladders.read(typed, form_tokens.given(), context.today())
            ladders.record(session, profile, code, given, user)
    except InvalidRecord as error:
        return _page(key, standard, typed, forms.with_values(error)), 422
    flash(gettext("The step is recorded."))
    return redirect(url_for("ladders.show", key=key, standard=standard))


@blueprint.post("/work/ladders/<key>/<standard>/papers")
@login_required
def add_paper(key: str, standard: str) -> ResponseReturnValue:
    """Add a paper of the ladder."""
    try:
        ladder_acts.recorded(database(), key)
        ladder_acts.add_paper(key, standard, forms.chosen(request.files.get("file"), scans.CHOOSE))
    except FileRefused as error:
        return _page(key, standard, refused=forms.refusal(error)), status_of(error)
    flash(gettext("The paper is saved; the centre and the firm can see it."))
    return redirect(url_for("ladders.show", key=key, standard=standard, _anchor="papers"))


@blueprint.get("/papers/<key>")
@login_required
def paper(key: str) -> Response:
    """A paper of a ladder, always as a download; its opening is recorded."""
    stored, content = ladder_acts.paper(key)
    return downloads.attachment(content, stored)
