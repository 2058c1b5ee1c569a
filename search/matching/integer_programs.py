"""Integer programs that choose suppliers: the least cost under linear constraints, without sets proposed before."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from search.columns.ragged import Bools, Floats

# Rows of factors, and the least and the most that each row may come to.
Limits = Floats | float
Constraint = tuple[Floats, Limits, Limits]
# Seconds after which the best answer so far is taken; reached by none of the sizes that the callers allow.
_PATIENCE = 5.0


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
    from scipy.optimize import Bounds, LinearConstraint, milp

    held = [LinearConstraint(rows, low, high) for rows, low, high in constraints]
    if without:
        cuts = np.array([[float(i in one) for i in range(len(costs))] for one in without])
        held.append(LinearConstraint(cuts, -np.inf, cuts.sum(axis=1) - 1.0))
    answer = milp(
        costs,
        constraints=held,
        integrality=integral,
        bounds=Bounds(0.0, most),
        options={"mip_rel_gap": 0, "time_limit": _PATIENCE},
    )
    values: NDArray[np.float64] | None = answer.x
    return values
