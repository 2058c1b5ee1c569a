"""The people of a load, played by locust: `python -m tests.load.people --site URL --cast FILE` prints what each request took.

locust changes the whole process that imports it (gevent), so the people have a process of their own. Its own percentiles
are rounded to two digits; each request is written down instead. Each answer is looked at: a page without what its reader
came for, a redirect to somewhere else, the page to sign in again are errors however fast they came.
"""

import argparse
import json
import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

import gevent
from locust import FastHttpUser, task
from locust.env import Environment

from tests.load.cast import Cast, Login
from tests.load.page_forms import PageForm, form_to, forms_of
from tests.load.requests_made import Request

WORDS = (
    "токарная обработка",
    "фрезеровка алюминий",
    "лазерная резка",
    "вал 40Х шлифовка",
    "втулка бронза",
    "сварка рамы",
    "литьё чугун",
    "turning stainless steel",
    "gear cutting",
    "ISO 9001 milling",
)
LETTERS = (
    "Нужны валы ø45h6 из стали 40Х, токарка и шлифовка, {count} шт., обязательно ИСО 9001",
    "Просим рассчитать втулки ø60, {count} шт., из БрАЖ9-4, токарная обработка, по чертежу",
    "Плита 300×200×20 мм из Д16Т, фрезеровка, {count} шт., Ra 1,6",
    "We need {count} flanges of stainless steel, turned, tolerance IT7",
)
_SIGN_IN_AGAIN = 'action="/login"'


class Plan:
    """What all people of this process share: who is there, how long they think, how the numbers are drawn."""

    cast: Cast
    pause: tuple[float, float] = (0.0, 0.0)
    chance = random.Random(1)
    waiting: ClassVar[dict[str, list[Login]]] = {}  # people who are not at work yet, by role


class Wrong(Exception):
    """An answer that is not the right one: what the person came for cannot go on."""


class Person(FastHttpUser):
    """Somebody with a browser: a connection that is kept, cookies, a pause after each answer."""

    abstract = True
    role = ""
    network_timeout = connection_timeout = 60.0

    def wait_time(self) -> float:
        return Plan.chance.uniform(*Plan.pause)

    def think(self) -> None:
        """The pause in which a person reads the page or types."""
        gevent.sleep(self.wait_time())

    def ask(
        self,
        kind: str,
        path: str,
        *,
        says: str = "",
        sends: Mapping[str, object] | None = None,
        leads: str | None = None,
        **given: Any,
    ) -> str:
        """The text of an answer that says something, or the address to which a sent form leads."""
        if sends is not None:
            given["data"] = dict(sends)
        headers = {"Accept-Language": "en", **given.pop("headers", {})}
        with self.client.request(
            "GET" if sends is None else "POST",
            path,
            name=f"{self.role}|{kind}",
            catch_response=True,
            allow_redirects=False,
            headers=headers,
            **given,
        ) as answer:
            text = answer.text or ""
            place = urlsplit(answer.headers.get("Location", "") if answer.headers else "").path
            problem = _problem(answer.status_code, text, place, says, leads)
            if problem:
                answer.failure(problem)
        if problem:
            raise Wrong
        return text if leads is None else place

    def fill_in(
        self, kind: str, form: PageForm | None, page: str, fields: Mapping[str, str], *, leads: str
    ) -> str:
        """Send a form of a page with some fields filled in; where it leads."""
        if form is None:
            raise Wrong
        self.think()
        return self.ask(kind, form.action or page, sends={**form.fields, **fields}, leads=leads)

    def send(
        self, kind: str, form: PageForm | None, page: str, fields: Mapping[str, str], *, leads: str, said: str
    ) -> None:
        """Send a form of a page with some fields filled in, and read on the next page that it is done."""
        to = self.fill_in(kind, form, page, fields, leads=leads)
        self.ask(f"{kind}, the page after it", to, says=said)


def _problem(status: int, text: str, place: str, says: str, leads: str | None) -> str:
    if leads is not None:
        if status != 302:
            return f"{status} in place of a redirect to {leads}"
        return "" if place.startswith(leads) else f"leads to {place} in place of {leads}"
    if status != 200:
        return f"{status} {place or text[:80]}".strip()
    if says not in text:
        return f"the page does not say {says!r}" + (": sign in again" if _SIGN_IN_AGAIN in text else "")
    return ""


class Signed(Person):
    """A person with a login."""

    abstract = True
    home, shown = "/", ""  # the own desk, and what it says

    def on_start(self) -> None:
        self.login = Plan.waiting[self.role].pop()
        self.sign_in()

    def sign_in(self) -> None:
        page = self.ask("sign-in, the form", "/login", says="csrf_token")
        fields = {"email": self.login.email, "password": Plan.cast.password}
        self.fill_in("sign-in", form_to(page, field="password"), "/login", fields, leads="/")
        self.desk()

    def desk(self) -> None:
        self.ask("own desk", self.home, says=self.shown)

    @task(1)
    def come_back(self) -> None:
        """Sign out and in again."""
        page = self.ask("account", "/account", says=self.login.email)
        self.fill_in("sign-out", form_to(page, "/logout"), "", {}, leads="/")
        self.think()
        self.sign_in()

    def look_for_suppliers(self) -> str:
        words = Plan.chance.choice(WORDS)
        return self.ask("search", f"/suppliers?q={quote(words)}", says='class="matches')

    def write_message(self) -> None:
        if not self.login.threads:
            return self.desk()
        thread = Plan.chance.choice(self.login.threads)
        page = self.ask("messages", thread, says='name="audience"')
        words = {"text": f"Готовы обсудить, вопрос {Plan.chance.randrange(10**9)}"}
        form = form_to(page, field="audience")
        self.send("write a message", form, thread, words, leads=thread, said="The message is sent.")
        return None

    def open_supplier(self) -> None:
        key = Plan.chance.choice(Plan.cast.suppliers)
        self.ask("a supplier", f"/suppliers/{key}", says="<h1>")


class Buyer(Signed):
    """A contractor: its own needs with their suppliers, the search, a new need, messages."""

    role, weight = "buyers", 8
    home, shown = "/needs/", "/needs/new"

    @task(6)
    def look_at_needs(self) -> None:
        self.desk()

    @task(8)
    def open_need(self) -> None:
        key = Plan.chance.choice(self.login.needs)
        self.ask("a need with its matches", f"/needs/{key}", says=f"/needs/{key}")

    @task(6)
    def search(self) -> None:
        self.look_for_suppliers()
        self.think()
        self.open_supplier()

    @task(2)
    def compare(self) -> None:
        key = Plan.chance.choice(self.login.needs)
        self.ask("comparison", f"/needs/{key}/compare", says=f"/needs/{key}")

    @task(3)
    def post(self) -> None:
        page = self.ask("a new need, the form", "/needs/new", says='name="once"')
        text = {"text": Plan.chance.choice(LETTERS).format(count=Plan.chance.randrange(10, 900))}
        where = self.fill_in("post a need", form_to(page, "/needs/new"), "", text, leads="/needs/")
        made = self.ask("a need just posted", where, says=f"{where}/move")
        sending = form_to(made, f"{where}/move", button=("state", "submitted"))
        self.send("send it to the centre", sending, "", {"state": "submitted"}, leads=where, said="Saved.")

    @task(2)
    def talk(self) -> None:
        self.write_message()


class Shop(Signed):
    """The owner of a shop: the own desk, invitations, the profile, free hours, messages."""

    role, weight = "shops", 5
    home, shown = "/shop/", "/shop/profile/"

    def on_start(self) -> None:
        super().on_start()
        self.unanswered = list(self.login.needs)

    @task(6)
    def look(self) -> None:
        self.desk()

    @task(6)
    def open_need(self) -> None:
        key = Plan.chance.choice(self.login.needs)
        self.ask("a need", f"/needs/{key}", says="our-answer")

    @task(2)
    def answer(self) -> None:
        if not self.unanswered:
            return self.open_need()
        key = self.unanswered.pop()
        page = self.ask("an invitation", f"/needs/{key}", says="our-answer")
        form = form_to(page, f"/needs/{key}/answer", button=("answer", "interested"))
        yes, said = {"answer": "interested"}, "the answer is recorded"
        self.send("answer an invitation", form, "", yes, leads=f"/needs/{key}", said=said)
        return None

    @task(3)
    def profile(self) -> None:
        self.ask("profile", "/shop/profile/", says="/shop/profile/basics")

    @task(2)
    def save_profile(self) -> None:
        where = "/shop/profile/basics"
        form = form_to(self.ask("profile, a form", where, says='name="revision"'), field="employees")
        people = {"employees": str(Plan.chance.randrange(5, 180))}
        self.send("save the profile", form, where, people, leads="/shop/profile/", said="Saved as a draft.")

    @task(1)
    def submit_profile(self) -> None:
        page = self.ask("profile", "/shop/profile/", says="/shop/profile/basics")
        form = form_to(page, "/shop/profile/submit")
        if form is not None:
            self.send("submit the profile", form, "", {}, leads="/shop/", said="The centre has it now.")

    @task(2)
    def say_hours(self) -> None:
        where = "/shop/capacity/"
        form = form_to(self.ask("free hours", where, says='name="block"'), field="block")
        cells = [name for name in form.fields if " " in name] if form else []
        hours = {Plan.chance.choice(cells): str(Plan.chance.randrange(0, 40))} if cells else {}
        self.send("save free hours", form, where, hours, leads=where, said="The hours are saved.")

    @task(2)
    def talk(self) -> None:
        self.write_message()

    @task(2)
    def search(self) -> None:
        self.look_for_suppliers()


class Operator(Signed):
    """A person of the centre: the workbench, shortlists and decisions, invitations, profiles to check."""

    role, weight = "operators", 3
    home, shown = "/work/", "/work/find"

    def on_start(self) -> None:
        super().on_start()
        self.needs = tuple(filter(self.is_mine, Plan.cast.needs))

    def is_mine(self, need: str) -> bool:
        """Whether this operator decides about a need; nobody else does."""
        return int(need, 16) % len(Plan.cast.operators) == int(re.sub(r"\D", "", self.login.email))

    @task(6)
    def look(self) -> None:
        self.desk()

    def _shortlist(self) -> tuple[str, str]:
        where = f"/work/needs/{Plan.chance.choice(self.needs)}"
        return where, self.ask("shortlist", where, says=f"{where}/propose")

    @task(5)
    def read_shortlist(self) -> None:
        self._shortlist()

    @task(2)
    def propose(self) -> None:
        where, page = self._shortlist()
        self.send("propose", form_to(page, "/propose"), where, {}, leads=where, said="proposed.")

    @task(3)
    def approve(self) -> None:
        where, page = self._shortlist()
        form = form_to(page, "/decide", button=("decision", "approved"))
        if form is not None:
            self.send("approve", form, where, {"decision": "approved"}, leads=where, said="approved")

    @task(1)
    def invite(self) -> None:
        where, page = self._shortlist()
        form = form_to(page, "/invite")
        found = re.search(r'id="i-([0-9a-f]{16})"', page)
        if form is not None and found is not None:
            chosen = {"match": found[1], "act": "invite"}
            self.send("invite", form, where, chosen, leads=where, said="invited.")

    @task(3)
    def find(self) -> None:
        self.ask("find by name", f"/work/find?q={Plan.chance.randrange(1, 300)}", says="<h1>")

    @task(2)
    def publish(self) -> None:
        page = self.ask("own desk", self.home, says=self.shown)
        for form in forms_of(page):
            where = form.action.removesuffix("/move")
            if form.has("state", "published") and self.is_mine(where.removeprefix("/needs/")):
                self.send("publish a need", form, "", {"state": "published"}, leads=where, said="Saved.")
                return

    @task(1)
    def check_profile(self) -> None:
        page = self.ask("profiles to check", "/work/profiles/", says="<h1>")
        found = re.search(r'href="(/work/profiles/[0-9a-f]{16})"', page)
        if found is None:
            return
        review = self.ask("a profile to check", found[1], says='name="revision"')
        form = form_to(review, button=("decision", "approve"))
        yes, said = {"decision": "approve"}, "The profile is published."
        self.send("publish a profile", form, found[1], yes, leads="/work/profiles/", said=said)

    @task(1)
    def overview(self) -> None:
        self.ask("overview", "/work/overview/", says="<h1>")


class Visitor(Person):
    """Somebody without an account."""

    role, weight = "visitors", 3

    @task(2)
    def home(self) -> None:
        self.ask("home", "/", says="/try")

    @task(5)
    def search(self) -> None:
        words = Plan.chance.choice(WORDS)
        page = self.ask("search", f"/suppliers?q={quote(words)}", says='class="matches')
        self.think()
        found = re.findall(r'href="(/suppliers/[0-9a-f]{16})"', page)
        if found:
            self.ask("a supplier", Plan.chance.choice(found), says="<h1>")

    @task(1)
    def browse(self) -> None:
        self.ask("search", f"/suppliers?page={Plan.chance.randrange(1, 4)}", says='class="matches')

    @task(1)
    def look_at_map(self) -> None:
        self.ask("map", "/map", says="<svg")

    @task(2)
    def try_need(self) -> None:
        page = self.ask("try a need, the form", "/try", says='name="text"')
        form = form_to(page, field="text")
        text = Plan.chance.choice(LETTERS).format(count=Plan.chance.randrange(10, 900))
        self.think()
        sent = {**(form.fields if form else {}), "text": text}
        self.ask("try a need", "/try", sends=sent, says='class="matches')


class Program(Person):
    """A program of a buyer, with a key."""

    role, weight = "programs", 1

    def on_start(self) -> None:
        self.login = Plan.waiting["buyers"].pop()

    def _read(self, kind: str, path: str, says: str) -> None:
        self.ask(kind, path, says=says, headers={"Authorization": f"Bearer {self.login.key}"})

    @task(3)
    def read_needs(self) -> None:
        self._read("own needs", "/api/v1/needs", self.login.needs[0])

    @task(2)
    def read_matches(self) -> None:
        key = Plan.chance.choice(self.login.needs)
        self._read("matches of a need", f"/api/v1/needs/{key}/matches", f'"need":"{key}"')

    @task(3)
    def search(self) -> None:
        self._read("search", f"/api/v1/suppliers?q={quote(Plan.chance.choice(WORDS))}", '"items":[{')


class BareReader(Person):
    """A reader of the bare page."""

    role = "bare"

    @task
    def read(self) -> None:
        self.ask("the bare page", "/", says="</html>")


ROLES = (Buyer, Shop, Operator, Visitor, Program)


def play(users: Sequence[type[Person]], site: str, people: int, warm: float, seconds: float) -> list[Request]:
    """The requests of so many people that began in so many seconds after all of them have come and warmed up."""
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
    gevent.sleep(seconds)
    until = time.time()
    runner.quit()
    return [one for one in made if begun <= one.at < until]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
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
