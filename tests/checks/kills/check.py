"""The kills, and what is found after each."""

import hashlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import create_engine, func, select, text

from matchmaker.domain.lifecycle import MailState
from matchmaker.models import Job, Mail, Session, StoredFile
from matchmaker.services.core import blobs, journal
from matchmaker.services.index import drift
from matchmaker.services.needs import drawings
from matchmaker.wiring import Application
from search.engines.protocol import EngineQuery
from tests.checks.kills.network import Network
from tests.checks.kills.served import Inbox, Site
from tests.checks.kills.writers import Findings, Gate
from tests.support.watched_folder import WatchedFolder

LONGEST = 60.0  # seconds in which the index is equal again, and an unanswered request has its answer


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
