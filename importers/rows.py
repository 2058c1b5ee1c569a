"""The row that every reader of whole records gives: a record, or the problems that keep it from being one."""

from dataclasses import dataclass

from matchmaker.domain.errors import Problem
from matchmaker.domain.records import AnyRecord


@dataclass(frozen=True, slots=True)
class FileRow:
    """The line `number` (from 1) of a file, the bytes read up to its end, and its result.

    A line that is `left_out` tells of nothing, as its problem says; one `if_known` tells of things that need not be known here, and is
    left out where they are not; `cells` are those of a list's line as written. One that is `ours` was
    written by an export: its id is that of what is stored, and nothing is worked out from what it says.
    """

    number: int
    position: int
    record: AnyRecord | None = None
    problems: tuple[Problem, ...] = ()
    left_out: bool = False
    if_known: bool = False
    cells: tuple[str, ...] = ()
    ours: bool = False
