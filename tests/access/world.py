"""A small network: three centres, suppliers, contractors, needs of each disclosure, and somebody in every relation."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from flask.testing import FlaskClient

from matchmaker.domain.lifecycle import MailState, MatchState, NeedState, ProfileState
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse
from matchmaker.models import (
    Centre,
    CertificateRow,
    ClusterParticipant,
    DevelopmentCard,
    Event,
    EventParticipant,
    Finding,
    ImportBatch,
    Match,
    Membership,
    Need,
    OrderClaim,
    OrderEntry,
    Organisation,
    PartsList,
    Profile,
    PurchaseOrder,
    Quote,
    Session,
    StoredFile,
    SupplyCluster,
    SupportOffer,
    UndoableAct,
    User,
    WebhookMessage,
)
from matchmaker.models.base import now
from matchmaker.services.core import blobs, undoing
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.matching import saved_searches
from matchmaker.services.needs import ndas, needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.people import accounts, browser_sessions
from matchmaker.services.profiles import profile_drafts, suppliers
from matchmaker.services.shortlist import match_decisions, shortlists
from matchmaker.services.webhooks import webhooks
from matchmaker.web.kit.context import TOKEN
from matchmaker.wiring import Application

PASSWORD = "a-long-password-2026"
# Words that stand where only some may read them.
CONTACT, HIDDEN_NAME, SPARE = "canary-contact@shop.example", "Canary Plant", 731.5
NOTE, DRAWING, PRICE = "canary note", "canary-drawing.stl", "canary price"
ORDERED = "canary order"


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody types into texts, and nobody reads who may not see contacts: different in shops and in needs."""

    phone: str
    email: str
    link: str
    handle: str
    signer: str
    price: str
    number: str

    @property
    def pieces(self) -> tuple[str, ...]:
        return (self.phone, self.email, self.link, self.handle, self.signer, self.price, self.number)

    @property
    def letter(self) -> str:
        """A pasted end of a letter that has them all."""
        return (
            f"Звоните +7 {self.phone}, {self.email}, {self.link}, телеграм {self.handle}. Цена {self.price} руб., "
            f"{self.price} р/час.\nС уважением,\nАнна {self.signer}\nтел. {self.number}"
        )


OF_SHOPS = Typed(
    "912 555-01-02",
    "typed@shop.example",
    "t.me/shop_canary",
    "@canary_shop",
    "Чижикова",
    "7 654 321",
    "4852 00-11-22",
)
OF_ALL_NEEDS = Typed(
    "913 555-03-04",
    "typed@plant.example",
    "t.me/need_canary",
    "@canary_need",
    "Канарейкина",
    "1 234 567",
    "4932 00-33-44",
)
DISCLOSURES = ("open", "name-hidden", "nda", "invited")


@dataclass(frozen=True, slots=True)
class Who:
    """A subject: how it stands to the objects of the home centre, and what it is."""

    relation: str
    kind: str = ""


SUBJECTS = {
    "AN": Who("AN"),
    "SO": Who("SO", "supplier"),
    "SI": Who("SI", "supplier"),
    "SN": Who("SN", "supplier"),
    "SX": Who("SX", "supplier"),
    "CO": Who("CO", "contractor"),
    "CX": Who("CX", "contractor"),
    "CN": Who("CN", "contractor"),
    "OO": Who("OO", "operator"),
    "OX": Who("OX", "operator"),
    "AU": Who("AU", "authority"),
    "NA": Who("NA", "network"),
    # More people than the columns: another centre's, the home centre's administrator, somebody without a role.
    "OE": Who("OX", "operator"),
    "CA": Who("OO", "operator"),
    "U0": Who("SX"),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """An object: the values of its address, the action that lets one know of it, and whose it is not."""

    values: Mapping[str, object]
    view: str = ""
    by_invitation: bool = False
    standing: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


# To an object of the southern centre nobody of home is more than a stranger, and its operator is the one.
ABROAD = {
    **dict.fromkeys(("SO", "SI", "SN", "AU"), "SX"),
    **dict.fromkeys(("CO", "CN"), "CX"),
    **dict.fromkeys(("OO", "CA"), "OX"),
    "OX": "OO",
}
OF_NEEDS = {"SO": "SX"}


class World:
    """Built once; `things(group)` are the objects of a group by name. `home` is the code of its centre and `others` those
    of the two beside it; `mark` is a word in what only the home centre and its people may read.
    """

    def __init__(
        self,
        application: Application,
        home: str = "",
        others: tuple[str, str] = ("south", "east"),
        mark: str = "",
    ) -> None:
        self.application, self.mark = application, mark
        self._home, self._others = home or application.settings.centre, others
        self.emails = {name: self._address(name.lower()) for name in SUBJECTS if name != "AN"}
        self.groups: dict[str, dict[str, Callable[[], Thing]]] = {}
        with application.sessions.begin() as session:
            self._build(session)
        application.index.catch_up()

    def _address(self, name: str) -> str:
        return f"{name}.{self._home}@people.example" if self.mark else f"{name}@people.example"

    def _own(self, word: str, of: str) -> str:
        """A word of an object of the home centre, with the mark."""
        return word if "abroad" in of else f"{self.mark}{word}"

    def things(self, group: str) -> dict[str, Thing]:
        return {name: make() for name, make in self.groups[group].items()} if group else {"": Thing({})}

    def standing(self, name: str, thing: Thing) -> str:
        """How a subject stands to an object."""
        return thing.standing.get(name, SUBJECTS[name].relation)

    def enter(self, client: FlaskClient, name: str) -> FlaskClient:
        """Sign the subject in, in a session of its own."""
        if name != "AN":
            with self.application.sessions.begin() as session:
                token = browser_sessions.start(session, accounts.by_email(session, self.emails[name]))
            with client.session_transaction() as cookie:
                cookie[TOKEN] = token
        return client

    @contextmanager
    def blocking(self, name: str) -> Iterator[None]:
        """Block the organisations of a subject for a while."""
        for blocked in (True, False):
            with self.application.sessions.begin() as session:
                for held in accounts.by_email(session, self.emails[name]).memberships:
                    assert held.organisation is not None
                    held.organisation.blocked = blocked
            if blocked:
                yield

    def _put(self, group: str, name: str, thing: Thing) -> None:
        self.groups.setdefault(group, {})[name] = lambda: thing

    def _build(self, session: Session) -> None:
        home = needs.centre_of(session, self._home)
        south, east = (needs.centre_of(session, code) for code in self._others)
        shops = {name: self._shop(session, name, home) for name in ("shop", "draft", "si", "sn", "sx")}
        shops["abroad"] = self._shop(session, "abroad", south)
        shops["hidden-abroad"] = self._shop(session, "hidden-abroad", south)
        for name in ("draft", "hidden-abroad"):
            suppliers.move(session, shops[name], ProfileState.DRAFT, by="test")
            shops[name].published_at = None
        plants = {name: self._plant(session, name, home) for name in ("plant", "other", "agreed")}
        self._people(session, shops, plants, {"home": home, "south": south, "east": east})
        self._profiles(session, shops)
        self._agreed(session, plants["agreed"], shops)
        foreign = self._plant(session, "foreign plant", south)
        operator = accounts.by_email(session, self.emails["OO"])
        for disclosure in DISCLOSURES:
            self._need(
                session, disclosure, NeedPosting(plants["plant"], disclosure=disclosure), shops, operator
            )
        draft = NeedPosting(plants["plant"], state=NeedState.DRAFT)
        self._need(session, "draft", draft, shops, operator)
        hidden = NeedPosting(foreign, disclosure="invited")
        self._need(session, "abroad", hidden, {"si": shops["abroad"], "sn": shops["hidden-abroad"]}, operator)
        self._order(session, plants["plant"], shops["shop"])
        self._put("lists", "list", self._kept_list(session))
        self._cluster(session, home, plants["plant"])
        for name, centre, standing in (("home", home, {}), ("abroad", south, ABROAD)):
            self._put("centres", name, Thing({"code": centre.code}, standing=standing))

    def _order(self, session: Session, plant: Organisation, shop: Profile) -> None:
        """An order of the contractor CO with the supplier SO, who is a stranger to all other needs: said of it is one delivery, one
        claim and one report.
        """
        text = f"Токарная обработка втулок, 40 шт. {self._own(ORDERED, '')}"
        record = parse(NeedRecord, {"kind": "need", "id": "need-ordered", "text": text, "quantity": 40})
        posting = NeedPosting(plant, disclosure="invited", state=NeedState.CONTRACTED)
        need = needs.post(session, record, centre=plant.centre, by="test", posting=posting)
        match = Match(need_id=need.id, profile_id=shop.id, state=MatchState.CONTRACTED, contacts_at=now())
        session.add(match)
        session.flush()
        order = PurchaseOrder(
            match_id=match.id,
            lines=[{"id": "", "title": "Втулка", "quantity": 40, "price_minor": None}],
            number=self._own(ORDERED, ""),
            due_on=TODAY,
        )
        session.add(order)
        session.flush()
        buyer = accounts.by_email(session, self.emails["CO"])
        said = {"order_id": order.id, "side": "contractor", "by_id": buyer.id}
        entry = OrderEntry(kind="delivery", line="", day=TODAY, pieces=10, defective=1, **said)
        report = OrderEntry(kind="report", text="x", **said)
        claim = OrderClaim(what=self._own(ORDERED, ""), **said)
        session.add_all((entry, report, claim))
        session.flush()
        paper = self._file(self._own("report.pdf", ""), "report", order.public_id)
        paper.order_entry_id = report.id
        session.add(paper)
        session.flush()
        values = {"key": order.public_id, "entry": entry.public_id, "claim": claim.public_id}
        self._put("orders", "order", Thing(values, "order.view"))
        self._put("reports", "report", Thing({"key": paper.public_id}, "order.view"))

    def _agreed(self, session: Session, plant: Organisation, shops: Mapping[str, Profile]) -> None:
        """The shops of SO accepted the text for a need of another contractor."""
        record = parse(NeedRecord, {"kind": "need", "id": "need-agreed", "text": "Шлифование, 10 шт"})
        need = needs.post(session, record, centre=plant.centre, by="test", posting=NeedPosting(plant))
        signer = accounts.by_email(session, self.emails["SO"])
        for name in ("shop", "draft"):
            ndas.accept(session, need, shops[name].organisation, signer, "ru")

    def _shop(self, session: Session, name: str, centre: object) -> Profile:
        typed = OF_SHOPS
        data = {
            "id": name,
            "name": {"en": f"Shop {name}", "ru": f"Цех {name}"},
            "description": {
                "ru": f"Точим валы и втулки.\n{typed.letter}",
                "en": f"We turn shafts. Call +7 {typed.phone}",
            },
            "capabilities": [
                {"process": "Токарная обработка", "note": f"спросить {typed.signer}, {typed.email}"},
            ],
            "equipment": [{"name": f"16К20 (тел. {typed.number})", "spare_hours_per_month": SPARE}],
            "references": [{"customer": "Завод", "product": f"валы, {typed.price} руб."}],
            "sectors": [f"насосы {typed.link}"],
            "payment_terms": f"аванс {typed.price} руб., +7 {typed.phone}",
            "certificates": [{"standard": "ISO 9001:2015", "status": "certified", "number": f"N-{name}"}],
            "contacts": {"email": self._own(CONTACT, name)},
            "updated": "2026-11-01",
        }
        record = parse(SupplierRecord, data)
        saved, _ = suppliers.save(
            session, record, self.application.recogniser, RecordOrigin(centre, "test", "test")
        )
        return suppliers.of_organisation(session, saved.public_id)

    def _plant(self, session: Session, name: str, centre: object) -> Organisation:
        shown = HIDDEN_NAME if name == "plant" else f"Plant {name}"
        made = Organisation(centre_id=centre.id, name_en=shown, name_ru=shown, is_contractor=True)
        session.add(made)
        session.flush()
        return made

    def _people(
        self,
        session: Session,
        shops: Mapping[str, Profile],
        plants: Mapping[str, Organisation],
        centres: Mapping[str, object],
    ) -> None:
        users = {name: self._user(session, email) for name, email in self.emails.items()}
        self._user(session, self._address("spare"))
        for name, shop in (("SO", "shop"), ("SO", "draft"), ("SI", "si"), ("SN", "sn"), ("SX", "sx")):
            organisation = shops[shop].organisation
            held = accounts.grant(
                session, users[name], "supplier_editor", by="test", organisation=organisation
            )
            held.chief = name == "SO"
        for name, plant in (("CO", "plant"), ("CX", "other"), ("CN", "agreed")):
            held = accounts.grant(
                session, users[name], "contractor_buyer", by="test", organisation=plants[plant]
            )
            held.chief = name == "CO"
        for name, centre in (("OO", "home"), ("OX", "south"), ("OE", "east")):
            accounts.grant(session, users[name], "operator", by="test", centre=centres[centre])
        accounts.grant(session, users["CA"], "centre_administrator", by="test", centre=centres["home"])
        accounts.grant(session, users["AU"], "authority", by="test", centre=centres["home"])
        accounts.grant(session, users["NA"], "network_administrator", by="test")

    def _user(self, session: Session, email: str) -> User:
        person = accounts.AccountDetails(
            email, email.split("@", maxsplit=1)[0], PASSWORD, "en", confirmed=True
        )
        return accounts.create_user(session, person, by="test")

    def _profiles(self, session: Session, shops: Mapping[str, Profile]) -> None:
        views = {"shop": "profile.view", "draft": "profile.view_unpublished", "abroad": "profile.view"}
        views["hidden-abroad"] = "profile.view_unpublished"
        for name, view in views.items():
            profile = shops[name]
            standing = ABROAD if "abroad" in name else {}
            key = {"key": profile.public_id}
            self._put("profiles", name, Thing(key, view, standing=standing))
            # Waiting changes are no more published than a draft is.
            self._put("waiting", name, Thing(key, "profile.view_unpublished", standing=standing))
            row: CertificateRow = profile.certificates[0]
            self._put("certificates", name, Thing({"key": row.public_id}, view, standing=standing))
            self._put(
                "scans", name, Thing({"key": self._scan(session, profile, name)}, view, standing=standing)
            )
            paper = self._file(self._own("order.pdf", name), "paper", profile.public_id)
            paper.profile_id, paper.details = profile.id, {"of": "ladder iso-9001"}
            session.add(paper)
            session.flush()
            self._put("papers_of_ladders", name, Thing({"key": paper.public_id}, standing=standing))
            if name != "draft":  # the page is of a person's first shop
                self._photo(session, profile, name, Thing({}, view, standing=standing), shown=True)
        waiting = Thing({}, "profile.view_unpublished")
        self._photo(session, shops["shop"], "waiting", waiting, shown=False)
        finding = Finding(profile_id=shops["shop"].id, kind="unread", words="x")
        session.add(finding)
        session.flush()
        self._put("findings", "shop", Thing({"key": finding.public_id}, "profile.view"))
        self._pairs(shops)
        shop = shops["shop"].organisation
        here = {"key": shop.public_id}
        self._put("shop", "people", Thing(here, form={"organisation": shop.public_id}, standing={"CO": "CX"}))
        self.groups["asking"] = {"membership": lambda: self._asking(shop.id)}
        self.groups["search"] = {"search": self._search}
        self.groups["webhook"] = {"webhook": self._webhook}
        self.groups["act"] = {"act": self._act}
        self._import(session, shop.centre)
        offer = SupportOffer(centre=shop.centre, kind="subsidy", name=self._own("Subsidy", ""))
        session.add(offer)
        session.flush()
        self._put("offers", "subsidy", Thing({"key": offer.public_id}))
        self.groups["lists_anew"] = {"list": self._parts_list}
        self._event(session, shop)
        self.groups["colleague"] = {"membership": lambda: self._colleague(shop.id)}
        self.groups["persons"] = {"person": lambda: self._somebody(shop.id)}
        self.groups["roles"] = {"role": self._colleague_in_charge}

    def _event(self, session: Session, shop: Organisation) -> None:
        """An announced event of the home centre with the shop on its list."""
        hours = {"starts": 600, "ends": 720, "tables": 2, "people": 20}
        days = {"day": TODAY + timedelta(days=30), "register_by": TODAY + timedelta(days=20)}
        about = {"kind": "fair", "title": "Fair", "place": "x", "state": "announced"}  # read by everybody
        event = Event(centre=shop.centre, **about, **hours, **days)
        firm = EventParticipant(event=event, organisation=shop, state="registered", invited_at=now())
        session.add_all([event, firm])
        session.flush()
        self._put("events", "fair", Thing({"key": event.public_id}))
        self._put("participants", "shop", Thing({"key": firm.public_id}))
        self._put("firms_of_events", "shop", Thing({"event": event.public_id, "key": firm.public_id}))

    def _import(self, session: Session, centre: Centre) -> None:
        """A file that was sent to the home centre and waits for a decision."""
        batch = ImportBatch(
            centre=centre,
            source="list",
            file_name=self._own("list.csv", ""),
            sha256="0" * 64,
            state="checked",
            counts={},
        )
        batch.suffix = ".csv"
        session.add(batch)
        session.flush()
        self._put("imports", "file", Thing({"key": batch.public_id}))

    def _pairs(self, shops: Mapping[str, Profile]) -> None:
        keys = {name: profile.public_id for name, profile in shops.items()}
        for name, (first, second), view in (
            ("published", ("shop", "sx"), "profile.view"),
            ("one hidden", ("sx", "draft"), "profile.view_unpublished"),
        ):
            values = {"first": keys[first], "second": keys[second]}
            self._put("pairs", name, Thing(values, view, form={"verdict": keys[first]}))

    def _scan(self, session: Session, profile: Profile, name: str) -> str:
        row = self._file(self._own("scan.pdf", name), "scan", profile.public_id)
        row.profile_id, row.details = profile.id, {"of": "x"}
        session.add(row)
        session.flush()
        return row.public_id

    def _photo(self, session: Session, profile: Profile, name: str, thing: Thing, *, shown: bool) -> None:
        """A photo, there again after each removal."""
        row = self._file("shop.jpg", "photo", f"{profile.public_id} {shown}")
        row.profile_id, row.details = profile.id, {"caption": {}, "shown": shown}
        row.media_type = "image/jpeg"
        session.add(row)
        session.flush()
        number, key = row.id, row.public_id

        def again() -> Thing:
            with self.application.sessions.begin() as writing:
                stored = writing.get_one(StoredFile, number)
                stored.details = {"caption": {}, "shown": shown}
                return replace(thing, values={"key": key})

        self.groups.setdefault("photos", {})[name] = again

    def _file(self, name: str, role: str, words: str) -> StoredFile:
        content = io.BytesIO(b"%PDF-1.4\n" + words.encode() + b"\n%%EOF\n")
        kept = blobs.keep(self.application.data / "files", content, largest=10_000)
        return StoredFile(
            role=role, name=name, media_type=kept.media_type, size=kept.size, sha256=kept.sha256, details={}
        )

    def _asking(self, organisation: int) -> Thing:
        """Somebody who asks to join the shop, another one each time."""
        with self.application.sessions.begin() as session:
            number = len(accounts.every(session))
            user = self._user(session, self._address(f"asking{number}"))
            held = Membership(role="supplier_editor", organisation_id=organisation, state="asked")
            user.memberships.append(held)
            session.flush()
            return Thing({"number": held.id}, standing={"CO": "CX"})

    def _another(self, session: Session, **where: object) -> Membership:
        """Somebody new with a role."""
        user = self._user(session, self._address(f"another{len(accounts.every(session))}"))
        return accounts.grant(session, user, by="test", **where)

    def _parts_list(self) -> Thing:
        """A parts list of CO, another one each time."""
        with self.application.sessions.begin() as session:
            return self._kept_list(session)

    def _cluster(self, session: Session, home: Centre, plant: Organisation) -> None:
        """A cluster of the home centre, with a plant and a bank."""
        made = SupplyCluster(centre_id=home.id, name_en=self._own("Cluster", ""), kind="industrial")
        made.participants = [
            ClusterParticipant(organisation_id=plant.id, role="lead-plant"),
            ClusterParticipant(name="Bank", role="finance"),
        ]
        session.add(made)
        session.flush()
        ends = dict(zip(("buyer", "supplier"), (one.public_id for one in made.participants), strict=True))
        self._put("clusters", "cluster", Thing({"key": made.public_id}, form=ends))

    def _kept_list(self, session: Session) -> Thing:
        """A parts list of CO."""
        held = (one.organisation for one in accounts.by_email(session, self.emails["CO"]).memberships)
        plant = next(firm for firm in held if firm is not None)
        line = {
            "title": "Вал",
            "text": "Деталь: Вал",
            "pieces": 2,
            "price_minor": 100,
            "record": {"kind": "need", "id": "1", "title": "Вал", "text": "Точить вал"},
            "verdict": "nobody",
            "alone": 0,
            "operations": [{"process": "turning", "able": 0, "best": [], "near": [], "eased": []}],
        }
        made = PartsList(
            centre_id=plant.centre_id,
            contractor_id=plant.id,
            name=self._own("Assembly", ""),
            lines=[line],
            judged_at=now(),
        )
        session.add(made)
        session.flush()
        return Thing({"key": made.public_id})

    def _colleague(self, organisation: int) -> Thing:
        """Somebody else of the shop, another one each time."""
        with self.application.sessions.begin() as session:
            shop = session.get_one(Organisation, organisation)
            held = self._another(session, role="supplier_editor", organisation=shop)
            return Thing({"number": held.id}, standing={"CO": "CX"})

    def _somebody(self, organisation: int) -> Thing:
        """A person of the home centre that also the network may know of: it holds a role of the shop and one of the centre."""
        with self.application.sessions.begin() as session:
            held = self._another(session, role="operator", centre=needs.centre_of(session, self._home))
            accounts.grant(
                session,
                held.user,
                "supplier_editor",
                by="test",
                organisation=session.get_one(Organisation, organisation),
            )
            return Thing({"key": held.user.public_id})

    def _colleague_in_charge(self) -> Thing:
        """The role of an operator of the home centre."""
        with self.application.sessions.begin() as session:
            home = needs.centre_of(session, self._home)
            held = self._another(session, role="operator", centre=home)
            return Thing({"key": held.user.public_id, "number": held.id})

    def _webhook(self) -> Thing:
        """An address of SO with a message that was sent; each time another."""
        with self.application.sessions.begin() as session:
            owner = accounts.by_email(session, self.emails["SO"])
            for old in webhooks.of_user(session, owner):
                webhooks.end(session, owner, old.public_id)
            made = webhooks.make(session, owner, "https://program.example/hear", ["need.changed"], ())
            sent = WebhookMessage(webhook_id=made.id, event="need.changed", content={}, state=MailState.SENT)
            session.add(sent)
            session.flush()
            return Thing({"key": made.public_id, "message": sent.public_id})

    def _act(self) -> Thing:
        """Something that SO did to its profile and can take back; each time another."""
        with self.application.sessions.begin() as session:
            owner = accounts.by_email(session, self.emails["SO"])
            firm = owner.memberships[0].organisation
            assert firm is not None
            made = UndoableAct(
                kind=profile_drafts.REMOVAL,
                object_kind="profile",
                object_id=suppliers.of_organisation(session, firm.public_id).public_id,
                by_id=owner.id,
                until=now() + undoing.UNDO,
                rows=[],
            )
            session.add(made)
            session.flush()
            return Thing({"key": made.public_id})

    def _search(self) -> Thing:
        with self.application.sessions.begin() as session:
            owner = accounts.by_email(session, self.emails["SO"])
            saved_searches.save(session, owner, "kept", "q=turning")
            return Thing({"key": saved_searches.of_user(session, owner)[0].public_id})

    def _need(
        self, session: Session, name: str, how: NeedPosting, shops: Mapping[str, Profile], operator: User
    ) -> None:
        assert how.contractor is not None
        typed = OF_ALL_NEEDS
        title = self._own("Валы", name) if name in {"draft", "invited"} else "Валы"
        record = parse(
            NeedRecord,
            {
                "kind": "need",
                "id": f"need-{name}",
                "title": f"{title} {name}, {typed.email} +7 {typed.phone}",
                "text": f"Токарная обработка валов, сталь 45, 100 шт\n{typed.letter}",
                "payment": f"{typed.price} руб., {typed.link}",
                "positions": [
                    {
                        "id": "1",
                        "title": f"Вал {typed.handle}",
                        "text": f"100 шт, {typed.price} руб. {typed.letter}",
                    }
                ],
            },
        )
        centre = how.contractor.centre
        state = NeedState.PUBLISHED if how.state is NeedState.DRAFT and name != "draft" else how.state
        posting = NeedPosting(how.contractor, disclosure=how.disclosure, state=state)
        need = needs.post(session, record, centre=centre, by="test", posting=posting)
        need.published_at = now() if state is NeedState.PUBLISHED else None
        matches = [match_decisions.add_by_hand(session, need, shops[shop], operator) for shop in ("si", "sn")]
        if state is NeedState.PUBLISHED:
            match_decisions.invite(session, matches, operator)
        matches[0].released_at = now()
        shortlists.note(session, matches[0], self._own(NOTE, name), operator, revision=matches[0].revision)
        thing = self._thing(need, matches[0], abroad=name == "abroad")
        self._put("needs", name, thing)
        both = {"need": need.public_id, "supplier": shops["si"].public_id}
        self._put("pairs_of_cards", name, replace(thing, values=both, form={}))
        card = DevelopmentCard(
            profile=shops["si"],
            need=need,
            requirement="certification",
            closes="certificate",
            what=self._own("Paper", name),
            due_on=TODAY,
            before={"closing": ["certification"]},
        )
        session.add(card)
        session.flush()
        self._put("cards", name, Thing({"key": card.public_id}, standing=thing.standing))
        self._papers(session, name, need, matches[1], thing)
        if state is NeedState.PUBLISHED:
            signer = accounts.by_email(session, self.emails["SN"])
            ndas.accept(session, need, shops["sn"].organisation, signer, "en")

    def _papers(self, session: Session, name: str, need: Need, match: Match, thing: Thing) -> None:
        """Drawings, agreements and a quote of the need; what a test withdraws is there again for the next one."""
        quote = Quote(
            match=match, state="submitted", amount_minor=100, text=self._own(PRICE, name), submitted_at=now()
        )
        session.add(quote)
        session.flush()
        key, offer = need.public_id, quote.id
        if name != "draft":  # nobody writes about a need before it is there
            values = {"key": key, "match": thing.form["match"]}
            self._put("threads", name, replace(thing, values=values))
        self.groups.setdefault("quotes", {})[name] = lambda: self._submitted(thing, offer, key)
        paper = self._file(self._own("calculation.pdf", name), "quote", f"{key} quote")
        paper.quote_id = offer
        session.add(paper)
        session.flush()
        if name != "draft":
            self._put("papers", name, replace(thing, values={"key": paper.public_id}, form={}))
        number = self._drawing(session, need, name)
        firm = match.profile.organisation.public_id
        drawings = self.groups.setdefault("drawings", {})
        drawings[name] = lambda: self._again(thing, number)
        self.groups.setdefault("agreements", {})[name] = lambda: self._agreement(thing, key, firm)

    def _drawing(self, session: Session, need: Need, name: str) -> int:
        row = self._file(self._own(DRAWING, name), "model", need.public_id)
        row.need_id = need.id
        row.details = {"kind": "stl", "sides_mm": [30, 20, 10], "previews": ["page.svg"]}
        previews = self.application.data / "previews"
        previews.mkdir(parents=True, exist_ok=True)
        (previews / "page.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
        session.add(row)
        session.flush()
        return row.id

    def _submitted(self, thing: Thing, number: int, key: str) -> Thing:
        with self.application.sessions.begin() as session:
            quote = session.get_one(Quote, number)
            quote.state = "submitted"
            return replace(thing, values={"key": key, "quote": quote.public_id})

    def _again(self, thing: Thing, number: int) -> Thing:
        with self.application.sessions.begin() as session:
            row = session.get_one(StoredFile, number)
            row.details = {name: value for name, value in row.details.items() if name != "withdrawn"}
            return replace(thing, values={"key": row.public_id, "number": 1})

    def _agreement(self, thing: Thing, key: str, firm: str) -> Thing:
        with self.application.sessions.begin() as session:
            need, user = needs.by_key(session, key), accounts.by_email(session, self.emails["SN"])
            organisation = suppliers.organisation(session, firm)
            own = ndas.own_text(session, need)  # another test may have given one
            made = ndas.accept(session, need, organisation, user, "en", own.sha256 if own else "")
            return replace(thing, values={"key": key, "agreement": made.public_id})

    def _thing(self, need: Need, match: Match, *, abroad: bool) -> Thing:
        by_invitation = need.disclosure == "invited"
        released = need.state == NeedState.PUBLISHED
        view = "need.view_invited" if by_invitation else "need.view"
        return Thing(
            {"key": need.public_id},
            view if released else "need.view_unpublished",
            by_invitation=by_invitation,
            standing=ABROAD if abroad else OF_NEEDS,
            form={"match": match.public_id},
        )


TODAY = date(2026, 11, 23)
