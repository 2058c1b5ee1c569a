"""The dealings about a need for programs: the operator's shortlist, the shop's answer, its quote, the opened quotes.

Nothing here signs an agreement, publishes, releases or awards: that is a person's act on a page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from importers.cells import amount_text
from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MatchState, QuoteState
from matchmaker.domain.records import MOST_POSITIONS, Code, NeedRecord
from matchmaker.models import Match, Quote, Session, StoredFile, User
from matchmaker.services.needs import quote_rounds
from matchmaker.services.quotes import position_prices, quote_attachments, quote_terms, quotes
from matchmaker.services.quotes.position_prices import AskedPosition, PositionPrice
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.shortlist import link_answers, match_decisions, shortlists
from matchmaker.services.shortlist.match_decisions import NewDecision
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.pages import explanations, shop_standing
from matchmaker.web.pages.need_access import authorised, curated
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody, GivenAnswer, PageFilters, part
from matchmaker.web.views.api.api_bodies import ReasonAnswer
from matchmaker.web.views.api.operations import check_revision, operation

blueprint = Blueprint("api_dealings", __name__, url_prefix="/api/v1/needs")
blueprint.before_request(api_bodies.check_key)
Currency = Literal["RUB", "CNY", "EUR", "USD", "BYN", "KZT"]
# The pattern is what programs are told; what does not fit it is refused in words by who reads amounts.
Amount = Annotated[
    str,
    Field(max_length=40, examples=["1000.50"], json_schema_extra={"pattern": r"^[0-9][0-9 .,]*$"}),
]


class ShortlistLine(ApiAnswer):
    """A supplier on the shortlist of a need, with its state; `revision` stands in the If-Match of a decision. The
    centre's note is for people: no key reads it.
    """

    match: str
    supplier: str
    name: str
    state: MatchState
    revision: int
    score: float | None = None
    asked: bool
    released: bool
    note: str | None = None
    reasons: list[ReasonAnswer]


class ShortlistAnswer(ApiAnswer):
    """The suppliers of a need in the order of its shortlist."""

    need: str
    items: list[ShortlistLine]


class DecisionBody(ApiBody):
    """An operator's decision about a supplier; a rejection gives the code of its reason."""

    decision: Literal[MatchState.APPROVED, MatchState.REJECTED]
    reason: Code | None = None


class AnswerBody(ApiBody):
    """A shop's answer to its invitation; work that is not the shop's gives the code of its reason."""

    answer: Literal["interested", "no_capacity", "not_ours"]
    reason: Code | None = None


class AskedAnswer(ApiAnswer):
    """A shop has asked to be invited; the centre decides, and tells it by an invitation."""

    need: str
    asked_at: datetime | None = None


class AnswerTold(ApiAnswer):
    """The state of the shop for the need after its answer."""

    need: str
    state: MatchState


class BatchPrice(ApiBody):
    """The price of a piece where so many are ordered."""

    pieces: Annotated[int, Field(ge=1, le=999_999_999)]
    price: Amount


class PositionPriceBody(ApiBody):
    """The price of a piece of a position, by its id in the need; the pieces are those asked for where none are given."""

    id: Code
    price: Amount
    pieces: Annotated[int, Field(ge=1, le=999_999_999)] | None = None
    days: Annotated[int, Field(ge=0, le=3650)] | None = None
    steps: Annotated[tuple[BatchPrice, ...], Field(max_length=10)] = ()


class QuoteBody(ApiBody):
    """A shop's quote for a need: prices of positions, else the amount for the whole lot, which is the sum of the positions
    where both are given; tooling stands beside it. `submit` sends it, otherwise it stays a draft.
    """

    amount: Amount | None = None
    currency: Currency = "RUB"
    positions: Annotated[tuple[PositionPriceBody, ...], Field(max_length=MOST_POSITIONS)] = ()
    tooling: Amount | None = None
    vat: Literal["included", "added", "none"] | None = None
    vat_percent: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    material_by: Literal["customer", "supplier"] | None = None
    payment: Annotated[str, Field(max_length=300)] = ""
    delivery: Annotated[str, Field(max_length=300)] = ""
    batches: tuple[BatchPrice, ...] = ()
    lead_time_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    valid_until: date | None = None
    text: Annotated[str, Field(max_length=4_000)] = ""
    submit: bool = False


class BatchAnswer(ApiAnswer):
    """The price of a piece where so many are ordered."""

    pieces: int
    price: str


class PositionPriceAnswer(ApiAnswer):
    """The price of a piece of a position, and of all its pieces."""

    id: str
    pieces: int
    price: str
    total: str
    days: int | None = None
    steps: list[BatchAnswer]


class PaperAnswer(ApiAnswer):
    """A paper of a quote."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str


class QuoteAnswer(ApiAnswer):
    """A quote; amounts have two digits after the point."""

    key: str
    supplier: str
    state: QuoteState
    revision: int
    amount: str | None = None
    currency: str
    positions: list[PositionPriceAnswer]
    tooling: str | None = None
    vat: str | None = None
    vat_percent: float | None = None
    material_by: str | None = None
    payment: str | None = None
    delivery: str | None = None
    batches: list[BatchAnswer]
    lead_time_days: int | None = None
    valid_until: date | None = None
    text: str | None = None
    submitted_at: datetime | None = None
    papers: list[PaperAnswer]


class QuoteList(ApiAnswer):
    """The opened quotes of a need; while they are sealed only the moment of their opening."""

    need: str
    sealed: bool
    until: datetime | None = None
    items: list[QuoteAnswer]


@blueprint.get("/<key>/shortlist")
@operation(
    answer=ShortlistAnswer,
    query=PageFilters,
    refusals=(403, 404),
    allowed=lambda key: curated(database(), key),
)
def shortlist(key: str, query: PageFilters) -> GivenAnswer:
    """The shortlist as the operators of the need's centre see it."""
    need = curated(database(), key)
    shown, more = part(shortlists.of_need(database(), need), query, lambda one: one.public_id)
    items = [shortlist_line(one) for one in shown]
    return GivenAnswer(ShortlistAnswer(need=key, items=items), following=more)


def _shortlist(key: str) -> ShortlistAnswer:
    need = curated(database(), key)
    return ShortlistAnswer(
        need=key, items=[shortlist_line(one) for one in shortlists.of_need(database(), need)]
    )


def shortlist_line(match: Match) -> ShortlistLine:
    """A match as its operator reads it."""
    return ShortlistLine(
        match=match.public_id,
        supplier=match.profile.public_id,
        name=match.profile.organisation.name(context.language()),
        state=match.state,
        revision=match.revision,
        score=match.score,
        asked=match.asked_at is not None,
        released=match.released_at is not None,
        note=match.note if signed_in().scopes is None else None,
        reasons=[ReasonAnswer(**reason) for reason in explanations.reasons(match)],
    )


@blueprint.post("/<key>/shortlist")
@operation(answer=ShortlistAnswer, refusals=(403, 404, 503))
def propose(key: str) -> ShortlistAnswer:
    """Run the matcher; matches with a decision stay, the rest is renewed."""
    found, ranker = explanations.proposals(curated(database(), key))
    with change() as (session, user):
        shortlists.propose(session, curated(session, key), found, ranker=ranker, by=user.public_id)
    return _shortlist(key)


@blueprint.put("/<key>/shortlist/<match>")
@operation(
    answer=ShortlistLine,
    body=DecisionBody,
    refusals=(403, 404),
    conditional=True,
    allowed=lambda key, **_: curated(database(), key),
)
def decide(key: str, match: str, body: DecisionBody) -> GivenAnswer:
    """Approve or reject a supplier at the revision in If-Match."""
    rejected = body.decision is MatchState.REJECTED
    if rejected and body.reason not in product().taxonomy.reasons:
        curated(database(), key)
        text = N_("Choose the reason for the rejection.")
        raise InvalidRecord((Problem("reason", "reason.missing", text, (body.reason or "")[:80]),))
    verdict = NewDecision(body.decision, reason_code=body.reason if rejected else None)
    return changed_match(
        key,
        match,
        lambda session, one, user, seen: match_decisions.decide(session, one, verdict, user, revision=seen),
    )


def changed_match(key: str, match: str, act: Callable[[Session, Match, User, int], object]) -> GivenAnswer:
    """Change a match of a need at the revision of the request."""
    with change() as (session, user):
        need = curated(session, key)
        one = match_decisions.by_key(session, match)
        if one.need_id != need.id:
            raise NotFound(what="match", key=match)
        act(session, one, user, check_revision(one.revision))
    told = shortlist_line(match_decisions.by_key(database(), match))
    return GivenAnswer(told, revision=told.revision)


@blueprint.post("/<key>/ask")
@operation(answer=AskedAnswer, refusals=(403, 404, 503))
def ask(key: str) -> AskedAnswer:
    """Ask the centre to invite the person's own shop; it decides whom to invite."""
    found, profile = shop_standing.with_shop(database(), key)
    proposal = explanations.proposal(found.need, profile.public_id)
    with change() as (session, user):
        again, own = shop_standing.with_shop(session, key)
        match = match_decisions.ask(session, again.need, own, user, proposal)
        return AskedAnswer(need=key, asked_at=match.asked_at)


@blueprint.post("/<key>/answer")
@operation(
    answer=AnswerTold,
    body=AnswerBody,
    refusals=(403, 404, 409),
    allowed=lambda key: shop_standing.invited_shop(database(), key),
)
def answer(key: str, body: AnswerBody) -> AnswerTold:
    """Answer the invitation of the person's own shop, or answer otherwise while the need is open and no quote was sent; the
    same answer again changes nothing.
    """
    with change() as (session, user):
        found, profile = shop_standing.with_shop(session, key)
        match = shop_standing.invitation_of(session, found.need, profile)
        reason = shop_standing.reason_of(body.answer, body.reason or "")
        link_answers.answer_here(session, match, body.answer, reason, user)
        return AnswerTold(need=key, state=match.told_state)


@blueprint.get("/<key>/quote")
@operation(answer=QuoteAnswer, refusals=(401, 403, 404), revised=True)
def own_quote(key: str) -> GivenAnswer:
    """The own quote of an invited shop; 404 while there is none."""
    found = authorised(database(), key, "quote.submit")
    match = quotes.match_of(database(), found.need, found.own_firm)
    quote = quotes.of_match(database(), match)
    if quote is None:
        raise NotFound(what="quote", key=key)
    return GivenAnswer(quote_answer(database(), quote, match), revision=quote.told_revision)


def quote_answer(session: Session, quote: Quote, match: Match) -> QuoteAnswer:
    """A quote with its papers, in the state that its author is told."""
    papers = quote_attachments.of_quotes(session, [quote]).get(quote.id, ())
    return _quote(quote, match, papers, quote.told_state)


def _steps(steps: Iterable[Sequence[int]]) -> list[BatchAnswer]:
    return [BatchAnswer(pieces=pieces, price=amount_text(price)) for pieces, price in steps]


def _position(one: PositionPrice) -> PositionPriceAnswer:
    return PositionPriceAnswer(
        id=one.id,
        pieces=one.pieces,
        price=amount_text(one.price_minor),
        total=amount_text(one.total_minor),
        days=one.days,
        steps=_steps(one.steps),
    )


def _quote(quote: Quote, match: Match, papers: Sequence[StoredFile], state: QuoteState) -> QuoteAnswer:
    return QuoteAnswer(
        key=quote.public_id,
        supplier=match.profile.public_id,
        state=state,
        revision=quote.told_revision,
        amount=amount_text(quote.amount_minor) if quote.amount_minor is not None else None,
        currency=quote.currency,
        positions=[_position(one) for one in position_prices.of_column(quote.positions)],
        tooling=amount_text(quote.tooling_minor) if quote.tooling_minor is not None else None,
        vat=quote.vat,
        vat_percent=quote.vat_percent,
        material_by=quote.material_by,
        payment=quote.payment,
        delivery=quote.delivery,
        batches=_steps(quote.batch_prices or ()),
        lead_time_days=quote.lead_time_days,
        valid_until=quote.valid_until,
        text=quote.text,
        submitted_at=quote.submitted_at,
        papers=[
            PaperAnswer(
                key=one.public_id,
                name=one.name,
                media_type=one.media_type,
                size=one.size,
                sha256=one.sha256,
            )
            for one in papers
        ],
    )


@blueprint.put("/<key>/quote")
@operation(
    answer=QuoteAnswer,
    body=QuoteBody,
    refusals=(403, 404),
    conditional=True,
    allowed=lambda key: own_match(database(), key),
)
def save_quote(key: str, body: QuoteBody) -> GivenAnswer:
    """Store the shop's quote as a draft, or send it; one that is there is changed at the revision in If-Match."""
    with change() as (session, user):
        found = authorised(session, key, "quote.submit")
        match = quotes.match_of(session, found.need, found.own_firm)
        terms = terms_of(body, found.record)
        present = quotes.of_match(session, match)
        revision = None if present is None else check_revision(present.told_revision)
        quote = quotes.save(session, match, terms, user, revision=revision, submit=body.submit)
        session.flush()
        return GivenAnswer(quote_answer(session, quote, match), revision=quote.told_revision)


def own_match(session: Session, key: str) -> Match:
    """The match of the acting person's invited shop. Raises NotFound, Forbidden, NdaRequired."""
    found = authorised(session, key, "quote.submit")
    return quotes.match_of(session, found.need, found.own_firm)


def terms_of(body: QuoteBody, record: NeedRecord) -> QuoteTerms:
    """The terms of a quote for a need, read as its form is. Raises InvalidRecord by the keys of the body."""
    asked = {one.id: one for one in position_prices.asked(record)}
    for place, one in enumerate(body.positions):
        message = ""
        if one.id not in asked:
            message = N_("The need has no position with this id.")
        elif one.id in {before.id for before in body.positions[:place]}:
            message = N_("This position is given twice.")
        if message:
            raise InvalidRecord((Problem(f"positions.{place}.id", "position.unknown", message, one.id),))
    places = {asked[one.id].mark: place for place, one in enumerate(body.positions)}
    try:
        return quote_terms.read(_typed(body, asked), context.today(), asked.values())
    except InvalidRecord as error:
        told = (replace(one, path=_path(one.path, places)) for one in error.problems)
        raise InvalidRecord(tuple(told)) from error


def _path(field: str, places: Mapping[str, int]) -> str:
    """The key of the body that a field of the form stands for."""
    name, _, mark = field.partition("-")
    return f"positions.{places[mark]}.{name}" if mark in places else field


def _typed(body: QuoteBody, asked: Mapping[str, AskedPosition]) -> dict[str, str]:
    """The quote as its form holds it, so that one reader checks both."""
    typed = {
        "amount": body.amount or "",
        "currency": body.currency,
        "vat": body.vat or "",
        "vat_percent": "" if body.vat_percent is None else f"{body.vat_percent:g}",
        "tooling": body.tooling or "",
        "material_by": body.material_by or "",
        "batches": _typed_steps(body.batches),
        "lead_time_days": "" if body.lead_time_days is None else str(body.lead_time_days),
        "payment": body.payment.strip(),
        "delivery": body.delivery.strip(),
        "valid_until": body.valid_until.isoformat() if body.valid_until else "",
        "text": body.text.strip(),
    }
    for one in body.positions:
        values = (
            one.price,
            "" if one.pieces is None else str(one.pieces),
            "" if one.days is None else str(one.days),
            _typed_steps(one.steps),
        )
        typed |= {
            f"{name}-{asked[one.id].mark}": value
            for name, value in zip(position_prices.FIELDS, values, strict=True)
        }
    return typed


def _typed_steps(steps: Iterable[BatchPrice]) -> str:
    return "\n".join(f"{one.pieces}: {one.price}" for one in steps)


@blueprint.delete("/<key>/quote")
@operation(answer=QuoteAnswer, refusals=(403, 404, 409), revised=True)
def withdraw_quote(key: str) -> GivenAnswer:
    """Withdraw the shop's quote before the deadline."""
    with change() as (session, user):
        match = own_match(session, key)
        quotes.withdraw(session, match, user)
        session.flush()
        quote = quotes.of_match(session, match)
        assert quote is not None
        return GivenAnswer(quote_answer(session, quote, match), revision=quote.told_revision)


@blueprint.get("/<key>/quotes")
@operation(
    answer=QuoteList,
    query=PageFilters,
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "quote.opened"),
)
def opened_quotes(key: str, query: PageFilters) -> GivenAnswer:
    """All quotes for the need's contractor and centre once they are open."""
    need = authorised(database(), key, "quote.opened").need
    sealed = quote_rounds.sealed(database(), need)
    found, more = part([] if sealed else quotes.opened(database(), need), query, lambda one: one.public_id)
    papers = quote_attachments.of_quotes(database(), found)
    items = [_quote(quote, quote.match, papers.get(quote.id, ()), quote.state) for quote in found]
    told = QuoteList(need=key, sealed=sealed, until=need.quotes_until, items=items)
    return GivenAnswer(told, following=more)
