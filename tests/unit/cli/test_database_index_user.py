import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text, update

from matchmaker.cli import cli
from matchmaker.models import Profile
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.support.records import supplier

PASSWORD = "a long password\n"


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(cli, words, input=given)


@pytest.fixture
def filled() -> Application:
    app = Application(Settings())
    with app.sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save(session, supplier(), app.recogniser, RecordOrigin(centre, "file", "tester"))
    app.index.catch_up()
    yield app  # type: ignore[misc]
    app.close()


@pytest.mark.parametrize(
    "words",
    [
        ("db", "status"),
        ("db", "check"),
        ("db", "upgrade"),
        ("index", "status"),
        ("index", "check"),
        ("user", "list"),
        ("journal", "check"),
    ],
)
def test_a_command_works_in_an_empty_folder(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 0, result.output


def test_going_back_asks_first() -> None:
    run("db", "upgrade")
    assert run("db", "downgrade", "base", given="n\n").exit_code != 0
    result = run("db", "downgrade", "base", given="y\n")
    assert "at version base" in result.output


def test_an_altered_journal_is_found(filled: Application) -> None:
    assert "The journal is whole" in run("journal", "check").output
    with filled.sessions.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET actor = 'nobody' WHERE id = 1"))
    result = run("journal", "check")
    assert result.exit_code == 1
    assert "broken at entry 1" in result.output


def test_a_drift_is_named(filled: Application) -> None:
    with filled.sessions.engine.begin() as connection:
        connection.execute(text("ALTER TABLE site ADD COLUMN surprise INTEGER"))
    result = run("db", "check")
    assert result.exit_code == 1
    assert "surprise" in result.output


def test_an_index_that_agrees_is_told_so(filled: Application) -> None:
    result = run("index", "check")
    assert (result.exit_code, result.output) == (0, "Database and index agree.\n")


def test_a_difference_is_named_with_both_revisions_and_repaired(filled: Application) -> None:
    with filled.sessions.begin() as session:
        session.execute(update(Profile).values(revision=9))
    result = run("index", "check")
    assert result.exit_code == 1
    assert "stale  Primer LLC (s-17)  (database 9, index 1)" in result.output
    assert run("index", "check", "--repair").exit_code == 0
    assert run("index", "check").exit_code == 0


def test_a_rebuild_tells_how_many(filled: Application) -> None:
    assert "1 suppliers indexed" in run("index", "rebuild").output
    assert "indexed    1 of 1 built" in run("index", "status").output


def test_a_person_is_added_listed_and_given_a_new_password() -> None:
    words = ("user", "add", "o@example.org", "--name", "O", "--role", "operator", "--password-stdin")
    assert run(*words, given=PASSWORD).exit_code == 0
    listed = run("user", "list").output
    assert "o@example.org" in listed
    assert "operator" in listed
    assert run("user", "password", "o@example.org", "--password-stdin", given=PASSWORD).exit_code == 0


def test_an_editor_needs_an_organisation(filled: Application) -> None:
    words = ("user", "add", "e@example.org", "--name", "E", "--role", "supplier_editor", "--password-stdin")
    assert run(*words, given=PASSWORD).exit_code == 2
    assert run(*words, "--supplier", "s-17", given=PASSWORD).exit_code == 0
    assert "supplier_editor" in run("user", "list").output
