"""Teams for positions are compared with every possible assignment of small needs."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from search.matching.team_positions import PositionCandidate, PositionTeam, position_teams
from search.matching.team_routes import kilometres

EKATERINBURG, CHELYABINSK, MOSCOW = (56.84, 60.61), (55.16, 61.40), (55.75, 37.62)


def able(key, *scores, location=None):
    return PositionCandidate(key, scores, location)


def taken(team: PositionTeam):
    return {member.key: member.positions for member in team.members}


def test_one_supplier_of_all_positions_beats_two_better_ones():
    found = position_teams([able("a", 0.9, None), able("b", None, 0.9), able("c", 0.5, 0.5)])
    assert [taken(team) for team in found] == [{"c": (0, 1)}, {"a": (0,), "b": (1,)}]


def test_what_nobody_takes_is_told_and_the_rest_is_shared():
    found = position_teams([able("a", 0.9, None, None), able("b", None, None, 0.8)])
    assert [(taken(team), team.untaken) for team in found] == [({"a": (0,), "b": (2,)}, (1,))]
    assert position_teams([able("a", None)]) == ()
    assert position_teams([]) == ()


def test_equal_suppliers_are_chosen_by_their_way_to_the_buyer():
    firms = [
        able("a", 0.5, None),
        able("far", None, 0.5, location=MOSCOW),
        able("near", None, 0.5, location=EKATERINBURG),
    ]
    first, second = position_teams(firms, destination=CHELYABINSK)
    assert set(taken(first)) == {"a", "near"}
    assert set(taken(second)) == {"a", "far"}
    assert first.kilometres < 250 < second.kilometres


SCORES = st.none() | st.floats(0.1, 1.0)
PLACES = st.sampled_from((None, EKATERINBURG, CHELYABINSK, MOSCOW))


@st.composite
def firms(draw):
    positions = draw(st.integers(1, 4))
    return [
        able(f"s{i}", *(draw(SCORES) for _ in range(positions)), location=draw(PLACES))
        for i in range(draw(st.integers(1, 5)))
    ]


def cost(used, scores, places):
    ways = sum(kilometres(place, MOSCOW) for place in places)
    return len(used) * 1000 + sum(1 - score for score in scores) + ways / 2000


@settings(max_examples=60, deadline=None)
@given(firms())
def test_the_first_team_is_the_best_of_all_assignments(candidates):
    choices = [
        [one for one in candidates if one.scores[p] is not None] for p in range(len(candidates[0].scores))
    ]
    covered = [p for p, some in enumerate(choices) if some]
    found = position_teams(candidates, destination=MOSCOW, count=1)
    if not covered:
        assert found == ()
        return
    trials = []
    for path in product(*(choices[p] for p in covered)):
        used = {one.key: one.location for one in path}
        scores = [one.scores[p] for p, one in zip(covered, path, strict=True)]
        trials.append(cost(used, scores, used.values()))
    team = found[0]
    by_key = {one.key: one for one in candidates}
    of_team = cost(
        taken(team),
        [score for member in team.members for score in member.scores],
        [by_key[key].location for key in taken(team)],
    )
    assert abs(of_team - min(trials)) < 1e-6
    assert sorted(p for member in team.members for p in member.positions) == covered
    assert all(
        score == by_key[member.key].scores[p]
        for member in team.members
        for p, score in zip(member.positions, member.scores, strict=True)
    )
    assert sorted({*covered, *team.untaken}) == list(range(len(choices)))
