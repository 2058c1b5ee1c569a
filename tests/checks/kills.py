"""`make check-kills`: a served site under many writers is killed by SIGKILL again and again; nothing may be lost, half or double.

`python -m tests.checks.kills [--kills N] [--postgresql] [--seed N] [--own-leases]`; Linux. Site and worker are processes of
their own over the small network of tests/access. Every writer keeps its own ledger of what the site acknowledged; what got
no answer it sends again with the same bytes, form or Idempotency-Key, after the start. A third of the kills strikes the
worker while the index commits; with `--postgresql` (a server made for the check) the rest also strikes the database's
processes. After every kill, before anything is sent again: what was acknowledged is stored, and every row has its entry in
the journal, its letter, its file; then the index is equal to the database without a command. The figure is printed last.
"""

import argparse
import hashlib
import http.client
import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy import create_engine, func, select, text

from matchmaker.domain.lifecycle import MailState
from matchmaker.models import (
    AuditEntry,
    Job,
    Mail,
    Match,
    Message,
    Need,
    Organisation,
    Profile,
    Quote,
    Session,
    SpareCapacity,
    StoredFile,
)
from matchmaker.services.core import blobs, journal
from matchmaker.services.index import drift
from matchmaker.services.needs import drawings
from matchmaker.services.people import accounts, api_keys
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from search.engines.protocol import EngineQuery
from tests.access.world import PASSWORD, World
from tests.support import postgresql, warm_program
from tests.support.live_site import free_port
from tests.support.visitor import Answer, Visitor, sealed
from tests.support.watched_folder import WatchedFolder

SHORT_LEASE = (
    1.0  # seconds, in place of the product's half a minute and more, so that a kill costs no waiting
)
LONGEST = 60.0  # seconds in which the index is equal again, and an unanswered request has its answer
_PATIENCE = 240.0  # seconds until a started site must answer; a machine may have much else to do
_TAKEN = frozenset({200, 201, 302, 303})
_LATER = frozenset({429, 503})


class Gate:
    """Where the writers wait between two requests while the check looks at what they did."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._open, self._inside = False, 0

    @contextmanager
    def request(self) -> Iterator[None]:
        with self._change:
            self._change.wait_for(lambda: self._open)
            self._inside += 1
        try:
            yield
        finally:
            with self._change:
                self._inside -= 1
                self._change.notify_all()

    def open(self) -> None:
        with self._change:
            self._open = True
            self._change.notify_all()

    def close(self) -> None:
        with self._change:
            self._open = False

    def wait_until_quiet(self) -> None:
        with self._change:
            assert self._change.wait_for(lambda: not self._inside, _PATIENCE), "a request never ends"


@dataclass(slots=True)
class Sent:
    """A change that is asked for: the mark by which it is known again, and its request, the same each time."""

    mark: str
    send: Callable[[], Answer]


@dataclass
class Writer:
    """Somebody who makes one kind of change after the other, and keeps what was acknowledged.

    `adds`: each change is a row of its own; otherwise the last one counts. `stored` reads the marks from the database,
    `entries` counts the journal's entries, `letters` the e-mails of the changes.
    """

    name: str
    prepare: Callable[[str], Sent]
    stored: Callable[[Session], list[str]]
    entries: Callable[[Session], int]
    adds: bool = True
    letters: Callable[[Session], int] | None = None
    acknowledged: list[str] = field(default_factory=list)
    doubt: Sent | None = None
    again: int = 0
    wrong: list[str] = field(default_factory=list)
    before: tuple[int, int] = (0, 0)
    _count: int = 0

    def begin(self, session: Session) -> None:
        self.before = self.entries(session), self.letters(session) if self.letters else 0

    def write(self, gate: Gate, over: threading.Event) -> None:
        while not over.is_set():
            with gate.request():
                self._once()
            time.sleep(0.02)

    def _once(self) -> None:
        """Make a change, or ask again for the one that was not answered."""
        try:
            if self.doubt is None:
                self._count += 1
                self.doubt = self.prepare(str(self._count))
            else:
                self.again += 1
            answer = self.doubt.send()
        except (OSError, http.client.HTTPException, ValueError):
            time.sleep(0.05)
            return
        if answer.status in _TAKEN:
            self.acknowledged.append(self.doubt.mark)
            self.doubt = None
        elif answer.status in _LATER or "idempotency.running" in answer.text:
            time.sleep(0.1)
        else:
            self.wrong.append(f"{self.name} {self.doubt.mark}: {answer.status} {answer.text[:100]}")
            self.doubt = None

    def look(self, session: Session, found: "Findings") -> None:
        """What is lost, half or double of this writer's changes."""
        stored, told = Counter(self.stored(session)), self.entries(session) - self.before[0]
        doubt = self.doubt.mark if self.doubt else None
        if self.adds:
            found.lost += [f"{self.name} {one}" for one in self.acknowledged if not stored[one]]
            found.double += [f"{self.name} {one} × {many}" for one, many in stored.items() if many > 1]
            made = sum(stored.values())
        else:
            here = next(iter(stored), None)
            last = self.acknowledged[-1] if self.acknowledged else None
            if last is not None and here not in {last, doubt}:
                found.lost.append(f"{self.name} {last}: {here} is there")
            made = len(self.acknowledged) + (doubt is not None and here == doubt)
        letters = self.letters(session) - self.before[1] if self.letters else made
        if told < made or letters < made:
            found.half.append(f"{self.name}: {made} changes, {told} entries, {letters} letters")
        elif told > made or letters > made:
            found.double.append(f"{self.name}: {made} changes, {told} entries, {letters} letters")


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        for kind in ("lost", "half", "double", "other"):
            yield from (f"  {kind}: {one}" for one in getattr(self, kind))


class Inbox:
    """A mail server that keeps the Message-IDs of what it took."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        lines = envelope.content.decode("utf-8", "replace").splitlines()
        self.taken[next(line for line in lines if line.startswith("Message-ID:")).split()[1]] += 1
        return "250 OK"


class Site:
    """Site and worker over one data folder, started, killed and started again."""

    def __init__(self, folder: Path, settings: dict[str, str], lease: float) -> None:
        self.port = free_port()
        self._folder, self._settings, self._lease = folder, settings, lease
        self._making = multiprocessing.get_context("forkserver")
        self._making.set_forkserver_preload([warm_program.__name__])
        self._running: dict[str, BaseProcess] = {}
        self._commands = {"site": ("serve", "--site-only", "--port", str(self.port)), "worker": ("worker",)}

    def start(self) -> float:
        """Start what does not run; the seconds until pages are answered."""
        for name, words in self._commands.items():
            if name not in self._running:
                given = (self._folder / f"{name}.log", self._settings, self._lease, *words)
                made = self._making.Process(target=warm_program.command, args=given)
                made.start()
                self._running[name] = made
        began = time.monotonic()
        while not self._answers():
            assert time.monotonic() - began < _PATIENCE, (self._folder / "site.log").read_text()[-3000:]
            time.sleep(0.05)
        return time.monotonic() - began

    def kill(self, *names: str) -> None:
        for name in names:
            self._running[name].kill()
        for name in names:
            self._running.pop(name).join()

    def stop(self) -> None:
        self.kill(*self._running)

    def _answers(self) -> bool:
        try:
            return Visitor(f"127.0.0.1:{self.port}", seconds=10).get("/needs/").status in {200, 302}
        except (OSError, http.client.HTTPException):
            return False


class Network:
    """The small network, and the people who write into it through a served site."""

    def __init__(self, application: Application, port: int) -> None:
        self._world = World(application)
        application.close()  # so that the worker alone writes the index
        self._application, self._address = application, f"127.0.0.1:{port}"

    def _browser(self, name: str) -> tuple[Visitor, Callable[[], dict[str, str]]]:
        """A person in a browser of its own, and the token of its forms; it signs in when that is first asked for."""
        visitor, token = Visitor(self._address), dict[str, str]()

        def tokens() -> dict[str, str]:
            if not token:
                form = {"email": self._world.emails[name], "password": PASSWORD}
                answer = visitor.post("/login", "/login", form)
                if answer.status != 302:
                    raise ValueError(answer.text)
                token["csrf_token"] = visitor.hidden("/account")["csrf_token"]
            return token

        return visitor, tokens

    def _program(self, name: str) -> Visitor:
        with self._application.sessions.begin() as session:
            user = accounts.by_email(session, self._world.emails[name])
            secret = api_keys.make(session, user, "kills", write=True, days=30)
        return Visitor(self._address, headers={"Authorization": f"Bearer {secret}"})

    def _entries(self, name: str, action: str) -> Callable[[Session], int]:
        with self._application.sessions() as session:
            actor = accounts.by_email(session, self._world.emails[name]).public_id
        query = select(func.count()).where(AuditEntry.actor == actor, AuditEntry.action == action)
        return lambda session: session.scalar(query) or 0

    def writers(self) -> list[Writer]:
        return [
            self._needs_by_form(),
            self._needs_by_program(),
            self._messages(),
            self._quotes_by_form(),
            self._quotes_by_program(),
            self._profile(),
            self._hours(),
            self._drawings(),
        ]

    def _needs_by_form(self) -> Writer:
        visitor, tokens = self._browser("CO")

        def prepare(mark: str) -> Sent:
            form = {
                **tokens(),
                "once": os.urandom(8).hex(),
                "text": "Токарная обработка",
                "title": f"F{mark}",
            }
            body = sealed(form)
            return Sent(f"F{mark}", lambda: visitor.ask("POST", "/needs/new", *body))

        query = select(Need.title).where(Need.title.like("F%"))
        return Writer(
            "need by form",
            prepare,
            lambda session: list(session.scalars(query)),
            self._entries("CO", "need.created"),
        )

    def _needs_by_program(self) -> Writer:
        program = self._program("CX")

        def prepare(mark: str) -> Sent:
            body = f'{{"id": "P{mark}", "text": "Turning of flanges, steel 45, {mark} pcs"}}'
            return Sent(f"P{mark}", lambda: _asked(program, "POST", "/api/v1/needs", body, f"need-{mark}"))

        query = select(Need.external_id).where(Need.external_id.like("P%"))
        return Writer(
            "need by program",
            prepare,
            lambda session: list(session.scalars(query)),
            self._entries("CX", "need.created"),
        )

    def _messages(self) -> Writer:
        visitor, tokens = self._browser("CO")
        thread = self._world.things("threads")["open"].values
        where, reader = f"/needs/{thread['key']}/messages/{thread['match']}", self._world.emails["SI"]

        def prepare(mark: str) -> Sent:
            body = sealed({**tokens(), "text": f"M{mark}", "audience": "all"})
            return Sent(f"M{mark}", lambda: visitor.ask("POST", where, *body))

        letters = select(func.count()).where(Mail.recipient == reader, Mail.text.contains(where))
        return Writer(
            "message",
            prepare,
            lambda session: list(session.scalars(select(Message.text).where(Message.text.like("M%")))),
            self._entries("CO", "message.written"),
            letters=lambda session: session.scalar(letters) or 0,
        )

    def _quote(self, need: str, shop: str) -> Callable[[Session], list[str]]:
        query = (
            select(Quote.amount_minor)
            .join(Quote.match)
            .join(Match.profile)
            .join(Profile.organisation)
            .join(Match.need)
            .where(Need.public_id == need, Organisation.external_id == shop)
        )
        return lambda session: [str((one or 0) // 100) for one in session.scalars(query)]

    def _quotes_by_form(self) -> Writer:
        visitor, tokens = self._browser("SN")
        key = str(self._world.things("needs")["nda"].values["key"])
        where = f"/needs/{key}/quote"

        def prepare(mark: str) -> Sent:
            form = {"amount": mark, "currency": "RUB", "lead_time_days": "20", "do": "submit"}
            body = sealed({**tokens(), **visitor.hidden(where), **form})
            return Sent(mark, lambda: visitor.ask("POST", where, *body))

        stored, told = self._quote(key, "sn"), self._entries("SN", "quote.submitted")
        return Writer("quote by form", prepare, stored, told, adds=False)

    def _quotes_by_program(self) -> Writer:
        program = self._program("SI")
        key = str(self._world.things("needs")["open"].values["key"])
        where = f"/api/v1/needs/{key}/quote"

        def prepare(mark: str) -> Sent:
            body = f'{{"amount": "{mark}", "currency": "RUB", "lead_time_days": 20, "submit": true}}'
            present = program.get(where)
            if present.status not in {200, 404}:
                raise ValueError(present.text)
            tag = {"If-Match": present.etag} if present.status == 200 else {}
            return Sent(mark, lambda: _asked(program, "PUT", where, body, f"quote-{mark}", tag))

        stored, told = self._quote(key, "si"), self._entries("SI", "quote.submitted")
        return Writer("quote by program", prepare, stored, told, adds=False)

    def _profile(self) -> Writer:
        visitor, tokens = self._browser("SO")
        where = "/shop/profile/basics"

        def prepare(mark: str) -> Sent:
            form = {"name-ru": f"Цех {mark}", "name-en": "Shop", "city": "Тверь"}
            body = sealed({**tokens(), **visitor.hidden(where), **form})
            return Sent(mark, lambda: visitor.ask("POST", where, *body))

        query = select(Profile.waiting).join(Profile.organisation).where(Organisation.external_id == "shop")

        def stored(session: Session) -> list[str]:
            waiting = session.scalar(query)
            return [waiting["name"]["ru"].removeprefix("Цех ")] if waiting else []

        return Writer("profile", prepare, stored, self._entries("SO", "supplier.drafted"), adds=False)

    def _hours(self) -> Writer:
        """The change that goes to the index."""
        program, where = self._program("SX"), "/api/v1/shop/capacity"
        plan: dict[str, str] = {}

        def prepare(mark: str) -> Sent:
            if not plan:
                found = program.get(where)
                if found.status != 200:
                    raise ValueError(found.text)
                given = json.loads(found.text)
                plan.update(group=given["groups"][0], week=given["weeks"][0])
            hours = f"{int(mark) % 1600 / 10 + 1:.1f}"
            entry = f'{{"group": "{plan["group"]}", "week": "{plan["week"]}", "maximum": {hours}}}'
            body = f'{{"hours": [{entry}]}}'
            return Sent(hours, lambda: _asked(program, "PUT", where, body, f"hours-{mark}"))

        query = (
            select(SpareCapacity.maximum_hours)
            .join(Profile, Profile.id == SpareCapacity.profile_id)
            .join(Profile.organisation)
            .where(Organisation.external_id == "sx")
        )
        return Writer(
            "hours",
            prepare,
            lambda session: [f"{one:.1f}" for one in session.scalars(query)],
            self._entries("SX", "capacity.stated"),
            adds=False,
        )

    def _drawings(self) -> Writer:
        """Files, at most twenty a need; the first comes with its need."""
        visitor, tokens = self._browser("CN")
        place = {"need": "", "files": 0}

        def prepare(mark: str) -> Sent:
            file = [(f"{mark}.txt", f"drawing {mark} {os.urandom(8).hex()}".encode())]
            time.sleep(0.3)  # each is opened in a process of its own
            if place["need"] and int(place["files"]) % 20:
                body = sealed(tokens(), file)
                place["files"] = int(place["files"]) + 1
                return Sent(mark, lambda: visitor.ask("POST", f"{place['need']}/drawings", *body))
            body = sealed({**tokens(), "once": os.urandom(8).hex(), "text": "Валы"}, file)

            def post() -> Answer:
                answer = visitor.ask("POST", "/needs/new", *body)
                if answer.status == 302:
                    place.update(need=answer.location, files=int(place["files"]) + 1)
                return answer

            return Sent(mark, post)

        query = select(StoredFile.name).where(StoredFile.name.like("%.txt"))
        return Writer(
            "drawing",
            prepare,
            lambda session: [name.removesuffix(".txt") for name in session.scalars(query)],
            self._entries("CN", "drawing.added"),
        )


def _asked(
    program: Visitor, method: str, where: str, body: str, key: str, headers: dict[str, str] | None = None
) -> Answer:
    given = {"Idempotency-Key": key, **(headers or {})}
    return program.ask(method, where, body.encode(), "application/json", given)


class Check:
    """Kills, and what is found after each."""

    def __init__(self, application: Application, site: Site, inbox: Inbox, seed: int) -> None:
        self._application, self._site, self._inbox = application, site, inbox
        self._chosen = random.Random(seed)
        self._gate = Gate()
        self.writers = Network(application, site.port).writers()
        with application.sessions() as session:
            for writer in self.writers:
                writer.begin(session)
        self.found = Findings()
        self.kinds: Counter[str] = Counter()
        self.back = self.equal = 0.0
        self.orphans = 0

    def run(self, kills: int, strikes: Sequence[Callable[[], str]]) -> None:
        over = threading.Event()
        threads = [
            threading.Thread(target=one.write, args=(self._gate, over), daemon=True) for one in self.writers
        ]
        for thread in threads:
            thread.start()
        self._site.start()
        try:
            for number in range(kills):
                self._gate.open()
                strike = self.in_commit if number % 3 == 0 else self._chosen.choice(strikes)
                self._after(number, strike())
        except KeyboardInterrupt:
            print("Stopped by hand: the figure is that of the kills so far.")
            self._site.start()
        self._end()
        over.set()

    def in_commit(self) -> str:
        """Kill the worker at a file's event in the index."""
        pointer = self._application.data / "index" / "current"
        watched = WatchedFolder(pointer.parent / pointer.read_text())
        try:
            watched.wait(self._chosen.randint(1, 40), 20)
            self._site.kill("worker")
        finally:
            watched.close()
        return "commit"

    def at_random(self, *names: str) -> Callable[[], str]:
        def strike() -> str:
            time.sleep(self._chosen.uniform(0.1, 1.0))
            self._site.kill(*names)
            return " + ".join(names)

        return strike

    def backend(self, how: str) -> Callable[[], str]:
        """Strike one of the server's processes that work for the site; `kill -9` of one restarts the server."""
        engine = create_engine(self._application.settings.database, isolation_level="AUTOCOMMIT")
        others = text(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

        def strike() -> str:
            time.sleep(self._chosen.uniform(0.1, 1.0))
            with engine.connect() as connection:
                number = self._chosen.choice(list(connection.scalars(others)))
                if how == "terminated":
                    connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": number})
                else:
                    os.kill(number, signal.SIGKILL)
            engine.dispose()
            return f"backend {how}"

        return strike

    def _after(self, number: int, kind: str) -> None:
        self.kinds[kind] += 1
        time.sleep(self._chosen.uniform(0, 0.3))  # what is on its way to a dead process fails now
        self._gate.close()
        self.back = max(self.back, self._site.start())
        self._gate.wait_until_quiet()
        found = Findings()
        with self._application.sessions() as session:
            for writer in self.writers:
                writer.look(session, found)
                found.other += writer.wrong
                writer.wrong = []
            self._look_at_files(session, found)
            state = journal.examine(session)
            if not state.is_whole:
                found.other.append(f"the journal: {state}")
        self._look_at_index(found)
        told = list(found.lines())
        if told:
            print(f"kill {number} ({kind}):", *told[:12], sep="\n", flush=True)
        elif number % 10 == 9:
            print(f"{number + 1} kills, {self.acknowledged} changes acknowledged", flush=True)
        for name in ("lost", "half", "double", "other"):
            getattr(self.found, name).extend(getattr(found, name))

    @property
    def acknowledged(self) -> int:
        return sum(len(writer.acknowledged) for writer in self.writers)

    def _look_at_files(self, session: Session, found: Findings) -> None:
        """Each row has its bytes and its job."""
        asked = {str(one.get("file")) for one in session.scalars(select(Job.arguments))}
        folder = drawings.folder_of(self._application.data)
        for stored in session.scalars(select(StoredFile).where(StoredFile.name.like("%.txt"))):
            path = blobs.path_of(folder, stored.sha256)
            if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != stored.sha256:
                found.half.append(f"{stored.name}: a row without its file")
            if stored.public_id not in asked:
                found.half.append(f"{stored.name}: a file without its job")

    def _look_at_index(self, found: Findings) -> None:
        began, sessions, engine = time.monotonic(), self._application.sessions, self._application.engine
        while differing := drift.differences(sessions, engine):
            if time.monotonic() - began > LONGEST:
                found.other.append(f"the index: {differing[:3]}")
                break
            time.sleep(0.1)
        twice = engine.count(EngineQuery()) - len(engine.revisions())
        if twice:
            found.other.append(f"the index holds {twice} suppliers twice")
        self.equal = max(self.equal, time.monotonic() - began)

    def _end(self) -> None:
        """All that got no answer gets it, all letters arrive, no file is left without a row."""
        self._gate.open()
        until = time.monotonic() + LONGEST
        for writer in self.writers:
            count = len(writer.acknowledged)
            while len(writer.acknowledged) == count and time.monotonic() < until:
                time.sleep(0.1)
        self._gate.close()
        self._gate.wait_until_quiet()
        with self._application.sessions() as session:
            for writer in self.writers:
                writer.look(session, self.found)
                if writer.doubt is not None:
                    self.found.other.append(f"{writer.name} {writer.doubt.mark} is never answered")
        while self._waiting() and time.monotonic() < until + LONGEST:
            time.sleep(0.2)
        with self._application.sessions() as session:
            rows = {one.message_id: one.state for one in session.scalars(select(Mail))}
            kept = set(session.scalars(select(StoredFile.sha256)))
        never = [one for one, state in rows.items() if not self._inbox.taken[one]]
        strange = self._inbox.taken.keys() - rows.keys()
        self.found.other += [f"letter {one} never came" for one in never]
        self.found.double += [f"letter {one} has no row" for one in strange]
        files = drawings.folder_of(self._application.data).rglob("*")
        self.orphans = sum(
            one.is_file() and not one.name.startswith(".") and one.stem not in kept for one in files
        )

    def _waiting(self) -> int:
        with self._application.sessions() as session:
            query = select(func.count()).select_from(Mail).where(Mail.state == MailState.WAITING)
            return session.scalar(query) or 0

    @property
    def figure(self) -> str:
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kinds.items()))
        twice = sum(many > 1 for many in self._inbox.taken.values())
        again = sum(writer.again for writer in self.writers)
        found = self.found
        return (
            f"kills {self.kinds.total()} ({kinds}): {self.acknowledged} changes acknowledged, {again} sent again; "
            f"lost {len(found.lost)}, half {len(found.half)}, double {len(found.double)}, other {len(found.other)}; "
            f"index equal after at most {self.equal:.1f} s, pages after {self.back:.1f} s; "
            f"{len(self._inbox.taken)} letters, {twice} of them twice under one Message-ID; files without a row {self.orphans}"
        )

    @property
    def good(self) -> bool:
        found = self.found
        return not (found.lost or found.half or found.double or found.other or self.orphans)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--postgresql", action="store_true", help="on a server made for it, which is struck too"
    )
    parser.add_argument(
        "--own-leases", action="store_true", help="the product's leases: half a minute and more a kill"
    )
    given = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):  # also where a shell started it with signals ignored
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = f"sqlite:///{folder / 'check.sqlite3'}"
        if given.postgresql:
            binaries = postgresql.binaries()
            if binaries is None:
                print(postgresql.HINT)
                return 2
            cluster = postgresql.Cluster(binaries)
            stack.callback(cluster.stop)
            address = cluster.url.render_as_string(hide_password=False)
        inbox = Inbox()
        server = Controller(inbox, hostname="127.0.0.1", port=free_port())
        server.start()
        stack.callback(server.stop)
        data = folder / "data"
        settings = {
            "data": str(data),
            "database_url": address,
            "mail_url": f"smtp://127.0.0.1:{server.port}",
            "limits": "1000",
            "log_level": "warning",
        }
        application = Application(Settings(data=data, database_url=SecretStr(address), _env_file=None))
        stack.callback(application.close)
        site = Site(folder, settings, 0 if given.own_leases else SHORT_LEASE)
        check = Check(application, site, inbox, given.seed)
        stack.callback(site.stop)
        strikes = [check.at_random("site"), check.at_random("worker"), check.at_random("site", "worker")]
        if given.postgresql:
            strikes += [check.backend("terminated"), check.backend("killed")]
        check.run(given.kills, strikes)
        print(f"{check.figure}, in {time.monotonic() - began:.0f} s")
        return 0 if check.good else 1


if __name__ == "__main__":
    sys.exit(main())
