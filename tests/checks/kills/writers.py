"""The writers of the check: each keeps its own ledger of what the site acknowledged, and knows what must be stored of it."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from matchmaker.models import Session
from tests.support.visitor import Answer

PATIENCE = 240.0  # seconds until a started site must answer; a machine may have much else to do
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
            assert self._change.wait_for(lambda: not self._inside, PATIENCE), "a request never ends"


@dataclass(slots=True)
class Sent:
    """A change that is asked for: the mark by which it is known again, and its request, the same each time."""

    mark: str
    send: Callable[[], Answer]


@dataclass
class Findings:
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        for kind in ("lost", "half", "double", "other"):
            yield from (f"  {kind}: {one}" for one in getattr(self, kind))


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
