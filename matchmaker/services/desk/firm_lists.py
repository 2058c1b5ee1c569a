"""Lists of a centre's suppliers, whatever their state: narrowed, sorted and given a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, contains_eager

from matchmaker.domain.lifecycle import INVITABLE, TOLD, ProfileState
from matchmaker.domain.organisation import name_key
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.models import Centre, CertificateRow, Match, Need, Organisation, Profile
from matchmaker.models.together import load_together
from matchmaker.services.profiles import certificates
from matchmaker.services.shortlist import assignments
from matchmaker.services.shortlist.assignments import Whose

PAGE = 50
MOST_IN_FILE = 20_000


class Certified(StrEnum):
    """What certificates in force a firm has: any or none asked, one that it declares, one that the centre verified, none."""

    ANY = ""
    DECLARED = "declared"
    VERIFIED = "verified"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class FirmsAsked:
    """The suppliers of centres (codes), `today` being the day of their certificates: in a state and a region (code), with words
    in the name or the first digits of an INN, of `person`'s own work or of nobody's, proposed for a `need` (public id) and not
    rejected, sorted by a name of SORTS, from the
    end where `falling`; names stand in the order of `language`.
    """

    centres: Sequence[str]
    person: int
    today: date
    taxonomy: Taxonomy
    language: str = "ru"
    state: ProfileState | None = None
    region: str = ""
    certified: Certified = Certified.ANY
    words: str = ""
    whose: Whose = Whose.ANYBODY
    need: str = ""
    sort: str = "name"
    falling: bool = False


@dataclass(frozen=True, slots=True)
class FirmsFound:
    """A part of the suppliers with their firms and certificates, and how many there are in all."""

    profiles: Sequence[Profile]
    total: int


_NAMES: Mapping[str, ColumnElement[Any]] = {
    "ru": Organisation.sort_ru.expression,
    "en": Organisation.sort_en.expression,
}
SORTS: Mapping[str, ColumnElement[Any]] = {
    "name": _NAMES["ru"],
    "state": Profile.state.expression,
    "place": Organisation.city.expression,
    "inn": Organisation.inn.expression,
    "employees": Profile.employees.expression,
    "confirmed": Profile.confirmed_at.expression,
    "changed": Profile.changed_at.expression,
    "published": Profile.published_at.expression,
}


def page(session: Session, asked: FirmsAsked, first: int = 0, limit: int = PAGE) -> FirmsFound:
    """The suppliers from the place `first` on, counted from 0."""
    where = _where(asked)
    counted = select(func.count()).select_from(Profile).join(Profile.organisation).where(*where)
    by = _NAMES.get(asked.language, _NAMES["ru"]) if asked.sort == "name" else SORTS[asked.sort]
    query = (
        select(Profile)
        .join(Profile.organisation)
        .where(*where)
        # What has no value stands last in both directions.
        .order_by(by.is_(None), by.desc() if asked.falling else by.asc(), Profile.id)
        .options(contains_eager(Profile.organisation))
    )
    found = session.scalars(query.offset(first).limit(limit)).all()
    load_together(session, found, (Profile.certificates,))
    return FirmsFound(found, session.scalar(counted) or 0)


def regions(session: Session, centres: Sequence[str]) -> Sequence[str]:
    """The codes of the regions in which centres have suppliers."""
    query = select(Organisation.region_code).join(Profile, Profile.organisation_id == Organisation.id)
    of_centres = Organisation.centre_id.in_(select(Centre.id).where(Centre.code.in_(centres)))
    return [code for code in session.scalars(query.where(of_centres).distinct()) if code]


def _where(asked: FirmsAsked) -> list[ColumnElement[bool]]:
    centres = select(Centre.id).where(Centre.code.in_(asked.centres))
    found: list[ColumnElement[bool]] = [Organisation.centre_id.in_(centres)]
    if asked.state is not None:
        found.append(Profile.state == asked.state)
    if asked.region:
        found.append(Organisation.region_code == asked.region)
    if asked.words:
        found.append(_named(asked.words))
    if asked.certified is not Certified.ANY:
        found.append(_certified(asked))
    if asked.whose is not Whose.ANYBODY:
        found.append(assignments.taken("profile", Profile.public_id, asked.whose, asked.person))
    if asked.need:
        fitting = Need.public_id == asked.need, Match.state.in_(INVITABLE | TOLD)
        proposed = select(Match.profile_id).join(Need, Need.id == Match.need_id).where(*fitting)
        found.append(Profile.id.in_(proposed))
    return found


def _named(words: str) -> ColumnElement[bool]:
    digits = words.replace(" ", "")
    if digits.isascii() and digits.isdigit():
        return Organisation.inn.startswith(digits, autoescape=True)
    return and_(
        *(Organisation.search_key.contains(part, autoescape=True) for part in name_key(words).split()[:6])
    )


def _certified(asked: FirmsAsked) -> ColumnElement[bool]:
    verified = asked.certified is Certified.VERIFIED
    held = exists().where(
        CertificateRow.profile_id == Profile.id,
        certificates.certifying(asked.today, asked.taxonomy, verified=verified),
    )
    return ~held if asked.certified is Certified.NONE else held
