"""`matchmaker mail` and `matchmaker worker`."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import cli
from matchmaker.services.mail import letters
from matchmaker.settings import Settings
from matchmaker.wiring import Application


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, words)


@pytest.mark.parametrize("kind", sorted(letters.KINDS))
def test_a_preview_shows_the_letter_in_the_language(kind: str) -> None:
    russian, english = (run("mail", "preview", kind, "--language", language) for language in ("ru", "en"))
    assert russian.exit_code == english.exit_code == 0, russian.output
    assert russian.output.splitlines()[0] != english.output.splitlines()[0]
    assert "<html" not in english.output
    assert "<html" in run("mail", "preview", kind, "--html").output


def test_a_preview_of_an_unknown_kind_names_those_there_are() -> None:
    refused = run("mail", "preview", "nothing")
    assert refused.exit_code == 2
    assert "invited" in refused.output


def test_the_worker_sends_what_waits_and_the_list_tells() -> None:
    application = Application(Settings())
    with application.sessions.begin() as session:
        values = letters.example("profile_published")
        letters.post(session, "profile_published", "reader@example.org", "en", values)
    application.close()
    assert "waiting  0  reader@example.org  Your profile is published" in run("mail", "list").output
    assert "sent 1, failed 0" in run("worker", "--once").output
    listed = run("mail", "list", "--state", "sent").output
    assert "sent  1  reader@example.org" in listed
    folder: Path = Settings().data / "mail"
    assert str(folder) in listed
    assert len(list(folder.glob("*.eml"))) == 1
    assert "sent 0, failed 0" in run("worker", "--once").output


def test_the_settings_say_where_letters_go(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(Settings().data / "mail") in run("config").output
    monkeypatch.setenv("MATCHMAKER_MAIL_URL", "smtp://user:secret@mail.example.org:587")
    shown = run("config").output
    assert "no mail server" not in shown
    assert "secret@" not in shown
