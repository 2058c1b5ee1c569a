"""The signed links of e-mails: each for one purpose, for a time, and usable once."""

import hmac
from collections.abc import Iterable, Sequence
from datetime import timedelta

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent, NotFound
from matchmaker.models import Once
from matchmaker.models.base import now
from matchmaker.services.core.site import SiteIdentity

ANSWER_DAYS = 30
_MARK = 16  # hexadecimal digits
LIFETIMES = {
    "answer": timedelta(days=ANSWER_DAYS),
    "capacity": timedelta(days=14),
    "fresh": timedelta(days=ANSWER_DAYS),
    "deal": timedelta(days=ANSWER_DAYS),
    "year": timedelta(days=150),  # until the accounts of the year are closed
    "contract": timedelta(days=400),
    "order": timedelta(days=400),
    "event": timedelta(days=400),
    "event-deal": timedelta(days=60),
    "confirm": timedelta(hours=48),
    "email": timedelta(hours=48),
    "reset": timedelta(minutes=60),
    "person": timedelta(days=14),
    "letters": timedelta(days=400),
    "device": timedelta(days=365),  # no link but a cookie, see `web.views.account.known_devices`
}
# A certificate is warned of three months before its end, a deal is asked about for half a year.
_KEPT = timedelta(days=400)
_FORGOTTEN = (
    "answer",
    "capacity",
    "deal",
    "email-form",
    "fresh",
    "hours_renewed",
    "letter",
    "message",
    "person",
    "person-form",
)


def _serializer(site: SiteIdentity, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(site.key, salt=f"matchmaker.{purpose}")


def sign(site: SiteIdentity, purpose: str, words: Sequence[str]) -> str:
    """A token for `words` that only `read` with the same purpose accepts."""
    return _serializer(site, purpose).dumps(list(words))


def mark_of(site: SiteIdentity, address: str) -> str:
    """What stands in a token for the e-mail address that it was sent to: it is compared, and tells nobody the address."""
    return hmac.new(site.key.encode(), address.casefold().encode(), "sha256").hexdigest()[:_MARK]


def read(site: SiteIdentity, purpose: str, token: str, *counts: int) -> list[str]:
    """The words of a token, as many as one of `counts`. Raises LinkSpent for an expired token, NotFound for an unknown one."""
    seconds = int(LIFETIMES[purpose].total_seconds())
    try:
        words = _serializer(site, purpose).loads(token, max_age=seconds)
    except SignatureExpired as error:
        raise LinkSpent from error
    except BadData as error:
        raise NotFound(what="link", key="") from error
    if not isinstance(words, list) or len(words) not in counts:
        raise NotFound(what="link", key="")
    return [str(word) for word in words]


def used(session: Session, kind: str, key: str) -> bool:
    return session.get(Once, (kind, key)) is not None


def first(session: Session, kind: str, key: str) -> bool:
    """Whether this is the first time; the act is recorded. Who comes at the same moment waits for the first to end."""
    return key in first_of(session, kind, (key,))


def first_of(session: Session, kind: str, keys: Iterable[str]) -> set[str]:
    """The same of several keys: those of which it is the first time, in one statement."""
    rows = [
        {"kind": kind, "key": key} for key in sorted(set(keys))
    ]  # in one order, so that nobody waits in a circle
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = insert(Once).on_conflict_do_nothing().returning(Once.key)
    return set(session.scalars(made, rows)) if rows else set()


def tidy(session: Session) -> None:
    """Forget acts so old that no link, form or date can bring them again; a refusal of e-mails is for good."""
    old = Once.kind.in_(_FORGOTTEN), Once.at < now() - _KEPT
    session.execute(delete(Once).where(*old))


def use(session: Session, kind: str, key: str) -> None:
    """Record an act that may happen once. Raises LinkSpent where it has happened before."""
    if not first(session, kind, key):
        raise LinkSpent
