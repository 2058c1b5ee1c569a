"""Development cards: made from a supplier that a condition removes from a need, measured by the matcher, read by the shop."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import Faults, InvalidRecord, StaleRevision
from matchmaker.domain.lifecycle import CardState
from matchmaker.models import DevelopmentCard, Need, Profile
from matchmaker.models.development import CLOSING_MEANS
from matchmaker.services.development import development_cards, ladders
from matchmaker.services.development.development_cards import PAGE
from matchmaker.web.acts import card_acts
from matchmaker.web.kit import context, form_tokens, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import operator, standpoint

blueprint = Blueprint("cards", __name__)
LAST_PAGE = 200
# What usually closes a requirement, as the form proposes it.
_USUAL = {
    "certification": "certificate",
    "tolerance": "measuring",
    "roughness": "measuring",
    "hardness": "measuring",
    "languages": "training",
}


@blueprint.get("/work/cards/")
@login_required
def listed() -> ResponseReturnValue:
    """The cards of the centre, those due first first."""
    operator(database())
    given = request.args.get("state", "open")
    state = CardState(given) if given in set(CardState) else None
    page = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    found = development_cards.page_of_centre(database(), standpoint(database()).home, state, page)
    cards = found.cards
    return render_template(
        "development/cards.html",
        cards=cards,
        total=found.total,
        pages=_pages(page, found.total, given),
        told={card.id: card_acts.need_told(card) for card in cards},
        state=state or "",
        states=card_acts.STATES,
        means=card_acts.MEANS,
        label=card_acts.label,
        today=context.today(),
    )


def _pages(page: int, total: int, state: str | None = None) -> dict[str, str]:
    """The addresses of the pages before and after one, "" where there is none."""
    assert request.endpoint is not None
    beside = {"before": page - 1, "after": page + 1 if page * PAGE < total else 0}
    return {
        name: url_for(request.endpoint, page=number, state=state) if number else ""
        for name, number in beside.items()
    }


@blueprint.get("/work/cards.<kind>")
@login_required
def download(kind: str) -> ResponseReturnValue:
    """The cards as a file."""
    return card_acts.as_file(kind)


@blueprint.get("/work/cards/new/<need>/<supplier>")
@login_required
def new(need: str, supplier: str) -> ResponseReturnValue:
    """The form of a card for a supplier and a need, with what closes the need to it."""
    return _new(need, supplier)


def _new(
    need: str,
    supplier: str,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> str:
    profile, found = card_acts.pair(database(), need, supplier)
    if problems is None:
        problems = _untold(profile, found)
    said = card_acts.measured(profile, found)
    first = next(iter(said["closing"]), "")
    form = typed or {"requirement": first, "closes": _USUAL.get(first, "machine")}
    return _form(profile, found, form, problems or {}, said=said)


def _untold(profile: Profile, need: Need) -> Mapping[str, str]:
    """Why no card may be made for the supplier, before anything is typed."""
    try:
        development_cards.check_told(database(), profile, need)
    except InvalidRecord as error:
        return forms.problems_of(error)
    return {}


def _form(
    profile: Profile,
    need: Need,
    form: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    said: Mapping[str, object] | None = None,
    card: DevelopmentCard | None = None,
    theirs: Mapping[str, str] | None = None,
) -> str:
    return render_template(
        "development/card.html",
        profile=profile,
        need=need,
        card=card,
        said=said,
        form=form,
        problems=problems,
        theirs=theirs or {},
        told=card_acts.need_told(card) if card else None,
        reasons_of=card_acts.reasons,
        label=card_acts.label,
        means=[(one, gettext(card_acts.MEANS[one])) for one in CLOSING_MEANS],
        states=card_acts.STATES,
        people=ladders.people(database(), profile, need.centre),
        once=form_tokens.given() if request.method == "POST" else form_tokens.token(),
        today=context.today(),
    )


@blueprint.post("/work/cards/new/<need>/<supplier>")
@login_required
def make(need: str, supplier: str) -> ResponseReturnValue:
    """Make the card."""
    typed = {name: request.form.get(name, "") for name in development_cards.FIELDS}
    said = card_acts.measured(*card_acts.pair(database(), need, supplier))
    faults = Faults()
    try:
        with faults:
            card_acts.check_gap(said)
        with faults:
            given = development_cards.read(typed, context.today())
        faults.settle()
        with change() as (session, user):
            joined = card_acts.pair(session, need, supplier)
            card = development_cards.make(session, joined, given, said, form_tokens.given(), user)
            key = card.public_id
    except InvalidRecord as error:
        return _new(need, supplier, typed, forms.problems_of(error)), 422
    flash(gettext("The card is made; the supplier sees it."))
    return redirect(url_for("cards.show", key=key))


@blueprint.get("/work/cards/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """A card with what the matcher said before, said last, and says now."""
    return _show(key)


def _show(
    key: str,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    stale: bool = False,
) -> str:
    card = card_acts.kept(database(), key)
    present = development_cards.typed_of(card)
    said = card_acts.measured(card.profile, card.need)
    theirs = present if stale else {}
    return _form(
        card.profile, card.need, typed or present, problems or {}, said=said, card=card, theirs=theirs
    )


@blueprint.post("/work/cards/<key>")
@login_required
def save(key: str) -> ResponseReturnValue:
    """Change what closes the gap, by when and whose it is."""
    typed = {name: request.form.get(name, "") for name in development_cards.FIELDS}
    try:
        with change() as (session, user):
            card = card_acts.kept(session, key)
            given = development_cards.read(typed, context.today(), card.due_on)
            development_cards.change(session, card, given, forms.revision(request.form), user)
    except InvalidRecord as error:
        return _show(key, typed, forms.problems_of(error)), 422
    except StaleRevision:
        return _show(key, typed, stale=True), 409
    flash(gettext("Saved."))
    return redirect(url_for("cards.show", key=key))


@blueprint.post("/work/cards/<key>/measure")
@login_required
def measure(key: str) -> ResponseReturnValue:
    """Let the matcher say anew what closes the need; the card is done where its requirement does not."""
    card = card_acts.kept(database(), key)
    said = card_acts.measured(card.profile, card.need)
    try:
        with change() as (session, user):
            done = development_cards.measure(session, card_acts.kept(session, key), said, user)
    except InvalidRecord as error:
        return _show(key, problems=forms.problems_of(error)), 422
    flash(gettext("The gap is closed.") if done else gettext("The gap is still there."))
    return redirect(url_for("cards.show", key=key))


@blueprint.post("/work/cards/<key>/drop")
@login_required
def drop(key: str) -> ResponseReturnValue:
    """Give a card up."""
    with change() as (session, user):
        development_cards.drop(session, card_acts.kept(session, key), user)
    flash(gettext("Saved."))
    return redirect(url_for("cards.listed"))


@blueprint.get("/shop/cards/")
@login_required
def own() -> ResponseReturnValue:
    """The cards of the reader's own shop."""
    every = card_acts.own()
    page = min(max(request.args.get("page", 1, int), 1), LAST_PAGE)
    cards = every[(page - 1) * PAGE : page * PAGE]
    return render_template(
        "development/own_cards.html",
        cards=cards,
        total=len(every),
        pages=_pages(page, len(every)),
        told={card.id: card_acts.need_told(card) for card in cards},
        means=card_acts.MEANS,
        states=card_acts.STATES,
        label=card_acts.label,
        reasons_of=card_acts.reasons,
        today=context.today(),
    )
