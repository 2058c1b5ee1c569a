"""A mailbox on an IMAP server (RFC 3501): its unread letters are taken one by one, and each is marked as read once it is."""

import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from matchmaker.domain.errors import FileTooLarge, SettingInvalid
from matchmaker.domain.language import N_
from matchmaker.models.database import Sessions
from matchmaker.services.core import infrastructure
from matchmaker.services.incoming import incoming, letter_parts
from matchmaker.services.incoming.incoming import Mailroom
from matchmaker.services.mail.server_addresses import address_of
from matchmaker.services.mail.transport import MailServerAway

MOST_AT_ONCE = 50
_SECONDS = 15.0
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_log = logging.getLogger(__name__)


class Mailbox:
    """The mailbox of an address `imaps://user:password@host:port/FOLDER`; `imap://` on another machine only where STARTTLS is offered."""

    def __init__(self, address: str) -> None:
        found = address_of(address, "imap")
        if found is None or not found.user:
            reason = N_("write imaps://user:password@host:port/INBOX")
            raise SettingInvalid(name="MATCHMAKER_MAIL_IN_URL", reason=reason)
        self._at, self.folder = found, found.folder or "INBOX"

    @property
    def place(self) -> str:
        """Host, port and folder, without the password."""
        return f"{self._at.host}:{self._at.port}/{self.folder}"

    def empty(
        self, sessions: Sessions, room: Callable[[], Mailroom], ends: Callable[[], bool] = lambda: False
    ) -> int:
        """Take the unread letters, MOST_AT_ONCE at most, each in a transaction of its own; their number. A letter that cannot be taken
        stays in the mailbox and is flagged there, so that it holds nothing up. Raises MailServerAway.
        """
        taken = 0
        with self._opened() as server:
            for number in self._unread(server)[:MOST_AT_ONCE]:
                if ends():
                    break
                raw = self._fetched(server, number)
                if raw is not None and _is_taken(sessions, raw, room()):
                    taken += 1
                    self._demand(server.uid("STORE", number, "+FLAGS", r"(\Seen)"))
                else:
                    self._demand(server.uid("STORE", number, "+FLAGS", r"(\Seen \Flagged)"))
        return taken

    def probe(self) -> None:
        """Sign in and open the folder. Raises MailServerAway."""
        with self._opened():
            pass

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        try:
            server = self._connected()
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailServerAway(f"{type(error).__name__}: {error}") from error
        try:
            yield server
        except (OSError, imaplib.IMAP4.error) as error:
            raise MailServerAway(f"{type(error).__name__}: {error}") from error
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    def _connected(self) -> imaplib.IMAP4:
        context = ssl.create_default_context()
        if self._at.safe:
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                self._at.host, self._at.port, ssl_context=context, timeout=_SECONDS
            )
        else:
            server = imaplib.IMAP4(self._at.host, self._at.port, timeout=_SECONDS)
        try:
            self._enter(server, context)
        except BaseException:
            with suppress(OSError):
                server.shutdown()
            raise
        return server

    def _enter(self, server: imaplib.IMAP4, context: ssl.SSLContext) -> None:
        """Sign in, never in the clear to another machine, and open the folder."""
        if not self._at.safe and not self._at.is_here:
            if "STARTTLS" not in server.capabilities:
                raise MailServerAway("The server offers no encryption, so the password is not sent.")
            server.starttls(context)
        server.login(self._at.user, self._at.password)
        quoted = self.folder.replace("\\", "\\\\").replace('"', '\\"')
        self._demand(server.select(f'"{quoted}"'))

    def _unread(self, server: imaplib.IMAP4) -> list[str]:
        found = self._demand(server.uid("SEARCH", "UNSEEN"))
        return [one.decode("ascii") for part in found if isinstance(part, bytes) for one in part.split()]

    def _fetched(self, server: imaplib.IMAP4, number: str) -> bytes | None:
        """A letter as it lies there; None for one that is too large, or gone."""
        told = self._demand(server.uid("FETCH", number, "(RFC822.SIZE)"))
        size = next(
            (found for part in told if isinstance(part, bytes) and (found := _SIZE.search(part))), None
        )
        if size is None or int(size[1]) > letter_parts.LARGEST:
            return None
        got = self._demand(server.uid("FETCH", number, "(BODY.PEEK[])"))
        return next((part[1] for part in got if isinstance(part, tuple)), None)

    @staticmethod
    def _demand(answer: tuple[str, list[Any]]) -> list[Any]:
        kind, said = answer
        if kind != "OK":
            raise imaplib.IMAP4.error(str(said[:1]))
        return said


def _is_taken(sessions: Sessions, raw: bytes, room: Mailroom) -> bool:
    """Take a letter; whether it is in the database. Raises what the infrastructure fails at, so that it comes again."""
    try:
        with sessions.begin() as session:
            incoming.take(session, raw, room)
    except FileTooLarge:
        return False
    except Exception as error:
        if infrastructure.is_at_fault(error):
            raise
        _log.exception("A letter cannot be taken; it stays flagged in the mailbox")
        return False
    return True
