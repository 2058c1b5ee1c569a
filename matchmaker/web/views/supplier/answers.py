"""The pages behind the links of e-mails: a GET shows the answer to be recorded, or what was answered; the button records it."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, NotFound, NotNow
from matchmaker.domain.lifecycle import OPEN_NEEDS
from matchmaker.models import Need
from matchmaker.services.mail import letters, preferences
from matchmaker.services.needs import need_summary
from matchmaker.services.people import accounts
from matchmaker.services.profiles import capacity_answers, renewals, suppliers
from matchmaker.services.profiles.capacity import free_hours, groups
from matchmaker.services.shortlist import invitations, link_answers
from matchmaker.web.acts import report_acts
from matchmaker.web.kit import context, time_zones
from matchmaker.web.kit.changes import unsigned_change
from matchmaker.web.kit.context import database, language, product
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.pages import shop_standing, supplier_facts

blueprint = Blueprint("answers", __name__, url_prefix="/answers")


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """The need's card, with the button of the link's answer, or what was answered and the ways to change it. Of a need that
    can no longer be read only its title and the answer are left.
    """
    return _invitation(token)


def _invitation(token: str, problem: str = "") -> str:
    asked = link_answers.asked(database(), token)
    need, spoken, readable = asked.match.need, language(), asked.is_readable
    rows = (
        [
            *need_summary.card(need, spoken),
            *invitations.seats(need, invitations.free_seats(database(), need), spoken),
        ]
        if readable
        else []
    )
    told = readable and need.disclosure in {"open", "name-hidden"}
    return render_template(
        "answers/invitation.html",
        asked=asked,
        token=token,
        may_quote=need.told_state in OPEN_NEEDS and link_answers.may_quote(database(), asked),
        title=need_summary.title_in_letters(need, spoken),
        card=[*rows, *_until(need)] if readable else [],
        fit=invitations.fit(asked.match, spoken) if readable else {},
        text=need_summary.for_strangers(need).text if told else None,
        reasons=shop_standing.refusals(),
        problem=problem,
    )


def _until(need: Need) -> list[tuple[str, str]]:
    """The deadline for quotes as a row of the card."""
    if need.quotes_until is None:
        return []
    return [(gettext("Quotes until"), time_zones.deadline(need.quotes_until))]


@blueprint.post("/<token>")
def record(token: str) -> ResponseReturnValue:
    """Record the answer of the link, or another one; a refusal gives its reason."""
    try:
        with unsigned_change() as session:
            asked = link_answers.asked(session, token)
            given = request.form.get("answer", asked.answer)
            if given not in invitations.ANSWERS:
                raise NotFound(what="link", key="")
            reason = shop_standing.reason_of(given, request.form.get("reason", ""))
            link_answers.answer(session, token, given, reason)
            need, known = asked.match.need.public_id, asked.user is not None
            may_quote = link_answers.may_quote(session, asked)
    except InvalidRecord as error:
        return _invitation(token, problems_of(error)["reason"]), 422
    except NotNow as error:
        return _invitation(token, gettext(error.template)), 409
    except MoveNotAllowed:  # the page says what was answered, and that the need takes no more
        return _invitation(token), 409
    return render_template(
        "answers/done.html", kind=given, key=need, known=known, token=token, may_quote=may_quote
    )


@blueprint.get("/deal/<token>")
def deal(token: str) -> str:
    """The answer of the link, and what was answered before."""
    asked = link_answers.deal_asked(database(), token)
    title = need_summary.title_in_letters(asked.match.need, language())
    return render_template("answers/deal.html", asked=asked, title=title)


@blueprint.post("/deal/<token>")
def tell_deal(token: str) -> ResponseReturnValue:
    """Record the answer; one that no longer counts is told so."""
    try:
        with unsigned_change() as session:
            link_answers.tell_deal(session, token)
    except MoveNotAllowed:
        return deal(token), 409
    return render_template("answers/done.html", kind="deal", key=None)


@blueprint.get("/capacity/<token>")
def capacity(token: str) -> ResponseReturnValue:
    return _capacity(token, {}, {})


def _capacity(token: str, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    asked = capacity_answers.asked(database(), token)
    free = free_hours(asked.profile, context.today())
    return render_template(
        "answers/capacity.html",
        asked=asked,
        name=asked.profile.organisation.name(language()),
        groups=[
            (code, product().taxonomy.label("equipment", code, language()), free.get(code))
            for code in groups(asked.profile)
        ],
        typed=typed,
        problems=problems,
    )


@blueprint.post("/capacity/<token>")
def tell_capacity(token: str) -> ResponseReturnValue:
    typed = {name: value[:40] for name, value in request.form.items() if name.startswith("hours-")}
    hours = {name.removeprefix("hours-"): value for name, value in typed.items()}
    try:
        with unsigned_change() as session:
            capacity_answers.answer(session, token, context.today(), hours)
    except InvalidRecord as error:
        return _capacity(token, typed, problems_of(error)), 422
    return render_template("answers/done.html", kind="capacity", key=None)


@blueprint.get("/contract/<token>")
def contract(token: str) -> ResponseReturnValue:
    """The agreement of a contract as a PDF, for a side without an account; `language` in the address chooses ru or en."""
    return report_acts.contract_by_letter(token, report_acts.language_asked())


@blueprint.get("/fresh/<token>")
def fresh(token: str) -> ResponseReturnValue:
    """The facts of the profile, and the button that confirms them."""
    asked = renewals.asked(database(), token)
    record = suppliers.record(asked.profile)
    return render_template(
        "answers/fresh.html",
        name=asked.profile.organisation.name(language()),
        sections=[
            (renewals.LABELS[field], [supplier_facts.entry_line(one) for one in getattr(record, field)])
            for field in asked.fields
        ],
    )


@blueprint.post("/fresh/<token>")
def tell_fresh(token: str) -> ResponseReturnValue:
    with unsigned_change() as session:
        renewals.confirm(session, token, context.today())
    return render_template("answers/done.html", kind="fresh", key=None)


@blueprint.get("/letters/<token>")
def letters_of_kind(token: str) -> ResponseReturnValue:
    """The kind of e-mails that the link unsubscribes from, and the button for it."""
    _, kind = preferences.letters_of(database(), token)
    return _letters_page(kind, done=False)


@blueprint.post("/letters/<token>")
def leave_letters(token: str) -> ResponseReturnValue:
    """Unsubscribe from a kind of e-mails: by the page's button, or by one press in a mail program, which
    sends no form token.
    """
    with unsigned_change() as session:
        address, kind = preferences.letters_of(session, token)
        person = accounts.find(session, address)
        if person is None:
            preferences.refuse(session, address, kind)
        else:
            preferences.want_no_more(session, person, kind)
    return _letters_page(kind, done=True)


def _letters_page(kind: str, *, done: bool) -> str:
    return render_template("answers/letters.html", label=gettext(letters.OPTIONAL[kind]), done=done)
