"""The ledger of a period: what happened in a centre between two moments, one query a subject, asked at most once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.lifecycle import (
    COUNTED_ENTRIES,
    STAGES_UNDER_WAY,
    CertificateStatus,
    CertificationStage,
    EntryState,
    EventState,
    MatchState,
    NeedState,
    ParticipantState,
    ProfileState,
    QuoteState,
)
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.models import (
    CertificateRow,
    CertificationStep,
    Decision,
    DecisionUndone,
    DeliveryRating,
    Event,
    EventAnswer,
    EventMeeting,
    EventParticipant,
    Match,
    Need,
    OrderEntry,
    Organisation,
    Profile,
    PurchaseOrder,
    Quote,
    SpareCapacity,
    YearAnswer,
)
from matchmaker.services.core.periods import Period, PeriodLength
from matchmaker.services.development import year_questions
from matchmaker.services.figures.figure_values import FigureFirm
from matchmaker.services.profiles import certificates
from matchmaker.services.quotes import exchange_rates
from matchmaker.services.quotes.exchange_rates import BASE, DatedRates

_LABEL = 120  # characters of a need's text that stand for a title
_REPLIES = (MatchState.INTERESTED, MatchState.DECLINED, MatchState.QUOTED, MatchState.CONTRACTED)
_VERDICTS = (MatchState.APPROVED, MatchState.REJECTED, MatchState.INVITED)
# Largest firms of each class by their staff: Federal Law 209-FZ, article 4.
_LARGEST_MEDIUM = 250
_LATEST_DEAL = timedelta(days=500)  # after an event: a year, and the life of the letter that asks
_ISSUED = frozenset({CertificationStage.CERTIFIED})
_SMALL = ("micro", "small", "medium")


@dataclass(frozen=True, slots=True)
class NeedOfPeriod:
    """A need that was published, with the time at which its contractor first saw a supplier, and whether a contract came of it
    by now.
    """

    key: str
    title: str
    state: NeedState
    buyer: FigureFirm | None
    published_at: datetime
    shown_at: datetime | None
    is_contracted: bool


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """A need and a supplier about which was decided: the times of the first standing decisions, None where there was none.

    `judged_at` is the operator's first word about the supplier, `refused_at` the first no. `rank` and `by_hand` say how it came to
    the shortlist, None where it never did. `roubles_minor` is what its contract is for, in kopecks, None also where it is in a
    currency for which the centre had set no rate by then. `is_small`
    says whether the supplier is a micro, small or medium enterprise.
    """

    need: str
    title: str
    state: NeedState
    quotes_until: datetime | None
    published_at: datetime | None
    buyer: FigureFirm | None
    supplier: FigureFirm
    is_from_elsewhere: bool
    is_small: bool | None
    invited_at: datetime | None
    replied_at: datetime | None
    quoted_at: datetime | None
    declined_at: datetime | None
    judged_at: datetime | None
    refused_at: datetime | None
    contracted_at: datetime | None
    rank: int | None
    by_hand: bool | None
    roubles_minor: int | None
    value_band: str | None


@dataclass(frozen=True, slots=True)
class DeliveredPieces:
    """A delivery of an order, or defects of one that were found later (with no pieces of their own), on a day: `due_on` is the day that was
    agreed when it was said. Without a confirmation one side alone says it.
    """

    need: str
    title: str
    supplier: FigureFirm
    is_delivery: bool
    is_confirmed: bool
    day: date
    due_on: date | None
    pieces: int
    defective: int


@dataclass(frozen=True, slots=True)
class ProfiledSupplier:
    """A published supplier, with the day on which it last said something of itself, and whether it is on the way to a certificate,
    holds one, holds a verified one.
    """

    key: str
    firm: FigureFirm
    said_on: date
    implementing: bool
    held: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class LadderOfSupplier:
    """The way of a supplier to a certificate for a standard, as it stood on the last day: its stage, the first days of work on it
    and of the certificate, whether anybody helped or paid for the firm by then, and whether its profile shows a certificate in
    force, None where it shows none for the standard.
    """

    key: str
    firm: FigureFirm
    standard: str
    stage: CertificationStage
    begun: date | None
    certified: date | None
    helped: bool
    in_date: bool | None


@dataclass(frozen=True, slots=True)
class PromisedHours:
    """The machine-hours that a supplier offered in the weeks of the period, and those of them that are taken."""

    key: str
    firm: FigureFirm
    offered: float
    taken: float


@dataclass(frozen=True, slots=True)
class YearOfSupplier:
    """A participant of a year, and what it told of it, None where it told nothing; `invested_minor` in minor units of a
    rouble.
    """

    key: str
    firm: FigureFirm
    has_told: bool
    staff: int | None
    revenue_band: str | None
    export_percent: int | None
    new_products: int | None
    new_jobs: int | None
    invested_minor: int | None


@dataclass(frozen=True, slots=True)
class FirmAtEvent:
    """A firm that was at an event of a day; one of the two that met there, where it is about a meeting."""

    key: str
    title: str
    day: date
    firm: FigureFirm


@dataclass(frozen=True, slots=True)
class DealOfEvent:
    """A deal that firms told of so many months after an event, the first of the two that told of it, and when."""

    key: str
    title: str
    months: int
    firm: FigureFirm
    at: datetime


@dataclass(frozen=True, slots=True)
class CountingRules:
    """What decides beside the rows: the time zone in which periods begin and end, and the taxonomy, by which certificates hold on a day."""

    zone: ZoneInfo
    taxonomy: Taxonomy


class Ledger:
    """What happened in a centre in a period, as it is known at `now`."""

    def __init__(
        self, session: Session, centre_id: int, period: Period, rules: CountingRules, now: datetime
    ) -> None:
        self.session, self.centre_id, self.period, self.rules, self.now = (
            session,
            centre_id,
            period,
            rules,
            now,
        )
        self.zone = rules.zone
        self.start, self.end = period.moments(self.zone)
        self.today = now.astimezone(self.zone).date()

    @property
    def last_day(self) -> date:
        """The day of stocks: the last one of the period, or today while it runs."""
        return min(self.period.last, self.today)

    def day(self, moment: datetime) -> date:
        """The day of a moment in the site's time zone."""
        return moment.astimezone(self.zone).date()

    @property
    def needs(self) -> Sequence[NeedOfPeriod]:
        """The needs published in the period."""
        return [one for one in self._needs if self._is_within(one.published_at)]

    @property
    def shown(self) -> Sequence[NeedOfPeriod]:
        """The needs whose contractor saw the first supplier in the period."""
        return [one for one in self._needs if self._is_within(one.shown_at)]

    @cached_property
    def _needs(self) -> Sequence[NeedOfPeriod]:
        made = select(Decision.need_id).where(Decision.kind == MatchState.CONTRACTED, _standing())
        shown = func.min(Match.released_at)
        query = (
            select(Need.public_id, _title(), Need.state, *_BUYER, Need.published_at, shown, Need.id.in_(made))
            .outerjoin(Match, Match.need_id == Need.id)
            .outerjoin(_Buyer, Need.contractor_id == _Buyer.id)
            .where(Need.centre_id == self.centre_id, Need.published_at.is_not(None))
            .group_by(Need.id, _Buyer.id)
            .having(or_(self._within(Need.published_at), self._within(shown)))
            .order_by(Need.published_at, Need.id)
        )
        return [
            NeedOfPeriod(key, title, NeedState(state), _firm(firm), published, first, bool(contracted))
            for key, title, state, *firm, published, first, contracted in self._ask(query)
        ]

    @property
    def invitations(self) -> Sequence[DecidedPair]:
        """Of suppliers first invited in the period."""
        return [one for one in self._pairs if self._is_within(one.invited_at)]

    @property
    def due_quotes(self) -> Sequence[DecidedPair]:
        """Of needs whose term for quotes ended in the period, for all invited ones that had not refused by then."""
        ended = min(self.end, self.now)
        return [
            one
            for one in self._pairs
            if one.invited_at
            and one.quotes_until
            and self.start <= one.quotes_until < ended
            and not (one.declined_at and one.declined_at <= one.quotes_until)
        ]

    @property
    def verdicts(self) -> Sequence[DecidedPair]:
        """The matcher's proposals on which an operator first decided in the period."""
        proposed = (one for one in self._pairs if one.by_hand is False and one.rank is not None)
        return [one for one in proposed if self._is_within(one.judged_at)]

    @property
    def contracts(self) -> Sequence[DecidedPair]:
        """The contracts made in the period."""
        return [one for one in self._pairs if self._is_within(one.contracted_at)]

    @cached_property
    def delivered(self) -> Sequence[DeliveredPieces]:
        """The deliveries of the days of the period, and the defects that were found in them."""
        query = (
            select(
                *(Need.public_id, _title(), *_SUPPLIER, OrderEntry.kind, OrderEntry.state, OrderEntry.day),
                *(OrderEntry.due_on, OrderEntry.pieces, OrderEntry.defective),
            )
            .join(PurchaseOrder, PurchaseOrder.id == OrderEntry.order_id)
            .join(Match, Match.id == PurchaseOrder.match_id)
            .join(Need, Need.id == Match.need_id)
            .join(Profile, Profile.id == Match.profile_id)
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .where(Need.centre_id == self.centre_id, OrderEntry.kind.in_(("delivery", "defects")))
            .where(OrderEntry.state.in_(COUNTED_ENTRIES), PurchaseOrder.opened_at <= self.now)
            .where(OrderEntry.day >= self.period.start, OrderEntry.day < self.period.end)
            .order_by(OrderEntry.day, OrderEntry.id)
        )
        return [
            DeliveredPieces(
                *(
                    key,
                    title,
                    FigureFirm(*firm),
                    kind == "delivery",
                    EntryState(state) is EntryState.CONFIRMED,
                ),
                *(day, due, pieces or 0, defective or 0),
            )
            for key, title, *firm, kind, state, day, due, pieces, defective in self._ask(query)
        ]

    @cached_property
    def _pairs(self) -> Sequence[DecidedPair]:
        invited, judged, contracted = (
            _first(*kinds) for kinds in ((MatchState.INVITED,), _VERDICTS, (MatchState.CONTRACTED,))
        )
        positions = func.max(case((Decision.kind == MatchState.CONTRACTED, cast(Decision.positions, Text))))
        query = (
            select(
                *(
                    Need.public_id,
                    _title(),
                    Need.state,
                    Need.quotes_until,
                    Need.published_at,
                    *_BUYER,
                    *_SUPPLIER,
                ),
                *(_Supplier.centre_id, Profile.size_class, Profile.employees),
                *(invited, _first(*_REPLIES), _first(MatchState.QUOTED), _first(MatchState.DECLINED)),
                *(judged, _first(MatchState.REJECTED), contracted, Match.rank, Match.by_hand, positions),
                *(Quote.amount_minor, Quote.tooling_minor, Quote.currency, DeliveryRating.value_band),
            )
            .select_from(Decision)
            .join(Need, Need.id == Decision.need_id)
            .join(Profile, Profile.id == Decision.profile_id)
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .outerjoin(_Buyer, Need.contractor_id == _Buyer.id)
            .outerjoin(Match, and_(Match.need_id == Need.id, Match.profile_id == Profile.id))
            .outerjoin(Quote, and_(Quote.match_id == Match.id, Quote.state == QuoteState.ACCEPTED))
            .outerjoin(DeliveryRating, DeliveryRating.match_id == Match.id)
            .where(Need.centre_id == self.centre_id, _standing())
            .group_by(
                Need.id, Profile.id, _Supplier.id, _Buyer.id, Match.id, Quote.id, DeliveryRating.match_id
            )
            .having(
                or_(
                    *(self._within(one) for one in (invited, judged, contracted)),
                    and_(invited.is_not(None), self._within(Need.quotes_until)),
                )
            )
            .order_by(Need.id, Profile.id)
        )
        return [self._pair(row) for row in self._ask(query)]

    def _pair(self, row: Sequence[Any]) -> DecidedPair:
        key, title, state, until, published = row[:5]
        home, size, staff, *times = row[15:25]
        rank, by_hand, positions, amount, tooling, currency, band = row[25:]
        small = size in _SMALL if size else None if staff is None else staff <= _LARGEST_MEDIUM
        agreed = _awarded(json.loads(positions) if positions else (), amount, tooling)
        made = times[-1]
        if agreed is not None and currency != BASE:
            agreed = self._rates.roubles(agreed, currency, self.day(made)) if made else None
        return DecidedPair(
            *(key, title, NeedState(state), until, published, _firm(row[5:10]), FigureFirm(*row[10:15])),
            *(home != self.centre_id, small, *times, rank, by_hand, agreed, band),
        )

    @cached_property
    def _rates(self) -> DatedRates:
        return exchange_rates.dated(self.session, self.centre_id)

    @cached_property
    def ladders(self) -> Sequence[LadderOfSupplier]:
        """The ladders of the centre's suppliers with a step by the last day."""
        step, row = CertificationStep, CertificateRow
        ours = row.profile_id == step.profile_id, row.standard_code == step.standard
        held = select(_any(self._held)).where(*ours).scalar_subquery()
        query = (
            select(
                *(step.profile_id, Profile.public_id, *_SUPPLIER, step.standard),
                *(step.stage, step.on, step.helper, step.payer, held),
            )
            .join(Profile, Profile.id == step.profile_id)
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .where(_Supplier.centre_id == self.centre_id, step.on <= self.last_day, _uncorrected())
            .order_by(_Supplier.sort_ru, Profile.id, step.standard, step.on, step.place)
        )
        steps: dict[tuple[int, str], list[Any]] = {}
        for found in self._ask(query):
            steps.setdefault((found[0], found[7]), []).append(found)
        return [_climbed(rows) for rows in steps.values()]

    @property
    def at_events(self) -> Sequence[FirmAtEvent]:
        """The firms that were at the events of the period, each once an event."""
        found = {row[1]: _at_event(row[2:10]) for row in self._events if row[0] == "came"}
        return [one for one in found.values() if self.period.start <= one.day < self.period.end]

    @property
    def meetings(self) -> Sequence[FirmAtEvent]:
        """The meetings that took place at the events of the period."""
        found = [_at_event(row[2:10]) for row in self._events if row[0] == "met"]
        return [one for one in found if self.period.start <= one.day < self.period.end]

    @property
    def deals_of_events(self) -> Sequence[DealOfEvent]:
        """The deals that firms told of in the period; what both sides told of is one deal, of the first telling."""
        found: dict[tuple[str, int, frozenset[int]], DealOfEvent] = {}
        told = [row for row in self._events if row[12] is not None]
        for _, number, key, title, _day, *firm, months, partner, at in sorted(told, key=lambda row: row[12]):
            deal = DealOfEvent(key, title, months, FigureFirm(*firm), at)
            found.setdefault((key, months, frozenset({number, partner or number})), deal)
        return [one for one in found.values() if self._is_within(one.at)]

    @cached_property
    def _events(self) -> Sequence[Any]:
        """The firms that came to events up to the end of the period, with the deals that they told of by then, and the meetings that
        took place there; in one statement.
        """
        firm, told, met = EventParticipant, EventAnswer, EventMeeting
        about = Event.public_id, Event.title, Event.day, *_SUPPLIER
        held = (
            *(Event.centre_id == self.centre_id, Event.state == EventState.HELD),
            *(Event.day >= self.period.start - _LATEST_DEAL, Event.day < self.period.end),
        )
        deals = and_(told.participant_id == firm.id, told.deal == "yes", told.at < self.end)
        came = (
            select(literal("came"), firm.id, *about, told.months, told.partner_id, told.at)
            .join(Event, Event.id == firm.event_id)
            .join(_Supplier, _Supplier.id == firm.organisation_id)
            .outerjoin(told, deals)
            .where(*held, firm.state == ParticipantState.ATTENDED)
        )
        nothing = (cast(null(), column.type) for column in (told.months, told.partner_id, told.at))
        meetings = (
            select(literal("met"), met.id, *about, *nothing)
            .join(Event, Event.id == met.event_id)
            .join(firm, firm.id == met.first_id)
            .join(_Supplier, _Supplier.id == firm.organisation_id)
            .where(*held, met.held.is_(True))
        )
        return sorted(self._ask(union_all(came, meetings)), key=lambda row: (row[4], row[2], row[0], row[1]))

    @property
    def suppliers(self) -> Sequence[ProfiledSupplier]:
        return [supplier for supplier, _ in self._profiled]

    @property
    def hours(self) -> Sequence[PromisedHours]:
        return [hours for _, hours in self._profiled if hours is not None]

    @cached_property
    def _profiled(self) -> Sequence[tuple[ProfiledSupplier, PromisedHours | None]]:
        """The published suppliers, each with its hours where it offered some in a week of the period."""
        held = self._held
        verified = and_(held, CertificateRow.verified, CertificateRow.verified_at < self.end)
        implementing = CertificateRow.status == CertificateStatus.IMPLEMENTING
        moments = Profile.published_at, Profile.edited_at, Profile.confirmed_at
        promised = SpareCapacity.profile_id == Profile.id, SpareCapacity.week.in_(_weeks(self.period))
        hours = (
            select(func.sum(column)).where(*promised).correlate(Profile).scalar_subquery()
            for column in (SpareCapacity.maximum_hours, SpareCapacity.agreed_hours)
        )
        query = (
            select(
                *(Profile.public_id, *_SUPPLIER, *moments, Profile.updated),
                *(_any(implementing), _any(held), _any(verified), *hours),
            )
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .outerjoin(CertificateRow, CertificateRow.profile_id == Profile.id)
            .where(*self._published())
            .group_by(Profile.id, _Supplier.id)
            .order_by(_Supplier.sort_ru, Profile.id)
        )
        return [self._of_profile(row) for row in self._ask(query)]

    def _of_profile(self, row: Sequence[Any]) -> tuple[ProfiledSupplier, PromisedHours | None]:
        key, firm, (*marks, offered, taken) = row[0], FigureFirm(*row[1:6]), row[10:]
        supplier = ProfiledSupplier(key, firm, self._said_on(row[6:9], row[9]), *map(bool, marks))
        return supplier, None if offered is None else PromisedHours(key, firm, offered, taken)

    def _said_on(self, moments: Sequence[datetime | None], updated: date | None) -> date:
        """The newest of the days before the end of the period; the day of publishing is always among them."""
        days = [self.day(moment) for moment in moments if moment and moment < self.end]
        return max([*days, *([updated] if updated and updated <= self.period.last else [])])

    @cached_property
    def years(self) -> Sequence[YearOfSupplier]:
        """The participants of the year that the period is; of a shorter period none."""
        if self.period.length is not PeriodLength.YEAR:
            return ()
        year, told = self.period.start.year, YearAnswer
        query = (
            select(
                *(Profile.public_id, *_SUPPLIER, told.id.is_not(None), told.staff, told.revenue_band),
                *(told.export_percent, told.new_products, told.new_jobs, told.invested_minor),
            )
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .outerjoin(told, and_(told.profile_id == Profile.id, told.year == year))
            .where(_Supplier.centre_id == self.centre_id, _Supplier.blocked.is_(False))
            .where(or_(year_questions.participated(year, self.zone), told.id.is_not(None)))
            .order_by(_Supplier.sort_ru, Profile.id)
        )
        return [
            YearOfSupplier(row[0], FigureFirm(*row[1:6]), bool(row[6]), *row[7:]) for row in self._ask(query)
        ]

    @property
    def _held(self) -> ColumnElement[bool]:
        """The condition that a certificate is held on the last day."""
        return certificates.certifying(self.last_day, self.rules.taxonomy)

    def _ask(self, query: Any) -> Sequence[Any]:
        return self.session.execute(query).all()

    def _published(self) -> tuple[ColumnElement[bool], ...]:
        published = Profile.state == ProfileState.PUBLISHED, Profile.published_at < self.end
        return (_Supplier.centre_id == self.centre_id, *published)

    def _within(self, moment: Any) -> ColumnElement[bool]:
        return and_(moment >= self.start, moment < self.end)

    def _is_within(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end


_Supplier = aliased(Organisation, name="supplier")
_Buyer = aliased(Organisation, name="buyer")
_SUPPLIER = _Supplier.public_id, _Supplier.name_ru, _Supplier.name_en, _Supplier.inn, _Supplier.region_code
_BUYER = _Buyer.public_id, _Buyer.name_ru, _Buyer.name_en, _Buyer.inn, _Buyer.region_code


def _title() -> ColumnElement[str]:
    return func.coalesce(Need.title, func.substr(Need.text, 1, _LABEL), "")


def _standing() -> ColumnElement[bool]:
    return Decision.id.not_in(select(DecisionUndone.decision_id))


def _first(*kinds: MatchState) -> Any:
    """The time of the first decision of these kinds."""
    return func.min(case((Decision.kind.in_(kinds), Decision.at)))


def _uncorrected() -> ColumnElement[bool]:
    later = aliased(CertificationStep)
    return ~select(later.id).where(later.replaces_id == CertificationStep.id).exists()


def _climbed(rows: Sequence[Any]) -> LadderOfSupplier:
    """A ladder of its steps in order."""
    _, key, *_, standard, stage, _, _, _, held = rows[-1]
    in_date = None if held is None else bool(held)
    said = [(CertificationStage(row[8]), row[9]) for row in rows]
    days = {one: next((on for at, on in said if at in one), None) for one in (STAGES_UNDER_WAY, _ISSUED)}
    begun, certified = days[STAGES_UNDER_WAY], days[_ISSUED]
    by_then = [row for row in rows if certified is None or row[9] <= certified]
    helped = any(row[10] or row[11] not in {None, "firm"} for row in by_then)
    firm = FigureFirm(*rows[-1][2:7])
    return LadderOfSupplier(key, firm, standard, CertificationStage(stage), begun, certified, helped, in_date)


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))


def _firm(named: Sequence[Any]) -> FigureFirm | None:
    return FigureFirm(*named) if named[0] else None


def _at_event(row: Sequence[Any]) -> FirmAtEvent:
    key, title, day, *firm = row
    return FirmAtEvent(key, title, day, FigureFirm(*firm))


def _awarded(positions: Sequence[Mapping[str, Any]], amount: int | None, tooling: int | None) -> int | None:
    """The sum of a contract: of its positions, else of the whole quote, with the tooling; None where a part is not told."""
    sums = [amount]
    if positions:
        said = [(one["quantity"], one["price_minor"]) for one in positions]
        sums = [pieces * price if pieces and price else None for pieces, price in said]
    return None if None in sums else sum(part or 0 for part in sums) + (tooling or 0)


def _weeks(period: Period) -> list[int]:
    """The ISO weeks that begin in the period, as the tables number them."""
    days = (date.fromordinal(number) for number in range(period.start.toordinal(), period.end.toordinal()))
    return [100 * day.isocalendar().year + day.isocalendar().week for day in days if day.weekday() == 0]
