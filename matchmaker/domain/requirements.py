"""What a need asks for, structured: the one input of matching, whoever or whatever filled it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from matchmaker.domain.certificate import CertificationDemand


class Strictness(StrEnum):
    """How a requirement acts.

    WISH only moves the rank. LENIENT removes a supplier that is known to fail; one that did not say passes.
    STRICT removes a supplier that did not say, too.
    """

    WISH = "wish"
    LENIENT = "lenient"
    STRICT = "strict"


# The names of requirements, in the order in which pages show them.
REQUIREMENTS = (
    "certification",
    "processes",
    "materials",
    "envelope",
    "diameter",
    "length",
    "thickness",
    "mass",
    "tolerance",
    "roughness",
    "lot",
    "lead_time",
    "capacity",
    "region",
    "distance",
    "languages",
    "sectors",
    "reach",
)
# Requirement of a supplier's limits → the attribute of Requirements with the number or the sides that are asked for.
NUMBERS: Mapping[str, str] = {
    "envelope": "envelope_mm",
    "diameter": "diameter_mm",
    "length": "length_mm",
    "thickness": "thickness_mm",
    "mass": "mass_kg",
    "tolerance": "tolerance_it",
    "roughness": "roughness_ra_um",
    "lot": "quantity",
    "lead_time": "lead_time_days",
    "capacity": "spare_hours",
}
# The attribute that holds the value a relaxation changes.
RELAXED: Mapping[str, str] = {
    "processes": "processes",
    "materials": "materials",
    **NUMBERS,
    "distance": "max_distance_km",
}

# What a requirement does unless the person says otherwise. A certificate, a distance and a region are conditions that a
# buyer states as such; a part that does not fit the machine cannot be made. The rest is weighed: a shop that declares
# IT7 may well hold IT6, and a buyer wants to see it marked as nearly met rather than not at all.
DEFAULT_STRICTNESS = {
    "certification": Strictness.STRICT,
    "distance": Strictness.LENIENT,
    "region": Strictness.LENIENT,
    "envelope": Strictness.LENIENT,
    "diameter": Strictness.LENIENT,
    "length": Strictness.LENIENT,
    "thickness": Strictness.LENIENT,
    "mass": Strictness.LENIENT,
    "reach": Strictness.STRICT,
}


@dataclass(frozen=True, slots=True)
class Requirements:
    """A need in codes and SI units; None or empty means not asked for.

    `processes` are codes in the order of the route; all are wanted. `any_process` makes one enough.
    `materials` are codes of which one (or an equivalent or narrower one) is enough: a grade and its allowed
    substitutes. `envelope_mm` are the part's sides, largest first; `quantity` is pieces a lot; `spare_hours` are
    machine-hours a month, wanted in each of `months` (year·12 + month − 1; empty: as things are now). `lead_time_days` is how long the making may take: till `deliver_by`. `on` is the day on which certificates must hold. `excluded_processes` were named only to be
    ruled out ("без термообработки"). `terms` are words the taxonomy does not know, kept for the text search.
    """

    text: str = ""
    processes: tuple[str, ...] = ()
    any_process: bool = False
    excluded_processes: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    envelope_mm: tuple[float, float, float] | None = None
    diameter_mm: float | None = None
    length_mm: float | None = None
    thickness_mm: float | None = None
    mass_kg: float | None = None
    tolerance_it: int | None = None
    roughness_ra_um: float | None = None
    quantity: int | None = None
    lots_per_year: int | None = None
    spare_hours: float | None = None
    months: tuple[int, ...] = ()
    deliver_by: date | None = None
    lead_time_days: int | None = None
    on: date | None = None
    certification: CertificationDemand | None = None
    certification_wish: CertificationDemand | None = None
    location: tuple[float, float] | None = None
    max_distance_km: float | None = None
    regions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    strictness: dict[str, Strictness] = field(default_factory=dict)

    def strictness_of(self, name: str) -> Strictness:
        """What the requirement `name` does: as the person said, else the default, else a wish."""
        return self.strictness.get(name) or DEFAULT_STRICTNESS.get(name, Strictness.WISH)
