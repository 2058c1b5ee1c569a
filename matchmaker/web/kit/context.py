"""The context of a request: the product, a database session, the person, the words of the person's language."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from typing import cast

from flask import current_app, g, request, session
from flask_login import UserMixin, current_user

from matchmaker.domain import access
from matchmaker.locale import translations
from matchmaker.models import Session, User
from matchmaker.models.database import DatabaseError
from matchmaker.services.core.site import CentreCard
from matchmaker.services.mail import preferences
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.wording import Wording
from matchmaker.services.people import accounts, api_keys, browser_sessions, memberships
from matchmaker.services.quotes import unread
from matchmaker.web.kit import catalogues
from matchmaker.web.kit.after_answer import after_answer
from matchmaker.wiring import Application

PAGE = 20
PROGRAMS = "/api/"  # the addresses for programs with a key
TOKEN = "token"  # noqa: S105 - the name of the entry in the cookie, not a secret
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
LANGUAGE = "language"  # the person's, in the cookie too, for pages that may not ask the database


class SignedInPerson(UserMixin):  # type: ignore[misc]
    """The signed-in person, read once a request.

    `scopes` are those of the key with which a program acts for the person, `session_id` the row of the
    browser's session, `unread` the number of messages that the person has not read.
    """

    def __init__(
        self,
        user: User,
        scopes: frozenset[str] | None = None,
        session_id: int | None = None,
        unread: int = 0,
    ) -> None:
        self.user = user
        self.scopes = scopes
        self.session_id = session_id
        self.unread = unread
        self.id = user.public_id
        self.name = user.name
        self.email = user.email
        self.language = user.language
        self.time_zone = preferences.time_zone(user)
        self.subject = accounts.subject_of(user)
        # An operator without the second factor that the settings require can only turn it on.
        needs_factor = product().settings.require_totp and user.totp_secret is None
        self.must_enrol = needs_factor and any(not role.organisation for role in self.subject.roles)
        if self.must_enrol:
            kept = tuple(role for role in self.subject.roles if role.organisation)
            self.subject = access.Subject(self.subject.user, kept)
        self.roles = frozenset(role.role for role in self.subject.roles)
        self.is_chief = memberships.is_chief(user)

    @property
    def is_operator(self) -> bool:
        return not self.roles.isdisjoint(access.STAFF_ROLES)

    @property
    def is_authority(self) -> bool:
        return "authority" in self.roles

    @property
    def is_supplier(self) -> bool:
        return "supplier_editor" in self.roles

    @property
    def is_buyer(self) -> bool:
        return "contractor_buyer" in self.roles

    @property
    def is_network(self) -> bool:
        return "network_administrator" in self.roles


def visitor_address() -> str:
    """The address of the visitor's machine, for limits and lists of sessions; a forged one never gets here."""
    return request.remote_addr or ""


def product() -> Application:
    return cast(Application, current_app.extensions["matchmaker"])


def database() -> Session:
    """The reading session of this request, closed when the request ends; that of its one transaction while that is open."""
    if "writing" in g:
        return cast(Session, g.writing)
    if "database" not in g:
        sessions = product().sessions
        g.database = sessions() if request.method in _READS else sessions.glance()
    return cast(Session, g.database)


def ask_nothing_more() -> None:
    """Let the rest of the request, the page of an error, do without the database."""
    g.failed = True


def ask_only_who_reads() -> None:
    """Let the page of an error know its reader, so that a hidden thing looks like an absent one whatever was asked
    before, and otherwise do without the database.
    """
    if "failed" not in g:
        with suppress(DatabaseError):
            person()
            g.reader_known = True
    ask_nothing_more()


def close_database() -> None:
    opened = g.pop("database", None)
    if opened is None:
        return
    try:
        opened.close()
    except DatabaseError:
        opened.invalidate()  # its connection was lost


def let_go(_error: BaseException | None = None) -> None:
    """End the database session, and forget what the request has read: a rendered template's context, which only the
    collector of garbage takes away, holds `g`, and by it all columns.
    """
    close_database()
    for name in list(g):
        g.pop(name)


def load_person() -> SignedInPerson | None:
    """The person of the server-side session in the cookie's token; a copy of an ended one gives nobody.

    Programs send a key instead; at their own addresses it alone counts, elsewhere it does not count.
    """
    if g.get("failed"):
        return None
    if request.path.startswith(PROGRAMS) and "Authorization" in request.headers:
        return _by_key(request.headers["Authorization"])
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    known = browser_sessions.with_count(database(), token, unread.count())
    if known is None:
        return None
    found, count = known
    if browser_sessions.is_unnoted(found):
        after_answer(partial(browser_sessions.note_use, product().sessions, found.id))
    if session.get(LANGUAGE) != found.user.language:
        session[LANGUAGE] = found.user.language
    return SignedInPerson(found.user, session_id=found.id, unread=count)


def _by_key(header: str) -> SignedInPerson | None:
    scheme, _, secret = header.partition(" ")
    found = api_keys.of_secret(database(), secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        return None
    if api_keys.is_unnoted(found):
        after_answer(partial(api_keys.note_use, product().sessions, found.id))
    return SignedInPerson(found.user, frozenset(found.scopes))


def home_card() -> CentreCard:
    """The name and contacts of the site's centre, on the page of an error as far as they are known."""
    home = product().home
    return home.known() if g.get("failed") else home.card(database())


def person() -> SignedInPerson | None:
    return cast(SignedInPerson, current_user) if current_user.is_authenticated else None


def signed_in() -> SignedInPerson:
    """The person, on a page that requires signing in."""
    who = person()
    assert who is not None
    return who


def language() -> str:
    chosen = catalogues.locale()
    return "ru" if chosen is not None and chosen.language == "ru" else "en"


def today() -> date:
    return product().today()


def wording() -> Wording:
    held: dict[str, Wording] = g.setdefault("wordings", {})
    chosen = language()
    if chosen not in held:
        held[chosen] = Wording(product().taxonomy, chosen, translations(chosen).gettext)
    return held[chosen]


def search_away() -> bool:
    """Whether a part of this page was found without the search engine, which is away."""
    return "matching" in g and g.matching.matcher.away


def matching(top: int = PAGE) -> Matching:
    """The parts of matching, over the columns as of their first use in this request."""
    if "matching" not in g:
        g.matching = product().matching(top)
    made = cast(Matching, g.matching)
    return made if made.top == top else replace(made, top=top)
