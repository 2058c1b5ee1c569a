"""The year of a participant: asked by letter, told with or without an account, written down by the centre, locked; lists and programs."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select

from matchmaker.models import AuditEntry, Mail, PeriodLock, Profile, YearAnswer
from matchmaker.services.core.periods import Period
from matchmaker.services.schedule import profiles_due
from matchmaker.services.schedule.due_day import DueDay
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser, text
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, small_centre

YEAR = TODAY.year - 1
TOLD = {
    "staff": "41",
    "revenue_band": "to-120",
    "export_percent": "5 %",
    "new_products": "3",
    "new_jobs": "",
    "invested": "1 500 000,50",
    "revision": "0",
}


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A centre of its own whose shop was there last year."""
    with small_centre(tmp_path_factory.mktemp("years")) as made:
        with made.application.sessions.begin() as session:
            for profile in session.scalars(select(Profile)):
                profile.published_at = datetime(YEAR, 6, 1, tzinfo=UTC)
        yield made


@pytest.fixture(scope="module")
def product(centre: Centre) -> Application:
    return centre.application


@pytest.fixture(scope="module")
def operator(centre: Centre) -> Browser:
    return enter(centre, OPERATOR)


@pytest.fixture(scope="module")
def shop(centre: Centre) -> Browser:
    return enter(centre, EDITOR)


@pytest.fixture(autouse=True)
def _nothing_told(product: Application) -> Iterator[None]:
    yield
    with product.sessions.begin() as session:
        session.execute(delete(YearAnswer))
        session.execute(delete(PeriodLock))


def answers(product: Application) -> list[YearAnswer]:
    with product.sessions() as session:
        return list(session.scalars(select(YearAnswer)))


def asked_on(product: Application, day: date) -> list[Mail]:
    """The letters about the year that a day posts."""
    due = DueDay(day, lambda _session, _key: [], lambda code, _language: code, product.taxonomy.given_reasons)
    with product.sessions.begin() as session:
        before = set(session.scalars(select(Mail.id)))
        list(profiles_due.ask_about_the_year(session, due))
    with product.sessions() as session:
        return [mail for mail in session.scalars(select(Mail).order_by(Mail.id)) if mail.id not in before]


def link(mail: Mail) -> str:
    found = re.search(r"/answers/year/[\w.~-]+", mail.text)
    assert found is not None
    return found[0]


def test_a_letter_is_answered_without_an_account_and_its_answer_can_be_changed(
    product: Application, centre: Centre
) -> None:
    assert asked_on(product, date(YEAR + 1, 1, 31)) == []
    (mail,) = asked_on(product, date(YEAR + 1, 2, 1))
    assert str(YEAR) in mail.subject
    assert asked_on(product, date(YEAR + 1, 2, 20)) == []  # once in a month
    stranger = centre.another()
    address = link(mail)
    page = stranger.get(address)
    assert page.status_code == 200
    assert 'name="staff"' in page.get_data(as_text=True)
    assert answers(product) == []  # a look records nothing
    assert stranger.post(address, TOLD, page=address).status_code == 200
    (told,) = answers(product)
    said = (told.staff, told.revenue_band, told.export_percent, told.new_products, told.new_jobs)
    assert (told.year, *said, told.invested_minor) == (YEAR, 41, "to-120", 5, 3, None, 150_000_050)
    assert 'value="1500000.50"' in stranger.get(address).get_data(as_text=True)
    changed = {**TOLD, "staff": "44", "revision": str(told.revision)}
    assert stranger.post(address, changed, page=address).status_code == 200
    assert [one.staff for one in answers(product)] == [44]
    stale = stranger.post(address, {**TOLD, "staff": "8173"}, page=address)
    assert stale.status_code == 409
    assert "8173" in text(stale)
    assert [one.staff for one in answers(product)] == [44]
    assert asked_on(product, date(YEAR + 1, 3, 1)) == []  # who has told is asked no more


def test_who_is_silent_is_asked_again_in_march_and_april_and_then_no_more(product: Application) -> None:
    days = [date(YEAR + 1, month, 2) for month in (3, 4, 5)]
    assert [len(asked_on(product, day)) for day in days] == [1, 1, 0]


def test_a_wrong_answer_names_its_fields_and_keeps_what_was_typed(
    product: Application, shop: Browser
) -> None:
    wrong = {"staff": "много", "export_percent": "120", "invested": "1,000.50"}
    answer = shop.post("/shop/year/", wrong, page="/shop/year/")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert all(f'id="p-{name}"' in shown for name in wrong)
    assert all(f'value="{value}"' in shown for value in wrong.values())
    empty = shop.post("/shop/year/", {}, page="/shop/year/")
    assert empty.status_code == 422
    assert answers(product) == []


def test_a_shop_finds_its_people_filled_in_and_tells_once(product: Application, shop: Browser) -> None:
    with product.sessions.begin() as session:
        profile = session.scalars(select(Profile).order_by(Profile.id)).first()
        assert profile is not None
        profile.employees = 37
    assert 'value="37"' in shop.get("/shop/year/").get_data(as_text=True)
    assert shop.post("/shop/year/", TOLD, page="/shop/year/").status_code == 302
    (told,) = answers(product)
    assert shop.post("/shop/year/", TOLD, page="/shop/year/").status_code == 302  # the same again
    assert [one.revision for one in answers(product)] == [told.revision]
    with product.sessions() as session:
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "year.told")).all()) >= 1


def test_the_centre_sees_who_is_silent_writes_down_a_call_and_takes_the_list_along(
    product: Application, operator: Browser
) -> None:
    with product.sessions() as session:
        key = session.scalars(select(Profile.public_id).order_by(Profile.id)).first()
    listed = operator.get(f"/work/years/?year={YEAR}&silent=yes")
    assert f"/work/years/{key}" in listed.get_data(as_text=True)
    address = f"/work/years/{key}?year={YEAR}"
    assert operator.post(address, TOLD, page=address).status_code == 302
    assert f"/work/years/{key}" not in operator.get("/work/years/?silent=yes").get_data(as_text=True)
    taken = operator.get("/work/years/list.csv")
    assert taken.status_code == 200
    assert "41" in taken.get_data(as_text=True)
    wrong = operator.get(f"/work/years/?year={TODAY.year}")
    assert wrong.status_code == 400


def test_an_operator_asks_the_silent_once_a_day(product: Application, operator: Browser) -> None:
    with product.sessions() as session:
        before = len(session.scalars(select(Mail)).all())
    for _ in range(2):
        operator.post(f"/work/years/ask?year={YEAR}", {}, page=f"/work/years/?year={YEAR}")
    with product.sessions() as session:
        assert len(session.scalars(select(Mail)).all()) == before + 1


def test_a_locked_year_stays_as_it_was_told(product: Application, shop: Browser, operator: Browser) -> None:
    shop.post("/shop/year/", TOLD, page="/shop/year/")
    operator.post(f"/work/figures/lock?period={YEAR}", {}, page=f"/work/figures/?period={YEAR}")
    shown = shop.get("/shop/year/").get_data(as_text=True)
    assert 'name="staff"' not in shown
    (told,) = answers(product)
    late = shop.post("/shop/year/", {**TOLD, "staff": "90", "revision": str(told.revision)}, page="/shop/")
    assert late.status_code == 409
    assert [one.staff for one in answers(product)] == [41]
    assert asked_on(product, date(YEAR + 1, 4, 3)) == []
    report = operator.get(f"/work/figures/year-staff?period={Period.parse(str(YEAR))}")
    assert "41" in text(report)
