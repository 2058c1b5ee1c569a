"""Needs for programs: post, read, change, submit, and see the matches, within the rights of the program's
person.
"""

from datetime import date, datetime
from typing import Annotated

from flask import Blueprint, url_for
from pydantic import Field

from matchmaker.domain import plausibility
from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import AlreadyThere, FilterRefused
from matchmaker.domain.language import language_of
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, parse, to_data
from matchmaker.models import Need
from matchmaker.services.matching import matching
from matchmaker.services.needs import drawings, need_posting, need_summary, needs, quote_rounds
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.profiles import profile_drafts
from matchmaker.services.reports import capability_shells
from matchmaker.services.reports.described_capabilities import CapabilityDescriber
from matchmaker.services.shortlist import shortlists, work_queues
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.standpoint import standpoint
from matchmaker.web.pages import explanations
from matchmaker.web.pages.need_access import authorised, posting_party, visible
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import (
    ApiAnswer,
    ApiQuery,
    GivenAnswer,
    IdAsStored,
    Limit,
    PageFilters,
    ShellAnswer,
)
from matchmaker.web.views.api.api_bodies import Counts, ReasonAnswer
from matchmaker.web.views.api.operations import check_revision, operation
from search.reading.need_reading import position_readings, requirements_of

LAST_PLACE = 1_000  # of the matches of a need; who looks further should ask more narrowly
blueprint = Blueprint("api_needs", __name__, url_prefix="/api/v1/needs")
blueprint.before_request(api_bodies.check_key)


class NeedFilters(PageFilters):
    """The needs in a state."""

    state: Annotated[NeedState | None, Field(description="only needs in this state")] = None


class NeedLine(ApiAnswer):
    """A need as an entry of a list: its key here, the id that its author gave."""

    key: str
    id: str
    title: str | None = None
    state: NeedState
    revision: int


class NeedList(ApiAnswer):
    """A part of the needs, the newest first."""

    total: int
    items: list[NeedLine]


class NeedAnswer(ApiAnswer):
    """A need as a record of the exchange format, with its key here, its state and revision."""

    key: str
    state: NeedState
    revision: int
    record: NeedRecord


class NeedSummary(ApiAnswer):
    """A need as the reader may read it: its text only where that is open to the reader (`record`), how many drawings it has
    for those who may know. `invited` and `signed` say so of the reader's own firm.
    """

    key: str
    title: str
    state: NeedState
    contractor: str | None = None
    quotes_until: datetime | None = None
    deliver_by: date | None = None
    drawings: int | None = None
    invited: bool
    signed: bool
    record: NeedRecord | None = None


class NeedChange(NeedRecord):
    """The whole need as it shall be; its `id` may be left out, and cannot be changed."""

    id: IdAsStored = ""


class MatchFilters(ApiQuery):
    """The position of the need that is asked about, by its id; at most `limit` suppliers after the place `after`."""

    position: Annotated[str, Field(max_length=100)] = ""
    limit: Limit = 20
    after: Annotated[int, Field(ge=0, le=LAST_PLACE)] = 0


class NeedMatch(ApiAnswer):
    """A supplier for a need: `score` and `share` (see the search for suppliers) for the operators of its centre; `state` and the key of the `match` where the contractor
    asks.
    """

    match: str | None = None
    supplier: str
    rank: int | None = None
    name: str | None = None
    score: float | None = None
    share: str | None = None
    state: str | None = None
    reasons: list[ReasonAnswer]


class NeedMatches(ApiAnswer):
    """The matches of a need that the reader may see; `counts` for the operators of its centre."""

    need: str
    total: int
    counts: Counts | None = None
    items: list[NeedMatch]


@blueprint.get("")
@operation(answer=NeedList, query=NeedFilters, refusals=(401,), allowed=signed_in)
def mine(query: NeedFilters) -> GivenAnswer:
    """The needs of the person's own firms; for an operator those of the centre."""
    who, here = signed_in(), standpoint(database())
    asked = work_queues.NeedsPage(
        firms=here.firms("contractor_buyer"),
        centres=here.centres if who.is_operator else (),
        state=query.state,
        after=query.after,
        limit=query.limit,
    )
    found, total = work_queues.needs_page(database(), asked)
    if found is None:
        raise FilterRefused(name="after", value=query.after)
    shown = found[: query.limit]
    kept = query.model_dump(mode="json", exclude_defaults=True)
    more = {**kept, "after": shown[-1].public_id} if len(found) > query.limit else None
    return GivenAnswer(NeedList(total=total, items=[_line(need) for need in shown]), following=more)


def _line(need: Need) -> NeedLine:
    return NeedLine(
        key=need.public_id, id=need.external_id, title=need.title, state=need.state, revision=need.revision
    )


@blueprint.post("")
@operation(
    answer=NeedAnswer,
    body=NeedRecord,
    statuses=(201, 200),
    refusals=(403, 409),
    revised=True,
    allowed=lambda: posting_party(database()),
)
def post(body: NeedRecord) -> GivenAnswer:
    """Post a need as a draft: 201, or 200 where the same one already exists, so that sending twice makes one."""
    key, made = _posted(body)
    told = need_answer(needs.by_key(database(), key))
    where = url_for("api_needs.read", key=key)
    return GivenAnswer(told, 201 if made else 200, revision=told.revision, location=where)


def _posted(record: NeedRecord) -> tuple[str, bool]:
    """The need's public id and whether it is new. Raises AlreadyThere where the id is taken by another text or firm."""
    with change() as (session, user):
        party = posting_party(session)
        how = NeedPosting(party.contractor, channel="portal")
        need, made = need_posting.post_once(session, record, how, party.centre, user.public_id)
        if made:
            plausibility.demand_need(record, context.today())
    if not made and needs.record(need) != record:
        raise AlreadyThere(id=record.id, address=url_for("api_needs.read", key=need.public_id))
    return need.public_id, made


def need_answer(need: Need) -> NeedAnswer:
    """A need as those who may edit it read it."""
    return NeedAnswer(key=need.public_id, state=need.state, revision=need.revision, record=needs.record(need))


def _own(key: str) -> Need:
    return authorised(database(), key, "need.edit").need


def _shown(key: str) -> GivenAnswer:
    told = need_answer(_own(key))
    return GivenAnswer(told, revision=told.revision)


@blueprint.get("/<key>")
@operation(answer=NeedAnswer, refusals=(401, 403, 404), revised=True)
def read(key: str) -> GivenAnswer:
    """One of the person's own needs as a record of the exchange format; its revision is the ETag."""
    return _shown(key)


@blueprint.get("/<key>/shell")
@operation(answer=ShellAnswer, refusals=(401, 403, 404))
def shell(key: str) -> ShellAnswer:
    """What one of the person's own needs requires, as an Asset Administration Shell with the submodel Capability Description: of a need
    in positions each operation of each position.
    """
    need = _own(key)
    record, recogniser = needs.record(need), product().recogniser
    describer, address = CapabilityDescriber(recogniser), product().address + url_for("needs.show", key=key)
    parts = [reading.requirements for _, reading in position_readings(record, recogniser, context.today())]
    asked = parts or [requirements_of(record, recogniser, context.today()).requirements]
    required = [one for part in asked for one in describer.required(part)]
    title = need_summary.title_of(need)
    names = {language_of(title): title}
    return ShellAnswer.model_validate(capability_shells.shell(address, names, required, offered=False))


@blueprint.get("/<key>/summary")
@operation(answer=NeedSummary, reader="anybody", refusals=(404,))
def summary(key: str) -> NeedSummary:
    """A need as its page shows it to the reader: a supplier that is invited, or anybody where it is open."""
    found = visible(database(), key)
    need, record = found.need, found.record if found.words_open else None
    files = drawings.of_need(database(), need) if found.may("drawing.count") else None
    return NeedSummary(
        key=key,
        title=found.title,
        state=need.state if found.may_edit else need.told_state,
        contractor=found.contractor_name or None,
        quotes_until=need.quotes_until,
        deliver_by=need.due,
        drawings=None if files is None else len(files),
        invited=bool(found.circle.invited),
        signed=bool(found.circle.signed),
        record=record,
    )


@blueprint.put("/<key>", endpoint="change")
@operation(answer=NeedAnswer, body=NeedChange, refusals=(403, 404), conditional=True, allowed=_own)
def change_need(key: str, body: NeedChange) -> GivenAnswer:
    """Change a need at the revision in If-Match; another person's change meanwhile is not overwritten."""
    need = _own(key)
    revision = check_revision(need.revision)
    if body.id not in {"", need.external_id}:
        raise AlreadyThere(id=need.external_id, address=url_for("api_needs.read", key=key))
    record = parse(NeedRecord, {**to_data(body), "id": need.external_id})
    plausibility.demand_need(record, context.today(), needs.record(need))
    with change() as (session, user):
        stored = authorised(session, key, "need.edit").need
        needs.edit(session, stored, record, revision=revision, by=user.public_id)
    return _shown(key)


@blueprint.post("/<key>/submit")
@operation(answer=NeedAnswer, refusals=(403, 404, 409), revised=True)
def submit(key: str) -> GivenAnswer:
    """Submit a draft to the centre; a submitted need stays submitted."""
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        if need.state != NeedState.SUBMITTED:
            needs.move(session, need, NeedState.SUBMITTED, by=user.public_id)
    return _shown(key)


@blueprint.get("/<key>/matches")
@operation(
    answer=NeedMatches,
    query=MatchFilters,
    refusals=(401, 403, 404, 503),
    allowed=lambda key: authorised(database(), key, "match.view"),
)
def matches(key: str, query: MatchFilters) -> GivenAnswer:
    """The matches of a need that the person may see: for its operator all with scores, for its contractor the
    released shortlist, for a supplier its own. `position` asks about one position of the need.
    """
    found = authorised(database(), key, "match.view")
    if found.verdicts["match.view"] is AccessVerdict.OK:
        parts = context.matching(query.after + query.limit)
        asked = matching.understand_asked(found.need, parts, position=query.position)
        answered = matching.match_understood(database(), asked, parts)
        lines = [NeedMatch(**dict(line)) for line in api_bodies.lines(answered, query.after + 1)]
        told = NeedMatches(
            need=key,
            total=answered.answer.total,
            counts=api_bodies.counts(answered),
            items=lines,
        )
        return _part(told, query)
    items = _released(found.need) if found.may_edit else _standing(found.need)
    shown = items[query.after : query.after + query.limit]
    return _part(NeedMatches(need=key, total=len(items), items=shown), query)


def _part(told: NeedMatches, query: MatchFilters) -> GivenAnswer:
    last = query.after + query.limit
    kept = query.model_dump(mode="json", exclude_defaults=True)
    more = last < min(told.total, LAST_PLACE)
    return GivenAnswer(told, following={**kept, "after": last} if more else None)


def _released(need: Need) -> list[NeedMatch]:
    """The shortlist as its contractor sees it."""
    sealed = quote_rounds.sealed(database(), need)
    return [
        NeedMatch(
            match=match.public_id,
            rank=rank,
            supplier=match.profile.public_id,
            name=match.profile.organisation.name(context.language()),
            state=quote_rounds.told_state(match, sealed=sealed),
            reasons=[ReasonAnswer(**reason) for reason in explanations.reasons(match)],
        )
        for rank, match in enumerate(shortlists.released(database(), need), 1)
    ]


def _standing(need: Need) -> list[NeedMatch]:
    """The state of the person's own profiles for a need, met or not."""
    found = []
    for firm in standpoint(database()).firms("supplier_editor"):
        profile = profile_drafts.of_organisation(database(), firm)
        if profile is None or profile.published_at is None:
            continue
        match = matching.match_one(need, profile.public_id, context.matching())
        if match is not None:
            found.append(NeedMatch(supplier=match.key, reasons=list(api_bodies.reasons(match))))
    return found
