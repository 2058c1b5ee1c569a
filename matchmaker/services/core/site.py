"""What letters and the links in them know of the site."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.models import Centre
from matchmaker.models.database import Sessions

_CARD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class CentreCard:
    """How the centre of a site calls itself and is reached; words are empty where it has not said."""

    name_ru: str = ""
    name_en: str = ""
    phone: str = ""
    email: str = ""

    def name(self, language: str) -> str:
        """The name in a language, or else in the other one."""
        names = (self.name_ru, self.name_en) if language == "ru" else (self.name_en, self.name_ru)
        return next((name for name in names if name), "")


@dataclass(frozen=True, slots=True)
class SiteIdentity:
    """The site's public address, the sender of its letters, the key that signs links in them, and whose site it is."""

    base_url: str = "http://127.0.0.1:8000"
    sender: str = "matchmaker@localhost"
    key: str = ""
    centre: CentreCard = CentreCard()


def card_of(session: Session, code: str) -> CentreCard:
    """The card of a centre; an empty one where there is none with this code."""
    found = session.scalar(select(Centre).where(Centre.code == code))
    if found is None:
        return CentreCard()
    contacts = found.contacts or {}
    # A centre that was never named has its code in place of a name.
    russian, english = ("" if name == code else name or "" for name in (found.name_ru, found.name_en))
    return CentreCard(russian, english, contacts.get("phone", ""), contacts.get("email", ""))


class HomeCard:
    """The card of the centre whose site it is, read once a minute; as last known while the database is away."""

    def __init__(self, sessions: Callable[[], Sessions], code: str) -> None:
        self._sessions, self._code = sessions, code
        self._held: tuple[float, CentreCard] | None = None

    def card(self) -> CentreCard:
        held = self._held
        if held is not None and monotonic() - held[0] < _CARD_SECONDS:
            return held[1]
        try:
            with self._sessions()() as session:
                card = card_of(session, self._code)
        except SQLAlchemyError:
            return held[1] if held else CentreCard()
        self._held = (monotonic(), card)
        return card

    def forget(self) -> None:
        """Read the card anew at the next look, after it was changed."""
        self._held = None


def site_of(session: Session) -> SiteIdentity:
    """The site that a session of the product belongs to."""
    found = session.info.get("site")
    return found() if callable(found) else SiteIdentity()
