"""Whether a support measure or a helper suits a firm: each condition judged by itself, as met, not met, or not known."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.models import SupportOffer

SOON = timedelta(days=30)  # before the last day
# Largest staff of each class: Federal Law 209-FZ, article 4.
_STAFF = (("micro", 15), ("small", 100), ("medium", 250))


class SupportOutcome(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """What conditions ask of a firm: the code of its region, its class of size, its staff, the year of its founding, the codes of
    its processes, the standards to whose certificates it is on the way, those that it holds, and those that needs would
    open to it.
    """

    region: str | None
    size: str | None
    employees: int | None
    founded: int | None
    processes: frozenset[str]
    climbing: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    wanted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SupportReason:
    """A condition and how it came out: `name` is of CONDITIONS, `codes` what decided, `number` and `day` its bound."""

    name: str
    outcome: SupportOutcome
    codes: tuple[str, ...] = ()
    number: int | None = None
    day: date | None = None


CONDITIONS = ("dates", "region", "size", "age", "processes", "climbing", "wanted", "held", "standards")


@dataclass(frozen=True, slots=True)
class SupportFit:
    """An offer for a firm with its reasons."""

    offer: SupportOffer
    reasons: tuple[SupportReason, ...]

    @property
    def outcome(self) -> SupportOutcome:
        """Not met where one condition is not, else not known where one is not, else met."""
        found = {reason.outcome for reason in self.reasons}
        for outcome in (SupportOutcome.UNMET, SupportOutcome.UNKNOWN):
            if outcome in found:
                return outcome
        return SupportOutcome.MET


def fits(
    offers: Sequence[SupportOffer], firm: FirmFacts, taxonomy: Taxonomy, today: date
) -> list[SupportFit]:
    """All offers judged for a firm: those that suit first, of these the ones for which more speaks, then those that end sooner."""
    judged = [SupportFit(offer, tuple(_judged(offer, firm, taxonomy, today))) for offer in offers]
    order = (SupportOutcome.MET, SupportOutcome.UNKNOWN, SupportOutcome.UNMET)

    def place(fit: SupportFit) -> tuple[int, int, date, str]:
        speaks = sum(reason.outcome is SupportOutcome.MET for reason in fit.reasons)
        return order.index(fit.outcome), -speaks, fit.offer.closes_on or date.max, fit.offer.name

    return sorted(judged, key=place)


def _judged(offer: SupportOffer, firm: FirmFacts, taxonomy: Taxonomy, today: date) -> Iterator[SupportReason]:
    yield from _of_days(offer, today)
    if offer.regions:
        yield _among("region", firm.region, offer.regions)
    if offer.sizes:
        yield _among("size", size_of(firm), offer.sizes)
    if offer.years_min is not None:
        yield _of_age(offer.years_min, firm, today)
    if offer.processes:
        yield _of_work(offer.processes, firm, taxonomy)
    if offer.standards:
        yield _of_standards(offer.standards, firm)


def _of_days(offer: SupportOffer, today: date) -> Iterator[SupportReason]:
    """Not open yet, over, or open until a day."""
    if offer.opens_on and today < offer.opens_on:
        yield SupportReason("dates", SupportOutcome.UNMET, ("opens",), day=offer.opens_on)
    elif offer.closes_on:
        over = today > offer.closes_on
        soon = today + SOON >= offer.closes_on
        code = "over" if over else "soon" if soon else "open"
        outcome = SupportOutcome.UNMET if over else SupportOutcome.MET
        yield SupportReason("dates", outcome, (code,), day=offer.closes_on)


def _among(name: str, own: str | None, asked: Sequence[str]) -> SupportReason:
    if own is None:
        return SupportReason(name, SupportOutcome.UNKNOWN, tuple(asked))
    if own in asked:
        return SupportReason(name, SupportOutcome.MET, (own,))
    return SupportReason(name, SupportOutcome.UNMET, tuple(asked))


def size_of(firm: FirmFacts) -> str | None:
    """The class of a firm: as stated, else by its staff."""
    if firm.size or firm.employees is None:
        return firm.size
    staff = firm.employees
    return next((name for name, most in _STAFF if staff <= most), "large")


def _of_age(years: int, firm: FirmFacts, today: date) -> SupportReason:
    """The year of founding decides where any day of it does; between two answers it is not known."""
    if firm.founded is None or today.year - firm.founded == years:
        outcome = SupportOutcome.UNKNOWN
    else:
        outcome = SupportOutcome.MET if today.year - firm.founded > years else SupportOutcome.UNMET
    return SupportReason("age", outcome, number=years)


def _of_work(asked: Sequence[str], firm: FirmFacts, taxonomy: Taxonomy) -> SupportReason:
    if not firm.processes:
        return SupportReason("processes", SupportOutcome.UNKNOWN, tuple(asked))
    tree = taxonomy.processes
    ours = {above for code in firm.processes if code in tree for above in tree.closure(code)}
    shared = tuple(code for code in asked if code in ours)
    outcome = SupportOutcome.MET if shared else SupportOutcome.UNMET
    return SupportReason("processes", outcome, shared or tuple(asked))


def _of_standards(asked: Collection[str], firm: FirmFacts) -> SupportReason:
    """An offer about certificates suits who is on the way to one of them, or would win needs by it."""
    for name, own in (("climbing", firm.climbing), ("wanted", firm.wanted)):
        shared = tuple(code for code in asked if code in own and code not in firm.held - firm.climbing)
        if shared:
            return SupportReason(name, SupportOutcome.MET, shared)
    held = tuple(code for code in asked if code in firm.held)
    if len(held) == len(asked):
        return SupportReason("held", SupportOutcome.UNMET, held)
    return SupportReason("standards", SupportOutcome.UNMET, tuple(asked))
