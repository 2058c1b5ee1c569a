"""The names of index generations: built and parsed only here."""

import re
import time
from dataclasses import dataclass

from search.engines.schema import VERSION

_NAME = re.compile(r"(?P<prefix>[a-z0-9-]+)-v(?P<schema>\d+)-(?P<made>\d{16,})")


@dataclass(frozen=True, slots=True)
class IndexGeneration:
    """One built index: its schema and the time at which its building began, in microseconds."""

    prefix: str
    schema: int
    made: int

    @property
    def name(self) -> str:
        return f"{self.prefix}-v{self.schema}-{self.made}"

    @property
    def current_schema(self) -> bool:
        return self.schema == VERSION


def new_generation(prefix: str) -> IndexGeneration:
    return IndexGeneration(prefix, VERSION, time.time_ns() // 1000)


def parse(name: str) -> IndexGeneration | None:
    """The generation that a name stands for, or None for a name that is not the product's."""
    match = _NAME.fullmatch(name)
    return IndexGeneration(match["prefix"], int(match["schema"]), int(match["made"])) if match else None
