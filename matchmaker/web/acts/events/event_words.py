"""The words for events: their kinds, hours, results of meetings, why a wish has no meeting."""

from collections.abc import Mapping

from flask import Flask
from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import EventState
from matchmaker.services.events import event_letters
from matchmaker.services.events.events import hour_of
from matchmaker.services.events.meetings import UnmetReason

RESULTS: Mapping[str, str] = {
    "held": N_("took place"),
    "order": N_("an order is agreed"),
    "talks": N_("talks go on"),
    "nothing": N_("came to nothing"),
    "missed": N_("did not take place"),
}
_UNMET: Mapping[UnmetReason, str] = {
    UnmetReason.NOT_COMING: N_("the other firm does not come"),
    UnmetReason.SET_ASIDE: N_("set aside by the centre"),
    UnmetReason.NO_COMMON_TIME: N_("the two are never there at the same time"),
    UnmetReason.OWN_FULL: N_("all its own time is taken by other meetings"),
    UnmetReason.OTHER_FULL: N_("all the time of the other firm is taken"),
    UnmetReason.NO_TABLE: N_("no table is free when both are"),
    UnmetReason.NO_FREE_SLOT: N_("both have free time, though never at once"),
}
_DEALS: Mapping[str, str] = {"yes": N_("yes"), "talks": N_("not yet, talks go on"), "no": N_("no")}
_MOVES: Mapping[EventState, str] = {
    EventState.ANNOUNCED: N_("Announce and send the invitations"),
    EventState.TIMETABLED: N_("Tell the timetable and send it to the firms"),
    EventState.HELD: N_("It has taken place"),
    EventState.CALLED_OFF: N_("Call it off"),
}


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        deal_words=deal_words,
        event_kind=kind_label,
        event_move=move_label,
        hour_of=hour_of,
        meeting_results=RESULTS,
        unmet_words=unmet_words,
    )


def kind_label(kind: str) -> str:
    return gettext(event_letters.KINDS[kind])


def unmet_words(reason: UnmetReason) -> str:
    """Why a wish has no meeting."""
    return gettext(_UNMET[reason])


def deal_words(deal: str) -> str:
    """Whether a deal came about, in words."""
    return gettext(_DEALS[deal])


def move_label(state: EventState, target: EventState) -> str:
    """The text of the button that moves an event on from a state."""
    if target is EventState.ANNOUNCED and state is EventState.TIMETABLED:
        return gettext("Open the registration again")
    return gettext(_MOVES[target])


def result_of(held: bool | None, result: str | None) -> str:
    """What is noted of a meeting, as a key of RESULTS; "" for nothing yet."""
    if held is None:
        return ""
    return result or ("held" if held else "missed")
