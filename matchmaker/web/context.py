"""What a request works with: the product, a database session, the person, the words of their language."""

from datetime import date
from typing import TYPE_CHECKING, cast

from flask import current_app, g, session
from flask_babel import get_locale, gettext
from flask_login import UserMixin, current_user

from matchmaker.domain import access
from matchmaker.services import accounts, confidentiality
from matchmaker.services.matching import Matching
from matchmaker.services.wording import Wording
from matchmaker.wiring import Application

if TYPE_CHECKING:
    from matchmaker.models import User
    from matchmaker.services.exports import Session

PAGE = 20
TOKEN = "token"  # noqa: S105 - the name of the entry in the cookie, not a secret


class Person(UserMixin):  # type: ignore[misc]
    """The signed-in person, read once a request."""

    def __init__(self, user: "User") -> None:
        self.user = user
        self.id = user.public_id
        self.name = user.name
        self.email = user.email
        self.language = user.language
        self.time_zone = accounts.time_zone(user)
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


def product() -> Application:
    return cast(Application, current_app.extensions["matchmaker"])


def database() -> "Session":
    """The session that reads for this request; closed when it ends."""
    if "database" not in g:
        g.database = product().sessions()
    return cast("Session", g.database)


def close_database(_error: BaseException | None = None) -> None:
    opened = g.pop("database", None)
    if opened is not None:
        opened.close()


def load_person() -> Person | None:
    """The person whose server-side session the cookie's token names; a copy of an ended one names nobody."""
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    found = accounts.session_of(database(), token)
    return Person(found.user) if found is not None else None


def person() -> Person | None:
    return cast(Person, current_user) if current_user.is_authenticated else None


def subject() -> access.Subject:
    who = person()
    return who.subject if who else access.ANONYMOUS


def circles() -> dict[str, confidentiality.Circle]:
    """The needs that the person's own firms are invited to, and whether they signed; read once a request."""
    who = person()
    if "circles" not in g:
        own = (
            {role.organisation for role in who.subject.roles if role.role == "supplier_editor"}
            if who
            else set()
        )
        g.circles = confidentiality.circles(database(), {key for key in own if key})
    return cast("dict[str, confidentiality.Circle]", g.circles)


def language() -> str:
    return "ru" if str(get_locale()).startswith("ru") else "en"


def today() -> date:
    return product().today()


def wording() -> Wording:
    return Wording(product().taxonomy, language(), gettext)


def matching(top: int = PAGE) -> Matching:
    application = product()
    return Matching(application.matcher(), application.recogniser, today(), top)
