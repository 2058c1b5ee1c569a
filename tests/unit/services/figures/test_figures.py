"""Each figure of a period against a plain recount of a made history; plans, locks, and what stays as it was."""

import statistics
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import combinations, count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from matchmaker.domain.errors import NotFound, PeriodDamaged, PeriodInvalid, PeriodLocked, PeriodRunning
from matchmaker.domain.lifecycle import (
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
from matchmaker.models import (
    AuditEntry,
    Centre,
    CertificateRow,
    CertificationStep,
    Decision,
    DecisionUndone,
    DeliveryRating,
    Event,
    EventAnswer,
    EventMeeting,
    EventParticipant,
    ExchangeRate,
    Match,
    Need,
    OrderEntry,
    Organisation,
    PeriodLock,
    Profile,
    PurchaseOrder,
    Quote,
    SpareCapacity,
    User,
)
from matchmaker.models.curating import VALUE_BANDS
from matchmaker.models.database import Session, Sessions
from matchmaker.services.core.periods import Period, PeriodLength
from matchmaker.services.figures import definitions, period_reports
from matchmaker.services.figures.definitions import figures_of
from matchmaker.services.figures.figure_values import FigureFirm, FigureRow, FigureSum, value_of
from matchmaker.services.figures.ledger import CountingRules, Ledger
from matchmaker.services.people import accounts
from matchmaker.wiring import load_taxonomy

ZONE = ZoneInfo("Europe/Moscow")
RULES = CountingRules(ZONE, load_taxonomy())
QUARTER = Period.parse("2026-Q4")
START, END = QUARTER.moments(ZONE)
NOW = datetime(2026, 12, 10, 9, tzinfo=UTC)
# At, just before and after the ends of the quarter, and within it.
MOMENTS = (
    START - timedelta(days=40),
    START - timedelta(microseconds=1),
    START,
    START + timedelta(hours=5),
    *(START + timedelta(days=days, hours=days % 24) for days in (1, 2, 5, 9, 30, 44, 60, 70)),
)
BANDS = {"to-100": (0, 100_000), "more": (50_000_000, None)}
_numbers = count(1)


@dataclass
class MadeSupplier:
    """A supplier as made: all that the recount asks about it."""

    organisation: Organisation
    profile: Profile
    certificates: list[CertificateRow] = field(default_factory=list)
    steps: list[CertificationStep] = field(default_factory=list)
    hours: list[tuple[int, float, float]] = field(default_factory=list)


@dataclass
class MadePair:
    """A supplier for a need, with the decisions about it: kind, time, whether it was undone."""

    need: Need
    supplier: MadeSupplier
    decisions: list[tuple[MatchState, datetime, bool]]
    match: Match | None = None
    quote: Quote | None = None
    rating: DeliveryRating | None = None
    positions: list[dict[str, Any]] | None = None
    entries: list[OrderEntry] = field(default_factory=list)
    is_secret: bool = False

    def first(self, *kinds: MatchState) -> datetime | None:
        return min((at for kind, at, undone in self.decisions if kind in kinds and not undone), default=None)


@dataclass
class MadeHistory:
    """All that happened in a centre."""

    centre: Centre
    suppliers: list[MadeSupplier]
    needs: list[Need]
    pairs: list[MadePair]
    events: list["MadeEvent"]
    rates: dict[date, int]


@dataclass
class MadeEvent:
    """An event as made: who was on its list, which meetings it had, what was answered."""

    event: Event
    firms: list[EventParticipant]
    meetings: list[EventMeeting]
    answers: list[EventAnswer]


def history(session: Session, rnd: Random) -> MadeHistory:
    """A history of a new centre, written into the tables."""
    number = next(_numbers)
    centre, other = Centre(code=f"c-{number}", name_ru="Центр"), Centre(code=f"o-{number}")
    session.add_all([centre, other])
    session.flush()
    suppliers = [
        _supplier(session, rnd, rnd.choice((centre, centre, other))) for _ in range(rnd.randint(0, 4))
    ]
    buyers = [_firm(rnd, centre, contractor=True) for _ in range(2)]
    session.add_all(buyers)
    session.flush()
    needs = [
        _need(rnd, rnd.choice((centre, centre, centre, other)), buyers, n) for n in range(rnd.randint(0, 5))
    ]
    session.add_all(needs)
    session.flush()
    pairs = [
        _pair(session, rnd, need, supplier) for need in needs for supplier in suppliers if rnd.random() < 0.7
    ]
    session.flush()
    firms = [*buyers, *(one.organisation for one in suppliers)]
    events = [
        _event(session, rnd, rnd.choice((centre, centre, other)), firms) for _ in range(rnd.randint(0, 3))
    ]
    return MadeHistory(centre, suppliers, needs, pairs, events, _rates(session, rnd, centre, other))


def _rates(session: Session, rnd: Random, *centres: Centre) -> dict[date, int]:
    """The rates of the first centre for the euro, in millionths, each of a day; the other has one of its own."""
    days = [START.date() + timedelta(days=days) for days in (-400, -330, -3, 1, 9, 40)]
    found = {day: rnd.randint(1, 200_000_000) for day in rnd.sample(days, rnd.randint(0, 3))}
    own = {centres[0]: found, centres[1]: {days[0]: 7}}
    by = _someone(session)
    session.add_all(
        ExchangeRate(centre_id=centre.id, currency="EUR", on=day, micro_roubles=micro, by_id=by)
        for centre, rates in own.items()
        for day, micro in rates.items()
    )
    return found


def _event(session: Session, rnd: Random, centre: Centre, firms: list[Organisation]) -> MadeEvent:
    day = rnd.choice([*DAYS, date(2025, 12, 1), date(2026, 12, 31), date(2027, 1, 1)])
    event = Event(
        centre_id=centre.id,
        kind="fair",
        title=f"Выставка {next(_numbers)}",
        place="Зал 1",
        day=day,
        register_by=day,
        starts=600,
        ends=900,
        tables=3,
        people=50,
        state=rnd.choice((EventState.HELD, EventState.HELD, EventState.TIMETABLED, EventState.CALLED_OFF)),
    )
    session.add(event)
    session.flush()
    there = [
        EventParticipant(event_id=event.id, organisation_id=firm.id, state=rnd.choice(list(ParticipantState)))
        for firm in rnd.sample(firms, rnd.randint(0, len(firms)))
    ]
    session.add_all(there)
    session.flush()
    made = MadeEvent(event, there, [], [])
    for slot, (first, second) in enumerate(combinations(there, 2)):
        if rnd.random() < 0.5:
            two = {"first_id": first.id, "second_id": second.id}
            held = rnd.choice((None, True, True, False))
            made.meetings.append(EventMeeting(event_id=event.id, slot=slot, at_table=1, held=held, **two))
    for firm in there:
        for months in rnd.sample((0, 6, 12), rnd.randint(0, 3)):
            partner = rnd.choice([None, *(one.id for one in there if one is not firm)])
            said = {"deal": rnd.choice(("yes", "yes", "talks", "no")), "at": rnd.choice([*MOMENTS, END])}
            answer = EventAnswer(participant_id=firm.id, months=months, partner_id=partner, **said)
            made.answers.append(answer)
    session.add_all([*made.meetings, *made.answers])
    return made


def _firm(rnd: Random, centre: Centre, *, contractor: bool = False) -> Organisation:
    return Organisation(
        centre_id=centre.id,
        name_ru=f"ООО «Завод {next(_numbers)}»",
        inn=None,
        region_code=rnd.choice((None, "66", "74")),
        is_contractor=contractor,
    )


def _supplier(session: Session, rnd: Random, centre: Centre) -> MadeSupplier:
    firm = _firm(rnd, centre)
    session.add(firm)
    session.flush()
    published = rnd.choice((None, *MOMENTS, END))
    profile = Profile(
        organisation_id=firm.id,
        state=rnd.choice((ProfileState.PUBLISHED, ProfileState.PUBLISHED, ProfileState.BLOCKED))
        if published
        else ProfileState.DRAFT,
        published_at=published,
        edited_at=rnd.choice((None, *MOMENTS)),
        confirmed_at=rnd.choice((None, END, *MOMENTS)),
        updated=rnd.choice((None, date(2025, 1, 1), date(2026, 11, 3), date(2027, 2, 1))),
        size_class=rnd.choice((None, "micro", "medium", "large")),
        employees=rnd.choice((None, 12, 250, 251)),
    )
    session.add(profile)
    session.flush()
    made = MadeSupplier(firm, profile)
    for place in range(rnd.randint(0, 2)):
        verified = rnd.random() < 0.5
        made.certificates.append(
            CertificateRow(
                profile_id=profile.id,
                position=place,
                standard="ISO 9001",
                standard_code=rnd.choice((None, "iso-9001", "iso-14001")),
                status=rnd.choice(list(CertificateStatus)),
                issued=rnd.choice(
                    (None, date(2023, 12, 9), date(2023, 12, 10), date(2026, 12, 10), date(2026, 12, 11))
                ),
                valid_until=rnd.choice((None, date(2026, 12, 11), date(2027, 1, 1))),
                verified=verified,
                verified_at=rnd.choice((*MOMENTS, END)) if verified else None,
            )
        )
    for week in rnd.sample((202640, 202641, 202653, 202701), rnd.randint(0, 3)):
        offered = float(rnd.choice((0, 40, 80)))
        made.hours.append((week, offered, min(offered, float(rnd.choice((0, 10, 40))))))
    session.add_all(made.certificates)
    for standard in ("iso-9001", "iso-14001"):
        made.steps += _steps(session, rnd, profile, standard)
    session.add_all(
        SpareCapacity(
            profile_id=profile.id,
            group_code="lathe",
            week=week,
            maximum_hours=most,
            agreed_hours=agreed,
            stated_at=NOW,
        )
        for week, most, agreed in made.hours
    )
    return made


# At, just before and after the ends of the quarter as far as it has come, and within it.
DAYS = [date(2026, 8, 1), date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 5), date(2026, 12, 10)]


def _steps(session: Session, rnd: Random, profile: Profile, standard: str) -> list[CertificationStep]:
    """Steps in the order of their days, some of one day, some corrected and corrected again."""
    days = sorted(rnd.choices([*DAYS, date(2026, 12, 11)], k=rnd.randint(0, 4)))
    made = []
    for place, day in enumerate(days, 1):
        corrected = None
        for _ in range(rnd.choice((1, 1, 1, 2, 3))):
            step = CertificationStep(
                profile_id=profile.id,
                standard=standard,
                place=place,
                stage=rnd.choice(list(CertificationStage)),
                on=day,
                helper=rnd.choice((None, None, "ООО «Аудит»")),
                payer=rnd.choice((None, "firm", "centre")),
                replaces_id=corrected,
                why="опечатка" if corrected else None,
            )
            session.add(step)
            session.flush()
            corrected = step.id
            made.append(step)
    return made


def _need(rnd: Random, centre: Centre, buyers: list[Organisation], number: int) -> Need:
    published = rnd.choice((None, *MOMENTS))
    return Need(
        centre_id=centre.id,
        external_id=f"n-{number}",
        contractor_id=rnd.choice((None, *[buyer.id for buyer in buyers])),
        title=f"Вал {number}",
        state=rnd.choice([state for state in NeedState if state is not NeedState.DRAFT])
        if published
        else NeedState.DRAFT,
        published_at=published,
        quotes_until=rnd.choice((None, *MOMENTS)),
    )


def _pair(session: Session, rnd: Random, need: Need, supplier: MadeSupplier) -> MadePair:
    kinds = rnd.sample(list(MatchState)[1:], rnd.randint(0, 5))
    made = MadePair(need, supplier, [(kind, rnd.choice(MOMENTS), rnd.random() < 0.15) for kind in kinds])
    for kind, at, undone in made.decisions:
        decision = Decision(need_id=need.id, profile_id=supplier.profile.id, kind=kind, at=at)
        if kind is MatchState.CONTRACTED and rnd.random() < 0.5:
            decision.positions = made.positions = [
                {"id": "1", "quantity": 30, "title": "Вал", "price_minor": 1_500_00, "currency": "RUB"},
                {
                    "id": "2",
                    "quantity": 4,
                    "title": "Ось",
                    "price_minor": rnd.choice((None, 99)),
                    "currency": "RUB",
                },
            ]
        session.add(decision)
        session.flush()
        if undone:
            session.add(DecisionUndone(decision_id=decision.id, by_id=_someone(session)))
    if rnd.random() < 0.25:
        return made
    by_hand = rnd.random() < 0.2
    made.match = Match(
        need_id=need.id,
        profile_id=supplier.profile.id,
        by_hand=by_hand,
        rank=None if by_hand else rnd.choice((None, 1, 3, 4)),
        released_at=rnd.choice((None, *MOMENTS)),
    )
    session.add(made.match)
    session.flush()
    if rnd.random() < 0.6:
        made.quote = Quote(
            match_id=made.match.id,
            state=rnd.choice((QuoteState.ACCEPTED, QuoteState.ACCEPTED, QuoteState.REFUSED)),
            amount_minor=rnd.choice((1, 12_345_67, None)),
            tooling_minor=rnd.choice((None, 700_00)),
            currency=rnd.choice(("RUB", "RUB", "EUR")),
        )
        session.add(made.quote)
    if rnd.random() < 0.6:
        made.rating = DeliveryRating(
            match_id=made.match.id,
            quality=4,
            value_band=rnd.choice((None, *BANDS)),
            at=rnd.choice(MOMENTS),
            by_id=_someone(session),
        )
        session.add(made.rating)
    if rnd.random() < 0.6:
        _order(session, rnd, made)
    return made


def _order(session: Session, rnd: Random, made: MadePair) -> None:
    """An order with what was said of it; one whose contract can still be taken back is not seen."""
    assert made.match is not None
    made.is_secret = rnd.random() < 0.2
    opened = NOW + timedelta(minutes=5) if made.is_secret else NOW - timedelta(days=30)
    line = {"id": "", "title": "Вал", "quantity": 90, "price_minor": None}
    order = PurchaseOrder(match_id=made.match.id, lines=[line], opened_at=opened)
    session.add(order)
    session.flush()
    for _ in range(rnd.randint(0, 4)):
        kind, pieces = rnd.choice(("delivery", "delivery", "defects", "report")), rnd.randint(1, 40)
        made.entries.append(
            OrderEntry(
                order_id=order.id,
                kind=kind,
                state=rnd.choice(list(EntryState)),
                day=rnd.choice((date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 9), date(2027, 1, 1))),
                due_on=rnd.choice((None, date(2026, 9, 30), date(2026, 11, 9))),
                pieces=pieces if kind == "delivery" else None,
                defective=rnd.choice((None, 0, 1, pieces)),
                side="supplier",
                by_id=_someone(session),
            )
        )
    session.add_all(made.entries)


def _someone(session: Session) -> int:
    return session.scalars(select(User.id)).first() or 0


Told = tuple[float | None, float | None, int]


def recount(made: MadeHistory) -> dict[str, Told]:
    """Every figure from the made history alone: at least, at most, rows."""
    home = made.centre.id
    published = [
        one
        for one in made.suppliers
        if one.organisation.centre_id == home
        and one.profile.state == ProfileState.PUBLISHED
        and one.profile.published_at
        and one.profile.published_at < END
    ]
    own = [pair for pair in made.pairs if pair.need.centre_id == home]
    needs = [need for need in made.needs if need.centre_id == home and _in(need.published_at)]
    contracts = [pair for pair in own if _in(pair.first(MatchState.CONTRACTED))]
    invited = [pair for pair in own if _in(pair.first(MatchState.INVITED))]
    came = [one for pair in own if not pair.is_secret for one in pair.entries if _counts(one)]
    decided = [pair for pair in own if _proposed(pair) and _in(pair.first(*VERDICTS))]
    counts: dict[int, int] = defaultdict(int)
    for pair in decided:
        counts[pair.supplier.profile.id] += 0
    for pair in invited:
        counts[pair.supplier.profile.id] += 1
    return {
        "suppliers": _number(len(published)),
        "fresh": _part([_fresh(one) for one in published]),
        "implementing": _number(
            sum(
                any(c.status == CertificateStatus.IMPLEMENTING for c in one.certificates) for one in published
            )
        ),
        "certified": _number(sum(any(map(_held, one.certificates)) for one in published)),
        "verified": _number(
            sum(
                any(_held(c) and c.verified and c.verified_at < END for c in one.certificates)
                for one in published
            )
        ),
        **_ladders([one for one in made.suppliers if one.organisation.centre_id == home]),
        "capacity-use": _hours(published),
        "buyers": _number(len({need.contractor_id for need in needs} - {None})),
        "needs": _number(len(needs)),
        "days-to-shortlist": _median(list(_to_shortlist(made))),
        "acceptance": _part([not _refused_first(pair) for pair in decided]),
        "replies": _part([_replied(pair) for pair in invited]),
        "late-quotes": _part([_late(pair) for pair in own if _due(pair)]),
        "spread": _unevenness(list(counts.values())),
        "conversion": _part([_converted(need, own) for need in needs]),
        "contracts": _number(len(contracts)),
        "volume": _money(contracts, made.rates),
        "days-to-contract": _median(list(_to_contract(contracts))),
        "across-centres": _part([pair.supplier.organisation.centre_id != home for pair in contracts]),
        "small-firms": _part([_small(pair) for pair in contracts]),
        "in-region": _part([_near(pair, made) for pair in contracts]),
        "among-first": _part([_first_three(pair) for pair in contracts]),
        "on-time": _part([_kept(one) for one in came if one.kind == "delivery" and one.due_on]),
        "defects": _per_thousand(came),
        **_events([one for one in made.events if one.event.centre_id == home]),
    }


def _events(made: list[MadeEvent]) -> dict[str, Told]:
    """What came of the events that were held."""
    held = [one for one in made if one.event.state == "held"]
    here = [one for one in held if date(2026, 10, 1) <= one.event.day <= date(2026, 12, 31)]
    deals: dict[int, int] = dict.fromkeys((0, 6, 12), 0)
    for one in held:
        came = {firm.id for firm in one.firms if firm.state == "attended"}
        for months in deals:
            told: dict[frozenset[int], datetime] = {}
            for said in one.answers:
                if said.months == months and said.deal == "yes" and said.participant_id in came:
                    two = frozenset({said.participant_id, said.partner_id or said.participant_id})
                    told[two] = min(said.at, told.get(two, said.at))
            is_over = one.event.day <= date(2026, 12, 31)  # nobody tells of an event to come
            deals[months] += sum(_in(at) for at in told.values()) if is_over else 0
    return {
        "event-participants": _number(sum(firm.state == "attended" for one in here for firm in one.firms)),
        "event-meetings": _number(sum(bool(meeting.held) for one in here for meeting in one.meetings)),
        **{f"event-deals-{months}": _number(count) for months, count in deals.items()},
    }


VERDICTS = (MatchState.APPROVED, MatchState.REJECTED, MatchState.INVITED)
OPEN = {NeedState.PUBLISHED, NeedState.SHORTLISTING, NeedState.NEGOTIATION}
REPLIES = (MatchState.INTERESTED, MatchState.DECLINED, MatchState.QUOTED, MatchState.CONTRACTED)


def _in(moment: datetime | None) -> bool:
    return moment is not None and START <= moment < END


def _local(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _number(many: int) -> Told:
    return float(many), float(many), many


def _part(said: list[bool | None]) -> Told:
    if not said:
        return None, None, 0
    yes, unknown = said.count(True), said.count(None)
    return 100 * yes / len(said), 100 * (yes + unknown) / len(said), len(said)


def _median(values: list[float]) -> Told:
    middle = statistics.median(values) if values else None
    return middle, middle, len(values)


def _counts(one: OrderEntry) -> bool:
    said = one.kind in {"delivery", "defects"} and one.state in {"said", "confirmed"}
    return said and one.day is not None and date(2026, 10, 1) <= one.day <= date(2026, 12, 31)


def _kept(one: OrderEntry) -> bool | None:
    """Whether a delivery kept its day; None where one side alone tells of it."""
    assert one.day is not None
    assert one.due_on is not None
    return one.day <= one.due_on if one.state == "confirmed" else None


def _per_thousand(came: list[OrderEntry]) -> Told:
    """Defective pieces of a thousand; of what one side says none or all may be."""
    pieces = sum(one.pieces or 0 for one in came)
    sure = sum(one.defective or 0 for one in came if one.state == "confirmed")
    at_most = sum(max(one.defective or 0, one.pieces or 0) for one in came if one.state == "said")
    if not pieces:
        return None, None, len(came)
    return 1000 * sure / pieces, 1000 * (sure + at_most) / pieces, len(came)


def _unevenness(counts: list[int]) -> Told:
    if not counts:
        return None, None, 0
    apart = sum(abs(one - other) for one in counts for other in counts)
    gini = apart / (2 * len(counts) * sum(counts)) if sum(counts) else 0.0
    return gini, gini, len(counts)


def _fresh(one: MadeSupplier) -> bool:
    profile = one.profile
    moments = [profile.published_at, profile.edited_at, profile.confirmed_at]
    days = [_local(moment) for moment in moments if moment and moment < END]
    days += [profile.updated] if profile.updated and profile.updated <= date(2026, 12, 31) else []
    return max(days) >= date(2026, 12, 10) - timedelta(days=180)


def _held(row: CertificateRow) -> bool:
    """Certified, of a known standard, issued by the day; without an end for three years from the issue, without dates not said."""
    today, three_years_ago = date(2026, 12, 10), date(2023, 12, 10)
    if (
        row.status != CertificateStatus.CERTIFIED
        or not row.standard_code
        or (row.issued and row.issued > today)
    ):
        return False
    if row.valid_until:
        return row.valid_until >= today
    return row.issued is not None and row.issued >= three_years_ago


def _ladders(suppliers: list[MadeSupplier]) -> dict[str, Told]:
    counts, helped, dates, days = dict.fromkeys(list(CertificationStage)[1:], 0), 0, [], []
    for one in suppliers:
        gone = {step.replaces_id for step in one.steps}
        for standard in ("iso-9001", "iso-14001"):
            left = [step for step in one.steps if step.standard == standard and step.id not in gone]
            left = sorted((step for step in left if step.on <= DAYS[-1]), key=lambda step: step.place)
            stages = [step.stage for step in left]
            if not left:
                continue
            if stages[-1] != "none":
                counts[stages[-1]] += 1
            if stages[-1] in {"certified", "surveillance"}:
                shown = [c for c in one.certificates if c.standard_code == standard]
                dates.append(any(map(_held, shown)) if shown else None)
            issued = next((step.on for step in left if step.stage == "certified"), None)
            if issued is None or issued < date(2026, 10, 1):
                continue
            helped += any(step.helper or step.payer == "centre" for step in left if step.on <= issued)
            work = [step.on for step in left if step.stage not in {"none", "certified", "surveillance"}]
            if work and work[0] <= issued:
                days.append(float((issued - work[0]).days))
    return {
        **{f"ladder-{stage}": _number(count) for stage, count in counts.items()},
        "certified-with-help": _number(helped),
        "ladders-in-date": _part(dates),
        "days-to-certificate": _median(days),
    }


def _hours(published: list[MadeSupplier]) -> Told:
    # The first Monday of the quarter is that of week 41; week 53 begins on 28 December.
    own = [[hours for hours in one.hours if 202641 <= hours[0] <= 202653] for one in published]
    rows = [hours for hours in own if hours]
    offered = sum(most for hours in rows for _, most, _ in hours)
    taken = sum(agreed for hours in rows for _, _, agreed in hours)
    use = 100 * taken / offered if offered else None
    return use, use, len(rows)


def _to_shortlist(made: MadeHistory) -> Iterator[float]:
    for need in made.needs:
        shown = [
            p.match.released_at for p in made.pairs if p.need is need and p.match and p.match.released_at
        ]
        if need.centre_id != made.centre.id or not need.published_at or not shown or not _in(min(shown)):
            continue
        day, last, days = _local(need.published_at), _local(min(shown)), 0
        while day < last:
            day += timedelta(days=1)
            days += day.weekday() < 5
        yield float(days)


def _to_contract(contracts: list[MadePair]) -> Iterator[float]:
    for pair in contracts:
        made, published = pair.first(MatchState.CONTRACTED), pair.need.published_at
        if made and published and published <= made:
            yield float((_local(made) - _local(published)).days)


def _proposed(pair: MadePair) -> bool:
    return pair.match is not None and not pair.match.by_hand and pair.match.rank is not None


def _refused_first(pair: MadePair) -> bool:
    return pair.first(MatchState.REJECTED) == pair.first(*VERDICTS)


def _replied(pair: MadePair) -> bool | None:
    if pair.first(*REPLIES):
        return True
    return None if pair.need.state in OPEN else False


def _due(pair: MadePair) -> bool:
    until, declined = pair.need.quotes_until, pair.first(MatchState.DECLINED)
    if not (pair.first(MatchState.INVITED) and until and START <= until < NOW):
        return False
    return declined is None or declined > until


def _late(pair: MadePair) -> bool:
    quoted, until = pair.first(MatchState.QUOTED), pair.need.quotes_until
    return not (quoted and until and quoted <= until)


def _converted(need: Need, own: list[MadePair]) -> bool | None:
    if any(pair.first(MatchState.CONTRACTED) for pair in own if pair.need is need):
        return True
    return None if need.state in OPEN else False


def _money(contracts: list[MadePair], rates: dict[date, int]) -> Told:
    low, high = 0.0, 0.0
    bounded = True
    for pair in contracts:
        quote, band = pair.quote, pair.rating.value_band if pair.rating else None
        chosen = quote if quote and quote.state == QuoteState.ACCEPTED else None
        accepted = _agreed(pair, chosen) if chosen else None
        made = pair.first(MatchState.CONTRACTED)
        if accepted and chosen and made and chosen.currency == "EUR":
            day = made.astimezone(ZONE).date()
            rate = next((rates[on] for on in sorted(rates, reverse=True) if on <= day), None)
            fresh = any(day - timedelta(days=366) <= on <= day for on in rates)
            accepted = round(accepted * rate / 1_000_000) if rate and fresh else None
        least, most = (
            (accepted / 100, accepted / 100) if accepted is not None else BANDS.get(band or "", (0, None))
        )
        low += least
        bounded = bounded and most is not None
        high += most or 0
    return low, high if bounded else None, len(contracts)


def _agreed(pair: MadePair, quote: Quote) -> int | None:
    """Minor units: the positions of the contract, else the whole quote, with the tooling."""
    amounts: list[int | None] = [quote.amount_minor]
    if pair.positions:
        amounts = [one["price_minor"] and one["quantity"] * one["price_minor"] for one in pair.positions]
    if any(amount is None for amount in amounts):
        return None
    return sum(amount or 0 for amount in amounts) + (quote.tooling_minor or 0)


def _small(pair: MadePair) -> bool | None:
    profile = pair.supplier.profile
    if profile.size_class:
        return profile.size_class != "large"
    return None if profile.employees is None else profile.employees <= 250


def _near(pair: MadePair, made: MadeHistory) -> bool | None:
    buyer = pair.need.contractor
    here, there = buyer.region_code if buyer else None, pair.supplier.organisation.region_code
    return here == there if here and there else None


def _first_three(pair: MadePair) -> bool | None:
    if pair.match is None:
        return None
    return pair.match.rank is not None and pair.match.rank <= 3


@pytest.fixture
def _a_person(sessions: Sessions) -> None:
    with sessions.begin() as session:
        accounts.create_user(session, accounts.AccountDetails("o@example.org", "Operator"), by="tester")


@pytest.fixture
def each_with_a_person(each_sessions: Sessions) -> Sessions:
    with each_sessions.begin() as session:
        accounts.create_user(session, accounts.AccountDetails("o@example.org", "Operator"), by="tester")
    return each_sessions


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rnd=st.randoms(use_true_random=False))
def test_every_figure_is_what_a_plain_recount_gives(each_with_a_person: Sessions, rnd: Random) -> None:
    with each_with_a_person.begin() as session:
        made = history(session, rnd)
        session.flush()
        ledger = Ledger(session, made.centre.id, QUARTER, RULES, NOW)
        found: dict[str, Told] = {}
        for figure in figures_of(QUARTER):
            value = value_of(tuple(figure.rows(ledger)), figure.how)
            found[figure.code] = (value.low, value.high, value.rows)
        expected = recount(made)
    assert found == {code: pytest.approx(told, abs=0.0051) for code, told in expected.items()}


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31)),
        (" 2026 ", date(2026, 1, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_period_is_read_as_it_is_written(written: str, first: date, last: date) -> None:
    period = Period.parse(written)
    assert (period.start, period.last) == (first, last)
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    "written", ["", "2026-13", "2026-Q5", "2026-1", "1999", "november", "2026-11-01", "２０２６"]
)
def test_what_is_no_period_is_refused_with_the_way_to_write_one(written: str) -> None:
    with pytest.raises(PeriodInvalid, match="2026-Q4"):
        Period.parse(written)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(PeriodLength))
def test_periods_follow_each_other_without_a_gap(day: date, length: PeriodLength) -> None:
    period = Period.around(day, length)
    assert period.start <= day < period.end
    assert period.after.before == period
    assert period.before.end == period.start
    assert Period.parse(str(period)) == period


def test_a_period_begins_and_ends_at_midnight_of_the_site() -> None:
    assert Period.parse("2026-11").moments(ZONE) == (
        datetime(2026, 10, 31, 21, tzinfo=UTC),
        datetime(2026, 11, 30, 21, tzinfo=UTC),
    )


def test_what_is_not_known_makes_an_interval() -> None:
    firm = FigureFirm("a", "ООО «А»", None)
    rows = [
        FigureRow("need", str(n), "", firm, *bounds)
        for n, bounds in enumerate([(1, 1), (0, 0), (0, 1), (0, 1)])
    ]
    share = value_of(rows, FigureSum.SHARE)
    assert (share.low, share.high, share.rows, share.unknown) == (25, 75, 4, 2)
    open_end = value_of([*rows, FigureRow("need", "x", "", firm, 5, None)], FigureSum.TOTAL)
    assert (open_end.low, open_end.high) == (6, None)
    assert value_of([], FigureSum.SHARE).low is None
    assert value_of([], FigureSum.COUNT).low == 0


@pytest.fixture
def centre_id(sessions: Sessions, _a_person: None) -> int:
    """A centre with a history."""
    with sessions.begin() as session:
        return history(session, Random(5)).centre.id


def of(session: Session, centre_id: int) -> tuple[Centre, User]:
    centre = session.get(Centre, centre_id)
    assert centre is not None
    return centre, session.scalars(select(User)).one()


def test_a_locked_period_stays_as_it_was(sessions: Sessions, centre_id: int) -> None:
    with time_machine.travel(datetime(2027, 1, 15, tzinfo=UTC), tick=False), sessions.begin() as session:
        centre, user = of(session, centre_id)
        period_reports.plan(session, centre, QUARTER, {"contracts": 7.0}, user)
        before = period_reports.report(session, centre, QUARTER, RULES)
        locked = period_reports.lock(session, centre, QUARTER, RULES, user)
        assert period_reports.lock(session, centre, QUARTER, RULES, user) is locked
        session.execute(update(Need).values(published_at=None, title="другое"))
        session.execute(update(Decision).values(at=START - timedelta(days=400)))
        after = period_reports.report(session, centre, QUARTER, RULES)
        assert [(one.figure.code, one.value, one.plan) for one in after.figures] == [
            (one.figure.code, one.value, one.plan) for one in before.figures
        ]
        assert [list(one.rows) for one in after.figures] == [list(one.rows) for one in before.figures]
        assert (after.is_locked, after.locked_by, before.is_locked) == (True, user, False)
        assert after.of("contracts").plan == 7
        with pytest.raises(PeriodLocked):
            period_reports.plan(session, centre, QUARTER, {}, user)
        period_reports.reopen(session, centre, QUARTER, user)
        assert period_reports.report(session, centre, QUARTER, RULES).of("needs").value.rows == 0
        acts = session.scalars(select(AuditEntry).where(AuditEntry.action.like("period.%"))).all()
        assert [one.action for one in acts] == ["period.planned", "period.locked", "period.reopened"]
        assert {one.details["sha256"] for one in acts[1:]} == {locked.sha256}


def test_a_period_that_runs_cannot_be_locked(sessions: Sessions, centre_id: int) -> None:
    with (
        time_machine.travel(datetime(2026, 12, 31, 20, 59, tzinfo=UTC), tick=False),
        sessions.begin() as session,
    ):
        centre, user = of(session, centre_id)
        with pytest.raises(PeriodRunning) as refused:
            period_reports.lock(session, centre, QUARTER, RULES, user)
        assert refused.value.params["day"] == "2027-01-01"
    with time_machine.travel(datetime(2026, 12, 31, 21, tzinfo=UTC), tick=False), sessions.begin() as session:
        centre, user = of(session, centre_id)
        assert period_reports.lock(session, centre, QUARTER, RULES, user).period == "2026-Q4"


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"body": b"no figures"}])
def test_a_lock_that_was_altered_is_told(
    sessions: Sessions, centre_id: int, change: dict[str, object]
) -> None:
    with time_machine.travel(datetime(2027, 1, 15, tzinfo=UTC), tick=False), sessions.begin() as session:
        centre, user = of(session, centre_id)
        period_reports.lock(session, centre, QUARTER, RULES, user)
        session.flush()
        session.execute(update(PeriodLock).values(**change))
        session.expire_all()
        with pytest.raises(PeriodDamaged, match="2026-Q4"):
            period_reports.report(session, centre, QUARTER, RULES)


def test_a_figure_that_is_none_is_not_found(sessions: Sessions, centre_id: int) -> None:
    with sessions.begin() as session, pytest.raises(NotFound):
        period_reports.one_figure(session, of(session, centre_id)[0], QUARTER, RULES, "luck")


def test_every_band_of_a_contract_has_its_bounds() -> None:
    assert tuple(definitions.BANDS) == VALUE_BANDS
    bounds = list(definitions.BANDS.values())
    assert [low for low, _ in bounds[1:]] == [high for _, high in bounds[:-1]]
