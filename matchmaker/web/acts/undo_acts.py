"""Taking back what a person did lately: its right to the thing is asked again, then everything is as before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from matchmaker.domain.errors import Forbidden, NotFound, UndoOvertaken
from matchmaker.domain.lifecycle import WITH_QUOTE
from matchmaker.models import Centre, Need, Profile, Quote, Session, UndoableAct, User
from matchmaker.services.chains import clusters, parts_lists
from matchmaker.services.core import undoing
from matchmaker.services.desk import bulk_acts
from matchmaker.services.needs import drawings, ndas, needs
from matchmaker.services.profiles import merging, photos, profile_drafts
from matchmaker.services.quotes import quotes
from matchmaker.services.shortlist import awards, need_moves
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import product
from matchmaker.web.kit.standpoint import operator, own_centre
from matchmaker.web.pages.need_access import authorised, posting_party
from matchmaker.web.pages.profile_access import own_profile_in, visible

Thing = Need | Profile | Quote | Centre
Kind = TypeVar("Kind", Need, Centre)


@dataclass(frozen=True, slots=True)
class UndoWay:
    """The way back from a kind of act: what it was done to, for a person that may still do this, and the undo."""

    thing: Callable[[Session, UndoableAct], Thing]
    undo: Callable[[Session, UndoableAct, Thing, User], bool] = undoing.undo


def _need(action: str) -> Callable[[Session, UndoableAct], Need]:
    return lambda session, act: authorised(session, act.object_id, action).need


def _quote(session: Session, act: UndoableAct) -> Quote:
    quote = quotes.by_key(session, act.object_id)
    need = authorised(session, quote.match.need.public_id, "quote.submit").need
    quotes.check_open(session, need)
    if quote.match.state not in WITH_QUOTE:  # the firm has answered otherwise since
        raise UndoOvertaken
    return quote


def _own(session: Session, act: UndoableAct) -> Profile:
    profile = own_profile_in(session)
    if profile.public_id != act.object_id:
        raise NotFound(what="act", key=act.public_id)
    return profile


def _of_centre(session: Session, act: UndoableAct) -> Centre:
    centre = own_centre(session)
    if centre.public_id != act.object_id:
        raise NotFound(what="act", key=act.public_id)
    return centre


def _of_list(session: Session, act: UndoableAct) -> Centre:
    """The centre of a parts list that is gone, for an operator of it or a buyer of the firm whose list it was."""
    party = posting_party(session)
    if party.centre.public_id != act.object_id:
        raise NotFound(what="act", key=act.public_id)
    return party.centre


def _merged(session: Session, act: UndoableAct) -> Profile:
    operator(session)
    found = visible(session, act.object_id)
    if not found.may("profile.merge"):
        raise Forbidden
    return found.profile


def _on(
    kind: type[Kind], undo: Callable[[Session, UndoableAct, Kind, User], bool]
) -> Callable[[Session, UndoableAct, Thing, User], bool]:
    """The undo of acts on one kind of thing, as one on any."""

    def take_back(session: Session, act: UndoableAct, thing: Thing, user: User) -> bool:
        assert isinstance(thing, kind)
        return undo(session, act, thing, user)

    return take_back


_WAYS: Mapping[str, UndoWay] = {
    awards.AWARD: UndoWay(_need("need.award"), _on(Need, awards.undo)),
    need_moves.CLOSING: UndoWay(_need("need.edit")),
    needs.REMOVAL: UndoWay(_need("need.edit"), _on(Need, needs.bring_back)),
    drawings.TAKING_AWAY: UndoWay(_need("drawing.change")),
    ndas.WITHDRAWAL: UndoWay(_need("drawing.change")),
    quotes.WITHDRAWAL: UndoWay(_quote),
    profile_drafts.DISCARDING: UndoWay(_own),
    profile_drafts.REMOVAL: UndoWay(_own),
    photos.REMOVAL: UndoWay(_own),
    merging.MERGER: UndoWay(_merged),
    bulk_acts.PUBLISHING: UndoWay(_of_centre, _on(Centre, bulk_acts.undo_publishing)),
    bulk_acts.CLOSING: UndoWay(_of_centre),
    bulk_acts.ASSIGNING: UndoWay(_of_centre),
    clusters.LEAVING: UndoWay(_of_centre),
    clusters.UNLINKING: UndoWay(_of_centre),
    parts_lists.REMOVAL: UndoWay(_of_list),
}


def take_back(key: str) -> tuple[str, Thing]:
    """Take an act of the person's own back within its ten minutes; its kind and what it was done to. A repeat changes
    nothing. Raises NotFound, UndoTooLate.
    """
    with change() as (session, user):
        act = undoing.by_key(session, key, user)
        way = _WAYS[act.kind]
        thing = way.thing(session, act)
        way.undo(session, act, thing, user)
        kind, announced = act.kind, bool(act.announced)
        if isinstance(thing, Quote):
            assert thing.match.need.public_id  # read as long as the session is there
    if announced:
        product().index.catch_up()
    return kind, thing
