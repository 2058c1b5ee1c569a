"""Resilience: what one supplier alone is able to do, what a certificate and a machine hold up, and who would take over."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.models import CertificateRow, Need, Organisation, Profile
from matchmaker.services.chains import need_covers
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.people import accounts, api_keys
from matchmaker.services.profiles import suppliers
from tests.support.browser import Browser, text
from tests.support.records import supplier
from tests.support.small_centre import OPERATOR, Centre, enter, small_centre

PAGE = "/work/resilience/"


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """A shop with the only lathe and the only ISO 9001, another one that turns too; needs for either, for the shop alone, by its certificate."""
    with (
        time_machine.travel(datetime(2026, 11, 23, 12, tzinfo=UTC), tick=False),
        small_centre(tmp_path_factory.mktemp("resting")) as made,
    ):
        app = made.application
        with app.sessions.begin() as session:
            home = needs.centre_of(session, "centre")
            other = {
                "id": "s-18",
                "name": {"ru": "ООО «Второй»", "en": "Second LLC"},
                "inn": "7736050003",
                "capabilities": [
                    {
                        "process": "токарная обработка",
                        "envelope_mm": [200, 80, 80],
                        "diameter_mm": 80,
                        "length_mm": 200,
                    }
                ],
                "equipment": [],
                "certificates": [],
            }
            suppliers.save_many(
                session, [supplier(**other)], app.recogniser, RecordOrigin(home, "file", "tester")
            )
            plant = session.scalars(select(Organisation).where(Organisation.is_contractor)).one()
            turned = {"kind": "need", "text": "Точить втулки", "processes": ["токарная обработка"]}
            for key, more in (
                ("either", {"envelope_mm": [100, 50, 50]}),
                ("long", {"envelope_mm": [600, 50, 50]}),
                ("papers", {"envelope_mm": [90, 50, 50], "certification": [{"standard": "ISO 9001"}]}),
            ):
                posting = NeedPosting(plant, state=NeedState.PUBLISHED)
                record = parse(NeedRecord, {**turned, "id": key, "title": f"Втулки {key}", **more})
                one = needs.post(session, record, centre=home, by="test", posting=posting)
                one.published_at = datetime(2026, 11, 20, tzinfo=UTC)
        app.index.catch_up()
        need_covers.renew(app.sessions, app.matching(), lambda: False)
        yield made


@pytest.fixture
def operator(centre: Centre) -> Browser:
    return enter(centre, OPERATOR)


def keys(centre: Centre) -> tuple[str, str, str]:
    """The shop, the other one, and the shop's certificate."""
    with centre.application.sessions() as session:
        firms = select(Organisation.inn, Profile.public_id).join(Profile.organisation)
        found = {inn: key for inn, key in session.execute(firms)}  # noqa: C416 - rows are no pairs to mypy
        paper = session.scalars(select(CertificateRow.public_id)).one()
    return found["7707083893"], found["7736050003"], paper


def test_work_a_certificate_and_a_machine_that_rest_on_one_are_told_with_who_would_step_in(
    centre: Centre, operator: Browser
) -> None:
    shop, _, paper = keys(centre)
    shown = text(operator.get(PAGE))
    works = shown.partition("Work that rests on one firm")[2].partition("<section")[0]
    assert "Turning" in works
    assert "Primer LLC" in works
    assert "Second LLC" in works  # one condition keeps it out
    assert f"/work/resilience/{shop}?certificate={paper}" in shown
    machines = shown.partition("Only machines of their type")[2]
    assert "DMG CTX 450" not in machines  # there are two of them


def test_a_firm_that_stops_leaves_needs_to_others_or_to_nobody(centre: Centre, operator: Browser) -> None:
    shop, other, _ = keys(centre)
    shown = text(operator.get(f"{PAGE}{shop}"))
    rows = {
        name: shown.partition(f"Втулки {name}")[2].partition("</tr>")[0]
        for name in ("either", "long", "papers")
    }
    assert "Second LLC" in rows["either"]
    assert "the only one that is able" in rows["long"]
    assert "nobody" in rows["long"]
    assert "Втулки long" not in text(operator.get(f"{PAGE}{other}"))


def test_a_certificate_that_ends_takes_the_needs_that_demand_it_alone(
    centre: Centre, operator: Browser
) -> None:
    shop, _, paper = keys(centre)
    with centre.application.sessions.begin() as session:
        user = accounts.by_email(session, OPERATOR)
        key = api_keys.make(session, user, "test", write=False, days=30, special=["export"])
    head = {"Authorization": f"Bearer {key}"}
    client = centre.another().client
    said = client.get(f"/api/v1/suppliers/{shop}/resilience?certificate={paper}", headers=head).json
    with centre.application.sessions() as session:
        one = session.scalars(select(Need.public_id).where(Need.external_id == "papers")).one()
    assert [(lost["need"], lost["place"], lost["takers"]) for lost in said["needs"]] == [(one, "only", [])]
    machine = client.get(f"/api/v1/suppliers/{shop}/resilience?machine=0", headers=head)
    assert machine.status_code == 200
    assert client.get(f"/api/v1/suppliers/{shop}/resilience?machine=9", headers=head).status_code == 404
    assert client.get(f"/api/v1/suppliers/{shop}/resilience?certificate=x", headers=head).status_code == 404
    whole = client.get("/api/v1/resilience", headers=head).json
    assert [one["certificate"] for one in whole["certificates"]] == [paper]


def test_the_list_is_taken_along(operator: Browser) -> None:
    taken = operator.get("/work/resilience.csv").get_data().decode("utf-8-sig")
    assert "one firm" in taken
    assert "one certificate" in taken
    assert operator.get("/work/resilience.exe").status_code == 404
