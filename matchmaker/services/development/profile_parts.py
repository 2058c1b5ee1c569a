"""The parts of a profile that needs are compared with or that people read, and how much of each is stated."""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from matchmaker.domain.language import N_
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Profile

# What is said of each kind of work, by the names of its fields: one of a row is enough.
_OF_WORK: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("materials"), ("materials",)),
    (N_("sizes"), ("envelope_mm", "diameter_mm", "length_mm", "sheet_thickness_mm", "max_mass_kg")),
    (N_("accuracy"), ("tolerance_it", "roughness_ra_um", "gear_grade")),
    (N_("the lot"), ("lot",)),
)
_FOR_MATCHING = 2  # the weight of what the matcher compares; what only people read weighs one


class ProfilePart(NamedTuple):
    """A part of a profile: its section, an English message that names it, how many of so many entries state it, its weight."""

    section: str
    fact: str
    said: int
    of: int
    weight: int

    @property
    def stated(self) -> float:
        """How much of it is stated, 0 to 1."""
        return self.said / self.of if self.of else 0.0


def of_profile(profile: Profile, record: SupplierRecord) -> list[ProfilePart]:
    """The parts of a profile or its draft, in the order of its sections."""
    return [*_of_work(record), *_of_shop(profile, record)]


def percent(parts: Iterable[ProfilePart]) -> int:
    """How much of all parts is stated, by weight."""
    weighed = list(parts)
    stated = sum(part.weight * part.stated for part in weighed)
    return math.floor(100 * stated / sum(part.weight for part in weighed))


def _of_work(record: SupplierRecord) -> Iterator[ProfilePart]:
    """What the kinds of work say: a fact that only some of them state counts in part."""
    works = record.capabilities
    yield ProfilePart("capabilities", N_("what you do"), int(bool(works)), 1, 2 * _FOR_MATCHING)
    for fact, names in _OF_WORK:
        said = sum(any(getattr(one, name) for name in names) or _of_all(record, names) for one in works)
        yield ProfilePart("capabilities", fact, said, len(works), _FOR_MATCHING)


def _of_all(record: SupplierRecord, names: tuple[str, ...]) -> bool:
    """Whether the shop as a whole states it for works that do not."""
    return "lot" in names and record.lot is not None


def _of_shop(profile: Profile, record: SupplierRecord) -> Iterator[ProfilePart]:
    hours = bool(profile.capacity) or any(one.spare_hours_per_month is not None for one in record.equipment)
    for section, fact, stated, weight in (
        ("equipment", N_("machines"), bool(record.equipment), _FOR_MATCHING),
        ("equipment", N_("free hours"), hours, _FOR_MATCHING),
        ("certificates", N_("a certificate, or the way to one"), bool(record.certificates), _FOR_MATCHING),
        ("basics", N_("the town"), bool(record.city or record.location), _FOR_MATCHING),
        ("basics", N_("a description"), record.description is not None, 1),
        ("basics", N_("the number of people"), record.employees is not None, 1),
        ("basics", N_("how to reach you"), record.contacts is not None, 1),
        ("references", N_("work you have done"), bool(record.references), 1),
    ):
        yield ProfilePart(section, fact, int(stated), 1, weight)
