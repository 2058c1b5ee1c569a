"""The reader's own data: the list of stored data, all of it as a file, and its erasure. The text of the
consent, for everybody.
"""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.services.needs import drawings
from matchmaker.services.people import consent, personal_data
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.downloads import as_file
from matchmaker.web.views.account.signing_in import with_password

blueprint = Blueprint("personal_data", __name__)


@blueprint.get("/personal-data")
def text() -> ResponseReturnValue:
    """The text of the consent that people give when they create an account."""
    title, _, words = consent.text(context.language()).partition("\n\n")
    return render_template("account/consent.html", title=title, words=words)


@blueprint.get("/account/data")
@login_required
def own() -> ResponseReturnValue:
    return _page({})


def _page(problems: dict[str, str]) -> str:
    given = signed_in().user.consents or {}
    found = personal_data.export(database(), signed_in().user)
    return render_template("account/data.html", data=found, given=given, problems=problems)


@blueprint.get("/account/data.json")
@login_required
def take() -> ResponseReturnValue:
    """All data stored about the reader."""
    with change() as (session, user):
        personal_data.note_export(session, user, by=user.public_id)
    return as_file(personal_data.export(database(), user), user)


@blueprint.post("/account/erase")
@login_required
def erase() -> ResponseReturnValue:
    """Erase the reader for good, with the password."""
    if not request.form.get("sure"):
        return _page({"sure": gettext("Tick that you are sure: this cannot be undone.")}), 422
    letters: list[str] = []
    problems = with_password(
        lambda writing, user: letters.extend(personal_data.erase(writing, user, by=user.public_id))
    )
    if problems:
        return _page(problems), 422
    product().transport.forget(letters)
    drawings.drop_copies(product().data)
    session.clear()
    flash(gettext("Your account and the data kept about you are deleted."))
    return redirect(url_for("public.home"))
