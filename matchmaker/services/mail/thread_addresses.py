"""The addresses to which letters are answered: each names its thread and bears a mark of its reader, so that nobody else's answer
gets into it.

`local+m0123456789abcdef-0123456789abcdef@domain` (RFC 5233): "m" and the public id of a match, or "n" and that of a need, then the
mark of the address that the letter went to. A server must deliver what follows the plus to the one mailbox, as most do.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from matchmaker.services.core.site import SiteIdentity

_MARK = 16  # hexadecimal digits
_THREAD = re.compile(r"[^\s@+]{1,64}\+([mn])([0-9a-f]{16})-([0-9a-f]{16})@([^\s@]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class LetterThread:
    """The thread that a letter answers in: of a match ("m") or of a need ("n"), by its public id; `is_own` where its sender is who
    the answered letter went to.
    """

    kind: str
    key: str
    is_own: bool


def address(site: SiteIdentity, kind: str, key: str, reader: str) -> str:
    """The address for a reader's answers in a thread, "" where the site takes no letters."""
    local, _, domain = site.mail_in.rpartition("@")
    return f"{local}+{kind}{key}-{_mark(site, kind, key, reader)}@{domain}" if local else ""


def thread_of(site: SiteIdentity, to: Iterable[str], sender: str) -> LetterThread | None:
    """The thread of a letter by its recipients; None where none of them names one."""
    own = site.mail_in.rpartition("@")[2].casefold()
    for one in to:
        found = _THREAD.fullmatch(one.casefold())
        if found and found[4] == own:
            kind, key = found[1], found[2]
            return LetterThread(kind, key, hmac.compare_digest(found[3], _mark(site, kind, key, sender)))
    return None


def _mark(site: SiteIdentity, kind: str, key: str, reader: str) -> str:
    words = f"letter {kind}{key} {reader.strip().casefold()}"
    return hmac.new(site.key.encode(), words.encode(), "sha256").hexdigest()[:_MARK]
