"""The search document: the one shape in which a supplier reaches the engines, the columns and the ranker."""

from dataclasses import dataclass
from datetime import date

from matchmaker.domain.certificate import Certificate


@dataclass(frozen=True, slots=True)
class CapabilityFacts:
    """One capability in codes and SI units; None means the supplier did not say.

    `envelope_mm` is sorted, largest side first, the third None where only a table or a sheet is told; `tolerance_it` the tightest IT grade; `roughness_ra_um` the finest Ra;
    `hardness_hv` the greatest hardness, as a Vickers number, that is worked or reached; `wall_mm` the thinnest wall;
    `gear_module_mm` the largest module, `gear_grade` the finest grade of gears; `thread_mm` the largest thread.
    `of_catalogue` means that the sides are those of a machine's model in the catalogue, not of the supplier's own words.
    """

    processes: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    envelope_mm: tuple[float, float, float | None] | None = None
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
    lot_min: int | None = None
    lot_max: int | None = None
    lead_time_days: int | None = None
    of_catalogue: bool = False


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """A published supplier as search sees it, from an allow-list: no prices, notes, drawings or personal
    contacts.

    `key` is the supplier's public id, `revision` its row's counter: a late write with a smaller revision
    never wins. `processes` and `materials` are all codes of the profile: of capabilities, equipment and
    recognised text; `said_processes` are those from free text or equipment alone, weaker evidence than a
    capability, and `guessed_processes` those of them that no words say: its machines or products imply them. `spare_hours` are free machine-hours a month, `planned` those of single months (year·12 +
    month − 1); `location` degrees north and east; `languages` ISO 639-1. `hours_on` and `machines_on` are the
    days on which the supplier last confirmed its free hours, and its machines with their work.
    """

    key: str
    revision: int
    names: tuple[str, ...]
    text: str
    centre: str = ""
    reach: str = "network"
    capabilities: tuple[CapabilityFacts, ...] = ()
    processes: tuple[str, ...] = ()
    said_processes: tuple[str, ...] = ()
    guessed_processes: tuple[str, ...] = ()
    denied_processes: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    region: str | None = None
    country: str | None = None
    location: tuple[float, float] | None = None
    languages: tuple[str, ...] = ()
    spare_hours: float | None = None
    planned: tuple[tuple[int, float], ...] = ()
    employees: int | None = None
    references: int = 0
    takes_customer_material: bool | None = None
    own_tooling: bool | None = None
    quality_papers: tuple[str, ...] = ()
    updated: date | None = None
    hours_on: date | None = None
    machines_on: date | None = None
