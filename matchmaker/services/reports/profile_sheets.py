"""A supplier's public profile to send on: pages of A4 with what everybody may read."""

from dataclasses import asdict, dataclass

from matchmaker.services.core import typesetting


@dataclass(frozen=True, slots=True)
class ProfileSheet:
    """A profile in one language: facts as (label, value), kinds of work as rows under their headings; `code` is the address as a
    picture (SVG) for cameras.
    """

    language: str
    centre: str
    day: str
    name: str
    place: str
    certificates: tuple[str, ...]
    text: str
    work: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    machines_title: str
    machines: tuple[str, ...]
    about: str
    facts: tuple[tuple[str, str], ...]
    address: str
    code: str
    remark: str


def pdf(sheet: ProfileSheet) -> bytes:
    """The sheet as a PDF."""
    return typesetting.pdf("profile", asdict(sheet))
