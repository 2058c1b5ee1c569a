"""The days, spans and terms of a text or a cell: how they are written, and what each of them is about.

It decides no day of a need: of several deliveries `search.reading` takes one. It reads no numbers of other kinds.
"""

from search.text.dates.day_cells import CellDay, dated_days, day_of_cell, serial_day
from search.text.dates.day_meanings import DAY_KINDS, IMPOSSIBLE, OPEN, URGENT, VAGUE, mentions
from search.text.dates.written_day import DayOrder

__all__ = [
    "DAY_KINDS",
    "IMPOSSIBLE",
    "OPEN",
    "URGENT",
    "VAGUE",
    "CellDay",
    "DayOrder",
    "dated_days",
    "day_of_cell",
    "mentions",
    "serial_day",
]
