"""The requirements of a need, structured: the one input of matching, whatever their source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import hypot

from matchmaker.domain.certificate import CertificationDemand, DemandStrength
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness

# The labels of codes of a kind, as a person would type them.
Namer = Callable[[str, Sequence[str]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Requirements:
    """The requirements of a need in codes and SI units; None or empty means not required.

    `processes` are codes in the order of the route; all are wanted. `any_process` makes one enough.
    `materials` are codes of which one (or an equivalent or narrower one) is enough: a grade and its allowed
    substitutes. `envelope_mm` are the part's sides, largest first; `quantity` is pieces a lot; `spare_hours`
    are machine-hours a month, needed in each of `months` (year·12 + month − 1; empty: at present).
    `lead_time_days` is the time that production may take: till `deliver_by`. `on` is the day on which
    certificates must hold; all demands of `certification` that are no wishes must. `excluded_processes` were named only to be ruled out ("без термообработки").
    `wall_mm` is the thinnest wall, `thread_mm` the nominal diameter of the largest thread. `customer_material`:
    the customer supplies the material; `supplier_tooling`: the supplier has to bring the tooling. All of
    `quality_papers` are wanted. `terms` are words that the taxonomy does not know, used in the text search.
    `clarity` is how far these codes and numbers tell what is wanted, 0 to 1: 1 where a person gave them, less where the
    taxonomy explains little of the text, whose words then decide instead.
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
    hardness_hv: float | None = None
    height_mm: float | None = None
    wall_mm: float | None = None
    gear_module_mm: float | None = None
    gear_grade: int | None = None
    thread_mm: float | None = None
    quantity: int | None = None
    lots_per_year: int | None = None
    spare_hours: float | None = None
    months: tuple[int, ...] = ()
    deliver_by: date | None = None
    lead_time_days: int | None = None
    on: date | None = None
    certification: tuple[CertificationDemand, ...] = ()
    customer_material: bool | None = None
    supplier_tooling: bool | None = None
    quality_papers: tuple[str, ...] = ()
    location: tuple[float, float] | None = None
    max_distance_km: float | None = None
    regions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    centres: tuple[str, ...] = ()
    strictness: dict[str, Strictness] = field(default_factory=dict)
    clarity: float = 1.0

    @property
    def demanded(self) -> tuple[CertificationDemand, ...]:
        """The demands for certificates that must all hold."""
        return tuple(one for one in self.certification if one.strength is DemandStrength.MUST)

    @property
    def wished(self) -> tuple[CertificationDemand, ...]:
        """The demands for certificates that are wishes."""
        return tuple(one for one in self.certification if one.strength is DemandStrength.WISH)

    def strictness_of(self, name: str) -> Strictness:
        """The strictness of the requirement `name`: the person's choice, else that of its kind."""
        return self.strictness.get(name) or REQUIREMENT_KINDS[name].strictness


def circle_around(wide: float, high: float) -> float:
    """The diameter of the circle in which two sides of a part lie, mm; equal sides are those of a round part."""
    return wide if abs(wide - high) <= 0.01 * wide else hypot(wide, high)
