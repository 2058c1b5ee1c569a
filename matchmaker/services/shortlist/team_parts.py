"""The part of a supplier in a team: its positions, and who is in the team, as letters and its pages say it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.domain.language import N_
from matchmaker.models import Match, Need, Profile, SupplierTeam, SupplierTeamMember
from matchmaker.services.mail import letters
from matchmaker.services.needs import needs


@dataclass(frozen=True, slots=True)
class TeamPart:
    """A member of a team with the titles of its positions."""

    team: SupplierTeam
    member: SupplierTeamMember
    titles: tuple[str, ...]

    @property
    def leads(self) -> bool:
        return self.member.match_id == self.team.lead_id


def of_need(session: Session, need: Need) -> Sequence[SupplierTeam]:
    """The teams of a need that are not over, with their members, in one statement."""
    query = (
        select(SupplierTeam)
        .where(SupplierTeam.need_id == need.id, SupplierTeam.ended_at.is_(None))
        .order_by(SupplierTeam.id)
    )
    return session.scalars(query.options(with_firms())).unique().all()


def with_firms() -> ExecutableOption:
    """What is read with a team: its members with their firms."""
    match = joinedload(SupplierTeam.members).joinedload(SupplierTeamMember.match)
    return match.joinedload(Match.profile).joinedload(Profile.organisation)


def of_match(session: Session, match: Match) -> TeamPart | None:
    """The part of a supplier in the team that it is in; None where it is in none."""
    own = select(SupplierTeamMember.team_id).where(SupplierTeamMember.match_id == match.id)
    query = (
        select(SupplierTeam)
        .where(SupplierTeam.id.in_(own), SupplierTeam.ended_at.is_(None))
        .options(with_firms())
    )
    team = session.scalars(query).unique().first()
    if team is None:
        return None
    member = next(one for one in team.members if one.match_id == match.id)
    return TeamPart(team, member, titles(match.need, member.positions))


def titles(need: Need, positions: Sequence[str]) -> tuple[str, ...]:
    """The titles of positions of a need by their ids, in the order of the need."""
    return tuple(str(one.title or one.id) for one in needs.record(need).positions if one.id in set(positions))


def rows(session: Session, match: Match, language: str) -> list[tuple[str, str]]:
    """What a letter says of the supplier's team: who leads it, who else is in it, and the supplier's own part; nothing without one."""
    part = of_match(session, match)
    return [] if part is None else told(part, language)


def told(part: TeamPart, language: str) -> list[tuple[str, str]]:
    """The same of a part that is known."""
    _ = letters.words(language)
    names = {one.match_id: one.match.profile.organisation.name(language) for one in part.team.members}
    others = [name for key, name in names.items() if key not in {part.member.match_id, part.team.lead_id}]
    lead = _(N_("your firm")) if part.leads else names[part.team.lead_id]
    found = [(_(N_("The team is led by")), lead), (_(N_("Your part")), "; ".join(part.titles))]
    return [*found, *([(_(N_("Also in the team")), "; ".join(others))] if others else [])]
