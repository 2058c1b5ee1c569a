"""Missing capacity: the needs of a period with an operation that no supplier in reach is able to do, by process, size, accuracy and region.

Counted from `need_covers`, which the matcher has judged before: no page judges. Outsiders read only cells that enough firms make.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.lifecycle import NEEDS_IN_PREPARATION, NeedState
from matchmaker.models import Centre, Need, NeedCover, Organisation
from matchmaker.services.core.periods import Period
from matchmaker.services.figures import open_figures
from matchmaker.services.figures.figure_values import FigureFirm
from matchmaker.services.profiles import suppliers
from search.reading.titles import leading_words

# The upper ends of the bands: of a part's longest side in mm, and of its tightest IT grade; the last band has none.
SIZES = (100, 400, 1_000, 3_000)
GRADES = (6, 8, 10)
SIZE_BANDS = tuple(str(place) for place in range(len(SIZES) + 1))
GRADE_BANDS = tuple(str(place) for place in range(len(GRADES) + 1))
UNSAID = "-"  # the band, or the region, of what does not say
MOST = 20_000  # rows of a period that are counted
_TITLE = 100


@dataclass(frozen=True, slots=True, order=True)
class CapacityGap:
    """A cell of the map: the code of a process, the bands of size and accuracy (their places in SIZE_BANDS and GRADE_BANDS) and the code
    of a region; UNSAID where the needs do not say.
    """

    process: str
    size: str
    accuracy: str
    region: str


@dataclass(frozen=True, slots=True)
class UncoveredNeed:
    """A need with an operation that nobody in reach is able to do: `position` is the id of the position, None for the need as a whole.

    `near` and `eased` are those of its `NeedCover`.
    """

    key: str
    title: str
    state: NeedState
    buyer: FigureFirm | None
    position: str | None
    cell: CapacityGap
    hours: float
    near: Sequence[dict[str, Any]]
    eased: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CountedCell:
    """A cell with its operations, and how many needs stand behind them, of how many hours and firms; `eased` of them a single relaxation
    would open, `near` have a supplier that one condition alone removes.
    """

    cell: CapacityGap
    rows: Sequence[UncoveredNeed]
    needs: int
    hours: float
    firms: int
    eased: int
    near: int


@dataclass(frozen=True, slots=True)
class CapacityMap:
    """The missing capacity of a period: cells, most needs first, and of all `needs` of the period how many are `missing` somebody, have
    everybody but none for the whole route (`split`), were not understood (`unread`), are not judged yet (`waiting`). `judged_on` is the
    oldest day of the judgements.
    """

    cells: Sequence[CountedCell]
    needs: int
    missing: int
    split: int
    unread: int
    waiting: int
    judged_on: date | None


@dataclass(frozen=True, slots=True)
class ToldMap:
    """The cells that outsiders read, and the number of those that too few firms make to be told."""

    cells: Sequence[CountedCell]
    left_out: int
    judged_on: date | None


def size_band(longest: float | None) -> str:
    """The band of a longest side in mm."""
    return _band(longest, SIZES)


def grade_band(grade: float | None) -> str:
    """The band of an IT grade."""
    return _band(grade, GRADES)


def _band(value: float | None, ends: Sequence[int]) -> str:
    return UNSAID if value is None else str(sum(value > end for end in ends))


_Buyer = aliased(Organisation, name="buyer")


def of_period(session: Session, centre: Centre, period: Period, zone: ZoneInfo) -> CapacityMap:
    """The map of a period, in one statement: of the centre's needs that were published in it, open and closed."""
    rows = _rows(session, centre, period, zone)
    by_need = [list(group) for _, group in groupby(rows, key=lambda row: row.public_id)]
    uncovered = [_uncovered(row) for row in rows if _is_missing(row)]
    judged = [row.judged_on for row in rows if row.judged_on is not None]
    return CapacityMap(
        cells=cells_of(uncovered),
        needs=len(by_need),
        missing=len({one.key for one in uncovered}),
        split=sum(not any(map(_is_missing, own)) and any(map(_is_split, own)) for own in by_need),
        unread=sum(any(row.place is not None and row.process is None for row in own) for own in by_need),
        waiting=sum(own[0].place is None for own in by_need),
        judged_on=min(judged, default=None),
    )


def _rows(session: Session, centre: Centre, period: Period, zone: ZoneInfo) -> Sequence[Any]:
    start, end = period.moments(zone)
    published = func.coalesce(Need.published_at, Need.created_at)
    cover = NeedCover
    query = (
        select(
            *(
                Need.public_id,
                func.coalesce(Need.title, func.substr(Need.text, 1, _TITLE)).label("title"),
                Need.state,
            ),
            *(
                _Buyer.public_id.label("buyer"),
                _Buyer.name_ru,
                _Buyer.name_en,
                _Buyer.inn,
                _Buyer.region_code,
            ),
            *(cover.place, cover.position, cover.process, cover.size_mm, cover.tolerance_it, cover.region),
            *(cover.hours, cover.able, cover.alone, cover.near, cover.eased, cover.judged_on),
        )
        .outerjoin(cover, cover.need_id == Need.id)
        .outerjoin(_Buyer, _Buyer.id == Need.contractor_id)
        .where(Need.centre_id == centre.id, Need.state.not_in(NEEDS_IN_PREPARATION))
        .where(published >= start, published < end)
        .order_by(published.desc(), Need.id, cover.place)
        .limit(MOST)
    )
    return session.execute(query).all()


def _is_missing(row: Any) -> bool:
    return row.process is not None and not row.able


def _is_split(row: Any) -> bool:
    return row.process is not None and not row.alone


def _uncovered(row: Any) -> UncoveredNeed:
    firm = row.buyer and FigureFirm(row.buyer, row.name_ru, row.name_en, row.inn, row.region_code)
    cell = CapacityGap(
        row.process, size_band(row.size_mm), grade_band(row.tolerance_it), row.region or UNSAID
    )
    title = leading_words(row.title or "")
    return UncoveredNeed(
        row.public_id, title, row.state, firm, row.position, cell, row.hours, row.near, row.eased
    )


def cells_of(uncovered: Iterable[UncoveredNeed]) -> list[CountedCell]:
    """The cells of operations, most needs first."""
    by_cell: dict[CapacityGap, list[UncoveredNeed]] = {}
    for one in uncovered:
        by_cell.setdefault(one.cell, []).append(one)
    found = [_counted(cell, rows) for cell, rows in by_cell.items()]
    return sorted(found, key=lambda one: (-one.needs, -one.hours, one.cell))


def _counted(cell: CapacityGap, rows: Sequence[UncoveredNeed]) -> CountedCell:
    return CountedCell(
        cell,
        rows,
        needs=len({one.key for one in rows}),
        hours=sum(one.hours for one in rows),
        firms=len({one.buyer.key for one in rows if one.buyer}),
        eased=len({one.key for one in rows if one.eased}),
        near=len({one.key for one in rows if any(len(firm["conditions"]) == 1 for firm in one.near)}),
    )


def told(found: CapacityMap) -> ToldMap:
    """What outsiders read of a map: no needs and no firms, only the cells that enough firms make. Totals would tell of the others."""
    kept = [one for one in found.cells if open_figures.are_enough(row.buyer for row in one.rows)]
    return ToldMap([replace(one, rows=()) for one in kept], len(found.cells) - len(kept), found.judged_on)


def narrowed(found: CapacityMap, asked: Mapping[str, str]) -> list[UncoveredNeed]:
    """The operations of the cells that agree with what is asked of some parts of a cell."""
    return [
        row
        for one in found.cells
        if all(getattr(one.cell, name) == value for name, value in asked.items())
        for row in one.rows
    ]


def firms_of(session: Session, rows: Iterable[UncoveredNeed]) -> dict[str, Organisation]:
    """The firms that stand near, by the public id of their profile."""
    keys = list(dict.fromkeys(str(firm["key"]) for one in rows for firm in one.near))
    return suppliers.firms(session, keys)
