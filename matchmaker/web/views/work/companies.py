"""A firm as its centre works with it: tasks, dealings, a timeline; and what the centre notes about it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, NotFound
from matchmaker.domain.typed_text import day_of
from matchmaker.models import Organisation, Session
from matchmaker.services.desk import companies
from matchmaker.services.desk.companies import NoteGiven
from matchmaker.services.people import personal_data
from matchmaker.services.profiles import duplicates, fact_sources, suppliers
from matchmaker.web.kit import context, form_tokens, forms, terms
from matchmaker.web.kit.addresses import onward
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages import remarks

blueprint = Blueprint("companies", __name__, url_prefix="/work/companies")


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    return _page(key, {}, {})


@blueprint.get("/<key>/sources")
@login_required
def sources(key: str) -> str:
    """Whose word each fact of the firm's profile is, and other centres that know the firm."""
    firm = _own(database(), key)
    profile = suppliers.of_organisation(database(), key)
    return render_template(
        "operator/company_sources.html",
        firm=firm,
        profile=profile,
        sources=fact_sources.of_profile(database(), profile, suppliers.record(profile)),
        elsewhere=duplicates.elsewhere(database(), firm),
        fact_words=terms.fact,
        field_label=lambda name: remarks.field_label(name, gettext),
    )


@blueprint.post("/<key>/notes")
@login_required
def add(key: str) -> ResponseReturnValue:
    """Keep a note, a call or a task about the firm."""
    given = {name: request.form.get(name, "") for name in ("kind", "text", "due_on")}
    try:
        with change() as (session, user):
            companies.add_note(session, _own(session, key), _note(given), user, context.today())
    except InvalidRecord as error:
        return _page(key, given, forms.by_field(error)), 422
    flash(gettext("It is noted. Only the centre reads it."))
    return redirect(url_for("companies.show", key=key))


@blueprint.post("/<key>/tasks")
@login_required
def settle(key: str) -> ResponseReturnValue:
    """Say that a task is done, or open after all."""
    done = request.form.get("done") == "yes"
    try:
        with change() as (session, user):
            firm = _own(session, key)
            companies.settle(session, firm, request.form.get("task", ""), user, done=done)
    except InvalidRecord as error:
        return _page(key, {}, forms.by_field(error)), 422
    flash(gettext("Saved."))
    return onward(url_for("companies.show", key=key))


def _page(key: str, typed: dict[str, str], problems: dict[str, str]) -> str:
    found = companies.shown(database(), _own(database(), key), context.language())
    return render_template(
        "operator/company.html",
        company=found,
        typed=typed or {"kind": "note"},
        problems=problems,
        once=form_tokens.given(),
        today=context.today(),
        nobody=personal_data.ERASED,
    )


def _own(session: Session, key: str) -> Organisation:
    """The firm with this public id, for an operator of its centre. Raises Forbidden, NotFound."""
    operator(session)
    firm = suppliers.organisation(session, key)
    if firm.centre.code not in standpoint(session).centres:
        raise NotFound(what="organisation", key=key)
    return firm


def _note(given: dict[str, str]) -> NoteGiven:
    text = given["text"].replace("\r\n", "\n").strip()
    day = day_of(given["due_on"])
    return NoteGiven(form_tokens.given(), given["kind"], text, day)
