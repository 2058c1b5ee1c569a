"""What a figure is: its name, its formula in words, and the rows that it is made of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matchmaker.services.figures.figure_values import FigureRow, FigureSum, FigureUnit
from matchmaker.services.figures.ledger import Ledger


@dataclass(frozen=True, slots=True)
class FigureDefinition:
    """A figure: what it is called, how it is counted, in what, from which tables, and the rows of a ledger that count;
    one `of_years` has no value for a month or a quarter.
    """

    code: str
    name: str
    formula: str
    unit: FigureUnit
    how: FigureSum
    tables: tuple[str, ...]
    rows: Callable[[Ledger], Iterable[FigureRow]]
    of_years: bool = False
