"""The protocol of an engine that holds the facts of suppliers and judges everybody itself.

Where a process holds no columns, it asks such an engine who passes, how many, and for the documents of the few that may be
among the best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from search.document import SearchDocument
from search.engines.conditions import EVERYBODY, Condition
from search.engines.protocol import Engine, EngineQuery

_NO_QUERY = EngineQuery()


@dataclass(frozen=True, slots=True)
class Counted:
    """A question for numbers: how many meet a condition, how many of these each further one, and the sum of a fact."""

    among: Condition = EVERYBODY
    within: tuple[Condition, ...] = ()
    sum_of: str = ""


@dataclass(frozen=True, slots=True)
class CountAnswer:
    """The answer to Counted."""

    total: int
    within: tuple[int, ...] = ()
    sum: float = 0.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A question for the `limit` suppliers of most worth that meet a condition, of equals the first by key: the worth of the
    conditions that they meet, and what a query gives for its words and concepts. `least_first` turns the order.
    """

    among: Condition
    limit: int
    worth: tuple[tuple[Condition, float], ...] = ()
    query: EngineQuery = _NO_QUERY
    least_first: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer to Listed: the number of all, and the documents in their order."""

    total: int
    documents: tuple[SearchDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """The answers to the questions of a survey, in their order."""

    counts: tuple[CountAnswer, ...]
    listings: tuple[Listing, ...]


class Surveyor(Engine, Protocol):
    """An engine that holds facts. Its methods raise as those of an engine do."""

    def survey(self, counted: Sequence[Counted] = (), listed: Sequence[Listed] = ()) -> Survey:
        """The answers to all questions, in one round trip."""
        ...

    def documents(self, keys: Sequence[str]) -> tuple[SearchDocument, ...]:
        """The documents of suppliers; those that are not indexed are left out."""
        ...
