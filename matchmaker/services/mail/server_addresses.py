"""The address of a mail server as a setting gives it: `smtp://user:password@host:port`, `imaps://user:password@host/FOLDER`."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

_PORTS = {"smtp": 25, "smtps": 465, "imap": 143, "imaps": 993}
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server is and who signs in there; `safe` where it is spoken to in TLS from the first byte on."""

    host: str
    port: int
    safe: bool
    user: str
    password: str = field(repr=False)
    folder: str

    @property
    def is_here(self) -> bool:
        """Whether it is this machine, to which nobody listens on the way."""
        return self.host in _LOOPBACK


def address_of(url: str, protocol: str) -> ServerAddress | None:
    """The parts of an address of "smtp" or "imap", or of either in TLS; None for another one."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {protocol, f"{protocol}s"} or not parts.hostname:
        return None
    return ServerAddress(
        parts.hostname,
        port or _PORTS[parts.scheme],
        parts.scheme.endswith("s"),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        unquote(parts.path.strip("/")),
    )
