"""Whom the work of a need leads to beside its matches, for programs: suppliers that do it together, and those whom a
condition removes.
"""

from collections.abc import Sequence
from typing import Annotated

from flask import Blueprint
from pydantic import Field

from matchmaker.domain.errors import NotFound
from matchmaker.models import Session, SupplierTeam
from matchmaker.services.matching import joint_work, matching
from matchmaker.services.needs import quote_rounds
from matchmaker.services.quotes import joint_quotes, quotes
from matchmaker.services.quotes.joint_quotes import JointQuote
from matchmaker.services.shortlist import team_parts, teams
from matchmaker.services.shortlist.team_parts import TeamPart
from matchmaker.services.shortlist.teams import TeamGiven
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.pages import joint
from matchmaker.web.pages.joint import GroupView, VolumeView
from matchmaker.web.pages.matches import MOST_REMOVED
from matchmaker.web.pages.need_access import authorised, curated
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody, ApiQuery
from matchmaker.web.views.api.api_bodies import ReasonAnswer
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_joint_work", __name__, url_prefix="/api/v1/needs")
blueprint.before_request(api_bodies.check_key)


class WorkFilters(ApiQuery):
    """The position of the need that is asked about, by its id."""

    position: Annotated[str, Field(max_length=100)] = ""


class JointMember(ApiAnswer):
    """A supplier of a group with its parts of the work, in words; who it is (`supplier`, `name`, `score`) for the operators of
    the need's centre.
    """

    parts: list[str]
    place: str
    supplier: str | None = None
    name: str | None = None
    score: float | None = None


class JointGroup(ApiAnswer):
    """Suppliers that take the work together, and the way to each other and to the buyer."""

    members: list[JointMember]
    kilometres: int


class JointVolume(ApiAnswer):
    """A volume in words, and what the suppliers that do the work (`doing`) declare `together`; `alone` take all of it each."""

    volume: str
    together: str
    alone: int
    doing: int
    groups: list[JointGroup]


class JointAnswer(ApiAnswer):
    """Who could do a need together: groups for its positions, or for its route, and its volume shared. `untaken` are
    positions that nobody takes, `unread` those whose work is not understood.
    """

    need: str
    positions: list[JointGroup]
    untaken: list[str]
    unread: list[str]
    route: list[JointGroup]
    volume: JointVolume | None = None


class RemovedLine(ApiAnswer):
    """A supplier that does the work, the conditions that remove it, and why where both sides have a value."""

    supplier: str
    name: str
    conditions: list[str]
    reasons: list[ReasonAnswer]


class RemovedAnswer(ApiAnswer):
    """The suppliers that do a need's work and that its conditions remove: how many, and at most 100 of them."""

    need: str
    total: int
    items: list[RemovedLine]


@blueprint.get("/<key>/removed")
@operation(
    answer=RemovedAnswer,
    query=WorkFilters,
    refusals=(401, 403, 404, 503),
    allowed=lambda key: curated(database(), key),
)
def removed(key: str, query: WorkFilters) -> RemovedAnswer:
    """The suppliers that do the work and that conditions remove, those that the fewest remove first, for the operators of
    the need's centre.
    """
    parts = context.matching(MOST_REMOVED)
    asked = matching.understand_asked(curated(database(), key), parts, position=query.position)
    found = matching.removed(database(), asked, parts)
    return RemovedAnswer(
        need=key,
        total=found.total,
        items=[
            RemovedLine(
                supplier=profile.public_id,
                name=profile.organisation.name(context.language()),
                conditions=list(one.conditions),
                reasons=api_bodies.told_reasons(one.failing),
            )
            for profile, one in found.suppliers
        ],
    )


@blueprint.get("/<key>/together")
@operation(
    answer=JointAnswer,
    query=WorkFilters,
    refusals=(401, 403, 404, 503),
    allowed=lambda key: authorised(database(), key, "need.edit"),
)
def together(key: str, query: WorkFilters) -> JointAnswer:
    """The suppliers that could do a need together where none does it alone: for its operator up to three groups with
    names, for its contractor the best one by places.
    """
    found = authorised(database(), key, "need.edit")
    work = joint_work.joint_work(database(), found.need, context.matching(), query.position)
    told, named = joint.view(work), found.may_curate
    return JointAnswer(
        need=key,
        positions=_groups(told.positions, named=named),
        untaken=list(told.untaken),
        unread=list(told.unread),
        route=_groups(told.routes, named=named),
        volume=None if told.volume is None else _volume(told.volume, named=named),
    )


def _volume(told: VolumeView, *, named: bool) -> JointVolume:
    return JointVolume(
        volume=told.volume,
        together=told.together,
        alone=told.alone,
        doing=told.doing,
        groups=_groups(told.groups, named=named),
    )


def _groups(groups: Sequence[GroupView], *, named: bool) -> list[JointGroup]:
    return [
        JointGroup(
            kilometres=group.kilometres,
            members=[
                JointMember(
                    parts=[part.text for part in one.parts],
                    place=one.place,
                    supplier=one.key if named else None,
                    name=one.name if named else None,
                    score=one.percent / 100 if named else None,
                )
                for one in group.members
            ],
        )
        for group in (groups if named else groups[:1])
    ]


class TeamMemberAnswer(ApiAnswer):
    """A member of a team: its match, its firm, the ids of its positions, and whether all of them have a price."""

    match: str
    name: str
    positions: list[str]
    quoted: bool | None = None


class TeamAnswer(ApiAnswer):
    """A team of a need, with the match of its lead; `offered` once the joint quote is handed in."""

    key: str
    lead: str
    offered: bool
    note: str | None = None
    members: list[TeamMemberAnswer]


class TeamList(ApiAnswer):
    """The teams of a need that are not over; of joint quotes those that were handed in, none while quotes are sealed."""

    need: str
    items: list[TeamAnswer]


class TeamBody(ApiBody):
    """A team: the match of its lead, and by the id of a position the match that makes it."""

    lead: Annotated[str, Field(max_length=16)]
    makers: Annotated[dict[str, str], Field(max_length=500)]


class OfferBody(ApiBody):
    """The words of the lead to the contractor."""

    note: Annotated[str, Field(max_length=joint_quotes.LONGEST)] = ""


def _team(team: SupplierTeam, joint: JointQuote | None = None) -> TeamAnswer:
    missing = {part.member.match_id: bool(part.missing) for part in joint.parts} if joint else {}
    return TeamAnswer(
        key=team.public_id,
        lead=team.lead.public_id,
        offered=team.is_offered,
        note=team.note,
        members=[
            TeamMemberAnswer(
                match=one.match.public_id,
                name=one.match.profile.organisation.name(context.language()),
                positions=list(one.positions),
                quoted=not missing[one.match_id] if joint else None,
            )
            for one in team.members
        ],
    )


@blueprint.get("/<key>/teams")
@operation(answer=TeamList, refusals=(401, 403, 404), allowed=lambda key: curated(database(), key))
def formed(key: str) -> TeamList:
    """The teams of a need, for the operators of its centre; what their members quote is not told."""
    found = team_parts.of_need(database(), curated(database(), key))
    return TeamList(need=key, items=[_team(one) for one in found])


@blueprint.post("/<key>/teams")
@operation(
    answer=TeamAnswer,
    body=TeamBody,
    refusals=(401, 403, 404, 409),
    allowed=lambda key: curated(database(), key),
)
def form(key: str, body: TeamBody) -> TeamAnswer:
    """Form a team of suppliers of the shortlist; who is not invited yet is."""
    with change() as (session, user):
        made = teams.form(session, curated(session, key), TeamGiven(body.lead, body.makers), user)
        return _team(made)


@blueprint.post("/<key>/teams/<team>/end")
@operation(answer=TeamList, refusals=(401, 403, 404), allowed=lambda key, **_: curated(database(), key))
def end_team(key: str, team: str) -> TeamList:
    """End a team; its members stay invited, each for itself."""
    with change() as (session, user):
        need = curated(session, key)
        teams.end(session, teams.by_key(session, need, team), user)
        return TeamList(need=key, items=[_team(one) for one in team_parts.of_need(session, need)])


def _own_part(session: Session, key: str) -> TeamPart:
    found = authorised(session, key, "quote.submit")
    part = team_parts.of_match(session, quotes.match_of(session, found.need, found.own_firm))
    if part is None:
        raise NotFound(what="team", key=key)
    return part


@blueprint.get("/<key>/team")
@operation(answer=TeamAnswer, refusals=(401, 403, 404), allowed=lambda key: _own_part(database(), key))
def own_team(key: str) -> TeamAnswer:
    """The team in which the person's firm quotes, and who of it has quoted; no prices."""
    team = _own_part(database(), key).team
    return _team(team, joint_quotes.of_team(database(), team))


@blueprint.put("/<key>/team/offer")
@operation(
    answer=TeamAnswer,
    body=OfferBody,
    refusals=(401, 403, 404, 409),
    allowed=lambda key: _own_part(database(), key),
)
def offer(key: str, body: OfferBody) -> TeamAnswer:
    """Hand in the joint quote of the team that the person's firm leads."""
    with change() as (session, user):
        part = _own_part(session, key)
        joint_quotes.offer(session, part.team, part.member.match, body.note, user)
        return _team(part.team, joint_quotes.of_team(session, part.team))


@blueprint.delete("/<key>/team/offer")
@operation(answer=TeamAnswer, refusals=(401, 403, 404, 409))
def take_offer_back(key: str) -> TeamAnswer:
    """Take the joint quote back; the members' own quotes stay."""
    with change() as (session, user):
        part = _own_part(session, key)
        joint_quotes.take_back(session, part.team, part.member.match, user)
        return _team(part.team, joint_quotes.of_team(session, part.team))


@blueprint.get("/<key>/quotes/joint")
@operation(
    answer=TeamList,
    refusals=(401, 403, 404),
    allowed=lambda key: authorised(database(), key, "quote.opened"),
)
def joint_offers(key: str) -> TeamList:
    """The joint quotes that were handed in, for the need's contractor and centre once quotes are open; the prices of a part stand in its
    member's own quote.
    """
    need = authorised(database(), key, "quote.opened").need
    sent = [] if quote_rounds.sealed(database(), need) else list(quotes.opened(database(), need))
    found = joint_quotes.offered(team_parts.of_need(database(), need), sent) if sent else []
    return TeamList(need=key, items=[_team(one.team, one) for one in found])
