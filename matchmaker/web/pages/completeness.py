"""The gaps of a profile, and the gain of filling them in."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

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
    """The completeness of a profile: `percent` of what needs are compared with is stated; `missing` are the
    sections to fill; `gains` the changes that would open more needs.
    """

    percent: int
    missing: tuple[tuple[str, str], ...]
    gains: tuple[WordedGain, ...]


# What is said of each kind of work, by the names of its fields: one of a row is enough.
_OF_WORK: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("materials"), ("materials",)),
    (N_("sizes"), ("envelope_mm", "diameter_mm", "length_mm", "sheet_thickness_mm", "max_mass_kg")),
    (N_("accuracy"), ("tolerance_it", "roughness_ra_um", "gear_grade")),
    (N_("the lot"), ("lot",)),
)
_FOR_MATCHING = 2  # the weight of what the matcher compares; what only people read weighs one


def told(profile: Profile, record: SupplierRecord) -> ProfileCompleteness:
    """The completeness of a profile or its draft, and the gain of changes to it."""
    parts = [*_of_work(record), *_of_shop(profile, record)]
    stated = sum(part.weight * part.stated for part in parts)
    lacking = tuple((part.section, part.words) for part in parts if part.stated < 1)
    percent = math.floor(100 * stated / sum(part.weight for part in parts))
    return ProfileCompleteness(percent, lacking, gains(profile, record))


class _ProfilePart(NamedTuple):
    """A part of a profile: its section, what is missing in words, how much of it is stated (0 to 1), its weight."""

    section: str
    words: str
    stated: float
    weight: int


def _of_work(record: SupplierRecord) -> Iterator[_ProfilePart]:
    """What the kinds of work say: a fact that only some of them state counts in part, and is told with their number."""
    works = record.capabilities
    yield _ProfilePart("capabilities", gettext("what you do"), float(bool(works)), 2 * _FOR_MATCHING)
    for words, names in _OF_WORK:
        said = sum(any(getattr(one, name) for name in names) or _of_all(record, names) for one in works)
        text = gettext(words)
        if 0 < said < len(works):
            text = gettext("%(fact)s (%(said)s of %(all)s)", fact=text, said=said, all=len(works))
        yield _ProfilePart("capabilities", text, said / len(works) if works else 0.0, _FOR_MATCHING)


def _of_all(record: SupplierRecord, names: tuple[str, ...]) -> bool:
    """Whether the shop as a whole states it for works that do not."""
    return "lot" in names and record.lot is not None


def _of_shop(profile: Profile, record: SupplierRecord) -> Iterator[_ProfilePart]:
    hours = bool(profile.capacity) or any(one.spare_hours_per_month is not None for one in record.equipment)
    contacts, weight = record.contacts is not None, _FOR_MATCHING
    yield _ProfilePart("equipment", gettext("machines"), float(bool(record.equipment)), weight)
    yield _ProfilePart("equipment", gettext("free hours"), float(hours), weight)
    yield _ProfilePart(
        "certificates", gettext("a certificate, or the way to one"), float(bool(record.certificates)), weight
    )
    yield _ProfilePart("basics", gettext("the town"), float(bool(record.city or record.location)), weight)
    yield _ProfilePart("basics", gettext("a description"), float(record.description is not None), 1)
    yield _ProfilePart("basics", gettext("the number of people"), float(record.employees is not None), 1)
    yield _ProfilePart("basics", gettext("how to reach you"), float(contacts), 1)
    yield _ProfilePart("references", gettext("work you have done"), float(bool(record.references)), 1)


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
