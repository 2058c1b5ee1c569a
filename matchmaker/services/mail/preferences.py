"""The preferences of a person: the optional e-mails, and the time zone."""

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.models import Once, User
from matchmaker.services.core import journal, signed_links
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import letters

_REFUSED = "no_letters"
_MARK = 32  # hexadecimal digits


def wanted_mails(user: User) -> dict[str, bool]:
    """Whether a person wants each kind of optional e-mail; a kind without a choice is wanted."""
    return dict((user.preferences or {}).get("mails", {}))


def wants(user: User, kind: str) -> bool:
    return wanted_mails(user).get(kind, True)


def time_zone(user: User) -> str:
    """The zone that the person chose, empty for the centre's."""
    return str((user.preferences or {}).get("time_zone", ""))


def choose_time_zone(session: Session, user: User, name: str) -> None:
    """Show times in this zone from now on; an empty name means the centre's zone."""
    user.preferences = {**(user.preferences or {}), "time_zone": name}
    journal.note(session, user.public_id, "user.time_zone", user, {"time_zone": name})


def choose_language(user: User, language: str) -> None:
    """Use this language for the person's e-mails and pages from now on."""
    user.language = language


def letters_of(session: Session, token: str) -> tuple[str, str]:
    """The person's address and the kind of e-mail that a link unsubscribes from. Raises LinkSpent, NotFound."""
    address, kind = signed_links.read(site_of(session), "letters", token, 2)
    if kind not in letters.OPTIONAL:
        raise NotFound(what="link", key="")
    return address, kind


def want_no_more(session: Session, user: User, kind: str) -> None:
    """Unsubscribe the person from a kind of e-mail."""
    want_mails(session, user, {**wanted_mails(user), kind: False})


def refuse(session: Session, email: str, kind: str) -> None:
    """Unsubscribe an address without an account from a kind of e-mail."""
    signed_links.first(session, _REFUSED, f"{_hidden(email)} {kind}")


def refused(session: Session, email: str) -> frozenset[str]:
    """The kinds of e-mail that an address without an account has unsubscribed from."""
    return refused_by(session, (email,))[email]


def refused_by(session: Session, emails: Iterable[str]) -> dict[str, frozenset[str]]:
    """The same of several addresses, in one statement."""
    marks = {email: _hidden(email) for email in emails}
    told = func.substr(Once.key, 1, _MARK).in_(marks.values())
    kept = session.scalars(select(Once.key).where(Once.kind == _REFUSED, told)) if marks else ()
    found: dict[str, set[str]] = {}
    for key in kept:
        mark, _, kind = key.partition(" ")
        found.setdefault(mark, set()).add(kind)
    return {email: frozenset(found.get(mark, ())) for email, mark in marks.items()}


def _hidden(email: str) -> str:
    """A mark of an address, which is not kept itself."""
    return hashlib.sha256(email.strip().casefold().encode()).hexdigest()[:_MARK]


def want_mails(session: Session, user: User, chosen: Mapping[str, bool]) -> None:
    """Store the person's choice of e-mails."""
    user.preferences = {**(user.preferences or {}), "mails": dict(chosen)}
    journal.note(session, user.public_id, "user.mails", user, dict(chosen))
