"""Settings that contradict each other: each is fine alone, and the site is not as its administrator thinks."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from matchmaker.domain.language import N_
from matchmaker.services.health.findings import HealthFinding
from matchmaker.settings import UNIX, Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def findings(settings: Settings) -> list[HealthFinding]:
    return [*_contradictions(settings)] or [HealthFinding("settings")]


def is_public(settings: Settings) -> bool:
    """Whether the site is meant for others than the person at this machine."""
    return bool(settings.base_url) and urlsplit(settings.base_url or "").hostname not in _LOOPBACK


def _contradictions(settings: Settings) -> Iterator[HealthFinding]:
    address = urlsplit(settings.base_url or "")
    if settings.base_url and (address.scheme not in {"http", "https"} or not address.hostname):
        message = N_("MATCHMAKER_BASE_URL is “%(address)s”, and no link in an e-mail can begin so.")
        remedy = N_("Write the public address with its scheme: https://centre.example")
        yield _wrong(message, remedy, address=settings.base_url)
    if not settings.base_url and settings.host not in _LOOPBACK:
        message = N_(
            "The site listens on %(host)s, and MATCHMAKER_BASE_URL is not set: links in e-mails lead nowhere."
        )
        yield _wrong(
            message, N_("Set MATCHMAKER_BASE_URL to the public address of the site."), host=settings.host
        )
    if address.scheme == "http" and settings.secure_cookies and address.hostname not in _LOOPBACK:
        message = N_("Cookies are sent over https only, but the site is at %(address)s: nobody can sign in.")
        remedy = N_(
            "Give the site https and write it in MATCHMAKER_BASE_URL, or set MATCHMAKER_SECURE_COOKIES=false."
        )
        yield _wrong(message, remedy, address=settings.base_url)
    if address.scheme == "https" and not settings.proxies:
        message = N_(
            "A proxy ends TLS for %(address)s, but none is trusted: all visitors count as one address."
        )
        remedy = N_("Name it in MATCHMAKER_TRUSTED_PROXIES, for instance 127.0.0.1.")
        yield _wrong(message, remedy, address=settings.base_url)
    if any(network != UNIX and not network.prefixlen for network in settings.proxies):
        message = N_(
            "MATCHMAKER_TRUSTED_PROXIES trusts every address: any visitor can pretend to be another."
        )
        yield _wrong(message, N_("Name the proxy's own address."))
    if settings.columns == "engine" and (
        len(settings.elasticsearch_addresses) < 2 or settings.elasticsearch_replicas == 0
    ):
        message = N_(
            "Elasticsearch judges all suppliers (MATCHMAKER_COLUMNS=engine) on one node alone: while it is away, nothing is found."
        )
        remedy = N_(
            "Name several nodes in MATCHMAKER_ELASTICSEARCH_URL and leave MATCHMAKER_ELASTICSEARCH_REPLICAS at one or more."
        )
        yield _wrong(message, remedy)
    if settings.mail_url and settings.mail_from.endswith("@localhost"):
        message = N_("E-mails are sent from %(sender)s, which other servers refuse.")
        yield _wrong(
            message, N_("Set MATCHMAKER_MAIL_FROM to an address of your domain."), sender=settings.mail_from
        )


def _wrong(message: str, remedy: str, **params: object) -> HealthFinding:
    return HealthFinding("settings", "contradiction", message, params, remedy)
