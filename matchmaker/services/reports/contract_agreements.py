"""The agreement of a contract as a PDF: the centre's model, filled in from an award.

The model is a file (config/contracts/model.yaml, or the centre's own); its blanks are named in it. What the award does not tell
stays a blank to be filled in by hand. It is no legal advice, which the model says on every page.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template
from typing import Any

import yaml
from babel.numbers import format_currency
from sqlalchemy.orm import Session

from matchmaker import resources
from matchmaker.domain.errors import NotFound, SettingInvalid
from matchmaker.domain.language import N_
from matchmaker.models import Decision, Match, Need, Organisation
from matchmaker.services.core import journal, typesetting
from matchmaker.services.core.amounts import apart
from matchmaker.services.core.site import day_of
from matchmaker.services.mail import letters
from matchmaker.services.needs import drawings, need_summary, needs
from matchmaker.services.quotes import position_prices, quote_terms, quotes
from matchmaker.services.shortlist import contract_contacts, match_decisions

LANGUAGES = ("ru", "en")
BLANK = "________________"
# The words that a model may leave blank.
BLANKS = frozenset(
    (
        *(
            "number",
            "day",
            "contractor",
            "contractor_details",
            "supplier",
            "supplier_details",
            "subject",
            "quantity",
        ),
        *("total", "vat", "tooling", "payment", "term", "deliver_by", "delivery", "material", "papers"),
        *("drawings", "conditions"),
    )
)
_VAT = {"included": N_("included in the price"), "added": N_("added to the price"), "none": N_("not charged")}
_MATERIAL = {"customer": N_("supplied by the contractor"), "supplier": N_("supplied by the supplier")}


@dataclass(frozen=True, slots=True)
class ModelSection:
    """A section of a model: the heading, the paragraphs with their blanks, and whether the table of positions follows."""

    heading: str
    paragraphs: tuple[str, ...]
    positions: bool = False


@dataclass(frozen=True, slots=True)
class ContractModel:
    """A centre's model in one language; `contractor` and `supplier` are the words for the two sides."""

    version: str
    title: str
    notice: str
    contractor: str
    supplier: str
    sections: tuple[ModelSection, ...]


@dataclass(frozen=True, slots=True)
class ContractAgreement:
    """An agreement, ready to be set: all in words of its language."""

    language: str
    centre: str
    title: str
    notice: str
    model: str
    number: str
    place: str
    day: str
    sections: tuple[ModelSection, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, str], ...]
    signatures: tuple[tuple[str, str], ...]


def models(path: Path | None) -> Mapping[str, ContractModel]:
    """The model by language, from a centre's own file, else the one that ships. Raises SettingInvalid, which says what is wrong."""
    chosen = path or resources.folder("config") / "contracts" / "model.yaml"
    try:
        given = resources.read_yaml(chosen)
        return {language: _model(str(given["version"]), given[language]) for language in LANGUAGES}
    except (OSError, ValueError, yaml.YAMLError, AttributeError, KeyError, TypeError) as error:
        reason = str(error) if isinstance(error, ValueError) else f"{type(error).__name__}: {error}"
        raise SettingInvalid(name="MATCHMAKER_CONTRACT_MODEL", reason=f"{chosen}: {reason}") from error


def _model(version: str, given: Mapping[str, Any]) -> ContractModel:
    sections = tuple(
        ModelSection(str(one["heading"]), tuple(map(str, one["paragraphs"])), bool(one.get("positions")))
        for one in given["sections"]
    )
    words = [part for one in sections for part in (one.heading, *one.paragraphs)]
    unknown = sorted({name for part in words for name in Template(part).get_identifiers()} - BLANKS)
    if unknown:
        raise ValueError(f"unknown blanks: {', '.join(f'${name}' for name in unknown)}")
    if not all(Template(part).is_valid() for part in words):
        raise ValueError("a $ stands before no name; write $$ for the sign itself")
    title, notice, contractor, supplier = (
        str(given[name]) for name in ("title", "notice", "contractor", "supplier")
    )
    return ContractModel(version, title, notice, contractor, supplier, sections)


def contract_of(session: Session, need: Need, key: str) -> tuple[Match, Decision]:
    """The match of a contract that has stood, by its public id, and the decision for it. Raises NotFound."""
    match = match_decisions.by_key(session, key)
    if match.need_id == need.id and match.shows_contacts:
        for made in match_decisions.contracts(session, need):
            if made.profile_id == match.profile_id:
                return match, made
    raise NotFound(what="match", key=key)


def contract_by_letter(session: Session, token: str) -> tuple[Match, Decision, str]:
    """The contract of a letter's link, as `contract_of`, and the side ("supplier" or "contractor") that it was sent to. Raises NotFound,
    LinkSpent where the address no longer speaks for its firm.
    """
    match, side = contract_contacts.side_asked(session, "contract", token)
    return *contract_of(session, match.need, match.public_id), side


def agreement(
    session: Session,
    match: Match,
    made: Decision,
    model: ContractModel,
    language: str,
    *,
    names_drawings: bool,
) -> ContractAgreement:
    """The agreement of a contract in a language; it names the drawings for readers to whom these are open."""
    need, quote = match.need, quotes.of_match(session, match)
    terms = quote_terms.of(quote) if quote and quote.is_accepted else None
    _ = letters.words(language)
    rows = _rows(need, made, terms)
    currency = (
        terms.currency if terms else next((one.currency for one in match_decisions.awarded(made)), None)
    )
    total = sum(row.total_minor for row in rows if row.total_minor is not None)
    whole = total if rows and all(row.total_minor is not None for row in rows) else None
    filled = _blanks(session, match, made, terms, language) | {
        "drawings": (_drawings(session, need, language) if names_drawings else "") or BLANK,
        "total": _money(whole, currency, language) or BLANK,
        "quantity": ", ".join(row.pieces for row in rows if row.pieces) or BLANK,
    }
    tooling = terms.tooling_minor if terms else None
    totals = [(_(N_("Total")), filled["total"])]
    totals += [(_(N_("Tooling, paid once")), _money(tooling, currency, language))] if tooling else []
    return ContractAgreement(
        language,
        need.centre.name(language),
        model.title,
        model.notice,
        _(N_("Model %(version)s")) % {"version": model.version},
        f"№ {filled['number']}",
        (need.contractor.city if need.contractor else None) or "",
        filled["day"],
        tuple(
            ModelSection(
                Template(one.heading).substitute(filled),
                tuple(Template(part).substitute(filled) for part in one.paragraphs),
                one.positions,
            )
            for one in model.sections
        ),
        tuple(
            _(word) for word in (N_("No."), N_("Position"), N_("Pieces"), N_("Price of a piece"), N_("Sum"))
        ),
        tuple(
            (
                str(number),
                row.title,
                row.pieces or "—",
                _money(row.price_minor, currency, language) or "—",
                _money(row.total_minor, currency, language) or BLANK,
            )
            for number, row in enumerate(rows, 1)
        ),
        tuple(totals),
        ((model.contractor, filled["contractor"]), (model.supplier, filled["supplier"])),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    title: str
    pieces: str
    price_minor: int | None
    total_minor: int | None


def _rows(need: Need, made: Decision, terms: quote_terms.QuoteTerms | None) -> list[_Row]:
    """The positions of the contract; a need without positions is one."""
    numbers = {one.id: one.drawing_number or one.number for one in needs.record(need).positions}
    priced = {one.id: one for one in terms.positions} if terms else {}
    found = []
    for one in match_decisions.awarded(made) or _all(need, priced):
        price = one.price_minor
        total = price * one.quantity if price is not None and one.quantity is not None else None
        title = ", ".join(filter(None, (one.title, numbers.get(one.id))))
        found.append(_Row(title, str(one.quantity or ""), price, total))
    if found:
        return found
    pieces = str(need.quantity) if need.quantity else ""
    return [_Row(need_summary.title_of(need), pieces, None, terms.amount_minor if terms else None)]


def _all(
    need: Need, priced: Mapping[str, position_prices.PositionPrice]
) -> list[match_decisions.AwardedPosition]:
    """The positions of a need that a quote prices, where the contract is for everything."""
    return [
        match_decisions.AwardedPosition(one.id, priced[one.id].pieces, one.title, priced[one.id].price_minor)
        for one in position_prices.asked(needs.record(need))
        if one.id in priced
    ]


def _blanks(
    session: Session, match: Match, made: Decision, terms: quote_terms.QuoteTerms | None, language: str
) -> dict[str, str]:
    """What fills the blanks, but for the sums and the drawings."""
    need, _ = match.need, letters.words(language)
    days = terms.days if terms else None
    papers = dict(need_summary.card(need, language)).get(_(N_("Quality papers")), "")
    vat = _(_VAT[terms.vat]) if terms and terms.vat else ""
    if terms and vat and terms.vat_percent is not None:
        vat = f"{terms.vat_percent:g}\u00a0%, {vat}"
    contractor = contract_contacts.contractor(session, need, language).name
    told = {
        "number": f"{need.public_id[:8]}-{match.public_id[:4]}".upper(),
        "day": letters.day_in(language, day_of(session, made.at)),
        "contractor": contractor,
        "contractor_details": _details(need.contractor, language),
        "supplier": match.profile.organisation.name(language),
        "supplier_details": _details(match.profile.organisation, language),
        "subject": need_summary.title_of(need),
        "vat": vat,
        "tooling": _money(terms.tooling_minor, terms.currency, language) if terms else "",
        "payment": terms.payment if terms else "",
        "term": _(N_("%(value)s days")) % {"value": days} if days else "",
        "deliver_by": letters.day_in(language, need.due) if need.due else "",
        "delivery": terms.delivery if terms else "",
        "material": _(_MATERIAL[terms.material_by]) if terms and terms.material_by else "",
        "papers": papers,
        "conditions": terms.text if terms else "",
    }
    return {name: value or BLANK for name, value in told.items()}


def _drawings(session: Session, need: Need, language: str) -> str:
    """The drawings of a need by name and revision."""
    told = letters.words(language)(N_("%(name)s, revision %(number)s"))
    return "; ".join(
        told % {"name": one.name, "number": one.version} for one in drawings.of_need(session, need)
    )


def _details(firm: Organisation | None, language: str) -> str:
    """The tax numbers and the address of a firm."""
    if firm is None:
        return ""
    registered = (firm.details or {}).get("registration") or {}
    names = (("ИНН", firm.inn), ("КПП", registered.get("kpp")), ("ОГРН", registered.get("ogrn")))
    if language == "en":
        names = (("INN", firm.inn), ("KPP", registered.get("kpp")), ("OGRN", registered.get("ogrn")))
    address = ", ".join(dict.fromkeys(part for part in (firm.city, firm.address) if part))
    return ", ".join([*(f"{name} {value}" for name, value in names if value), *filter(None, [address])])


def _money(minor: int | None, currency: str | None, language: str) -> str:
    if minor is None or not currency:
        return ""
    return apart(format_currency(minor / 100, currency, locale=language))


def pdf(made: ContractAgreement) -> bytes:
    """The agreement as PDF pages of A4."""
    return typesetting.pdf("contract", asdict(made))


def note_taken(session: Session, match: Match, language: str, by: str) -> None:
    """Record that a person downloaded the agreement."""
    journal.note(session, by, "contract.taken", match, {"language": language})
