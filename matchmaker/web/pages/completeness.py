"""The gaps of a profile, and the gain of filling them in."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Profile
from matchmaker.services.development import profile_parts
from matchmaker.services.development.profile_parts import ProfilePart
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


def told(profile: Profile, record: SupplierRecord) -> ProfileCompleteness:
    """The completeness of a profile or its draft, and the gain of changes to it."""
    parts = profile_parts.of_profile(profile, record)
    lacking = tuple((part.section, _lacking(part)) for part in parts if part.stated < 1)
    return ProfileCompleteness(profile_parts.percent(parts), lacking, gains(profile, record))


def _lacking(part: ProfilePart) -> str:
    """What is missing in words; where only some entries state it, with their number."""
    text = gettext(part.fact)
    if 0 < part.said < part.of:
        return gettext("%(fact)s (%(said)s of %(all)s)", fact=text, said=part.said, all=part.of)
    return text


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
