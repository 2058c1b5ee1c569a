"""Needs for programs: post, read, change, submit, and see the matches, within the rights of the program's
person.
"""

from flask import Blueprint, Response, abort, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import AlreadyThere, RevisionMissing, StaleRevision
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.records import NeedRecord, parse, to_data
from matchmaker.models import Need
from matchmaker.services.matching import matching
from matchmaker.services.needs import need_posting, needs
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.profiles import profile_drafts
from matchmaker.services.shortlist import shortlists, work_queues
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, person
from matchmaker.web.kit.standpoint import standpoint
from matchmaker.web.pages import explanations
from matchmaker.web.pages.need_access import authorised, posting_party
from matchmaker.web.views.api.program_requests import body, check_key, lines, reasons

blueprint = Blueprint("api_needs", __name__, url_prefix="/api/v1/needs")
blueprint.before_request(check_key)


@blueprint.get("")
def mine() -> ResponseReturnValue:
    """The needs of the person's own firms; for an operator those of the centre."""
    who, here = person(), standpoint(database())
    if who is None:
        abort(401)
    firms = here.firms("contractor_buyer")
    found = list(work_queues.needs_of(database(), firms)) if firms else []
    if who.is_operator:
        found += work_queues.needs_in(database(), here.centres, set(NeedState))
    items = [_line(need) for need in found]
    return jsonify(total=len(items), items=items)


def _line(need: Need) -> dict[str, object]:
    """A need as an entry of a list."""
    return {
        "key": need.public_id,
        "id": need.external_id,
        "title": need.title,
        "state": need.state,
        "revision": need.revision,
    }


@blueprint.post("")
def post() -> ResponseReturnValue:
    """Post a need as a draft: 201, or 200 where the same one already exists, so that sending twice makes one."""
    posting_party(database())
    record = parse(NeedRecord, {**body(), "kind": "need"})
    key, made = need_posting.in_a_race(lambda: _posted(record))
    answer = _told(needs.by_key(database(), key))
    answer.status_code = 201 if made else 200
    answer.headers["Location"] = url_for("api_needs.read", key=key)
    return answer


def _posted(record: NeedRecord) -> tuple[str, bool]:
    """The need's public id and whether it is new. Raises AlreadyThere where the id is taken by another text or firm."""
    with change() as (session, user):
        party = posting_party(session)
        how = NeedPosting(party.contractor, channel="portal")
        need, made = need_posting.post_once(session, record, how, party.centre, user.public_id)
    if not made and needs.record(need) != record:
        raise AlreadyThere(id=record.id, address=url_for("api_needs.read", key=need.public_id))
    return need.public_id, made


def _told(need: Need) -> Response:
    data = to_data(needs.record(need))
    answer = jsonify(key=need.public_id, state=need.state, revision=need.revision, record=data)
    answer.set_etag(str(need.revision))
    return answer


def _own(key: str) -> Need:
    if person() is None:
        abort(401)  # before looking, so that nobody learns which needs there are
    return authorised(database(), key, "need.edit").need


@blueprint.get("/<key>")
def read(key: str) -> ResponseReturnValue:
    """One of the person's own needs as a record of the exchange format; its revision is the ETag."""
    return _told(_own(key))


@blueprint.put("/<key>", endpoint="change")
def change_need(key: str) -> ResponseReturnValue:
    """Change a need at the revision in If-Match; another person's change meanwhile is not overwritten."""
    need = _own(key)
    if not request.if_match:
        raise RevisionMissing
    if not request.if_match.contains(str(need.revision)):
        raise StaleRevision
    record, revision = parse(NeedRecord, {"id": need.external_id, **body(), "kind": "need"}), need.revision
    if record.id != need.external_id:
        raise AlreadyThere(id=need.external_id, address=url_for("api_needs.read", key=key))
    with change() as (session, user):
        stored = authorised(session, key, "need.edit").need
        needs.edit(session, stored, record, revision=revision, by=user.public_id)
    return _told(_own(key))


@blueprint.post("/<key>/submit")
def submit(key: str) -> ResponseReturnValue:
    """Submit a draft to the centre; a submitted need stays submitted."""
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        if need.state != NeedState.SUBMITTED:
            needs.move(session, need, NeedState.SUBMITTED, by=user.public_id)
    return _told(_own(key))


@blueprint.get("/<key>/matches")
def matches(key: str) -> ResponseReturnValue:
    """The matches of a need that the person may see: for its operator all with scores, for its contractor the
    released shortlist, for a supplier its own. `position` asks about one position of the need.
    """
    if person() is None:
        abort(401)  # before looking, so that nobody learns which needs there are
    found = authorised(database(), key, "match.view")
    if found.verdicts["match.view"] is AccessVerdict.OK:
        parts = context.matching()
        asked = matching.understand_asked(found.need, parts, position=request.args.get("position", ""))
        answered = matching.match_understood(database(), asked, parts)
        return jsonify(need=key, total=answered.answer.total, items=lines(answered))
    items = _released(found.need) if found.may_edit else _standing(found.need)
    return jsonify(need=key, total=len(items), items=items)


def _released(need: Need) -> list[dict[str, object]]:
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


def _standing(need: Need) -> list[dict[str, object]]:
    """The state of the person's own profiles for a need, met or not."""
    found: list[dict[str, object]] = []
    for firm in standpoint(database()).firms("supplier_editor"):
        profile = profile_drafts.of_organisation(database(), firm)
        if profile is None or profile.published_at is None:
            continue
        match = matching.match_one(need, profile.public_id, context.matching())
        if match is not None:
            found.append({"supplier": match.key, "reasons": reasons(match)})
    return found
