"""How a year went: told by a shop on its page or by the link of a letter; for its centre the list of who told, and the form of a firm."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from matchmaker.domain.errors import FilterRefused, InvalidRecord, PeriodLocked, StaleRevision
from matchmaker.models import Profile, Session, User
from matchmaker.services.development import year_answers, year_questions
from matchmaker.services.development.year_questions import PAGE
from matchmaker.web.acts import list_acts
from matchmaker.web.kit import context, forms, labels
from matchmaker.web.kit.changes import change, unsigned_change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import own_centre
from matchmaker.web.pages.profile_access import changed_by_centre, own_profile, own_profile_in

blueprint = Blueprint("years", __name__)
FIRST_YEAR = 2000


@blueprint.get("/shop/year/")
@login_required
def own() -> ResponseReturnValue:
    """The form of the own shop about the year that ended."""
    return _form("development/own_year.html", own_profile(), _last())


def _last() -> int:
    return year_answers.last_year(context.today())


def _form(
    template: str,
    profile: Profile,
    year: int,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    stale: bool = False,
) -> str:
    session = database()
    told = year_answers.of_year(session, profile, year)
    locked = year_answers.is_locked(session, profile.organisation.centre, year)
    shown = year_answers.prefilled(session, profile, year)
    return render_template(
        template,
        name=profile.organisation.name(context.language()),
        profile=profile,
        year=year,
        told=told,
        locked=locked,
        form=shown if typed is None else typed,
        theirs=shown if stale else {},
        problems=problems or {},
        revision=told.revision if told else 0,
        revenues=labels.revenues(),
    )


@blueprint.post("/shop/year/")
@login_required
def tell() -> ResponseReturnValue:
    """Tell the centre of the own year."""
    own_profile()
    try:
        with change() as (session, user):
            _keep(session, own_profile_in(session), _last(), user)
    except InvalidRecord as error:
        problems = forms.problems_of(error)
        return _form("development/own_year.html", own_profile(), _last(), _typed(), problems), 422
    except StaleRevision:
        return _form("development/own_year.html", own_profile(), _last(), _typed(), stale=True), 409
    flash(gettext("Thank you: the centre knows how the year went."))
    return redirect(url_for("years.own"))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "")[:60] for name in year_answers.FIELDS}


def _keep(session: Session, profile: Profile, year: int, user: User | None) -> None:
    revision = request.form.get("revision", 0, type=int)
    told = year_answers.read(_typed())
    year_answers.tell(session, profile, year, told, user, revision=revision)


@blueprint.get("/answers/year/<token>")
def by_letter(token: str) -> ResponseReturnValue:
    """The form behind the link of a letter; it shows what was told and may be sent again."""
    asked = year_answers.asked(database(), token)
    return _form("answers/year.html", asked.profile, asked.year)


@blueprint.post("/answers/year/<token>")
def tell_by_letter(token: str) -> ResponseReturnValue:
    """Tell of the year by the link of a letter."""
    try:
        with unsigned_change() as session:
            asked = year_answers.asked(session, token)
            _keep(session, asked.profile, asked.year, asked.user)
    except (InvalidRecord, StaleRevision, PeriodLocked) as error:
        asked = year_answers.asked(database(), token)
        stale = not isinstance(error, InvalidRecord)
        problems = forms.problems_of(error) if isinstance(error, InvalidRecord) else {}
        page = _form("answers/year.html", asked.profile, asked.year, _typed(), problems, stale=stale)
        return page, 409 if stale else 422
    return render_template("answers/done.html", kind="year", key=None, token=token)


@blueprint.get("/work/years/")
@login_required
def listed() -> ResponseReturnValue:
    """The participants of a year, and what they told."""
    centre, year = own_centre(database()), _asked()
    silent, page = request.args.get("silent") == "yes", max(request.args.get("page", 1, type=int), 1)
    found = year_questions.listed(database(), centre, year, silent=silent, first=(page - 1) * PAGE)
    shown = found.total - found.told if silent else found.total
    return render_template(
        "development/years.html",
        found=found,
        year=year,
        years=range(_last(), max(FIRST_YEAR, _last() - 5), -1),
        silent=silent,
        locked=year_answers.is_locked(database(), centre, year),
        first=(page - 1) * PAGE,
        before=page - 1,
        after=page + 1 if page * PAGE < shown else 0,
    )


def _asked() -> int:
    """The year of an address, by default the one that ended last. Raises FilterRefused."""
    written = request.args.get("year", "").strip()
    if not written:
        return _last()
    if not (written.isascii() and written.isdigit() and FIRST_YEAR <= int(written[:5]) <= _last()):
        raise FilterRefused(name="year", value=written[:40])
    return int(written)


@blueprint.post("/work/years/ask")
@login_required
def ask() -> ResponseReturnValue:
    """Ask the participants that have not told, by letter."""
    year = _asked()
    with change() as (session, user):
        posted = year_questions.ask_again(session, own_centre(session), year, user, context.today())
    if posted:
        flash(ngettext("%(num)d letter is on its way.", "%(num)d letters are on their way.", posted))
    else:
        flash(
            gettext("Nobody is left to ask today: all have told, were asked today, or want no such letters.")
        )
    return redirect(url_for("years.listed", year=year))


@blueprint.get("/work/years/list.<kind>")
@login_required
def download(kind: str) -> ResponseReturnValue:
    """The participants of a year and what they told, as a file."""
    return list_acts.years(kind, _asked(), silent=request.args.get("silent") == "yes")


@blueprint.get("/work/years/<key>")
@login_required
def of_firm(key: str) -> ResponseReturnValue:
    """The form of a firm, for an operator that writes down what it hears."""
    return _form("development/firm_year.html", changed_by_centre(database(), key), _asked())


@blueprint.post("/work/years/<key>")
@login_required
def tell_for(key: str) -> ResponseReturnValue:
    """Write down what a firm says of its year."""
    year = _asked()
    try:
        with change() as (session, user):
            _keep(session, changed_by_centre(session, key), year, user)
    except InvalidRecord as error:
        profile, problems = changed_by_centre(database(), key), forms.problems_of(error)
        return _form("development/firm_year.html", profile, year, _typed(), problems), 422
    except StaleRevision:
        profile = changed_by_centre(database(), key)
        return _form("development/firm_year.html", profile, year, _typed(), stale=True), 409
    flash(gettext("What the firm says of its year is kept."))
    return redirect(url_for("years.listed", year=year))
