"""The evidence about the candidates of one need, as arrays: the one input of features, scores and
explanations.

Row i of every array is candidate i. Missing numbers are NaN: the supplier did not say, or the need did not
ask.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.requirements import Requirements
from search.filters.evaluator import States

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class DeclaredCodes(Protocol):
    """The codes that a candidate declared; only explanations read them, for the few answered candidates."""

    def process(self, rows: Ints, position: int) -> list[str | None]:
        """The offered process of each of `rows` that best answers the required one at `position`."""
        ...

    def materials(self, rows: Ints) -> list[tuple[str, ...]]:
        """The offered materials of each of `rows` that best answer the required ones."""
        ...

    def of_catalogue(self, rows: Ints) -> list[bool]:
        """Whether all sizes of each of `rows`, of the capabilities that count, come from the catalogue of machines."""
        ...

    def members(self, name: str, row: int) -> tuple[str, ...]:
        """The codes declared for "regions", "languages" or "sectors"."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """The declared values of n candidates beside one need.

    `process_fit` is n × (required processes), 0 to 1, and `process_known` the same shape: whether it comes
    from a capability (True) or from text and equipment alone; `process_worded` where the supplier's own words say it, not only its machines or
    products. `material_fit` 0 to 1, `material_known` where a
    capability names one. `envelope_mm` is n × 3, largest side first (a table's third side is 0; a lathe's length and diameter, no
    third), `envelope_ratio` the least ratio of such a side to the needed one. `numbers` are the declared
    values of the kinds that compare one number of a part, by name. `states` are the filters' verdicts a
    requirement. `joint_fit` is the fit of the single best capability for all numbers at once. `held` is n × (demands for certificates), levels 0 to 3
    on the day, `undated` the same shape: whether nothing better than a certificate without any date gives it;
    `usual` is the level for the most frequent standard where no certificate is demanded. `papers` is the share of the wanted quality papers that are given. `words` is the share of the need's words found, by rarity, `terms` that of its unknown terms, `similarity` that of
    letters; all 0 to 1. `age_days` and `hours_age_days` are the days since the machines and the free hours
    were last confirmed.
    """

    requirements: Requirements
    today: date
    count: int
    states: dict[str, States]
    process_fit: Floats
    process_known: NDArray[np.bool_]
    process_worded: NDArray[np.bool_]
    material_fit: Floats
    material_known: NDArray[np.bool_]
    envelope_mm: Floats
    envelope_ratio: Floats
    numbers: dict[str, Floats]
    lot_min: Floats
    lot_max: Floats
    joint_fit: Floats
    spare_hours: Floats
    distance_km: Floats
    same_region: Floats
    held: Floats
    undated: NDArray[np.bool_]
    usual: Floats
    papers: Floats
    sector: Floats
    language: Floats
    words: Floats
    terms: Floats
    similarity: Floats
    specialisation: Floats
    references: Floats
    employees: Floats
    age_days: Floats
    hours_age_days: Floats
    completeness: Floats
    excluded: Floats
    offers: DeclaredCodes

    def take(self, chosen: Sequence[int], **changed: Any) -> "Evidence":
        """The evidence about chosen candidates, with what is `changed`."""
        told = {
            item.name: _taken(getattr(self, item.name), chosen)
            for item in fields(self)
            if item.name not in changed
        }
        return Evidence(**{**told, "count": len(chosen), **changed})


def _taken(value: Any, chosen: Sequence[int]) -> Any:
    if isinstance(value, dict):
        return {name: one[chosen] for name, one in value.items()}
    return value[chosen] if isinstance(value, np.ndarray) else value
