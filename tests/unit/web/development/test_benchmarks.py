"""A shop among similar ones, for itself, for its centre and for its program."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from matchmaker.domain.lifecycle import MatchState, ProfileState
from matchmaker.models import Decision, Need, Organisation, Profile
from matchmaker.models.base import now
from matchmaker.services.core import undoing
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.development import benchmarks
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from tests.support.browser import Browser, text
from tests.support.records import SUPPLIER, supplier
from tests.support.small_centre import EDITOR, OPERATOR, Centre, enter, small_centre

OTHERS = 12
TURNING = SUPPLIER["capabilities"][0]


def add_shops(centre: Centre) -> None:
    """Twelve turning shops of 40 people with lead times of 10 to 21 days; the first five never told an accuracy, six answered an
    invitation in 1 to 6 days. One more is micro, one more mills.
    """
    works = [
        {**TURNING, "lead_time_days": 10 + place, "tolerance_it": 9 if place >= 5 else None}
        for place in range(OTHERS)
    ]
    records = [
        supplier(
            id=f"other-{place}",
            name={"ru": f"Чужой завод {place}"},
            inn=None,
            capabilities=[work],
            employees=40,
        )
        for place, work in enumerate(works)
    ]
    records.append(
        supplier(id="micro", name={"ru": "Малютка"}, inn=None, capabilities=[TURNING], employees=5)
    )
    milling = {**TURNING, "process": "фрезерная обработка", "lead_time_days": 900}
    records.append(supplier(id="mill", name={"ru": "Фреза"}, inn=None, capabilities=[milling], employees=40))
    with centre.application.sessions.begin() as session:
        home = needs.centre_of(session, "centre")
        recogniser = centre.application.recogniser
        suppliers.save_many(session, records, recogniser, RecordOrigin(home, "file", "tester"))
        need = session.scalars(select(Need)).one()
        invited = now() - timedelta(days=30)
        for days in range(1, 7):
            profile = suppliers.by_external_id(session, home, f"other-{days}")
            for kind, at in (
                (MatchState.INVITED, invited),
                (MatchState.DECLINED, invited + timedelta(days=days)),
                (MatchState.INTERESTED, invited + timedelta(days=days + 1)),
            ):
                session.add(Decision(need_id=need.id, profile_id=profile.id, kind=kind, at=at))
    centre.application.index.catch_up()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with small_centre(tmp_path_factory.mktemp("similar")) as made:
        add_shops(made)
        yield made


@pytest.fixture
def shop(centre: Centre) -> Browser:
    return enter(centre, EDITOR)


def own_key(centre: Centre) -> str:
    with centre.application.sessions() as session:
        query = (
            select(Profile.public_id).join(Profile.organisation).where(Organisation.inn == SUPPLIER["inn"])
        )
        return session.scalars(query).one()


def test_a_shop_is_compared_with_shops_of_its_work_and_size(shop: Browser) -> None:
    told = shop.get("/api/v1/shop/benchmark").json
    assert (told["firms"], told["work"], told["size"]) == (OTHERS, ["turning"], "small")
    lines = {one["measure"]: one for one in told["lines"]}
    assert set(lines) == {one.code for one in benchmarks.MEASURES}
    lead = lines["lead-time"]
    assert (lead["own"], lead["middle"], lead["low"], lead["high"]) == (21, 15.5, 12.8, 18.2)
    assert (lead["place"], lead["firms"]) == ("behind", OTHERS)
    accuracy = lines["accuracy"]
    assert (accuracy["own"], accuracy["middle"], accuracy["place"]) == (7, 9, "ahead")
    assert accuracy["firms"] == OTHERS - 5
    assert "low" not in accuracy
    reply = lines["reply"]
    assert (reply["firms"], reply["middle"], reply["place"]) == (6, 3.5, "unsaid")
    assert lines["on-time"]["place"] == "few"
    assert "middle" not in lines["on-time"]
    assert lines["smallest-lot"]["place"] == "level"


def test_the_page_tells_each_measure_and_the_act_that_moves_it(shop: Browser) -> None:
    page = shop.get("/shop/benchmark").get_data(as_text=True)
    assert "Compared with 12 shops of the network" in text(shop.get("/shop/benchmark"))
    links = re.findall(r'data-label="What would move it">\s*<a href="([^"]+)"', page)
    assert "/shop/profile/capabilities/1" in links  # the work that states no lead time
    assert all(shop.get(address).status_code == 200 for address in links)
    assert 'href="/shop/benchmark"' in shop.get("/shop/").get_data(as_text=True)


def test_no_other_firm_is_named(shop: Browser, centre: Centre) -> None:
    pages = [shop.get(path).get_data(as_text=True) for path in ("/shop/benchmark", "/api/v1/shop/benchmark")]
    own = own_key(centre)
    with centre.application.sessions() as session:
        others = [one for one in suppliers.every(session) if one.public_id != own]
        assert len(others) == OTHERS + 2
        for one in others:
            assert all(one.public_id not in page for page in pages)
            assert all(str(one.organisation.name_ru) not in page for page in pages)


def test_the_centre_reads_it_from_the_card_of_the_firm_with_acts_of_its_own(
    centre: Centre, shop: Browser
) -> None:
    operator, key = enter(centre, OPERATOR), own_key(centre)
    with centre.application.sessions() as session:
        firm = suppliers.by_key(session, key).organisation.public_id
    address = f"/work/benchmark/{key}"
    assert f'href="{address}"' in operator.get(f"/work/companies/{firm}").get_data(as_text=True)
    page = operator.get(address).get_data(as_text=True)
    links = re.findall(r'data-label="What would move it">\s*<a href="([^"]+)"', page)
    assert f"/work/companies/{firm}" in links
    assert all(operator.get(link).status_code == 200 for link in links)
    assert shop.get(address).status_code == 403


def test_it_is_told_in_russian(centre: Centre) -> None:
    russian = enter(centre, EDITOR)
    russian.post("/language", {"language": "ru"}, page="/")
    page = text(russian.get("/shop/benchmark"))
    assert "Наше предприятие среди похожих" in page
    assert "Середина похожих" in page
    assert "15,5" in page


@pytest.fixture
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A centre with a single shop."""
    with small_centre(tmp_path_factory.mktemp("alone")) as made:
        yield made


def test_where_there_are_few_nothing_is_told_of_them(alone: Centre) -> None:
    shop = enter(alone, EDITOR)
    page = text(shop.get("/shop/benchmark"))
    assert "fewer than 5 shops" in page
    told = shop.get("/api/v1/shop/benchmark").json
    assert told["firms"] == 0
    assert all("middle" not in one and one["firms"] == 0 for one in told["lines"])


def test_a_profile_that_is_not_published_is_not_compared(alone: Centre) -> None:
    with alone.application.sessions.begin() as session:
        profile = session.scalars(select(Profile)).one()
        suppliers.move(session, profile, ProfileState.DRAFT, by="test")
    shop = enter(alone, EDITOR)
    assert "Only a published profile is compared" in text(shop.get("/shop/benchmark"))
    assert shop.get("/api/v1/shop/benchmark").json == {"firms": 0, "work": [], "lines": []}


def test_a_contract_that_can_be_taken_back_tells_its_shop_nothing(centre: Centre, shop: Browser) -> None:
    def reply() -> dict[str, object]:
        lines: list[dict[str, object]] = shop.get("/api/v1/shop/benchmark").json["lines"]
        return next(one for one in lines if one["measure"] == "reply")

    before, key = reply(), own_key(centre)
    with centre.application.sessions.begin() as session:
        need, profile = session.scalars(select(Need)).one(), suppliers.by_key(session, key)
        said = ((MatchState.INVITED, now() - timedelta(days=2)), (MatchState.CONTRACTED, now()))
        session.add_all(
            Decision(need_id=need.id, profile_id=profile.id, kind=kind, at=at) for kind, at in said
        )
    assert reply() == before
    with centre.application.sessions.begin() as session:
        ours = Decision.profile_id == suppliers.by_key(session, key).id
        session.execute(
            update(Decision)
            .where(ours, Decision.kind == MatchState.CONTRACTED)
            .values(at=now() - undoing.UNDO)
        )
    assert reply()["own"] == pytest.approx(2, abs=0.1)
