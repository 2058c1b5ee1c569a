"""The filling of a profile from a text or a list: each suggestion is confirmed, and unread lines are shown."""

import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from importers import inventories
from matchmaker.domain.errors import FileRefused, InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import FindingState
from matchmaker.domain.records import SupplierRecord, parse, to_data
from matchmaker.models import Finding, Profile, Session, User
from matchmaker.services.extraction import proposals, shop_lists, suggestions
from matchmaker.services.profiles import profile_drafts
from matchmaker.web.kit import context, waiting
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.pages import profile_forms, recognised_text, supplier_facts, unread_words
from matchmaker.web.pages.profile_access import own_profile, own_profile_in
from matchmaker.web.pages.profile_forms import (
    BASICS,
    LISTS,
    TITLES,
    ProfileField,
    offered,
)
from matchmaker.web.pages.recognised_text import TextSegment

_BEYOND = 1_000_000  # the place of what stands in no line of the text: after all that does
_PLAIN = frozenset(
    {"quantity", "reference"}
)  # in a shop's text no lot and no drawing, but a number of machines and of a certificate
_SHOWN = 600  # letters of a line that are shown

blueprint = Blueprint("filling", __name__, url_prefix="/shop")


@blueprint.route("/profile/fill", methods=["GET", "POST"])
@login_required
def fill() -> ResponseReturnValue:
    """Paste a text or upload a list; its suggestions wait to be confirmed."""
    if request.method == "GET":
        key = request.args.get("opened", "")
        return _opened(key) if key else _fill_page("")
    own_profile()
    text, file = request.form.get("text", "").replace("\r\n", "\n"), request.files.get("file")
    try:
        _check_length(text)
        if file is not None and file.filename:
            return redirect(url_for("filling.fill", opened=_receive(text, file)))
        return _fill(text)
    except InvalidRecord as error:
        problem = "; ".join(profile_forms.by_field((ProfileField("text", ""),), error).values())
        return _fill_page(text, problem), 422


def _fill(text: str) -> ResponseReturnValue:
    """Keep what a text says. Raises InvalidRecord."""
    lines = inventories.of_text(text)
    if not lines:
        raise _wrong("text.empty", N_("Paste a text about the shop, or give a list."))
    read = proposals.propose(lines, product().recogniser, context.language())
    with change() as (session, _user):
        new, known = suggestions.keep(session, own_profile_in(session), read)
    _say_what_is_known(known, nothing_new=not new and not read.unread)
    return redirect(url_for("filling.found"))


def _receive(text: str, file: FileStorage) -> str:
    """Store the list of the form to be opened in the background; the key of the job. Raises InvalidRecord."""
    try:
        received = shop_lists.receive((file.filename or "", file.stream), product().data)
    except FileRefused as error:
        raise _wrong("file.refused", error.template, **error.params) from error
    with change() as (session, user):
        return shop_lists.ask(session, own_profile_in(session), received, text, user, context.language())


def _opened(key: str) -> ResponseReturnValue:
    """What came of an uploaded list: its suggestions, its problem, or the page that waits."""
    job = waiting.job(key)
    if problem := waiting.problem_of(job):
        return _fill_page(str(job.asked["text"]), problem), 422
    if job.result is None:
        return waiting.page(job, url_for("filling.fill", opened=key), url_for("profile.show"))
    nothing_new = not job.result["new"] and not job.result["unread"]
    _say_what_is_known(job.result["known"], nothing_new=nothing_new)
    return redirect(url_for("filling.found"))


def _say_what_is_known(known: int, *, nothing_new: bool) -> None:
    if not known:
        return
    flash(
        ngettext(
            "%(num)d entry is in the profile already.", "%(num)d entries are in the profile already.", known
        )
    )
    if nothing_new:
        flash(gettext("Nothing new was found."))


def _fill_page(text: str, problem: str = "") -> str:
    profile = own_profile()
    waits = len(suggestions.waiting(database(), profile))
    return render_template("profile/fill.html", profile=profile, text=text, waits=waits, problem=problem)


def _check_length(text: str) -> None:
    """Raises InvalidRecord for a text that is too long."""
    if len(text) > proposals.LONGEST_TEXT:
        raise _wrong("text.long", N_("Too long: at most %(max_length)s."), max_length=proposals.LONGEST_TEXT)


def _wrong(code: str, message: str, **params: object) -> InvalidRecord:
    return InvalidRecord((Problem("text", code, message, "", params),))


def _fields(one: Finding) -> tuple[ProfileField, ...]:
    """The form of a suggestion; of the firm's own facts only those that were found."""
    if one.kind != "basics":
        return LISTS[one.kind]
    shown = profile_forms.shown(BASICS, one.item or {})
    return tuple(field for field in BASICS if shown[field.name])


@blueprint.get("/found/")
@login_required
def found() -> ResponseReturnValue:
    """One suggestion to say yes or no to, the others below, and the lines without one."""
    return _page(request.args.get("at", ""))


def _page(
    key: str,
    form: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    ticked: Collection[str] | None = None,
) -> str:
    """The suggestions, the one with this key opened; `ticked` are the keys that were ticked, by default all."""
    profile = own_profile()
    waiting = suggestions.waiting(database(), profile)
    one = next((row for row in waiting if row.public_id == key), waiting[0] if waiting else None)
    rows = [FoundRow(row, _line(row), ticked is None or row.public_id in ticked) for row in waiting]
    unread = suggestions.unread(database(), profile)
    return render_template(
        "profile/found.html",
        profile=profile,
        one=one,
        **_finding_form(one, form, problems or {}),
        titles=TITLES,
        chosen=bool(key or problems),
        rows=rows,
        passages=_passages(rows, unread if rows else ()),
        unread=[line for line in unread if not rows or line.place is None],
        unread_count=len(unread),
    )


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A suggestion with its line, and whether it is ticked."""

    one: Finding
    line: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence or line of the text with its marks, and what it suggests; nothing for one that could not be read.

    `implied` says that the text does not say it: the machines that it names can do this work.
    """

    implied: bool
    segments: Sequence[TextSegment]
    rows: Sequence[FoundRow]


def _passages(rows: Sequence[FoundRow], unread: Sequence[Finding]) -> list[Passage]:
    """The text as it stood, sentence by sentence; before it what it says of the firm, after it what its machines imply."""
    said: dict[tuple[int, str], list[FoundRow]] = {}
    for row in rows:
        place = -1 if row.one.kind == "basics" else _BEYOND if row.one.place is None else row.one.place
        said.setdefault((place, row.one.words), []).append(row)
    for line in unread:
        if line.place is not None:
            said.setdefault((line.place, line.words), [])
    recogniser = product().recogniser
    return [
        Passage(
            place == _BEYOND,
            recognised_text.segments(recogniser.recognise(words[:_SHOWN]), plain=_PLAIN),
            found,
        )
        for (place, words), found in sorted(said.items(), key=lambda one: one[0][0])
    ]


def _finding_form(
    one: Finding | None, form: Mapping[str, str] | None, problems: Mapping[str, str]
) -> dict[str, object]:
    """The form of a suggestion: its filled and its empty fields, and their problems."""
    fields = _fields(one) if one else ()
    shown = form or (profile_forms.shown(fields, one.item or {}) if one else {})
    said = [f for f in fields if shown[f.name] or f.name in problems or f is fields[0]]
    return {
        "said": said,
        "silent": [f for f in fields if f not in said],
        "form": shown,
        "problems": problems,
        "offered": offered(fields),
    }


def _line(one: Finding) -> str:
    if one.kind == "basics":
        shown = profile_forms.shown(BASICS, one.item or {})
        return " · ".join(textwrap.shorten(value, 80, placeholder="…") for value in shown.values() if value)
    return supplier_facts.entry_line(_record({"name": {"ru": "x"}, one.kind: [one.item]}, one.kind))


def _record(data: dict[str, object], kind: str) -> object:
    return getattr(parse(SupplierRecord, {"id": "x", **data}), kind)[0]


@blueprint.post("/found/<key>")
@login_required
def settle(key: str) -> ResponseReturnValue:
    """Add the suggestion with the form's values, or dismiss it. A second press of the same button changes
    nothing.
    """
    try:
        added = _settle(key)
    except _FindingRefused as error:
        fields = _fields_of(key)
        typed = profile_forms.typed(fields, request.form)
        return _page(key, typed, profile_forms.by_field(fields, error.refusal), _ticked()), 422
    if added:
        flash(gettext("Added to the draft."))
    ticked = _ticked()
    return _page("", ticked=ticked) if ticked is not None else redirect(url_for("filling.found"))


def _ticked() -> set[str] | None:
    """The keys that were ticked in the list beside the form; None where all were."""
    return set(request.form.getlist("choose")) if request.form.get("unticked") else None


def _settle(key: str) -> bool:
    """Whether the suggestion was added to the draft. Raises _FindingRefused."""
    with change() as (session, user):
        profile = own_profile_in(session)
        one = suggestions.by_key(session, profile, key)
        if one.state != FindingState.WAITING or one.kind == suggestions.UNREAD:
            return False
        if request.form.get("do") == "pass":
            suggestions.dismiss(session, profile, [key])
            return False
        _add(session, profile, [(one, profile_forms.typed(_fields(one), request.form))], user)
        return True


@blueprint.post("/found/")
@login_required
def add_several() -> ResponseReturnValue:
    """Add the ticked suggestions as they were read, all or none, and where it is asked for submit the draft too; or open one."""
    chosen, hand_in = set(request.form.getlist("choose")), request.form.get("do") == "submit"
    if opened := request.form.get("at"):
        return _page(opened, ticked=chosen)
    try:
        added = _add_ticked(chosen, hand_in=hand_in)
    except _FindingRefused as error:
        problems = profile_forms.by_field(_fields_of(error.key), error.refusal)
        return _page(error.key, None, problems, chosen - {error.key}), 422
    flash(ngettext("%(num)d entry is added to the draft.", "%(num)d entries are added to the draft.", added))
    if not hand_in:
        return redirect(url_for("filling.found"))
    flash(gettext("The centre has it now. You will get an e-mail when it is published or returned."))
    return redirect(url_for("profile.show"))


def _add_ticked(chosen: Collection[str], *, hand_in: bool) -> int:
    """The number of suggestions that were added. Raises _FindingRefused, MoveNotAllowed."""
    with change() as (session, user):
        profile = own_profile_in(session)
        picked = [one for one in suggestions.waiting(session, profile) if one.public_id in chosen]
        if picked:
            as_read = [(one, profile_forms.shown(_fields(one), one.item or {})) for one in picked]
            _add(session, profile, as_read, user)
        if hand_in and not profile.awaits_review:  # else the same form was sent before
            profile_drafts.submit(session, profile, user.public_id)
        return len(picked)


class _FindingRefused(Exception):
    """A suggestion (its public id) that cannot be added with these values, and what is wrong with them."""

    def __init__(self, key: str, refusal: InvalidRecord) -> None:
        super().__init__()
        self.key, self.refusal = key, refusal


def _fields_of(key: str) -> tuple[ProfileField, ...]:
    """The form of a suggestion as it is stored. Raises NotFound."""
    return _fields(suggestions.by_key(database(), own_profile(), key))


@blueprint.post("/found/aside")
@login_required
def put_aside() -> Response:
    """Dismiss the lines that could not be read, or all waiting suggestions."""
    every = request.form.get("do") == "all"
    with change() as (session, _user):
        suggestions.dismiss_unread(session, own_profile_in(session), waiting_too=every)
    return redirect(url_for("profile.show") if every else url_for("filling.found"))


def _with(record: SupplierRecord, one: Finding, form: Mapping[str, str]) -> SupplierRecord:
    """The record with a suggestion, as its form says it. Raises InvalidRecord."""
    if one.kind == "basics":
        return profile_forms.with_basics(record, {**profile_forms.shown(BASICS, to_data(record)), **form})
    return profile_forms.with_entry(record, one.kind, None, form)


def _add(session: Session, profile: Profile, given: list[tuple[Finding, dict[str, str]]], user: User) -> None:
    """Add suggestions to the draft with their forms' values. Raises _FindingRefused."""
    record = profile_drafts.draft(profile)
    for one, form in given:
        try:
            record = _with(record, one, form)
        except InvalidRecord as error:
            raise _FindingRefused(one.public_id, error) from error
    rows = [one for one, _ in given]
    suggestions.add(
        session,
        profile,
        rows,
        record,
        by=user.public_id,
        today=context.today(),
        standards=unread_words.nearest_standards,
    )
