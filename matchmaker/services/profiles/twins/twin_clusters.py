"""Clusters of firms: likely pairs are joined, the surest first; what two numbers or more doubt than likeness tell apart stays
apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from matchmaker.services.profiles.twins.compared_firms import ComparedFirms
from matchmaker.services.profiles.twins.twin_model import TwinModel

_BELIEVED = 0.45  # the mean of what was compared between two clusters, from which they are joined
_MOST_TOLD = 400  # members of a cluster of which every pair is told; of a larger one those that were compared


class JoinedKeys:
    """Keys that were joined pair by pair, each with all that hang together with it."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def first(self, key: str) -> str:
        """The key that stands for all that hang together with this one."""
        above = self._above
        while above.setdefault(key, key) != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    def join(self, one: str, other: str) -> bool:
        """Join two keys, and tell whether they hung together in no way before."""
        first, second = self.first(one), self.first(other)
        self._above[first] = second
        return first != second


def clusters(
    firms: ComparedFirms, pairs: Mapping[tuple[int, int], float], model: TwinModel
) -> Iterator[tuple[int, int, float, bool]]:
    """The pairs of each cluster with their probabilities: that of the comparison, else of the weakest link that joined them; and, not
    joined, likely pairs between two clusters that do not look like one firm on the whole.
    """
    top: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    weakest: dict[int, float] = {}
    inns: dict[int, set[str]] = {}
    likely = sorted(
        ((chance, *pair) for pair, chance in pairs.items() if chance >= model.doubtful), reverse=True
    )
    for chance, one, other in likely:
        first, second = top.get(one, one), top.get(other, other)
        if first == second:
            continue
        mine, theirs = members.get(first, [first]), members.get(second, [second])
        both = inns.get(first, _inn(firms, first)) | inns.get(second, _inn(firms, second))
        if len(both) > 1 or not _believed(mine, theirs, pairs):
            continue
        if len(mine) < len(theirs):
            first, second, mine, theirs = second, first, theirs, mine
        for member in theirs:
            top[member] = first
        members[first] = [*mine, *theirs]
        members.pop(second, None)
        inns[first] = both
        weakest[first] = min(chance, weakest.get(first, 1.0), weakest.get(second, 1.0))
    yield from _told(top, members, weakest, pairs, likely, model)


def _told(
    top: Mapping[int, int],
    members: Mapping[int, list[int]],
    weakest: Mapping[int, float],
    pairs: Mapping[tuple[int, int], float],
    likely: Sequence[tuple[float, int, int]],
    model: TwinModel,
) -> Iterator[tuple[int, int, float, bool]]:
    """The pairs of the clusters; what is likely by itself and was not joined stays a question for a person."""
    for first, joined in members.items():
        if len(joined) <= _MOST_TOLD:
            for one, other in combinations(sorted(joined), 2):
                yield one, other, pairs.get((one, other), weakest[first]), True
    for chance, one, other in likely:
        first = top.get(one, one)
        if first != top.get(other, other):
            yield one, other, min(chance, model.same - 0.001), False
        elif len(members[first]) > _MOST_TOLD:
            yield one, other, chance, True


def _inn(firms: ComparedFirms, spot: int) -> set[str]:
    return {firms.inns[spot]} if firms.inns[spot] else set()


def _believed(mine: list[int], theirs: list[int], pairs: Mapping[tuple[int, int], float]) -> bool:
    """Whether the compared pairs between two clusters speak for one firm, on the whole."""
    if len(mine) * len(theirs) == 1:
        return True
    small, large = (mine, theirs) if len(mine) < len(theirs) else (theirs, mine)
    told = [
        chance
        for one in small[:20]
        for other in large[:40]
        if (chance := pairs.get((one, other) if one < other else (other, one))) is not None
    ]
    return not told or sum(told) / len(told) >= _BELIEVED
