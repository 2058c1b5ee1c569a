"""Support measures and helpers for a reader: what suits a firm, the centre's list as a file."""

from collections.abc import Sequence

from flask import Response
from flask_babel import gettext

from importers.cells import amount_text
from matchmaker.domain.errors import NotFound
from matchmaker.models import Profile, Session, SupportOffer
from matchmaker.services.development import support_fit, support_offers
from matchmaker.services.development.support_fit import SupportFit
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import ladder_list, list_acts, support_words
from matchmaker.web.kit import context, formats
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import own_centre


def kept(session: Session, key: str) -> SupportOffer:
    """An offer of the operator's own centre. Raises Forbidden, NotFound."""
    return support_offers.by_key(session, key, own_centre(session).id)


def suiting(profile: Profile) -> list[SupportFit]:
    """The offers of a supplier's centre judged for it, those that suit first; what no condition fits is left out."""
    session, recogniser = database(), product().recogniser
    offers = support_offers.of_centre(session, profile.organisation.centre_id)
    if not offers:
        return []
    wanted = frozenset(ladder_list.asked_standards(profile))
    today = context.today()
    facts = support_offers.facts_of(session, profile, recogniser.codes, wanted, today)
    return support_fit.fits(offers, facts, product().taxonomy, today)


def as_file(of: str, kind: str) -> Response:
    """The measures or the helpers of the centre as a file. Raises Forbidden, NotFound."""
    if of not in {"measures", "helpers"}:
        raise NotFound(what="list", key=of[:60])
    measures = of == "measures"
    offers = support_offers.of_centre(database(), own_centre(database()).id)
    rows = [_row(one) for one in offers if one.is_measure == measures]
    columns = (
        gettext("Kind"), gettext("Name"), gettext("Who gives it"), gettext("What it is"), gettext("Conditions"),
        gettext("First day"), gettext("Last day"), gettext("Up to, ₽"), gettext("Share of the cost, per cent"), gettext("Papers"),
        gettext("Accreditation"), gettext("Contacts"), gettext("Address"),
    )  # fmt: skip
    title = gettext("Support measures") if measures else gettext("Helpers")
    return list_acts.answer(DownloadTable(title, columns, rows), kind, of)


def _row(offer: SupportOffer) -> Sequence[str]:
    return (
        support_words.kind_label(offer.kind),
        offer.name,
        offer.giver or "",
        offer.text or "",
        "; ".join(support_words.conditions(offer)),
        formats.day(offer.opens_on) if offer.opens_on else "",
        formats.day(offer.closes_on) if offer.closes_on else "",
        amount_text(offer.most_minor) if offer.most_minor else "",
        str(offer.share_percent or ""),
        offer.papers or "",
        offer.accreditation or "",
        offer.contacts or "",
        offer.link or "",
    )
