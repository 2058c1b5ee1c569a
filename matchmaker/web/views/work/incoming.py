"""The letters that came and wait for an operator: the list, each with its words and files, and what is made of it."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import FileMissing, FileRefused, InvalidRecord, NotNow
from matchmaker.models import Centre, LetterIn, Session
from matchmaker.services.incoming import incoming as taking
from matchmaker.services.incoming import quarantine
from matchmaker.services.needs import needs
from matchmaker.services.needs.intake import IntakeCaller
from matchmaker.web.kit import downloads, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import operator, standpoint

blueprint = Blueprint("incoming", __name__, url_prefix="/work/letters")
_FIELDS = ("inn", "name", "contact")


def _centre(session: Session) -> Centre:
    """The operator's centre. Raises Forbidden."""
    operator(session)
    return needs.centre_of(session, standpoint(session).own_centre)


@blueprint.get("/")
@login_required
def listed() -> ResponseReturnValue:
    """The letters that wait, and the last ones that were dealt with."""
    session, centre = database(), _centre(database())
    return render_template(
        "operator/letters.html",
        waiting=quarantine.waiting(session, centre),
        settled=quarantine.settled(session, centre),
        reasons=taking.REASONS,
        address=product().settings.mail_in,
    )


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    letter = _letter(database(), key)
    contact = f"{letter.name or ''} <{letter.sender}>".strip()
    return _page(letter, {"inn": "", "name": "", "contact": contact}, {})


def _letter(session: Session, key: str) -> LetterIn:
    return quarantine.by_key(session, _centre(session), key)


def _page(letter: LetterIn, given: dict[str, str], problems: dict[str, str]) -> str:
    return render_template(
        "operator/letter_in.html", letter=letter, form=given, problems=problems, reasons=taking.REASONS
    )


@blueprint.get("/<key>/files/<int:number>")
@login_required
def file(key: str, number: int) -> Response:
    """A file of a letter that waits, as it came."""
    letter = _letter(database(), key)
    if not letter.is_waiting:
        abort(404)
    files = taking.parts_of(letter, product().data).files
    if number >= len(files):
        abort(404)
    return downloads.named(files[number].content, "application/octet-stream", files[number].name)


@blueprint.post("/<key>/need")
@login_required
def take(key: str) -> ResponseReturnValue:
    """Make a draft need of the letter."""
    given = {name: request.form.get(name, "").strip()[:300] for name in _FIELDS}
    try:
        with change() as (session, user):
            letter = _letter(session, key)
            caller = IntakeCaller(given["inn"], given["name"], given["contact"])
            made = quarantine.take_as_need(session, letter, caller, user, product().mailroom())
            to = url_for("needs.show", key=made.public_id)
    except InvalidRecord as error:
        return _page(_letter(database(), key), given, forms.by_field(error)), 422
    except (FileRefused, FileMissing, NotNow) as error:
        values = {name: gettext(str(value)) for name, value in error.params.items()}
        return _page(_letter(database(), key), given, {"form": gettext(error.template) % values}), 409
    flash(gettext("The draft is saved."))
    return redirect(to)


@blueprint.post("/<key>/pass-on")
@login_required
def pass_on(key: str) -> ResponseReturnValue:
    """Write the letter's words into its thread."""
    try:
        with change() as (session, user):
            match = quarantine.pass_on(session, _letter(session, key), user)
            to = url_for("messages.thread", key=match.need.public_id, match=match.public_id)
    except (InvalidRecord, NotNow) as error:
        said = (
            "; ".join(forms.by_field(error).values())
            if isinstance(error, InvalidRecord)
            else gettext(error.template)
        )
        return _page(_letter(database(), key), {}, {"form": said}), 409
    return redirect(to)


@blueprint.post("/<key>/aside")
@login_required
def put_aside(key: str) -> ResponseReturnValue:
    """Leave the letter as it is."""
    with change() as (session, user):
        quarantine.put_aside(session, _letter(session, key), user)
    flash(gettext("The letter is put aside."))
    return redirect(url_for("incoming.listed"))
