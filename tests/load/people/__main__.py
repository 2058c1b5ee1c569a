"""The command: people come, play, and what each request took is printed."""

import argparse
import json
import random
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gevent
from locust.env import Environment

from tests.load import people
from tests.load.cast import Cast
from tests.load.people.others import BareReader, Program, Visitor
from tests.load.people.person import Person, Plan
from tests.load.people.signed import Buyer, Operator, Shop
from tests.load.requests_made import Request

ROLES = (Buyer, Shop, Operator, Visitor, Program)


def play(users: Sequence[type[Person]], site: str, people: int, warm: float, seconds: float) -> list[Request]:
    """The requests of so many people that began in so many seconds after all of them have come and warmed up, and, on a busy
    machine, until somebody of each role was answered.
    """
    environment = Environment(user_classes=list(users), host=site)
    made: list[Request] = []

    def note(name: str, response_time: float, start_time: float, **told: Any) -> None:
        role, _, kind = name.partition("|")
        number = told["response"].headers.get("X-Request-Id", "") if told["response"].headers else ""
        error = str(told["exception"] or "")
        made.append(Request(role, kind, response_time, start_time, error, number))

    environment.events.request.add_listener(note)
    runner = environment.create_local_runner()
    runner.start(people, spawn_rate=people / max(warm / 2, 1))
    gevent.sleep(warm)
    begun = time.time()
    there = {user.role for user in users if runner.user_classes_count.get(user.__name__)}
    gevent.sleep(seconds)
    while there - {one.role for one in made if one.at >= begun}:
        gevent.sleep(0.1)
    until = time.time()
    runner.quit()
    return [one for one in made if begun <= one.at < until]


def main() -> None:
    parser = argparse.ArgumentParser(description=people.__doc__)
    parser.add_argument("--site", required=True)
    parser.add_argument("--cast", type=Path, help="who is there; without it everybody reads the bare page")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--warm", type=float, default=10)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", type=float, nargs=2, default=(0.0, 0.0))
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    Plan.pause, Plan.chance = tuple(asked.pause), random.Random(asked.seed)
    random.seed(asked.seed)  # by which locust chooses what somebody does next
    users: Sequence[type[Person]] = (BareReader,)
    if asked.cast is not None:
        Plan.cast, users = Cast.load(asked.cast), ROLES
        Plan.waiting = {role: list(getattr(Plan.cast, role)) for role in ("buyers", "shops", "operators")}
    for one in play(users, asked.site, asked.people, asked.warm, asked.seconds):
        print(json.dumps(asdict(one), ensure_ascii=False))


if __name__ == "__main__":
    main()
