"""The figures that the participants of a year tell of themselves."""

from collections.abc import Callable, Iterator, Mapping

from matchmaker.domain.language import N_
from matchmaker.services.figures.figure_definition import FigureDefinition
from matchmaker.services.figures.figure_values import FigureRow, FigureSum, FigureUnit
from matchmaker.services.figures.ledger import Ledger, YearOfSupplier

# Roubles from and to, of the bands in which a supplier tells its revenue.
REVENUES: Mapping[str, tuple[float, float | None]] = {
    "to-10": (0, 10_000_000),
    "to-30": (10_000_000, 30_000_000),
    "to-60": (30_000_000, 60_000_000),
    "to-120": (60_000_000, 120_000_000),
    "to-400": (120_000_000, 400_000_000),
    "to-800": (400_000_000, 800_000_000),
    "to-2000": (800_000_000, 2_000_000_000),
    "more": (2_000_000_000, None),
}
_PERCENT = _KOPECKS = 100
_TABLES = ("year_answer", "profile")
_Amount = Callable[[YearOfSupplier], float | None]


def _row(one: YearOfSupplier, low: float, high: float | None, weight: float = 1.0) -> FigureRow:
    return FigureRow("supplier", one.key, "", one.firm, low, high, weight)


def _answered(ledger: Ledger) -> Iterator[FigureRow]:
    return (_row(one, float(one.has_told), float(one.has_told)) for one in ledger.years)


def _summed(amount: _Amount) -> Callable[[Ledger], Iterator[FigureRow]]:
    """The rows of those that told an amount."""

    def rows(ledger: Ledger) -> Iterator[FigureRow]:
        for one in ledger.years:
            told = amount(one)
            if told is not None:
                yield _row(one, float(told), float(told))

    return rows


def _revenue(ledger: Ledger) -> Iterator[FigureRow]:
    return (_row(one, *REVENUES[one.revenue_band]) for one in ledger.years if one.revenue_band)


def _productivity(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.years:
        if one.revenue_band and one.staff:
            yield _row(one, *REVENUES[one.revenue_band], float(one.staff))


def _exporters(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.years:
        if one.export_percent is not None:
            exports = float(one.export_percent > 0)
            yield _row(one, exports, exports)


def _export(ledger: Ledger) -> Iterator[FigureRow]:
    for one in ledger.years:
        if one.export_percent is not None and one.revenue_band:
            low, high = REVENUES[one.revenue_band]
            part = one.export_percent / _PERCENT
            most = 0.0 if not part else None if high is None else part * high
            yield _row(one, part * low, most)


def _invested(one: YearOfSupplier) -> float | None:
    return None if one.invested_minor is None else one.invested_minor / _KOPECKS


def _figure(
    code: str,
    name: str,
    formula: str,
    measured: tuple[FigureUnit, FigureSum],
    rows: Callable[[Ledger], Iterator[FigureRow]],
) -> FigureDefinition:
    return FigureDefinition(code, name, formula, *measured, _TABLES, rows, of_years=True)


_TOTAL, _MONEY = (FigureUnit.PIECES, FigureSum.TOTAL), (FigureUnit.MONEY, FigureSum.TOTAL)
_SHARE = (FigureUnit.PERCENT, FigureSum.SHARE)
YEAR_FIGURES = (
    _figure(
        "year-answers",
        N_("Participants that told of their year"),
        N_(
            "Of the suppliers that were published before the end of the year, with an account or invited in it, the part that told "
            "their centre of the year."
        ),
        _SHARE,
        _answered,
    ),
    _figure(
        "year-staff",
        N_("People of the participants"),
        N_("Average number of people in the year, summed over the participants that told it."),
        _TOTAL,
        _summed(lambda one: one.staff),
    ),
    _figure(
        "year-revenue",
        N_("Revenue of the participants"),
        N_(
            "Sum over the participants that told it; each counts from the lower to the upper bound of its band."
        ),
        _MONEY,
        _revenue,
    ),
    _figure(
        "year-productivity",
        N_("Revenue a person"),
        N_("Revenue of the participants that told it and their number of people, divided by these people."),
        (FigureUnit.MONEY, FigureSum.RATIO),
        _productivity,
    ),
    _figure(
        "year-exporters",
        N_("Participants that export"),
        N_("Of the participants that told their export, the part with some."),
        _SHARE,
        _exporters,
    ),
    _figure(
        "year-export",
        N_("Export of the participants"),
        N_(
            "Sum of the told part of the revenue, which counts from the lower to the upper bound of its band."
        ),
        _MONEY,
        _export,
    ),
    _figure(
        "year-products",
        N_("New products of the participants"),
        N_("Products new to their range, summed over the participants that told it."),
        _TOTAL,
        _summed(lambda one: one.new_products),
    ),
    _figure(
        "year-jobs",
        N_("New workplaces of the participants"),
        N_("Workplaces made in the year, summed over the participants that told it."),
        _TOTAL,
        _summed(lambda one: one.new_jobs),
    ),
    _figure(
        "year-investment",
        N_("Investment of the participants"),
        N_("Roubles invested in the year, summed over the participants that told it."),
        _MONEY,
        _summed(_invested),
    ),
)
