"""A person's keys for programs: created here, shown once, ended at any time."""

from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.language import N_
from matchmaker.services.people import api_keys
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.kit.forms import problems_of

# What a key may only where its person ticks it.
_RIGHTS = {
    "drawings": N_("drawings: list and download them"),
    "export": N_("lists and shortlists as files"),
    "import": N_("import lists into the centre"),
    "audit": N_("read the journal"),
}
blueprint = Blueprint("keys", __name__, url_prefix="/account/keys")


@blueprint.route("/", methods=["GET", "POST"])
@login_required
def mine() -> ResponseReturnValue:
    """The reader's own keys, and creating one; only this answer shows its secret."""
    if request.method == "GET":
        return _page({}, {})
    form = {name: request.form.get(name, "").strip()[:300] for name in ("name", "scope", "days")}
    special = [one for one in request.form.getlist("special") if one in api_keys.SPECIAL]
    durations = map(str, (api_keys.UNTIL_SIGN_OUT, *api_keys.DAYS))
    days, here = int(form["days"]) if form["days"] in durations else 0, signed_in().session_id
    try:
        with change() as (session, user):
            write = form["scope"] == api_keys.WRITE
            secret = api_keys.make(
                session, user, form["name"], write=write, days=days, special=special, session_id=here
            )
    except InvalidRecord as error:
        return _page(form, problems_of(error), special=special), 422
    return _page({}, {}, secret)


def _page(
    form: dict[str, str], problems: dict[str, str], secret: str = "", special: Collection[str] = ()
) -> str:
    return render_template(
        "account/keys.html",
        keys=api_keys.of_user(database(), signed_in().user),
        durations=api_keys.DAYS,
        until_sign_out=api_keys.UNTIL_SIGN_OUT,
        form=form,
        problems=problems,
        secret=secret,
        rights=_RIGHTS,
        special=special,
    )


@blueprint.post("/<int:number>/end")
@login_required
def end(number: int) -> Response:
    """End one of the reader's own keys; the program's next request is refused."""
    with change() as (session, user):
        api_keys.end(session, user, number)
    flash(gettext("The key is revoked; the program's next request will be refused."))
    return redirect(url_for("keys.mine"))
