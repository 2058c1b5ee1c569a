"""The figures of the operator's own centre: their period, their words, the report as a file."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, abort
from flask_babel import gettext

from matchmaker.services.core import journal
from matchmaker.services.figures import figure_files, period_reports
from matchmaker.services.figures.figure_words import FigureWords
from matchmaker.services.figures.periods import Period, PeriodLength
from matchmaker.web.kit import downloads
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, wording
from matchmaker.web.kit.standpoint import own_centre


def zone() -> ZoneInfo:
    """The time zone in which the site's periods begin and end."""
    return ZoneInfo(product().settings.time_zone)


def period(written: str) -> Period:
    """The period of an address, by default the present quarter. Raises PeriodInvalid."""
    if written:
        return Period.parse(written)
    return Period.around(datetime.now(zone()).date(), PeriodLength.QUARTER)


def words() -> FigureWords:
    return FigureWords(wording(), gettext)


def as_file(asked: Period, kind: str) -> Response:
    """The report of a period as a file of a kind of `figure_files.MEDIA`; the download is recorded."""
    centre = own_centre(database())
    if kind not in figure_files.MEDIA:
        abort(404)
    report = period_reports.report(database(), centre, asked, zone())
    made = figure_files.made(report, kind, words(), gettext)
    with change() as (session, user):
        details = {"period": str(asked), "kind": kind}
        journal.note(session, user.public_id, "period.exported", own_centre(session), details)
    return downloads.named(made, figure_files.MEDIA[kind], f"figures-{centre.code}-{asked}.{kind}")
