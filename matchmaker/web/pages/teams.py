"""Teams for a route that no supplier covers alone, as the page of a need shows them."""

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.domain.requirements import Requirements
from matchmaker.models import Profile
from matchmaker.services.matching.matching import MatchedNeed, Matching
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import context, places
from search.matching.team_routes import (
    Team,
    TeamMember,
)
from search.ranking.explain import RankedSupplier


@dataclass(frozen=True, slots=True)
class MemberView:
    """A supplier of a team: its operations, its fit for them and its score, in per cent."""

    key: str
    name: str
    place: str
    operations: tuple[tuple[str, int], ...]
    percent: int


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team with the way from operation to operation and to the buyer, in kilometres."""

    members: tuple[MemberView, ...]
    percent: int
    kilometres: int


def views(answered: MatchedNeed, parts: Matching) -> list[TeamView]:
    """Up to three teams; none where one supplier does the whole route, or where there is no route."""
    asked = answered.understanding.requirements
    if len(asked.processes) < 2 or asked.any_process or any(map(_does_all, answered.answer.matches)):
        return []
    teams = parts.matcher.teams(asked, today=parts.today)
    teams = tuple(team for team in teams if len(team.members) > 1)
    keys = {member.key for team in teams for member in team.members}
    profiles = suppliers.by_keys(context.database(), sorted(keys))
    return [
        _view(team, asked, profiles)
        for team in teams
        if all(member.key in profiles for member in team.members)
    ]


def _does_all(match: RankedSupplier) -> bool:
    verdicts = [verdict for verdict in match.verdicts if verdict.requirement == "processes"]
    return bool(verdicts) and all(verdict.outcome in {"met", "near"} for verdict in verdicts)


def _view(team: Team, asked: Requirements, profiles: Mapping[str, Profile]) -> TeamView:
    members = tuple(_member(member, asked, profiles[member.key]) for member in team.members)
    return TeamView(members, round(100 * team.score), round(team.kilometres))


def _member(member: TeamMember, asked: Requirements, profile: Profile) -> MemberView:
    words = context.wording()
    operations = tuple(
        (words.codes("process", (asked.processes[position],)), round(100 * fit))
        for position, fit in zip(member.operations, member.fits, strict=True)
    )
    name = profile.organisation.name(context.language())
    return MemberView(member.key, name, places.place(profile), operations, round(100 * member.score))
