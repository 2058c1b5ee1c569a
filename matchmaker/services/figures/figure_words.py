"""The words for figures in one language: values with their unit, intervals, periods, rows."""

from collections.abc import Callable

from matchmaker.domain.language import N_
from matchmaker.services.core.periods import Period, PeriodLength
from matchmaker.services.figures.figure_definition import FigureDefinition
from matchmaker.services.figures.figure_values import FigureRow, FigureSum, FigureUnit, FigureValue, value_of
from matchmaker.services.matching.wording import Wording

Translate = Callable[[str], str]
_UNITS = {
    FigureUnit.PIECES: N_("pcs"),
    FigureUnit.PERCENT: "%",
    FigureUnit.DAYS: N_("days"),
    FigureUnit.MONEY: "₽",
    FigureUnit.PER_THOUSAND: "‰",
    FigureUnit.EVENNESS: N_("from 0 to 1"),
}
_TABLES = {
    "certificate": N_("certificates"),
    "certification_step": N_("steps of ladders"),
    "decision": N_("decisions on suppliers"),
    "delivery_rating": N_("ratings of deliveries"),
    "event": N_("events"),
    "event_answer": N_("answers of firms after events"),
    "event_meeting": N_("meetings at events"),
    "event_participant": N_("participants of events"),
    "exchange_rate": N_("rates of currencies"),
    "match": N_("shortlists"),
    "need": N_("needs"),
    "order_entry": N_("entries of orders"),
    "organisation": N_("firms"),
    "profile": N_("profiles"),
    "purchase_order": N_("orders"),
    "quote": N_("quotes"),
    "spare_capacity": N_("spare hours"),
    "year_answer": N_("what participants told of the year"),
}
_BESIDE = frozenset(
    {FigureUnit.PERCENT, FigureUnit.MONEY, FigureUnit.PER_THOUSAND}
)  # units that stand with each value
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip


class FigureWords:
    """The words of one language; `translate` turns an English message into it."""

    def __init__(self, wording: Wording, translate: Translate) -> None:
        self.wording, self._ = wording, translate

    def translate(self, message: str) -> str:
        """An English message in the language."""
        return self._(message)

    @property
    def language(self) -> str:
        return self.wording.language

    def name(self, figure: FigureDefinition) -> str:
        return self._(figure.name)

    def formula(self, figure: FigureDefinition) -> str:
        return self._(figure.formula)

    def sources(self, figure: FigureDefinition) -> str:
        """What a figure is counted from, in words."""
        return ", ".join(self._(_TABLES[table]) for table in figure.tables)

    def unit(self, figure: FigureDefinition) -> str:
        return self._(_UNITS[figure.unit])

    def amount(self, figure: FigureDefinition, value: float | None) -> str:
        """A number of a figure with its unit where that is a sign; "—" for None."""
        if value is None:
            return "—"
        told = self.wording.number(value)
        return f"{told}\u00a0{_UNITS[figure.unit]}" if figure.unit in _BESIDE else told

    def value(self, figure: FigureDefinition, value: FigureValue) -> str:
        """A figure in words: its value, or from which to which it is while something is not known."""
        if value.low is None:
            return self._("nothing to count")
        low = self.amount(figure, value.low)
        if value.high is None:
            return self._("%(low)s or more") % {"low": low}
        if not value.is_exact:
            return self._("from %(low)s to %(high)s") % {"low": low, "high": self.amount(figure, value.high)}
        return low

    def beside(self, figure: FigureDefinition, value: FigureValue) -> str:
        """What stands beside the value: of how many rows, how many unknown, what nine of ten do not exceed."""
        told = []
        if value.ninth is not None:
            told.append(
                self._("nine of ten: %(value)s at most") % {"value": self.amount(figure, value.ninth)}
            )
        if figure.how not in {FigureSum.COUNT, FigureSum.GINI} and value.rows:
            told.append(self._("of %(rows)s") % {"rows": self.wording.number(value.rows)})
        if value.unknown:
            told.append(self._("not known: %(count)s") % {"count": self.wording.number(value.unknown)})
        return "; ".join(told)

    def row(self, figure: FigureDefinition, row: FigureRow) -> str:
        """What a row adds to its figure: yes or no to a share, else a number; "not known" while it may be either."""
        if figure.how is FigureSum.SHARE:
            return self._part(row)
        if figure.how is FigureSum.RATE:
            return self._of_pieces(row)
        if figure.how is FigureSum.RATIO:
            return self.value(figure, value_of((row,), figure.how))
        return self.value(figure, FigureValue(row.low, row.high, 1, 0))

    def _of_pieces(self, row: FigureRow) -> str:
        """So many of the pieces of a delivery; of defects that were found later the delivery counted its pieces already."""
        if row.is_unknown:
            return self._("not known")
        part, whole = self.wording.number(row.low), self.wording.number(row.weight)
        return self._("%(part)s of %(whole)s") % {"part": part, "whole": whole} if row.weight else part

    def _part(self, row: FigureRow) -> str:
        if row.is_unknown:
            return self._("not known")
        if row.weight == 1:
            return self._("yes") if row.low else self._("no")
        part, whole = self.wording.number(row.low), self.wording.number(row.weight)
        return self._("%(part)s of %(whole)s") % {"part": part, "whole": whole}

    def period(self, period: Period) -> str:
        """The period as people write it: November 2026, quarter 4 of 2026, 2026."""
        year = period.start.year
        if period.length is PeriodLength.MONTH:
            return f"{self._(_MONTHS[period.start.month - 1])} {year}"
        if period.length is PeriodLength.QUARTER:
            return self._("quarter %(number)s of %(year)s") % {
                "number": (period.start.month + 2) // 3,
                "year": year,
            }
        return str(year)
