"""The people with a login: buyers, shops, the operators of the centre."""

import re
from urllib.parse import quote

from locust import task

from tests.load.page_forms import form_to, forms_of
from tests.load.people.person import Person, Plan
from tests.load.people.words import LETTERS, WORDS


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
        to, said = "/shop/profile/", "Saved as a draft."
        # The centre may publish the profile while its owner types.
        meanwhile = "Somebody saved changes while you were editing."
        self.send("save the profile", form, where, people, leads=to, said=said, overtaken=meanwhile)

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
        yes, to, said = {"decision": "approve"}, "/work/profiles/", "The profile is published."
        # A colleague may publish it first, or its owner change it.
        meanwhile = "while you were reading."
        self.send("publish a profile", form, found[1], yes, leads=to, said=said, overtaken=meanwhile)

    @task(1)
    def overview(self) -> None:
        self.ask("overview", "/work/overview/", says="<h1>")
