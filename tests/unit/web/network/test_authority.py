"""The authority that funds a centre reads its figures: no rows, no names, nothing that few firms make, and nothing else."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from matchmaker.models import AuditEntry
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, api_keys
from tests.support.browser import text
from tests.support.small_centre import OPERATOR, Centre, enter, key_of, make, small_centre

AUTHORITY = "fund@example.org"
PAGE = "/authority/centre/"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        make(made, AUTHORITY, "authority")
        yield made


def test_the_authority_reads_figures_without_rows_and_changes_nothing(centre: Centre) -> None:
    reader = enter(centre, AUTHORITY)
    assert "/authority/" in reader.get("/").get_data(as_text=True)
    assert reader.get("/authority/").location == PAGE
    shown = text(reader.get(f"{PAGE}?period=2026-Q4"))
    # One firm and one need: what they make is left out, and said to be.
    assert "fewer than 3 firms" in shown
    assert "/work/" not in shown.partition("<main")[2]
    for address in ("/work/", "/work/figures/", "/people/", "/network/", "/work/suppliers/"):
        assert reader.get(address).status_code == 403, address
    assert reader.post("/work/figures/lock?period=2025", page=PAGE).status_code == 403
    assert reader.get("/authority/south/").status_code == 403
    assert reader.get(f"{PAGE}?period=x").status_code == 400
    assert reader.get(f"{PAGE}?rows=all").status_code == 400


def test_a_locked_period_names_to_both_what_is_left_out(centre: Centre) -> None:
    with time_machine.travel(datetime(2027, 1, 5, 12, tzinfo=UTC)):
        operator, page = enter(centre, OPERATOR), "/work/figures/?period=2026-Q4"
        assert operator.post("/work/figures/lock?period=2026-Q4", page=page).status_code == 302
        assert "left out, since fewer than 3 firms make" in text(operator.get(page))
        shown = text(enter(centre, AUTHORITY).get(f"{PAGE}?period=2026-Q4"))
    assert "SHA-256" in shown
    assert "left out, since fewer than 3 firms make" in shown


def test_every_file_tells_what_the_page_tells_and_is_recorded(centre: Centre) -> None:
    reader = enter(centre, AUTHORITY)
    told = json.loads(reader.get(f"{PAGE}report.json?period=2026-Q4").get_data())["figures"]
    taken = reader.get(f"{PAGE}report.xlsx?period=2026-Q4").get_data()
    book = CalamineWorkbook.from_filelike(io.BytesIO(taken))
    assert book.sheet_names == ["Figures"]
    assert len(book.get_sheet_by_name("Figures").to_python()) == 4 + len(told)
    assert reader.get(f"{PAGE}report.pdf?period=2026-Q4").get_data().startswith(b"%PDF")
    assert reader.get(f"{PAGE}report.exe?period=2026-Q4").status_code == 404
    operator = enter(centre, OPERATOR).get(f"{PAGE}report.json?period=2026-Q4")
    assert [one["code"] for one in json.loads(operator.get_data())["figures"]] == [
        one["code"] for one in told
    ]
    with centre.application.sessions() as session:
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "period.exported")).all()
    assert len(acts) == 4


def test_a_program_of_the_authority_reads_the_same(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        secret = api_keys.make(
            session, accounts.by_email(session, AUTHORITY), "test", write=False, days=30, special=["export"]
        )
    key = {"Authorization": f"Bearer {secret}"}
    client = centre.another().client
    answer = client.get("/api/v1/centres/centre/figures?period=2026-Q4", headers=key)
    assert answer.status_code == 200
    assert {"figures", "left_out", "period"} <= set(answer.json)
    assert not {one["code"] for one in answer.json["figures"]} & set(answer.json["left_out"])
    assert client.get("/api/v1/figures?period=2026-Q4", headers=key).status_code == 403


def test_the_authority_of_several_centres_chooses_one(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        user = accounts.by_email(session, AUTHORITY)
        accounts.grant(session, user, "authority", by="test", centre=needs.centre_of(session, "south"))
    reader = enter(centre, AUTHORITY)
    listed = text(reader.get("/authority/"))
    assert all(f'href="/authority/{code}/"' in listed for code in ("centre", "south"))
    assert "Back to the centres" in text(reader.get("/authority/south/"))


def test_who_runs_the_centre_gives_the_role_and_an_operator_does_not(centre: Centre) -> None:
    make(centre, "boss@example.org", "centre_administrator")
    make(centre, "new@example.org", "operator")
    where = f"/people/{key_of(centre, 'new@example.org')}/roles"
    assert enter(centre, OPERATOR).post(where, {"role": "authority"}).status_code == 403
    boss = enter(centre, "boss@example.org")
    assert boss.post(where, {"role": "authority"}).status_code == 302
    assert "authority: reads the figures of the centre" in text(boss.get("/people/"))
    assert enter(centre, "new@example.org").get(PAGE).status_code == 200
