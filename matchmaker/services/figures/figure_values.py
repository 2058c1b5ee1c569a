"""Figures of a centre: rows that count, and what they come to.

Every figure is made of rows, so that it opens to them by construction. A row whose answer is not known yet counts from `low` to
`high`: the figure is then an interval, as if all that is unknown were a no, and as if it were a yes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.services.shortlist.rotation import gini


class FigureUnit(StrEnum):
    """What a figure counts; money is in roubles."""

    PIECES = "pieces"
    PERCENT = "percent"
    DAYS = "days"
    MONEY = "money"
    PER_THOUSAND = "per-thousand"
    EVENNESS = "evenness"


class FigureSum(StrEnum):
    """How rows become a figure.

    COUNT and TOTAL add the rows, SHARE gives the part of their weight in percent, RATE in thousandths, RATIO as it is, MIDDLE the median and the ninth
    decile, GINI their unevenness, 0 for even and near 1 for one with all.
    """

    COUNT = "count"
    TOTAL = "total"
    SHARE = "share"
    RATE = "rate"
    RATIO = "ratio"
    MIDDLE = "middle"
    GINI = "gini"


@dataclass(frozen=True, slots=True)
class FigureFirm:
    """A firm as rows name it, by its public id; `region` is the code of the taxonomy."""

    key: str
    name_ru: str | None
    name_en: str | None
    inn: str | None = None
    region: str | None = None

    def name(self, language: str) -> str:
        """The name in `language`, else in the other one."""
        names = (self.name_ru, self.name_en) if language == "ru" else (self.name_en, self.name_ru)
        return next((name for name in names if name), "")


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One thing that a figure counts: a need or a supplier, named by `kind` and its public id `key`.

    `firm` is the buyer or the supplier that the row is about. The row adds `low` at least and `high` at most; `high` is None where there
    is no upper bound. `weight` is what a share is a part of.
    """

    kind: str
    key: str
    label: str
    firm: FigureFirm | None
    low: float = 1.0
    high: float | None = 1.0
    weight: float = 1.0

    @property
    def is_unknown(self) -> bool:
        return self.low != self.high


@dataclass(frozen=True, slots=True)
class FigureValue:
    """What rows come to: from `low` to `high`, equal where all is known; None where there is nothing to count, `high`
    also where there is no upper bound. `ninth` is the value that nine of ten rows do not exceed.
    """

    low: float | None
    high: float | None
    rows: int
    unknown: int
    ninth: float | None = None

    @property
    def is_exact(self) -> bool:
        return self.low == self.high


def value_of(rows: Sequence[FigureRow], how: FigureSum) -> FigureValue:
    """What the rows come to, each in the way of `how`."""
    low, high, ninth = _SUMS[how](rows)
    return FigureValue(low, high, len(rows), sum(row.is_unknown for row in rows), ninth)


_Sum = tuple[float | None, float | None, float | None]


def _total(rows: Sequence[FigureRow]) -> _Sum:
    highs = [row.high for row in rows if row.high is not None]
    return _round(sum(row.low for row in rows)), _round(sum(highs)) if len(highs) == len(rows) else None, None


def _share(rows: Sequence[FigureRow], whole: int = 100) -> _Sum:
    weight = sum(row.weight for row in rows)
    if not weight:
        return None, None, None
    low, high, _ = _total(rows)
    return _round(whole * (low or 0) / weight), None if high is None else _round(whole * high / weight), None


def _rate(rows: Sequence[FigureRow]) -> _Sum:
    return _share(rows, 1000)


def _ratio(rows: Sequence[FigureRow]) -> _Sum:
    return _share(rows, 1)


def _middle(rows: Sequence[FigureRow]) -> _Sum:
    if not rows:
        return None, None, None
    ordered = sorted(row.low for row in rows)
    median = _round(_quantile(ordered, 0.5))
    return median, median, _round(_quantile(ordered, 0.9))


def _quantile(ordered: Sequence[float], part: float) -> float:
    """The value at a part of the way through ordered values, between two of them where it falls there."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _gini(rows: Sequence[FigureRow]) -> _Sum:
    value = round(gini([row.low for row in rows]), 3) if rows else None
    return value, value, None


def _round(value: float) -> float:
    return round(value, 2)


_SUMS = {
    FigureSum.COUNT: _total,
    FigureSum.TOTAL: _total,
    FigureSum.SHARE: _share,
    FigureSum.RATE: _rate,
    FigureSum.RATIO: _ratio,
    FigureSum.MIDDLE: _middle,
    FigureSum.GINI: _gini,
}
