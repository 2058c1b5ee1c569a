"""Teams for a route that no supplier covers alone: the fewest suppliers, then the best scores and the least
transport.

The route is a path through layers, one layer an operation and one node a supplier able to do it. A flow of
one unit walks it; a supplier with any flow costs a large fixed charge, every operation costs its supplier's
missing score and every change of place its kilometres. Solved exactly as a mixed-integer program.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from search.matching.integer_programs import least

# An operation counts as covered from here: declared one level broader, even if only in words, but not a sibling.
COVERS = 0.5

# Beyond so many suppliers an operation the worse ones are left out; keeps the program in tens of milliseconds.
WIDEST_LAYER = 15

# So many kilometres between two operations weigh as much as a whole point of score.
TRANSPORT_SCALE = 2000.0

EARTH_RADIUS = 6371.0088

Location = tuple[float, float]


@dataclass(frozen=True, slots=True)
class TeamCandidate:
    """A supplier that could join: its fit for each operation (0 to 1), its score for each alone, its place."""

    key: str
    fits: tuple[float, ...]
    scores: tuple[float, ...]
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A supplier of a team, the positions of its operations, its fit for each, and its mean score for them."""

    key: str
    operations: tuple[int, ...]
    fits: tuple[float, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Team:
    """Members in the order in which the route first reaches them; `score` 0 to 1 is the mean over operations.

    `kilometres` is the way from operation to operation and to the buyer, great circles; legs between unknown
    places count nothing.
    """

    members: tuple[TeamMember, ...]
    score: float
    kilometres: float


def kilometres(start: Location | None, end: Location | None) -> float:
    """The great-circle distance; 0 where a place is unknown."""
    if start is None or end is None:
        return 0.0
    (lat1, lon1), (lat2, lon2) = np.radians(start), np.radians(end)
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    return float(2 * EARTH_RADIUS * np.arcsin(np.sqrt(half)))


def teams(
    able: Sequence[TeamCandidate], *, destination: Location | None = None, count: int = 3
) -> tuple[Team, ...]:
    """Up to `count` teams that cover every operation, best first; none where an operation has no supplier."""
    if not able:
        return ()
    layers = _layers(able)
    if not all(layers):
        return ()
    program = _Program.of(able, layers, destination)
    found: list[Team] = []
    banned: list[frozenset[int]] = []
    while len(found) < count:
        path = program.solve(banned)
        if path is None:
            break
        found.append(_team(able, path, destination))
        banned.append(frozenset(path))
    return tuple(found)


def _layers(able: Sequence[TeamCandidate]) -> list[list[int]]:
    return [_layer(able, operation) for operation in range(len(able[0].fits))]


def _layer(able: Sequence[TeamCandidate], operation: int) -> list[int]:
    fit = [i for i, one in enumerate(able) if one.fits[operation] >= COVERS]
    # A supplier that covers more of the route makes smaller teams, so it ranks before one with a better score.
    fit.sort(key=lambda i: (-sum(f >= COVERS for f in able[i].fits), -able[i].scores[operation], able[i].key))
    return fit[:WIDEST_LAYER]


def _team(able: Sequence[TeamCandidate], path: Sequence[int], destination: Location | None) -> Team:
    members = tuple(
        TeamMember(
            able[i].key,
            operations := tuple(position for position, chosen in enumerate(path) if chosen == i),
            tuple(able[i].fits[position] for position in operations),
            float(np.mean([able[i].scores[position] for position in operations])),
        )
        for i in dict.fromkeys(path)
    )
    places = [*(able[i].location for i in path), destination]
    way = sum(kilometres(start, end) for start, end in pairwise(places))
    score = float(
        np.mean([able[i].fits[position] * able[i].scores[position] for position, i in enumerate(path)])
    )
    return Team(members, score, way)


@dataclass(frozen=True, slots=True)
class _Program:
    """The integer program. Its variables: one switch a supplier, then one flow an edge (operation, from, to);
    edges of operation 0 enter it.
    """

    switches: int
    edges: tuple[tuple[int, int, int], ...]
    costs: NDArray[np.float64]
    equalities: NDArray[np.float64]
    capacities: NDArray[np.float64]

    @classmethod
    def of(
        cls, able: Sequence[TeamCandidate], layers: list[list[int]], destination: Location | None
    ) -> "_Program":
        edges = [(0, -1, i) for i in layers[0]]
        for operation, (left, right) in enumerate(pairwise(layers), 1):
            edges += [(operation, i, k) for i in left for k in right]
        costs = [_cost(able, edge, len(layers), destination) for edge in edges]
        # One supplier fewer always outweighs all other savings.
        charge = 1.0 + len(layers) * max(costs)
        n = len(able)
        nodes = [(operation, i) for operation, layer in enumerate(layers) for i in layer]
        inflow = np.array([[(o, k) == node for o, _, k in edges] for node in nodes], dtype=float)
        outflow = np.array([[(o - 1, i) == node for o, i, _ in edges] for node in nodes], dtype=float)
        inner = [position for position, (operation, _) in enumerate(nodes) if operation < len(layers) - 1]
        start = np.array([[o == 0 for o, _, _ in edges]], dtype=float)
        equalities = np.vstack([start, inflow[inner] - outflow[inner]])
        switch = np.array([[i == node[1] for i in range(n)] for node in nodes], dtype=float)
        return cls(
            n,
            tuple(edges),
            np.concatenate([np.full(n, charge), costs]),
            np.hstack([np.zeros((len(equalities), n)), equalities]),
            np.hstack([-switch, inflow]),
        )

    def solve(self, banned: Sequence[frozenset[int]]) -> list[int] | None:
        """The supplier of each operation on the cheapest path that does not use all of a banned set; None if
        there is none.
        """
        size = len(self.costs)
        ends = np.zeros(len(self.equalities))
        ends[0] = 1.0
        values = least(
            self.costs,
            [(self.equalities, ends, ends), (self.capacities, -np.inf, 0.0)],
            integral=np.arange(size) < self.switches,
            without=banned,
        )
        if values is None:
            return None
        return self._walk(values[self.switches :])

    def _walk(self, flow: NDArray[np.float64]) -> list[int]:
        path: list[int] = []
        at = -1
        for operation in range(self.edges[-1][0] + 1):
            following = [(flow[e], k) for e, (o, i, k) in enumerate(self.edges) if o == operation and i == at]
            at = max(following)[1]
            path.append(at)
        return path


def _cost(
    able: Sequence[TeamCandidate], edge: tuple[int, int, int], operations: int, destination: Location | None
) -> float:
    operation, before, after = edge
    way = kilometres(able[before].location, able[after].location) if before >= 0 else 0.0
    if operation == operations - 1:
        way += kilometres(able[after].location, destination)
    return 1.0 - able[after].fits[operation] * able[after].scores[operation] + way / TRANSPORT_SCALE
