"""Suppliers that do together what none does alone, as pages show them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from matchmaker.models import Profile
from matchmaker.services.matching import joint_work
from matchmaker.services.matching.joint_work import JointWork
from matchmaker.services.matching.matching import MatchedNeed, Matching
from matchmaker.web.kit import context, terms
from search.matching.partners import SharedVolume
from search.matching.splits import Split
from search.matching.team_positions import PositionTeam
from search.matching.team_routes import Team


@dataclass(frozen=True, slots=True)
class PartView:
    """A part of the work in words, with the supplier's fit for an operation in per cent."""

    text: str
    fit: int | None = None


@dataclass(frozen=True, slots=True)
class MemberView:
    """A supplier of a group: the parts of the work that it takes, and its score for them in per cent."""

    key: str
    name: str
    place: str
    parts: tuple[PartView, ...]
    percent: int


@dataclass(frozen=True, slots=True)
class GroupView:
    """Suppliers that take the work together, and the way to each other and to the buyer in kilometres."""

    members: tuple[MemberView, ...]
    percent: int
    kilometres: int


@dataclass(frozen=True, slots=True)
class VolumeView:
    """A volume in words, what all declare together, the numbers of suppliers, and the groups that share it."""

    volume: str
    together: str
    alone: int
    doing: int
    groups: tuple[GroupView, ...]


@dataclass(frozen=True, slots=True)
class JointView:
    """The joint work for a need: groups for its positions or its route, and its volume shared.

    `untaken` are the names of positions that nobody takes, `unread` of those whose work is not understood.
    """

    positions: tuple[GroupView, ...]
    untaken: tuple[str, ...]
    unread: tuple[str, ...]
    shared: int
    routes: tuple[GroupView, ...]
    volume: VolumeView | None


def on_route(answered: MatchedNeed, parts: Matching) -> tuple[GroupView, ...]:
    """Up to three teams; none where one supplier does the whole route, or where there is no route."""
    if answered.answer.counts.whole:
        return ()
    found = joint_work.on_route(context.database(), answered.understanding.requirements, parts)
    several = [team for team in found.routes if len(team.members) > 1]
    return _routes(several, found.operations, found.profiles)


def view(found: JointWork) -> JointView:
    """The joint work for a need in the reader's language."""
    names = [one.title or one.id for one in found.shared]
    untaken = range(len(names)) if not found.teams else found.teams[0].untaken
    return JointView(
        positions=tuple(_of_positions(team, names, found.profiles) for team in found.teams),
        untaken=tuple(names[place] for place in untaken),
        unread=tuple(one.title or one.id for one in found.unread),
        shared=len(names),
        routes=_routes(found.routes, found.operations, found.profiles),
        volume=None if found.volume is None else _volume(found.volume, found.profiles),
    )


def _routes(
    teams: Iterable[Team], operations: Sequence[str], profiles: Mapping[str, Profile]
) -> tuple[GroupView, ...]:
    words = context.wording()
    groups = []
    for team in teams:
        members = tuple(
            _member(
                profiles[one.key],
                [
                    PartView(words.codes("process", (operations[place],)), round(100 * fit))
                    for place, fit in zip(one.operations, one.fits, strict=True)
                ],
                one.score,
            )
            for one in team.members
        )
        groups.append(_group(members, team.score, team.kilometres))
    return tuple(groups)


def _of_positions(team: PositionTeam, names: Sequence[str], profiles: Mapping[str, Profile]) -> GroupView:
    members = tuple(
        _member(
            profiles[one.key],
            [PartView(names[place]) for place in one.positions],
            sum(one.scores) / len(one.scores),
        )
        for one in team.members
    )
    return _group(members, team.score, team.kilometres)


def _volume(shared: SharedVolume, profiles: Mapping[str, Profile]) -> VolumeView:
    worded = _pieces if shared.in_pieces else _hours
    return VolumeView(
        worded(shared.volume),
        worded(shared.together),
        shared.alone,
        shared.doing,
        tuple(_split(split, worded, profiles) for split in shared.splits),
    )


def _split(split: Split, worded: Callable[[int], str], profiles: Mapping[str, Profile]) -> GroupView:
    members = tuple(
        _member(
            profiles[one.key],
            [
                PartView(
                    gettext("%(share)s of at most %(most)s", share=worded(one.amount), most=worded(one.most))
                )
            ],
            one.score,
        )
        for one in split.shares
    )
    return _group(members, split.score, split.kilometres)


def _pieces(units: int) -> str:
    return gettext("%(value)s pcs", value=units)


def _hours(units: int) -> str:
    return gettext("%(value)s h a month", value=units)


def _member(profile: Profile, parts: Sequence[PartView], score: float) -> MemberView:
    name = profile.organisation.name(context.language())
    return MemberView(profile.public_id, name, terms.place(profile), tuple(parts), round(100 * score))


def _group(members: tuple[MemberView, ...], score: float, kilometres: float) -> GroupView:
    return GroupView(members, round(100 * score), round(kilometres))
