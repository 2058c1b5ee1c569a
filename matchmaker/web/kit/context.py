"""What a request works with: the product, a database session, the person, the words of their language."""

from datetime import date
from typing import cast

from flask import current_app, g, request, session
from flask_babel import get_locale, gettext
from flask_login import UserMixin, current_user

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden
from matchmaker.models import Session, User
from matchmaker.services.mail import preferences
from matchmaker.services.matching.matching import Matching
from matchmaker.services.matching.wording import Wording
from matchmaker.services.needs import ndas
from matchmaker.services.people import accounts, api_keys, browser_sessions
from matchmaker.wiring import Application

PAGE = 20
PROGRAMS = "/api/"  # where programs come with a key
TOKEN = "token"  # noqa: S105 - the name of the entry in the cookie, not a secret


class SignedInPerson(UserMixin):  # type: ignore[misc]
    """The signed-in person, read once a request.

    `scopes` are those of the key by which a program acts for it, `session_id` the row of the browser's session.
    """

    def __init__(
        self, user: User, scopes: frozenset[str] | None = None, session_id: int | None = None
    ) -> None:
        self.user = user
        self.scopes = scopes
        self.session_id = session_id
        self.id = user.public_id
        self.name = user.name
        self.email = user.email
        self.language = user.language
        self.time_zone = preferences.time_zone(user)
        self.subject = accounts.subject_of(user)
        # An operator without the second factor that the settings ask for can only turn it on.
        needs_factor = product().settings.require_totp and user.totp_secret is None
        self.must_enrol = needs_factor and any(not role.organisation for role in self.subject.roles)
        if self.must_enrol:
            kept = tuple(role for role in self.subject.roles if role.organisation)
            self.subject = access.Subject(self.subject.user, kept)
        self.roles = frozenset(role.role for role in self.subject.roles)

    @property
    def is_operator(self) -> bool:
        return bool(self.roles & {"operator", "centre_administrator"})

    @property
    def is_supplier(self) -> bool:
        return "supplier_editor" in self.roles

    @property
    def is_buyer(self) -> bool:
        return "contractor_buyer" in self.roles

    @property
    def is_network(self) -> bool:
        return "network_administrator" in self.roles


def product() -> Application:
    return cast(Application, current_app.extensions["matchmaker"])


def database() -> Session:
    """The session that reads for this request; closed when it ends."""
    if "database" not in g:
        g.database = product().sessions()
    return cast(Session, g.database)


def look_again() -> None:
    """Let the reading session see what was written since it began."""
    database().rollback()


def close_database(_error: BaseException | None = None) -> None:
    opened = g.pop("database", None)
    if opened is not None:
        opened.close()


def load_person() -> SignedInPerson | None:
    """The person whose server-side session the cookie's token names; a copy of an ended one names nobody.

    Programs carry a key instead, which counts at their own addresses only, and there alone.
    """
    if g.get("failed"):
        return None  # the page of an error must not ask a database that may be away
    if request.path.startswith(PROGRAMS) and "Authorization" in request.headers:
        return _by_key(request.headers["Authorization"])
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    found = browser_sessions.of_token(database(), token)
    if found is None:
        return None
    browser_sessions.touch(product().sessions, found)
    return SignedInPerson(found.user, session_id=found.id)


def _by_key(header: str) -> SignedInPerson | None:
    scheme, _, secret = header.partition(" ")
    found = api_keys.of_secret(database(), secret.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        return None
    with product().sessions.begin() as writing:
        api_keys.touch(writing, found.id)
    return SignedInPerson(found.user, frozenset(found.scopes))


def person() -> SignedInPerson | None:
    return cast(SignedInPerson, current_user) if current_user.is_authenticated else None


def signed_in() -> SignedInPerson:
    """The person on a page that asks to sign in first."""
    who = person()
    assert who is not None
    return who


def operator() -> SignedInPerson:
    """The person, who works for a centre. Raises Forbidden for anybody else."""
    who = person()
    if who is None or not who.is_operator:
        raise Forbidden
    return who


def actor() -> str:
    """Who acts, as the journal names the person; empty where nobody is signed in."""
    who = person()
    return who.id if who else ""


def subject() -> access.Subject:
    who = person()
    return who.subject if who else access.ANONYMOUS


def circles() -> dict[str, ndas.NeedCircle]:
    """The needs that the person's own firms are invited to, and whether they signed; read once a request."""
    who = person()
    if "circles" not in g:
        own = (
            {role.organisation for role in who.subject.roles if role.role == "supplier_editor"}
            if who
            else set()
        )
        g.circles = ndas.circles(database(), {key for key in own if key})
    return cast("dict[str, ndas.NeedCircle]", g.circles)


def partners() -> dict[str, frozenset[str]]:
    """The suppliers with which the person's own firms are agreed on confidentiality; read once a request."""
    who = person()
    if "partners" not in g:
        roles = who.subject.roles if who else ()
        own = {role.organisation for role in roles if role.role == "contractor_buyer" and role.organisation}
        g.partners = ndas.partners(database(), own)
    return cast("dict[str, frozenset[str]]", g.partners)


def language() -> str:
    return "ru" if str(get_locale()).startswith("ru") else "en"


def today() -> date:
    return product().today()


def wording() -> Wording:
    return Wording(product().taxonomy, language(), gettext)


def matching(top: int = PAGE) -> Matching:
    return product().matching(top)


def centre_codes(who: SignedInPerson) -> list[str]:
    """The codes of the centres that the person works for."""
    return [role.centre for role in who.subject.roles if role.centre]


def own_contractors() -> list[str]:
    who = person()
    return (
        [r.organisation for r in who.subject.roles if r.role == "contractor_buyer" and r.organisation]
        if who
        else []
    )


def own_centre() -> str:
    """The code of the centre that the person works for: a need that an operator types goes there and nowhere else."""
    code = next((role.centre for role in subject().roles if role.centre), None)
    if code is None:
        raise Forbidden
    return code
