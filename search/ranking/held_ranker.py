"""The promoted ranker, held until its files change."""

import os
import time
from pathlib import Path

from search.ranking import load_ranker
from search.ranking.linear import LinearRanker

Marks = tuple[tuple[str, int, int, int], ...]
# A file that was just written may be written again without another time or size.
_SETTLED_NANOSECONDS = 1_000_000_000


class HeldRanker:
    """The ranker that is promoted in a folder. Its files are looked at each time, and read when one has changed: a promotion, a
    way back or a damage counts at once, and a request reads nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: tuple[Marks, LinearRanker] | None = None

    def present(self) -> LinearRanker:
        """The ranker of this moment."""
        marks, held = self._marks(), self._held
        if held is not None and held[0] == marks:
            return held[1]
        ranker = load_ranker(self._folder)
        newest = max((changed for *_, changed in marks), default=0)
        self._held = (marks, ranker) if time.time_ns() - newest > _SETTLED_NANOSECONDS else None
        return ranker

    def _marks(self) -> Marks:
        """What tells a changed file: its place on the disk, size and time."""
        try:
            with os.scandir(self._folder) as found:
                files = [(one.name, one.stat()) for one in found if one.name.endswith(".json")]
        except OSError:
            return ()
        return tuple(sorted((name, told.st_ino, told.st_size, told.st_mtime_ns) for name, told in files))
