"""The support measures and helpers that a centre keeps, and what of a firm their conditions ask about."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers.cells import amount_text, minor_units, typed_entries
from matchmaker.domain.errors import Faults, NotFound, StaleRevision, wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CERTIFIED_STAGES, CertificateStatus
from matchmaker.domain.typed_text import day_of
from matchmaker.models import Centre, Profile, SupportOffer, User
from matchmaker.models.development import FIRM_SIZES, HELPERS, MEASURES
from matchmaker.services.core import journal
from matchmaker.services.development import ladders
from matchmaker.services.development.support_fit import FirmFacts

FIELDS = (
    "kind", "name", "giver", "text", "regions", "processes", "standards", "years_min", "opens_on", "closes_on",
    "most", "share_percent", "papers", "accreditation", "contacts", "link",
)  # fmt: skip
LONGEST_LINE, LONGEST_TEXT = 300, 4_000  # characters
MOST_TERMS = 100  # of a condition
_LONG = frozenset({"text", "papers"})
_NAMES = {"regions": "region", "processes": "process", "standards": "standard"}
# Gives the codes of a term of a kind, () for one that is not known.
Codes = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class OfferGiven:
    """An offer as typed; the fields are those of the table."""

    values: Mapping[str, Any]


def read(typed: Mapping[str, str], sizes: Sequence[str], codes: Codes) -> OfferGiven:
    """The offer in a form. Raises InvalidRecord with a problem for every wrong field."""
    given = {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    faults, values = Faults(), dict[str, Any]()
    readers: Mapping[str, Callable[[], Any]] = {
        "kind": lambda: _kind(given["kind"]),
        "name": lambda: _name(given["name"]),
        **{name: partial(_terms, name, given[name], codes) for name in _NAMES},
        "sizes": lambda: _sizes(sizes),
        "years_min": lambda: _number("years_min", given["years_min"], 100),
        "share_percent": lambda: _number("share_percent", given["share_percent"], 100, least=1),
        "opens_on": lambda: _day("opens_on", given["opens_on"]),
        "closes_on": lambda: _day("closes_on", given["closes_on"]),
        "most_minor": lambda: _amount(given["most"]),
        "link": lambda: _link(given["link"]),
        **{name: partial(_line, name, given[name]) for name in _PLAIN},
    }
    for name, reader in readers.items():
        with faults:
            values[name] = reader()
    with faults:
        _check_days(values.get("opens_on"), values.get("closes_on"))
    faults.settle()
    return OfferGiven(values)


_PLAIN = ("giver", "text", "papers", "accreditation", "contacts")


def _kind(typed: str) -> str:
    if typed not in (*MEASURES, *HELPERS):
        raise wrong_field("kind", "support.kind", N_("Choose what it is: a measure or a helper."), typed)
    return typed


def _name(typed: str) -> str:
    if not typed or len(typed) > LONGEST_LINE:
        raise wrong_field("name", "support.name", N_("Give it a name of at most 300 characters."))
    return typed


def _line(name: str, typed: str) -> str | None:
    most = LONGEST_TEXT if name in _LONG else LONGEST_LINE
    if len(typed) > most:
        raise wrong_field(name, "support.long", N_("At most %(most)s characters."), params={"most": most})
    return typed or None


def _link(typed: str) -> str | None:
    if typed and (not typed.startswith(("https://", "http://")) or len(typed) > LONGEST_LINE or " " in typed):
        raise wrong_field("link", "support.link", N_("Give an address that begins with https://."), typed)
    return typed or None


def _terms(name: str, typed: str, codes: Codes) -> list[str]:
    found: dict[str, None] = {}
    for term in typed_entries(typed):
        known = codes(_NAMES[name], term)
        if not known:
            message = N_(
                "“%(term)s” is not known: write it as the lists of the site do, several after a semicolon."
            )
            raise wrong_field(name, "support.term", message, params={"term": term[:60]})
        found[known[0]] = None
    if len(found) > MOST_TERMS:
        raise wrong_field(name, "support.terms", N_("At most %(most)s of them."), params={"most": MOST_TERMS})
    return list(found)


def _sizes(given: Sequence[str]) -> list[str]:
    return [size for size in FIRM_SIZES if size in given]


def _number(name: str, typed: str, most: int, *, least: int = 0) -> int | None:
    if not typed:
        return None
    whole = typed.isascii() and typed.isdigit() and len(typed) < 4
    if not whole or not least <= int(typed) <= most:
        message = N_("Give a whole number from %(least)s to %(most)s.")
        raise wrong_field(name, "support.number", message, typed, {"least": least, "most": most})
    return int(typed)


def _day(name: str, typed: str) -> date | None:
    day = day_of(typed)
    if typed and day is None:
        raise wrong_field(name, "support.day", N_("Give the day as year, month and day."), typed)
    return day


def _check_days(opens: date | None, closes: date | None) -> None:
    if opens and closes and closes < opens:
        raise wrong_field("closes_on", "support.days", N_("The last day cannot lie before the first one."))


def _amount(typed: str) -> int | None:
    if not typed:
        return None
    minor = minor_units(typed)
    if minor is None or not 0 < minor <= 10**15:
        raise wrong_field(
            "most", "support.amount", N_("Give the sum in roubles as a number like 500000."), typed
        )
    return minor


def typed_of(offer: SupportOffer, named: Callable[[str, str], str]) -> dict[str, str]:
    """An offer in the fields of its form; `named` gives the name of a code of a kind."""
    plain = {name: getattr(offer, name) or "" for name in ("kind", "name", *_PLAIN, "link")}
    terms = {
        name: "; ".join(named(kind, code) for code in getattr(offer, name)) for name, kind in _NAMES.items()
    }
    numbers = {name: str(getattr(offer, name) or "") for name in ("years_min", "share_percent")}
    days = {
        name: day.isoformat() if (day := getattr(offer, name)) else "" for name in ("opens_on", "closes_on")
    }
    most = amount_text(offer.most_minor) if offer.most_minor else ""
    return {**plain, **terms, **numbers, **days, "most": most}


def add(session: Session, centre: Centre, given: OfferGiven, key: str, user: User) -> SupportOffer:
    """Keep an offer; the same form sent again adds nothing. `key` becomes its public id."""
    found = session.scalar(select(SupportOffer).where(SupportOffer.public_id == key))
    if found is not None:
        return found
    offer = SupportOffer(public_id=key, centre=centre, **given.values)
    session.add(offer)
    _record(session, offer, "support.added", user)
    return offer


def change(session: Session, offer: SupportOffer, given: OfferGiven, revision: int, user: User) -> None:
    """Change an offer as it was at a revision; what says the same changes nothing. Raises StaleRevision."""
    if offer.revision != revision:
        raise StaleRevision
    changed = {name: value for name, value in given.values.items() if getattr(offer, name) != value}
    for name, value in changed.items():
        setattr(offer, name, value)
    if changed:
        _record(session, offer, "support.changed", user)


def end(session: Session, offer: SupportOffer, user: User, *, ended: bool) -> None:
    """Say that an offer is over, or there again; said again it stays."""
    if offer.ended != ended:
        offer.ended = ended
        _record(session, offer, "support.ended" if ended else "support.renewed", user)


def _record(session: Session, offer: SupportOffer, action: str, user: User) -> None:
    session.flush()
    details = {"offer": offer.public_id, "kind": offer.kind}
    journal.note(session, user.public_id, action, offer.centre, details)


def of_centre(session: Session, centre_id: int, *, ended: bool = False) -> Sequence[SupportOffer]:
    """The offers of a centre that are there, or those that are over, by kind and name."""
    of_it = SupportOffer.centre_id == centre_id, SupportOffer.ended.is_(ended)
    return session.scalars(
        select(SupportOffer).where(*of_it).order_by(SupportOffer.kind, SupportOffer.name, SupportOffer.id)
    ).all()


def by_key(session: Session, key: str, centre_id: int) -> SupportOffer:
    """An offer of a centre by its public id. Raises NotFound."""
    of_it = SupportOffer.public_id == key, SupportOffer.centre_id == centre_id
    found = session.scalar(select(SupportOffer).where(*of_it))
    if found is None:
        raise NotFound(what="offer", key=key)
    return found


def facts_of(
    session: Session, profile: Profile, codes: Codes, wanted: frozenset[str], today: date
) -> FirmFacts:
    """What conditions ask of a supplier; `wanted` are the standards whose certificates would open needs to it. A certificate
    whose last day is over is not held.
    """
    firm = profile.organisation
    current = {one.standard: one.current for one in ladders.of_profile(session, profile)}
    climbing = {standard for standard, step in current.items() if step and step.stage not in CERTIFIED_STAGES}
    held = {
        row.standard_code
        for row in profile.certificates
        if row.standard_code
        and row.status == CertificateStatus.CERTIFIED
        and (row.valid_until is None or row.valid_until >= today)
    }
    prepared = {
        row.standard_code
        for row in profile.certificates
        if row.standard_code and row.status == CertificateStatus.IMPLEMENTING
    }
    done = {code for one in profile.capabilities for code in codes("process", one.process)}
    return FirmFacts(
        region=firm.region_code,
        size=profile.size_class,
        employees=profile.employees,
        founded=profile.founded,
        processes=frozenset(done),
        climbing=frozenset(climbing | prepared),
        held=frozenset(held),
        wanted=wanted,
    )


def helpers_for(offers: Iterable[SupportOffer], standard: str) -> list[str]:
    """The names of the helpers on the way to a certificate, those without a standard too."""
    return [
        one.name
        for one in sorted(offers, key=lambda one: (one.kind, one.name, one.id))
        if not one.is_measure and (not one.standards or standard in one.standards)
    ]
