"""Whom the work of a need leads to beside its matches, for programs: suppliers that do it together, and those whom a
condition removes.
"""

from collections.abc import Sequence
from typing import Annotated

from flask import Blueprint
from pydantic import Field

from matchmaker.services.matching import joint_work, matching
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.pages import joint
from matchmaker.web.pages.joint import GroupView, VolumeView
from matchmaker.web.pages.matches import MOST_REMOVED
from matchmaker.web.pages.need_access import authorised, curated
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiQuery
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
