"""What letters and the links in them know of the site."""

from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Site:
    """The site's public address, the sender of its letters, and the key that signs links in them."""

    base_url: str = "http://127.0.0.1:8000"
    sender: str = "matchmaker@localhost"
    key: str = ""


def site_of(session: Session) -> Site:
    """The site that a session of the product belongs to."""
    found = session.info.get("site")
    return found() if callable(found) else Site()
