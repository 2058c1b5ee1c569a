"""The ledger of a period: what happened in a centre between two moments, one query a subject, asked at most once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.lifecycle import CertificateStatus, MatchState, NeedState, ProfileState, QuoteState
from matchmaker.models import (
    CertificateRow,
    Decision,
    DecisionUndone,
    DeliveryRating,
    Match,
    Need,
    Organisation,
    Profile,
    Quote,
    SpareCapacity,
)
from matchmaker.services.figures.figure_values import FigureFirm
from matchmaker.services.figures.periods import Period

_LABEL = 120  # characters of a need's text that stand for a title
_REPLIES = (MatchState.INTERESTED, MatchState.DECLINED, MatchState.QUOTED, MatchState.CONTRACTED)
_VERDICTS = (MatchState.APPROVED, MatchState.REJECTED, MatchState.INVITED)
# Largest firms of each class by their staff: Federal Law 209-FZ, article 4.
_LARGEST_MEDIUM = 250
_SMALL = ("micro", "small", "medium")


@dataclass(frozen=True, slots=True)
class NeedOfPeriod:
    """A need published in the period, and whether a contract came of it by now."""

    key: str
    title: str
    state: NeedState
    buyer: FigureFirm | None
    published_at: datetime
    is_contracted: bool


@dataclass(frozen=True, slots=True)
class ShownNeed:
    """A need whose contractor saw the first supplier in the period."""

    key: str
    title: str
    buyer: FigureFirm | None
    published_at: datetime
    shown_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A supplier invited to a need; the times of its first reply, quote and refusal, None where there was none."""

    need: str
    title: str
    state: NeedState
    quotes_until: datetime | None
    supplier: FigureFirm
    invited_at: datetime
    replied_at: datetime | None
    quoted_at: datetime | None
    declined_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProposalVerdict:
    """The operator's first word about a supplier that the matcher proposed."""

    need: str
    title: str
    supplier: FigureFirm
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract made in the period. `amount_minor` is what it is for, in minor units of `currency`; `is_small` says whether the supplier is a micro, small
    or medium enterprise. What is not known is None.
    """

    need: str
    title: str
    published_at: datetime | None
    made_at: datetime
    buyer: FigureFirm | None
    supplier: FigureFirm
    is_from_elsewhere: bool
    is_small: bool | None
    rank: int | None
    by_hand: bool | None
    amount_minor: int | None
    currency: str | None
    value_band: str | None


@dataclass(frozen=True, slots=True)
class RatedContract:
    """A contract whose delivery was rated in the period."""

    need: str
    title: str
    supplier: FigureFirm
    on_time: bool | None
    defects_per_thousand: float | None


@dataclass(frozen=True, slots=True)
class ProfiledSupplier:
    """A published supplier, with the day on which it last said something of itself."""

    key: str
    firm: FigureFirm
    said_on: date


@dataclass(frozen=True, slots=True)
class CertifiedSupplier:
    """A published supplier with certificates: whether one is being got, is held, is held and verified."""

    key: str
    firm: FigureFirm
    implementing: bool
    held: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class PromisedHours:
    """The machine-hours that a supplier offered in the weeks of the period, and those of them that are taken."""

    key: str
    firm: FigureFirm
    offered: float
    taken: float


class Ledger:
    """What happened in a centre in a period, as it is known at `now`."""

    def __init__(
        self, session: Session, centre_id: int, period: Period, zone: ZoneInfo, now: datetime
    ) -> None:
        self.session, self.centre_id, self.period, self.zone, self.now = session, centre_id, period, zone, now
        self.start, self.end = period.moments(zone)
        self.today = now.astimezone(zone).date()

    @property
    def last_day(self) -> date:
        """The day of stocks: the last one of the period, or today while it runs."""
        return min(self.period.last, self.today)

    def day(self, moment: datetime) -> date:
        """The day of a moment in the site's time zone."""
        return moment.astimezone(self.zone).date()

    @cached_property
    def needs(self) -> Sequence[NeedOfPeriod]:
        made = select(Decision.need_id).where(Decision.kind == MatchState.CONTRACTED, _standing())
        query = (
            select(Need.public_id, _title(), Need.state, *_BUYER, Need.published_at, Need.id.in_(made))
            .outerjoin(_Buyer, Need.contractor_id == _Buyer.id)
            .where(Need.centre_id == self.centre_id, self._within(Need.published_at))
            .order_by(Need.published_at, Need.id)
        )
        return [
            NeedOfPeriod(row[0], row[1], NeedState(row[2]), _firm(row[3:8]), row[8], bool(row[9]))
            for row in self._ask(query)
        ]

    @cached_property
    def shown(self) -> Sequence[ShownNeed]:
        first = func.min(Match.released_at)
        query = (
            select(Need.public_id, _title(), *_BUYER, Need.published_at, first)
            .join(Match, Match.need_id == Need.id)
            .outerjoin(_Buyer, Need.contractor_id == _Buyer.id)
            .where(Need.centre_id == self.centre_id, Need.published_at.is_not(None))
            .group_by(Need.id, _Buyer.id)
            .having(self._within(first))
            .order_by(first, Need.id)
        )
        return [ShownNeed(row[0], row[1], _firm(row[2:7]), row[7], row[8]) for row in self._ask(query)]

    @cached_property
    def invitations(self) -> Sequence[Invitation]:
        """Of suppliers invited in the period, the first invited first."""
        return [one for one in self._invited if self.start <= one.invited_at < self.end]

    @cached_property
    def due_quotes(self) -> Sequence[Invitation]:
        """Of needs whose term for quotes ended in the period, for all that had not refused by then."""
        ended = min(self.end, self.now)
        due = [one for one in self._invited if one.quotes_until and self.start <= one.quotes_until < ended]
        return [
            one
            for one in due
            if one.quotes_until and not (one.declined_at and one.declined_at <= one.quotes_until)
        ]

    @cached_property
    def _invited(self) -> Sequence[Invitation]:
        invited, quoted = _first(MatchState.INVITED), _first(MatchState.QUOTED)
        query = (
            self._decided(
                Need.state, Need.quotes_until, invited, _first(*_REPLIES), quoted, _first(MatchState.DECLINED)
            )
            .having(or_(self._within(invited), and_(invited.is_not(None), self._within(Need.quotes_until))))
            .order_by(invited, Need.id, Profile.id)
        )
        return [
            Invitation(
                row[0], row[1], NeedState(row[7]), row[8], _known(row[2:7]), row[9], row[10], row[11], row[12]
            )
            for row in self._ask(query)
        ]

    @cached_property
    def verdicts(self) -> Sequence[ProposalVerdict]:
        first, refused = _first(*_VERDICTS), _first(MatchState.REJECTED)
        query = (
            self._decided(refused.is_(None) | (refused > first))
            .join(Match, and_(Match.need_id == Need.id, Match.profile_id == Profile.id))
            .where(Match.by_hand.is_(False), Match.rank.is_not(None))
            .having(self._within(first))
            .order_by(first, Need.id, Profile.id)
        )
        return [ProposalVerdict(row[0], row[1], _known(row[2:7]), bool(row[7])) for row in self._ask(query)]

    @cached_property
    def contracts(self) -> Sequence[Contract]:
        made = _first(MatchState.CONTRACTED)
        of_match = and_(Match.need_id == Need.id, Match.profile_id == Profile.id)
        columns: tuple[Any, ...] = (
            *_BUYER,
            Need.published_at,
            made,
            _Supplier.centre_id,
            Profile.size_class,
            Profile.employees,
            Match.rank,
            Match.by_hand,
            Quote.amount_minor,
            Quote.currency,
            DeliveryRating.value_band,
            Quote.tooling_minor,
            func.max(case((Decision.kind == MatchState.CONTRACTED, cast(Decision.positions, Text)))),
        )
        query = (
            self._decided(*columns)
            .outerjoin(_Buyer, Need.contractor_id == _Buyer.id)
            .outerjoin(Match, of_match)
            .outerjoin(Quote, and_(Quote.match_id == Match.id, Quote.state == QuoteState.ACCEPTED))
            .outerjoin(DeliveryRating, DeliveryRating.match_id == Match.id)
            .group_by(_Buyer.id, Match.id, Quote.id, DeliveryRating.match_id)
            .having(self._within(made))
            .order_by(made, Need.id, Profile.id)
        )
        return [self._contract(row) for row in self._ask(query)]

    def _contract(self, row: Any) -> Contract:
        published, made, home, size, staff, rank, by_hand, amount, currency, band, tooling, positions = row[
            12:
        ]
        small = size in _SMALL if size else None if staff is None else staff <= _LARGEST_MEDIUM
        return Contract(
            row[0],
            row[1],
            published,
            made,
            _firm(row[7:12]),
            _known(row[2:7]),
            home != self.centre_id,
            small,
            rank,
            by_hand,
            _awarded(json.loads(positions) if positions else (), amount, tooling),
            currency,
            band,
        )

    @cached_property
    def rated(self) -> Sequence[RatedContract]:
        query = (
            select(
                Need.public_id,
                _title(),
                *_SUPPLIER,
                DeliveryRating.on_time,
                DeliveryRating.defects_per_thousand,
            )
            .join(Match, Match.id == DeliveryRating.match_id)
            .join(Need, Need.id == Match.need_id)
            .join(Profile, Profile.id == Match.profile_id)
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .where(Need.centre_id == self.centre_id, self._within(DeliveryRating.at))
            .order_by(DeliveryRating.at, Match.id)
        )
        return [RatedContract(row[0], row[1], _known(row[2:7]), row[7], row[8]) for row in self._ask(query)]

    @cached_property
    def suppliers(self) -> Sequence[ProfiledSupplier]:
        query = (
            select(
                Profile.public_id,
                *_SUPPLIER,
                Profile.published_at,
                Profile.edited_at,
                Profile.confirmed_at,
                Profile.updated,
            )
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .where(*self._published())
            .order_by(_Supplier.sort_ru, Profile.id)
        )
        return [
            ProfiledSupplier(row[0], _known(row[1:6]), self._said_on(row[6:9], row[9]))
            for row in self._ask(query)
        ]

    def _said_on(self, moments: Sequence[datetime | None], updated: date | None) -> date:
        """The newest of the days before the end of the period; the day of publishing is always among them."""
        days = [self.day(moment) for moment in moments if moment and moment < self.end]
        return max([*days, *([updated] if updated and updated <= self.period.last else [])])

    @cached_property
    def certified(self) -> Sequence[CertifiedSupplier]:
        day = self.last_day
        held = and_(
            CertificateRow.status == CertificateStatus.CERTIFIED,
            or_(CertificateRow.issued.is_(None), CertificateRow.issued <= day),
            or_(CertificateRow.valid_until.is_(None), CertificateRow.valid_until >= day),
        )
        query = (
            select(
                Profile.public_id,
                *_SUPPLIER,
                _any(CertificateRow.status == CertificateStatus.IMPLEMENTING),
                _any(held),
                _any(and_(held, CertificateRow.verified, CertificateRow.verified_at < self.end)),
            )
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .join(CertificateRow, CertificateRow.profile_id == Profile.id)
            .where(*self._published())
            .group_by(Profile.id, _Supplier.id)
            .order_by(_Supplier.sort_ru, Profile.id)
        )
        return [CertifiedSupplier(row[0], _known(row[1:6]), *map(bool, row[6:9])) for row in self._ask(query)]

    @cached_property
    def hours(self) -> Sequence[PromisedHours]:
        query = (
            select(
                Profile.public_id,
                *_SUPPLIER,
                func.sum(SpareCapacity.maximum_hours),
                func.sum(SpareCapacity.agreed_hours),
            )
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .join(SpareCapacity, SpareCapacity.profile_id == Profile.id)
            .where(*self._published(), SpareCapacity.week.in_(_weeks(self.period)))
            .group_by(Profile.id, _Supplier.id)
            .order_by(_Supplier.sort_ru, Profile.id)
        )
        return [PromisedHours(row[0], _known(row[1:6]), row[6], row[7]) for row in self._ask(query)]

    def _ask(self, query: Any) -> Sequence[Any]:
        return self.session.execute(query).all()

    def _published(self) -> tuple[ColumnElement[bool], ...]:
        published = Profile.state == ProfileState.PUBLISHED, Profile.published_at < self.end
        return (_Supplier.centre_id == self.centre_id, *published)

    def _within(self, moment: Any) -> ColumnElement[bool]:
        return and_(moment >= self.start, moment < self.end)

    def _decided(self, *columns: Any) -> Select[Any]:
        """A row for each need of the centre and supplier with standing decisions: the need, the supplier, the columns."""
        return (
            select(Need.public_id, _title(), *_SUPPLIER, *columns)
            .select_from(Decision)
            .join(Need, Need.id == Decision.need_id)
            .join(Profile, Profile.id == Decision.profile_id)
            .join(_Supplier, _Supplier.id == Profile.organisation_id)
            .where(Need.centre_id == self.centre_id, _standing())
            .group_by(Need.id, Profile.id, _Supplier.id)
        )


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


def _any(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((condition, 1), else_=0))


def _firm(named: Sequence[Any]) -> FigureFirm | None:
    return _known(named) if named[0] else None


def _known(named: Sequence[Any]) -> FigureFirm:
    return FigureFirm(*named)


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
