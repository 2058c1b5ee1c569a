"""Teams for the positions of a need: the fewest suppliers that take all positions which anybody takes, then the best
scores and the least transport. Solved exactly as a mixed-integer program.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.matching.integer_programs import least
from search.matching.team_routes import TRANSPORT_SCALE, WIDEST_LAYER, Location, kilometres


@dataclass(frozen=True, slots=True)
class PositionCandidate:
    """A supplier that could join: its score for each position, 0 to 1, None where it cannot take it; its place."""

    key: str
    scores: tuple[float | None, ...]
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class PositionMember:
    """A supplier of a team, the places of its positions in the need, and its score for each."""

    key: str
    positions: tuple[int, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PositionTeam:
    """Members by their first position, and the places of positions that nobody takes.

    `score`, 0 to 1, is the mean over the positions taken; `kilometres` the ways of the members to the buyer.
    """

    members: tuple[PositionMember, ...]
    untaken: tuple[int, ...]
    score: float
    kilometres: float


def position_teams(
    able: Sequence[PositionCandidate], *, destination: Location | None = None, count: int = 3
) -> tuple[PositionTeam, ...]:
    """Up to `count` teams, best first; none where nobody takes any position. No team holds one before it."""
    if not able:
        return ()
    wanted = range(len(able[0].scores))
    taken = tuple(position for position in wanted if any(one.scores[position] is not None for one in able))
    untaken = tuple(position for position in wanted if position not in taken)
    layers = {position: _layer(able, position) for position in taken}
    found: list[PositionTeam] = []
    proposed: list[frozenset[int]] = []
    while taken and len(found) < count:
        chosen = _chosen(able, layers, destination, proposed)
        if chosen is None:
            break
        proposed.append(frozenset(chosen.values()))
        found.append(_team(able, chosen, untaken, destination))
    return tuple(found)


def _layer(able: Sequence[PositionCandidate], position: int) -> list[int]:
    """The suppliers that may take a position, at most as many as the program is quick with."""
    scored = [(i, score) for i, one in enumerate(able) if (score := one.scores[position]) is not None]
    # Who takes more of the need makes smaller teams, so it ranks before one with a better score.
    scored.sort(key=lambda pair: (-_breadth(able[pair[0]]), -pair[1], able[pair[0]].key))
    return [i for i, _ in scored[:WIDEST_LAYER]]


def _breadth(one: PositionCandidate) -> int:
    return sum(score is not None for score in one.scores)


def _chosen(
    able: Sequence[PositionCandidate],
    layers: dict[int, list[int]],
    destination: Location | None,
    proposed: Sequence[frozenset[int]],
) -> dict[int, int] | None:
    """The supplier of each position on the cheapest assignment; None where every one holds a team proposed before."""
    edges = [(position, i) for position, layer in layers.items() for i in layer]
    ways = np.array([kilometres(one.location, destination) for one in able]) / TRANSPORT_SCALE
    scores = np.array([able[i].scores[position] for position, i in edges], dtype=float)
    # One supplier fewer always outweighs all other savings.
    charge = 1.0 + len(layers) + ways.sum()
    of_position = np.array([[float(position == one) for one, _ in edges] for position in layers])
    of_supplier = np.array([[-float(k == i) for k in range(len(able))] for _, i in edges])
    values = least(
        np.concatenate([charge + ways, 1.0 - scores]),
        [
            (np.hstack([np.zeros((len(layers), len(able))), of_position]), 1.0, 1.0),
            (np.hstack([of_supplier, np.eye(len(edges))]), -np.inf, 0.0),
        ],
        integral=np.ones(len(able) + len(edges), dtype=np.bool_),
        without=proposed,
    )
    if values is None:
        return None
    return {position: i for (position, i), used in zip(edges, values[len(able) :], strict=True) if used > 0.5}


def _team(
    able: Sequence[PositionCandidate],
    chosen: dict[int, int],
    untaken: tuple[int, ...],
    destination: Location | None,
) -> PositionTeam:
    members = []
    for i in dict.fromkeys(chosen[position] for position in sorted(chosen)):
        positions = tuple(sorted(position for position, k in chosen.items() if k == i))
        scores = tuple(able[i].scores[position] or 0.0 for position in positions)
        members.append(PositionMember(able[i].key, positions, scores))
    score = float(np.mean([score for member in members for score in member.scores]))
    way = sum(kilometres(able[i].location, destination) for i in set(chosen.values()))
    return PositionTeam(tuple(members), untaken, score, way)
