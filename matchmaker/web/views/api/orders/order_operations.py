"""The operations of orders for programs: what either side says and answers, claims, papers, and the hours that are booked."""

from flask import Blueprint, Response

from matchmaker.models.base import new_public_id
from matchmaker.services.orders import orders
from matchmaker.services.orders.order_claims import ClaimAnswer, ClaimGiven
from matchmaker.services.orders.order_entries import EntryGiven
from matchmaker.services.profiles import delivery_records
from matchmaker.web.acts import order_acts
from matchmaker.web.acts.order_access import PersonsDoor, visible
from matchmaker.web.acts.order_acts import Answered
from matchmaker.web.kit import context, downloads
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.kit.downloads import SentFile
from matchmaker.web.pages.profile_access import own_organisation, own_profile
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import GivenAnswer, PageFilters, part
from matchmaker.web.views.api.operations import check_revision, operation
from matchmaker.web.views.api.orders.order_answers import (
    ClaimAnswerBody,
    ClaimBody,
    DetailsBody,
    EntryAnswerBody,
    EntryBody,
    EntryInsteadBody,
    OrderAnswer,
    OrderHoursBody,
    OrderList,
    RecordAnswer,
    RecordBody,
    SideBody,
    list_line,
    order_answer,
    record_answer,
)

blueprint = Blueprint("api_orders", __name__, url_prefix="/api/v1/orders")
blueprint.before_request(api_bodies.check_key)
_PAPERS = ("application/pdf", "image/jpeg", "image/png")


def _may(key: str, **_: object) -> None:
    order_acts.allowed(database(), key)


def _may_answer(key: str, **_: object) -> None:
    order_acts.allowed_to_answer(database(), key)


@blueprint.get("")
@operation(answer=OrderList, query=PageFilters, allowed=signed_in)
def listed(query: PageFilters) -> GivenAnswer:
    """The orders of the person's firms on either side, and of its centre's needs; at most two hundred."""
    shown, more = part(order_acts.own(database()), query, lambda one: one.order.public_id)
    return GivenAnswer(OrderList(items=[list_line(one) for one in shown]), following=more)


@blueprint.get("/record")
@operation(answer=RecordAnswer, refusals=(403,))
def record() -> RecordAnswer:
    """The record of the own shop's deliveries, counted from those that both sides confirmed."""
    profile = own_profile()
    shown = delivery_records.is_shown(profile)
    return record_answer(delivery_records.of_profile(database(), profile), shown=shown)


@blueprint.put("/record")
@operation(
    answer=RecordAnswer,
    body=RecordBody,
    refusals=(403,),
    allowed=lambda: own_organisation(database()),
)
def show_record(body: RecordBody) -> RecordAnswer:
    """Show the record on the own shop's public profile, from three contractors on, or no longer."""
    order_acts.show_record(shown=body.shown)
    found = order_acts.own_record(database())
    return record_answer(found[1] if found else None, shown=body.shown)


@blueprint.get("/<key>")
@operation(answer=OrderAnswer, refusals=(404,), revised=True)
def read(key: str) -> GivenAnswer:
    """An order, for its two sides and the centre of its need."""
    return _told(key)


def _told(key: str) -> GivenAnswer:
    order = visible(database(), key).order
    return GivenAnswer(order_answer(orders.course(database(), order)), revision=order.revision)


@blueprint.post("/<key>/entries")
@operation(answer=OrderAnswer, body=EntryBody, refusals=(403, 404, 409), revised=True, allowed=_may)
def say(key: str, body: EntryBody) -> GivenAnswer:
    """Say what happened; the other side is asked by e-mail to confirm it."""
    given = EntryGiven(
        new_public_id(),
        body.kind,
        _meant(key, body),
        body.day or (None if body.kind in {"day", "cancellation"} else context.today()),
        body.pieces,
        body.defective,
        accepted=body.accepted,
        text=body.text.strip(),
    )
    order_acts.tell(PersonsDoor(key), given, body.side or "")
    return _told(key)


def _meant(key: str, body: EntryBody) -> str | None:
    """The line that is meant; of an order with one line that one."""
    lines = orders.lines_of(visible(database(), key).order)
    if body.line is None and len(lines) == 1 and body.kind not in {"day", "cancellation"}:
        return lines[0].id
    return body.line


@blueprint.post("/<key>/reports")
@operation(answer=OrderAnswer, takes_file=True, refusals=(403, 404, 409), revised=True, allowed=_may)
def add_report(key: str, file: SentFile) -> GivenAnswer:
    """Add an inspection report to one's own side of an order: a PDF, JPEG or PNG of up to 10 MB."""
    order_acts.add_report(PersonsDoor(key), EntryGiven(new_public_id(), "report"), file, "")
    return _told(key)


@blueprint.get("/reports/<key>")
@operation(media=_PAPERS, refusals=(404, 410))
def report(key: str) -> Response:
    """An inspection report, for the two sides of its order and the centre; each download is recorded."""
    stored, content = order_acts.paper(key)
    return downloads.attachment(content, stored)


@blueprint.put("/<key>/entries/<entry>/answer")
@operation(
    answer=OrderAnswer, body=EntryAnswerBody, refusals=(403, 404), conditional=True, allowed=_may_answer
)
def answer(key: str, entry: str, body: EntryAnswerBody) -> GivenAnswer:
    """Answer what the other side said; If-Match names the revision of the entry."""
    order_acts.answer(PersonsDoor(key), entry, Answered(body.do, check_revision, body.side or "", body.text))
    return _told(key)


@blueprint.put("/<key>/entries/<entry>")
@operation(answer=OrderAnswer, body=EntryInsteadBody, refusals=(403, 404), conditional=True, allowed=_may)
def correct(key: str, entry: str, body: EntryInsteadBody) -> GivenAnswer:
    """Say an entry otherwise; from then on the other side is to confirm it. If-Match names its revision."""
    given = EntryGiven("", "", None, body.day, body.pieces, body.defective, body.accepted, body.text.strip())
    order_acts.correct(PersonsDoor(key), entry, given, check_revision, body.side or "")
    return _told(key)


@blueprint.delete("/<key>/entries/<entry>")
@operation(answer=OrderAnswer, refusals=(403, 404), conditional=True)
def withdraw(key: str, entry: str) -> GivenAnswer:
    """Take back what one's own side said, before the other one answers; If-Match names its revision."""
    order_acts.withdraw(PersonsDoor(key), entry, check_revision)
    return _told(key)


@blueprint.post("/<key>/claims")
@operation(answer=OrderAnswer, body=ClaimBody, refusals=(403, 404), revised=True, allowed=_may)
def claim(key: str, body: ClaimBody) -> GivenAnswer:
    """Make a claim about delivered pieces; the other side is asked for the cause, the remedy and the day."""
    order_acts.claim(
        PersonsDoor(key), ClaimGiven(new_public_id(), body.what, body.line, body.pieces), body.side or ""
    )
    return _told(key)


@blueprint.put("/<key>/claims/<claim>")
@operation(answer=OrderAnswer, body=ClaimAnswerBody, refusals=(403, 404), conditional=True, allowed=_may)
def answer_claim(key: str, claim: str, body: ClaimAnswerBody) -> GivenAnswer:
    """Say the cause, the remedy and the day of a claim; If-Match names the revision of the claim."""
    given = ClaimAnswer(body.cause, body.remedy, body.due_on)
    order_acts.answer_claim(PersonsDoor(key), claim, given, check_revision, body.side or "")
    return _told(key)


@blueprint.post("/<key>/claims/<claim>/close")
@operation(answer=OrderAnswer, body=SideBody, refusals=(403, 404), conditional=True, allowed=_may_answer)
def close_claim(key: str, claim: str, body: SideBody) -> GivenAnswer:
    """Say that a claim is settled for one's own side; If-Match names the revision of the claim."""
    order_acts.close_claim(PersonsDoor(key), claim, check_revision, body.side or "")
    return _told(key)


@blueprint.put("/<key>/details")
@operation(
    answer=OrderAnswer,
    body=DetailsBody,
    refusals=(403, 404),
    conditional=True,
    allowed=lambda key: order_acts.allowed(database(), key, of="contractor"),
)
def describe(key: str, body: DetailsBody) -> GivenAnswer:
    """Set the contractor's own number and the terms of delivery, at the revision in If-Match."""
    order_acts.describe(key, body.number, body.terms, check_revision)
    return _told(key)


@blueprint.put("/<key>/hours")
@operation(
    answer=OrderAnswer,
    body=OrderHoursBody,
    refusals=(403, 404, 409),
    revised=True,
    allowed=lambda key: order_acts.allowed_to_book(database(), key),
)
def book(key: str, body: OrderHoursBody) -> GivenAnswer:
    """Book machine-hours of the supplier for the order, or give them back with 0."""
    order_acts.book(key, body.group, body.hours)
    return _told(key)
