import re
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from matchmaker.domain.lifecycle import MailState, ProfileState
from matchmaker.domain.records import SupplierRecord, parse
from matchmaker.models import Centre, Mail, UndoableAct
from matchmaker.models.base import now
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.mail import letters
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.profiles.duplicates import TwinFinder
from matchmaker.wiring import Application
from matchmaker.worker import Worker
from tests.support.browser import Browser, asked_by_page, text

TEXT = "Нужны фланцы ø120 из стали 20, токарная обработка, 40 шт."
MOST_STATEMENTS = 32


def submitted(buyer: Browser, number: int = 0) -> str:
    answer = buyer.post("/needs/new", {"text": f"{TEXT} Позиция {number}."}, page="/needs/new")
    address = str(answer.headers["Location"])
    buyer.post(f"{address}/move", {"state": "submitted"})
    return address


def test_the_queues_take_a_bounded_number_of_statements(
    buyer: Browser, operator: Browser, product: Application
) -> None:
    addresses = [submitted(buyer, number) for number in range(2)]
    operator.post(f"{addresses[0]}/move", {"state": "published"})
    operator.post(f"/work{addresses[0]}/propose", page=f"/work{addresses[0]}")
    operator.get("/work/")
    few = asked_by_page(product, operator, "/work/")
    for number in range(2, 8):
        address = submitted(buyer, number)
        operator.post(f"{address}/move", {"state": "published"})
        operator.post(f"/work{address}/propose", page=f"/work{address}")
    many = asked_by_page(product, operator, "/work/")
    assert len(many) == len(few) <= MOST_STATEMENTS


def test_a_need_is_returned_or_closed_only_with_a_reason(buyer: Browser, operator: Browser) -> None:
    address = submitted(buyer)
    refused = operator.post(f"{address}/move", {"state": "draft"})
    assert refused.status_code == 422
    assert "Say why" in text(refused)
    done = operator.post(f"{address}/move", {"state": "draft", "reason": "Приложите чертёж"})
    assert done.status_code == 302
    assert "Приложите чертёж" in text(buyer.get(address))
    buyer.post(f"{address}/move", {"state": "submitted"})
    operator.post(f"{address}/move", {"state": "closed", "code": "not-our-scope"})
    assert "Outside the scope of the centre" in text(buyer.get(address))


def test_queues_link_only_to_pages_that_there_are(operator: Browser) -> None:
    page = text(operator.get("/work/"))
    for address in re.findall(r'href="(/work/[a-z]+)"', page):
        assert operator.client.get(address, follow_redirects=True).status_code == 200, address
    assert "/work/duplicates" in page


def _twins(product: Application) -> tuple[str, str]:
    """Two profiles of one made-up firm, spelled in two alphabets."""
    records = [
        parse(SupplierRecord, {"id": f"twin-{number}", "name": name, "city": "Пермь", "employees": 10 + number, "contacts": {"phone": "+7 342 000-11-22"}})
        for number, name in enumerate(({"ru": "ООО «Царь-Станок 777»"}, {"en": "Tsar-Stanok 777 LLC"}))
    ]  # fmt: skip
    with product.sessions.begin() as session:
        centre = needs.centre_of(session, product.settings.centre)
        saved = suppliers.save_many(
            session, records, product.recogniser, RecordOrigin(centre, "file", "tester")
        )
        first, second = (suppliers.by_external_id(session, centre, one.id).public_id for one in saved)
    product.index.catch_up()
    return first, second


def test_twins_stand_side_by_side_and_become_one(operator: Browser, product: Application) -> None:
    first, second = _twins(product)
    assert first not in text(operator.get("/work/duplicates/"))  # firms are compared beside the pages
    TwinFinder().renew(product.sessions)
    assert first in text(operator.get("/work/duplicates/"))
    side = text(operator.get(f"/work/duplicates/{first}/{second}"))
    assert "Tsar-Stanok 777 LLC" in side
    form = dict(re.findall(r'name="(revision-[^"]+)" value="(\d+)"', side))
    stale = dict.fromkeys(form, "99")
    address = f"/work/duplicates/{first}/{second}"
    assert operator.post(address, {**stale, "verdict": first}, page=address).status_code == 409
    choices = set(re.findall(r'name="(take-[^"]+)"', side))
    assert choices == {"take-employees"}  # what only one says, and what both say alike, is not asked
    form["take-employees"] = second
    assert operator.post(address, {**form, "verdict": first}, page=address).status_code == 302
    with product.sessions() as session:
        record = suppliers.record(suppliers.by_key(session, first))
        assert (record.employees, record.name.ru, record.name.en) == (
            11,
            "ООО «Царь-Станок 777»",
            "Tsar-Stanok 777 LLC",
        )
    moved = operator.get(f"/suppliers/{second}")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/suppliers/{first}")
    assert first not in text(operator.get("/work/duplicates/"))


def _spellings(product: Application, number: int, *inns: str | None) -> list[str]:
    """The public ids of profiles with spellings of one made-up name."""
    names = (f"Лукоморье-Точмех {number}", f"Lukomorye-Tochmekh {number} LLC", f"Лукоморье Точмех {number}")
    records = [
        parse(
            SupplierRecord,
            {"id": f"group-{number}-{place}", "name": {"ru": name}, "city": "Пермь", "inn": inn},
        )
        for place, (name, inn) in enumerate(zip(names, inns or (None,) * 3, strict=True))
    ]
    with product.sessions.begin() as session:
        centre = needs.centre_of(session, product.settings.centre)
        suppliers.save_many(session, records, product.recogniser, RecordOrigin(centre, "file", "tester"))
        keys = [suppliers.by_external_id(session, centre, one.id).public_id for one in records]
    TwinFinder().renew(product.sessions)
    return keys


SEVERAL = "/work/duplicates/several"


def _group(operator: Browser, keys: list[str]) -> tuple[str, dict[str, object]]:
    """The address of the page on which these stand together, and its form."""
    page = text(operator.get("/work/duplicates/"))
    found = [one.replace("&amp;", "&") for one in re.findall(rf'href="({SEVERAL}[^"]+)"', page)]
    (address,) = [one for one in found if all(key in one for key in keys)]
    side = text(operator.get(address))
    return address, {"shown": keys, **dict(re.findall(r'name="(revision-[^"]+)" value="(\d+)"', side))}


def test_spellings_of_one_firm_are_one_question_and_become_one_in_one_act(
    operator: Browser, product: Application
) -> None:
    keys = _spellings(product, 778)
    address, form = _group(operator, keys)
    few = operator.post(
        SEVERAL, {**form, "firm": keys[:1], "keep": keys[0], "verdict": "merge"}, page=address
    )
    assert few.status_code == 422
    assert "at least two" in text(few)
    assert all(f'value="{key}"' in text(few) for key in keys)
    stale = {**form, f"revision-{keys[1]}": "99", "firm": keys, "keep": keys[0], "verdict": "merge"}
    assert operator.post(SEVERAL, stale, page=address).status_code == 409
    merged = {**form, "firm": keys, "keep": keys[0], "verdict": "merge"}
    assert operator.post(SEVERAL, merged, page=address).headers["Location"] == f"/suppliers/{keys[0]}"
    assert [operator.get(f"/suppliers/{key}").status_code for key in keys] == [200, 301, 301]
    assert keys[0] not in text(operator.get("/work/duplicates/"))
    assert operator.get(address).headers["Location"] == "/work/duplicates/", "one is left"
    assert operator.post(SEVERAL, merged, page="/work/").status_code in {302, 409}
    assert operator.get(f"/work/duplicates/{keys[0]}/{keys[1]}").status_code == 404
    with product.sessions() as session:
        act = session.scalars(select(UndoableAct.public_id).order_by(UndoableAct.id.desc()).limit(1)).one()
    operator.post(f"/acts/{act}/undo", page=f"/suppliers/{keys[0]}")
    assert [operator.get(f"/suppliers/{key}").status_code for key in keys] == [200, 200, 200]


def test_firms_of_different_inn_never_become_one_and_are_told_apart(
    operator: Browser, product: Application
) -> None:
    keys = _spellings(product, 779, "7707083893", None, None)
    with product.sessions.begin() as session:
        suppliers.by_key(session, keys[1]).organisation.inn = "5902202276"
    address = f"{SEVERAL}?" + "&".join(f"firm={key}" for key in keys)
    form = dict(re.findall(r'name="(revision-[^"]+)" value="(\d+)"', text(operator.get(address))))
    form |= {"shown": keys, "firm": keys, "keep": keys[0], "verdict": "merge"}
    refused = operator.post(SEVERAL, form, page=address)
    assert refused.status_code == 422
    assert "5902202276, 7707083893" in text(refused)
    assert [operator.get(f"/suppliers/{key}").status_code for key in keys] == [200, 200, 200]
    apart = operator.post(SEVERAL, {**form, "verdict": "distinct"}, page=address)
    assert apart.headers["Location"] == "/work/duplicates/"
    TwinFinder().renew(product.sessions)
    assert not any(key in text(operator.get("/work/duplicates/")) for key in keys)


def test_a_firm_that_another_centre_knows_is_shown_by_what_everybody_reads(
    operator: Browser, product: Application
) -> None:
    def record(key: str, name: str, email: str) -> SupplierRecord:
        data = {"id": key, "name": {"ru": name}, "city": "Пермь", "contacts": {"email": email}}
        return parse(SupplierRecord, data)

    own = [
        record("t-own", "Трубокрут-Лабиринт", "a@t.example"),
        record("t-mail", "Пламя Севера", "same@t.example"),
    ]
    theirs = [
        record("t-open", "ООО Трубокрут Лабиринт", "b@t.example"),
        record("t-draft", "АО «Трубокрут-Лабиринт»", "c@t.example"),
        record("t-else", "Зерноград Упаковка", "same@t.example"),
    ]
    with product.sessions.begin() as session:
        other = Centre(code="elsewhere-twins", name_ru="Соседний центр", contacts={})
        session.add(other)
        home = needs.centre_of(session, product.settings.centre)
        for centre, records in ((home, own), (other, theirs)):
            suppliers.save_many(session, records, product.recogniser, RecordOrigin(centre, "file", "tester"))
        suppliers.by_external_id(session, other, "t-draft").state = ProfileState.DRAFT
        mine, open_one, draft, stranger = (
            suppliers.by_external_id(session, centre, key).public_id
            for centre, key in ((home, "t-own"), (other, "t-open"), (other, "t-draft"), (other, "t-else"))
        )
    TwinFinder().renew(product.sessions)
    page = text(operator.get("/work/duplicates/"))
    shown = page.partition('id="between"')[2]
    assert [key in shown for key in (mine, open_one, draft, stranger)] == [True, True, False, False]
    assert "Соседний центр" in shown
    assert operator.get(f"/work/duplicates/{mine}/{open_one}").status_code == 403
    said = operator.post(
        f"/work/duplicates/{mine}/{open_one}", {"verdict": "distinct"}, page="/work/duplicates/"
    )
    assert said.headers["Location"] == "/work/duplicates/"
    with product.sessions.begin() as session:
        suppliers.by_key(session, mine).organisation.changed_at = now()
    TwinFinder().renew(product.sessions)
    assert open_one not in text(operator.get("/work/duplicates/"))


def test_likely_twins_are_paged(
    operator: Browser, product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matchmaker.web.views.work import duplicates

    monkeypatch.setattr(duplicates, "SHOWN", 1)
    for number in (780, 781):
        _spellings(product, number)
    pages = [text(operator.get(f"/work/duplicates/?page={page}")) for page in (1, 2)]
    links = [set(re.findall(r'href="(/work/duplicates/(?:several\?|\w+/)[^"]+)"', page)) for page in pages]
    assert [len(found) for found in links] == [1, 1], "three spellings of one firm are one question"
    assert links[0] != links[1]
    assert 'rel="next"' in pages[0]
    assert 'rel="prev"' in pages[1]
    beyond = text(operator.get("/work/duplicates/?page=900"))
    assert 'rel="next"' not in beyond
    assert 'href="/work/duplicates/"' in beyond


def test_only_an_operator_sees_and_merges_twins(buyer: Browser, supplier: Browser, browser: Browser) -> None:
    for who in (buyer, supplier):
        assert who.get("/work/duplicates/").status_code == 403
        assert who.post("/work/duplicates/a/b", {"verdict": "distinct"}, page="/account").status_code == 403
    assert browser.get("/work/duplicates/").status_code == 302


def test_work_that_was_given_up_is_told_and_tried_again(
    centre: Browser, own_product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_product, "pulses", ())
    with own_product.sessions.begin() as session:
        values = letters.example("profile_published")
        mail = letters.post(session, "profile_published", "gone@example.org", "en", values)
        mail.state, mail.attempts = MailState.DEAD, 8
    page = text(centre.get("/work/"))
    assert "E-mails that could not be sent and are not tried any more: 1." in page
    assert "matchmaker worker" in page
    centre.client.set_cookie("language", "ru")
    assert "Письма, которые не удалось отправить" in text(centre.get("/work/"))
    centre.client.set_cookie("language", "en")
    done = centre.client.post(
        "/work/retry",
        data={"csrf_token": centre.token("/work/")},
        headers=centre.headers,
        follow_redirects=True,
    )
    assert "1 piece of work is tried again." in text(done)
    assert "are not tried any more" not in text(done)
    with own_product.sessions() as session:
        assert session.get_one(Mail, mail.id).attempts == 0
    with Worker(own_product).running():
        assert "The work in the background needs you" not in text(centre.get("/work/"))


def test_a_need_is_found_by_its_number(buyer: Browser, operator: Browser) -> None:
    submitted(buyer)
    page = text(operator.get("/needs/?layout=dense"))
    number = re.findall(r">\s*(\d{4}-\d{4})\s*<", page)[0]
    key = re.findall(r'href="(/needs/[0-9a-f]{16})"', page)[0]
    for said in (number, f"№ {number.replace('-', ' ')}"):
        for path in ("/work/find", "/needs/"):
            assert f'href="{key}"' in text(operator.get(f"{path}?{urlencode({'q': said})}"))
    assert f"No. {number}" in text(operator.get(key))
