"""Needs for programs: post, read, change, submit, and see who fits, as far as their person may."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.domain import access
from matchmaker.domain.errors import AlreadyThere, Forbidden, RevisionMissing, StaleRevision
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, parse, to_data
from matchmaker.models import Need, Session
from matchmaker.services.matching import matching
from matchmaker.services.needs import needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.profiles import profile_drafts, suppliers
from matchmaker.services.shortlist import shortlists, work_queues
from matchmaker.web.kit import context
from matchmaker.web.kit.context import (
    database,
    own_centre,
    own_contractors,
    person,
    product,
    signed_in,
    subject,
)
from matchmaker.web.pages import explanations
from matchmaker.web.pages.need_access import access_object as need_thing
from matchmaker.web.pages.need_access import (
    require,
    view_action,
)
from matchmaker.web.views.api.program_requests import body, check_key, lines, reasons

blueprint = Blueprint("api_needs", __name__, url_prefix="/api/v1/needs")
blueprint.before_request(check_key)


@blueprint.get("")
def mine() -> ResponseReturnValue:
    """The needs of the person's own firms; for an operator those of the centre."""
    who = person()
    if who is None:
        abort(401)
    firms = [role.organisation for role in who.subject.roles if role.role == "contractor_buyer"]
    found = list(work_queues.needs_of(database(), [firm for firm in firms if firm])) if any(firms) else []
    if who.is_operator:
        centres = [role.centre for role in who.subject.roles if role.centre]
        found += work_queues.needs_in(database(), centres, set(NeedState))
    items = [
        {
            "key": need.public_id,
            "id": need.external_id,
            "title": need.title,
            "state": need.state,
            "revision": need.revision,
        }
        for need in found
    ]
    return jsonify(total=len(items), items=items)


@blueprint.post("")
def post() -> ResponseReturnValue:
    """Post a need as a draft: 201, or 200 where the same one is there already, so that sending twice makes one."""
    own = own_contractors()
    thing = access.AccessObject(contractor=own[0]) if own else access.AccessObject(centre=own_centre())
    if not access.may(subject(), "need.create", thing).allowed:
        raise Forbidden
    record = parse(NeedRecord, {**body(), "kind": "need"})
    need, made = needs.in_a_race(lambda: _posted(record, own))
    answer = _told(need)
    answer.status_code = 201 if made else 200
    answer.headers["Location"] = url_for("api_needs.read", key=need.public_id)
    return answer


def _posted(record: NeedRecord, own: list[str]) -> tuple[Need, bool]:
    """The need and whether it is new. Raises AlreadyThere where the id is taken by another text or firm."""
    who = signed_in()
    with product().sessions.begin() as writing:
        contractor = suppliers.organisation(writing, own[0]) if own else None
        centre = contractor.centre if contractor else needs.centre_of(writing, own_centre())
        known = needs.posted_before(writing, centre, record.id)
        if known is None:
            posting = NeedPosting(contractor=contractor, channel="portal")
            key = needs.post(writing, record, centre=centre, by=who.id, posting=posting).public_id
        elif known.contractor == contractor and needs.record(known) == record:
            key = known.public_id
        else:
            if known.contractor != contractor:
                raise AlreadyThere(id=record.id)
            raise AlreadyThere(id=record.id, address=url_for("api_needs.read", key=known.public_id))
    context.look_again()
    return needs.by_key(database(), key), known is None


def _told(need: Need) -> Response:
    data = to_data(needs.record(need))
    answer = jsonify(key=need.public_id, state=need.state, revision=need.revision, record=data)
    answer.set_etag(str(need.revision))
    return answer


def _own(session: Session, key: str) -> Need:
    if person() is None:
        abort(401)  # before looking, so that nobody learns which needs there are
    need = needs.by_key(session, key)
    require("need.edit", need)
    return need


@blueprint.get("/<key>")
def read(key: str) -> ResponseReturnValue:
    """A need of one's own as a record of the exchange format; its revision is the ETag."""
    return _told(_own(database(), key))


@blueprint.put("/<key>")
def change(key: str) -> ResponseReturnValue:
    """Change a need of the revision that If-Match names; whoever changed it meanwhile is not overwritten."""
    need = _own(database(), key)
    if not request.if_match:
        raise RevisionMissing
    if not request.if_match.contains(str(need.revision)):
        raise StaleRevision
    record = parse(NeedRecord, {"id": need.external_id, **body(), "kind": "need"})
    if record.id != need.external_id:
        raise AlreadyThere(id=need.external_id, address=url_for("api_needs.read", key=key))
    who = signed_in()
    with product().sessions.begin() as writing:
        needs.edit(writing, needs.by_key(writing, key), record, revision=need.revision, by=who.id)
    context.look_again()
    return _told(needs.by_key(database(), key))


@blueprint.post("/<key>/submit")
def submit(key: str) -> ResponseReturnValue:
    """Hand a draft to the centre; one that is handed in already stays so."""
    need = _own(database(), key)
    who = signed_in()
    if need.state != NeedState.SUBMITTED:
        with product().sessions.begin() as writing:
            needs.move(writing, needs.by_key(writing, key), NeedState.SUBMITTED, by=who.id)
        context.look_again()
    return _told(needs.by_key(database(), key))


@blueprint.get("/<key>/matches")
def matches(key: str) -> ResponseReturnValue:
    """What the person may see of a need's matches: its operator all of them with scores, its contractor the released
    shortlist, a supplier how it stands itself.
    """
    if person() is None:
        abort(401)  # before looking, so that nobody learns which needs there are
    need = needs.by_key(database(), key)
    require(view_action(need), need)
    require("match.view", need)
    if access.may(subject(), "match.view", need_thing(need)) is access.AccessVerdict.OK:
        answered = matching.match_need(database(), need, context.matching())
        return jsonify(need=key, total=answered.answer.total, items=lines(answered))
    own = access.may(subject(), "need.edit", need_thing(need)).allowed
    items = _released(need) if own else _standing(need)
    return jsonify(need=key, total=len(items), items=items)


def _released(need: Need) -> list[dict[str, Any]]:
    """The shortlist as its contractor sees it."""
    return [
        {
            "rank": rank,
            "supplier": match.profile.public_id,
            "name": match.profile.organisation.name(context.language()),
            "state": match.state,
            "reasons": [dict(reason) for reason in explanations.reasons(match)],
        }
        for rank, match in enumerate(shortlists.released(database(), need), 1)
    ]


def _standing(need: Need) -> list[dict[str, Any]]:
    """How the person's own profiles stand to a need, met or not."""
    found = []
    for role in subject().roles:
        if role.role != "supplier_editor" or role.organisation is None:
            continue
        profile = profile_drafts.of_organisation(database(), role.organisation)
        if profile is None or profile.published_at is None:
            continue
        match = matching.match_one(need, profile.public_id, context.matching())
        if match is not None:
            found.append({"supplier": match.key, "reasons": reasons(match)})
    return found
