"""Missing capacity on its pages: judged by the matcher in the background, opened by operators, told to outsiders without small cells."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.models import Need, NeedCover, Organisation
from matchmaker.services.chains import need_covers
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.people import accounts, api_keys
from tests.support.browser import Browser, text
from tests.support.small_centre import OPERATOR, Centre, enter, make, small_centre

AUTHORITY = "fund@example.org"
PAGE = "/work/missing-capacity/?period=2026"
MAP = "/work/missing-capacity/needs?period=2026"


def post(centre: Centre, number: int, **given: object) -> None:
    """A published need of a plant of its own."""
    with centre.application.sessions.begin() as session:
        home = needs.centre_of(session, "centre")
        plant = Organisation(centre_id=home.id, name_ru=f"Завод {number}", is_contractor=True)
        session.add(plant)
        session.flush()
        said = {"kind": "need", "id": f"m-{number}", "title": f"Вал {number}", "text": "Точить вал", **given}
        posting = NeedPosting(plant, state=NeedState.PUBLISHED)
        made = needs.post(session, parse(NeedRecord, said), centre=home, by="test", posting=posting)
        made.published_at = datetime(2026, 11, 20, tzinfo=UTC)


def judge(centre: Centre, most: int = 1_000) -> int:
    parts = centre.application.matching()
    return need_covers.renew(centre.application.sessions, parts, lambda: False, most)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A shop that turns to IT7; needs of three plants for IT4, wished and not demanded, of two with an operation that nobody does, one it can do."""
    with (
        time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False),
        small_centre(tmp_path_factory.mktemp("missing")) as made,
    ):
        make(made, AUTHORITY, "authority")
        made.application.index.catch_up()
        long = {"processes": ["токарная обработка"], "tolerance_it": 4, "envelope_mm": [300, 60, 60]}
        for number in range(3):
            post(made, number, **long)
        post(made, 3, processes=["токарная обработка", "азотирование"], tolerance_it=8)
        post(made, 4, processes=["токарная обработка"], tolerance_it=8)
        post(made, 5, text="Нужно кое-что особенное", title="Особенное")
        assert judge(made, 2) == 2  # the others come with the next run
        assert judge(made) == 5
        yield made


@pytest.fixture
def operator(centre: Centre) -> Browser:
    return enter(centre, OPERATOR)


def test_a_need_is_judged_once_a_revision_and_day(centre: Centre) -> None:
    assert judge(centre) == 0
    with centre.application.sessions.begin() as session:
        one = session.scalars(select(Need).where(Need.external_id == "m-4")).one()
        one.quantity = 3
    assert judge(centre) == 1
    with centre.application.sessions() as session:
        rows = session.scalars(select(NeedCover).where(NeedCover.need_id == one.id)).all()
    assert [(row.able, len(row.best), row.near) for row in rows] == [(1, 1, [])]


def test_the_map_counts_operations_that_nobody_is_able_to_do(centre: Centre, operator: Browser) -> None:
    shown = text(operator.get(PAGE))
    assert "for 5 of them somebody is missing" in shown
    assert "of 1 the kind of work was not understood" in shown
    table = shown.partition("By work, size, accuracy and region")[2]
    assert table.index("Turning") < table.index("Nitriding")  # three needs, then one
    assert "100 to 400 mm" in table
    assert "IT6 and finer" in table


def test_a_cell_opens_to_its_needs_with_who_is_near_and_what_would_bring_somebody(
    centre: Centre, operator: Browser
) -> None:
    shown = text(operator.get(f"{MAP}&process=turning&accuracy=0"))
    assert "Вал 2" in shown
    assert "Вал 3" not in shown
    assert "Nearly: Primer LLC — one condition" in shown
    assert "(+1)" in shown
    assert "/work/cards/new/" in shown
    nobody = text(operator.get(f"{MAP}&process=nitriding"))
    assert "Вал 3" in nobody
    assert "No supplier in the network does this work at all." in nobody
    assert operator.get(f"{MAP}&size=99").status_code == 404
    assert operator.get(f"{MAP}&colour=red").status_code == 400
    assert "No need of the period stands here." in text(operator.get(f"{MAP}&region=RU-MOW"))


def test_the_list_is_taken_along_and_read_by_programs(centre: Centre, operator: Browser) -> None:
    taken = operator.get("/work/missing-capacity.csv?period=2026").get_data().decode("utf-8-sig")
    assert len(taken.splitlines()) == 5
    assert operator.get("/work/missing-capacity.exe?period=2026").status_code == 404
    with centre.application.sessions.begin() as session:
        user = accounts.by_email(session, OPERATOR)
        key = api_keys.make(session, user, "test", write=False, days=30, special=["export"])
    head = {"Authorization": f"Bearer {key}"}
    said = centre.another().client.get("/api/v1/missing-capacity?period=2026", headers=head).json
    assert (said["needs"], said["missing"], said["unread"], said["waiting"]) == (7, 5, 1, 0)
    assert [one["needs"] for one in said["cells"]] == [3, 1, 1, 1]


def test_the_authority_reads_the_cell_of_three_plants_alone(centre: Centre) -> None:
    shown = text(enter(centre, AUTHORITY).get("/authority/centre/missing-capacity/?period=2026"))
    assert "Turning" in shown
    assert "Nitriding" not in shown
    assert "3 cells are left out, since fewer than 3 firms make them." in shown
    assert "Вал" not in shown.partition("<main")[2]
    assert enter(centre, AUTHORITY).get(PAGE).status_code == 403


def test_everybody_reads_it_of_a_published_period_alone(centre: Centre, operator: Browser) -> None:
    where = "/open-data/centre/2026-Q4/missing-capacity.json"
    assert centre.another().get(where).status_code == 404
    with time_machine.travel(datetime(2027, 1, 5, 12, tzinfo=UTC)):
        page = "/work/figures/?period=2026-Q4"
        boss = enter(centre, OPERATOR)
        boss.post("/work/figures/lock?period=2026-Q4", page=page)
        boss.post("/work/figures/publish?period=2026-Q4", {"published": "yes"}, page=page)
        told = json.loads(centre.another().get(where).get_data())
    assert [one["needs"] for one in told["cells"]] == [3]
    assert told["left_out"] == 3
    assert centre.another().get(where.replace(".json", ".exe")).status_code == 404


def test_an_empty_period_says_so(operator: Browser) -> None:
    assert "No need was published in this period." in text(
        operator.get("/work/missing-capacity/?period=2020")
    )
