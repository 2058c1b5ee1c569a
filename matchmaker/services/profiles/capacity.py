"""Spare machine-hours by group and week as a supplier plans them: the most, the hours already agreed, and the
free rest.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Profile, SpareCapacity
from matchmaker.models.base import now
from matchmaker.services.core import journal
from search.reading.cell_answers import number

PLANNED_WEEKS = 8  # that the supplier's grid shows
ANSWERED_WEEKS = 4  # that the supplier's answer to the weekly e-mail covers
COUNTED_WEEKS = 4  # from which the free hours of a month are computed
STALE_DAYS = 14  # the half-life of a figure of spare capacity; after two of them it no longer counts
MOST_HOURS = 2000.0  # a week: a group of a dozen machines in three shifts
WEEKS_A_MONTH = 52 / 12
_CELL = re.compile(r"(\d{1,5}(?:[.,]\d{1,2})?)(?:\s*/\s*(\d{1,5}(?:[.,]\d{1,2})?))?")


@dataclass(frozen=True, slots=True)
class MapCell:
    """The machine-hours of a group in a week."""

    maximum: float
    agreed: float

    @property
    def free(self) -> float:
        return self.maximum - self.agreed

    def text(self) -> str:
        return f"{self.maximum:g}/{self.agreed:g}" if self.agreed else f"{self.maximum:g}"


def week_of(day: date) -> int:
    """The ISO week of a day as year·100 + number."""
    year, week, _ = day.isocalendar()
    return year * 100 + week


def weeks(today: date, horizon: int = PLANNED_WEEKS) -> tuple[int, ...]:
    """The present ISO week and those after it, `horizon` in all, as year·100 + number."""
    return tuple(week_of(today + timedelta(weeks=after)) for after in range(horizon))


def monday(week: int) -> date:
    """The day on which an ISO week, as year·100 + number, begins."""
    return date.fromisocalendar(*divmod(week, 100), 1)


def groups(profile: Profile) -> list[str]:
    """The codes of the machine groups whose hours a profile states or could state."""
    stated = [row.group_code for row in profile.capacity]
    owned = [code for machine in profile.equipment for code in machine.type_codes[:1]]
    return list(dict.fromkeys([*stated, *owned]))


def grid(profile: Profile, today: date) -> dict[str, dict[int, MapCell]]:
    """The stated hours of the coming weeks, by group of machines."""
    shown = {group: dict[int, MapCell]() for group in groups(profile)}
    wanted = set(weeks(today))
    for row in profile.capacity:
        if row.week in wanted:
            shown.setdefault(row.group_code, {})[row.week] = MapCell(row.maximum_hours, row.agreed_hours)
    return shown


def free_by_week(shown: Mapping[str, Mapping[int, MapCell]], today: date) -> list[tuple[date, float]]:
    """The free hours of all groups of a grid together, by the Mondays of the coming weeks."""
    return [
        (monday(week), sum(row[week].free for row in shown.values() if week in row)) for week in weeks(today)
    ]


def pasted(text: str, known: Sequence[str], today: date) -> dict[str, str]:
    """Cells of a pasted block by "group week": rows in the order of the groups, columns in that of the weeks.

    A column of names before the figures and a row of weeks above them are ignored. Raises InvalidRecord where
    the block is larger than the table, so that nothing is dropped silently.
    """
    rows = [line.split("\t") for line in text.replace("\r", "").split("\n") if line.strip()]
    if rows and not any(_CELL.fullmatch(cell.strip()) for cell in rows[0]):
        rows = rows[1:]
    found: dict[str, str] = {}
    coming = weeks(today)
    for place, row in enumerate(rows):
        named = row and row[0].strip() and not _CELL.fullmatch(row[0].strip())
        values = [cell.strip() for cell in (row[1:] if named else row)]
        while values and not values[-1]:
            values.pop()
        if place >= len(known) or len(values) > len(coming):
            message = N_("The block is larger than the table: at most %(rows)s rows and %(weeks)s weeks.")
            params = {"rows": len(known), "weeks": len(coming)}
            raise InvalidRecord((Problem("block", "block.large", message, "", params),))
        found |= {f"{known[place]} {week}": value for week, value in zip(coming, values, strict=False)}
    if text.strip() and not found:
        raise InvalidRecord(
            (Problem("block", "block.empty", N_("There are no hours in the pasted block."), ""),)
        )
    return found


def read(typed: Mapping[str, str]) -> dict[tuple[str, int], MapCell | None]:
    """The cells as typed: "40", or "40/12" with the agreed hours; an empty one states nothing. Raises
    InvalidRecord by cell.
    """
    found: dict[tuple[str, int], MapCell | None] = {}
    problems = []
    for name, text in typed.items():
        group, _, week = name.rpartition(" ")
        match = _CELL.fullmatch(text.strip())
        stated = [number(one).value for one in (match[1], match[2] or "0")] if match else []
        cell = MapCell(*(one for one in stated if one is not None)) if stated else None
        if text.strip() and (cell is None or not 0 <= cell.agreed <= cell.maximum <= MOST_HOURS):
            message = N_("Write hours a week, 40, or 40/12 where 12 of them are agreed; at most %(most)s.")
            problems.append(Problem(name, "hours.form", message, text[:20], {"most": int(MOST_HOURS)}))
        else:
            found[group, int(week)] = cell
    if problems:
        raise InvalidRecord(tuple(problems))
    return found


def plan(
    session: Session, profile: Profile, cells: Mapping[tuple[str, int], MapCell | None], by: str
) -> None:
    """Set the stated hours of groups and weeks, as of now; visible in matching at once."""
    rows = {(row.group_code, row.week): row for row in profile.capacity}
    for key, cell in cells.items():
        row = rows.get(key)
        if cell is None:
            if row is not None:
                profile.capacity.remove(row)
            continue
        if row is None:
            row = SpareCapacity(group_code=key[0], week=key[1])
            profile.capacity.append(row)
        row.maximum_hours, row.agreed_hours, row.stated_at = cell.maximum, cell.agreed, now()
    profile.changed_at = now()
    journal.note(session, by, "capacity.stated", profile)
    journal.announce(session, (profile.public_id,))
    session.flush()


def free_hours(profile: Profile, today: date) -> dict[str, float]:
    """The free hours a week by group: of the first coming week with a figure, else of the last stated week."""
    first = week_of(today)
    found: dict[str, float] = {}
    for row in sorted(profile.capacity, key=lambda row: (row.week < first, abs(row.week - first))):
        found.setdefault(row.group_code, row.maximum_hours - row.agreed_hours)
    return found


def state(session: Session, profile: Profile, free: Mapping[str, float], today: date) -> None:
    """Set the free hours of the weeks of an answer by group; agreed hours stay, the rest is stated as of now."""
    rows = {(row.group_code, row.week): row for row in profile.capacity}
    for group, hours in free.items():
        for week in weeks(today, ANSWERED_WEEKS):
            row = rows.get((group, week))
            if row is None:
                row = SpareCapacity(group_code=group, week=week, agreed_hours=0.0)
                profile.capacity.append(row)
            row.maximum_hours = row.agreed_hours + hours
            row.stated_at = now()
    profile.changed_at = now()
    session.flush()
    journal.announce(session, [profile.public_id])


def monthly(profile: Profile, today: date) -> float | None:
    """The free machine-hours a month, from the coming four weeks; None where none are stated, or too long
    ago.
    """
    wanted = set(weeks(today, COUNTED_WEEKS))
    oldest = today - timedelta(days=2 * STALE_DAYS)
    rows = [row for row in profile.capacity if row.week in wanted and row.stated_at.date() >= oldest]
    if not rows:
        return None
    counted = len({row.week for row in rows})
    return sum(row.maximum_hours - row.agreed_hours for row in rows) / counted * WEEKS_A_MONTH


def by_month(profile: Profile, today: date) -> tuple[tuple[int, float], ...]:
    """The free machine-hours of the planned months (year·12 + month − 1); a week belongs to its Thursday's
    month.
    """
    wanted = set(weeks(today))
    oldest = today - timedelta(days=2 * STALE_DAYS)
    free: dict[int, dict[int, float]] = {}
    for row in profile.capacity:
        if row.week in wanted and row.stated_at.date() >= oldest:
            thursday = date.fromisocalendar(row.week // 100, row.week % 100, 4)
            of_month = free.setdefault(thursday.year * 12 + thursday.month - 1, {})
            of_month[row.week] = of_month.get(row.week, 0.0) + row.maximum_hours - row.agreed_hours
    return tuple(
        (month, sum(hours.values()) / len(hours) * WEEKS_A_MONTH) for month, hours in sorted(free.items())
    )


def is_stale(profile: Profile, today: date) -> bool:
    """Whether the stated hours are older than their half-life."""
    stated = [row.stated_at.date() for row in profile.capacity]
    return bool(stated) and max(stated) < today - timedelta(days=STALE_DAYS)
