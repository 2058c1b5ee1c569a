"""Integer programs that choose at the least cost under linear constraints: suppliers, without sets proposed before; meetings of a
timetable.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.columns.ragged import Bools, Floats

# Rows of factors, or a sparse matrix of scipy, and the least and the most that each row may come to.
Limits = Floats | float
Constraint = tuple[Any, Limits, Limits]
# Seconds after which the best answer so far is taken; reached by none of the sizes that the callers of `least` allow.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class LeastCost:
    """The values that cost least, None where none were found; `proven` where no others can cost less, or none are possible."""

    values: NDArray[np.float64] | None
    proven: bool


def least(
    costs: Floats,
    constraints: Iterable[Constraint],
    *,
    integral: Bools,
    most: Limits = 1.0,
    without: Sequence[frozenset[int]] = (),
) -> NDArray[np.float64] | None:
    """The values, 0 to `most`, that cost least; None where nothing holds all constraints. The values at the places of
    each set of `without`, which are switches, are not all 1.
    """
    held = list(constraints)
    if without:
        cuts = np.array([[float(i in one) for i in range(len(costs))] for one in without])
        held.append((cuts, -np.inf, cuts.sum(axis=1) - 1.0))
    return least_within(costs, held, integral=integral, bounds=(0.0, most)).values


def least_within(
    costs: Floats,
    constraints: Iterable[Constraint],
    *,
    integral: Bools,
    bounds: tuple[Limits, Limits] = (0.0, 1.0),
    seconds: float = _PATIENCE,
) -> LeastCost:
    """The same with the least and the most of each value, within so many seconds; then the best that was found till then."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    answer = milp(
        costs,
        constraints=[LinearConstraint(rows, low, high) for rows, low, high in constraints],
        integrality=integral,
        bounds=Bounds(*bounds),
        options={"mip_rel_gap": 0, "time_limit": seconds},
    )
    return LeastCost(answer.x, proven=answer.status in _SETTLED)


_SETTLED = frozenset({0, 2})  # optimal, infeasible
