"""Labels of states, moves, reasons and acts in the reader's language."""

from collections.abc import Mapping
from datetime import date

from flask import Flask
from flask_babel import gettext, ngettext

from matchmaker.domain.lanes import Lane
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import (
    EntryState,
    EventState,
    ImportState,
    MatchState,
    MembershipState,
    NeedState,
    OrderState,
    ParticipantState,
    ProfileState,
    QuoteState,
)
from matchmaker.domain.taxonomy_keys import Occasion
from matchmaker.web.kit import context, formats
from matchmaker.web.kit.context import product

ACTS = {
    "match.placed": N_("moved in the list"),
    "match.noted": N_("note changed"),
    "match.reminded": N_("reminded of the invitation"),
    "match.notified": N_("notified"),
    "match.added": N_("added by hand"),
    "match.asked": N_("asked to be invited"),
    "match.wanted": N_("the contractor is interested"),
    "decision.undone": N_("decision taken back"),
    "need.matched": N_("matcher run"),
    "need.seats": N_("number of seats changed"),
    "need.released": N_("shortlist shown to the contractor"),
    "need.exported": N_("shortlist downloaded"),
    "match.rated": N_("delivery rated"),
    "work.taken": N_("assigned"),
    "work.left": N_("released by the assignee"),
    "need.award": N_("contract made"),
    "need.award_undone": N_("contract taken back"),
    "need.closing": N_("need closed"),
    "need.closing_undone": N_("closing of the need undone"),
    "need.asked": N_("questions sent to the contractor"),
    "need.created": N_("need written"),
    "need.edited": N_("need changed"),
    "need.removal": N_("position removed"),
    "need.removal_undone": N_("removing of a position undone"),
    "need.corrected": N_("reading of the text corrected"),
    "need.renewed": N_("need changed by the centre that sent it"),
    "need.withdrawn": N_("need withdrawn by the centre that sent it"),
    "need.strictness": N_("strictness changed"),
    "need.openness": N_("openness changed"),
    "drawing.added": N_("file added"),
    "drawing.replaced": N_("file replaced"),
    "drawing.withdrawn": N_("file withdrawn"),
    "drawing.withdrawal": N_("file withdrawn"),
    "drawing.withdrawal_undone": N_("withdrawing of a file undone"),
    "drawing.opened": N_("file opened"),
    "drawing.previewed": N_("file previewed"),
    "nda.accepted": N_("agreement accepted"),
    "nda.withdrawn": N_("agreement withdrawn"),
    "nda.withdrawal": N_("agreement withdrawn"),
    "nda.withdrawal_undone": N_("withdrawing of an agreement undone"),
    "nda.text_set": N_("own text of the agreement set"),
    "nda.text_dropped": N_("own text of the agreement removed"),
    "quotes.cancelled": N_("sealed round of quotes cancelled, unopened"),
    "quotes.deadline": N_("deadline of quotes set"),
    "quotes.asked": N_("quotes asked for"),
}
_BANDS = {
    "to-100": N_("up to 100 thousand roubles"),
    "to-500": N_("100 to 500 thousand roubles"),
    "to-2000": N_("0.5 to 2 million roubles"),
    "to-10000": N_("2 to 10 million roubles"),
    "to-50000": N_("10 to 50 million roubles"),
    "more": N_("over 50 million roubles"),
}
_CHANNELS = {
    "portal": N_("on this site"),
    "phone": N_("by telephone"),
    "e-mail": N_("by e-mail"),
    "visit": N_("in a visit"),
    "fair": N_("at a fair"),
    "centre": N_("from another centre"),
    "file": N_("as a file"),
}
_IMPORTS = {
    ImportState.CHECKING: N_("being tried"),
    ImportState.CHECKED: N_("tried, not imported yet"),
    ImportState.RUNNING: N_("being imported"),
    ImportState.DONE: N_("imported"),
    ImportState.FAILED: N_("could not be read"),
    ImportState.DISCARDED: N_("not imported"),
    ImportState.UNDONE: N_("rolled back"),
    "new": N_("new"),
    "changed": N_("changed"),
    "same": N_("the same"),
    "doubtful": N_("doubtful"),
    "left_out": N_("left out"),
    "refused": N_("refused"),
}


def import_label(code: str) -> str:
    """The state of an imported file or of one of its rows."""
    return gettext(_IMPORTS[code])


def counted_rows(code: str, number: int) -> str:
    """What a number of rows of an imported file are, without the number."""
    return {
        "new": ngettext("new row", "new rows", number),
        "changed": ngettext("changed row", "changed rows", number),
        "same": ngettext("row as before", "rows as before", number),
        "doubtful": ngettext("doubtful row", "doubtful rows", number),
        "left_out": ngettext("row left out", "rows left out", number),
        "refused": ngettext("refused row", "refused rows", number),
    }[code]


def channel_label(code: str) -> str:
    """The channel by which a need came."""
    return gettext(_CHANNELS.get(code, code))


def band_label(code: str) -> str:
    """The value band of a contract."""
    return gettext(_BANDS[code])


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        MatchState=MatchState,
        reason_word=reason_word,
        MembershipState=MembershipState,
        NeedState=NeedState,
        act_label=act_label,
        band_label=band_label,
        channel_label=channel_label,
        counted_rows=counted_rows,
        import_label=import_label,
        lane_label=lane_label,
        move_label=move_label,
        queue_label=queue_label,
        letter_kind=letter_kind,
        reason_label=reason_label,
        material_label=material_label,
        standard_label=standard_label,
        state_label=state_label,
        vat_label=vat_label,
        reason_given=reason_given,
        revenue_label=revenue_label,
    )


def act_label(action: str) -> str:
    """The words for a journal entry about a need or a match."""
    if action in ACTS:
        return gettext(ACTS[action])
    family, _, state = action.partition(".")
    return state_label(family, state)


def reason_given(why: str) -> str:
    """A reason as it was given: the label of a known code, or the words themselves."""
    return reason_label(why) if why in context.product().taxonomy.reasons else why


_QUEUES = {
    "needs": N_("needs to publish"),
    "profiles": N_("profiles to check"),
    "unanswered": N_("invitations without an answer"),
    "duplicates": N_("possible duplicates"),
    "unverified": N_("certificates to verify"),
    "certificates": N_("certificates ending within 180 days"),
    "ladders": N_("steps to a certificate"),
    "cards": N_("development cards"),
    "orders": N_("orders that are late"),
    "matches": N_("proposals to look at"),
    "drafts": N_("drafts taken in and not submitted"),
    "unmatched": N_("published needs without a supplier"),
    "letters": N_("letters that could not be delivered"),
    "incoming": N_("letters that came and wait"),
    "quotes": N_("needs whose day for quotes has passed"),
    "imports": N_("imports with remarks"),
    "tasks": N_("tasks of today"),
}
_LANES: dict[str, str] = {
    Lane.INDEX: N_("Search index"),
    Lane.LETTERS: N_("E-mails"),
    Lane.FILES: N_("Files"),
    Lane.IMPORTS: N_("Imports"),
    Lane.SCHEDULE: N_("Work of the day"),
    Lane.PROGRAMS: N_("Messages to programs"),
    "ranker": N_("Order of suppliers"),
}
_MOVES: dict[str, str] = {
    NeedState.DRAFT: N_("Back to draft"),
    NeedState.SUBMITTED: N_("Submit to the centre"),
    NeedState.PUBLISHED: N_("Publish"),
    NeedState.SHORTLISTING: N_("Start the shortlist"),
    NeedState.NEGOTIATION: N_("Start negotiation"),
    NeedState.CONTRACTED: N_("Contract signed"),
    NeedState.COMPLETED: N_("Completed"),
    NeedState.CLOSED: N_("Close"),
    NeedState.EXPIRED: N_("Mark as expired"),
}


_LETTERS: dict[str, str] = {
    "letter": N_("letter"),
    "need": N_("draft need"),
    "answer": N_("answer"),
    "quote": N_("draft quote"),
    "bounce": N_("report of a mail server"),
    "automatic": N_("automatic letter"),
}


def letter_kind(kind: str) -> str:
    """What a letter that came is, or what was made of it."""
    return gettext(_LETTERS[kind])


def queue_label(name: str) -> str:
    return gettext(_QUEUES[name])


def standard_label(code: str) -> str:
    """The name of a standard of the taxonomy, or the code where it knows none."""
    return context.product().taxonomy.label("standard", code, context.language())


def lane_label(lane: str) -> str:
    """The name of a lane of work in the background, or of what stands beside it."""
    return gettext(_LANES[lane])


def move_label(state: str) -> str:
    """The text of the button that moves a need to a state."""
    return gettext(_MOVES[state])


def state_label(family: str, code: str) -> str:
    """The label of a state from the taxonomy, or the code where there is none."""
    statuses = context.product().taxonomy.statuses.get(family, ())
    found = next((status for status in statuses if status.code == code), None)
    if found is None and code == MatchState.PROPOSED:
        return gettext("proposed")
    return found.label.text(context.language()) if found else code


# By the kind of a state: the family of its label.
_FAMILIES: Mapping[type, str] = {
    NeedState: "need",
    MatchState: "decision",
    QuoteState: "quote",
    OrderState: "order",
    EntryState: "entry",
    EventState: "event",
    ParticipantState: "participant",
    ProfileState: "profile",
}


def filled(message: str, params: Mapping[str, object]) -> str:
    """A message with what fills it, in the reader's language."""
    told = {name: word_of(value) for name, value in params.items()}
    return gettext(message) % told if told else gettext(message)


def word_of(value: object) -> object:
    """A state or a day in the reader's language; any other value as it is."""
    if isinstance(value, date):
        return formats.day(value)
    family = _FAMILIES.get(type(value))
    return state_label(family, str(value)) if family else value


_VATS: Mapping[str, str] = {
    "included": N_("VAT included"),
    "added": N_("VAT is added"),
    "none": N_("without VAT"),
}
_MATERIAL_BY: Mapping[str, str] = {
    "customer": N_("supplied by the contractor"),
    "supplier": N_("bought by the supplier, in the price"),
}


_REVENUES: Mapping[str, str] = {
    "to-10": N_("up to 10 million ₽"),
    "to-30": N_("10 to 30 million ₽"),
    "to-60": N_("30 to 60 million ₽"),
    "to-120": N_("60 to 120 million ₽"),
    "to-400": N_("120 to 400 million ₽"),
    "to-800": N_("400 to 800 million ₽"),
    "to-2000": N_("800 million to 2 billion ₽"),
    "more": N_("more than 2 billion ₽"),
}


def revenues() -> list[tuple[str, str]]:
    """The bands of revenue in a year, by code and label."""
    return [(code, gettext(label)) for code, label in _REVENUES.items()]


def revenue_label(code: str) -> str:
    """The label of a band of revenue."""
    return gettext(_REVENUES[code])


def vat_label(code: str) -> str:
    """How a quote says VAT, by one of VATS."""
    return gettext(_VATS[code])


def material_label(code: str) -> str:
    """Whose material a quote counts on, by one of MATERIAL_BY."""
    return gettext(_MATERIAL_BY[code])


def reason_label(code: str) -> str:
    return context.product().taxonomy.label("reason", code, context.language())


def reason_given_for(occasion: Occasion) -> str:
    """The code of the reason that the product gives where nobody chose one."""
    return product().taxonomy.given_reasons[occasion]


def reason_word(code: str, language: str) -> str:
    """A reason of the taxonomy in a language."""
    return product().taxonomy.label("reason", code, language)
