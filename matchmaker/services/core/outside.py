"""Requests to machines elsewhere, at addresses that people typed.

A name is resolved once, its number is looked at, and the connection goes to that number: a name that points into the
site's own network is refused, also when it begins to do so later. Answers are not followed elsewhere.
"""

import ipaddress
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import urllib3

LONGEST_ADDRESS = 500
_LOCAL = (".local", ".internal", ".localhost", ".lan", ".home.arpa")


@dataclass(frozen=True, slots=True)
class OutsideAnswer:
    """What came from elsewhere: the status with the content, or, without a status, what came in its place."""

    status: int | None
    content: bytes = b""
    fault: str | None = None


def is_usable(address: str, allowed: Collection[str]) -> bool:
    """Whether an address begins with https:// and is open to the internet, or is of an `allowed` host of the own network."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if host in allowed and parts.scheme in {"http", "https"}:
        return True
    fits = parts.scheme == "https" and "." in host and port != 0 and not parts.username and not parts.fragment
    plain = address.isascii() and address.isprintable() and len(address) <= LONGEST_ADDRESS
    return fits and plain and not host.endswith(_LOCAL) and is_public(host, unnamed=True)


def is_public(host: str, *, unnamed: bool = False) -> bool:
    """Whether a number of the internet is open to everybody; `unnamed` is the answer for a name."""
    try:
        number = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return unnamed
    return number.is_global and not number.is_multicast


def post(
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    allowed: Collection[str],
    *,
    seconds: float,
    largest: int = 0,
) -> OutsideAnswer:
    """Send bytes to an address, and read at most `largest` bytes and one more of the answer."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        number = _number(host, parts.port or 443, own=host in allowed)
    except OSError:
        return OutsideAnswer(None, fault="the name is not known")
    if number is None:
        return OutsideAnswer(None, fault="the address is in a closed network")
    kept: dict[str, Any] = {"port": parts.port, "timeout": seconds, "retries": False, "maxsize": 1}
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(number, server_hostname=host, assert_hostname=host, **kept)
    else:
        pool = urllib3.HTTPConnectionPool(number, **kept)
    named = host if parts.port is None else f"{host}:{parts.port}"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        answer = pool.request(
            "POST",
            target,
            body=body,
            headers={**headers, "Host": named},
            redirect=False,
            preload_content=False,
        )
        content = answer.read(largest + 1) if largest else b""
        answer.release_conn()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        return OutsideAnswer(None, fault=type(error).__name__)
    finally:
        pool.close()
    return OutsideAnswer(answer.status, content)


def _number(host: str, port: int, *, own: bool) -> str | None:
    """The number to connect to; None where a name leads into a closed network that is not the site's choice."""
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    return next((one for one in found if own or is_public(one)), None)
