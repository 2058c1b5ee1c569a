"""The report of an incident: who did what, when, in one command; and a person taken along or erased by another one."""

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import cli
from matchmaker.models import User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.people import accounts
from matchmaker.settings import Settings
from matchmaker.wiring import Application


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


def days() -> tuple[str, str, str, str]:
    today = now().astimezone(ZoneInfo(Settings().time_zone))
    return "--from", f"{today - timedelta(days=1):%Y-%m-%d}", "--to", f"{today + timedelta(days=1):%Y-%m-%d}"


@pytest.fixture(autouse=True)
def people() -> None:
    app = Application(Settings())
    with app.sessions.begin() as session:
        anna, boris = (_person(session, name) for name in ("Anna", "Boris"))
        journal.note(session, anna.public_id, "user.data", boris)
        journal.note(session, boris.public_id, "user.renamed", boris)
    app.close()


def _person(session, name: str) -> User:  # type: ignore[no-untyped-def]
    made = accounts.AccountDetails(f"{name.lower()}@example.org", f"{name} Canary", confirmed=True)
    return accounts.create_user(session, made, by="test")


def test_the_report_tells_who_what_and_when() -> None:
    told = run("journal", "report", *days())
    assert told.exit_code == 0, told.output
    first, *rest = told.output.splitlines()
    assert first == "4 acts of 3 people and parts of the site"
    assert "       1 user.data (saw)" in rest
    (looked,) = (line for line in rest if "saw user.data" in line)
    assert looked.startswith(f"{now().astimezone(ZoneInfo(Settings().time_zone)):%Y-%m-%d}")
    assert "Anna Canary" in looked
    assert "Boris Canary" in looked


def test_the_report_is_of_one_person_and_of_a_span() -> None:
    told = json.loads(run("journal", "report", *days(), "--person", "anna@example.org", "--json").output)
    assert told["acts"] == {"user.created": 1, "user.data": 1}
    saw = told["entries"][-1]
    assert (saw["kind"], saw["who"]["name"], saw["what"]["name"]) == ("saw", "Anna Canary", "Boris Canary")
    old = run("journal", "report", "--from", "2020-01-01", "--to", "2020-02-01")
    assert old.output.splitlines() == ["0 acts of 0 people and parts of the site"]


@pytest.mark.parametrize(
    "words",
    [("--from", "yesterday", "--to", "2020-02-01"), (*days(), "--person", "nobody@example.org")],
)
def test_a_wrong_day_or_person_is_one_line(words: tuple[str, ...]) -> None:
    told = run("journal", "report", *words)
    assert told.exit_code != 0
    assert "Traceback" not in told.output


def test_a_person_is_taken_along_and_erased_by_one_command() -> None:
    told = json.loads(run("user", "data", "boris@example.org").output)
    assert told["account"]["name"] == "Boris Canary"
    assert run("user", "erase", "boris@example.org", "--yes").exit_code == 0
    assert "Boris Canary" not in run("user", "list").output
    assert "Boris Canary" not in run("journal", "report", *days()).output
