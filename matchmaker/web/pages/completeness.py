"""The gaps of a profile, and the gain of filling them in."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Profile
from matchmaker.services.matching import profile_gains
from matchmaker.web.kit import context

MOST_GAINS = 6  # of the shop's own trade, and of others


@dataclass(frozen=True, slots=True)
class WordedGain:
    """A change in words, the page that makes it, the open needs it would open, those of a year with them, and
    their hours.
    """

    text: str
    address: str
    now: int
    year: int
    hours: int
    near: bool


@dataclass(frozen=True, slots=True)
class ProfileCompleteness:
    """The completeness of a profile: `percent` of the possible entries are filled in; `missing` are the
    sections to fill; `gains` the changes that would open more needs.
    """

    percent: int
    missing: tuple[tuple[str, str], ...]
    gains: tuple[WordedGain, ...]


_PARTS: tuple[tuple[str, str, Callable[[SupplierRecord], bool]], ...] = (
    ("basics", N_("a description"), lambda r: r.description is not None),
    ("basics", N_("the town"), lambda r: bool(r.city or r.location)),
    ("basics", N_("the number of people"), lambda r: r.employees is not None),
    ("basics", N_("how to reach you"), lambda r: r.contacts is not None),
    ("capabilities", N_("what you do"), lambda r: bool(r.capabilities)),
    ("capabilities", N_("materials"), lambda r: any(item.materials for item in r.capabilities)),
    ("capabilities", N_("sizes"), lambda r: any(i.envelope_mm or i.diameter_mm for i in r.capabilities)),
    ("capabilities", N_("accuracy"), lambda r: any(i.tolerance_it for i in r.capabilities)),
    ("equipment", N_("machines"), lambda r: bool(r.equipment)),
    ("equipment", N_("free hours"), lambda r: any(i.spare_hours_per_month for i in r.equipment)),
    ("certificates", N_("a certificate, or the way to one"), lambda r: bool(r.certificates)),
    ("references", N_("work you have done"), lambda r: bool(r.references)),
)


def told(profile: Profile, record: SupplierRecord) -> ProfileCompleteness:
    """The completeness of a profile or its draft, and the gain of changes to it."""
    lacking = tuple((section, gettext(text)) for section, text, has in _PARTS if not has(record))
    return ProfileCompleteness(round(100 * (1 - len(lacking) / len(_PARTS))), lacking, gains(profile, record))


def gains(profile: Profile, record: SupplierRecord) -> tuple[WordedGain, ...]:
    """The needs that changes would open, counted over the open needs and those of the last year."""
    words = context.wording()
    found = profile_gains.of_profile(context.database(), profile, record, context.matching())
    return tuple(
        WordedGain(
            words.opening(one), _address(one.requirement), one.now, one.ever, round(one.hours), one.near
        )
        for one in (
            *[one for one in found if one.near][:MOST_GAINS],
            *[one for one in found if not one.near][:MOST_GAINS],
        )
    )


def _address(requirement: str) -> str:
    """The address of the page that makes a change."""
    if requirement == "capacity":
        return url_for("capacity.show")
    if requirement in {"languages", "sectors"}:
        return url_for("profile.basics")
    if requirement in {"certification", "processes"}:
        section = "certificates" if requirement == "certification" else "capabilities"
        return url_for("profile.entry", section=section, entry="new")
    return url_for("profile.show") + "#capabilities"
