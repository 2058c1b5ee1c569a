"""Suppliers that together do what a stored need asks for, where none does it alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from matchmaker.domain.records import PositionRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Need, Profile
from matchmaker.services.matching.matching import Matching, understand_asked, understand_positions
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from search.matching.partners import SharedVolume
from search.matching.splits import Split
from search.matching.team_positions import PositionTeam
from search.matching.team_routes import Team


@dataclass(frozen=True, slots=True)
class JointWork:
    """Teams for the positions of a need, or for its route, and its volume shared; profiles by key.

    `shared` are the positions that the teams number, `unread` those whose work is not understood. `operations` are the
    processes that the routes number. `position` is the one that was asked about, None for the need as a whole.
    """

    position: PositionRecord | None = None
    shared: tuple[PositionRecord, ...] = ()
    unread: tuple[PositionRecord, ...] = ()
    teams: tuple[PositionTeam, ...] = ()
    operations: tuple[str, ...] = ()
    routes: tuple[Team, ...] = ()
    volume: SharedVolume | None = None
    profiles: Mapping[str, Profile] = field(default_factory=dict)


def joint_work(session: Session, need: Need, parts: Matching, position: str = "") -> JointWork:
    """The joint work for a need, or for one of its positions by its id. Raises NotFound, EngineUnavailable, IndexMissing."""
    record = needs.record(need)
    if len(record.positions) > 1 and not position:
        read = understand_positions(need, parts, record)
        shared = tuple(one for one, understood in read if understood.requirements.processes)
        unread = tuple(one for one, understood in read if not understood.requirements.processes)
        wanted = [understood.requirements for _, understood in read if understood.requirements.processes]
        teams = parts.matcher.position_teams(wanted, today=parts.today)
        return _told(session, JointWork(shared=shared, unread=unread, teams=teams))
    asked = understand_asked(need, parts, record, position).requirements
    volume = parts.matcher.shared_volume(asked, today=parts.today)
    chosen = next((one for one in record.positions if one.id == position), None)
    return _told(session, replace(_routes(asked, parts), position=chosen, volume=volume))


def on_route(session: Session, asked: Requirements, parts: Matching) -> JointWork:
    """The teams for the route of requirements; none where they name no route. Raises EngineUnavailable, IndexMissing."""
    return _told(session, _routes(asked, parts))


def _routes(asked: Requirements, parts: Matching) -> JointWork:
    if len(asked.processes) < 2 or asked.any_process:
        return JointWork()
    return JointWork(operations=asked.processes, routes=parts.matcher.teams(asked, today=parts.today))


def _told(session: Session, found: JointWork) -> JointWork:
    """The same with the profiles of its suppliers, without what names one that is gone since."""
    volume = found.volume
    keys = {
        *(member.key for team in found.teams for member in team.members),
        *(member.key for team in found.routes for member in team.members),
        *(key for split in (volume.splits if volume else ()) for key in _sharing(split)),
    }
    profiles = suppliers.listed(session, sorted(keys))

    def there(named: Sequence[str]) -> bool:
        return all(key in profiles for key in named)

    return replace(
        found,
        teams=tuple(team for team in found.teams if there([member.key for member in team.members])),
        routes=tuple(team for team in found.routes if there([member.key for member in team.members])),
        volume=volume and replace(volume, splits=tuple(one for one in volume.splits if there(_sharing(one)))),
        profiles=profiles,
    )


def _sharing(split: Split) -> list[str]:
    return [share.key for share in split.shares]
