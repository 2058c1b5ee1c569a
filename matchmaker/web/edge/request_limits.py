"""The limits on requests that cost much or reach other people: by person, by machine for who is not signed in, and for
the whole site. Sign-in, reset and registration have limits of their own, see `services.people.guesses`.

A form is counted in the database before its view begins; a search or a read of the interface is counted in memory
first, so that reading does not write and goes on while the database is away.

A program is told on every answer what it may still do, as draft-ietf-httpapi-ratelimit-headers says.
"""

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from flask import Flask, Response, after_this_request, g, request

from matchmaker.domain.errors import TooManyAttempts
from matchmaker.domain.language import N_
from matchmaker.models.base import now
from matchmaker.services.core.rate_limits import Count, FreeAt, Limit
from matchmaker.services.people.guesses import machine_key
from matchmaker.web.kit.context import PROGRAMS, person, product, visitor_address

_SAFE = {"GET", "HEAD", "OPTIONS"}
_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """The limits of one kind of request: each `most` in `seconds`."""

    what: str
    seconds: int
    of_person: int
    of_machine: int
    of_site: int
    message: str

    def counts(self) -> tuple[Count, ...]:
        """The counts of the present request."""
        who = person()
        whom, most = (who.id, self.of_person) if who else (machine_key(visitor_address()), self.of_machine)
        kind = "person" if who else "machine"
        one = Limit(f"{self.what} of {kind}", most, self.seconds, self.message)
        return one.of(whom), Limit(self.what, self.of_site, self.seconds, self.message).of("")


SEARCHES = RequestLimit(
    "searches",
    _MINUTE,
    of_person=120,
    of_machine=120,
    of_site=3000,
    message=N_("Too many searches in a short time. Try again in %(seconds)s seconds."),
)
PROGRAM_READS = RequestLimit(
    "reads of programs",
    _MINUTE,
    of_person=600,
    of_machine=120,
    of_site=6000,
    message=N_("Too many requests of this key or machine. Try again in %(seconds)s seconds."),
)
PROGRAM_CHANGES = RequestLimit(
    "changes by programs",
    _MINUTE,
    of_person=120,
    of_machine=60,
    of_site=1200,
    message=N_("Too many changes by this key. Try again in %(seconds)s seconds."),
)
UPLOADS = RequestLimit(
    "uploads",
    _HOUR,
    of_person=200,
    of_machine=60,
    of_site=3000,
    message=N_("Too many files in a short time. Try again in %(seconds)s seconds."),
)
MESSAGES = RequestLimit(
    "messages",
    _HOUR,
    of_person=120,
    of_machine=20,
    of_site=5000,
    message=N_("Too many messages in a short time. Try again in %(seconds)s seconds."),
)
LETTERS = RequestLimit(
    "letters to people",
    _HOUR,
    of_person=60,
    of_machine=20,
    of_site=1000,
    message=N_("Too many e-mails to people in a short time. Try again in %(seconds)s seconds."),
)
# A neighbour's site asks every six hours; its operators press the button a few times more.
BUNDLES = RequestLimit(
    "bundles asked for",
    _HOUR,
    of_person=30,
    of_machine=30,
    of_site=300,
    message=N_("Too many requests for bundles in a short time. Try again in %(seconds)s seconds."),
)
_READS: Mapping[str, RequestLimit] = dict.fromkeys(
    ("guides.download", "public.search", "public.show_map", "public.supplier_sheet", "public.try_need"),
    SEARCHES,
)
_FORMS: Mapping[str, RequestLimit] = {
    "bundle_doors.pull": BUNDLES,
    **dict.fromkeys(
        (
            "incoming.pass_on",
            "messages.thread",
            "standing.ask",
            "quotes.ask",
            "orders.say",
            "orders.answer",
            "orders.revise",
            "orders.close_claim",
            "orders.claim",
            "orders.answer_claim",
            "letter_orders.say",
            "letter_orders.answer",
            "letter_orders.revise",
            "letter_orders.close_claim",
            "letter_orders.claim",
            "letter_orders.answer_claim",
            "api_orders.say",
            "api_orders.answer",
            "api_orders.correct",
            "api_orders.close_claim",
            "api_orders.claim",
            "api_orders.answer_claim",
            "api_messages.write",
            "api_dealings.ask",
            "api_rounds.ask",
        ),
        MESSAGES,
    ),
    **dict.fromkeys(
        (
            "account.confirm_again",
            "centre_people.invite",
            "curating.remind",
            "network.invite",
            "own_account.email",
            "own_account.join",
            "people.invite",
        ),
        LETTERS,
    ),
}


def register(app: Flask, uploads: Collection[str]) -> None:
    """Count requests to the pages above and to the pages that take files."""

    @app.before_request
    def count_page() -> None:
        if not request.path.startswith(PROGRAMS):
            for kind in _kinds(uploads):
                _count(kind)


def register_programs(app: Flask, uploads: Collection[str]) -> None:
    """Count the requests of programs, before anything looks at what they sent, and tell what is left."""

    @app.before_request
    def count_program() -> None:
        if request.path.startswith(PROGRAMS):
            for kind in _kinds(uploads):
                _count(kind)

    app.after_request(_tell_rate)


def _count(kind: RequestLimit) -> None:
    limits, counts = product().limits, kind.counts()
    reads = kind in (SEARCHES, PROGRAM_READS)
    try:
        free_at, due = limits.read(counts) if reads else (limits.take(counts), False)
    except TooManyAttempts as error:
        g.rate = RateTold(kind, round(counts[0].limit.most * limits.factor), 0, error.seconds)
        raise
    g.rate = _rate(kind, counts[0], free_at)
    if due:
        after_this_request(_save_reads)


@dataclass(frozen=True, slots=True)
class RateTold:
    """What a program hears of its own count: the acts left, and the seconds until all of them are free again; of a
    refused request those after which it may come again.
    """

    kind: RequestLimit
    most: int
    left: int
    seconds: int


def _rate(kind: RequestLimit, count: Count, free_at: FreeAt) -> RateTold:
    moment, factor = now(), product().limits.factor
    seconds = max(0, math.ceil((free_at[count] - moment).total_seconds()))
    told = RateTold(
        kind, round(count.limit.most * factor), count.left(free_at[count], moment, factor), seconds
    )
    before: RateTold | None = g.get("rate")
    return before if before is not None and before.left < told.left else told


def _tell_rate(response: Response) -> Response:
    told: RateTold | None = g.get("rate")
    if told is not None and request.path.startswith(PROGRAMS):
        name = told.kind.what
        response.headers["RateLimit-Policy"] = f'"{name}";q={told.most};w={told.kind.seconds}'
        response.headers["RateLimit"] = f'"{name}";r={told.left};t={told.seconds}'
    return response


def _kinds(uploads: Collection[str]) -> Iterator[RequestLimit]:
    """The limits of the request; a program's changes count beside what they would count on a page."""
    endpoint, reads = request.endpoint or "", request.method in _SAFE
    if request.path.startswith(PROGRAMS):
        yield PROGRAM_READS if reads else PROGRAM_CHANGES
    if endpoint in _READS:
        yield _READS[endpoint]
    if not reads and endpoint in uploads:
        yield UPLOADS
    if not reads and endpoint in _FORMS:
        yield _FORMS[endpoint]


def _save_reads(response: Response) -> Response:
    """Let the database hear of the reads once the page is sent."""
    response.call_on_close(product().limits.save_reads)
    return response
