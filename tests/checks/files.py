"""`make check-files`: files of the hostile corpus (`--all`: every one) go through their doors of a served site and get their
written answers.

Meanwhile /healthz is asked again and again, beside a bare page of Flask under the same server: others may use the machine
too. The last line is the figure: right N of N, slowest s, healthz worst ms.
"""

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sqlalchemy import select

from matchmaker.cli import demo
from matchmaker.models import Job
from matchmaker.services.files.file_jobs import LANE
from matchmaker.services.imports import import_batches
from matchmaker.wiring import Application
from tests.support.demo_product import demo_centre
from tests.support.hostile_files import TAKEN, HostileFile, corpus
from tests.support.visitor import Answer, Visitor

PEOPLE = {
    "drawing": "buyer",
    "import": "operator",
    "parts": "operator",
    "fill": "supplier",
    "photo": "supplier",
    "scan": "supplier",
}
ADDRESSES = {
    "import": "/work/imports/",
    "parts": "/work/intake/",
    "fill": "/shop/profile/fill",
    "photo": "/shop/photos",
    "scan": "/shop/certificates/0",
}
FIELDS = {"import": {"kind": "supplier"}, "parts": {"act": "look", "channel": "phone"}}
EACH = 5  # one of so many files of a door is sent by the short form
AT_ONCE = 10  # hostile files that are sent together while /healthz is asked
PATIENCE = 150.0  # seconds until every file has its answer


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of `matchmaker serve` over a data folder."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = "from matchmaker.settings import Settings; from matchmaker.cli.serve import serve; from pathlib import Path; "
    program += f"serve(Settings(data=Path({str(folder)!r}), port={port}, _env_file=None))"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"127.0.0.1:{port}"
    try:
        until = time.monotonic() + 180
        while time.monotonic() < until:
            try:
                if Visitor(address).get("/healthz").status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def bare() -> Iterator[str]:
    """The address of a site of one page that says nothing."""
    program = "import sys; from flask import Flask; from waitress import create_server; a = Flask('bare'); "
    program += (
        "a.add_url_rule('/healthz', view_func=lambda: ''); s = create_server(a, host='127.0.0.1', port=0); "
    )
    program += "print(s.effective_port, flush=True); s.run()"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield f"127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


_BEAT = """
import http.client, select, sys, time
times = []
while not select.select([sys.stdin], (), (), 0.05)[0]:
    began, asked = time.perf_counter(), http.client.HTTPConnection(sys.argv[1], timeout=30)
    try:
        asked.request("GET", "/healthz")
        good = asked.getresponse().status == 200
    except OSError:
        good = False
    asked.close()
    times.append(time.perf_counter() - began if good else 30.0)
print(*times)
"""


class Pulse:
    """The times that /healthz takes to answer, asked by a process that does nothing else."""

    def __init__(self, address: str) -> None:
        command = [sys.executable, "-c", _BEAT, address]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.times: list[float] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.times = sorted(map(float, self._process.communicate("end\n")[0].split()))

    @property
    def worst_ms(self) -> float:
        return max(self.times, default=0.0) * 1000

    @property
    def usual_ms(self) -> float:
        """The time that one of a hundred takes longer than."""
        return self.times[int(len(self.times) * 0.99)] * 1000


@dataclass(frozen=True, slots=True)
class Sent:
    """A file on its way: the answer to its upload, and the page that tells what came of it."""

    file: HostileFile
    answer: Answer
    page: str


@dataclass
class Examination:
    """What the corpus was answered; `wrong` names each answer that is not the written one."""

    count: int = 0
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0
    worst_ms: float = 0.0
    pulses: str = ""

    @property
    def figure(self) -> str:
        right = self.count - len(self.wrong)
        return f"right {right} of {self.count}, slowest {self.slowest:.1f} s, {self.pulses}"


class Walk:
    """The way of the corpus through a served site."""

    def __init__(self, address: str) -> None:
        self._people = {role: self._signed_in(address, role) for role in set(PEOPLE.values())}
        buyer = self._people["buyer"]
        posted = buyer.post(
            "/needs/new", "/needs/new", {"text": "Валы ø45 из стали 40Х, токарка, 50 шт."}, ()
        )
        self._drawings = f"{posted.location}/drawings"
        page, held = "/shop/profile/certificates/new", {"standard": "ISO 9001", "status": "certified"}
        self._people["supplier"].post(page, page, held)  # whose scans are sent

    def _signed_in(self, address: str, role: str) -> Visitor:
        visitor = Visitor(address)
        form = {"email": f"{role}@demo-centre.example", "password": demo.PASSWORD}
        assert visitor.post("/login", "/login", form).status == TAKEN
        return visitor

    def send(self, file: HostileFile, content: bytes | None = None) -> Sent:
        page = ADDRESSES.get(file.door, self._drawings)
        fields = FIELDS.get(file.door, {})
        answer = self._person(file).post(
            page, page, fields, [(file.name, file.make() if content is None else content)]
        )
        return Sent(file, answer, answer.location if answer.status == TAKEN else "")

    def _person(self, file: HostileFile) -> Visitor:
        return self._people[PEOPLE[file.door]]

    def problem(self, sent: Sent, page: Answer) -> str:
        """What is not as it is written, "" where all is."""
        if sent.answer.status != sent.file.status:
            return f"answered {sent.answer.status} in place of {sent.file.status}"
        if page.status >= 500:
            return f"its page answers {page.status}"
        text = sent.answer.text if not sent.page else page.text
        return "" if re.search(sent.file.said, text) else f"nothing says “{sent.file.said}”"

    def page(self, sent: Sent) -> Answer:
        """The page that tells what came of a file."""
        return self._person(sent.file).get(sent.page) if sent.page else sent.answer

    def is_waiting(self, page: Answer) -> bool:
        return page.status == 202 or "being opened" in page.text or "Trial run" in page.text


def examine(address: str, files: Sequence[HostileFile]) -> Examination:
    """Send the first AT_ONCE files together while /healthz is asked, then the others, and look at what came of them."""
    walk, found = Walk(address), Examination(count=len(files))
    first, rest = files[:AT_ONCE], files[AT_ONCE:]
    sent: list[Sent] = []
    made = [(one, one.make()) for one in first]
    _wait_until_ready(address)
    with bare() as other, Pulse(address) as pulse, Pulse(other) as beside:
        together = [
            threading.Thread(target=lambda one=one, content=content: sent.append(walk.send(one, content)))
            for one, content in made
        ]
        for thread in together:
            thread.start()
        for thread in together:
            thread.join()
        _wait(walk, sent)
    found.worst_ms = pulse.worst_ms
    found.pulses = (
        f"healthz worst {pulse.worst_ms:.0f} ms, 99 of 100 within {pulse.usual_ms:.0f} ms (a bare page "
        f"{beside.worst_ms:.0f} and {beside.usual_ms:.0f} ms, load {os.getloadavg()[0]:.0f})"
    )
    sent += [walk.send(one) for one in rest]
    _wait(walk, sent)
    pages: dict[tuple[str, str], Answer] = {}
    for one in sent:
        key = one.file.door, one.page
        page = pages.get(key) or walk.page(one)
        pages[key] = page
        if problem := walk.problem(one, page):
            found.wrong.append(f"{one.file.title} ({one.file.door}): {problem}")
    return found


def _wait_until_ready(address: str) -> None:
    """Wait until the site has made its index: what it does at its start is not asked about here."""
    until = time.monotonic() + PATIENCE
    while Visitor(address).get("/readyz").status != 200 and time.monotonic() < until:
        time.sleep(0.5)


def _wait(walk: Walk, sent: Sequence[Sent]) -> None:
    """Wait until no page says that its file is being opened."""
    until = time.monotonic() + PATIENCE
    pages = list({(one.file.door, one.page): one for one in sent if one.page}.values())
    while pages and time.monotonic() < until:
        if walk.is_waiting(walk.page(pages[-1])):
            time.sleep(0.3)
        else:
            pages.pop()


def slowest_opening(product: Application) -> float:
    """Seconds that the slowest file took, by the results of the jobs."""
    kinds = Job.kind.startswith(LANE) | (Job.kind == import_batches.JOB)
    with product.sessions() as session:
        results = session.scalars(select(Job.result).where(kinds)).all()
    return max(
        (float(result["seconds"]) for result in results if result and "seconds" in result), default=0.0
    )


def check(folder: Path, files: Sequence[HostileFile]) -> Examination:
    for product in demo_centre(folder / "data", 12):
        with served(folder / "data") as address:
            found = examine(address, files)
        found.slowest = slowest_opening(product)
        return found
    raise AssertionError


def some(files: Sequence[HostileFile]) -> list[HostileFile]:
    """Some files of every door, the first one of each among them: what a minute has time for."""
    of_door: Counter[str] = Counter()
    chosen = []
    for one in files:
        if of_door[one.door] % EACH == 0:
            chosen.append(one)
        of_door[one.door] += 1
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(prog="make check-files", description=__doc__)
    parser.add_argument("--all", action="store_true", help=f"every file, in place of each {EACH}th of a door")
    files = list(corpus())
    chosen = files if parser.parse_args().all else some(files)
    with tempfile.TemporaryDirectory() as folder:
        found = check(Path(folder), chosen)
    for one in found.wrong:
        print(one)
    print(found.figure)
    sys.exit(bool(found.wrong))


if __name__ == "__main__":
    main()
