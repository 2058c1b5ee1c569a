"""The development of a shop for programs: its certificates with their scans, its ladders to certificates with their papers, the
support that suits it, what would win it work; and its photos.
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from flask import Blueprint, Response, url_for
from pydantic import Field

from matchmaker.domain.lifecycle import CardState, CertificationStage
from matchmaker.domain.records import CertificateRecord
from matchmaker.models import CertificationStep, DevelopmentCard, Profile, StoredFile
from matchmaker.services.development import ladders
from matchmaker.services.development.ladders import LONGEST_NOTE, Ladder
from matchmaker.services.development.support_fit import SupportFit
from matchmaker.services.profiles import photos, profile_drafts
from matchmaker.web.acts import card_acts, ladder_acts, ladder_list, shop_acts, support_acts, support_words
from matchmaker.web.kit import context, downloads, form_tokens
from matchmaker.web.kit.context import database
from matchmaker.web.kit.downloads import SentFile
from matchmaker.web.pages.profile_access import own_profile
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import (
    ApiAnswer,
    ApiBody,
    ApiQuery,
    GivenAnswer,
    NoAnswer,
    PageFilters,
    part,
)
from matchmaker.web.views.api.operations import operation
from search.matching.gains import OpenedNeeds

blueprint = Blueprint("api_certificates", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
_SCANS = ("application/pdf", "image/jpeg", "image/png")
_PICTURES = ("image/jpeg", "image/png")


class ScanAnswer(ApiAnswer):
    """A scan of a certificate."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: str


class CertificateLine(ApiAnswer):
    """A certificate of the shop's draft; its place is the number under which scans are added."""

    place: int
    standard: str
    number: str | None = None
    status: str | None = None
    valid_until: date | None = None
    scans: list[ScanAnswer]


class CertificateList(ApiAnswer):
    """The certificates of the shop's draft, in its order."""

    items: list[CertificateLine]


class LadderStep(ApiAnswer):
    """A step of a ladder, not corrected since; `cost` is in roubles."""

    key: str
    stage: CertificationStage
    on: date
    responsible: str | None = None
    next_step: str | None = None
    next_on: date | None = None
    helper: str | None = None
    cost: float | None = None
    payer: Literal["firm", "centre", "programme", "plant"] | None = None
    note: str | None = None


class LostDemand(ApiAnswer):
    """The needs that a certificate would open: now, and of those of a year; hours of machines of these."""

    open: int
    in_a_year: int
    hours: float


class LadderLine(ApiAnswer):
    """A way of the shop to a certificate: the stage at which it stands, its steps, its papers, the demand lost without it."""

    standard: str
    stage: CertificationStage
    lost: LostDemand
    steps: list[LadderStep]
    papers: list[ScanAnswer]


class LadderList(ApiAnswer):
    """The ladders of the shop, by standard."""

    items: list[LadderLine]


class LadderWish(ApiBody):
    """The standard (its code in the taxonomy) to whose certificate the shop asks the centre for help, and where it stands."""

    standard: Annotated[str, Field(min_length=1, max_length=100)]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""


class CardLine(ApiAnswer):
    """What would win the shop work: the requirement that closes a need to it, what is to close the gap, by when. The contractor is
    named where the shop may know it.
    """

    key: str
    requirement: str
    closes: Literal["certificate", "machine", "measuring", "training", "other"]
    what: str
    by: date
    state: CardState
    need: str
    title: str
    contractor: str | None = None
    before: list[str]
    after: list[str] | None = None


class CardList(ApiAnswer):
    """The development cards of the shop, those due first first."""

    items: list[CardLine]


class SupportReasonAnswer(ApiAnswer):
    """A condition of an offer and how it came out, in words."""

    condition: str
    outcome: Literal["met", "unmet", "unknown"]
    words: str


class SupportLine(ApiAnswer):
    """A support measure or a helper of the centre, judged for the shop; `most` is in roubles."""

    key: str
    kind: str
    name: str
    giver: str | None = None
    text: str | None = None
    most: float | None = None
    share_percent: int | None = None
    opens_on: date | None = None
    closes_on: date | None = None
    papers: list[str]
    contacts: str | None = None
    link: str | None = None
    outcome: Literal["met", "unmet", "unknown"]
    reasons: list[SupportReasonAnswer]


class SupportList(ApiAnswer):
    """The offers of the centre, those that suit the shop first."""

    items: list[SupportLine]


class PhotoFilters(ApiQuery):
    """The caption of the photo."""

    caption: Annotated[str, Field(max_length=photos.LONGEST_CAPTION)] = ""


class PhotoAnswer(ApiAnswer):
    """A photo of the shop; `shown` once the centre has published it, `ready` once it was opened here."""

    key: str
    caption: str
    shown: bool
    ready: bool


class PhotoList(ApiAnswer):
    """The photos of the shop, the oldest first."""

    items: list[PhotoAnswer]


@blueprint.get("/shop/certificates")
@operation(answer=CertificateList, query=PageFilters, refusals=(403,), allowed=own_profile)
def listed(query: PageFilters) -> GivenAnswer:
    """The certificates of the shop's draft with their scans; their facts are changed in the profile."""
    profile = own_profile()
    held = list(enumerate(profile_drafts.draft(profile).certificates))
    shown, more = part(held, query, lambda one: str(one[0]))
    items = [_certificate(profile, place, one) for place, one in shown]
    return GivenAnswer(CertificateList(items=items), following=more)


def _certificate(profile: Profile, place: int, one: CertificateRecord) -> CertificateLine:
    return CertificateLine(
        place=place,
        standard=one.standard,
        number=one.number,
        status=one.status,
        valid_until=one.valid_until,
        scans=[_scan(row) for row in shop_acts.scans_of(database(), profile, one.standard, one.number)],
    )


def _scan(row: StoredFile) -> ScanAnswer:
    return ScanAnswer(
        key=row.public_id, name=row.name, media_type=row.media_type, size=row.size, sha256=row.sha256
    )


@blueprint.post("/shop/certificates/<int:place>/scans")
@operation(
    answer=ScanAnswer,
    takes_file=True,
    statuses=(201,),
    refusals=(403, 404),
    allowed=lambda place: shop_acts.held(own_profile(), place),
)
def add_scan(place: int, file: SentFile) -> GivenAnswer:
    """Add a scan of a certificate: a PDF, JPEG or PNG of up to 10 MB; the same bytes again are the same scan."""
    made = _scan(shop_acts.add_scan(place, file))
    return GivenAnswer(made, 201, location=url_for("api_certificates.scan", key=made.key))


@blueprint.get("/scans/<key>")
@operation(media=_SCANS, refusals=(403, 404, 410))
def scan(key: str) -> Response:
    """A scan, for the shop, its centre and contractors that agreed on confidentiality with it; each download is recorded."""
    stored, content = shop_acts.scan(key)
    return downloads.attachment(content, stored)


@blueprint.get("/shop/ladders")
@operation(answer=LadderList, refusals=(403,))
def ladders_of_shop() -> LadderList:
    """The shop's ladders to certificates, as its centre records them."""
    return LadderList(items=_ladders(own_profile()))


def _ladders(profile: Profile) -> list[LadderLine]:
    own, papers = ladders.of_profile(database(), profile), ladder_acts.papers_of(database(), profile)
    lost = ladder_list.lost(profile, [one.standard for one in own])
    return [_ladder(one, lost[one.standard], papers.get(one.standard, ())) for one in own]


def _ladder(ladder: Ladder, lost: OpenedNeeds, papers: Sequence[StoredFile]) -> LadderLine:
    return LadderLine(
        standard=ladder.standard,
        stage=ladder.current.stage if ladder.current else CertificationStage.NONE,
        lost=LostDemand(open=lost.now, in_a_year=lost.ever, hours=lost.hours),
        steps=[_step(one) for one in ladder.standing],
        papers=[_scan(one) for one in papers],
    )


def _step(step: CertificationStep) -> LadderStep:
    return LadderStep(
        key=step.public_id,
        stage=step.stage,
        on=step.on,
        responsible=step.owner.name if step.owner else None,
        next_step=step.next_step,
        next_on=step.next_on,
        helper=step.helper,
        cost=None if step.cost_minor is None else step.cost_minor / 100,
        payer=step.payer,
        note=step.note,
    )


@blueprint.post("/shop/ladders")
@operation(answer=LadderLine, body=LadderWish, statuses=(201,), refusals=(403,), allowed=own_profile)
def ask_for_help(body: LadderWish) -> GivenAnswer:
    """Ask the centre for help on the way to a certificate; it writes the next steps. Where it is on that way already: 422."""
    own_profile()
    ladder_acts.ask(body.standard, body.note.strip(), form_tokens.token())
    found = next(one for one in _ladders(own_profile()) if one.standard == body.standard)
    return GivenAnswer(found, 201)


@blueprint.post("/shop/ladders/<standard>/papers")
@operation(
    answer=ScanAnswer,
    takes_file=True,
    statuses=(201,),
    refusals=(403, 404),
    allowed=lambda **_: own_profile(),
)
def add_ladder_paper(standard: str, file: SentFile) -> GivenAnswer:
    """Add a paper of the way to a certificate: a PDF, JPEG or PNG of up to 10 MB; the same bytes again are the same paper."""
    own_profile()
    made = _scan(ladder_acts.add_own_paper(standard, file))
    return GivenAnswer(made, 201, location=url_for("api_certificates.ladder_paper", key=made.key))


@blueprint.get("/papers/<key>")
@operation(media=_SCANS, refusals=(404, 410))
def ladder_paper(key: str) -> Response:
    """A paper of the way to a certificate, for the shop and its centre; each download is recorded."""
    stored, content = ladder_acts.paper(key)
    return downloads.attachment(content, stored)


@blueprint.get("/shop/cards")
@operation(answer=CardList, query=PageFilters, refusals=(403,), allowed=own_profile)
def cards_of_shop(query: PageFilters) -> GivenAnswer:
    """The development cards of the shop for needs that it may read; `before` and `after` are the requirements that closed the
    need.
    """
    shown, more = part(card_acts.own(), query, lambda one: one.public_id)
    return GivenAnswer(CardList(items=[_card(one) for one in shown]), following=more)


def _card(card: DevelopmentCard) -> CardLine:
    title, contractor = card_acts.need_told(card)
    return CardLine(
        key=card.public_id,
        requirement=card.requirement,
        closes=card.closes,
        what=card.what,
        by=card.due_on,
        state=card.state,
        need=card.need.public_id,
        title=title,
        contractor=contractor or None,
        before=list(card.before.get("closing", ())),
        after=list(card.after.get("closing", ())) if card.after else None,
    )


@blueprint.get("/shop/support")
@operation(answer=SupportList, query=PageFilters, refusals=(403,), allowed=own_profile)
def support_of_shop(query: PageFilters) -> GivenAnswer:
    """The support measures and helpers of the centre, each with why it suits the shop or does not."""
    shown, more = part(support_acts.suiting(own_profile()), query, lambda one: one.offer.public_id)
    return GivenAnswer(SupportList(items=[_support(one) for one in shown]), following=more)


def _support(fit: SupportFit) -> SupportLine:
    offer = fit.offer
    return SupportLine(
        key=offer.public_id,
        kind=offer.kind,
        name=offer.name,
        giver=offer.giver,
        text=offer.text,
        most=None if offer.most_minor is None else offer.most_minor / 100,
        share_percent=offer.share_percent,
        opens_on=offer.opens_on,
        closes_on=offer.closes_on,
        papers=[line.strip() for line in (offer.papers or "").splitlines() if line.strip()],
        contacts=offer.contacts,
        link=offer.link,
        outcome=fit.outcome.value,
        reasons=[
            SupportReasonAnswer(
                condition=one.name, outcome=one.outcome.value, words=support_words.reason(one)
            )
            for one in fit.reasons
        ],
    )


@blueprint.get("/shop/photos")
@operation(answer=PhotoList, query=PageFilters, refusals=(403,), allowed=own_profile)
def own_photos(query: PageFilters) -> GivenAnswer:
    """The photos of the shop."""
    shown, more = part(photos.of_profile(database(), own_profile()), query, lambda one: one.public_id)
    return GivenAnswer(PhotoList(items=[_photo(one) for one in shown]), following=more)


def _photo(one: StoredFile) -> PhotoAnswer:
    return PhotoAnswer(
        key=one.public_id,
        caption=photos.caption(one, context.language()),
        shown=bool(one.details["shown"]),
        ready=photos.is_ready(one),
    )


@blueprint.post("/shop/photos")
@operation(
    answer=PhotoAnswer,
    query=PhotoFilters,
    takes_file=True,
    statuses=(201,),
    refusals=(403,),
    allowed=own_profile,
)
def add_photo(query: PhotoFilters, file: SentFile) -> GivenAnswer:
    """Add a photo of the shop: a JPEG, PNG, WebP or HEIC of up to 20 MB; others see it once the centre has published it."""
    made = _photo(shop_acts.add_photo(file, query.caption))
    return GivenAnswer(made, 201, location=url_for("api_certificates.photo", key=made.key))


@blueprint.delete("/shop/photos/<key>")
@operation(answer=NoAnswer, refusals=(403, 404))
def remove_photo(key: str) -> NoAnswer:
    """Remove a photo of the shop at once."""
    shop_acts.remove_photo(key)
    return NoAnswer()


@blueprint.get("/photos/<key>")
@operation(media=_PICTURES, reader="anybody", refusals=(404, 410))
def photo(key: str) -> Response:
    """A photo that the centre has published; before that for the shop and its centre."""
    return downloads.attachment(downloads.content_of(stored := shop_acts.photo(key)), stored)
