"""The definitions of all figures: name, formula in words, unit, tables, and the rows. Each is defined here and nowhere else."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CERTIFIED_STAGES, OPEN_NEEDS, CertificationStage
from matchmaker.services.core.periods import Period, PeriodLength
from matchmaker.services.figures.figure_definition import FigureDefinition
from matchmaker.services.figures.figure_values import FigureFirm, FigureRow, FigureSum, FigureUnit
from matchmaker.services.figures.ledger import DecidedPair, LadderOfSupplier, Ledger
from matchmaker.services.figures.year_figures import YEAR_FIGURES

FRESH_DAYS = 180
FIRST_PLACES = 3
_HUNDREDTHS = 100  # minor units of a rouble
# Roubles from and to, of the bands in which a contractor tells the value of a contract.
BANDS: Mapping[str, tuple[float, float | None]] = {
    "to-100": (0, 100_000),
    "to-500": (100_000, 500_000),
    "to-2000": (500_000, 2_000_000),
    "to-10000": (2_000_000, 10_000_000),
    "to-50000": (10_000_000, 50_000_000),
    "more": (50_000_000, None),
}
_NO, _YES, _UNKNOWN = (0.0, 0.0), (1.0, 1.0), (0.0, 1.0)


def _suppliers(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.suppliers:
        yield FigureRow("supplier", one.key, "", one.firm)


def _fresh(ledger: Ledger) -> Iterator[FigureRow]:
    oldest = ledger.last_day - timedelta(days=FRESH_DAYS)
    for one in ledger.suppliers:
        yield FigureRow("supplier", one.key, "", one.firm, *(_YES if one.said_on >= oldest else _NO))


def _implementing(ledger: Ledger) -> Iterator[FigureRow]:
    return (FigureRow("supplier", one.key, "", one.firm) for one in ledger.suppliers if one.implementing)


def _certified(ledger: Ledger) -> Iterator[FigureRow]:
    return (FigureRow("supplier", one.key, "", one.firm) for one in ledger.suppliers if one.held)


def _verified(ledger: Ledger) -> Iterator[FigureRow]:
    return (FigureRow("supplier", one.key, "", one.firm) for one in ledger.suppliers if one.verified)


def _at_stage(stage: CertificationStage) -> Callable[[Ledger], Iterator[FigureRow]]:
    def rows(ledger: Ledger) -> Iterator[FigureRow]:
        for one in ledger.ladders:
            if one.stage is stage:
                yield FigureRow("supplier", one.key, one.standard, one.firm)

    return rows


def _helped(ledger: Ledger) -> Iterator[FigureRow]:
    for one in _newly_certified(ledger):
        if one.helped:
            yield FigureRow("supplier", one.key, one.standard, one.firm)


def _newly_certified(ledger: Ledger) -> Iterator[LadderOfSupplier]:
    return (one for one in ledger.ladders if one.certified and one.certified >= ledger.period.start)


def _in_date(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.ladders:
        if one.stage in CERTIFIED_STAGES:
            yield FigureRow("supplier", one.key, one.standard, one.firm, *_answer(one.in_date))


def _days_to_certificate(ledger: Ledger) -> Iterator[FigureRow]:
    for one in _newly_certified(ledger):
        if one.begun and one.certified and one.begun <= one.certified:
            days = float((one.certified - one.begun).days)
            yield FigureRow("supplier", one.key, one.standard, one.firm, days, days)


def _hours(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.hours:
        yield FigureRow("supplier", one.key, "", one.firm, one.taken, one.taken, one.offered)


def _buyers(ledger: Ledger) -> Iterator[FigureRow]:
    met: dict[str, tuple[str, FigureFirm]] = {}
    for need in ledger.needs:
        if need.buyer is not None:
            met.setdefault(need.buyer.key, (need.key, need.buyer))
    for need_key, firm in met.values():
        yield FigureRow("need", need_key, "", firm)


def _needs(ledger: Ledger) -> Iterator[FigureRow]:
    for need in ledger.needs:
        yield FigureRow("need", need.key, need.title, need.buyer)


def _days_to_shown(ledger: Ledger) -> Iterator[FigureRow]:
    for need in ledger.shown:
        if need.shown_at is not None:
            days = _working_days(ledger, need.published_at, need.shown_at)
            yield FigureRow("need", need.key, need.title, need.buyer, days, days)


def _working_days(ledger: Ledger, first: datetime, last: datetime) -> float:
    """The days from Monday to Friday after the first day, up to and with the last one."""
    start, end = ledger.day(first).toordinal(), ledger.day(last).toordinal()
    return float(sum(day % 7 not in {6, 0} for day in range(start + 1, end + 1)))


def _days_to_contract(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.contracts:
        made, published = one.contracted_at, one.published_at
        if made is not None and published is not None and published <= made:
            days = float((ledger.day(made) - ledger.day(published)).days)
            yield FigureRow("need", one.need, one.title, one.supplier, days, days)


def _replied(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.invitations:
        silent = _UNKNOWN if one.state in OPEN_NEEDS else _NO
        yield FigureRow("need", one.need, one.title, one.supplier, *(_YES if one.replied_at else silent))


def _late_quotes(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.due_quotes:
        in_time = one.quoted_at and one.quotes_until and one.quoted_at <= one.quotes_until
        yield FigureRow("need", one.need, one.title, one.supplier, *(_NO if in_time else _YES))


def _taken(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.verdicts:
        yield FigureRow(
            "need", one.need, one.title, one.supplier, *(_NO if one.refused_at == one.judged_at else _YES)
        )


def _spread(ledger: Ledger) -> Iterator[FigureRow]:
    firms = {one.supplier.key: one.supplier for one in ledger.verdicts}
    firms |= {one.supplier.key: one.supplier for one in ledger.invitations}
    counts = Counter(one.supplier.key for one in ledger.invitations)
    for key, firm in sorted(firms.items(), key=lambda one: (-counts[one[0]], one[0])):
        yield FigureRow("firm", key, "", firm, float(counts[key]), float(counts[key]))


def _converted(ledger: Ledger) -> Iterator[FigureRow]:
    for need in ledger.needs:
        open_or_ended = _UNKNOWN if need.state in OPEN_NEEDS else _NO
        yield FigureRow(
            "need", need.key, need.title, need.buyer, *(_YES if need.is_contracted else open_or_ended)
        )


def _contracts(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.contracts:
        yield FigureRow("need", one.need, one.title, one.supplier)


def _volume(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.contracts:
        yield FigureRow("need", one.need, one.title, one.supplier, *_roubles(one))


def _roubles(one: DecidedPair) -> tuple[float, float | None]:
    if one.roubles_minor is not None:
        amount = one.roubles_minor / _HUNDREDTHS
        return amount, amount
    return BANDS.get(one.value_band or "", (0.0, None))


def _from_elsewhere(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.contracts:
        yield FigureRow("need", one.need, one.title, one.supplier, *(_YES if one.is_from_elsewhere else _NO))


def _to_small(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.contracts:
        yield FigureRow("need", one.need, one.title, one.supplier, *_answer(one.is_small))


def _in_region(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.contracts:
        home, there = one.buyer.region if one.buyer else None, one.supplier.region
        same = home == there if home and there else None
        yield FigureRow("need", one.need, one.title, one.supplier, *_answer(same))


def _among_first(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.contracts:
        place = None if one.by_hand is None else one.rank is not None and one.rank <= FIRST_PLACES
        yield FigureRow("need", one.need, one.title, one.supplier, *_answer(place))


def _in_time(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.delivered:
        if one.is_delivery and one.due_on is not None:
            kept = one.day <= one.due_on if one.is_confirmed else None
            yield FigureRow("need", one.need, one.title, one.supplier, *_answer(kept))


def _defects(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.delivered:
        found, pieces = float(one.defective), float(one.pieces)
        bounds = (found, found) if one.is_confirmed else (0.0, max(found, pieces))
        yield FigureRow("need", one.need, one.title, one.supplier, *bounds, pieces)


def _at_events(ledger: Ledger) -> Iterator[FigureRow]:
    return (FigureRow("event", one.key, one.title, one.firm) for one in ledger.at_events)


def _meetings(ledger: Ledger) -> Iterator[FigureRow]:
    return (FigureRow("event", one.key, one.title, one.firm) for one in ledger.meetings)


def _deals_after(months: int) -> Callable[[Ledger], Iterator[FigureRow]]:
    def rows(ledger: Ledger) -> Iterator[FigureRow]:
        for one in ledger.deals_of_events:
            if one.months == months:
                yield FigureRow("event", one.key, one.title, one.firm)

    return rows


def _answer(said: bool | None) -> tuple[float, float]:
    return _UNKNOWN if said is None else _YES if said else _NO


_LADDER_TABLES = ("certification_step", "profile")
_LADDER = N_(
    "Ladders of the centre's suppliers that stand at this stage on the last day of the period, each for one certificate; "
    "corrected steps count as they were corrected."
)


def _stage_figure(stage: CertificationStage, name: str) -> FigureDefinition:
    rows = _at_stage(stage)
    return FigureDefinition(
        f"ladder-{stage}", name, _LADDER, FigureUnit.PIECES, FigureSum.COUNT, _LADDER_TABLES, rows
    )


_DEALS = N_(
    "Deals of which firms that were at an event told in the period, each once, whether one of the two told of it or both; asked so long "
    "after the event."
)


def _deals_figure(months: int, name: str) -> FigureDefinition:
    rows = _deals_after(months)
    return FigureDefinition(
        f"event-deals-{months}",
        name,
        _DEALS,
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("event_answer", "event"),
        rows,
    )


FIGURES = (
    FigureDefinition(
        "suppliers",
        N_("Suppliers with a published profile"),
        N_(
            "Profiles of the centre that are published today and were published before the end of the period."
        ),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("profile", "organisation"),
        _suppliers,
    ),
    FigureDefinition(
        "fresh",
        N_("Profiles that are fresh"),
        N_(
            "Of the suppliers with a published profile, the part that changed or confirmed it within 180 days before the last day "
            "of the period."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("profile",),
        _fresh,
    ),
    FigureDefinition(
        "implementing",
        N_("Suppliers on the way to a certificate"),
        N_("Published suppliers with a certificate that they are being prepared for."),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("certificate", "profile"),
        _implementing,
    ),
    FigureDefinition(
        "certified",
        N_("Suppliers with a certificate in force"),
        N_(
            "Published suppliers with a certificate of a known standard that holds on the last day of the period: its dates cover it, "
            "without an end three years from its issue, without any date three years from when it was last said."
        ),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("certificate", "profile"),
        _certified,
    ),
    FigureDefinition(
        "verified",
        N_("Suppliers with a verified certificate"),
        N_(
            "Of the suppliers with a certificate in force, those for which the centre verified it before the end of the period."
        ),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("certificate", "profile"),
        _verified,
    ),
    _stage_figure(CertificationStage.DIAGNOSIS, N_("On the way to a certificate: diagnosis")),
    _stage_figure(CertificationStage.DOCUMENTED, N_("On the way to a certificate: documented")),
    _stage_figure(CertificationStage.INTERNAL_AUDIT, N_("On the way to a certificate: internal audit")),
    _stage_figure(
        CertificationStage.CERTIFICATION_AUDIT, N_("On the way to a certificate: certification audit")
    ),
    _stage_figure(CertificationStage.CERTIFIED, N_("On the way to a certificate: certified")),
    _stage_figure(CertificationStage.SURVEILLANCE, N_("On the way to a certificate: surveillance")),
    FigureDefinition(
        "certified-with-help",
        N_("Certified with help"),
        N_(
            "Ladders whose certificate was first issued in the period and for which, by that day, a helper is named or somebody other "
            "than the firm paid."
        ),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        _LADDER_TABLES,
        _helped,
    ),
    FigureDefinition(
        "ladders-in-date",
        N_("Certificates of ladders that are in date"),
        N_(
            "Of the ladders that stand at certified or surveillance on the last day of the period, the part whose profile shows a "
            "certificate of the standard in force on it. Where the profile shows none, it is not known."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("certification_step", "certificate"),
        _in_date,
    ),
    FigureDefinition(
        "days-to-certificate",
        N_("Days to the certificate"),
        N_(
            "From the first day of work on it, diagnosis or later, to the day of the certificate, days of the calendar; of ladders "
            "whose certificate was first issued in the period. Median, and what nine of ten do not exceed."
        ),
        FigureUnit.DAYS,
        FigureSum.MIDDLE,
        _LADDER_TABLES,
        _days_to_certificate,
    ),
    FigureDefinition(
        "capacity-use",
        N_("Use of the offered machine-hours"),
        N_(
            "Of the machine-hours that suppliers offered in the weeks that begin in the period, the part that is taken."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("spare_capacity", "profile"),
        _hours,
    ),
    FigureDefinition(
        "buyers",
        N_("Buyers with a need"),
        N_("Different buyers of the needs published in the period."),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("need", "organisation"),
        _buyers,
    ),
    FigureDefinition(
        "needs",
        N_("Published needs"),
        N_(
            "Needs of the centre published in the period; one that was published twice counts where it was published last."
        ),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("need",),
        _needs,
    ),
    FigureDefinition(
        "days-to-shortlist",
        N_("Working days to the shortlist"),
        N_(
            "From the publishing of a need to the day on which its buyer is shown the first supplier, days from Monday to Friday; of "
            "needs whose first supplier was shown in the period. Median, and what nine of ten needs do not exceed. Holidays count "
            "as working days."
        ),
        FigureUnit.DAYS,
        FigureSum.MIDDLE,
        ("need", "match"),
        _days_to_shown,
    ),
    FigureDefinition(
        "acceptance",
        N_("Proposals that were taken up"),
        N_(
            "Of the suppliers that the matcher proposed and an operator first decided on in the period, the part that was approved "
            "or invited."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("match", "decision"),
        _taken,
    ),
    FigureDefinition(
        "replies",
        N_("Invitations that were answered"),
        N_(
            "Of the suppliers first invited to a need in the period, the part that answered: yes, no, or by a quote. Without an "
            "answer to an open need it is not known yet."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("decision", "need"),
        _replied,
    ),
    FigureDefinition(
        "late-quotes",
        N_("Quotes that were late or never came"),
        N_(
            "Of the suppliers invited to needs whose term for quotes ended in the period, without those that had refused, the part "
            "whose first quote did not come in time."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("decision", "need"),
        _late_quotes,
    ),
    FigureDefinition(
        "spread",
        N_("Unevenness of invitations"),
        N_(
            "Gini coefficient of the invitations of the period over the suppliers that were invited or decided on in it: 0 where all "
            "were invited alike, near 1 where one was invited alone."
        ),
        FigureUnit.EVENNESS,
        FigureSum.GINI,
        ("decision",),
        _spread,
    ),
    FigureDefinition(
        "conversion",
        N_("Needs that led to a contract"),
        N_(
            "Of the needs published in the period, the part with a contract by now. Of an open need it is not known yet."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("need", "decision"),
        _converted,
    ),
    FigureDefinition(
        "contracts",
        N_("Contracts"),
        N_("Pairs of a need and a supplier with a contract made in the period."),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("decision",),
        _contracts,
    ),
    FigureDefinition(
        "volume",
        N_("Value of the contracts"),
        N_(
            "Sum of the accepted quotes of the period's contracts in roubles, of a contract for some positions the sum of these; other currencies by the last rate that the centre had set by the day of the contract, at most a year before. Without such a quote or rate the band that the buyer told counts "
            "from its lower to its upper bound, and without that the contract from nothing on."
        ),
        FigureUnit.MONEY,
        FigureSum.TOTAL,
        ("decision", "quote", "exchange_rate", "delivery_rating"),
        _volume,
    ),
    FigureDefinition(
        "days-to-contract",
        N_("Days to the contract"),
        N_(
            "From the publishing of a need to its contract, days of the calendar; of contracts made in the period. Median, and what "
            "nine of ten do not exceed."
        ),
        FigureUnit.DAYS,
        FigureSum.MIDDLE,
        ("need", "decision"),
        _days_to_contract,
    ),
    FigureDefinition(
        "across-centres",
        N_("Contracts with suppliers of other centres"),
        N_("Of the period's contracts, the part whose supplier belongs to another centre of the network."),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("decision", "organisation"),
        _from_elsewhere,
    ),
    FigureDefinition(
        "small-firms",
        N_("Contracts with small and medium firms"),
        N_(
            "Of the period's contracts, the part whose supplier is a micro, small or medium enterprise: by its class, else by its "
            "staff, at most 250 (Federal Law 209-FZ). Without either it is not known."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("decision", "profile"),
        _to_small,
    ),
    FigureDefinition(
        "in-region",
        N_("Contracts within the buyer's region"),
        N_(
            "Of the period's contracts, the part whose supplier and buyer are of one region. Without a region it is not known."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("decision", "organisation"),
        _in_region,
    ),
    FigureDefinition(
        "among-first",
        N_("Contracts with one of the matcher's first three"),
        N_(
            "Of the period's contracts, the part whose supplier stood among the first three that the matcher proposed. Of contracts "
            "read from a file it is not known."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("decision", "match"),
        _among_first,
    ),
    FigureDefinition(
        "on-time",
        N_("Deliveries on time"),
        N_(
            "Of the deliveries of the period, those of an order with an agreed day, the part that came by the day that was agreed when "
            "it was said. What one side alone says of a delivery is not known yet."
        ),
        FigureUnit.PERCENT,
        FigureSum.SHARE,
        ("order_entry", "purchase_order"),
        _in_time,
    ),
    FigureDefinition(
        "defects",
        N_("Defects per thousand pieces"),
        N_(
            "Defective pieces of a thousand that were delivered in the period, with those found later. What one side alone says may "
            "be none or all of its pieces."
        ),
        FigureUnit.PER_THOUSAND,
        FigureSum.RATE,
        ("order_entry", "purchase_order"),
        _defects,
    ),
    FigureDefinition(
        "event-participants",
        N_("Participants of events"),
        N_("Firms that were at an event held in the period; one that was at two counts twice."),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("event", "event_participant"),
        _at_events,
    ),
    FigureDefinition(
        "event-meetings",
        N_("Meetings at events"),
        N_("Meetings of timetables that took place at the events held in the period."),
        FigureUnit.PIECES,
        FigureSum.COUNT,
        ("event", "event_meeting"),
        _meetings,
    ),
    _deals_figure(0, N_("Deals right after an event")),
    _deals_figure(6, N_("Deals 6 months after an event")),
    _deals_figure(12, N_("Deals 12 months after an event")),
    *YEAR_FIGURES,
)
BY_CODE = {figure.code: figure for figure in FIGURES}


def figures_of(period: Period) -> Sequence[FigureDefinition]:
    """The figures that a period has: some are told of whole years only."""
    is_year = period.length is PeriodLength.YEAR
    return [one for one in FIGURES if is_year or not one.of_years]
