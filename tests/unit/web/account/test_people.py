"""Own accounts, people of a firm and of a centre, when sessions die, personal data, the journal, the network's page."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import Base, Organisation, Profile
from matchmaker.models import Centre as CentreRow
from matchmaker.services.core import journal
from matchmaker.services.people import accounts, api_keys, personal_data
from matchmaker.web.kit import journal_words
from matchmaker.web.kit.language_marks import spoken
from matchmaker.worker import Worker
from tests.support.browser import Browser, text
from tests.support.small_centre import PASSWORD, Centre, small_centre

EDITOR, OPERATOR = "editor@example.org", "operator@example.org"
FRESH = "another long password"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def enter(centre: Centre, email: str, password: str = PASSWORD, *, remember: bool = False) -> Browser:
    browser = centre.another()
    form = {"email": email, "password": password} | ({"remember": "1"} if remember else {})
    assert browser.post("/login", form).status_code == 302
    return browser


def key_of(centre: Centre, email: str) -> str:
    with centre.application.sessions() as session:
        return accounts.by_email(session, email).public_id


def role_of(centre: Centre, email: str) -> int:
    with centre.application.sessions() as session:
        return accounts.by_email(session, email).memberships[0].id


def firm_key(centre: Centre) -> str:
    with centre.application.sessions() as session:
        return session.scalars(select(Organisation.public_id).where(~Organisation.is_contractor)).one()


def make(centre: Centre, email: str, role: str, **fields: bool) -> None:
    """A person with a role in the shop or in the centre."""
    with centre.application.sessions.begin() as session:
        person = accounts.AccountDetails(
            email, email.split("@", maxsplit=1)[0].title(), PASSWORD, "en", confirmed=True
        )
        user = accounts.create_user(session, person, by="tester")
        home = session.scalars(select(CentreRow)).one()
        shop = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        places = {"supplier_editor": {"organisation": shop}, "network_administrator": {}}
        held = accounts.grant(session, user, role, by="tester", **places.get(role, {"centre": home}))
        held.chief = fields.get("chief", False)


def path_in(centre: Centre, words: str, prefix: str) -> str:
    return next(path for path in centre.links(centre.mails(words)[-1]) if path.startswith(prefix))


def change_password(centre: Centre, browser: Browser) -> None:
    form = {"current": PASSWORD, "password": FRESH}
    assert browser.post("/account/password", form, page="/account/password").status_code == 302


def change_email(centre: Centre, browser: Browser) -> None:
    form = {"current": PASSWORD, "email": "fresh@example.org"}
    assert browser.post("/account/email", form, page="/account/email").status_code == 302
    link = path_in(centre, "new e-mail", "/account/email/")
    assert browser.post(link, page=link).status_code == 302


def lose_role(centre: Centre, _browser: Browser) -> None:
    where = f"/people/{key_of(centre, EDITOR)}/roles/{role_of(centre, EDITOR)}/end"
    assert enter(centre, OPERATOR).post(where).status_code == 302


def be_closed(centre: Centre, _browser: Browser) -> None:
    assert enter(centre, OPERATOR).post(f"/people/{key_of(centre, EDITOR)}/close").status_code == 302


def firm_blocked(centre: Centre, _browser: Browser) -> None:
    where = f"/account/people/of/{firm_key(centre)}/block"
    assert enter(centre, OPERATOR).post(where, {"blocked": "yes"}).status_code == 302


def end_all(centre: Centre, browser: Browser) -> None:
    assert browser.post("/account/end-all").status_code == 302


@pytest.mark.parametrize(
    "event",
    [change_password, change_email, lose_role, be_closed, firm_blocked, end_all],
    ids=lambda e: e.__name__,
)
def test_a_session_a_remembered_one_and_a_key_die_with(
    centre: Centre, event: Callable[[Centre, Browser], None]
) -> None:
    brief, remembered, acting = (
        enter(centre, EDITOR),
        enter(centre, EDITOR, remember=True),
        enter(centre, EDITOR),
    )
    with centre.application.sessions.begin() as session:
        user = accounts.by_email(session, EDITOR)
        header = {"Authorization": f"Bearer {api_keys.make(session, user, 'test', write=True, days=30)}"}
    program = centre.another()
    assert program.client.get("/api/v1/needs", headers=header).status_code == 200
    event(centre, acting)
    assert brief.get("/account").status_code == 302
    assert remembered.get("/account").status_code == 302
    assert program.client.get("/api/v1/needs", headers=header).status_code == 401


def test_who_changes_the_password_stays_signed_in_and_is_told(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    wrong = browser.post(
        "/account/password", {"current": "wrong", "password": FRESH}, page="/account/password"
    )
    assert wrong.status_code == 422
    assert "The password is wrong" in text(wrong)
    short = browser.post(
        "/account/password", {"current": PASSWORD, "password": "short"}, page="/account/password"
    )
    assert (short.status_code, "at least 10" in text(short)) == (422, True)
    change_password(centre, browser)
    assert browser.get("/account").status_code == 200
    assert [mail.recipient for mail in centre.mails("Your password was changed")] == [EDITOR]
    enter(centre, EDITOR, FRESH)


def test_another_address_counts_once_its_letter_was_followed(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    page = "/account/email"
    assert browser.post(page, {"current": PASSWORD, "email": "no"}, page=page).status_code == 422
    assert browser.post(page, {"current": PASSWORD, "email": EDITOR}, page=page).status_code == 422
    # An address that somebody else has is answered alike, and nobody is written to.
    known = browser.post(page, {"current": PASSWORD, "email": OPERATOR}, page=page)
    assert known.status_code == 302
    assert centre.mails("Confirm your new") == []
    change_email(centre, browser)
    link = path_in(centre, "new e-mail", "/account/email/")
    assert centre.another().get(link).status_code == 410
    assert [mail.recipient for mail in centre.mails("address of your account")] == [EDITOR]
    enter(centre, "fresh@example.org")


def test_the_name_is_changed_and_may_not_be_empty(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    browser.post("/account/name", {"name": "  "}, page="/account")
    assert "<h1>Supplier_Editor</h1>" in text(browser.get("/account"))
    browser.post("/account/name", {"name": "Пётр  Ёжиков"}, page="/account")
    assert '<span lang="ru">Пётр Ёжиков</span>' in text(enter(centre, OPERATOR).get("/people/"))


def test_a_page_seen_is_noted_as_use_of_the_session(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    page = text(browser.get("/account"))
    assert "This browser" in page
    assert page.count("End this session") == 0
    enter(centre, EDITOR)
    assert text(browser.get("/account")).count("End this session</button>") == 1


def test_a_chief_lets_a_colleague_manage_and_takes_its_role(centre: Centre) -> None:
    make(centre, "chief@example.org", "supplier_editor", chief=True)
    chief = enter(centre, "chief@example.org")
    editor = enter(centre, EDITOR)
    assert editor.get("/account/people").status_code == 403
    number = role_of(centre, EDITOR)
    assert chief.post(f"/account/people/{number}/chief", {"chief": "yes"}).status_code == 302
    assert editor.get("/account/people").status_code == 200
    own = role_of(centre, "chief@example.org")
    assert chief.post(f"/account/people/{own}/end").status_code == 403
    assert chief.post(f"/account/people/{number}/end").status_code == 302
    assert editor.get("/account").status_code == 302
    assert "none yet" not in text(enter(centre, EDITOR).get("/account"))
    assert [mail.recipient for mail in centre.mails("Your rights were changed")] == [EDITOR]


def test_an_operator_asks_the_first_person_of_a_firm_in_once(centre: Centre) -> None:
    browser = enter(centre, OPERATOR)
    page = f"/account/people/of/{firm_key(centre)}"
    once = re.search(r'name="once" value="([0-9a-f]+)"', text(browser.get(page)))
    assert once
    form = {"email": "owner@example.org", "role": "supplier_editor", "organisation": firm_key(centre)}
    for _ in range(2):
        assert browser.post("/account/people", form | {"once": once[1]}, page=page).status_code == 302
    assert len(centre.mails("Join")) == 1
    link = path_in(centre, "Join", "/join/")
    newcomer = centre.another()
    without = newcomer.post(link, {"name": "Owner", "password": FRESH}, page=link)
    assert (without.status_code, "Without your consent" in text(without)) == (422, True)
    filled = {"name": "Owner", "password": FRESH, "consent": "1"}
    assert newcomer.post(link, filled, page=link).status_code == 302
    with centre.application.sessions() as session:
        owner = accounts.by_email(session, "owner@example.org")
        assert owner.memberships[0].chief
        assert set(owner.consents) == {"text", "language", "at"}


def test_an_invitation_is_worth_as_much_as_who_sent_it(centre: Centre) -> None:
    make(centre, "boss@example.org", "centre_administrator")
    form = {"email": "second@example.org", "role": "centre_administrator"}
    # An operator gives no role above its own.
    assert enter(centre, OPERATOR).post("/people/", form, page="/people/").status_code == 422
    boss = enter(centre, "boss@example.org")
    assert boss.post("/people/", form, page="/people/").status_code == 302
    link = path_in(centre, "Join", "/join/")
    assert centre.another().get(link).status_code == 200
    with centre.application.sessions.begin() as session:
        accounts.by_email(session, "boss@example.org").active = False
    assert centre.another().get(link).status_code == 410


def test_roles_are_given_below_ones_own_and_the_last_one_stays(centre: Centre) -> None:
    operator = enter(centre, OPERATOR)
    make(centre, "boss@example.org", "centre_administrator")
    boss, editor = key_of(centre, "boss@example.org"), key_of(centre, EDITOR)
    end = f"/people/{boss}/roles/{role_of(centre, 'boss@example.org')}/end"
    assert operator.post(end).status_code == 403
    assert operator.post(f"/people/{boss}/close").status_code == 403
    assert operator.post(f"/people/{editor}/roles", {"role": "centre_administrator"}).status_code == 403
    assert operator.post(f"/people/{editor}/roles", {"role": "operator"}).status_code == 302
    assert enter(centre, EDITOR).get("/work/").status_code == 200
    # Oneself is nobody's to change, and a centre keeps somebody who runs it.
    assert operator.post(f"/people/{key_of(centre, OPERATOR)}/roles", {"role": "operator"}).status_code == 403
    administrator = enter(centre, "boss@example.org")
    for email in (OPERATOR, EDITOR):
        assert administrator.post(f"/people/{key_of(centre, email)}/close").status_code == 302
    form = {"current": PASSWORD, "sure": "1"}
    last = administrator.post("/account/erase", form, page="/account/data")
    assert (last.status_code, "Nobody else runs this centre" in text(last)) == (422, True)


def test_a_closed_account_is_opened_again(centre: Centre) -> None:
    operator, where = enter(centre, OPERATOR), f"/people/{key_of(centre, EDITOR)}"
    operator.post(f"{where}/close")
    assert "closed" in text(operator.get(where))
    assert centre.another().post("/login", {"email": EDITOR, "password": PASSWORD}).status_code == 401
    operator.post(f"{where}/open")
    enter(centre, EDITOR)
    subjects = [mail.subject for mail in centre.mails("account") if mail.recipient == EDITOR]
    assert subjects == ["Your account was closed", "Your account is open again"]


def test_people_are_found_by_name_without_regard_to_case_or_yo(centre: Centre) -> None:
    operator = enter(centre, OPERATOR)
    enter(centre, EDITOR).post("/account/name", {"name": "Ёлкина Анна"}, page="/account")
    for words in ("елкина", "ЁЛК", "editor@"):
        assert "Ёлкина" in text(operator.get(f"/people/?q={words}"))
    assert "Nobody was found" in text(operator.get("/people/?q=никто"))
    assert "Ёлкина" not in text(operator.get("/people/?role=operator"))


def test_a_person_takes_all_data_along_and_is_erased_without_trace(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    browser.post("/account/name", {"name": "Trace Canary"}, page="/account")
    change_password(centre, browser)
    answer = browser.get("/account/data.json")
    data = json.loads(text(answer))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (data["account"]["email"], data["roles"][0]["role"]) == (EDITOR, "supplier_editor")
    assert {one["action"] for one in data["journal"]} >= {"user.renamed", "user.password"}
    assert "password_hash" not in text(answer)
    Worker(centre.application).work()
    folder = Path(centre.application.transport.place)
    assert any(EDITOR in path.read_text() for path in folder.glob("*.eml"))
    unsure = browser.post("/account/erase", {"current": FRESH}, page="/account/data")
    assert (unsure.status_code, "Tick that you are sure" in text(unsure)) == (422, True)
    assert (
        browser.post("/account/erase", {"current": FRESH, "sure": "1"}, page="/account/data").status_code
        == 302
    )
    assert browser.get("/account").status_code == 302
    with centre.application.sessions() as session:
        for table in Base.metadata.sorted_tables:
            rows = str([tuple(row) for row in session.execute(select(table))])
            assert EDITOR not in rows, table.name
            assert "Trace Canary" not in rows, table.name
        assert journal.first_broken(session) is None
    assert not any(EDITOR in path.read_text() for path in folder.glob("*.eml"))


def test_an_operator_hands_data_over_and_erases(centre: Centre) -> None:
    operator, where = enter(centre, OPERATOR), f"/people/{key_of(centre, EDITOR)}"
    assert json.loads(text(operator.get(f"{where}/data")))["account"]["email"] == EDITOR
    assert operator.post(f"{where}/erase").status_code == 422
    assert operator.post(f"{where}/erase", {"sure": "1"}).status_code == 302
    assert operator.get(where).status_code in {200, 404}
    assert EDITOR not in text(operator.get("/people/"))


def test_every_column_that_points_at_a_person_is_classed() -> None:
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "user_account"
    }
    assert pointing == set(personal_data.REGISTER)


def test_the_journal_is_read_by_its_circle(centre: Centre) -> None:
    make(centre, "chief@example.org", "supplier_editor", chief=True)
    make(centre, "net@example.org", "network_administrator")
    chief = enter(centre, "chief@example.org")
    chief.post("/account/name", {"name": "Head Turner"}, page="/account")
    operator = enter(centre, OPERATOR)
    whole = text(operator.get("/journal/"))
    assert "name changed" in whole
    assert "Head Turner" in whole
    own = text(chief.get("/journal/"))
    assert "name changed" in own
    assert "need written" not in own
    network = text(enter(centre, "net@example.org").get("/journal/"))
    assert "role given" in network
    assert "name changed" not in network
    assert enter(centre, EDITOR).get("/journal/").status_code == 404
    assert "name changed" not in text(operator.get("/journal/?family=role"))
    assert "The journal has no such entries" in text(operator.get("/journal/?until=2020-01-01"))
    assert operator.get("/journal/?below=x").status_code == 400
    assert operator.get(f"/journal/?since=9999-99-99&person={key_of(centre, EDITOR)}").status_code == 200


def test_the_journal_is_turned_over_page_by_page(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        acts = [journal.Act("need.edited", "need", f"{number:016x}", "centre") for number in range(60)]
        journal.record(session, "tester", acts)
    operator = enter(centre, OPERATOR)
    first = text(operator.get("/journal/?family=need"))
    assert first.count("need changed") == 50
    older = re.search(r'href="(/journal/\?[^"]*below=\d+[^"]*)"', first)
    assert older
    assert text(operator.get(older[1].replace("&amp;", "&"))).count("need changed") == 10


def test_every_act_that_is_recorded_has_words() -> None:
    root = Path(__file__).parents[4] / "matchmaker"
    named = re.compile(r'(?:Act\(\s*|note\([^"]*|action = )"([a-z_]+\.[a-z_]+)"')
    paths = [*root.glob("services/*/*.py"), root / "web" / "views" / "work" / "exports.py"]
    found = {act for path in paths for act in named.findall(path.read_text(encoding="utf-8"))}
    assert len(found) > 40
    assert {act for act in found if not journal_words.known(act)} == set()


def test_the_network_adds_a_centre_and_asks_its_operator_in(centre: Centre) -> None:
    make(centre, "net@example.org", "network_administrator")
    network = enter(centre, "net@example.org")
    wrong = network.post("/network/centres", {"code": "Юг", "name_ru": "", "name_en": ""}, page="/network/")
    assert wrong.status_code == 422
    assert 'value="Юг"' in text(wrong)
    for name in ("Южный центр", "Центр Юга"):
        form = {"code": "south", "name_ru": name, "name_en": ""}
        assert network.post("/network/centres", form, page="/network/").status_code == 302
    page = text(network.get("/network/"))
    assert "Центр Юга" in page
    assert "Южный центр" not in page
    bad = network.post("/network/centres/south/operators", {"email": "no"}, page="/network/")
    assert (bad.status_code, "Give an e-mail address" in text(bad)) == (422, True)
    good = {"email": "south@example.org"}
    assert network.post("/network/centres/south/operators", good, page="/network/").status_code == 302
    link = path_in(centre, "Join", "/join/")
    newcomer = centre.another()
    filled = {"name": "South", "password": FRESH, "consent": "1"}
    assert newcomer.post(link, filled, page=link).status_code == 302
    south = enter(centre, "south@example.org", FRESH)
    assert south.get("/work/").status_code == 200
    # Of the other centre it learns nothing.
    assert EDITOR not in text(south.get("/people/"))
    assert south.get(f"/people/{key_of(centre, EDITOR)}").status_code == 404
    assert network.get(f"/people/{key_of(centre, 'south@example.org')}").status_code == 200
    assert network.get(f"/people/{key_of(centre, EDITOR)}").status_code == 404


def test_somebody_with_several_roles_has_all_their_pages(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        shop = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        user = accounts.by_email(session, OPERATOR)
        accounts.grant(session, user, "supplier_editor", by="tester", organisation=shop)
    page = text(enter(centre, OPERATOR).get("/account"))
    top = page[page.index("<nav") : page.index("</nav>")]
    assert all(f'href="{path}"' in top for path in ("/shop/", "/work/", "/needs/", "/people/"))
    editor = text(enter(centre, EDITOR).get("/account"))
    assert 'href="/work/"' not in editor


def test_the_centre_is_named_on_every_page_once_it_has_a_name(centre: Centre) -> None:
    make(centre, "net@example.org", "network_administrator")
    assert "Questions:" not in text(centre.browser.get("/"))
    form = {
        "code": "centre",
        "name_ru": "",
        "name_en": "North Centre",
        "phone": "+7 495 000-00-00",
        "email": "",
    }
    network = enter(centre, "net@example.org")
    assert network.post("/network/centres", form, page="/network/").status_code == 302
    page = text(centre.browser.get("/login"))
    assert "North Centre" in page
    assert 'href="tel:+7495000-00-00"' in page


def test_thousands_stand_apart_in_russian(centre: Centre) -> None:
    with centre.browser.client.application.test_request_context(headers={"Accept-Language": "ru"}):
        plural = centre.browser.client.application.jinja_env.globals["ngettext"]
        assert plural("%(num)d supplier", "%(num)d suppliers", 12345) == "12\u00a0345 поставщиков"


def test_an_operator_finds_the_people_of_a_firm_from_its_profile(centre: Centre) -> None:
    with centre.application.sessions() as session:
        shop = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        key = session.scalars(select(Profile.public_id).where(Profile.organisation_id == shop.id)).one()
    where = f"/account/people/of/{shop.public_id}"
    assert where in text(enter(centre, OPERATOR).get(f"/suppliers/{key}"))
    assert where not in text(enter(centre, EDITOR).get(f"/suppliers/{key}"))


def test_a_second_role_is_asked_for_and_nobody_lets_oneself_in(centre: Centre) -> None:
    make(centre, "chief@example.org", "supplier_editor", chief=True)
    with centre.application.sessions.begin() as session:
        shop = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        shop.inn = "7707083893"
    chief, page = enter(centre, "chief@example.org"), "/account/join"
    assert chief.post(page, {"inn": "", "role": "contractor_buyer"}, page=page).status_code == 422
    wrong = chief.post(
        page, {"inn": "7707083894", "organisation": "X", "role": "contractor_buyer"}, page=page
    )
    assert (wrong.status_code, "Check the INN" in text(wrong)) == (422, True)
    form = {"inn": "7707083893", "organisation": "Whatever", "role": "contractor_buyer"}
    for _ in range(2):
        assert chief.post(page, form, page=page).status_code == 302
    assert [mail.recipient for mail in centre.mails("asks to join")] == [OPERATOR]
    with centre.application.sessions() as session:
        (asked,) = (
            one for one in accounts.by_email(session, "chief@example.org").memberships if one.state == "asked"
        )
    decide = f"/account/people/{asked.id}"
    assert chief.post(decide, {"answer": "accept"}, page="/account").status_code == 403
    assert enter(centre, OPERATOR).post(decide, {"answer": "accept"}).status_code == 302
    assert chief.get("/needs/new").status_code == 200
    with centre.application.sessions() as session:
        assert session.scalars(
            select(Organisation.is_contractor).where(Organisation.inn == form["inn"])
        ).one()


def test_a_refused_person_may_ask_again(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        session.scalars(select(Organisation).where(~Organisation.is_contractor)).one().inn = "7707083893"
    asking, page = enter(centre, OPERATOR), "/account/join"
    make(centre, "second@example.org", "operator")
    form = {"inn": "7707083893", "organisation": "Whatever", "role": "supplier_editor"}
    asking.post(page, form, page=page)
    with centre.application.sessions() as session:
        number = next(
            one.id for one in accounts.by_email(session, OPERATOR).memberships if one.state == "asked"
        )
    other = enter(centre, "second@example.org")
    assert other.post(f"/account/people/{number}", {"answer": "refuse"}).status_code == 302
    asking.post(page, form, page=page)
    assert other.post(f"/account/people/{number}", {"answer": "accept"}).status_code == 302
    assert asking.get("/shop/").status_code in {200, 302}


def test_a_lost_second_factor_is_turned_off_by_the_centre(centre: Centre) -> None:
    operator, where = enter(centre, OPERATOR), f"/people/{key_of(centre, EDITOR)}"
    assert "Turn off the lost second factor" not in text(operator.get(where))
    with centre.application.sessions.begin() as session:
        accounts.by_email(session, EDITOR).totp_secret = "JBSWY3DPEHPK3PXP" * 2
    before = centre.another()
    answer = before.post("/login", {"email": EDITOR, "password": PASSWORD})
    assert answer.headers["Location"].endswith("/login/code")
    assert operator.post(f"{where}/second-factor").status_code == 302
    enter(centre, EDITOR)
    assert [mail.recipient for mail in centre.mails("second factor")] == [EDITOR]


def test_words_of_the_other_language_say_so(centre: Centre) -> None:
    with centre.browser.client.application.test_request_context(headers={"Accept-Language": "en"}):
        assert spoken("Цех <1>") == '<span lang="ru">Цех &lt;1&gt;</span>'
        assert spoken("Shop 1") == "Shop 1"
        assert spoken("12-34") == "12-34"
