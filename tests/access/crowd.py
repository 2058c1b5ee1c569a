"""More of everything in the small network: rows of every table, added to what the subjects own, read and look after."""

import base64
import secrets
from collections.abc import Sequence
from datetime import timedelta
from itertools import count

from sqlalchemy import func, select

from matchmaker.domain.lifecycle import (
    ImportState,
    JobState,
    MailState,
    MatchState,
    MembershipState,
    NeedState,
    OutboxRowState,
    ReviewState,
)
from matchmaker.domain.records import NeedRecord, parse, to_data
from matchmaker.models import (
    AccessKey,
    Agreement,
    Assignment,
    Base,
    Capability,
    Centre,
    CertificateAlarm,
    CertificateRow,
    CertificationStep,
    ClusterLink,
    ClusterParticipant,
    Decision,
    DecisionUndone,
    DeliveryRating,
    DevelopmentCard,
    DistinctPair,
    Equipment,
    Event,
    EventAnswer,
    EventMeeting,
    EventParticipant,
    EventWish,
    ExchangeRate,
    Fact,
    FigurePlan,
    Finding,
    FirmNote,
    ImportBatch,
    ImportMapping,
    ImportRow,
    Job,
    LetterIn,
    LikelyTwin,
    Mail,
    Match,
    MatchRun,
    Membership,
    Message,
    Need,
    NeedCentre,
    NeedCover,
    Neighbour,
    OrderClaim,
    OrderEntry,
    OrderHours,
    Organisation,
    OrganisationAlias,
    Outbox,
    PartsList,
    PeriodLock,
    Profile,
    ProfileRedirect,
    ProfileViewing,
    ProgramRequest,
    PurchaseOrder,
    Quote,
    Reference,
    RegisterFirm,
    SavedSearch,
    SavedView,
    Session,
    Site,
    SpareCapacity,
    StoredFile,
    SupplierTeam,
    SupplierTeamMember,
    SupplyCluster,
    SupportOffer,
    TakenNeed,
    TypedText,
    UndoableAct,
    UnreadMessage,
    User,
    UserSession,
    Webhook,
    WebhookMessage,
    YearAnswer,
)
from matchmaker.models.base import now
from matchmaker.services.bundles import bundle_keys
from matchmaker.services.core import undoing
from matchmaker.services.needs import drawings, needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.people import accounts
from matchmaker.services.profiles import photos, scans, suppliers
from tests.access.world import DISCLOSURES, TODAY, World

# Tables that hold one row or the site's own notes, however large the network is.
NOT_GROWN = {
    "audit_entry": "a chain of entries; every act of the tests adds one",
    "centre": "the three of the network",
    "indexed_document": "written by the index",
    "index_state": "one row",
    "installation": "one row",
    "lane_beat": "one row a lane",
    "once": "marks of letters that were used",
    "rate_limit": "counts of requests",
    "twin_search": "one row a centre",
}


def _file(name: str, role: str, **values: object) -> StoredFile:
    """A file of which the pages tell; its bytes are not there."""
    kept = {"media_type": "application/pdf", "size": 9, "sha256": "1" * 64, "details": {}}
    return StoredFile(**{"role": role, "name": name, **kept, **values})


def _undoable(kind: str, of: str, key: str, by: User) -> UndoableAct:
    """An act that its author may still take back."""
    until = now() + undoing.UNDO
    return UndoableAct(
        kind=kind, object_kind=of, object_id=key, by_id=by.id, until=until, rows=[], letters=[], announced=[]
    )


class Crowd:
    """The world, growing; each call of `grow` adds as many rows of everything."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._number = count(1)

    def grow(self, times: int = 2) -> None:
        """Add `times` of everything to everything that the subjects may open."""
        with self.world.application.sessions.begin() as session:
            for _ in range(times):
                self._grow(session, next(self._number))
        self.world.application.index.catch_up()
        self.world.application.index.columns()  # the next page to ask for them reads what is new
        # What was given up is tried again once a minute by who looks after the index: it comes after that.
        with self.world.application.sessions.begin() as session:
            keys = session.scalars(select(Profile.public_id).order_by(Profile.id).limit(times)).all()
            session.add_all(Outbox(key=key, state=OutboxRowState.DEAD, attempts=9, error="x") for key in keys)

    def sizes(self) -> dict[str, int]:
        """The rows of every table."""
        with self.world.application.sessions() as session:
            tables = Base.metadata.sorted_tables
            return {one.name: session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}

    def _grow(self, session: Session, number: int) -> None:
        home = needs.centre_of(session, self.world.application.settings.centre)
        users = [accounts.by_email(session, email) for email in self.world.emails.values()]
        for user in users:
            self._of_person(session, user, number)
        old = session.scalars(select(Profile).order_by(Profile.id)).all()
        fresh = [
            self.world._shop(session, f"crowd{number}{code}", needs.centre_of(session, code))
            for code in (home.code, "south")
        ]
        for profile in (*old, *fresh):
            self._of_profile(session, profile, users, number)
        for firm in session.scalars(select(Organisation)).all():
            self._of_firm(session, firm, number)
        self._post(session, number)
        profiles = [*old, *fresh]
        for need in session.scalars(select(Need).order_by(Need.id)).all():
            self._of_need(session, need, profiles, users, number)
        self._hand_out(session, users)
        self._of_centres(session, users[0], old[0], fresh[0], number)
        self._of_neighbours(session, home, number)
        self._of_events(session, fresh[0].organisation, number)
        self._of_clusters(session, home, number)

    def _of_events(self, session: Session, firm: Organisation, number: int) -> None:
        """One more event, and at every other one a firm that wants to meet the first one there, and does."""
        day = TODAY + timedelta(days=30)
        at = {"day": day, "register_by": day, "starts": 600, "ends": 900, "tables": 9, "people": 900}
        said = {"kind": "fair", "title": f"Fair {number}", "place": "x", "state": "announced"}
        for event in session.scalars(select(Event)).all():
            there = EventParticipant.event_id == event.id
            first = session.scalars(
                select(EventParticipant).where(there).order_by(EventParticipant.id)
            ).first()
            coming = EventParticipant(event=event, organisation=firm, state="registered", invited_at=now())
            session.add(coming)
            session.flush()
            if first is None:
                continue
            two = {"first_id": first.id, "second_id": coming.id}
            session.add(EventWish(participant_id=coming.id, wanted_id=first.id, place=0))
            session.add(EventMeeting(event=event, slot=number, at_table=1, **two))
            session.add(EventAnswer(participant_id=coming.id, months=0, deal="yes", partner_id=first.id))
        session.add(Event(centre=firm.centre, **said, **at))

    def _of_clusters(self, session: Session, home: Centre, number: int) -> None:
        """Clusters, and in each more participants and declared supplies."""
        session.add(SupplyCluster(centre_id=home.id, name_ru=f"Кластер {number}", kind="mixed"))
        session.flush()
        firms = session.scalars(select(Organisation).limit(3)).all()
        for cluster in session.scalars(select(SupplyCluster)).all():
            named = ClusterParticipant(name=f"Банк {number}", role="finance")
            known = ClusterParticipant(organisation_id=firms[number % len(firms)].id, role="lead-plant")
            cluster.participants += [named, known]
            session.flush()
            session.add(ClusterLink(supplier_id=named.id, buyer_id=known.id, what=f"x {number}"))

    def _of_neighbours(self, session: Session, home: Centre, number: int) -> None:
        """A neighbour installation with needs that it sent."""
        key = base64.b64encode(number.to_bytes(32, "big")).decode()
        named = Centre(code=f"neighbour-{number}", name_en=f"Neighbour {number}")
        one = Neighbour(
            centre=named, public_key=key, fingerprint=bundle_keys.fingerprint_of(key), level="open", sent={}
        )
        session.add(one)
        for place in range(2):
            asked = parse(NeedRecord, {"id": f"taken-{number}-{place}", "title": "Валы"})
            need = needs.post(session, asked, centre=home, by="test", posting=NeedPosting(channel="centre"))
            session.flush()
            session.add(
                TakenNeed(
                    neighbour=one,
                    external_id=f"{place}",
                    need=need,
                    record=to_data(asked),
                    revision=need.revision,
                )
            )

    def _of_person(self, session: Session, user: User, number: int) -> None:
        words, moment = f"crowd {number}", now()
        key = f"{user.id} {number}".rjust(64, "0")
        session.add_all(
            (
                UserSession(
                    token_hash=key,
                    user_id=user.id,
                    epoch=user.epoch,
                    started_at=moment,
                    seen_at=moment,
                    expires_at=moment + timedelta(days=1),
                ),
                AccessKey(
                    user_id=user.id,
                    name=words,
                    secret_hash=key,
                    scopes=["read"],
                    epoch=user.epoch,
                    expires_at=moment + timedelta(days=30),
                ),
                ProgramRequest(
                    user_id=user.id, key=words, fingerprint=key, status=200, headers={}, body=b"{}"
                ),
                SavedSearch(user_id=user.id, name=words, query="q=turning"),
                SavedView(user_id=user.id, list="needs", name=words, query="state=draft"),
                TypedText(user_id=user.id, page=f"/needs/new?{number}", given="", typed=words),
            )
        )
        hook = Webhook(
            user_id=user.id,
            address=f"https://program.example/{number}",
            events=["need.changed"],
            heard=0,
            epoch=user.epoch,
        )
        session.add(hook)
        session.flush()
        for one in session.scalars(select(Webhook).where(Webhook.user_id == user.id)).all():
            session.add(
                WebhookMessage(webhook_id=one.id, event="need.changed", content={}, state=MailState.DEAD)
            )

    def _of_profile(self, session: Session, profile: Profile, users: Sequence[User], number: int) -> None:
        place = 100 + number
        profile.capabilities.append(
            Capability(position=place, process="Фрезерная обработка", materials=["сталь 45"])
        )
        profile.equipment.append(
            Equipment(position=place, name=f"6Р13 {number}", quantity=1, spare_hours_per_month=10.0)
        )
        profile.certificates.append(
            CertificateRow(
                position=place,
                standard="ISO 9001:2015",
                standard_code="iso-9001",
                edition="2015",
                status="certified",
                number=f"C-{profile.id}-{number}",
                body="Body",
                issued=TODAY - timedelta(days=1000),
                valid_until=TODAY + timedelta(days=20),
                since=now(),
            )
        )
        profile.references.append(Reference(position=place, customer=f"Завод {number}", product="валы"))
        profile.facts.append(Fact(field=f"field{number}", stated_on=TODAY))
        profile.capacity.append(
            SpareCapacity(group_code="lathe", week=202640 + number, maximum_hours=40.0, stated_at=now())
        )
        session.flush()
        if profile.waiting is None:
            profile.waiting, profile.review = to_data(suppliers.record(profile)), ReviewState.SUBMITTED
        for row in profile.certificates:
            of = scans.mark(row.standard, row.number)
            session.add(_file("scan.pdf", "scan", profile_id=profile.id, details={"of": of}))
            session.add(
                CertificateAlarm(certificate=row.public_id, ends_on=TODAY, days=number, by_id=users[0].id)
            )
        session.add(
            YearAnswer(profile_id=profile.id, year=TODAY.year - number, staff=number, by_id=users[0].id)
        )
        for standard in ("iso-9001", "iso-14001"):
            session.add(
                CertificationStep(
                    profile_id=profile.id,
                    standard=standard,
                    place=number,
                    stage="diagnosis",
                    on=TODAY,
                    owner_id=users[0].id,
                    next_step="x",
                    next_on=TODAY,
                    by_id=users[0].id,
                )
            )
            session.add(
                _file("order.pdf", "paper", profile_id=profile.id, details={"of": f"ladder {standard}"})
            )
        shown = {"caption": {}, "shown": True, "preview": "x"}
        session.add_all(
            (
                _file("shop.jpg", "photo", profile_id=profile.id, details=shown),
                Finding(profile_id=profile.id, kind="unread", words=f"line {number}"),
                ProfileRedirect(public_id=f"gone{profile.id}-{number}", profile_id=profile.id),
            )
        )
        session.add_all(_undoable(photos.REMOVAL, "profile", profile.public_id, by) for by in users)
        for user in users[:6]:
            day = TODAY - timedelta(days=number)
            session.add(ProfileViewing(profile_id=profile.id, user_id=user.id, day=day))
        session.flush()

    def _of_firm(self, session: Session, firm: Organisation, number: int) -> None:
        """Colleagues, people who ask to join, other names and places."""
        role = "contractor_buyer" if firm.is_contractor else "supplier_editor"
        for state in (MembershipState.ACTIVE, MembershipState.ASKED):
            user = self.world._user(session, f"crowd{number}-{firm.id}-{state}@people.example")
            user.memberships.append(Membership(role=role, organisation_id=firm.id, state=state))
        firm.aliases.append(
            OrganisationAlias(centre_id=firm.centre_id, external_id=f"alias-{firm.id}-{number}")
        )
        firm.sites.append(Site(position=number, name=f"Цех {number}"))
        session.flush()

    def _post(self, session: Session, number: int) -> None:
        """A need of each contractor, and a draft."""
        for plant in session.scalars(select(Organisation).where(Organisation.is_contractor)).all():
            for state in (NeedState.PUBLISHED, NeedState.DRAFT):
                record = parse(
                    NeedRecord,
                    {
                        "kind": "need",
                        "id": f"crowd-{number}-{plant.id}-{state}",
                        "title": f"Корпус {number}",
                        "text": "Фрезерование корпусов, сталь 45, 20 шт",
                        "positions": [
                            {"id": str(one), "title": "Вал", "text": "20 шт"} for one in range(number + 1)
                        ],
                    },
                )
                shown = DISCLOSURES[number % len(DISCLOSURES)]
                posting = NeedPosting(plant, disclosure=shown, state=state)
                need = needs.post(session, record, centre=plant.centre, by="test", posting=posting)
                need.published_at = now() if state is NeedState.PUBLISHED else None
        session.flush()

    def _of_need(
        self,
        session: Session,
        need: Need,
        profiles: Sequence[Profile],
        users: Sequence[User],
        number: int,
    ) -> None:
        details = {"kind": "stl", "sides_mm": [30, 20, 10], "previews": []}
        session.add(_file("part.stl", "model", need_id=need.id, details=details))
        if number == 1:
            session.add(NeedCentre(need_id=need.id, centre_id=need.centre_id))
        if need.contractor_id and need.id % 7 == 0:
            line = {"title": "Вал", "text": "Вал", "pieces": 1, "price_minor": None, "record": {}}
            session.add(
                PartsList(
                    centre_id=need.centre_id,
                    contractor_id=need.contractor_id,
                    name=f"list {number}",
                    lines=[line] * number,
                )
            )
        session.add(
            NeedCover(
                need_id=need.id,
                place=100 + number,
                revision=need.revision,
                judged_on=TODAY,
                process="turning",
                able=number % 2,
                alone=number % 2,
                best=[profiles[0].public_id][: number % 2],
                near=[{"key": profiles[-1].public_id, "conditions": ["lot"], "reasons": {}}],
                eased=[],
            )
        )
        session.add_all(_undoable(drawings.TAKING_AWAY, "need", need.public_id, by) for by in users)
        session.add_all(
            DevelopmentCard(
                profile=profile,
                need=need,
                requirement="certification",
                closes="certificate",
                what=f"card {number}",
                due_on=TODAY,
                before={"closing": ["certification"]},
            )
            for profile in profiles[:3]
        )
        moves = [[profile.public_id, 1, 2] for profile in profiles]
        session.add(MatchRun(need_id=need.id, by_id=users[number].id, ranker="prior", moves=moves))
        there = {
            one.profile_id: one for one in session.scalars(select(Match).where(Match.need_id == need.id))
        }
        for place, profile in enumerate(profiles, 10):
            if profile.id not in there and (place % 2 or "crowd" not in need.external_id):
                there[profile.id] = self._match(session, need, profile, place)
        for match in there.values():
            self._of_match(session, match, users, number)

    def _match(self, session: Session, need: Need, profile: Profile, place: int) -> Match:
        """A supplier of the need; who is on the list, and how far, changes from one to the next."""
        states = (MatchState.INVITED, MatchState.APPROVED, MatchState.PROPOSED, MatchState.INTERESTED)
        made = Match(
            need_id=need.id,
            profile_id=profile.id,
            state=states[place % len(states)] if need.is_released else MatchState.PROPOSED,
            position=place,
            rank=place,
            score=0.5,
            explanation={},
            released_at=now() if need.is_released else None,
        )
        session.add(made)
        session.flush()
        return made

    def _of_match(self, session: Session, match: Match, users: Sequence[User], number: int) -> None:
        for by in users[:2]:
            made = Decision(
                need_id=match.need_id,
                profile_id=match.profile_id,
                kind=MatchState.APPROVED,
                at=now(),
                by_id=by.id,
            )
            session.add(made)
            session.flush()
        session.add(DecisionUndone(decision_id=made.id, by_id=users[0].id))
        for side in ("supplier", "contractor", "centre"):
            message = Message(match_id=match.id, by_id=users[1].id, side=side, text=f"line {number}")
            session.add(message)
            session.flush()
            session.add_all(UnreadMessage(user_id=one.id, message_id=message.id) for one in users)
        quote = session.scalar(select(Quote).where(Quote.match_id == match.id))
        if quote is None:
            quote = Quote(
                match_id=match.id, state="submitted", amount_minor=100, text="x", submitted_at=now()
            )
            session.add(quote)
            session.add(DeliveryRating(match_id=match.id, quality=4, by_id=users[0].id))
            session.flush()
        session.add(_file("calculation.pdf", "quote", quote_id=quote.id))
        self._of_order(session, match, users, number)
        team = SupplierTeam(need_id=match.need_id, lead_id=match.id, offered_at=now(), by_id=users[0].id)
        session.add(team)
        session.flush()
        session.add(SupplierTeamMember(team_id=team.id, match_id=match.id, positions=["1"]))
        session.add(
            Agreement(
                need_id=match.need_id,
                organisation_id=match.profile.organisation_id,
                user_id=users[1].id,
                language="en",
                text_hash="0" * 64,
                files=[one.sha256 for one in match.need.files],
            )
        )

    def _of_order(self, session: Session, match: Match, users: Sequence[User], number: int) -> None:
        """An order of every match, and more that is said of it."""
        order = session.scalar(select(PurchaseOrder).where(PurchaseOrder.match_id == match.id))
        if order is None:
            lines = [{"id": str(one), "title": "Вал", "quantity": 20, "price_minor": 100} for one in range(2)]
            order = PurchaseOrder(match_id=match.id, lines=lines, due_on=TODAY)
            session.add(order)
            session.flush()
        for side in ("supplier", "contractor"):
            said = {"order_id": order.id, "side": side, "by_id": users[0].id}
            session.add_all(
                (
                    OrderEntry(kind="delivery", line="0", day=TODAY, pieces=number, defective=0, **said),
                    OrderClaim(what=f"claim {number}", **said),
                )
            )
            report = OrderEntry(kind="report", **said)
            session.add(report)
            session.flush()
            session.add(_file("report.pdf", "report", order_entry_id=report.id))
        came = {"centre_id": match.need.centre_id, "sender": f"{number}@else.example", "subject": "Валы"}
        session.add(
            LetterIn(
                **came,
                sha256=secrets.token_hex(32),
                text="Сделаете?",
                kind="answer",
                why="no_account",
                need_id=match.need_id,
                match_id=match.id,
            )
        )
        session.add(OrderHours(order_id=order.id, group_code="lathe", week=202640 + number, hours=1.0))

    def _hand_out(self, session: Session, users: Sequence[User]) -> None:
        """Give what waits to somebody who works on it."""
        done = {(one.object_kind, one.object_id) for one in session.scalars(select(Assignment))}
        for kind, model in (("need", Need), ("profile", Profile), ("certificate", CertificateRow)):
            for key in session.scalars(select(model.public_id)):
                if (kind, key) not in done:
                    by = users[len(done) % len(users)]
                    session.add(Assignment(object_kind=kind, object_id=key, user_id=by.id))
        session.flush()

    def _of_centres(self, session: Session, user: User, old: Profile, fresh: Profile, number: int) -> None:
        """What the people of centres look after."""
        for centre in {old.organisation.centre, fresh.organisation.centre}:
            for role in ("operator", "centre_administrator"):
                held = self.world._user(session, f"crowd{number}-{centre.code}-{role}@people.example")
                accounts.grant(session, held, role, by="test", centre=centre)
            batch = ImportBatch(
                centre=centre,
                by_id=user.id,
                source="list",
                file_name=f"list{number}.csv",
                sha256=f"{number}".rjust(64, "0"),
                state=ImportState.CHECKED,
                counts={"new": number},
                suffix=".csv",
            )
            session.add(batch)
        session.flush()
        for batch in session.scalars(select(ImportBatch)).all():
            problems = [{"key": "lot", "code": "lot", "message": "x", "value": "1"}]
            session.add(
                ImportRow(
                    batch_id=batch.id, line=number, kind="supplier", outcome="refused", problems=problems
                )
            )
        session.add_all(
            (
                Job(kind="import", state=JobState.FAILED, error="x"),
                Mail(
                    message_id=f"crowd{number}",
                    recipient="x@people.example",
                    language="en",
                    subject="x",
                    text="x",
                    state=MailState.DEAD,
                ),
                FirmNote(
                    organisation_id=old.organisation_id, kind="task", text="x", due_on=TODAY, by_id=user.id
                ),
                DistinctPair(first_id=old.organisation_id, second_id=fresh.organisation_id, by_id=user.id),
                ExchangeRate(
                    centre_id=old.organisation.centre_id,
                    currency="EUR",
                    on=TODAY - timedelta(days=number),
                    micro_roubles=91_500_000,
                    by_id=user.id,
                ),
                ImportMapping(
                    centre_id=old.organisation.centre_id,
                    kind="supplier",
                    name=f"list {number}",
                    columns=[["Firm", "name"]],
                ),
                RegisterFirm(
                    centre_id=old.organisation.centre_id,
                    batch_id=batch.id,
                    source="egrul",
                    inn=f"{number:010}",
                    firm={"name": "x"},
                ),
                FigurePlan(
                    centre_id=old.organisation.centre_id,
                    period=f"{2000 + number}",
                    figure="needs",
                    value=number,
                ),
                PeriodLock(
                    centre_id=old.organisation.centre_id,
                    period=f"{2000 + number}",
                    by_id=user.id,
                    sha256="0" * 64,
                    body=b"",
                ),
                SupportOffer(
                    centre_id=old.organisation.centre_id,
                    kind=("subsidy", "laboratory")[number % 2],
                    name=f"offer {number}",
                    standards=["iso-9001"],
                ),
                LikelyTwin(
                    first=old.public_id,
                    second=fresh.public_id,
                    centre_id=old.organisation.centre_id,
                    probability=0.9,
                ),
            )
        )
