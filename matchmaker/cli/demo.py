"""`matchmaker demo`: the demo centre, loaded on first use and served, with a history of orders, ladders, cards, events, a parts list and a cluster.

The history is drawn with a seed and played through the use cases of the pages, as the centre writes it down.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any

import click

from matchmaker.cli.common import application, settings, translation
from matchmaker.cli.serve import serve
from matchmaker.domain.lifecycle import (
    CertificateStatus,
    CertificationStage,
    EventState,
    MatchState,
    NeedState,
    ParticipantState,
)
from matchmaker.models import (
    Centre,
    CertificateRow,
    CertificationStep,
    ClusterParticipant,
    Decision,
    DevelopmentCard,
    Event,
    EventParticipant,
    Match,
    Need,
    OrderEntry,
    Organisation,
    Profile,
    PurchaseOrder,
    Session,
    SupplyCluster,
    User,
    YearAnswer,
)
from matchmaker.resources import folder, read_yaml
from matchmaker.services.chains import clusters, parts_lists
from matchmaker.services.chains.parts_lists import ListGiven
from matchmaker.services.core import journal
from matchmaker.services.core.periods import Period, PeriodLength
from matchmaker.services.development import (
    development_cards,
    ladder_lists,
    ladders,
    support_offers,
    year_answers,
)
from matchmaker.services.development.development_cards import CardGiven
from matchmaker.services.development.ladders import StepGiven
from matchmaker.services.development.year_answers import YearTold
from matchmaker.services.events import events, follow_ups, meetings, participants
from matchmaker.services.events.event_links import EventDealLink
from matchmaker.services.events.participants import AnswerGiven, WishGiven
from matchmaker.services.events.timetabling import solve
from matchmaker.services.figures import open_figures, period_reports
from matchmaker.services.figures.year_figures import REVENUES
from matchmaker.services.imports import demo as generator
from matchmaker.services.matching import matching, profile_gains
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.wording import Wording
from matchmaker.services.needs import needs
from matchmaker.services.orders import order_claims, order_entries, orders
from matchmaker.services.orders.order_claims import ClaimAnswer, ClaimGiven
from matchmaker.services.orders.order_entries import EntryGiven
from matchmaker.services.orders.orders import Speaker
from matchmaker.services.people import accounts, centres
from matchmaker.services.profiles import capacity, certificates, profile_drafts, suppliers
from matchmaker.services.profiles.capacity import MapCell
from matchmaker.services.profiles.certificates import Verification
from matchmaker.services.quotes import exchange_rates, quotes
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.shortlist import awards, match_decisions, shortlists
from matchmaker.services.shortlist.awards import AwardShare, Rating
from matchmaker.services.shortlist.shortlists import SupplierProposal
from matchmaker.wiring import Application
from search.ranking.explain import RankedSupplier

SEED = 9002
CONTRACTS, PROPOSED, QUOTES, LADDERS, CARDS, TOLD = 10, 6, 2, 10, 4, 24
BUYERS_OF_EVENT, SHOPS_OF_EVENT = 4, 9
_LANGUAGES = ("ru", "en")
PLANTS = 3  # of the cluster
SHOPS_WITH_HOURS, SHOPS_OF_NEIGHBOUR = 40, 12
_TO_THE_END = (
    *(NeedState.SHORTLISTING, NeedState.NEGOTIATION, NeedState.CONTRACTED),
    NeedState.COMPLETED,
)

# One login for each role. Known to everybody, so `demo` makes them only in a centre that it fills itself.
PASSWORD = "demo-centre-2026"  # noqa: S105
PEOPLE = (
    ("supplier@demo-centre.example", "supplier_editor", "Supplier", "Поставщик"),
    ("buyer@demo-centre.example", "contractor_buyer", "Buyer", "Закупщик"),
    ("operator@demo-centre.example", "operator", "Operator", "Оператор"),
    ("centre@demo-centre.example", "centre_administrator", "Centre administrator", "Администратор центра"),
    ("authority@demo-centre.example", "authority", "Authority", "Орган власти"),
    ("network@demo-centre.example", "network_administrator", "Network administrator", "Администратор сети"),
)


# Who writes the history down: the operator, and the shop that asks for help itself.
PLAYERS = ("operator@demo-centre.example", "supplier@demo-centre.example")


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Load the demo centre and stop.")
def demo_command(no_serve: bool) -> None:
    """Load a demo centre on first use (about 300 invented suppliers, 40 needs, orders, ladders and events), print the logins, serve the site."""
    from matchmaker.services.profiles import suppliers

    with application() as app:
        with app.sessions() as session:
            empty = suppliers.count(session) == 0
        if empty:
            click.echo("Loading the demo centre …", err=True)
            load(app)
            play(app, *PLAYERS)
    click.echo("Sign in with any of these and the password " + PASSWORD)
    for email, _, english, _ in PEOPLE:
        click.echo(f"  {english:<22} {email}")
    if not no_serve:
        serve(settings().model_copy(update={"design": True}))


def load(app: Application) -> None:
    """Fill an empty centre: suppliers, needs, outcomes, and a login for each role."""
    from matchmaker.services.core.record_origin import RecordOrigin
    from matchmaker.services.imports import demo
    from matchmaker.services.needs import need_bulk, needs
    from matchmaker.services.profiles import suppliers
    from matchmaker.services.shortlist import outcomes

    centre_data = demo.generate(
        read_yaml(folder("config") / "demo" / "shops.yaml"), app.taxonomy, app.today()
    )
    with app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        centre.name_ru, centre.name_en = (
            "Центр субконтрактации «Лукоморье» (пример)",
            "Lukomorye Subcontracting Centre (demo)",
        )
        suppliers.save_many(
            session, centre_data.suppliers, app.recogniser, RecordOrigin(centre, "demo", "demo")
        )
        need_bulk.save_many(session, centre_data.needs, app.recogniser, RecordOrigin(centre, "demo", "demo"))
        outcomes.save_many(session, centre_data.outcomes, RecordOrigin(centre, "demo", "demo"))
        _people(session, app)
    app.index.catch_up()


def _people(session: Session, app: Application) -> None:
    from matchmaker.services.needs import needs
    from matchmaker.services.people import accounts
    from matchmaker.services.profiles import suppliers

    centre = needs.centre_of(session, app.settings.centre)
    supplier = suppliers.by_external_id(session, centre, "demo-s-1").organisation
    contractor = needs.by_external_id(session, centre, "demo-n-1").contractor
    places = {
        "supplier_editor": {"organisation": supplier},
        "contractor_buyer": {"organisation": contractor},
        "network_administrator": {},
    }
    for email, role, english, russian in PEOPLE:
        person = accounts.AccountDetails(
            email, f"{russian} · {english}", PASSWORD, app.settings.language, confirmed=True
        )
        user = accounts.create_user(session, person, by="demo")
        held = accounts.grant(session, user, role, by="demo", **places.get(role, {"centre": centre}))  # type: ignore[arg-type]
        held.chief = held.organisation is not None


def play(app: Application, operator: str, shop: str) -> None:
    """Play the history into a demo centre that was just loaded, with the operator and the person of a shop (e-mail addresses)."""
    words = read_yaml(folder("config") / "demo" / "history.yaml")
    with app.sessions.begin() as session:
        player = _Player(session, words, app, operator, shop)
        parts = app.matching(PROPOSED)
        player.places()
        player.orders(parts)
        player.ladders()
        player.cards(parts)
        player.years()
        player.parts_list()
        player.events()
        player.cluster()
        player.ratings()
        player.hours()
        player.verifications()
        player.ended()
        player.neighbours()
        player.year()
        player.support()
        player.rates()
        player.quarter()


@dataclass(frozen=True, slots=True)
class _Sides:
    """The centre as it writes down what either side of an order says."""

    supplier: Speaker
    contractor: Speaker


class _Player:
    """The player of the history, with the random state; one method a kind of record."""

    def __init__(
        self, session: Session, words: Mapping[str, Any], app: Application, operator: str, shop: str
    ) -> None:
        self.session, self.words, self.app = session, words, app
        self.today, self.language = app.today(), app.settings.language
        self.random = random.Random(SEED)
        self.centre: Centre = needs.centre_of(session, app.settings.centre)
        self.user: User = accounts.by_email(session, operator)
        self.shop: User = accounts.by_email(session, shop)
        self.needs = [
            needs.by_external_id(session, self.centre, f"demo-n-{number}")
            for number in range(1, generator.NEEDS + 1)
        ]
        self.wordings = {one: Wording(app.taxonomy, one, translation(one)) for one in _LANGUAGES}
        self.won: list[Match] = []  # the contracts
        self.placed: dict[int, date] = {}  # the day of the contract, by the row id of its need
        self.sides = _Sides(
            *(Speaker(self.user, side, by_centre=True) for side in ("supplier", "contractor"))
        )

    def _key(self) -> str:
        return f"{self.random.getrandbits(64):016x}"

    def _word(self, *path: str) -> str:
        found: Any = self.words
        for name in path:
            found = found[name]
        return str(found[self.language])

    def _both(self, *path: str) -> str:
        """What has one field for both languages."""
        found: Any = self.words
        for name in path:
            found = found[name]
        return " · ".join(str(found[one]) for one in _LANGUAGES)

    def contracts(self, parts: Matching) -> list[tuple[Match, date]]:
        """Contracts of some needs, each with the day of its order: proposed by the matcher, invited, quoted, awarded."""
        found = []
        for need in self.needs[1 :: generator.NEEDS // CONTRACTS]:
            answer = matching.match_need(self.session, need, parts).answer
            proposed = [SupplierProposal(one.key, one.score, self._explained(one)) for one in answer.matches]
            if len(proposed) < QUOTES or not need.is_open:
                continue
            there = shortlists.propose(
                self.session, need, proposed, ranker=answer.ranker, by=self.user.public_id
            )
            needs.move(self.session, need, NeedState.SHORTLISTING, by=self.user.public_id)
            invited = there[:QUOTES]
            match_decisions.invite(self.session, invited, self.user)
            shortlists.release(self.session, need, by=self.user.public_id)
            placed = self.today - timedelta(days=self.random.randint(20, 75))
            found.append((self._chosen(need, invited, placed), placed))
        return found

    def _explained(self, found: RankedSupplier) -> dict[str, Any]:
        """Why the matcher proposes a supplier, in both languages."""
        return {
            "reasons": {
                language: [asdict(wording.reason(verdict)) for verdict in found.verdicts]
                for language, wording in self.wordings.items()
            }
        }

    def _chosen(self, need: Need, invited: Sequence[Match], placed: date) -> Match:
        """The supplier with the lowest of the quotes, which the centre types in, under contract."""
        pieces, base = need.quantity or 1, self.random.randint(200, 4_000)
        prices = [base + self.random.randint(0, base // 3) for _ in invited]
        for match, price in zip(invited, prices, strict=True):
            terms = QuoteTerms(
                100 * price * pieces, "RUB", lead_time_days=self.random.randint(12, 35), vat="included"
            )
            quotes.enter(self.session, match, terms, self.user)
        best = min(zip(prices, invited, strict=True), key=lambda pair: pair[0])[1]
        share = AwardShare(best, best.revision)
        quotes.award(
            self.session, need, [share], self.user, self._reason, reason="chosen-another", today=placed
        )
        return best

    def _reason(self, code: str, language: str) -> str:
        return next(one.label.text(language) for one in self.app.taxonomy.reasons if one.code == code)

    def orders(self, parts: Matching) -> None:
        """An order of every contract, from some weeks ago: delivered, under way, late or with a claim."""
        for number, (match, placed) in enumerate(self.contracts(parts)):
            self.won.append(match)
            self.placed[match.need_id] = placed
            self._order(match, placed, number)

    def _order(self, match: Match, placed: date, number: int) -> None:
        at = datetime.combine(placed, time(9), UTC)
        quoted = quotes.of_match(self.session, match)
        order = orders.begin(self.session, match, (), quoted, self.user, placed, at)
        orders.describe(
            self.session, order, f"{placed:%y}-{100 + number}", "", self.user, revision=order.revision
        )
        due = order.due_on or self.today
        if number % 5 == 3:
            due += timedelta(days=7)
            moved = EntryGiven(self._key(), "day", None, due, text=self._word("order", "late"))
            self._agreed(order, moved, "supplier", placed)
        article = placed + timedelta(days=self.random.randint(4, 9))
        if number % 3 == 0 and article <= self.today:
            sent = EntryGiven(self._key(), "first_article", "", article, text=self._word("order", "article"))
            entry = order_entries.say(self.session, order, sent, self.sides.supplier, self.today)
            order_entries.accept_article(
                self.session,
                order,
                entry,
                self.sides.contractor,
                self._word("order", "accepted"),
                accepted=True,
                revision=entry.revision,
            )
        self._deliveries(order, placed, due)
        if number % 4 == 1:
            self._claim(order)

    def _deliveries(self, order: PurchaseOrder, placed: date, due: date) -> None:
        """One to three lots around the agreed day, as far as it has come; the last one may wait for the other side's word."""
        quantity = orders.lines_of(order)[0].quantity or 0
        for meant, pieces in _lots(self.random, quantity, due):
            day = max(meant, placed + timedelta(days=2))
            if day > self.today or pieces < 1:
                continue
            wrong = self.random.randint(1, max(pieces // 50, 1)) if self.random.random() < 0.15 else 0
            given = EntryGiven(self._key(), "delivery", "", day, pieces, wrong)
            if (self.today - day).days < 4:
                order_entries.say(self.session, order, given, self.sides.supplier, self.today)
            else:
                self._agreed(order, given, "supplier", self.today)

    def _agreed(self, order: PurchaseOrder, given: EntryGiven, side: str, today: date) -> OrderEntry:
        """What one side says and the other one confirms."""
        speaker, other = getattr(self.sides, side), getattr(self.sides, orders.OTHER_SIDE[side])
        entry = order_entries.say(self.session, order, given, speaker, today)
        order_entries.confirm(self.session, order, entry, other, revision=entry.revision)
        return entry

    def _claim(self, order: PurchaseOrder) -> None:
        said = ClaimGiven(self._key(), self._word("order", "claim"))
        claim = order_claims.make(self.session, order, said, self.sides.contractor)
        due = self.today + timedelta(days=10)
        answer = ClaimAnswer(self._word("order", "cause"), self._word("order", "remedy"), due)
        order_claims.answer(
            self.session, order, claim, answer, self.sides.supplier, self.today, revision=claim.revision
        )

    def ladders(self) -> None:
        """Shops that prepare for a certificate stand at different stages; the shop with an account asks for help with one."""
        prepared = ladder_lists.without_ladder(self.session, self.centre)[:LADDERS]
        for number, row in enumerate(prepared):
            self._ladder(row.profile, str(row.standard_code), 1 + number % len(self.words["ladder"]))
        firm = self.shop.memberships[0].organisation
        own = profile_drafts.of_organisation(self.session, firm.public_id) if firm else None
        if own is None:
            return
        wish = StepGiven(self._key(), CertificationStage.NONE, self.today, note=self._word("wish"))
        ladders.ask(self.session, own, "iso-14001", wish, self.shop)

    def _ladder(self, profile: Profile, standard: str, steps: int) -> None:
        on = self.today - timedelta(days=self.random.randint(60, 90) * steps)
        for place, step in enumerate(self.words["ladder"][:steps], 1):
            following = on + timedelta(days=self.random.randint(40, 58))
            last = self.today + timedelta(days=self.random.randint(-9, 30))
            given = StepGiven(
                self._key(),
                CertificationStage(step["stage"]),
                on,
                owner=self.user.public_id if place % 2 else "",
                next_step=str(step["next"][self.language]),
                next_on=last if place == steps else following,
                helper=self._word("helper") if place == 1 else None,
                cost_minor=100 * step["cost"] or None,
                payer=step["payer"] if step["cost"] else None,
            )
            ladders.record(self.session, profile, standard, given, self.user)
            on = following

    def years(self) -> None:
        """The year that ended last, as some suppliers told the centre of it by telephone."""
        year = year_answers.last_year(self.today)
        for number in range(1, generator.SUPPLIERS + 1, max(generator.SUPPLIERS // TOLD, 1)):
            profile = suppliers.by_external_id(self.session, self.centre, f"demo-s-{number}")
            people = max((profile.employees or 20) + self.random.randint(-4, 4), 1)
            told = YearTold(
                staff=people,
                revenue_band=next(
                    band for band, (_, most) in REVENUES.items() if not most or people * 2_500_000 < most
                ),
                export_percent=self.random.choice((0, 0, 0, 5, 12)),
                new_products=self.random.randint(0, 6),
                new_jobs=self.random.randint(0, 5),
                invested_minor=self.random.randint(0, 30) * 50_000_000
                if self.random.random() < 0.8
                else None,
            )
            year_answers.tell(self.session, profile, year, told, self.user, revision=0)

    def cards(self, parts: Matching) -> None:
        """Cards of suppliers that one requirement alone keeps from an open need."""
        for count, (profile, need, closing) in enumerate(self._gaps(parts)):
            if count == CARDS:
                return
            found = matching.match_one(need, profile.public_id, parts)
            verdicts = [one for one in found.verdicts if one.requirement in closing] if found else []
            reasons = {
                one: [asdict(wording.reason(verdict)) for verdict in verdicts]
                for one, wording in self.wordings.items()
            }
            measured = {"closing": list(closing), "reasons": reasons}
            told = self.words["card"][closing[0]]
            due = self.today + timedelta(days=self.random.randint(0, 120))
            owner = self.user.public_id if count % 2 else ""
            given = CardGiven(closing[0], told["closes"], str(told["what"][self.language]), due, owner, None)
            development_cards.make(self.session, (profile, need), given, measured, self._key(), self.user)

    def parts_list(self) -> None:
        """The parts list of an assembly of a contractor, which the worker compares with the suppliers."""
        text = self._word("parts_list", "table").strip().replace("|", "\t")
        given = ListGiven(self._key(), self._word("parts_list", "name"), text)
        contractor = self.needs[0].contractor
        parts_lists.make(
            self.session, self.centre, contractor, given, parts_lists.read(given, self.today), self.user
        )

    def cluster(self) -> None:
        """A cluster around the contractors with contracts: their suppliers, and others by name."""
        words, codes = self.words["cluster"], self.app.recogniser.codes
        typed = {
            "name_ru": words["name_ru"],
            "name_en": words["name_en"],
            "kind": "industrial",
            "region": words["region"],
        }
        made = clusters.save(self.session, self.centre, None, typed, codes, self._key(), self.user)
        named = [
            clusters.join(
                self.session, made, {"role": one["role"], "name": one["name"][self.language]}, self.user
            )
            for one in words["participants"]
        ]
        won = self.won
        plants = [self._joined(made, "lead-plant", match.need.contractor) for match in won[:PLANTS]]
        for number, match in enumerate(won):
            role = "service-supplier" if number % 4 == 1 else "parts-supplier"
            if number % 3:
                self._joined(made, role, match.profile.organisation)
        for one in words["supplies"]:
            ends = {"supplier": named[one["from"]].public_id, "buyer": plants[0].public_id}
            said = {**ends, "what": one["what"][self.language], "value": one["value"]}
            clusters.link(self.session, made, said, self.user)

    def _joined(self, made: SupplyCluster, role: str, firm: Organisation | None) -> ClusterParticipant:
        assert firm is not None
        given = {"role": role, "inn": firm.inn or "", "name": firm.name(self.language)}
        return clusters.join(self.session, made, given, self.user)

    def _gaps(self, parts: Matching) -> Iterator[tuple[Profile, Need, Sequence[str]]]:
        """A supplier a need, the first that a single requirement removes."""
        released = [need for need in self.needs if need.is_released and need.is_open]
        for need in released:
            asked = matching.understand_need(need, parts)
            for profile, _ in matching.removed(self.session, asked, parts).suppliers:
                closing = profile_gains.closing(profile, need, parts)
                if len(closing) == 1 and closing[0] in self.words["card"]:
                    yield profile, need, closing
                    break

    def events(self) -> None:
        """An event that was held, with what came of it, and one to come whose timetable is solved."""
        firms = self._firms_of_event()
        held = self._event(firms, self.today - timedelta(days=40))
        self._tell(held, EventState.TIMETABLED, held.day)
        there = participants.of_event(self.session, held)
        marks = {
            one.public_id: ParticipantState.ABSENT if number % 6 == 5 else ParticipantState.ATTENDED
            for number, one in enumerate(there)
        }
        participants.mark(self.session, held, marks, self.user, held.day)
        met = meetings.timetable(self.session, held).meetings
        results = {
            one.public_id: self.random.choice(("held", "talks", "talks", "order", "missed")) for one in met
        }
        meetings.note_results(self.session, held, results, self.user)
        self._tell(held, EventState.HELD, self.today)
        for one in met:
            if results[one.public_id] == "order" and one.first.has_attended and one.second.has_attended:
                said = EventDealLink(one.first, 0, "yes", self.user.public_id)
                follow_ups.answer(self.session, said, one.second.public_id, "to-500")
        self._event(firms, self.today + timedelta(days=21))

    def _firms_of_event(self) -> list[Organisation]:
        """Some contractors with their needs, the shop with an account, and other shops."""
        buyers = list(dict.fromkeys(one.contractor for one in self.needs if one.contractor is not None))
        own = next(iter(self.shop.memberships)).organisation
        shops = [profile.organisation for profile in islice(suppliers.every(self.session), SHOPS_OF_EVENT)]
        return list(dict.fromkeys(one for one in (own, *buyers[:BUYERS_OF_EVENT], *shops) if one is not None))

    def _event(self, firms: Sequence[Organisation], day: date) -> Event:
        """An announced event whose firms have registered, each buyer and each shop with wishes, and its timetable."""
        before = min(self.today, day - timedelta(days=20))
        typed = {
            **{name: self._both("event", name) for name in ("title", "about", "place")},
            "kind": "contact-exchange",
            "day": str(day),
            "register_by": str(day - timedelta(days=3)),
            "starts": "10:00",
            "ends": "13:00",
            "tables": "4",
            "minutes": "20",
            "pause": "5",
            "people": "60",
            "wishes": "4",
        }
        event = events.add(self.session, self.centre, events.read(typed, before), self._key(), self.user)
        there = list(participants.invite(self.session, event, firms, self.user))
        self._tell(event, EventState.ANNOUNCED, before)
        for wishing in (False, True):  # who registers first has nobody to wish for yet
            for one in there:
                given = AnswerGiven(
                    ParticipantState.REGISTERED, wishes=self._wished(one, there) if wishing else ()
                )
                participants.answer(self.session, one, given, self.user.public_id, before, by_centre=True)
        table = meetings.timetable(self.session, event)
        meetings.store(self.session, table, solve(meetings.problem_of(table)), self.user.public_id)
        return event

    def _wished(self, one: EventParticipant, there: Sequence[EventParticipant]) -> list[WishGiven]:
        """Three firms of the other side; a buyer speaks with the first about an open need of its own."""
        buys = one.organisation.is_contractor
        others = [other for other in there if other.organisation.is_contractor is not buys]
        wanted = self.random.sample(others, min(3, len(others)))
        need = next(iter(participants.own_needs(self.session, one)), None)
        about = need.public_id if need else ""
        return [WishGiven(other.public_id, "" if number else about) for number, other in enumerate(wanted)]

    def _tell(self, event: Event, state: EventState, day: date) -> None:
        events.move(self.session, event, state, self.user, day)

    def _profiles(self) -> Sequence[Profile]:
        return self.session.query(Profile).order_by(Profile.id).all()

    def places(self) -> None:
        """Contractors stand where their first need is delivered to, in the region of the suppliers of that town."""
        towns = {
            one.organisation.city: (one.organisation.region, one.organisation.region_code)
            for one in self._profiles()
            if one.organisation and one.organisation.city
        }
        for need in self.needs:
            firm = need.contractor
            if firm is not None and firm.city is None and need.city in towns:
                firm.city = need.city
                firm.region, firm.region_code = towns[need.city]

    def ratings(self) -> None:
        """What contractors say of orders that have come."""
        for number, match in enumerate(self.won):
            order = orders.of_match(self.session, match)
            if order is not None and not order.is_running:
                rating = Rating(quality=(5, 4, 5, 3)[number % 4], repeat_order=number % 3 == 0)
                awards.rate(self.session, match, rating, self.user)

    def hours(self) -> None:
        """The free machine-hours of some shops, from some weeks ago to some weeks ahead, part of them taken."""
        days = [self.today + timedelta(days=7 * week) for week in range(-8, 9)]
        for number in range(1, generator.SUPPLIERS + 1, max(generator.SUPPLIERS // SHOPS_WITH_HOURS, 1)):
            profile = suppliers.by_external_id(self.session, self.centre, f"demo-s-{number}")
            cells = {}
            for group in capacity.groups(profile)[:3]:
                most = self.random.choice((40.0, 80.0, 120.0))
                for day in days:
                    taken = most * self.random.randint(2, 9) // 10
                    cells[group, capacity.week_of(day)] = MapCell(most, taken)
            if cells:
                capacity.plan(self.session, profile, cells, self.user.public_id)

    def verifications(self) -> None:
        """Certificates that the operator has looked up in the register; the others wait."""
        dated = self.session.query(CertificateRow).filter(
            CertificateRow.status == CertificateStatus.CERTIFIED, CertificateRow.valid_until >= self.today
        )
        for row in dated.order_by(CertificateRow.id).all()[::2]:
            certificates.verify(self.session, row, Verification(self._word("register")), self.user)

    def ended(self) -> None:
        """Needs that imported outcomes brought to a contract are done, and of the others some are closed or not published yet."""
        contracted = self.session.query(Decision).filter(Decision.kind == MatchState.CONTRACTED)
        done = {one.need_id for one in contracted}
        waiting = [need for need in self.needs if need.is_open and need.id not in done]
        for need in self.needs:
            if need.id in done and need.id not in self.placed:
                self._move(need, *_TO_THE_END)
        for number, need in enumerate(waiting):
            if number % 5 == 2:
                self._move(need, NeedState.CLOSED, reason="chosen-another")
            elif number % 9 == 4:
                self._move(need, NeedState.DRAFT)
                if number % 2:
                    self._move(need, NeedState.SUBMITTED)
        delivered = (match.need for match in self.won[: CONTRACTS // 2])
        for need in delivered:
            if all(not order.is_running for order in orders.of_need(self.session, need).values()):
                self._move(need, NeedState.COMPLETED)

    def _move(self, need: Need, *states: NeedState, reason: str | None = None) -> None:
        for state in states:
            needs.move(self.session, need, state, by=self.user.public_id, reason=reason)

    def neighbours(self) -> None:
        """Two other centres of the network, each with some shops of which nothing else is told here."""
        query = self.session.query
        busy = {match.profile_id for match in (*self.won, *query(Match))}
        busy |= {one.profile_id for one in (*query(CertificationStep), *query(DevelopmentCard))}
        busy |= {one.profile_id for one in query(YearAnswer)}
        firms = {one.organisation_id for one in query(EventParticipant)}
        firms.update(one.organisation_id for one in query(ClusterParticipant) if one.organisation_id)
        own = [held.organisation_id for held in self.shop.memberships]
        free = [
            one
            for one in self._profiles()
            if one.id not in busy and one.organisation_id not in firms and one.organisation_id not in own
        ]
        for place, given in enumerate(self.words["neighbours"]):
            centre = centres.save(self.session, given, by=self.user.public_id)
            moved = free[place::2][:SHOPS_OF_NEIGHBOUR]
            for profile in moved:
                assert profile.organisation is not None
                profile.organisation.centre = centre
            journal.announce(self.session, [one.public_id for one in moved])

    def support(self) -> None:
        """Support measures and helpers that a centre of this kind knows, by the firms that they suit."""
        for one in self.words["support"]:
            typed = {
                name: str(value[self.language] if isinstance(value, dict) else value)
                for name, value in one.items()
            }
            given = support_offers.read(typed, (), self.app.recogniser.codes)
            support_offers.add(self.session, self.centre, given, self._key(), self.user)

    def rates(self) -> None:
        """Round rates of the demo, so that a quote in another currency stands beside those in roubles."""
        for currency, roubles in self.words["rates"].items():
            typed = {"currency": currency, "roubles": str(roubles), "on": self.today.isoformat()}
            exchange_rates.set_rate(
                self.session, self.centre, exchange_rates.read(typed, self.today), self.user
            )

    def quarter(self) -> None:
        """The figures of the quarter that ended last, locked and shown to everybody."""
        self.session.flush()
        before = Period.around(self.today, PeriodLength.QUARTER).before
        period_reports.lock(self.session, self.centre, before, self.app.counting_rules, self.user)
        self.session.flush()
        open_figures.publish(self.session, self.centre, before, self.user, published=True)

    def year(self) -> None:
        """Date back what was played in one day, so that it fills a year: profiles, needs and what was decided about them."""
        for profile in self._profiles():
            profile.published_at = self._moment(self.random.randint(20, 400))
        decided: dict[int, list[Decision]] = {}
        for decision in self.session.query(Decision).order_by(Decision.id):
            decided.setdefault(decision.need_id, []).append(decision)
        for number, need in enumerate(self.needs):
            if need.is_in_preparation:
                need.published_at = None
                continue
            told = decided.get(need.id, [])
            if need.id in self.placed:
                self._date_contract(need, told)
            else:
                self._date_need(need, told, 0 if need.is_open else 28 * (number % 11))

    def _moment(self, days: int, of: date | None = None) -> datetime:
        """An hour of work, so many days before a day."""
        day = (of or self.today) - timedelta(days=days)
        return datetime.combine(day, time(self.random.randint(6, 13), self.random.randint(0, 59)), UTC)

    def _date_contract(self, need: Need, told: Sequence[Decision]) -> None:
        placed = self.placed[need.id]
        published = self.random.randint(18, 35)
        shown = published - self.random.randint(1, 6)
        quoted = shown - self.random.randint(4, 9)
        need.published_at = self._moment(published, placed)
        asked, answered, made = (self._moment(days, placed) for days in (shown, quoted, 0))
        of_kind = {MatchState.INVITED: asked, MatchState.QUOTED: answered}
        for one in told:
            if one.by_id is not None:
                one.at = of_kind.get(MatchState(one.kind), made)
        for match in self.session.query(Match).filter(Match.need_id == need.id):
            if match.released_at is not None:
                match.released_at = asked
        for quote in quotes.opened(self.session, need):
            quote.submitted_at = answered

    def _date_need(self, need: Need, told: Sequence[Decision], earlier: int) -> None:
        for one in told:
            one.at -= timedelta(days=earlier)
        first = min((one.at.date() for one in told), default=self.today - timedelta(days=earlier))
        need.published_at = self._moment(self.random.randint(3, 20), first)


def _lots(draw: random.Random, quantity: int, due: date) -> Iterator[tuple[date, int]]:
    """The days and pieces of one to three deliveries, most of them in time, in all what is ordered."""
    count = draw.choice((1, 1, 2, 3)) if quantity >= 3 else 1
    parts = [quantity // count] * (count - 1)
    parts.append(quantity - sum(parts))
    slip = draw.choice((-4, -3, -2, -1, 0, 0, 3, 8))
    for place, pieces in enumerate(parts, 1):
        yield due + timedelta(days=slip - 5 * (count - place)), pieces
