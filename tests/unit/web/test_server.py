"""The end of a site: no answer is lost, whatever is under way, and what comes afterwards is told to come again."""

import http.client
import socket
import threading
from time import sleep

import pytest
from flask import Flask, request

from matchmaker.web.kit import draining
from matchmaker.web.server import CONNECTIONS, THREADS, WATCHED, SiteServer
from tests.support.served import Visitors, ask

LARGE = b"x" * 4_000_000
SMALL = b"x"


class Ending:
    """A site of slow pages, that can be asked to end."""

    def __init__(self, seconds: float = 10, connections: int = CONNECTIONS) -> None:
        self.app = Flask("slow")
        draining.register(self.app)
        self.app.register_error_handler(Exception, lambda _: ("later", 503, {"Retry-After": "5"}))
        self.app.add_url_rule("/slow", view_func=self._slow)
        self.app.add_url_rule("/sent", "sent", lambda: request.get_data(cache=False), methods=["POST"])
        self.app.add_url_rule("/large", "large", lambda: LARGE)
        self.app.add_url_rule("/small", "small", lambda: SMALL)
        for watched in WATCHED:
            self.app.add_url_rule(watched, watched, lambda: SMALL)
        self.begun = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.asked = threading.Event()
        self.ended = threading.Event()
        self.server = SiteServer(self.app, "127.0.0.1", 0, connections)
        self.port = int(self.server.port)
        self.thread = threading.Thread(
            target=self.server.run, args=(self.asked.is_set, self.ended.set, seconds)
        )
        self.thread.start()

    def _slow(self) -> str:
        self.begun.release()
        self.go_on.wait(20)
        return "done"


@pytest.fixture
def site():  # type: ignore[no-untyped-def]
    made = Ending()
    yield made
    made.asked.set()
    made.go_on.set()
    made.thread.join(20)


def test_requests_at_work_and_those_that_wait_for_a_thread_are_answered_and_later_ones_refused(
    site: Ending,
) -> None:
    answers: list[int] = []
    kept = http.client.HTTPConnection("127.0.0.1", site.port, timeout=20)
    kept.request("GET", "/small")
    assert kept.getresponse().read() == SMALL
    visitors = [
        threading.Thread(target=lambda: answers.append(ask(site.port, "/slow")[0]))
        for _ in range(THREADS + 4)
    ]
    for one in visitors:
        one.start()
    for _ in range(THREADS):
        assert site.begun.acquire(timeout=10)
    while len(site.server._server.task_dispatcher.queue) < 4:
        sleep(0.01)
    site.asked.set()
    assert site.ended.wait(10)
    threading.Timer(0.3, site.go_on.set).start()
    status, headers, _ = ask(site.port, "/slow")
    assert (status, headers["Retry-After"]) == (503, "5")
    kept.request("GET", "/small")
    assert kept.getresponse().status == 503
    kept.close()
    for one in visitors:
        one.join(20)
    assert answers == [200] * (THREADS + 4)
    site.thread.join(20)
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", site.port), 1):
        pass


def test_who_watches_the_site_is_answered_while_every_thread_is_busy_and_others_wait(site: Ending) -> None:
    answers: list[int] = []
    visitors = [
        threading.Thread(target=lambda: answers.append(ask(site.port, "/slow")[0]))
        for _ in range(THREADS + 2)
    ]
    for one in visitors:
        one.start()
    for _ in range(THREADS):
        assert site.begun.acquire(timeout=10)
    assert [ask(site.port, watched, seconds=10)[0] for watched in WATCHED] == [200, 200]
    assert answers == []
    site.go_on.set()
    for one in visitors:
        one.join(20)
    assert answers == [200] * (THREADS + 2)


# waitress leaves the file that holds a large answer to the collector of garbage.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_large_answer_reaches_a_slow_reader_whole(site: Ending) -> None:
    with socket.create_connection(("127.0.0.1", site.port)) as reader:
        reader.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        got = reader.recv(1000)
        site.asked.set()
        assert site.ended.wait(10)
        sleep(0.3)
        while more := reader.recv(100_000):
            got += more
    assert got.endswith(LARGE)


@pytest.mark.parametrize(
    "line", ["GET /small?q=т HTTP/1.1".encode(), b"GET /small HTTP/1.1\r\nContent-Length: x"]
)
def test_a_request_that_cannot_be_read_is_told_so(site: Ending, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", site.port), 10) as visitor:
        visitor.sendall(line + b"\r\nHost: x\r\n\r\n")
        assert visitor.recv(100).startswith(b"HTTP/1.1 400")


def test_under_steady_visits_none_is_lost(site: Ending) -> None:
    site.go_on.set()
    visitors = Visitors(site.port, "/slow")
    with visitors.coming(10):
        while visitors.statuses.get(200, 0) < 50:
            sleep(0.01)
        site.asked.set()
        site.thread.join(20)
        assert not site.thread.is_alive()
    assert visitors.lost == []


def test_a_request_that_hangs_does_not_keep_the_process() -> None:
    site = Ending(seconds=0.3)
    visitor = threading.Thread(target=lambda: _ask_in_vain(site.port))
    visitor.start()
    assert site.begun.acquire(timeout=10)
    site.asked.set()
    site.thread.join(10)
    assert not site.thread.is_alive()
    site.go_on.set()
    visitor.join(20)


def _ask_in_vain(port: int) -> None:
    with pytest.raises((OSError, http.client.HTTPException)):
        ask(port, "/slow")


def test_connections_that_were_opened_and_left_do_not_shut_the_door() -> None:
    """Of five times as many as there may be those give way that have sent nothing, or a part of a head; a body under way goes on."""
    made, left = Ending(connections=20), list[socket.socket]()
    try:
        waiting = threading.Thread(target=ask, args=(made.port, "/slow"))
        waiting.start()
        assert made.begun.acquire(timeout=10)
        body = socket.create_connection(("127.0.0.1", made.port), 20)
        left.append(body)
        body.sendall(b"POST /sent HTTP/1.1\r\nHost: site\r\nConnection: close\r\nContent-Length: 4\r\n\r\nab")
        for number in range(100):
            left.append(socket.create_connection(("127.0.0.1", made.port), 20))
            left[-1].sendall(b"GET /small HTTP/1.1\r\nX-" if number % 2 else b"")
        assert ask(made.port, "/small")[0] == 200
        body.sendall(b"cd")
        with body.makefile("rb") as answer:
            assert answer.read().endswith(b"abcd")
        assert waiting.is_alive()
    finally:
        made.go_on.set()
        made.asked.set()
        for one in left:
            one.close()
        made.thread.join(20)
