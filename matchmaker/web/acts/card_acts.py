"""Development cards for a reader: what the matcher says of a supplier and a need, the cards as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask import Response
from flask_babel import force_locale, gettext

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import DevelopmentCard, Need, Profile, Session
from matchmaker.services.development import development_cards
from matchmaker.services.matching import matching, profile_gains
from matchmaker.services.matching.wording import Wording
from matchmaker.services.profiles import suppliers
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import list_acts
from matchmaker.web.kit import context, formats
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages.need_access import access_of, curated
from matchmaker.web.pages.profile_access import may_see, own_profile

MEANS: Mapping[str, str] = {
    "certificate": N_("a certificate"),
    "machine": N_("a machine"),
    "measuring": N_("measuring means"),
    "training": N_("training"),
    "other": N_("something else"),
}
STATES: Mapping[str, str] = {"open": N_("open"), "done": N_("done"), "dropped": N_("given up")}
_LANGUAGES = ("ru", "en")


def measured(profile: Profile, need: Need) -> dict[str, Any]:
    """What the matcher says now, ready to be stored: the requirements that close the need to the supplier, and these in words."""
    parts = context.matching()
    suppliers.complete(context.database(), [profile])
    closing = profile_gains.closing(profile, need, parts)
    found = matching.match_one(need, profile.public_id, parts)
    verdicts = [one for one in found.verdicts if one.requirement in closing] if found else []
    reasons: dict[str, list[dict[str, str]]] = {}
    for language in _LANGUAGES:
        with force_locale(language):
            words = Wording(context.product().taxonomy, language, gettext)
            reasons[language] = [asdict(words.reason(one)) for one in verdicts]
    return {"closing": list(closing), "reasons": reasons}


def label(requirement: str) -> str:
    """The name of a requirement in the reader's language."""
    return context.wording().label(requirement)


def reasons(said: Mapping[str, Any] | None) -> Sequence[Mapping[str, str]]:
    """What was measured, in the reader's language."""
    found: Sequence[Mapping[str, str]] = ((said or {}).get("reasons") or {}).get(context.language(), ())
    return found


def pair(session: Session, need: str, supplier: str) -> tuple[Profile, Need]:
    """A supplier and a need of the operator's own centre, by their public ids. Raises Forbidden, NotFound."""
    found = curated(session, need)
    profile = suppliers.by_key(session, supplier)
    if not may_see(session, profile):
        raise NotFound(what="supplier", key=supplier)
    return profile, found


def kept(session: Session, key: str) -> DevelopmentCard:
    """The card, for an operator of its need's centre. Raises Forbidden, NotFound."""
    operator(session)
    card = development_cards.by_key(session, key)
    if card.need.centre.code not in standpoint(session).centres:
        raise NotFound(what="card", key=key)
    return card


def own() -> Sequence[DevelopmentCard]:
    """The cards of the reader's own shop, without those of needs that are hidden from it. Raises Forbidden."""
    session = database()
    cards = development_cards.of_profile(session, own_profile())
    return [card for card in cards if (found := access_of(session, card.need)).may(found.view_action)]


def check_gap(said: Mapping[str, Any]) -> None:
    """Raise InvalidRecord where nothing closes the need to the supplier: there is no gap to join."""
    if not said["closing"]:
        message = N_("Nothing closes this need to the supplier: there is no gap to close.")
        raise InvalidRecord((Problem("requirement", "card.none", message),))


def need_told(card: DevelopmentCard) -> tuple[str, str]:
    """The title of a card's need and the name of its contractor, "" where the reader may not know it."""
    found = access_of(database(), card.need)
    return found.title, found.contractor_name


def as_file(kind: str) -> Response:
    """The cards of the centre as a file. Raises Forbidden."""
    operator(database())
    cards = development_cards.of_centre(database(), standpoint(database()).home)
    columns = (
        gettext("Supplier"), gettext("Need"), gettext("Contractor"), gettext("Requirement"), gettext("What closes it"),
        gettext("What exactly"), gettext("By"), gettext("State"), gettext("Responsible"), gettext("Before"), gettext("After"),
    )  # fmt: skip
    rows = [_row(card) for card in cards]
    return list_acts.answer(DownloadTable(gettext("Development cards"), columns, rows), kind, "cards")


def _row(card: DevelopmentCard) -> Sequence[str]:
    title, contractor = need_told(card)
    return (
        card.profile.organisation.name(context.language()),
        title,
        contractor,
        label(card.requirement),
        gettext(MEANS[card.closes]),
        card.what,
        formats.day(card.due_on),
        gettext(STATES[card.state]),
        card.owner.name if card.owner else "",
        _closing(card.before),
        _closing(card.after) if card.after else "",
    )


def _closing(said: Mapping[str, Any]) -> str:
    closing = said.get("closing") or ()
    return ", ".join(map(label, closing)) if closing else gettext("nothing closes the need")
