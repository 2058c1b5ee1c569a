"""Open data: the figures of locked periods that a centre shows to everybody, without those that a few firms make.

A figure is left out where fewer than FEWEST_FIRMS firms stand behind it; a share also where fewer than that make the part that it tells, or
the rest, since whoever knows one of them would learn the others. Names, rows and plans are told to nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import NotFound, PeriodInvalid
from matchmaker.domain.language import N_
from matchmaker.models import Centre, PeriodLock, User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import figure_files, period_reports
from matchmaker.services.figures.figure_values import FigureFirm, FigureRow, FigureSum
from matchmaker.services.figures.figure_words import FigureWords
from matchmaker.services.figures.ledger import CountingRules
from matchmaker.services.figures.period_reports import FigureOfPeriod, PeriodReport
from matchmaker.services.reports import spreadsheets
from matchmaker.services.reports.spreadsheets import DownloadTable

FEWEST_FIRMS = 3
MOST = 400  # periods of a list
_PARTS = frozenset({FigureSum.SHARE, FigureSum.RATE})
COLUMNS = (
    N_("Figure"),
    N_("Unit"),
    N_("Lower bound"),
    N_("Upper bound"),
    N_("Left out"),
    N_("How it is counted"),
)


@dataclass(frozen=True, slots=True)
class PublishedPeriod:
    """A period of a centre that everybody reads, and since when."""

    centre: Centre
    period: Period
    since: datetime


def publish(session: Session, centre: Centre, period: Period, user: User, *, published: bool) -> None:
    """Show a locked period to everybody, or no longer; said again it stays. Raises NotFound for one that is not locked."""
    take_turns(session, centre)
    lock = session.get(PeriodLock, (centre.id, str(period)))
    if lock is None:
        raise NotFound(what="period", key=str(period))
    if (lock.published_at is not None) == published:
        return
    lock.published_at = now() if published else None
    session.flush()
    action = "period.published" if published else "period.unpublished"
    journal.note(session, user.public_id, action, centre, {"period": str(period)})


def is_published(session: Session, centre: Centre, period: Period) -> bool:
    """Whether everybody reads a period of a centre."""
    lock = session.get(PeriodLock, (centre.id, str(period)))
    return lock is not None and lock.published_at is not None


def listed(session: Session) -> list[PublishedPeriod]:
    """The periods that everybody reads, by centre, the last one first."""
    query = (
        select(PeriodLock, Centre)
        .join(Centre, Centre.id == PeriodLock.centre_id)
        .where(PeriodLock.published_at.is_not(None))
        .order_by(Centre.id, PeriodLock.period.desc())
        .limit(MOST)
    )
    return [
        PublishedPeriod(centre, Period.parse(lock.period), lock.published_at)
        for lock, centre in session.execute(query)
        if lock.published_at is not None
    ]


def report_of(session: Session, code: str, written: str, rules: CountingRules) -> PeriodReport:
    """The report of a published period of the centre with this code. Raises NotFound, PeriodDamaged."""
    try:
        period = Period.parse(written)
    except PeriodInvalid as error:
        raise NotFound(what="period", key=written[:20]) from error
    found = session.scalar(
        select(PeriodLock)
        .join(Centre, Centre.id == PeriodLock.centre_id)
        .where(Centre.code == code, PeriodLock.period == str(period), PeriodLock.published_at.is_not(None))
        .options(joinedload(PeriodLock.by))
    )
    if found is None:
        raise NotFound(what="period", key=str(period))
    centre = session.get_one(Centre, found.centre_id)
    return period_reports.report(session, centre, period, rules)


def is_told(one: FigureOfPeriod) -> bool:
    """Whether everybody may read a figure: nothing stands behind it, or enough firms do."""
    rows = one.rows
    if not rows:
        return True
    if not _are_many(rows):
        return False
    if one.figure.how not in _PARTS:
        return True
    sides = [row for row in rows if row.high != 0], [row for row in rows if row.low < row.weight]
    return all(_are_many(side) for side in sides if side)


def _are_many(rows: Sequence[FigureRow]) -> bool:
    return are_enough(row.firm for row in rows)


def are_enough(firms: Iterable[FigureFirm | None]) -> bool:
    """Whether enough firms make something for everybody to read it; what no firm is known to make counts for none."""
    return len({firm.key for firm in firms if firm}) >= FEWEST_FIRMS


def values(report: PeriodReport, words: FigureWords) -> dict[str, Any]:
    """A published period in plain values, ready for JSON: names and formulas in one language, None for what is left out."""
    return {
        "centre": report.centre.code,
        "name": report.centre.name(words.language),
        "period": str(report.period),
        "from": report.period.start.isoformat(),
        "to": report.period.last.isoformat(),
        "counted_at": report.counted_at.isoformat(),
        "fewest_firms": FEWEST_FIRMS,
        "figures": [_value(one, words) for one in report.figures],
    }


def _value(one: FigureOfPeriod, words: FigureWords) -> dict[str, Any]:
    told = is_told(one)
    return {
        "code": one.figure.code,
        "name": words.name(one.figure),
        "formula": words.formula(one.figure),
        "unit": one.figure.unit.value,
        "low": one.value.low if told else None,
        "high": one.value.high if told else None,
        "left_out": not told,
    }


def as_csv(report: PeriodReport, words: FigureWords) -> bytes:
    """A published period as delimited text, a figure a line."""
    told = values(report, words)
    rows = [
        [
            one["name"],
            one["unit"],
            figure_files.number(one["low"]),
            figure_files.number(one["high"]),
            "1" if one["left_out"] else "",
            one["formula"],
        ]
        for one in told["figures"]
    ]
    return spreadsheets.delimited(DownloadTable("", tuple(map(words.translate, COLUMNS)), rows))
