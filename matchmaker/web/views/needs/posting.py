"""Posting a need: from words, from fields, from drawings and models, or from all of them."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_required
from werkzeug.datastructures import FileStorage

from matchmaker.domain.errors import Faults, FileRefused, InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord
from matchmaker.models.needs import DEFAULT_DISCLOSURE, DISCLOSURES
from matchmaker.services.extraction import drawing_values
from matchmaker.services.needs import drawings, need_posting, needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.web.kit import form_tokens, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.pages.need_access import posting_party

blueprint = Blueprint("posting", __name__, url_prefix="/needs")


@blueprint.route("/new", methods=["GET", "POST"])
@login_required
def new() -> ResponseReturnValue:
    posting_party(database())
    if request.method == "GET":
        return _form(forms.typed({"text": session.get("draft", "")}), {}, form_tokens.token())
    given, sent = forms.typed(request.form), form_tokens.given()
    faults = Faults()
    with faults:
        record = _record(given, sent)
    with faults:
        received = _received()
    if faults.problems:
        return _form(given, forms.by_field(InvalidRecord(tuple(faults.problems))), sent), 422
    key = _post(record, received)
    session.pop("draft", None)
    return redirect(url_for("needs.show", key=key))


def _form(given: Mapping[str, str], problems: Mapping[str, str], sent: str) -> str:
    return render_template(
        "needs/form.html",
        form=given,
        problems=problems,
        need=None,
        once=sent,
        most_files=forms.MOST_FILES,
        again=bool(problems) and any(one.filename for one in request.files.getlist("file")),
    )


def _files() -> list[FileStorage]:
    return [one for one in request.files.getlist("file") if one.filename]


def _received() -> list[drawings.ReceivedFile]:
    """The drawings that came with a new need, stored. Raises InvalidRecord (field "file") for each that is refused."""
    sent = _files()
    if len(sent) > forms.MOST_FILES:
        message = N_("At most %(most)s files at once; add the others to the need afterwards.")
        raise InvalidRecord((Problem("file", "files.many", message, "", {"most": forms.MOST_FILES}),))
    faults, received = Faults(), []
    for one in sent:
        with faults:
            received.append(_receive(one))
    faults.settle()
    return received


def _receive(file: FileStorage) -> drawings.ReceivedFile:
    try:
        return drawings.receive((str(file.filename), file.stream), product().data)
    except FileRefused as error:
        words = f"{file.filename}: {forms.refusal(error)}"
        raise InvalidRecord((Problem("file", error.code, words),)) from error


def _record(given: dict[str, str], sent: str) -> NeedRecord:
    """The typed record; a need that only has files is named after the first. Raises InvalidRecord."""
    files = _files()
    if files and not (given["text"].strip() or given["title"].strip()):
        given["title"] = drawing_values.title_of(str(files[0].filename))
    return forms.new_need(given, f"web-{sent}", product().today())


def _post(record: NeedRecord, received: Sequence[drawings.ReceivedFile]) -> str:
    """Post the need for the person's firm, or for the caller of the operator, and hand it to the centre where the form
    says so; its public id.
    """
    disclosure, reach = _openness()
    with change() as (session, user):
        party = posting_party(session)
        channel = "portal" if party.contractor else "phone"
        how = NeedPosting(party.contractor, channel=channel, disclosure=disclosure, reach=reach)
        need = need_posting.post_with_files(session, record, how, party.centre, received, user)
        if party.contractor and request.form.get("hand") and need.is_draft:
            needs.move(session, need, NeedState.SUBMITTED, by=user.public_id)
    return need.public_id


def _openness() -> tuple[str, str]:
    """The chosen readers of a new need and its reach; single centres are ticked on its page."""
    disclosure, reach = request.form.get("disclosure", ""), request.form.get("reach", "")
    return (
        disclosure if disclosure in DISCLOSURES else DEFAULT_DISCLOSURE,
        reach if reach in {"network", "centre"} else "network",
    )
