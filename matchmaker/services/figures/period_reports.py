"""The report of a period: every figure with its plan and its rows, counted now or as it was locked."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import NotFound, PeriodDamaged, PeriodLocked, PeriodRunning
from matchmaker.models import Centre, FigurePlan, PeriodLock, User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.core.periods import Period
from matchmaker.services.figures.definitions import BY_CODE, figures_of
from matchmaker.services.figures.figure_definition import FigureDefinition
from matchmaker.services.figures.figure_values import FigureFirm, FigureRow, FigureValue, value_of
from matchmaker.services.figures.ledger import CountingRules, Ledger


@dataclass(frozen=True, slots=True)
class FigureOfPeriod:
    """A figure in a period: what its rows come to, and what was planned, None where nothing was."""

    figure: FigureDefinition
    value: FigureValue
    rows: Sequence[FigureRow]
    plan: float | None


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """All figures of a centre in a period as they were at `counted_at`; `sha256` is None while the period is not locked."""

    centre: Centre
    period: Period
    counted_at: datetime
    figures: Sequence[FigureOfPeriod]
    locked_by: User | None = None
    sha256: str | None = None

    @property
    def is_locked(self) -> bool:
        return self.sha256 is not None

    def of(self, code: str) -> FigureOfPeriod:
        """The figure with this code. Raises NotFound."""
        found = next((one for one in self.figures if one.figure.code == code), None)
        if found is None:
            raise NotFound(what="figure", key=code)
        return found


def report(session: Session, centre: Centre, period: Period, rules: CountingRules) -> PeriodReport:
    """The report of a period: as locked, else counted now. Raises PeriodDamaged for a lock that was altered."""
    lock, plans = _lock_or_plans(session, centre, period)
    return _counted(session, centre, period, rules, plans) if lock is None else _read(lock, centre, period)


def with_the_one_before(
    session: Session, centre: Centre, period: Period, rules: CountingRules
) -> tuple[PeriodReport, PeriodReport | None]:
    """The report of a period, and of the one before it where that is locked."""
    locks = _locks(session, centre, (period, period.before))
    lock, earlier = locks.get(str(period)), locks.get(str(period.before))
    shown = (
        _read(lock, centre, period)
        if lock
        else _counted(session, centre, period, rules, plans_of(session, centre, period))
    )
    return shown, _read(earlier, centre, period.before) if earlier else None


def one_figure(
    session: Session, centre: Centre, period: Period, rules: CountingRules, code: str
) -> tuple[FigureOfPeriod, PeriodLock | None]:
    """One figure with its rows, and the lock of its period. Raises NotFound, PeriodDamaged."""
    lock = _locks(session, centre, (period,)).get(str(period))
    if lock is not None:
        return _read(lock, centre, period).of(code), lock
    figure = BY_CODE.get(code)
    if figure is None or figure not in figures_of(period):
        raise NotFound(what="figure", key=code)
    ledger = Ledger(session, centre.id, period, rules, now())
    plans = plans_of(session, centre, period)
    return _figure(figure, tuple(figure.rows(ledger)), plans.get(code)), None


def plans_of(session: Session, centre: Centre, period: Period) -> dict[str, float]:
    """The plans of a period by the codes of their figures."""
    query = select(FigurePlan.figure, FigurePlan.value).where(
        FigurePlan.centre_id == centre.id, FigurePlan.period == str(period)
    )
    return {one.figure: one.value for one in session.execute(query)}


def plan(session: Session, centre: Centre, period: Period, values: Mapping[str, float], user: User) -> None:
    """Set all plans of a period by the codes of their figures; what is left out has none. Raises PeriodLocked."""
    take_turns(session, centre)
    if str(period) in _locks(session, centre, (period,)):
        raise PeriodLocked(period=str(period))
    if values == plans_of(session, centre, period):
        return
    session.execute(
        delete(FigurePlan).where(FigurePlan.centre_id == centre.id, FigurePlan.period == str(period))
    )
    session.add_all(
        FigurePlan(centre_id=centre.id, period=str(period), figure=code, value=value)
        for code, value in values.items()
    )
    journal.note(session, user.public_id, "period.planned", centre, {"period": str(period), **values})


def lock(session: Session, centre: Centre, period: Period, rules: CountingRules, user: User) -> PeriodLock:
    """Lock a period that is over: its figures, plans and rows stay as they are now. A second press finds the first one's lock.

    Raises PeriodRunning.
    """
    take_turns(session, centre)
    standing = _locks(session, centre, (period,)).get(str(period))
    if standing is not None:
        return standing
    if now().astimezone(rules.zone).date() < period.end:
        raise PeriodRunning(period=str(period), day=period.end.isoformat())
    counted = _counted(session, centre, period, rules, plans_of(session, centre, period))
    written = json.dumps(_stored(counted), ensure_ascii=False).encode()
    made = PeriodLock(
        centre_id=centre.id,
        period=str(period),
        by_id=user.id,
        sha256=hashlib.sha256(written).hexdigest(),
        body=zlib.compress(written),
    )
    session.add(made)
    details = {"period": str(period), "sha256": made.sha256}
    journal.note(session, user.public_id, "period.locked", centre, details)
    return made


def reopen(session: Session, centre: Centre, period: Period, user: User) -> None:
    """Open a locked period again; the journal keeps the hash of what was locked."""
    take_turns(session, centre)
    lock = _locks(session, centre, (period,)).get(str(period))
    if lock is None:
        return
    session.delete(lock)
    details = {"period": str(period), "sha256": lock.sha256}
    journal.note(session, user.public_id, "period.reopened", centre, details)


def _locks(session: Session, centre: Centre, periods: Sequence[Period]) -> dict[str, PeriodLock]:
    named = [str(period) for period in periods]
    query = select(PeriodLock).where(PeriodLock.centre_id == centre.id, PeriodLock.period.in_(named))
    return {one.period: one for one in session.scalars(query.options(joinedload(PeriodLock.by)))}


def _lock_or_plans(
    session: Session, centre: Centre, period: Period
) -> tuple[PeriodLock | None, dict[str, float]]:
    """The lock of a period, else its plans by the codes of their figures, in one statement."""
    locked = PeriodLock.centre_id == Centre.id, PeriodLock.period == str(period)
    planned = FigurePlan.centre_id == Centre.id, FigurePlan.period == str(period)
    query = (
        select(PeriodLock, FigurePlan.figure, FigurePlan.value)
        .select_from(Centre)
        .outerjoin(PeriodLock, and_(*locked))
        .outerjoin(FigurePlan, and_(*planned, PeriodLock.period.is_(None)))
        .where(Centre.id == centre.id)
        .options(joinedload(PeriodLock.by))
    )
    rows = session.execute(query).all()
    return rows[0][0], {figure: value for _, figure, value in rows if figure is not None}


def _counted(
    session: Session, centre: Centre, period: Period, rules: CountingRules, plans: Mapping[str, float]
) -> PeriodReport:
    counted_at = now()
    ledger = Ledger(session, centre.id, period, rules, counted_at)
    figures = [_figure(one, tuple(one.rows(ledger)), plans.get(one.code)) for one in figures_of(period)]
    return PeriodReport(centre, period, counted_at, figures)


def _figure(figure: FigureDefinition, rows: Sequence[FigureRow], planned: float | None) -> FigureOfPeriod:
    return FigureOfPeriod(figure, value_of(rows, figure.how), rows, planned)


def _stored(counted: PeriodReport) -> dict[str, Any]:
    return {
        "centre": counted.centre.code,
        "period": str(counted.period),
        "counted_at": counted.counted_at.isoformat(),
        "figures": [
            {"code": one.figure.code, "plan": one.plan, "rows": [astuple(row) for row in one.rows]}
            for one in counted.figures
        ],
    }


def _read(lock: PeriodLock, centre: Centre, period: Period) -> PeriodReport:
    """The figures as locked; one that is no longer defined is left out."""
    try:
        written = zlib.decompress(lock.body)
    except zlib.error as error:
        raise PeriodDamaged(period=str(period)) from error
    if hashlib.sha256(written).hexdigest() != lock.sha256:
        raise PeriodDamaged(period=str(period))
    stored = json.loads(written)
    figures = [
        _figure(BY_CODE[one["code"]], tuple(map(_row, one["rows"])), one["plan"])
        for one in stored["figures"]
        if one["code"] in BY_CODE
    ]
    counted_at = datetime.fromisoformat(stored["counted_at"])
    return PeriodReport(centre, period, counted_at, figures, lock.by, lock.sha256)


def _row(stored: Sequence[Any]) -> FigureRow:
    kind, key, label, firm, *rest = stored
    return FigureRow(kind, key, label, FigureFirm(*firm) if firm else None, *rest)
