"""What a profile still lacks, and what filling it in would bring."""

from collections.abc import Callable
from dataclasses import dataclass

from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Profile
from matchmaker.services import matching
from matchmaker.web import context


@dataclass(frozen=True, slots=True)
class Told:
    """`percent` of what can be said is said; `missing` are the sections to fill; `gains` what would open more needs."""

    percent: int
    missing: tuple[tuple[str, str], ...]
    gains: tuple[tuple[str, int], ...]


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


def told(profile: Profile, record: SupplierRecord) -> Told:
    """How complete the draft is; gains are counted on what is published, over the open needs."""
    lacking = tuple((section, gettext(text)) for section, text, has in _PARTS if not has(record))
    gains: tuple[tuple[str, int], ...] = ()
    if profile.state == ProfileState.PUBLISHED:
        found = matching.openings(context.database(), profile.public_id, context.matching())
        words = context.wording()
        gains = tuple((words.label(name), count) for name, count in found.obstacles[:5])
    return Told(round(100 * (1 - len(lacking) / len(_PARTS))), lacking, gains)
