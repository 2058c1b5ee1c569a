"""Who has no login: visitors, programs with a key, and the reader of the bare page."""

import re
from urllib.parse import quote

from locust import task

from tests.load.page_forms import form_to
from tests.load.people.person import Person, Plan
from tests.load.people.words import LETTERS, WORDS


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
        self.ask("search", f"/suppliers?page={Plan.chance.randrange(1, 3)}", says='class="matches')

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
