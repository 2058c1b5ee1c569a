"""Taking an act back: the button of the notice after it, and of the record's history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.models import Need, Profile, Quote, Session, UndoableAct, User
from matchmaker.services.core import undoing
from matchmaker.services.needs import drawings
from matchmaker.services.profiles import merging, photos, profile_drafts
from matchmaker.services.quotes import quotes
from matchmaker.services.shortlist import awards, need_moves
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import product
from matchmaker.web.kit.standpoint import operator
from matchmaker.web.pages.need_access import authorised
from matchmaker.web.pages.profile_access import own_profile_in, visible

blueprint = Blueprint("acts", __name__, url_prefix="/acts")


@dataclass(frozen=True, slots=True)
class _Way:
    """The way back from a kind of act: what it was done to, for a person that may still do this, the undo, and the page
    to go on from.
    """

    thing: Callable[[Session, UndoableAct], Need | Profile | Quote]
    page: Callable[[Need | Profile | Quote], str]
    undo: Callable[[Session, UndoableAct, Need | Profile | Quote, User], bool] = undoing.undo


def _need(action: str) -> Callable[[Session, UndoableAct], Need]:
    return lambda session, act: authorised(session, act.object_id, action).need


def _quote(session: Session, act: UndoableAct) -> Quote:
    quote = quotes.by_key(session, act.object_id)
    need = authorised(session, quote.match.need.public_id, "quote.submit").need
    quotes.check_open(session, need)
    return quote


def _own(session: Session, act: UndoableAct) -> Profile:
    profile = own_profile_in(session)
    if profile.public_id != act.object_id:
        raise NotFound(what="act", key=act.public_id)
    return profile


def _merged(session: Session, act: UndoableAct) -> Profile:
    operator(session)
    found = visible(session, act.object_id)
    if not found.may("profile.merge"):
        raise Forbidden
    return found.profile


def _take_contract_back(
    session: Session, act: UndoableAct, thing: Need | Profile | Quote, user: User
) -> bool:
    assert isinstance(thing, Need)
    return awards.undo(session, act, thing, user)


def _page(endpoint: str) -> Callable[[Need | Profile | Quote], str]:
    return lambda thing: url_for(endpoint, key=thing.public_id)


_WAYS: Mapping[str, _Way] = {
    awards.AWARD: _Way(_need("need.award"), _page("needs.show"), _take_contract_back),
    need_moves.CLOSING: _Way(_need("need.edit"), _page("needs.show")),
    drawings.TAKING_AWAY: _Way(_need("drawing.change"), _page("drawings.listed")),
    quotes.WITHDRAWAL: _Way(_quote, lambda quote: url_for("quotes.own", key=_need_of(quote))),
    profile_drafts.DISCARDING: _Way(_own, lambda _: url_for("profile.show")),
    profile_drafts.REMOVAL: _Way(_own, lambda _: url_for("profile.show")),
    photos.REMOVAL: _Way(_own, lambda _: url_for("photos.own")),
    merging.MERGER: _Way(_merged, _page("public.supplier")),
}


def _need_of(quote: Need | Profile | Quote) -> str:
    assert isinstance(quote, Quote)
    return quote.match.need.public_id


@blueprint.post("/<key>/undo")
@login_required
def undo(key: str) -> ResponseReturnValue:
    """Take an act of the reader's own back within its ten minutes; a repeated press changes nothing."""
    with change() as (session, user):
        act = undoing.by_key(session, key, user)
        way = _WAYS[act.kind]
        thing = way.thing(session, act)
        way.undo(session, act, thing, user)
        announced, place = list(act.announced), way.page(thing)
    if announced:
        product().index.catch_up()
    flash(gettext("It is undone: everything is as it was before."))
    return redirect(place)
