"""A shop for programs: its profile as a record, its spare hours, the invitations it has, and the needs that fit it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MatchState
from matchmaker.domain.records import Code, SupplierRecord, parse, to_data
from matchmaker.models import Need, Profile
from matchmaker.services.development import benchmarks
from matchmaker.services.development.benchmarks import BenchmarkLine, BenchmarkPlace
from matchmaker.services.matching import matching, profile_gains
from matchmaker.services.profiles import capacity, fact_sources, freshness, profile_drafts, suppliers
from matchmaker.services.profiles.capacity import MOST_HOURS, MapCell
from matchmaker.services.shortlist import supplier_pipeline
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, wording
from matchmaker.web.pages import need_access, unread_words
from matchmaker.web.pages.profile_access import own_profile, own_profile_in
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody, GivenAnswer, IdAsStored
from matchmaker.web.views.api.api_bodies import ReasonAnswer
from matchmaker.web.views.api.operations import check_revision, operation
from search.matching.gains import ProfileChange
from search.ranking.explain import RankedSupplier

blueprint = Blueprint("api_shop", __name__, url_prefix="/api/v1/shop")
blueprint.before_request(api_bodies.check_key)


class FactSourceLine(ApiAnswer):
    """Whose word a key of the published record is: of an imported list, by its file's name, else of a person; and since when."""

    field: str
    list: str | None = None
    since: date | None = None


class ProfileAnswer(ApiAnswer):
    """The shop's profile as its people see it: the draft where there is one, else what is published; and where the published
    facts come from.
    """

    key: str
    revision: int
    published: bool
    draft: bool
    review: str | None = None
    record: SupplierRecord
    sources: tuple[FactSourceLine, ...] = ()


class ProfileChangeBody(SupplierRecord):
    """The whole profile as it shall be; its `id` may be left out, and cannot be changed."""

    id: IdAsStored = ""


class ConfirmBody(ApiBody):
    """The facts that are confirmed."""

    fields: Annotated[
        tuple[Literal["capabilities", "equipment", "capacity"], ...], Field(min_length=1, max_length=3)
    ]


class HoursEntry(ApiAnswer):
    """The hours of a group of machines in an ISO week, as the shop states them."""

    group: str
    week: str
    maximum: float
    agreed: float


class HoursAnswer(ApiAnswer):
    """The groups of machines and the coming weeks, and the hours stated."""

    groups: list[str]
    weeks: list[str]
    hours: list[HoursEntry]


class StatedHours(ApiBody):
    """Hours of a group of machines in an ISO week."""

    group: Code
    week: Annotated[str, Field(pattern=r"^\d{4}-W\d{2}$")]
    maximum: Annotated[float, Field(ge=0, le=MOST_HOURS, allow_inf_nan=False)]
    agreed: Annotated[float, Field(ge=0, le=MOST_HOURS, allow_inf_nan=False)] = 0


class HoursBody(ApiBody):
    """Hours to state; what is not named stays. An answer of this address may be sent back."""

    hours: Annotated[tuple[StatedHours, ...], Field(max_length=2_000)]
    groups: tuple[Code, ...] = ()
    weeks: tuple[Code, ...] = ()


class FittingLine(ApiAnswer):
    """An open need that fits the shop; `score` is how likely an expert would call the shop good for it, `share` whether it does
    the whole of the work or a part.
    """

    need: str
    title: str
    score: float
    share: str | None = None
    reasons: list[ReasonAnswer]


class BenchmarkLineAnswer(ApiAnswer):
    """A measure: the own value, the middle of the `firms` similar shops that state it, from ten on the bounds of their middle half,
    and the place of the own value. Where fewer than five state it, nothing is told of them.
    """

    measure: str
    unit: str
    more_is_better: bool
    own: float | None = None
    firms: int
    middle: float | None = None
    low: float | None = None
    high: float | None = None
    place: BenchmarkPlace


class BenchmarkAnswer(ApiAnswer):
    """The shop among similar ones: their number, 0 where they are too few; the codes of the work and the size class they share."""

    firms: int
    work: list[str]
    size: str | None = None
    lines: list[BenchmarkLineAnswer]


class OpeningAnswer(ApiAnswer):
    """A change to the profile, and the needs it would open: now, and of those of a year; hours of machines a year."""

    requirement: str
    change: str
    open: int
    in_a_year: int
    hours: float | None = None


class FittingNeeds(ApiAnswer):
    """The number of all open needs that fit, the best of them, and what changes would open."""

    total: int = 0
    fitting: list[FittingLine]
    openings: list[OpeningAnswer]


class InvitationLine(ApiAnswer):
    """A need that the shop knows: the state of its match, and the end of the time for quotes."""

    need: str
    title: str
    state: MatchState
    quotes_until: datetime | None = None
    quote: str | None = None


class InvitationList(ApiAnswer):
    """The invitations that wait for an answer, the needs that the shop takes part in, and the past ones."""

    waiting: list[InvitationLine]
    going: list[InvitationLine]
    over: list[InvitationLine]


@blueprint.get("/profile")
@operation(answer=ProfileAnswer, refusals=(401, 403), revised=True)
def profile() -> GivenAnswer:
    """The shop's own profile as a record of the exchange format; its revision is the ETag."""
    return _profile()


def _profile() -> GivenAnswer:
    own = own_profile()
    told = ProfileAnswer(
        key=own.public_id,
        revision=own.revision,
        published=own.published_at is not None,
        draft=own.waiting is not None,
        review=own.review,
        record=profile_drafts.draft(own),
        sources=tuple(
            FactSourceLine(field=one.field, list=one.file, since=one.on)
            for one in fact_sources.of_profile(database(), own, suppliers.record(own))
        ),
    )
    return GivenAnswer(told, revision=own.revision)


@blueprint.put("/profile", endpoint="change")
@operation(
    answer=ProfileAnswer, body=ProfileChangeBody, refusals=(403,), conditional=True, allowed=own_profile
)
def change_profile(body: ProfileChangeBody) -> GivenAnswer:
    """Store the profile as a draft at the revision in If-Match; the centre publishes it once it is submitted."""
    with change() as (session, user):
        own = own_profile_in(session)
        revision, present = check_revision(own.revision), profile_drafts.draft(own)
        if body.id not in {"", present.id}:
            text = N_("The id of a profile cannot be changed; leave it out.")
            raise InvalidRecord((Problem("id", "id.fixed", text, body.id[:80]),))
        record = parse(SupplierRecord, {**to_data(body), "id": present.id})
        profile_drafts.save(
            session,
            own,
            record,
            revision=revision,
            by=user.public_id,
            today=context.today(),
            standards=unread_words.nearest_standards,
        )
    return _profile()


@blueprint.post("/profile/submit")
@operation(answer=ProfileAnswer, refusals=(403, 409), revised=True)
def submit_profile() -> GivenAnswer:
    """Submit the draft of the profile to the centre."""
    with change() as (session, user):
        profile_drafts.submit(session, own_profile_in(session), user.public_id)
    return _profile()


@blueprint.delete("/profile/draft")
@operation(answer=ProfileAnswer, refusals=(403,), revised=True)
def discard_draft() -> GivenAnswer:
    """Drop the waiting changes of the profile; what is published stays."""
    with change() as (session, user):
        profile_drafts.discard(session, own_profile_in(session), user)
    return _profile()


@blueprint.post("/profile/confirm")
@operation(answer=ProfileAnswer, body=ConfirmBody, refusals=(403,), revised=True, allowed=own_profile)
def confirm(body: ConfirmBody) -> GivenAnswer:
    """Confirm that facts of the profile are still true, as of today."""
    with change() as (session, user):
        own = own_profile_in(session)
        freshness.confirm(session, own, body.fields, by=user.public_id, today=context.today())
    return _profile()


@blueprint.get("/invitations")
@operation(answer=InvitationList, refusals=(401, 403))
def invitations() -> InvitationList:
    """The needs that the shop was invited to or asked about."""
    found = supplier_pipeline.of_profile(database(), own_profile())
    return InvitationList(
        waiting=[_invitation(one) for one in found.waiting],
        going=[_invitation(one) for one in found.going],
        over=[_invitation(one) for one in found.over],
    )


def _invitation(one: supplier_pipeline.NeedDealing) -> InvitationLine:
    need = one.match.need
    return InvitationLine(
        need=need.public_id,
        title=need_access.title_of(need),
        state=one.match.told_state,
        quotes_until=need.quotes_until,
        quote=one.quote.told_state if one.quote else None,
    )


@blueprint.get("/capacity")
@operation(answer=HoursAnswer, refusals=(401, 403))
def hours() -> HoursAnswer:
    """The stated hours of the coming weeks by group of machines, and the groups and weeks there are."""
    return _plan(own_profile())


@blueprint.put("/capacity")
@operation(answer=HoursAnswer, body=HoursBody, refusals=(403,), allowed=own_profile)
def state(body: HoursBody) -> HoursAnswer:
    """State hours of groups and weeks; other hours stay. All wrong entries are named, and then nothing is
    saved.
    """
    with change() as (session, user):
        own = own_profile_in(session)
        capacity.plan(session, own, _cells(body, own), user.public_id)
    return _plan(own_profile())


@blueprint.get("/benchmark")
@operation(answer=BenchmarkAnswer, refusals=(403, 503))
def among_similar() -> BenchmarkAnswer:
    """The own shop among similar ones; without lines while its profile is not published."""
    profile = own_profile()
    if not profile.is_published:
        return BenchmarkAnswer(firms=0, work=[], lines=[])
    found = benchmarks.of_profile(database(), profile, context.matching())
    return BenchmarkAnswer(
        firms=found.firms,
        work=list(found.work),
        size=found.size or None,
        lines=[_measured(line) for line in found.lines],
    )


def _measured(line: BenchmarkLine) -> BenchmarkLineAnswer:
    return BenchmarkLineAnswer(
        measure=line.measure.code,
        unit=line.measure.unit,
        more_is_better=line.measure.more_is_better,
        own=line.own,
        firms=line.firms,
        middle=line.middle,
        low=line.low,
        high=line.high,
        place=line.place,
    )


@blueprint.get("/needs")
@operation(answer=FittingNeeds, refusals=(401, 403, 503))
def fitting() -> FittingNeeds:
    """The open needs that fit the shop, with reasons, and the needs that changes to its published profile
    would open.
    """
    own = own_profile()
    if own.published_at is None:
        return FittingNeeds(fitting=[], openings=[])
    parts = context.matching()
    found = matching.openings(database(), own.public_id, parts)
    gains = profile_gains.of_profile(database(), own, suppliers.record(own), parts)
    return FittingNeeds(
        total=found.total,
        fitting=[_fit(need, match) for need, match in found.fitting],
        openings=[_gain(gain) for gain in gains],
    )


def _fit(need: Need, match: RankedSupplier) -> FittingLine:
    return FittingLine(
        need=need.public_id,
        title=need_access.title_of(need),
        score=round(match.score, 4),
        share=match.share,
        reasons=api_bodies.reasons(match),
    )


def _gain(gain: ProfileChange) -> OpeningAnswer:
    return OpeningAnswer(
        requirement=gain.requirement,
        change=wording().opening(gain),
        open=gain.now,
        in_a_year=gain.ever,
        hours=gain.hours,
    )


def _plan(own: Profile) -> HoursAnswer:
    today = context.today()
    grid = capacity.grid(own, today)
    return HoursAnswer(
        groups=sorted(grid),
        weeks=[_week(week) for week in capacity.weeks(today)],
        hours=[
            HoursEntry(group=group, week=_week(week), maximum=cell.maximum, agreed=cell.agreed)
            for group, row in sorted(grid.items())
            for week, cell in sorted(row.items())
        ],
    )


def _week(week: int) -> str:
    return f"{week // 100}-W{week % 100:02}"


def _cells(given: HoursBody, own: Profile) -> Mapping[tuple[str, int], MapCell | None]:
    """The entries by group and week. Raises InvalidRecord with all wrong entries."""
    today = context.today()
    weeks = {_week(week): week for week in capacity.weeks(today)}
    known = capacity.grid(own, today)
    text = N_("Give a group and a week as GET lists them, and hours: 0 ≤ agreed ≤ maximum ≤ %(most)s.")
    problems = [
        Problem(f"hours.{number}", "hours.entry", text, str(to_data(one))[:80], {"most": int(MOST_HOURS)})
        for number, one in enumerate(given.hours)
        if one.group not in known or one.week not in weeks or one.agreed > one.maximum
    ]
    if problems:
        raise InvalidRecord(tuple(problems))
    return {(one.group, weeks[one.week]): MapCell(one.maximum, one.agreed) for one in given.hours}
