"""The one capability of each supplier from which its reasons are read: never the accuracy of the lathe beside the steel of the
press.
"""

import numpy as np

from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Floats, Ints, spread
from search.columns.store import Columns
from search.filters import judges
from search.filters.evaluator import FAIL, UNKNOWN, EachCapability, OneCapability, States
from search.ranking.features import NEUTRAL

# What a requirement is worth that fails, is not stated, or is met; a condition that fails outweighs all wishes.
_WORTH = np.array([0.0, NEUTRAL, 1.0])
_BROKEN = 100.0
# Of equals, the capability for the first operation.
_MAIN = 0.01


def of_rows(
    columns: Columns, requirements: Requirements, rows: Ints
) -> tuple[OneCapability, dict[str, States]] | None:
    """The judge by the capability of each row that answers the most, with its states for the requirements of the part; None
    where that could be no other than all that count.
    """
    each = EachCapability(columns, requirements, rows)
    if not (each.owner[1:] == each.owner[:-1]).any():
        return None
    worth = _MAIN * _main(columns, requirements, each.position)
    asked = judges.of_parts(each)
    if len(asked) < 2:
        return None
    for name, states in asked.items():
        worth += _WORTH[states - FAIL]
        if requirements.strictness_of(name) is not Strictness.WISH:
            worth -= _BROKEN * (states == FAIL)
    order = np.lexsort((-worth, each.owner))
    owner = each.owner[order]
    first = np.flatnonzero(np.concatenate(([True], owner[1:] != owner[:-1])))
    owner, best = owner[first], order[first]
    chosen = np.full(len(rows), -1, dtype=np.int64)
    chosen[owner] = each.position[best]
    own = {name: np.full(len(rows), UNKNOWN, dtype=np.int8) for name in asked}
    for name, told in own.items():
        told[owner] = asked[name][best]
    return OneCapability(columns, requirements, rows, chosen), own


def _main(columns: Columns, requirements: Requirements, capabilities: Ints) -> Floats:
    """The fit of each capability for the first operation."""
    fits = np.zeros(len(capabilities))
    if requirements.processes:
        entry, of = spread(columns.capability_process.first, capabilities)
        offered = columns.capability_process.values[entry]
        np.maximum.at(fits, of, columns.process.fits(requirements.processes[0])[offered])
    return fits
