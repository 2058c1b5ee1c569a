"""What letters and the links in them know of the site."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Centre


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


def site_of(session: Session) -> SiteIdentity:
    """The site that a session of the product belongs to."""
    found = session.info.get("site")
    return found() if callable(found) else SiteIdentity()
