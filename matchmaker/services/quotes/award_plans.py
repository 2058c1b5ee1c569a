"""The plan of an award: how many pieces of each position go to which quote; proposed by price, read from a form, checked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.services.quotes.position_prices import AskedPosition, PositionPrice
from matchmaker.services.quotes.quote_comparison import ComparedQuote
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.shortlist.match_decisions import AwardedPosition

# Of a plan that gives nothing to anybody.
EMPTY = Problem("plan", "award.empty", N_("Give at least one position to a supplier."))
# Pieces by the public id of a quote and the id of a position.
Plan = Mapping[tuple[str, str], int]


def field(quote: str, position: AskedPosition) -> str:
    """The field of the form for the pieces of a position that go to a quote."""
    return f"take-{quote}-{position.mark}"


def proposed(rows: Sequence[tuple[str, ComparedQuote]], asked: Sequence[AskedPosition]) -> Plan:
    """The cheapest quote that can be compared first, the next where it does not have all pieces."""
    plan: dict[tuple[str, str], int] = {}
    for one in asked:
        left = one.pieces
        lines = [(key, line) for key, row in rows if (line := row.lines.get(one.id))]
        known = [(key, line) for key, line in lines if line.compared_minor is not None]
        for key, line in sorted(known or lines, key=lambda pair: pair[1].compared_minor or 0):
            taken = line.said.pieces if left is None else min(left, line.said.pieces)
            if taken:
                plan[key, one.id] = taken
            left = 0 if left is None else left - taken
    return plan


def of_quote(key: str, terms: QuoteTerms) -> Plan:
    """Everything that one quote offers."""
    return {(key, one.id): one.pieces for one in terms.positions}


def read(
    typed: Mapping[str, str], quotes: Sequence[tuple[str, QuoteTerms]], asked: Collection[AskedPosition]
) -> Plan:
    """The typed plan. Raises InvalidRecord by the fields of the form: for pieces that were not quoted, more than are asked for,
    and a plan that gives nothing to anybody.
    """
    problems: list[Problem] = []
    plan: dict[tuple[str, str], int] = {}
    for one in asked:
        left = one.pieces
        for key, terms in quotes:
            line, name = _line(terms, one), field(key, one)
            taken = _pieces(typed.get(name, "").strip(), name, line, problems) if line else 0
            if left is not None and taken > left:
                message = N_("%(pieces)s pieces are asked for in all; %(left)s are left for this supplier.")
                told = {"pieces": one.pieces, "left": left}
                problems.append(Problem(name, "award.pieces", message, str(taken), told))
            if taken:
                plan[key, one.id] = taken
            left = None if left is None else max(left - taken, 0)
    if not plan and not problems:
        problems.append(EMPTY)
    if problems:
        raise InvalidRecord(tuple(problems))
    return plan


def _line(terms: QuoteTerms, one: AskedPosition) -> PositionPrice | None:
    return next((line for line in terms.positions if line.id == one.id), None)


def _pieces(typed: str, name: str, line: PositionPrice, problems: list[Problem]) -> int:
    if not typed:
        return 0
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
    if 0 <= number <= line.pieces:
        return number
    message = N_("Give a whole number up to %(most)s: so many are quoted.")
    problems.append(Problem(name, "award.number", message, typed[:20], {"most": line.pieces}))
    return 0


def shown(plan: Plan, quotes: Sequence[str], asked: Collection[AskedPosition]) -> dict[str, str]:
    """A plan in the fields of its form."""
    return {field(key, one): str(plan.get((key, one.id), "")) for key in quotes for one in asked}


@dataclass(frozen=True, slots=True)
class PlannedShare:
    """What a quote gets by a plan, with the sum for it in the quote's currency, tooling included."""

    quote: str
    terms: QuoteTerms
    positions: tuple[AwardedPosition, ...]

    @property
    def total_minor(self) -> int:
        parts = ((one.quantity or 0) * (one.price_minor or 0) for one in self.positions)
        return sum(parts) + (self.terms.tooling_minor or 0)


def shares(
    plan: Plan, quotes: Sequence[tuple[str, QuoteTerms]], asked: Sequence[AskedPosition]
) -> tuple[PlannedShare, ...]:
    """The plan by quote, positions in the order of the need; fewer pieces than quoted cost what the quote's steps say."""
    found = []
    for key, terms in quotes:
        given = tuple(
            AwardedPosition(one.id, pieces, one.title, line.price_for(pieces), terms.currency)
            for one in asked
            if (pieces := plan.get((key, one.id))) and (line := _line(terms, one))
        )
        if given:
            found.append(PlannedShare(key, terms, given))
    return tuple(found)


def left_over(plan: Plan, asked: Sequence[AskedPosition]) -> tuple[tuple[AskedPosition, int | None], ...]:
    """The positions that nobody gets, or not in full, with the pieces that are left where they are told."""
    found = []
    for one in asked:
        given = [pieces for (_, position), pieces in plan.items() if position == one.id]
        left = None if one.pieces is None else one.pieces - sum(given)
        if not given or left:
            found.append((one, left))
    return tuple(found)
