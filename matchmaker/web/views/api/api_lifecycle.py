"""The life of a need for programs beside its text: taken back, closed, completed, copied; its readers, and how strict it is."""

from typing import Annotated, Literal

from flask import Blueprint, url_for
from pydantic import Field

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import Code
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.models import Need
from matchmaker.services.needs import needs
from matchmaker.services.orders import contract_ends
from matchmaker.services.shortlist import awards
from matchmaker.services.shortlist.need_moves import MoveReason
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.labels import reason_word
from matchmaker.web.pages.need_access import authorised
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody, GivenAnswer
from matchmaker.web.views.api.api_needs import NeedAnswer, need_answer
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_lifecycle", __name__, url_prefix="/api/v1/needs")
blueprint.before_request(api_bodies.check_key)
Disclosure = Literal["open", "name-hidden", "nda", "invited"]
Reach = Literal["centre", "chosen", "network"]


class MoveBody(ApiBody):
    """The state to go to; closing gives a reason, by its code or in words."""

    state: Literal[NeedState.DRAFT, NeedState.SUBMITTED, NeedState.COMPLETED, NeedState.CLOSED]
    reason: Annotated[str, Field(max_length=280)] = ""
    code: Code | None = None


class CopyBody(ApiBody):
    """The id of the new need, of one's own choice: the same again makes no second copy."""

    id: Annotated[str, Field(min_length=1, max_length=100)]


class OpennessBody(ApiBody):
    """Who may read the need, and how far it reaches; `centres` are their codes where it reaches chosen ones."""

    disclosure: Disclosure
    reach: Reach
    centres: Annotated[tuple[Code, ...], Field(max_length=100)] = ()


class OpennessAnswer(ApiAnswer):
    """Who may read the need, and how far it reaches."""

    need: str
    disclosure: Disclosure
    reach: Reach
    centres: list[str]


class StrictnessBody(ApiBody):
    """How strict requirements are, by their names; those that are not named stay."""

    strictness: dict[Code, Strictness]


class StrictnessAnswer(ApiAnswer):
    """How strict the requirements of a need are; one that is not named is as the need's text says."""

    need: str
    strictness: dict[str, str]


def _told(key: str) -> GivenAnswer:
    told = need_answer(authorised(database(), key, "need.edit").need)
    return GivenAnswer(told, revision=told.revision)


@blueprint.post("/<key>/move")
@operation(
    answer=NeedAnswer,
    body=MoveBody,
    refusals=(403, 404),
    revised=True,
    allowed=lambda key: authorised(database(), key, "need.edit"),
)
def move(key: str, body: MoveBody) -> GivenAnswer:
    """Submit a need, take it back to a draft, complete or close it; publishing is the centre's, and no key's."""
    with change() as (session, user):
        found = authorised(session, key, "need.edit")
        if found.need.state != body.state:
            contract_ends.move(
                session,
                found.need,
                body.state,
                user,
                word=reason_word,
                reason=_reason(body),
                by_centre=found.may_release,
            )
    return _told(key)


def _reason(body: MoveBody) -> MoveReason:
    if body.code and body.code not in product().taxonomy.reasons:
        message = N_("Say why: choose a reason or write it in words.")
        raise InvalidRecord((Problem("code", "reason.unknown", message, body.code[:80]),))
    return MoveReason(body.reason.strip(), body.code or "")


@blueprint.post("/<key>/copy")
@operation(
    answer=NeedAnswer,
    body=CopyBody,
    statuses=(201,),
    refusals=(403, 404),
    revised=True,
    allowed=lambda key: authorised(database(), key, "need.edit"),
)
def copy(key: str, body: CopyBody) -> GivenAnswer:
    """A draft like this need, under an id of one's own."""
    made = _copied(key, body.id)
    told = need_answer(needs.by_key(database(), made))
    return GivenAnswer(told, 201, revision=told.revision, location=url_for("api_needs.read", key=made))


def _copied(key: str, number: str) -> str:
    with change() as (session, user):
        found = authorised(session, key, "need.edit")
        found.require("need.create")
        return awards.copy(session, found.need, number, context.today(), by=user.public_id).public_id


@blueprint.get("/<key>/openness")
@operation(answer=OpennessAnswer, refusals=(403, 404))
def openness(key: str) -> OpennessAnswer:
    """Who may read the need, and how far it reaches."""
    return _openness(authorised(database(), key, "need.edit").need)


def _openness(need: Need) -> OpennessAnswer:
    chosen = {one.centre_id for one in need.reached_centres}
    others = needs.other_centres(database(), need) if chosen else ()
    return OpennessAnswer(
        need=need.public_id,
        disclosure=need.disclosure,
        reach=need.reach,
        centres=[one.code for one in others if one.id in chosen],
    )


@blueprint.put("/<key>/openness")
@operation(
    answer=OpennessAnswer,
    body=OpennessBody,
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "need.edit"),
)
def set_openness(key: str, body: OpennessBody) -> OpennessAnswer:
    """Set who may read the need, and how far it reaches."""
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        needs.set_openness(
            session, need, body.disclosure, body.reach, by=user.public_id, centres=body.centres
        )
    return _openness(authorised(database(), key, "need.edit").need)


@blueprint.get("/<key>/strictness")
@operation(answer=StrictnessAnswer, refusals=(403, 404))
def strictness(key: str) -> StrictnessAnswer:
    """How strict the requirements of a need are."""
    return _strictness(key)


def _strictness(key: str) -> StrictnessAnswer:
    need = authorised(database(), key, "need.edit").need
    return StrictnessAnswer(need=key, strictness=dict(need.strictness or {}))


@blueprint.put("/<key>/strictness")
@operation(
    answer=StrictnessAnswer,
    body=StrictnessBody,
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "need.edit"),
)
def set_strictness(key: str, body: StrictnessBody) -> StrictnessAnswer:
    """Set how strict requirements of a need are."""
    unknown = [name for name in body.strictness if name not in REQUIREMENT_KINDS]
    if unknown:
        authorised(database(), key, "need.edit")
        message = N_("There is no requirement of this name; known are: %(known)s.")
        params = {"known": ", ".join(REQUIREMENT_KINDS)}
        raise InvalidRecord(
            tuple(
                Problem(f"strictness.{name}"[:80], "requirement.unknown", message, name[:80], params)
                for name in unknown
            )
        )
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        chosen = {name: str(value) for name, value in body.strictness.items()}
        needs.set_strictness(session, need, chosen, by=user.public_id)
    return _strictness(key)
