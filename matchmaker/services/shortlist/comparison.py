"""Suppliers side by side: the requirements in rows, the declared values in columns, and the figures beside
them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matchmaker.models import Profile
from matchmaker.services.profiles import freshness
from search.matching.team_routes import Location, kilometres

# More than five columns cannot be read at a glance.
MOST = 5

Worded = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ComparisonCell:
    """A supplier's declared value for a requirement, and its verdict, one of RequirementOutcome."""

    declared: str
    outcome: str
    outcome_label: str


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A requirement with a cell a supplier, None where nothing was compared."""

    label: str
    needed: str
    cells: tuple[ComparisonCell | None, ...]


@dataclass(frozen=True, slots=True)
class ComparisonFigures:
    """The compared figures without a requirement; days from and to over the capabilities, None where not
    stated.
    """

    distance_km: int | None
    lead_days: tuple[int, int] | None
    updated: date | None


def rows(columns: Sequence[Sequence[Worded]]) -> tuple[ComparisonRow, ...]:
    """A row for each requirement, in the order in which they first appear; `columns` are the suppliers'
    worded verdicts.
    """
    wanted = dict.fromkeys((item["requirement"], item["needed"]) for column in columns for item in column)
    labels = {item["requirement"]: item["label"] for column in columns for item in column}
    found = []
    for requirement, needed in wanted:
        cells = tuple(_cell(column, requirement, needed) for column in columns)
        found.append(ComparisonRow(labels[requirement], needed, cells))
    return tuple(found)


def _cell(column: Sequence[Worded], requirement: str, needed: str) -> ComparisonCell | None:
    for item in column:
        if (item["requirement"], item["needed"]) == (requirement, needed):
            declared = ", ".join(filter(None, (item["declared"], item.get("margin", ""))))
            return ComparisonCell(declared, item["outcome"], item["outcome_label"])
    return None


def figures(profile: Profile, place: Location | None) -> ComparisonFigures:
    """The figures of a supplier; `place` is the place of delivery."""
    firm = profile.organisation
    here = (
        (firm.latitude, firm.longitude) if firm.latitude is not None and firm.longitude is not None else None
    )
    days = [row.lead_time_days for row in profile.capabilities if row.lead_time_days is not None]
    return ComparisonFigures(
        round(kilometres(here, place)) if here and place else None,
        (min(days), max(days)) if days else None,
        freshness.machines_on(profile),
    )
