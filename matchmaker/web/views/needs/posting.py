"""Posting a need: from words, from fields, from drawings and models, or from all of them."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain import access
from matchmaker.domain.errors import FileRefused, Forbidden, InvalidRecord
from matchmaker.domain.records import NeedRecord
from matchmaker.models.needs import DISCLOSURES
from matchmaker.services.extraction import drawing_values
from matchmaker.services.needs import drawings, needs
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context, form_tokens, forms
from matchmaker.web.kit.context import person, product, signed_in, subject

blueprint = Blueprint("posting", __name__, url_prefix="/needs")


@blueprint.route("/new", methods=["GET", "POST"])
@login_required
def new() -> ResponseReturnValue:
    own = context.own_contractors()
    if not access.may(
        subject(), "need.create", access.AccessObject(contractor=own[0] if own else None)
    ).allowed:
        who = person()
        if who is None or not who.is_operator:
            raise Forbidden
    if request.method == "GET":
        return _new_form(forms.typed({"text": session.get("draft", "")}), {}, form_tokens.token())
    given, sent = forms.typed(request.form), form_tokens.given()
    examined, problem = _examined()
    if problem:
        return _new_form(given, {"file": problem}, sent), 422
    try:
        if examined and not (given["text"].strip() or given["title"].strip()):
            given["title"] = drawing_values.title_of(examined)
        record = forms.need_record(given, f"web-{sent}")
    except InvalidRecord as error:
        return _new_form(given, forms.by_field(error), sent), 422
    key = needs.in_a_race(lambda: _post(record, own, examined))
    session.pop("draft", None)
    return redirect(url_for("needs.show", key=key))


def _new_form(given: dict[str, str], problems: dict[str, str], sent: str) -> str:
    return render_template(
        "needs/form.html",
        form=given,
        problems=problems,
        need=None,
        once=sent,
        most_files=forms.MOST_FILES,
        again=bool(problems) and any(one.filename for one in request.files.getlist("file")),
    )


def _openness() -> tuple[str, str]:
    """Who may read a new need and how far it reaches, as chosen; single centres are ticked on its page."""
    disclosure, reach = request.form.get("disclosure", ""), request.form.get("reach", "")
    return (
        disclosure if disclosure in DISCLOSURES else "open",
        reach if reach in {"network", "centre"} else "network",
    )


def _examined() -> tuple[list[drawings.ExaminedFile], str]:
    """The drawings that came with a new need, looked at; or what is wrong with the first that is refused, by its name."""
    sent = [one for one in request.files.getlist("file") if one.filename]
    if len(sent) > forms.MOST_FILES:
        message = gettext(
            "At most %(most)s files at once; add the others to the need afterwards.", most=forms.MOST_FILES
        )
        return [], message
    examined = []
    for one in sent:
        try:
            examined.append(drawings.examine((str(one.filename), one.stream), product().data))
        except FileRefused as error:
            return [], f"{one.filename}: {forms.refusal(error)}"
    return examined, ""


def _post(record: NeedRecord, own: list[str], examined: Sequence[drawings.ExaminedFile]) -> str:
    who = signed_in()
    with product().sessions.begin() as writing:
        contractor = suppliers.organisation(writing, own[0]) if own else None
        centre = contractor.centre if contractor else needs.centre_of(writing, context.own_centre())
        channel = "portal" if own else "phone"
        disclosure, reach = _openness()
        posting = needs.NeedPosting(contractor, channel=channel, disclosure=disclosure, reach=reach)
        known = needs.posted_before(writing, centre, record.id)
        if known is not None and known.contractor == contractor:
            return known.public_id  # the same form was sent twice
        need = needs.post(writing, record, centre=centre, by=who.id, posting=posting)
        user = accounts.by_email(writing, who.email)
        for one in examined:
            drawings.add(writing, need, one, user)
        return need.public_id
