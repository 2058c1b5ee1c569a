"""Letters through real servers: an invitation leaves by SMTP, its answer comes back by IMAP from Dovecot, as its Reply-To says."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from matchmaker.models import LetterIn, Message
from matchmaker.services.incoming.mailbox import Mailbox
from matchmaker.services.mail import jobs
from matchmaker.services.mail.transport import MailServer, MailServerAway
from tests.support.letters_in import ADDRESS, letter
from tests.support.small_centre import EDITOR, Centre, small_centre

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
NEEDED = pytest.mark.skipif(
    DOVECOT is None, reason="needs an IMAP server: apt-get install dovecot-imapd (no service has to run)"
)
_CONFIG = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{folder}/mail
mail_uid = {user}
mail_gid = {group}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home allow_all_users=yes
}}
"""


@dataclass(frozen=True, slots=True)
class ImapServer:
    """A Dovecot with one mailbox for everybody."""

    port: int

    @property
    def mailbox(self) -> Mailbox:
        return Mailbox(f"imap://needs:secret@127.0.0.1:{self.port}/INBOX")

    def opened(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.login("needs", "secret")
        client.select("INBOX")
        return client

    def deliver(self, raw: bytes) -> None:
        client = self.opened()
        client.append("INBOX", "", "", raw)  # type: ignore[arg-type]
        client.logout()

    def flags(self) -> list[bytes]:
        client = self.opened()
        found = client.uid("FETCH", "1:*", "(FLAGS)")[1]
        client.logout()
        return [one for one in found if isinstance(one, bytes)]


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def server() -> Iterator[ImapServer]:
    """A private server in a short path, since sockets stand in it; root runs it as `dovecot`, which refuses root."""
    account = pwd.getpwnam("dovecot") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    user, group = account.pw_name, grp.getgrgid(account.pw_gid).gr_name
    folder, port = Path(tempfile.mkdtemp(prefix="imap-")), _free_port()
    for name in ("run", "state", "mail", "home"):
        (folder / name).mkdir()
    config = folder / "dovecot.conf"
    config.write_text(_CONFIG.format(folder=folder, port=port, user=user, group=group))
    as_user: dict[str, str] = {}
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
        as_user = {"user": user, "group": group}
    process = subprocess.Popen(
        [str(DOVECOT), "-F", "-c", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **as_user,  # type: ignore[call-overload]
    )
    try:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                Mailbox(f"imap://needs:secret@127.0.0.1:{port}/INBOX").probe()
                break
            except MailServerAway:
                time.sleep(0.1)
        else:
            log = folder / "log"
            raise AssertionError(log.read_text() if log.exists() else "Dovecot has not started")
        yield ImapServer(port)
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


class Inbox:
    """What an SMTP server received."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802
        made = message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[attr-defined]
        assert isinstance(made, EmailMessage)
        self.received.append(made)
        return "250 OK"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path / "centre", mail_in=ADDRESS) as made:
        yield made


@NEEDED
def test_an_invitation_is_answered_by_mail(centre: Centre, server: ImapServer) -> None:
    centre.invite()
    inbox, product = Inbox(), centre.application
    smtp = Controller(inbox, hostname="127.0.0.1", port=_free_port())
    smtp.start()
    try:
        jobs.send_due(product.sessions, MailServer(f"smtp://127.0.0.1:{smtp.port}"), "centre@centre.example")
    finally:
        smtp.stop()
    invitation = next(one for one in inbox.received if EDITOR in str(one["To"]))
    to = str(invitation["Reply-To"])
    assert to.startswith("needs+m")
    server.deliver(letter(EDITOR, "Какая шероховатость?", to=to, subject="Re: " + str(invitation["Subject"])))
    server.deliver(letter("stranger@else.example", "Good day"))
    assert server.mailbox.empty(product.sessions, product.mailroom) == 2
    assert server.mailbox.empty(product.sessions, product.mailroom) == 0
    assert all(b"\\Seen" in one and b"\\Flagged" not in one for one in server.flags())
    with product.sessions() as session:
        assert session.scalars(select(Message.text)).all() == ["Какая шероховатость?"]
        assert sorted(session.scalars(select(LetterIn.state))) == ["taken", "waiting"]


@NEEDED
def test_a_letter_that_cannot_be_taken_holds_no_other(
    centre: Centre, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.services.incoming.letter_parts.LARGEST", 2_000)
    server.deliver(letter("a@else.example", "x" * 3_000))
    server.deliver(letter("b@else.example", "Good day"))
    product = centre.application
    assert server.mailbox.empty(product.sessions, product.mailroom) == 1
    first, second = server.flags()
    assert b"\\Flagged" in first
    assert b"\\Flagged" not in second


@NEEDED
def test_a_server_that_is_away_or_turns_one_away_is_told(server: ImapServer) -> None:
    for address in (
        f"imap://needs:wrong@127.0.0.1:{server.port}/INBOX",
        f"imap://needs:secret@127.0.0.1:{server.port}/NoSuchFolder",
        f"imap://needs:secret@127.0.0.1:{_free_port()}/INBOX",
    ):
        with pytest.raises(MailServerAway):
            Mailbox(address).probe()
