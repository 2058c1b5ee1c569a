"""However much there is to show, a page asks the database a bounded number of things: none is asked row by row."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask

from matchmaker.domain.access import AccessVerdict
from matchmaker.models import ImportBatch
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, person_invitations
from matchmaker.services.profiles import suppliers
from matchmaker.wiring import Application
from tests.access.crowd import NOT_GROWN, Crowd
from tests.access.matrix import ROWS, Row
from tests.access.world import SUBJECTS, World
from tests.support import routes
from tests.support.browser import Browser, asked_by_form, statements

# The same words to the database within one page: for the person and once more for what the page shows.
MOST_ALIKE, MOST = 2, 40
# What any page may ask of the database, all in all.
MOST_OF_PAGE, MOST_AFTERWARDS = 15, 6
# What a run of the matcher may ask, its transactions and the journal's chain among it.
MOST_OF_RUN = 15
MANY = 6
TEXT = "Токарная обработка валов Ø60 из стали 45, партия 300 шт., IT8."
PAGES = {
    "operator": (
        "/work/",
        "/work/overview/",
        "/work/imports/",
        "/work/find?q=о",
        "/work/duplicates/",
        "/work/certificates",
        "/work/profiles/",
        "/people/",
        "/account/people",
        "/journal/",
        "/needs/",
    ),
    "buyer": ("/needs/", "/account", "/journal/", "/account/people"),
    "supplier": ("/shop/", "/shop/profile/", "/shop/capacity/", "/account/people"),
    "network": ("/network/", "/journal/", "/account"),
}


def post_needs(site: Flask) -> list[str]:
    """Needs of the buyer that the operator has published and curated."""
    buyer, operator = (Browser(site.test_client()).sign_in(role) for role in ("buyer", "operator"))
    addresses = []
    for number in range(MANY):
        answer = buyer.post("/needs/new", {"text": f"{TEXT} Позиция {number}."}, page="/needs/new")
        address = str(answer.headers["Location"])
        buyer.post(f"{address}/move", {"state": "submitted"})
        operator.post(f"{address}/move", {"state": "published"})
        operator.post(f"/work{address}/propose", page=f"/work{address}")
        addresses.append(address)
    shortlist = f"/work{addresses[0]}"
    for key in re.findall(r'id="m-([0-9a-f]+)"', operator.get(shortlist).get_data(as_text=True))[:MANY]:
        operator.post(
            f"{shortlist}/decide", {"match": key, "decision": "approved", "revision": "1"}, shortlist
        )
    return addresses


def add_people_and_files(product: Application) -> None:
    """More of everybody: colleagues of the centre and of firms, people asked in, imported files."""
    with product.sessions.begin() as session:
        centre = needs.centre_of(session, product.settings.centre)
        operator = accounts.by_email(session, "operator@demo-centre.example")
        firms = [profile.organisation for profile in islice(suppliers.every(session), MANY)]
        for number in range(MANY):
            person = accounts.AccountDetails(f"colleague{number}@demo-centre.example", "Пётр Семёнов")
            user = accounts.create_user(session, person, by="test")
            accounts.grant(session, user, "operator", by="test", centre=centre)
            editor = accounts.AccountDetails(f"editor{number}@demo-centre.example", "Анна Белова")
            made = accounts.create_user(session, editor, by="test")
            firm = firms[number % len(firms)]
            accounts.grant(session, made, "supplier_editor", by="test", organisation=firm)
            asked = f"asked{number}@demo-centre.example"
            person_invitations.invite(session, centre, asked, "operator", operator)
            session.add(
                ImportBatch(
                    centre_id=centre.id,
                    by_id=operator.id,
                    source="list",
                    file_name=f"list{number}.xlsx",
                    sha256=f"{number:064d}",
                    state="done",
                    next_line=1,
                    counts={"new": number},
                )
            )


@pytest.fixture(scope="module")
def busy(own_product: Application, own_site: Flask) -> list[str]:
    """A centre where there is much of everything; the addresses of its needs."""
    addresses = post_needs(own_site)
    add_people_and_files(own_product)
    return addresses


def _curated(operator: Browser, address: str) -> list[str]:
    """Shortlists: of a need that was posted here, and of those in the queues, some decided elsewhere."""
    queued = re.findall(r'"(/work/needs/[0-9a-f]+)"', operator.get("/work/").get_data(as_text=True))
    return [f"/work{address}", f"{address}/compare", *dict.fromkeys(queued)]


@pytest.mark.parametrize("role", PAGES)
def test_no_page_asks_for_its_rows_one_by_one(
    role: str, busy: list[str], own_site: Flask, own_product: Application
) -> None:
    reader = Browser(own_site.test_client()).sign_in(role)
    curated = _curated(reader, busy[0]) if role == "operator" else ()
    for address in (*PAGES[role], *curated, *(busy[:1] if role != "network" else ())):
        assert reader.get(address).status_code == 200, address
        with statements(own_product) as asked:
            reader.get(address)
        words, times = Counter(one for one in asked if one != "BEGIN").most_common(1)[0]
        assert times <= MOST_ALIKE, f"{address}: {times} times {words}"
        assert len(asked) <= MOST, f"{address}: {len(asked)}"


def test_a_run_of_the_matcher_asks_a_bounded_number_of_things(
    busy: list[str], own_site: Flask, own_product: Application
) -> None:
    operator, address = Browser(own_site.test_client()).sign_in("operator"), f"/work{busy[1]}"
    for _ in range(2):  # what is held until it changes is taken by the first
        asked = asked_by_form(own_product, operator, f"{address}/propose", {}, page=address)
    assert len(asked) <= MOST_OF_RUN, asked


# Beside reading: what a GET may write, and why. The journal of downloads is written before the answer goes out, all else
# after it, where nobody waits and no page fails.
WRITTEN = {
    "audit_entry": {
        "api_certificates.ladder_paper": "who opened a paper of a ladder",
        "api_certificates.scan": "who opened a scan",
        "api_drawings.download": "who opened a drawing",
        "api_lists.certificates": "who took a list",
        "api_lists.figure_report": "who took the report of a period",
        "api_lists.ladders": "who took a list",
        "api_lists.needs": "who took a list",
        "cards.download": "who took a list",
        "api_lists.cards": "who took a list",
        "events.download": "who took a list",
        "timetables.download": "who took a timetable",
        "support.download": "who took a list",
        "api_lists.measures": "who took a list",
        "api_lists.helpers": "who took a list",
        "api_lists.orders": "who took a list",
        "api_lists.shortlist": "who took a shortlist",
        "api_lists.suppliers": "who took a list",
        "api_orders.report": "who opened an inspection report",
        "api_clusters.as_file": "who took a list",
        "clusters.download": "who took a list",
        "api_localisation.as_file": "who took a list",
        "localisation.download": "who took a list",
        "api_missing.as_file": "who took a list",
        "api_resting.as_file": "who took a list",
        "missing.download": "who took a list",
        "missing.told_download": "who took a list",
        "resting.download": "who took a list",
        "api_rounds.paper": "who opened a paper of a quote",
        "certificates.scan": "who opened a scan",
        "centre_people.data": "who took the data of another person",
        "drawings.download": "who opened a drawing",
        "drawings.preview": "who opened a drawing",
        "exports.certificates_at_work": "who took a list",
        "authority.download": "who took the report of a period",
        "figures.download": "the same",
        "exports.orders": "who took a list",
        "years.download": "who took a list",
        "api_lists.years": "who took a list",
        "exports.own_needs": "who took a list",
        "firms.download": "who took a list",
        "exports.suppliers": "who took a list",
        "imports.whole": "who took a list",
        "ladders.download": "who took a list",
        "ladders.paper": "who opened a paper of a ladder",
        "orders.report": "who opened an inspection report",
        "personal_data.take": "that the person took its data",
        "quotes.paper": "who opened a paper of a quote",
        "reports.shortlist": "who took a shortlist",
    },
    "job": {
        "api_drawings.download": "the marked copy of a drawing, made in the background for its reader",
        "drawings.download": "the same",
    },
}
NOTED_AFTERWARDS = {
    "access_key": "when a key was last used",
    "profile_viewing": "who looked at a profile",
    "unread_message": "what a person has read of its messages",
    "rate_limit": "the counts of searches and of programs, kept in memory meanwhile",
    "user_session": "when a session was last used",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A page as a subject asked for it, and what the database was asked: before the answer went out, and after."""

    row: Row
    subject: str
    label: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_too_many(self) -> bool:
        """Whether the page asks for more than it may."""
        return self.number > MOST_OF_PAGE

    @property
    def number(self) -> int:
        """The statements for which the reader waits, as `/metrics` counts them: BEGIN and savepoints are among them, COMMIT
        and ROLLBACK are no statements.
        """
        return len(self.before)

    def __str__(self) -> str:
        groups = Counter(_brief(one) for one in self.before)
        listed = "\n".join(f"    {times} × {words}" for words, times in groups.most_common())
        return f"{self.row.endpoint} as {self.subject} at {self.label or '-'}: {self.number}\n{listed}"


def _brief(statement: str) -> str:
    words = " ".join(statement.split())
    _, found, source = words.partition(" FROM ")
    return f"SELECT … FROM {source[:100]}" if found and words.startswith("SELECT") else words[:100]


def _written(asked: Iterable[str]) -> set[str]:
    """The tables that statements write."""
    found = (re.match(r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", one) for one in asked)
    return {one[1] for one in found if one}


class Walk:
    """Readers of every kind, each in a browser of its own, before a network with several rows of everything."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self.clients = {name: world.enter(app.test_client(), name) for name in SUBJECTS}

    def every(self) -> Iterator[Asked]:
        """Every page, as everybody who may read it."""
        for row in ROWS:
            for label, thing in self.world.things(row.on).items() if row.method == "GET" else ():
                for name in SUBJECTS:
                    if routes.expected_answer(self.world, row, name, thing) is not AccessVerdict.OK:
                        continue
                    asked = self.ask(row, name, label)
                    # Counts that are held until a supplier changes are taken by the first who asks.
                    yield self.ask(row, name, label) if asked.is_too_many else asked

    def ask(self, row: Row, name: str, label: str) -> Asked:
        where = routes.address(self.app, row, self.world.things(row.on)[label])
        self.world.application.home.forget()  # it is read once a minute, and counts for every page
        with statements(self.world.application) as asked:
            answer = self.clients[name].get(where, query_string=routes.FORMS[row.form])
            answer.get_data()
            before = len(asked)
            answer.close()
        # Of the crowd's work some has failed, and of its drawings some are still being marked.
        right = {503} if row.endpoint == "health.ready" else {200, 202, 302}
        assert answer.status_code in right, f"{where}: {answer.status_code}"
        return Asked(row, name, label, tuple(asked[:before]), tuple(asked[before:]))


@pytest.fixture(scope="module")
def crowd(world: World) -> Crowd:
    made = Crowd(world)
    made.grow()
    return made


@pytest.fixture(scope="module")
def walk(app: Flask, crowd: Crowd) -> Walk:
    return Walk(app, crowd.world)


@pytest.fixture(scope="module")
def walked(walk: Walk) -> list[Asked]:
    return sorted(walk.every(), key=lambda one: one.number, reverse=True)


def test_there_are_rows_of_everything(crowd: Crowd) -> None:
    """Else the pages below could not ask for them one by one."""
    assert {name for name, rows in crowd.sizes().items() if rows < 2 and name not in NOT_GROWN} == set()


def test_no_page_asks_more_than_is_allowed(walked: list[Asked]) -> None:
    assert [str(one) for one in walked if one.is_too_many] == []


def test_no_page_asks_more_on_postgresql(walked: list[Asked], postgresql_url: str, tmp_path: Path) -> None:
    """Each page once, as whoever asked most of SQLite."""
    most: dict[Row, Asked] = {}
    for one in walked:
        most.setdefault(one.row, one)
    with routes.product_in(tmp_path / "network", postgresql_url) as product:
        crowd = Crowd(World(product))
        crowd.grow()
        walk = Walk(routes.site_of(crowd.world), crowd.world)
        asked = [walk.ask(one.row, one.subject, one.label) for one in most.values()]
        # What is held until it changes is taken by the first who asks.
        again = [walk.ask(one.row, one.subject, one.label) for one in asked if one.is_too_many]
    assert [str(one) for one in again if one.is_too_many] == []
    assert [str(one) for one in asked if len(one.after) > MOST_AFTERWARDS] == []


def test_little_is_noted_after_an_answer(walked: list[Asked]) -> None:
    assert [str(one) for one in walked if len(one.after) > MOST_AFTERWARDS] == []


def test_reading_writes_nothing_but_who_read_what(walked: list[Asked]) -> None:
    wrong = set()
    for one in walked:
        wrong |= {(one.row.endpoint, table) for table in _written(one.after) - set(NOTED_AFTERWARDS)}
        for table in _written(one.before):
            if one.row.endpoint not in WRITTEN.get(table, {}):
                wrong.add((one.row.endpoint, table))
    assert wrong == set()


def test_what_may_be_written_is(walked: list[Asked]) -> None:
    """The list above names no page that has no need of it."""
    found = {(table, one.row.endpoint) for one in walked for table in _written(one.before)}
    assert {(table, page) for table, pages in WRITTEN.items() for page in pages} == found


def test_a_page_asks_as_much_however_many_rows_there_are(
    walked: list[Asked], walk: Walk, crowd: Crowd
) -> None:
    most: dict[Row, Asked] = {}
    for one in walked:
        most.setdefault(one.row, one)
    crowd.grow()
    wrong = []
    for one in most.values():
        # Once more where it is more: what changed is looked up by the first to ask.
        asked = (walk.ask(one.row, one.subject, one.label) for _ in range(2))
        if all(len(now.before) > len(one.before) for now in asked):
            wrong.append(f"{one}\nis more when there is more")
    assert wrong == []
