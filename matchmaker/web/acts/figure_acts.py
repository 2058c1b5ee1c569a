"""The figures of a centre for its operators and for its authority: their period, their words, the report as a file."""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Response, abort
from flask_babel import gettext

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden
from matchmaker.models import Centre
from matchmaker.services.core import journal
from matchmaker.services.core.periods import Period, PeriodLength
from matchmaker.services.figures import figure_files, period_reports, told_figures
from matchmaker.services.figures.figure_words import FigureWords
from matchmaker.services.figures.ledger import CountingRules
from matchmaker.services.figures.period_reports import PeriodReport
from matchmaker.services.figures.told_figures import ToldReport
from matchmaker.web.kit import context, downloads
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.kit.standpoint import Standpoint, own_centre, standpoint


def rules() -> CountingRules:
    """By what the figures of the site are counted."""
    return product().counting_rules


def period(written: str) -> Period:
    """The period of an address, by default the present quarter. Raises PeriodInvalid."""
    if written:
        return Period.parse(written)
    return Period.around(datetime.now(rules().zone).date(), PeriodLength.QUARTER)


def words() -> FigureWords:
    return FigureWords(wording(), gettext)


def as_file(asked: Period, kind: str) -> Response:
    """The report of a period as a file of a kind of `figure_files.MEDIA`; the download is recorded."""
    return _taken_along(own_centre(database()), asked, kind)


def _taken_along(
    centre: Centre,
    asked: Period,
    kind: str,
    *,
    told: Callable[[PeriodReport], PeriodReport] | None = None,
) -> Response:
    """A report of a centre of the reader's as a file; of one with `told` what that leaves of it, and no sheets of rows."""
    if kind not in figure_files.MEDIA:
        abort(404)
    report = period_reports.report(database(), centre, asked, rules())
    made = figure_files.made(told(report) if told else report, kind, words(), gettext, with_rows=told is None)
    name = f"figures-{centre.code}-{asked}.{kind}"  # here: the change has what was read forgotten
    with change() as (session, user):
        at, details = standpoint(session).centre(centre.code), {"period": str(asked), "kind": kind}
        journal.note(session, user.public_id, "period.exported", at, details)
    return downloads.named(made, figure_files.MEDIA[kind], name)


def lengths(shown: Period) -> Mapping[PeriodLength, Period]:
    """The month, the quarter and the year around the last day of a period that has begun."""
    day = min(shown.last, max(shown.start, context.today()))
    return {length: Period.around(day, length) for length in PeriodLength}


def told_centres(here: Standpoint) -> list[str]:
    """The codes of the centres whose figures are told to the reader: as their authority, or as their operator."""
    held = dict.fromkeys(role.centre for role in here.subject.roles if role.centre)
    return [
        code
        for code in held
        if access.may(here.subject, "figure.view", access.AccessObject(centre=code)).allowed
    ]


def told_centre(code: str) -> Centre:
    """The centre with this code, if its figures are told to the reader. Raises Forbidden."""
    here = standpoint(database())
    if code not in told_centres(here):
        raise Forbidden
    return here.centre(code)


def told(code: str, asked: Period) -> ToldReport:
    """What the reader is told of a period of a centre. Raises Forbidden, PeriodDamaged."""
    return told_figures.told(database(), told_centre(code), asked, rules())


def told_file(code: str, asked: Period, kind: str) -> Response:
    """The same as a file of a kind of `figure_files.MEDIA`; the download is recorded."""
    return _taken_along(told_centre(code), asked, kind, told=told_figures.without_rows)
