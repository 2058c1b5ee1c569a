"""The facts about the site that e-mails and their links need."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from time import monotonic
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.models import Centre
from matchmaker.models.database import Sessions

_CARD_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class CentreCard:
    """The name and contacts of the centre of a site; fields are empty where the centre has not filled them
    in.
    """

    name_ru: str = ""
    name_en: str = ""
    phone: str = ""
    email: str = ""

    def name(self, language: str) -> str:
        """The name in `language`, else in the other language."""
        names = (self.name_ru, self.name_en) if language == "ru" else (self.name_en, self.name_ru)
        return next((name for name in names if name), "")


@dataclass(frozen=True, slots=True)
class SiteIdentity:
    """The site's public address, the sender of its e-mails, the key that signs links in them, the site's
    centre, its time zone, and the address at which it takes letters, "" where it takes none.
    """

    base_url: str = "http://127.0.0.1:8000"
    sender: str = "matchmaker@localhost"
    key: str = ""
    centre: CentreCard = CentreCard()
    zone: str = "UTC"
    mail_in: str = ""


def card_of(session: Session, code: str) -> CentreCard:
    """The card of a centre; an empty card for an unknown code."""
    read = (one for one in session.identity_map.values() if isinstance(one, Centre) and one.code == code)
    found = next(read, None) or session.scalar(select(Centre).where(Centre.code == code))
    if found is None:
        return CentreCard()
    contacts = found.contacts or {}
    # A centre without a name shows its code instead.
    russian, english = ("" if name == code else name or "" for name in (found.name_ru, found.name_en))
    return CentreCard(russian, english, contacts.get("phone", ""), contacts.get("email", ""))


class HomeCard:
    """The card of the site's own centre, read once a minute; the last known card while the database is away."""

    def __init__(self, sessions: Callable[[], Sessions], code: str) -> None:
        self._sessions, self._code = sessions, code
        self._held: tuple[float, CentreCard] | None = None

    def card(self, session: Session | None = None) -> CentreCard:
        """The card, read in this session where it has to be read, else in one of its own."""
        held = self._held
        if held is not None and monotonic() - held[0] < _CARD_SECONDS:
            return held[1]
        try:
            with nullcontext(session) if session else self._sessions()() as reading:
                card = card_of(reading, self._code)
        except SQLAlchemyError:
            return self.known()
        self._held = (monotonic(), card)
        return card

    def known(self) -> CentreCard:
        """The card as last read, without asking."""
        return self._held[1] if self._held else CentreCard()

    def forget(self) -> None:
        """Read the card anew on next use, after a change."""
        self._held = None


def day_of(session: Session, moment: datetime) -> date:
    """The day of a moment in the time zone of the session's site."""
    return moment.astimezone(ZoneInfo(site_of(session).zone)).date()


def site_of(session: Session) -> SiteIdentity:
    """The site that a session of the product belongs to."""
    found = session.info.get("site")
    return found() if callable(found) else SiteIdentity()
