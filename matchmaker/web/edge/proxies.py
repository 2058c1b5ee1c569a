"""The proxies in front of the site: what they say of a visitor's address, scheme and host counts, and what
anybody else says of them does not.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

from werkzeug.http import parse_list_header
from werkzeug.middleware.proxy_fix import ProxyFix

from matchmaker.settings import UNIX, Networks

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# True where a request came through no proxy, as far as it says itself.
DIRECT = "matchmaker.direct"
_FOR, _SCHEME = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
_CLAIMS = (
    _FOR,
    _SCHEME,
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_REAL_IP",
    "HTTP_FORWARDED",
)


class BehindProxies:
    """A site whose environment tells the visitor, where a trusted proxy passes the request on.

    A chain of trusted proxies is followed from the nearest one to the first address that is none of them.
    """

    def __init__(self, site: "WSGIApplication", trusted: Networks) -> None:
        self._site, self._trusted = site, trusted

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ[DIRECT] = not any(claim in environ for claim in _CLAIMS)
        if not self._trusts(environ.get("REMOTE_ADDR", "")):
            for claim in _CLAIMS:
                environ.pop(claim, None)
            return self._site(environ, start_response)
        if environ.get(_SCHEME, "").strip().lower() not in {"http", "https"}:
            environ.pop(_SCHEME, None)
        hops = self._hops(parse_list_header(environ.get(_FOR, "")))
        return ProxyFix(self._site, x_for=hops, x_proto=1, x_host=1)(environ, start_response)

    def _trusts(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return UNIX in self._trusted
        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(mapped in network for network in self._trusted if network != UNIX)

    def _hops(self, passed: list[str]) -> int:
        """How many addresses from the end the visitor's stands; 0 where it is no address."""
        hops = 1
        while hops < len(passed) and self._trusts(passed[-hops]):
            hops += 1
        try:
            ip_address(passed[-hops] if passed else "")
        except ValueError:
            return 0
        return hops
