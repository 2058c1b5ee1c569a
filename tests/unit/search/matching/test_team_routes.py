"""Teams are compared with every possible assignment on small routes."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from search.matching.team_routes import (
    COVERS,
    Team,
    TeamCandidate,
    kilometres,
    teams,
)

EKATERINBURG, CHELYABINSK, MOSCOW = (56.84, 60.61), (55.16, 61.40), (55.75, 37.62)


def able(key, fits, score=0.8, location=None):
    scores = score if isinstance(score, tuple) else (score,) * len(fits)
    return TeamCandidate(key, tuple(fits), scores, location)


def keys(team: Team):
    return {member.key for member in team.members}


def test_one_supplier_of_the_whole_route_beats_two_better_ones():
    found = teams([able("a", (1, 0), 0.9), able("b", (0, 1), 0.9), able("c", (1, 1), 0.5)])
    assert keys(found[0]) == {"c"}


def test_equal_suppliers_are_chosen_by_transport():
    suppliers = [
        able("foundry", (1, 0), location=EKATERINBURG),
        able("near", (0, 1), location=CHELYABINSK),
        able("far", (0, 1), location=MOSCOW),
    ]
    found = teams(suppliers, destination=CHELYABINSK)
    assert [keys(team) for team in found] == [{"foundry", "near"}, {"foundry", "far"}]
    assert 150 < found[0].kilometres < 250


def test_no_team_where_an_operation_has_nobody():
    assert teams([able("a", (1, 0))]) == ()
    assert teams([]) == ()


def test_members_name_their_operations():
    found = teams([able("a", (1, 0, 1)), able("b", (0, 1, 0))])
    assert {member.key: member.operations for member in found[0].members} == {"a": (0, 2), "b": (1,)}


def test_no_team_contains_a_team_proposed_before():
    suppliers = [able(name, (1, 1), score) for name, score in (("a", 0.9), ("b", 0.8), ("c", 0.7))]
    assert [keys(team) for team in teams(suppliers)] == [{"a"}, {"b"}, {"c"}]


FITS = st.sampled_from((0.0, 0.3, 0.7, 1.0))
PLACES = st.sampled_from((None, EKATERINBURG, CHELYABINSK, MOSCOW))


@st.composite
def suppliers(draw):
    operations = draw(st.integers(1, 4))
    return [
        able(
            f"s{i}",
            [draw(FITS) for _ in range(operations)],
            tuple(draw(st.floats(0.1, 1.0)) for _ in range(operations)),
            draw(PLACES),
        )
        for i in range(draw(st.integers(1, 5)))
    ]


def cost(team: Team, operations: int) -> float:
    return len(team.members) * 1000 + operations * (1 - team.score) + team.kilometres / 2000


def best_by_trial(candidates):
    operations = len(candidates[0].fits)
    costs = []
    for path in product(candidates, repeat=operations):
        if all(one.fits[position] >= COVERS for position, one in enumerate(path)):
            way = sum(kilometres(path[i].location, path[i + 1].location) for i in range(operations - 1))
            lack = sum(1 - one.fits[position] * one.scores[position] for position, one in enumerate(path))
            costs.append(len({one.key for one in path}) * 1000 + lack + way / 2000)
    return min(costs, default=None)


@settings(max_examples=60, deadline=None)
@given(suppliers())
def test_the_first_team_is_the_best_of_all_assignments(candidates):
    found = teams(candidates, count=1)
    expected = best_by_trial(candidates)
    if expected is None:
        assert found == ()
    else:
        assert abs(cost(found[0], len(candidates[0].fits)) - expected) < 1e-6
