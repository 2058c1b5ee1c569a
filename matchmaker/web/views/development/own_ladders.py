"""The ladders of a supplier's own shop: where it stands, what is next, what is lost without the certificate, papers."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import FileRefused, InvalidRecord
from matchmaker.models import Profile
from matchmaker.services.development import ladders
from matchmaker.services.development.ladders import Ladder
from matchmaker.services.people import personal_data
from matchmaker.services.profiles import scans
from matchmaker.web.acts import ladder_acts, ladder_list
from matchmaker.web.kit import context, form_tokens, forms
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.errors import status_of
from matchmaker.web.pages.profile_access import own_profile
from search.matching.gains import OpenedNeeds

blueprint = Blueprint("own_ladders", __name__, url_prefix="/shop/ladders")


@blueprint.get("/")
@login_required
def show() -> ResponseReturnValue:
    return _page()


def _page(
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    refused: Mapping[str, str] | None = None,
) -> str:
    session, profile = database(), own_profile()
    own, papers = ladders.of_profile(session, profile), ladder_acts.papers_of(session, profile)
    known = {one.standard for one in own}
    begun = sorted((set(papers) | set(refused or {})) - known)
    shown = [*own, *(Ladder(profile, standard, (), frozenset()) for standard in begun)]
    return render_template(
        "development/own_ladders.html",
        ladders=shown,
        lost=ladder_list.lost(profile, [one.standard for one in shown]),
        papers=papers,
        payer_labels=ladder_acts.PAYER_LABELS,
        wanted=_wanted(profile, known),
        form=typed or {"standard": request.args.get("standard", "")},
        problems=problems or {},
        refused=refused or {},
        once=form_tokens.token() if typed is None else form_tokens.given(),
        today=context.today(),
        nobody=personal_data.ERASED,
    )


def _wanted(profile: Profile, known: set[str]) -> list[tuple[str, str, OpenedNeeds | None]]:
    """The standards without a ladder of the shop: code, name, and what a certificate would open where needs ask for it; those
    that open most first.
    """
    language, standards = context.language(), product().taxonomy.standards
    asked = sorted(ladder_list.asked_standards(profile) - known)
    opens = ladder_list.lost(profile, asked) if asked else {}
    left = ((one.code, one.label.text(language), opens.get(one.code)) for one in standards)
    return sorted((one for one in left if one[0] not in known), key=_most_first)


def _most_first(one: tuple[str, str, OpenedNeeds | None]) -> tuple[int, str]:
    return -(one[2].ever if one[2] else 0), one[1]


@blueprint.post("/")
@login_required
def ask() -> ResponseReturnValue:
    """Ask the centre for help on the way to a certificate."""
    typed = {"standard": request.form.get("standard", ""), "note": request.form.get("note", "")}
    try:
        ladder_acts.ask(typed["standard"], typed["note"].replace("\r\n", "\n").strip(), form_tokens.given())
    except InvalidRecord as error:
        return _page(typed, forms.problems_of(error)), 422
    flash(gettext("The centre knows of it and will write the next step here."))
    return redirect(url_for("own_ladders.show"))


@blueprint.post("/<standard>/papers")
@login_required
def add_paper(standard: str) -> ResponseReturnValue:
    """Add a paper of the own ladder."""
    own_profile()
    ladder_acts.known_standard(standard)
    try:
        ladder_acts.add_own_paper(standard, forms.chosen(request.files.get("file"), scans.CHOOSE))
    except FileRefused as error:
        return _page(refused={standard: forms.refusal(error)}), status_of(error)
    flash(gettext("The paper is saved; the centre and the firm can see it."))
    return redirect(url_for("own_ladders.show", _anchor=f"l-{standard}"))
