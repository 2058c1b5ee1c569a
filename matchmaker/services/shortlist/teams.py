"""Teams on a shortlist: suppliers that make a need's positions between them; formed and ended by the need's centre."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Faults, MoveNotAllowed, NotFound, wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import Match, Need, SupplierTeam, SupplierTeamMember, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, urls
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.core.locks import read_anew
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_summary, needs
from matchmaker.services.shortlist import match_decisions, shortlists, team_parts

LEAST = 2  # members, and positions


@dataclass(frozen=True, slots=True)
class TeamGiven:
    """A team as asked for: the match (public id) of its lead, and of each position (its id) who makes it; "" for a position that the
    team does not make.
    """

    lead: str
    makers: Mapping[str, str]

    @property
    def parts(self) -> dict[str, list[str]]:
        """The positions by the match that makes them."""
        found: dict[str, list[str]] = {}
        for position, maker in self.makers.items():
            if maker:
                found.setdefault(maker, []).append(position)
        return found


def candidates(session: Session, need: Need) -> list[Match]:
    """Who may be in a team of a need: suppliers of its shortlist that are invited, or may be."""
    return [one for one in shortlists.of_need(session, need) if one.is_invitable or one.is_seated]


def form(session: Session, need: Need, given: TeamGiven, user: User) -> SupplierTeam:
    """Form a team. Who is not invited yet is, and reads its part in the invitation; who is, is told by e-mail. The same team asked for
    again is the one that is there.

    Raises InvalidRecord by the fields "lead" and "part-…" (the position's id), MoveNotAllowed where the need is not open, SeatsTaken.
    """
    take_turns(session, need)
    parts = given.parts
    for team in team_parts.of_need(session, need):
        same = {one.match.public_id: list(one.positions) for one in team.members} == parts
        if same and team.lead.public_id == given.lead:
            return team
    if not need.is_open:
        raise MoveNotAllowed(state=need.state, target=MatchState.INVITED)
    there = {one.public_id: one for one in candidates(session, need)}
    _check(session, need, given, there)
    team = SupplierTeam(need_id=need.id, need=need, lead=there[given.lead], by_id=user.id)
    session.add(team)
    session.flush()
    for key, positions in parts.items():
        session.add(SupplierTeamMember(team_id=team.id, match=there[key], positions=positions))
    session.flush()
    session.refresh(team)
    told = [one.match for one in team.members if not one.match.is_invitable]
    match_decisions.invite(session, [one.match for one in team.members if one.match.is_invitable], user)
    for match in told:
        _tell(session, match, "formed", user)
    journal.note(session, user.public_id, "team.formed", need, {"team": team.public_id, "firms": len(parts)})
    return team


def _check(session: Session, need: Need, given: TeamGiven, there: Mapping[str, Match]) -> None:
    faults, parts = Faults(), given.parts
    asked = {one.id for one in needs.record(need).positions}
    busy = _busy(session, need)
    with faults:
        if len(asked) < LEAST:
            message = N_("A team needs a need with several positions: divide the work into positions first.")
            raise wrong_field("lead", "team.positions", message)
    for position, maker in given.makers.items():
        with faults:
            if position not in asked or (maker and maker not in there):
                raise wrong_field(f"part-{position}", "team.maker", N_("Choose one from the list."))
        with faults:
            if maker in busy:
                message = N_("This supplier is in another team of this need: end that one first.")
                raise wrong_field(f"part-{position}", "team.busy", message)
    with faults:
        if len(parts) < LEAST and len(asked) >= LEAST:
            message = N_("Give positions to at least two suppliers.")
            raise wrong_field("lead", "team.few", message)
        if given.lead not in parts and len(parts) >= LEAST:
            raise wrong_field("lead", "team.lead", N_("Choose the lead among those that make something."))
    faults.settle()


def _busy(session: Session, need: Need) -> set[str]:
    """The matches that are in a team of the need."""
    return {one.match.public_id for team in team_parts.of_need(session, need) for one in team.members}


def by_key(session: Session, need: Need, key: str) -> SupplierTeam:
    """A team of a need by its public id, also one that is over. Raises NotFound."""
    query = select(SupplierTeam).where(SupplierTeam.public_id == key, SupplierTeam.need_id == need.id)
    found = session.scalars(query.options(team_parts.with_firms())).unique().first()
    if found is None:
        raise NotFound(what="team", key=key)
    return found


def end(session: Session, team: SupplierTeam, user: User) -> None:
    """End a team: its members stay invited, each for itself, and are told. Ended again it stays."""
    take_turns(session, team.need)
    read_anew(session, team)
    if team.ended_at is not None:
        return
    for one in team.members:
        _tell(session, one.match, "ended", user)
    team.ended_at = team.changed_at = now()
    session.flush()
    journal.note(session, user.public_id, "team.ended", team.need, {"team": team.public_id})


def _tell(session: Session, match: Match, news: str, user: User) -> None:
    for reader in recipients.of_profile(session, match.profile):
        values = {
            "title": need_summary.title_in_letters(match.need, reader.language),
            "news": news,
            "facts": team_parts.rows(session, match, reader.language),
            "path": urls.team(match.need.public_id) if news == "formed" else urls.need(match.need.public_id),
        }
        to = reader.email, reader.language
        letters.post(session, "team_news", *to, values, about=match.public_id, by=user)
