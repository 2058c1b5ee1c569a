"""`python -m tests.benchmark.demo_pages FOLDER`: the processor time of every page of a demo centre that its people reach by links.

FOLDER is the data of `matchmaker demo`. Each person walks from its desk by the links of the pages; of each route a few
addresses are asked several times, after once to warm up. Milliseconds of the thread's processor time, which a busy
machine stretches less than the clock's.
"""

import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from matchmaker.cli import demo
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from matchmaker.worker import warm_up

ADDRESSES, TIMES = 3, 5  # of a route and person; each asked so often
MOST = 200.0  # ms, what the slowest twentieth of a page's answers may take
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_LINK = re.compile(r'href="(/[^"#]*)')


def _entered(app: Flask, person: str) -> FlaskClient:
    client = app.test_client()
    if person:
        token = _TOKEN.search(client.get("/login").get_data(as_text=True))
        assert token is not None
        form = {"csrf_token": token[1], "email": f"{person}@demo-centre.example", "password": demo.PASSWORD}
        assert client.post("/login", data=form).status_code == 302
    return client


def _milliseconds(client: FlaskClient, path: str) -> float:
    begun = time.thread_time()
    client.get(path).get_data()
    return (time.thread_time() - begun) * 1000


def walk(app: Flask, person: str) -> dict[str, list[float]]:
    """The times of each route whose page the person reaches by links."""
    client, adapter = _entered(app, person), app.url_map.bind("localhost")
    found: dict[str, list[float]] = defaultdict(list)
    waiting, seen = ["/"], {"/"}
    while waiting:
        path = waiting.pop(0)
        try:
            route, _ = adapter.match(path.partition("?")[0], method="GET")
        except HTTPException:
            continue
        if len(found[route]) >= ADDRESSES * TIMES:
            continue
        answer = client.get(path)  # warms up
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        links = dict.fromkeys(
            link.replace("&amp;", "&") for link in _LINK.findall(answer.get_data(as_text=True))
        )
        waiting += [link for link in links if link not in seen]
        seen |= links.keys()
        found[route] += [_milliseconds(client, path) for _ in range(TIMES)]
    return {route: times for route, times in found.items() if times}


def main(arguments: Sequence[str]) -> None:
    application = Application(Settings(data=Path(arguments[0]), _env_file=None))
    warm_up(application)
    app = create_app(application)
    rows = []
    for person in ("", *(one[0].partition("@")[0] for one in demo.PEOPLE)):
        for route, times in walk(app, person).items():
            slowest = max(statistics.median(times[at : at + TIMES]) for at in range(0, len(times), TIMES))
            rows.append(
                (
                    statistics.quantiles(times, n=20, method="inclusive")[-1],
                    slowest,
                    statistics.median(times),
                    person,
                    route,
                )
            )
    rows.sort(reverse=True)
    print(f"{len(rows)} pages of {len({row[-1] for row in rows})} routes; over {MOST:.0f} ms: ", end="")
    print(sum(row[0] > MOST for row in rows))
    print(
        f"p95 over all pages: {statistics.quantiles([row[2] for row in rows], n=20, method='inclusive')[-1]:.0f} ms of medians"
    )
    for p95, slowest, median, person, route in rows[:25]:
        print(
            f"{route:32} {person or 'nobody':10} p95 {p95:6.1f}  slowest address {slowest:6.1f}  median {median:6.1f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
