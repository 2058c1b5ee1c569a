"""The prices of a need's positions in a quote: each with its pieces, days and steps; read from a form, stored, summed up."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from importers.cells import amount_text, minor_units
from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import NeedRecord

MOST_MINOR = 10**14  # a million millions
MOST_STEPS = 10
MOST_PIECES = 999_999_999
_STEP = re.compile(r"(\d{1,9})\s*(?:шт\.?|pcs)?\s*[:=—–-]\s*(.+)", re.ASCII)
# The fields of a position, each written NAME-MARK.
FIELDS = ("price", "pieces", "days", "steps")

Steps = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class AskedPosition:
    """A position that a need asks for: its id, its name, and its pieces where they are told."""

    id: str
    title: str
    pieces: int | None

    @property
    def mark(self) -> str:
        """The position in the names of form fields: an id may hold any character."""
        return hashlib.blake2s(self.id.encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class PositionPrice:
    """What a quote says of a position: the pieces it is for, minor units a piece, days, and [pieces, minor units a piece] steps."""

    id: str
    pieces: int
    price_minor: int
    days: int | None = None
    steps: Steps = ()

    @property
    def total_minor(self) -> int:
        return self.pieces * self.price_minor

    def price_for(self, pieces: int) -> int:
        """The price of a piece where so many are taken: the quoted one for all, else that of the largest step they reach."""
        reached = [price for size, price in self.steps if size <= pieces]
        return reached[-1] if reached and pieces != self.pieces else self.price_minor


def asked(record: NeedRecord) -> tuple[AskedPosition, ...]:
    """The positions of a need, in its order."""
    return tuple(
        AskedPosition(one.id, one.title or one.id, one.quantity or record.quantity)
        for one in record.positions
    )


def read(
    typed: Mapping[str, str], positions: Collection[AskedPosition], problems: list[Problem]
) -> tuple[PositionPrice, ...]:
    """The typed prices; a position without one is not quoted. A problem for every wrong field is added to `problems`."""
    marks = {one.mark for one in positions}
    for name, value in typed.items():
        field, _, mark = name.partition("-")
        if field == "price" and mark and mark not in marks and value:
            message = N_(
                "A position that you quoted at this price is no longer in the need. Look at the positions again."
            )
            problems.append(Problem("amount", "position.gone", message, value[:40]))
    found = (_price(typed, one, problems) for one in positions)
    return tuple(one for one in found if one is not None)


def _price(typed: Mapping[str, str], one: AskedPosition, problems: list[Problem]) -> PositionPrice | None:
    price, pieces, days, steps = (typed.get(f"{name}-{one.mark}", "") for name in FIELDS)
    if not price:
        if days or steps:
            message = N_("Give the price of a piece as well, or leave the whole position empty.")
            problems.append(Problem(f"price-{one.mark}", "price.missing", message))
        return None
    read = PositionPrice(
        one.id,
        _pieces(pieces, one, problems),
        amount_of(price, f"price-{one.mark}", problems),
        days_of(days, f"days-{one.mark}", problems),
        steps_of(steps, f"steps-{one.mark}", problems),
    )
    if read.total_minor > MOST_MINOR:
        message = N_("The price of all pieces is too high: at most %(most)s.")
        problems.append(
            Problem(f"price-{one.mark}", "price.range", message, price[:40], {"most": MOST_MINOR // 100})
        )
    return read


def _pieces(typed: str, one: AskedPosition, problems: list[Problem]) -> int:
    most = one.pieces or MOST_PIECES
    if not typed and one.pieces:
        return one.pieces
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    if not 1 <= number <= most:
        message = N_("Give the pieces that the price is for: a whole number from 1 to %(most)s.")
        problems.append(Problem(f"pieces-{one.mark}", "pieces.range", message, typed[:20], {"most": most}))
        return 1
    return number


def amount_of(typed: str, path: str, problems: list[Problem]) -> int:
    """A typed amount in minor units, above 0 and at most MOST_MINOR."""
    units = minor_units(typed)
    if units is None:
        message = N_("Write the amount like 1000,50: digits, and at most two after one comma or point.")
        problems.append(Problem(path, "amount.form", message, typed[:40]))
    elif not 0 < units <= MOST_MINOR:
        message = N_("The amount must be above 0 and at most %(most)s.")
        problems.append(Problem(path, "amount.range", message, typed[:40], {"most": MOST_MINOR // 100}))
    return units or 0


def days_of(typed: str, path: str, problems: list[Problem]) -> int | None:
    """Typed days, at most ten years; None for an empty field."""
    if not typed:
        return None
    if typed.isascii() and typed.isdigit() and len(typed) < 5 and int(typed) <= 3650:
        return int(typed)
    problems.append(Problem(path, "days.form", N_("Give whole days, at most 3650."), typed[:20]))
    return None


def steps_of(typed: str, path: str, problems: list[Problem]) -> Steps:
    """Typed unit prices by lot size: a line each, or several between semicolons."""
    found: dict[int, int] = {}
    for line in filter(None, map(str.strip, re.split(r"[\n;]", typed))):
        match = _STEP.fullmatch(line)
        wrong: list[Problem] = []
        price = amount_of(match[2], path, wrong) if match else 0
        if match is None or wrong:
            message = N_(
                "Write one lot size a line: pieces, a colon, the unit price, for example 100: 55,20."
            )
            problems.append(Problem(path, "batches.form", message, line[:40]))
            break
        found[int(match[1])] = price
    if len(found) > MOST_STEPS:
        message = N_("At most %(most)s lots.")
        problems.append(Problem(path, "batches.many", message, "", {"most": MOST_STEPS}))
    return tuple(sorted(found.items()))


def shown_steps(steps: Iterable[Sequence[int]], between: str = "\n") -> str:
    """Unit prices by lot size as `steps_of` reads them."""
    return between.join(f"{pieces}: {amount_text(price)}" for pieces, price in steps)


def shown(prices: Iterable[PositionPrice], positions: Iterable[AskedPosition]) -> dict[str, str]:
    """The prices in their fields of the form; an unquoted position has its asked pieces there."""
    by_id = {one.id: one for one in prices}
    found: dict[str, str] = {}
    for one in positions:
        said = by_id.get(one.id)
        values = (
            amount_text(said.price_minor) if said else "",
            str(said.pieces if said else one.pieces or ""),
            str(said.days) if said and said.days is not None else "",
            shown_steps(said.steps, "; ") if said else "",
        )
        found |= {f"{name}-{one.mark}": value for name, value in zip(FIELDS, values, strict=True)}
    return found


def stored(prices: Iterable[PositionPrice]) -> list[dict[str, Any]] | None:
    """The prices as their column holds them, None where there are none."""
    rows = [
        {
            "id": one.id,
            "pieces": one.pieces,
            "price": one.price_minor,
            **({"days": one.days} if one.days is not None else {}),
            **({"steps": [list(step) for step in one.steps]} if one.steps else {}),
        }
        for one in prices
    ]
    return rows or None


def of_column(rows: Iterable[Mapping[str, Any]] | None) -> tuple[PositionPrice, ...]:
    """The prices that `stored` wrote."""
    return tuple(
        PositionPrice(
            row["id"],
            row["pieces"],
            row["price"],
            row.get("days"),
            tuple((pieces, price) for pieces, price in row.get("steps", ())),
        )
        for row in rows or ()
    )
