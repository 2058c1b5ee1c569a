"""The figures of a centre as its authority reads them: with plans, without rows, and without what a few firms make."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from matchmaker.models import Centre
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import open_figures, period_reports
from matchmaker.services.figures.figure_definition import FigureDefinition
from matchmaker.services.figures.figure_values import FigureValue
from matchmaker.services.figures.ledger import CountingRules
from matchmaker.services.figures.period_reports import PeriodReport


@dataclass(frozen=True, slots=True)
class ToldReport:
    """What may be told of a period: `report` without rows and without the figures `left_out`, which fewer than
    `open_figures.FEWEST_FIRMS` firms make; `earlier` the values of the period before by figure, where that is locked.
    """

    report: PeriodReport
    left_out: Sequence[FigureDefinition]
    earlier: dict[str, FigureValue]


def told(session: Session, centre: Centre, period: Period, rules: CountingRules) -> ToldReport:
    """The period as locked, else counted now. Raises PeriodDamaged."""
    report, before = period_reports.with_the_one_before(session, centre, period, rules)
    earlier = without_rows(before).figures if before else ()
    return ToldReport(
        without_rows(report),
        [one.figure for one in report.figures if not open_figures.is_told(one)],
        {one.figure.code: one.value for one in earlier},
    )


def without_rows(report: PeriodReport) -> PeriodReport:
    """What may be told of a report: no rows, and no figure that few firms make."""
    kept = [replace(one, rows=()) for one in report.figures if open_figures.is_told(one)]
    return replace(report, figures=kept)
