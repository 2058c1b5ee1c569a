"""Letters leave through a real SMTP server or into a folder, once each where nothing breaks."""

import errno
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import EngineUnavailable, SettingInvalid
from matchmaker.domain.lifecycle import JobState, MailState
from matchmaker.models import Job, Mail
from matchmaker.models.base import now
from matchmaker.models.database import DatabaseError, Sessions
from matchmaker.services.mail import jobs, letters
from matchmaker.services.mail.transport import (
    MailFolder,
    MailServer,
    transport,
)
from tests.support.breaks import full_database

SENDER = "centre@example.org"


class Inbox:
    """What an SMTP server received; recipients in `refused` are turned away."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.answer: str | None = None

    async def handle_RCPT(  # noqa: N802 - the library's signature
        self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer:
            return self.answer
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, MailServer]]:
    handler = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, MailServer(f"smtp://127.0.0.1:{port}")
    finally:
        controller.stop()


def queue_in(session: Session, to: str, language: str = "ru") -> str:
    values = letters.example("profile_published")
    return letters.post(session, "profile_published", to, language, values).message_id


def queue(sessions: Sessions, to: str, language: str = "ru") -> str:
    with sessions.begin() as session:
        return queue_in(session, to, language)


def states(sessions: Sessions) -> dict[str, str]:
    with sessions() as session:
        return {mail.recipient: mail.state for mail in session.scalars(select(Mail))}


def test_a_letter_arrives_with_both_parts_and_its_headers(
    sessions: Sessions, inbox: tuple[Inbox, MailServer]
) -> None:
    key = queue(sessions, "reader@example.org")
    assert jobs.send_due(sessions, inbox[1], SENDER).sent == 1
    (mail,) = inbox[0].received
    assert mail["Message-ID"] == key
    assert (mail["From"], mail["To"]) == (SENDER, "reader@example.org")
    assert mail["Subject"] == "Ваш профиль возможностей опубликован"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert states(sessions) == {"reader@example.org": "sent"}
    assert jobs.send_due(sessions, inbox[1], SENDER).sent == 0


def test_a_refused_address_holds_no_other_and_is_dead_after_eight_tries(
    sessions: Sessions, inbox: tuple[Inbox, MailServer]
) -> None:
    inbox[0].refused.add("gone@example.org")
    queue(sessions, "gone@example.org")
    queue(sessions, "reader@example.org")
    result = jobs.send_due(sessions, inbox[1], SENDER)
    assert (result.sent, result.failed) == (1, 1)
    assert states(sessions) == {"gone@example.org": "waiting", "reader@example.org": "sent"}
    later = now()
    for _ in range(jobs.TRIES - 1):
        assert states(sessions)["gone@example.org"] == "waiting"
        later += timedelta(days=1)
        jobs.send_due(sessions, inbox[1], SENDER, moment=later)
    assert states(sessions)["gone@example.org"] == "dead"
    assert jobs.send_due(sessions, inbox[1], SENDER, moment=later + timedelta(days=9)).failed == 0


def test_the_waits_between_tries_grow() -> None:
    waits = [jobs.pause(attempt) for attempt in range(1, jobs.TRIES + 1)]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_a_failed_letter_is_not_tried_before_its_time(
    sessions: Sessions, inbox: tuple[Inbox, MailServer]
) -> None:
    inbox[0].refused.add("gone@example.org")
    queue(sessions, "gone@example.org")
    moment = now()
    assert jobs.send_due(sessions, inbox[1], SENDER, moment=moment).failed == 1
    assert jobs.send_due(sessions, inbox[1], SENDER, moment=moment + timedelta(seconds=30)).failed == 0
    assert jobs.send_due(sessions, inbox[1], SENDER, moment=moment + timedelta(minutes=2)).failed == 1


def test_a_server_that_is_away_uses_up_no_try(sessions: Sessions, inbox: tuple[Inbox, MailServer]) -> None:
    queue(sessions, "reader@example.org")
    nobody = MailServer("smtp://127.0.0.1:1")
    assert jobs.send_due(sessions, nobody, SENDER).away
    with sessions() as session:
        assert session.scalars(select(Mail.attempts)).one() == 0
    assert jobs.send_due(sessions, inbox[1], SENDER).sent == 1


def dying(work: str, url: str, *arguments: str) -> None:
    """Run a function of this file's text in a process that is killed in it."""
    code = (
        "import os, sys\n"
        "from matchmaker.models.database import Sessions, make_sessions\n"
        "from matchmaker.services.mail import jobs\n"
        "from matchmaker.services.mail.transport import MailServer\n"
        "sessions = make_sessions(sys.argv[1])\n" + work
    )
    child = subprocess.run([sys.executable, "-c", code, url, *arguments], check=False)
    assert child.returncode == -signal.SIGKILL


def test_a_crash_between_sending_and_marking_repeats_the_same_message_id(
    sessions: Sessions, sqlite_url: str, inbox: tuple[Inbox, MailServer]
) -> None:
    key = queue(sessions, "reader@example.org")
    work = (
        "Sessions.write_surely = lambda *_: os.kill(os.getpid(), 9)\n"
        f"jobs.send_due(sessions, MailServer('smtp://{inbox[1].place}'), '{SENDER}')"
    )
    dying(work, sqlite_url)
    moment = now()
    assert jobs.send_due(sessions, inbox[1], SENDER, moment=moment + timedelta(minutes=1)).sent == 0
    assert jobs.send_due(sessions, inbox[1], SENDER, moment=moment + jobs.LETTER_LEASE * 2).sent == 1
    assert [mail["Message-ID"] for mail in inbox[0].received] == [key, key]


def test_a_letter_that_no_program_can_build_holds_no_other(
    sessions: Sessions, inbox: tuple[Inbox, MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(sessions, "bad@example.org")
    queue(sessions, "reader@example.org")
    build = jobs.message

    def broken(mail: Mail, sender: str) -> EmailMessage:
        if mail.recipient == "bad@example.org":
            raise RuntimeError("a slip of the program")
        return build(mail, sender)

    monkeypatch.setattr(jobs, "message", broken)
    assert (jobs.send_due(sessions, inbox[1], SENDER).sent, states(sessions)["bad@example.org"]) == (
        1,
        "waiting",
    )


def test_a_full_disk_costs_a_letter_no_try(
    sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    queue(sessions, "reader@example.org")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        assert jobs.send_due(sessions, transport(None, tmp_path), SENDER).away == "MailServerAway"
    with sessions() as session:
        assert session.scalars(select(Mail.attempts)).one() == 0
    assert jobs.send_due(sessions, transport(None, tmp_path), SENDER).sent == 1


@pytest.mark.parametrize("answer", ["421 closing", "452 no room"])
def test_a_server_that_is_full_or_closes_costs_a_letter_no_try(
    sessions: Sessions, inbox: tuple[Inbox, MailServer], answer: str
) -> None:
    queue(sessions, "reader@example.org")
    inbox[0].answer = answer
    assert jobs.send_due(sessions, inbox[1], SENDER).away
    inbox[0].answer = None
    assert jobs.send_due(sessions, inbox[1], SENDER).sent == 1


def test_a_letter_that_was_sent_while_the_database_went_is_not_sent_again(
    sessions: Sessions, inbox: tuple[Inbox, MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(sessions, "reader@example.org")
    with full_database(sessions, after="UPDATE mail SET state"), pytest.raises(DatabaseError):
        jobs.send_due(sessions, inbox[1], SENDER)
    assert states(sessions) == {"reader@example.org": "waiting"}
    assert jobs.send_due(sessions, inbox[1], SENDER).sent == 0
    assert states(sessions) == {"reader@example.org": "sent"}
    assert len(inbox[0].received) == 1


def test_without_a_server_letters_go_into_a_folder(sessions: Sessions, tmp_path: Path) -> None:
    used = transport(None, tmp_path)
    queue(sessions, "reader@example.org", "en")
    assert jobs.send_due(sessions, used, SENDER).sent == 1
    (file,) = (tmp_path / "mail").iterdir()
    assert file.suffix == ".eml"
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert mail["Subject"] == "Your profile is published"
    assert isinstance(used, MailFolder)


@pytest.mark.parametrize("address", ["http://mail.example", "smtp://", "smtp://mail.example:port"])
def test_a_wrong_mail_address_names_its_setting(address: str) -> None:
    with pytest.raises(SettingInvalid, match="MATCHMAKER_MAIL_URL"):
        transport(address, Path())


def test_a_job_runs_once_and_what_it_writes_is_kept(sessions: Sessions) -> None:
    def handler(session: Session, arguments: Any) -> None:
        letters.post(
            session, "profile_published", arguments["to"], "en", letters.example("profile_published")
        )

    with sessions.begin() as session:
        jobs.enqueue(session, "greet", {"to": "reader@example.org"})
        jobs.enqueue(session, "unknown")
    assert jobs.run_due(sessions, {"greet": handler}).done == 1
    assert jobs.run_due(sessions, {"greet": handler}).done == 0
    assert states(sessions) == {"reader@example.org": "waiting"}


def test_a_failing_job_writes_nothing_and_is_tried_again(sessions: Sessions) -> None:
    calls: list[int] = []

    def handler(session: Session, _: Any) -> None:
        letters.post(
            session, "profile_published", "a@example.org", "en", letters.example("profile_published")
        )
        calls.append(1)
        if len(calls) < jobs.TRIES:
            raise ValueError("not yet")

    with sessions.begin() as session:
        jobs.enqueue(session, "greet")
    moment = now()
    assert jobs.run_due(sessions, {"greet": handler}, moment=moment).failed == 1
    assert states(sessions) == {}
    for day in range(1, jobs.TRIES):
        jobs.run_due(sessions, {"greet": handler}, moment=moment + timedelta(days=day))
    with sessions() as session:
        assert session.scalars(select(Job.state)).one() == "done"
    assert states(sessions) == {"a@example.org": "waiting"}


def test_a_job_whose_worker_died_is_taken_up_again(sessions: Sessions, sqlite_url: str) -> None:
    with sessions.begin() as session:
        jobs.enqueue(session, "greet")
    dying("jobs.run_due(sessions, {'greet': lambda *_: os.kill(os.getpid(), 9)})", sqlite_url)
    moment = now()
    fine = {"greet": lambda _session, _arguments: None}
    assert jobs.run_due(sessions, fine, moment=moment).done == 0
    assert jobs.run_due(sessions, fine, moment=moment + jobs.JOB_LEASE * 2).done == 1


@pytest.mark.parametrize(
    "error",
    [EngineUnavailable(), ConnectionRefusedError(), OSError(errno.ENOSPC, "full"), jobs.WorkStopped()],
)
def test_what_the_infrastructure_fails_at_costs_a_job_no_try(sessions: Sessions, error: Exception) -> None:
    def fail(_session: Session, _: Any) -> None:
        raise error

    with sessions.begin() as session:
        jobs.enqueue(session, "first")
        jobs.enqueue(session, "second")
    both = {"first": fail, "second": lambda _session, _arguments: None}
    result = jobs.run_due(sessions, both)
    assert (result.done, result.failed, result.away) == (1, 0, type(error).__name__)
    with sessions() as session:
        assert session.execute(select(Job.state, Job.attempts).where(Job.kind == "first")).one() == (
            "waiting",
            0,
        )
    assert jobs.run_due(sessions, {"first": lambda _session, _arguments: None}).done == 1


@pytest.mark.parametrize("kind", [MemoryError, RecursionError, SystemExit, GeneratorExit, AssertionError])
def test_an_error_of_any_class_costs_a_job_one_try_and_leaves_it_waiting(
    sessions: Sessions, kind: type[BaseException]
) -> None:
    def fail(_session: Session, _: Any) -> None:
        raise kind

    with sessions.begin() as session:
        jobs.enqueue(session, "greet")
    with suppress(SystemExit, GeneratorExit):
        jobs.run_due(sessions, {"greet": fail})
    with sessions() as session:
        assert session.execute(select(Job.state, Job.attempts, Job.taken_by)).one() == ("waiting", 1, None)


def test_a_worker_whose_lease_ran_out_writes_nothing(sessions: Sessions) -> None:
    def slow(session: Session, _: Any) -> None:
        later = now() + jobs.JOB_LEASE * 2
        fine = {"greet": lambda _session, _arguments: None}
        assert jobs.run_due(sessions, fine, moment=later).done == 1
        queue_in(session, "late@example.org")

    with sessions.begin() as session:
        jobs.enqueue(session, "greet")
    result = jobs.run_due(sessions, {"greet": slow})
    assert (result.done, states(sessions)) == (0, {})


def test_dead_work_is_tried_again(sessions: Sessions, inbox: tuple[Inbox, MailServer]) -> None:
    queue(sessions, "reader@example.org")
    with sessions.begin() as session:
        session.scalars(select(Mail)).one().state = MailState.DEAD
        jobs.enqueue(session, "greet").state = JobState.FAILED
    assert jobs.send_due(sessions, inbox[1], SENDER).sent == 0
    with sessions.begin() as session:
        assert jobs.try_dead_again(session) == (1, 1)
    assert jobs.send_due(sessions, inbox[1], SENDER).sent == 1
    assert jobs.run_due(sessions, {"greet": lambda _session, _arguments: None}).done == 1
