"""The intake of a need on behalf of a contractor: the understood text is shown first, with the questions that
are left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required
from werkzeug.datastructures import FileStorage

from matchmaker.domain import access
from matchmaker.domain.errors import FileRefused, Forbidden, InvalidRecord, Problem, UnreadableFile
from matchmaker.domain.records import NeedRecord
from matchmaker.models import Centre, Need, Session
from matchmaker.services.matching import matching
from matchmaker.services.needs import clarifications, intake, needs
from matchmaker.services.needs.clarifications import ClarificationLetter
from matchmaker.services.needs.intake import IntakeCaller
from matchmaker.web.kit import context, form_tokens, forms, waiting
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages import recognised_text
from matchmaker.web.pages.need_access import curated
from matchmaker.web.pages.recognised_text import TextSegment
from search.reading.need_reading import NeedReading

blueprint = Blueprint("intake", __name__, url_prefix="/work/intake")
FIELDS = ("channel", "inn", "name", "contact", "text", "once")
LONGEST = {"text": 60_000}


@dataclass(frozen=True, slots=True)
class IntakeDraft:
    """A draft of a need: the text understood in it, and the questions that are left."""

    title: str
    segments: Sequence[TextSegment]
    questions: tuple[str, ...]


@blueprint.get("/")
@login_required
def form() -> ResponseReturnValue:
    _centre(database())
    if opened := request.args.get("opened", ""):
        return _opened(opened)
    given = {name: request.args.get(name, "")[:300] for name in ("inn", "name")}
    return _page({"channel": "phone", "once": form_tokens.token(), **given}, {})


def _centre(session: Session) -> Centre:
    """The operator's centre, for an operator that may take needs in. Raises Forbidden."""
    operator(session)
    here = standpoint(session)
    thing = access.AccessObject(centre=here.own_centre)
    if not access.may(here.subject, "need.create", thing).allowed:
        raise Forbidden
    return needs.centre_of(session, here.own_centre)


def _page(
    given: Mapping[str, str],
    problems: Mapping[str, str],
    drafts: Sequence[IntakeDraft] = (),
    left_out: Sequence[str] = (),
) -> str:
    return render_template(
        "operator/intake.html",
        form=given,
        problems=problems,
        drafts=drafts,
        left_out=left_out,
        channels=intake.CHANNELS,
    )


def _opened(key: str) -> ResponseReturnValue:
    """What came of an uploaded list: its rows in the text field with what is understood, its problem, or the page that
    waits.
    """
    job = waiting.job(key)
    given = {name: str(job.asked["typed"].get(name, "")) for name in FIELDS}
    if problem := waiting.problem_of(job):
        return _page(given, {"file": f"{job.asked['name']}: {problem}"}), 422
    if job.result is None:
        return waiting.page(job, url_for("intake.form", opened=key), url_for("operator.queues"))
    return _understood_page(given | {"text": str(job.result["text"])}, waiting.left_out(job))


@blueprint.post("/")
@login_required
def take() -> ResponseReturnValue:
    """Show the understood text, or save the drafts. The rows of an uploaded list are put into the text field."""
    _centre(database())
    given = _typed()
    sent = request.files.get("file")
    try:
        if sent is not None and sent.filename:
            return redirect(url_for("intake.form", opened=_receive(sent, given)))
        if request.form.get("act") != "save":
            return _understood_page(given)
        saved = _save(_records(given), given)
    except InvalidRecord as error:
        return _page(given, forms.by_field(error)), 422
    flash(ngettext("%(num)d draft is saved.", "%(num)d drafts are saved.", len(saved)))
    if len(saved) == 1:
        return redirect(url_for("needs.show", key=saved[0]))
    return redirect(url_for("intake.letter", key=saved[0]))


def _understood_page(given: Mapping[str, str], left_out: Sequence[str] = ()) -> ResponseReturnValue:
    try:
        return _page(given, {}, [_draft(record) for record in _records(given)], left_out)
    except InvalidRecord as error:
        return _page(given, forms.by_field(error), left_out=left_out), 422


def _receive(sent: FileStorage, given: Mapping[str, str]) -> str:
    """Store the list of the form to be opened in the background; the key of the job. Raises InvalidRecord."""
    name = (sent.filename or "")[:100]
    try:
        kept = intake.receive(product().data, name, sent.stream)
    except FileRefused as error:
        raise InvalidRecord((Problem("file", error.code, error.template, name, error.params),)) from error
    with change() as (session, user):
        _centre(session)
        return intake.ask_rows(session, (name, kept.sha256), given, user)


def _typed() -> dict[str, str]:
    """The form as typed, by field."""
    form = request.form
    typed = {name: form.get(name, "").replace("\r\n", "\n")[: LONGEST.get(name, 300)] for name in FIELDS}
    return typed | {"once": form_tokens.given()}


def _records(given: Mapping[str, str]) -> list[NeedRecord]:
    """The needs of the text. Raises InvalidRecord."""
    try:
        return intake.records(given["text"].strip("\n"), f"intake-{given['once']}", context.today())
    except UnreadableFile as error:
        values = {name: gettext(str(value)) for name, value in error.params.items()}
        problem = Problem("file", error.code, error.template, "", values)
        raise InvalidRecord((problem,)) from error


def _draft(record: NeedRecord) -> IntakeDraft:
    understood = matching.understand(record, context.matching())
    asked = tuple(gettext(intake.QUESTIONS[key]) for key in intake.unanswered(understood.requirements))
    doubts = (doubt.question for doubt in recognised_text.doubts_of(understood.recognition))
    left = (*asked, *doubts)
    return IntakeDraft(record.title or "", recognised_text.segments(understood.recognition), left)


def _save(records: Sequence[NeedRecord], given: Mapping[str, str]) -> list[str]:
    """Save the drafts; their public ids."""
    channel = given["channel"] if given["channel"] in intake.CHANNELS else "phone"
    caller = IntakeCaller(given["inn"], given["name"], given["contact"])
    with change() as (session, user):
        centre = _centre(session)
        made = intake.take(session, records, caller, centre=centre, channel=channel, by=user.public_id)
        return [need.public_id for need in made]


@blueprint.get("/<key>/letter")
@login_required
def letter(key: str) -> ResponseReturnValue:
    """The open questions of a need, and of those that came in one list with it, as an e-mail; `language`
    chooses its language.
    """
    found, chosen = curated(database(), key), request.args.get("language")
    if chosen not in {None, *clarifications.LANGUAGES}:
        abort(400)
    asked = [(need, intake.unanswered(_understood(need).requirements)) for need in _open(database(), found)]
    with_questions = [(need, left) for need, left in asked if left]
    questions = with_questions or [(found, ())]
    proposed = clarifications.proposed(database(), questions, chosen, signed_in().user)
    return _letter_page(found, proposed, {}, asked)


def _open(session: Session, need: Need) -> list[Need]:
    """The needs of one list with questions to the contractor."""
    found = intake.siblings(session, need)
    return [one for one in found if one.is_in_preparation] or [need]


def _understood(need: Need) -> NeedReading:
    return matching.understand(needs.record(need), context.matching())


def _letter_page(
    need: Need,
    given: ClarificationLetter,
    problems: Mapping[str, str],
    asked: Sequence[tuple[Need, tuple[str, ...]]] = (),
) -> str:
    return render_template(
        "operator/letter.html",
        need=need,
        form=asdict(given),
        problems=problems,
        asked=asked,
        once=form_tokens.token(),
    )


@blueprint.post("/<key>/letter")
@login_required
def send(key: str) -> ResponseReturnValue:
    """Send the e-mail with the operator's text."""
    given = _letter()
    try:
        with change() as (session, user):
            asked = _open(session, curated(session, key))
            clarifications.send_once(session, form_tokens.given(), asked, given, user)
    except InvalidRecord as error:
        return _letter_page(curated(database(), key), given, forms.by_field(error)), 422
    flash(gettext("The e-mail is on its way to %(to)s.", to=given.to))
    return redirect(url_for("needs.show", key=key))


def _letter() -> ClarificationLetter:
    """The e-mail as typed."""
    language = request.form.get("language", "ru")
    return ClarificationLetter(
        request.form.get("to", "").strip()[:300],
        language if language in clarifications.LANGUAGES else "ru",
        request.form.get("text", "").replace("\r\n", "\n")[: clarifications.LONGEST + 1],
    )
