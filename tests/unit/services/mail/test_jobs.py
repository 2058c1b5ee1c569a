"""Letters leave through a real SMTP server or into a folder, once each where nothing breaks."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import SettingInvalid
from matchmaker.models import Job, Mail
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.mail import jobs, letters
from matchmaker.services.mail.transport import (
    MailFolder,
    MailServer,
    transport,
)

SENDER = "centre@example.org"


class Inbox:
    """What an SMTP server received; recipients in `refused` are turned away."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.refused: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - the library's signature
        self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
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


def queue(sessions: Sessions, to: str, language: str = "ru") -> str:
    with sessions.begin() as session:
        return letters.post(
            session, "profile_published", to, language, letters.example("profile_published")
        ).message_id


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


def test_a_crash_between_sending_and_marking_repeats_the_same_message_id(
    sessions: Sessions, inbox: tuple[Inbox, MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = queue(sessions, "reader@example.org")
    moment = now()

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(jobs, "_mark", crash)
        with pytest.raises(KeyboardInterrupt):
            jobs.send_due(sessions, inbox[1], SENDER, moment=moment)
    assert jobs.send_due(sessions, inbox[1], SENDER, moment=moment + timedelta(minutes=1)).sent == 0
    assert jobs.send_due(sessions, inbox[1], SENDER, moment=moment + jobs.LEASE * 2).sent == 1
    assert [mail["Message-ID"] for mail in inbox[0].received] == [key, key]


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
    assert jobs.run_due(sessions, {"greet": handler}) == 1
    assert jobs.run_due(sessions, {"greet": handler}) == 0
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
    assert jobs.run_due(sessions, {"greet": handler}, moment=moment) == 0
    assert states(sessions) == {}
    for day in range(1, jobs.TRIES):
        jobs.run_due(sessions, {"greet": handler}, moment=moment + timedelta(days=day))
    with sessions() as session:
        assert session.scalars(select(Job.state)).one() == "done"
    assert states(sessions) == {"a@example.org": "waiting"}


def test_a_job_whose_worker_died_is_taken_up_again(sessions: Sessions) -> None:
    def die(_session: Session, _: Any) -> None:
        raise KeyboardInterrupt

    with sessions.begin() as session:
        jobs.enqueue(session, "greet")
    moment = now()
    with pytest.raises(KeyboardInterrupt):
        jobs.run_due(sessions, {"greet": die}, moment=moment)
    fine = {"greet": lambda _session, _arguments: None}
    assert jobs.run_due(sessions, fine, moment=moment + timedelta(minutes=1)) == 0
    assert jobs.run_due(sessions, fine, moment=moment + jobs.LEASE * 2) == 1
