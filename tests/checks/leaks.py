"""Nothing leaks: every page that can be read, asked by everybody, for what people typed into texts and may not be shown.

`python -m tests.checks.leaks` builds the small network of tests/access, whose needs and shops hold telephones, addresses,
names and prices in each of their texts, opens every GET route as each of its subjects, follows the links of
letters, reads all e-mails and search documents, and compares all answers before and after a rival's sealed quote and before and after a
contract that can still be taken back. What it found is printed last.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.lifecycle import MatchState, NeedState
from matchmaker.models import Mail, Match, Need, Profile, Quote, Session, StoredFile
from matchmaker.models.base import now
from matchmaker.services.core import signed_links, urls
from matchmaker.services.index import documents
from matchmaker.services.mail import recipients
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.people import accounts
from matchmaker.services.profiles import suppliers
from matchmaker.services.quotes import quotes
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.shortlist import invitations, match_decisions
from matchmaker.services.shortlist.awards import AwardShare
from matchmaker.services.shortlist.match_decisions import NewDecision
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access import world as made
from tests.access.matrix import ROWS, Row, cell
from tests.access.world import SUBJECTS, TODAY, Thing, World
from tests.support import routes

# Who reads the texts of needs and of shops as they were typed, wherever no object of another stands in the address.
OWNERS_OF_NEEDS = frozenset({"CO", "OO", "CA", "OX"})
OWNERS_OF_SHOPS = frozenset({"SO", "SI", "SN", "SX", "OO", "CA", "OX", "CN"})


@dataclass(frozen=True, slots=True)
class Leak:
    """A piece that a subject read and may not."""

    where: str
    who: str
    piece: str


def site(folder: Path) -> tuple[Application, World, Flask]:
    """The network in a folder of its own, and its site without the marks of forms."""
    # One machine asks for all readers: without limits on how often it may.
    application = Application(Settings(data=folder, limits=1000, _env_file=None), clock=lambda: TODAY)
    network = World(application)
    app = create_app(application)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    return application, network, app


def readable() -> list[Row]:
    return [row for row in ROWS if row.method == "GET"]


def hidden_from(world: World, name: str, row: Row, thing: Thing) -> tuple[str, ...]:
    """The pieces that a subject may not read on a page."""
    relation = world.standing(name, thing)
    of_needs = name in OWNERS_OF_NEEDS and (row.on != "needs" or relation in {"CO", "OO"})
    of_shops = name in OWNERS_OF_SHOPS
    if row.on == "profiles":
        of_shops = cell("profile.contacts", relation) is AccessVerdict.OK
    return (() if of_needs else made.OF_ALL_NEEDS.pieces) + (() if of_shops else made.OF_SHOPS.pieces)


def on_pages(
    app: Flask, world: World, rows: Sequence[Row], names: Collection[str] = tuple(SUBJECTS)
) -> Iterator[Leak]:
    """What everybody reads on pages, in files and from programs."""
    clients = {name: world.enter(app.test_client(), name) for name in names}
    for row in rows:
        for label, thing in world.things(row.on).items():
            where = routes.address(app, row, thing)
            for name, client in clients.items():
                page = read(client, where, row)
                for piece in hidden_from(world, name, row, thing):
                    if piece in page:
                        yield Leak(f"{row.endpoint} {label}", name, piece)


def read(client: FlaskClient, where: str, row: Row) -> str:
    with client.get(where, query_string=routes.FORMS[row.form]) as answer:
        return answer.get_data().decode("utf-8", "replace")


def in_letters(application: Application) -> Iterator[Leak]:
    """What stands in e-mails, whoever gets them."""
    with application.sessions() as session:
        for mail in session.scalars(select(Mail)):
            for piece in (*made.OF_ALL_NEEDS.pieces, *made.OF_SHOPS.pieces):
                if piece in f"{mail.subject}\n{mail.text}\n{mail.html}":
                    yield Leak(f"e-mail {mail.subject}", mail.recipient, piece)


def by_links(application: Application, app: Flask, world: World) -> Iterator[Leak]:
    """What the pages behind the links of letters show of needs: invitations, quotes by letter, questions about a deal."""
    browser = app.test_client()
    for where in _links(application, world):
        page = browser.get(where)
        assert page.status_code == 200, where
        for piece in made.OF_ALL_NEEDS.pieces:
            if piece in page.get_data(as_text=True):
                yield Leak(where, "who holds the link", piece)


def _links(application: Application, world: World) -> list[str]:
    """The links of a person that is invited, and of a firm without an account where it may quote by them."""
    found: list[str] = []
    site = application.site()
    with application.sessions.begin() as session:
        operator, person = (accounts.by_email(session, world.emails[name]) for name in ("OO", "SI"))
        stranger = suppliers.by_key(session, str(world.things("profiles")["abroad"].values["key"]))
        for disclosure in made.DISCLOSURES:
            need = needs.by_key(session, str(world.things("needs")[disclosure].values["key"]))
            match = match_decisions.by_key(session, str(world.things("needs")[disclosure].form["match"]))
            deal = (match.public_id, "30", person.public_id, "yes")
            found += [
                urls.answer_invitation(
                    signed_links.sign(site, "answer", (match.public_id, "", person.public_id, "interested"))
                ),
                urls.answer_deal(signed_links.sign(site, "deal", deal)),
            ]
        # A need without files, for which a firm without an account quotes by its letter.
        record = needs.record(need).model_copy(update={"id": "need-by-letter"})
        how = NeedPosting(need.contractor, disclosure="name-hidden", state=NeedState.PUBLISHED)
        plain = needs.post(session, record, centre=need.centre, by="test", posting=how)
        other = match_decisions.add_by_hand(session, plain, stranger, operator)
        match_decisions.invite(session, [other], operator)
        (reader,) = recipients.of_profile(session, stranger)
        found.append(invitations.quote_path(session, other, reader))
    return found


def in_documents(application: Application) -> Iterator[Leak]:
    """What the search engines are given."""
    with application.sessions() as session:
        for profile in suppliers.every(session):
            document = repr(documents.of_profile(profile, application.recogniser, TODAY))
            for piece in made.OF_SHOPS.pieces:
                if piece in document:
                    yield Leak("search document", profile.public_id, piece)


def seal(application: Application) -> None:
    """Put every open need of the network into a round of sealed quotes, none of which has come, and take back what the world has."""
    with application.sessions.begin() as session:
        session.execute(delete(StoredFile).where(StoredFile.role == "quote"))
        session.execute(delete(Quote))
        until = now() + timedelta(days=20)
        session.execute(update(Need).values(quotes_until=until, quotes_sealed=True))
        session.execute(update(Match).values(released_at=now()))


def quote(application: Application, world: World) -> None:
    """The rival, SI, quotes for every need that it is invited to."""
    with application.sessions.begin() as session:
        rival = accounts.by_email(session, world.emails["SI"])
        firm = rival.memberships[0].organisation
        assert firm is not None
        for thing in world.things("needs").values():
            need = needs.by_key(session, str(thing.values["key"]))
            if need.is_open and need.centre.code == application.settings.centre:
                match = quotes.match_of(session, need, firm.public_id)
                terms = QuoteTerms(SECRET, "RUB", lead_time_days=17, text=f"{SECRET} secret")
                quotes.save(session, match, terms, rival, revision=None, submit=True)
    application.index.catch_up()


SECRET = 76_543_210
# Who may see that the rival has quoted: its own people, and the centre, to chase the late.
LISTS = ("needs.mine", "shop.show", "audit.show", "api_needs.mine", "public.home", "exports.own_needs")
ENTITLED = frozenset({"SI", "OO", "CA"})
# Who reads the sums of the centre, in which every quote and contract counts at once; and who makes the contracts.
OF_SUMS, MAKER = "AU", "CO"
# Headers that say something about the request and what its reader asked before; a mark of the bytes, which are compared themselves.
OF_CHANCE = frozenset({"X-Request-Id", "Set-Cookie", "Date", "RateLimit", "ETag"})
_CHANGING = re.compile(
    r'name="(?:csrf_token|once)" value="[^"]*"|"counted_at": ?"[^"]*"|[0-9a-f]{16}'
    r"|\b\d{1,2}:\d\d\b"  # the minute of the reader's own last visit
)


Place = tuple[str, str, str]


def answers(app: Flask, world: World, rows: Sequence[Row], names: Collection[str]) -> dict[Place, object]:
    """Each answer to each of these readers: status, headers and body, without what changes each time."""
    found: dict[Place, object] = {}
    clients = {name: world.enter(app.test_client(), name) for name in names}
    for row in rows:
        for label, thing in world.things(row.on).items():
            where = routes.address(app, row, thing)
            for name, client in clients.items():
                with client.get(where, query_string=routes.FORMS[row.form]) as answer:
                    body = _CHANGING.sub("", answer.get_data().decode("utf-8", "replace"))
                    kept = [one for one in answer.headers if one[0] not in OF_CHANCE]
                    found[row.endpoint, label, name] = (answer.status_code, sorted(kept), body)
    return found


@dataclass(frozen=True, slots=True)
class Interference:
    """The answers that were compared, those that a rival's quote changed, and those that it changed for its centre."""

    compared: int
    changed: tuple[Place, ...]
    seen_by_centre: int


def _compared(
    act: Callable[[], None],
    asked: Callable[[Collection[str]], Mapping[Place, object]],
    names: Collection[str],
) -> Interference:
    """The answers to readers, and to the centre, before and after an act; those that change by themselves are left out."""
    first = asked(names)  # leaves behind what a first look does, such as a visit
    before, centre = asked(names), asked({"OO"})
    act()
    after, centre_after = asked(names), asked({"OO"})
    steady = [place for place, answer in before.items() if first[place] == answer]
    changed = tuple(place for place in steady if after[place] != before[place])
    return Interference(len(steady), changed, sum(centre[one] != centre_after[one] for one in centre))


def interference(
    application: Application, app: Flask, world: World, rows: Sequence[Row], names: Collection[str]
) -> Interference:
    """What readers that are not entitled learn of a quote that a rival sends under seal: nothing, to the byte."""
    rows = [row for row in rows if row.endpoint != "reports.shortlist"]  # a download stands in the journal
    seal(application)
    return _compared(lambda: quote(application, world), lambda who: answers(app, world, rows, who), names)


AWARDED = {
    "open": "si",
    "name-hidden": "sx",
    "invited": "sn",
}  # the winner of each need; nobody has invited SX


def ready_to_award(application: Application, world: World) -> None:
    """Open the quotes of the needs that are awarded, and let one of them know a winner that nobody invited."""
    with application.sessions.begin() as session:
        operator = accounts.by_email(session, world.emails["OO"])
        for label, shop in AWARDED.items():
            need = needs.by_key(session, str(world.things("needs")[label].values["key"]))
            need.quotes_until, need.state = None, NeedState.NEGOTIATION
            profile = _profile(session, world, shop)
            match = match_decisions.add_by_hand(session, need, profile, operator)
            if match.is_untold:
                verdict = NewDecision(MatchState.APPROVED)
                match_decisions.decide(session, match, verdict, operator, revision=match.revision)
            match.released_at = now()


def award(application: Application, world: World) -> None:
    """The contractor makes its contracts, and can take them back for ten minutes."""
    with application.sessions.begin() as session:
        buyer = accounts.by_email(session, world.emails["CO"])
        for label, shop in AWARDED.items():
            need = needs.by_key(session, str(world.things("needs")[label].values["key"]))
            match = match_decisions.add_by_hand(session, need, _profile(session, world, shop), buyer)
            share = AwardShare(match, match.revision)
            quotes.award(session, need, [share], buyer, lambda code, _: code, reason="price", today=TODAY)


def _profile(session: Session, world: World, shop: str) -> Profile:
    firm = accounts.by_email(session, world.emails[shop.upper()]).memberships[0].organisation
    assert firm is not None
    return suppliers.of_organisation(session, firm.public_id)


def silence(
    application: Application, app: Flask, world: World, rows: Sequence[Row], names: Collection[str]
) -> Interference:
    """What suppliers and strangers learn of a contract within the minutes in which it can be taken back: nothing, to the byte."""
    rows = [row for row in rows if row.endpoint != "reports.shortlist"]
    ready_to_award(application, world)
    return _compared(lambda: award(application, world), lambda who: answers(app, world, rows, who), names)


# The objects with texts or quotes, and those readers of sealed quotes that stand nearest; the long form takes all.
TELLING = frozenset({"", "needs", "profiles", "waiting", "pairs", "threads", "quotes", "papers", "drawings"})
NEAR = ("SN", "CO")
# Who wins one need and loses another for which it has quoted, and a winner whom nobody invited.
SUPPLIERS = ("SI", "SX")
# One of each kind that is no owner: a stranger, shops inside and outside, a rival plant, another centre, the network.
READERS = ("AN", "SO", "SN", "SX", "CX", "OX", "NA")


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-leaks", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every page and every subject")
    long = parser.parse_args().all
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        application, world, app = site(Path(folder))
        rows = [row for row in readable() if long or row.on in TELLING]
        readers = tuple(SUBJECTS) if long else READERS
        found = [
            *on_pages(app, world, rows, readers),
            *by_links(application, app, world),
            *in_letters(application),
            *in_documents(application),
        ]
        names = [name for name in SUBJECTS if name not in {*ENTITLED, OF_SUMS}] if long else NEAR
        about = [
            row
            for row in rows
            if long or row.on not in {"", "profiles", "waiting", "pairs"} or row.endpoint in LISTS
        ]
        told = interference(application, app, world, about, names)
        beside = [row for row in about if long or row.on in {"needs", "threads"} or row.endpoint in LISTS]
        others = [name for name in names if name != MAKER] if long else SUPPLIERS
        kept_back = silence(application, app, world, beside, others)
        application.close()
    for leak in found:
        print(f"{leak.where}: {leak.who} reads {leak.piece!r}")
    for place in told.changed:
        print(f"{' '.join(place)}: not the same once a rival has quoted")
    for place in kept_back.changed:
        print(f"{' '.join(place)}: not the same once there is a contract that can be taken back")
    pieces = len(made.OF_ALL_NEEDS.pieces) + len(made.OF_SHOPS.pieces)
    print(
        f"{pieces} planted telephones, addresses, names and prices found {len(found)} times on {len(rows)} routes × "
        f"{len(readers)} subjects, in e-mails and in search documents; {len(told.changed)} of {told.compared} answers "
        f"changed by a rival's sealed quote, {told.seen_by_centre} for its centre; {len(kept_back.changed)} of "
        f"{kept_back.compared} by a contract that can be taken back, {kept_back.seen_by_centre} for its centre "
        f"({time.monotonic() - began:.0f} s)"
    )
    return bool(
        found or told.changed or kept_back.changed or not told.seen_by_centre or not kept_back.seen_by_centre
    )


if __name__ == "__main__":
    sys.exit(main())
