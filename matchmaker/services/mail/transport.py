"""The ways out for e-mails: an SMTP server, or a folder of .eml files where no server is set."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

from matchmaker.domain.errors import SettingInvalid
from matchmaker.domain.language import N_
from matchmaker.models import Mail
from matchmaker.services.mail.server_addresses import address_of

_SECONDS = 15.0
Send = Callable[[EmailMessage], None]


# Answers that are about the server or its settings: it closes, it has no room, it does not take this sender.
_SERVER_CODES = frozenset({421, 452})


class MailServerAway(ConnectionError):
    """The mail server cannot be reached, is full or refuses sign-in or sender; the e-mail is not at fault."""


class _Policy(EmailPolicy):
    """The policy of the library, but for the address that unsubscribes: it is longer than a line and would be encoded as
    words are, and mail programs would not find it (RFC 2369, 2).
    """

    def fold(self, name: str, value: Any) -> str:
        """A header as lines."""
        if name.casefold() == "list-unsubscribe":
            return f"{name}: {value}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header as lines of bytes."""
        if name.casefold() == "list-unsubscribe":
            return self.fold(name, value).encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep="\r\n")


def message(mail: Mail, sender: str) -> EmailMessage:
    """The e-mail of a row. Raises ValueError for an invalid recipient."""
    if "@" not in parseaddr(mail.recipient)[1]:
        raise ValueError("The recipient is no address.")
    made = EmailMessage(policy=_POLICY)
    made["From"], made["To"], made["Subject"] = sender, mail.recipient, mail.subject
    made["Date"] = format_datetime(mail.created_at)
    made["Message-ID"] = mail.message_id
    made["Content-Language"] = mail.language
    made["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        made["Reply-To"] = mail.reply_to
    if mail.leave:  # RFC 8058: a mail program unsubscribes with one press
        made["List-Unsubscribe"] = f"<{mail.leave}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    made.set_content(mail.text)
    if mail.html:
        made.add_alternative(mail.html, subtype="html")
    return made


class MailFolder:
    """A folder with a file for each e-mail, named after its Message-ID, so that a repeat overwrites itself."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.path)

    @contextmanager
    def opened(self) -> Iterator[Send]:
        with _folder_away():
            self.path.mkdir(parents=True, exist_ok=True)
        yield self._send

    def _send(self, made: EmailMessage) -> None:
        whole = self._file(str(made["Message-ID"]))
        part = whole.with_name(f".{whole.stem}.part")
        content = made.as_bytes()
        with _folder_away():
            part.write_bytes(content)
            part.replace(whole)

    def _file(self, message_id: str) -> Path:
        return self.path / f"{message_id.strip('<>').replace('/', '_')}.eml"

    def hang_up(self) -> None:
        """Nothing to break off: a file is written at once."""

    def forget(self, message_ids: Iterable[str]) -> None:
        """Remove e-mails whose reader was erased."""
        for message_id in message_ids:
            self._file(message_id).unlink(missing_ok=True)


@contextmanager
def _folder_away() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise MailServerAway(error.strerror or type(error).__name__) from error


class MailServer:
    """An SMTP server by its address `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…`."""

    def __init__(self, address: str) -> None:
        found = address_of(address, "smtp")
        if found is None:
            reason = N_("write smtp://user:password@host:port")
            raise SettingInvalid(name="MATCHMAKER_MAIL_URL", reason=reason)
        self._at = found
        self._sending: smtplib.SMTP | None = None

    @property
    def place(self) -> str:
        """Host and port, without the password."""
        return f"{self._at.host}:{self._at.port}"

    def forget(self, message_ids: Iterable[str]) -> None:
        """Nothing to remove: e-mails that a server accepted are out of the product's control."""

    @contextmanager
    def opened(self) -> Iterator[Send]:
        """A connection for several e-mails. Raises MailServerAway."""
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAway(type(error).__name__) from error
        self._sending = server
        try:
            yield lambda made: _sent(server, made)
        finally:
            self._sending = None
            try:
                server.quit()
            except OSError:  # SMTPException is one
                server.close()

    def hang_up(self) -> None:
        """Break off the e-mail that is being sent: its sender gets MailServerAway."""
        server = self._sending
        if server is not None and server.sock is not None:
            with suppress(OSError):
                server.sock.shutdown(socket.SHUT_RDWR)

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine."""
        return self._at.is_here

    def probe(self) -> bool:
        """Connect and sign in as for sending; whether the way is encrypted. Raises MailServerAway."""
        try:
            with self._connected() as server:
                return isinstance(server.sock, ssl.SSLSocket)
        except (OSError, smtplib.SMTPException) as error:
            raise MailServerAway(f"{type(error).__name__}: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._at.safe:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._at.host, self._at.port, timeout=_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._at.host, self._at.port, timeout=_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
                server.ehlo()
            elif self._at.user and not self._at.is_here:
                server.close()
                raise MailServerAway("The server offers no encryption, so the password is not sent.")
        if self._at.user:
            server.login(self._at.user, self._at.password)
        return server


def _sent(server: smtplib.SMTP, made: EmailMessage) -> None:
    """Send an e-mail. Raises MailServerAway for a fault of the server, SMTPException for a refused e-mail."""
    try:
        server.send_message(made)
    except (smtplib.SMTPServerDisconnected, smtplib.SMTPSenderRefused) as error:
        raise MailServerAway(type(error).__name__) from error
    except smtplib.SMTPResponseException as error:
        if error.smtp_code in _SERVER_CODES:
            raise MailServerAway(f"{error.smtp_code}") from error
        raise
    except smtplib.SMTPException:
        raise
    except OSError as error:
        raise MailServerAway(type(error).__name__) from error


Transport = MailFolder | MailServer


def transport(mail_url: str | None, data: Path) -> Transport:
    """The server of the settings, or the folder `mail` of the data folder. Raises SettingInvalid."""
    return MailServer(mail_url) if mail_url else MailFolder(data / "mail")
