"""What suppliers tell their centre of a year: asked by letter once it is over, prefilled, changed until the centre locks the year."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers.cells import amount_text, minor_units
from matchmaker.domain.errors import Faults, LinkSpent, NotFound, PeriodLocked, StaleRevision, wrong_field
from matchmaker.domain.language import N_
from matchmaker.models import Centre, PeriodLock, Profile, User, YearAnswer
from matchmaker.models.reporting import REVENUE_BANDS
from matchmaker.services.core import journal, locks, signed_links
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import link_holders

FIELDS = ("staff", "revenue_band", "export_percent", "new_products", "new_jobs", "invested")
MOST_PEOPLE = 1_000_000
MOST_ROUBLES = 1_000_000_000_000
_KOPECKS = 100
_MOST: Mapping[str, int] = {
    "staff": MOST_PEOPLE,
    "export_percent": 100,
    "new_products": 100_000,
    "new_jobs": MOST_PEOPLE,
}


@dataclass(frozen=True, slots=True)
class YearTold:
    """A supplier's word about a year; None where it says nothing. `invested_minor` is in minor units of a rouble."""

    staff: int | None = None
    revenue_band: str | None = None
    export_percent: int | None = None
    new_products: int | None = None
    new_jobs: int | None = None
    invested_minor: int | None = None


@dataclass(frozen=True, slots=True)
class YearLink:
    """The subject of a letter's link: a supplier, the year that it is asked about, and the person who holds the link, None for an address
    without an account.
    """

    profile: Profile
    year: int
    user: User | None


_TOLD = tuple(one.name for one in fields(YearTold))


def last_year(today: date) -> int:
    """The year that ended last, which suppliers are asked about."""
    return today.year - 1


def read(typed: Mapping[str, str]) -> YearTold:
    """The word in a form, an empty field for nothing. Raises InvalidRecord with a problem for every wrong field, and where all are empty."""
    given = {name: typed.get(name, "").strip() for name in FIELDS}
    if not any(given.values()):
        raise wrong_field(
            "staff",
            "year.nothing",
            N_("Say at least one thing of the year, for example how many people worked."),
        )
    faults, read_numbers = Faults(), dict[str, int | None]()
    band = invested = None
    for name in _MOST:
        with faults:
            read_numbers[name] = _count(name, given[name])
    with faults:
        band = _band(given["revenue_band"])
    with faults:
        invested = _invested(given["invested"])
    faults.settle()
    return YearTold(revenue_band=band, invested_minor=invested, **read_numbers)


def _count(name: str, typed: str) -> int | None:
    if not typed:
        return None
    digits, most = "".join(typed.removesuffix("%").split()), _MOST[name]
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) <= most):
        message = N_("Give a whole number from 0 to %(most)s, or leave it empty.")
        raise wrong_field(name, "year.number", message, typed, {"most": most})
    return int(digits)


def _band(typed: str) -> str | None:
    if typed and typed not in REVENUE_BANDS:
        raise wrong_field("revenue_band", "year.band", N_("Choose the revenue of the year."), typed)
    return typed or None


def _invested(typed: str) -> int | None:
    minor = minor_units(typed) if typed else None
    if typed and (minor is None or not 0 <= minor <= MOST_ROUBLES * _KOPECKS):
        message = N_("Give what was invested in roubles as a number like 1500000, or leave it empty.")
        raise wrong_field("invested", "year.invested", message, typed)
    return minor


def typed_of(told: YearAnswer) -> dict[str, str]:
    """An answer as its form shows it."""
    shown = {name: getattr(told, name) for name in FIELDS if name != "invested"}
    invested = told.invested_minor
    shown["invested"] = None if invested is None else amount_text(invested).removesuffix(".00")
    return {name: "" if value is None else str(value) for name, value in shown.items()}


def prefilled(session: Session, profile: Profile, year: int) -> dict[str, str]:
    """The form of a year: as it was told, else what the profile and the year before let one expect."""
    told = of_year(session, profile, year)
    if told is not None:
        return typed_of(told)
    before = of_year(session, profile, year - 1)
    expected = typed_of(before) if before else {}
    staff = expected.get("staff") or ("" if profile.employees is None else str(profile.employees))
    kept = {name: expected.get(name, "") for name in ("revenue_band", "export_percent")}
    return dict.fromkeys(FIELDS, "") | kept | {"staff": staff}


def of_year(session: Session, profile: Profile, year: int) -> YearAnswer | None:
    """What a supplier told of a year."""
    query = select(YearAnswer).where(YearAnswer.profile_id == profile.id, YearAnswer.year == year)
    return session.scalar(query)


def is_locked(session: Session, centre: Centre, year: int) -> bool:
    """Whether the centre has reported the year: then it stays as it was told."""
    return session.get(PeriodLock, (centre.id, str(year))) is not None


def check_open(session: Session, centre: Centre, year: int) -> None:
    """Raise PeriodLocked where the centre has locked the year."""
    if is_locked(session, centre, year):
        raise PeriodLocked(period=str(year))


def tell(
    session: Session, profile: Profile, year: int, told: YearTold, user: User | None, *, revision: int
) -> YearAnswer:
    """Keep what a supplier tells of a year, in place of what it told before at `revision`, 0 for nothing; `user` is None for the link of
    a letter to an address without an account.

    Raises PeriodLocked where the centre has locked the year, StaleRevision where somebody told another thing in between.
    """
    centre = profile.organisation.centre
    locks.lock_row(session, centre)
    check_open(session, centre, year)
    answer = of_year(session, profile, year)
    if answer is not None and _told(answer) == told:
        return answer
    if revision != (answer.revision if answer else 0):
        raise StaleRevision
    if answer is None:
        answer = YearAnswer(profile_id=profile.id, year=year)
        session.add(answer)
    for name in _TOLD:
        setattr(answer, name, getattr(told, name))
    answer.by_id = user.id if user else None
    session.flush()
    journal.note(session, user.public_id if user else "letter", "year.told", profile, {"year": year})
    return answer


def _told(answer: YearAnswer) -> YearTold:
    return YearTold(**{name: getattr(answer, name) for name in _TOLD})


def asked(session: Session, token: str) -> YearLink:
    """The question that a link asks; it may be answered again. Raises NotFound, and LinkSpent where it is too old or its person no longer
    speaks for the supplier.
    """
    key, written, user, mark = signed_links.read(site_of(session), "year", token, 4)
    profile = session.scalar(select(Profile).where(Profile.public_id == key))
    if profile is None or not written.isdigit():
        raise NotFound(what="link", key="")
    if not link_holders.of_supplier(session, profile, user, (mark,)):
        raise LinkSpent
    return YearLink(profile, int(written), session.scalar(select(User).where(User.public_id == user)))
