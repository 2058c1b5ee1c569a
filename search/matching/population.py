"""The suppliers that a need's numbers count, told from the columns alone: exactly, at any size, beside either engine.

What a page counts, what conditions removed and what relaxing one would add are counts of the same suppliers, so that a
promise is kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property, partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.requirements import Requirements
from search.columns.kept import Kept
from search.columns.ragged import Bools, Ints
from search.columns.store import Columns
from search.filters import filter_outcomes, relaxations
from search.filters.filter_outcomes import FilterOutcome, RemovedByFilter, removes
from search.filters.relaxations import Relaxation
from search.matching import preselection
from search.ranking import work_shares
from search.ranking.char_ngrams import CharNgrams
from search.ranking.feature_inputs import Gatherer
from search.ranking.work_shares import RELATED_PROCESS

T = TypeVar("T")

MOST_COUNTED = 500  # needs whose numbers are held with the columns, of about a kilobyte each
# How far a supplier does an operation: it does it, does work like it, or neither.
_DOES, _RELATED = 2, 1
_ASKED = tuple(field.name for field in fields(Requirements) if field.name != "strictness")


@dataclass(frozen=True, slots=True)
class FitCounts:
    """The suppliers that no condition removes, by their share of the work. `words` in common count only where it is not plain
    which work is wanted.
    """

    whole: int = 0
    part: int = 0
    related: int = 0
    words: int = 0

    @property
    def matches(self) -> int:
        return self.whole + self.part

    @property
    def total(self) -> int:
        return self.matches + self.related + self.words


@dataclass(frozen=True, slots=True)
class FilterEffects:
    """The effect of each active filter, and the names of all that is asked for."""

    removed: tuple[RemovedByFilter, ...]
    asked: tuple[str, ...]


class Population:
    """The suppliers that do an operation of the need, whatever its conditions. A need without an operation is about those
    that share its material or words, a list without any wish about all.

    Its numbers are the same until a supplier changes, so they are held with the columns.
    """

    def __init__(self, columns: Columns, requirements: Requirements) -> None:
        self._columns, self._requirements = columns, requirements

    @cached_property
    def outcome(self) -> FilterOutcome:
        """The suppliers that pass, and those that every condition removes."""
        return filter_outcomes.evaluate(self._columns, self._requirements, self._rows())

    @property
    def effects(self) -> FilterEffects:
        return self._held("effects", lambda: FilterEffects(self.outcome.removed, tuple(self.outcome.states)))

    @property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """The gain of relaxing each condition, most first."""
        asked = self._columns, self._requirements
        return self._held("relaxations", lambda: relaxations.relaxations(*asked, self.outcome, self._passing))

    @property
    def counts(self) -> FitCounts:
        return self._held("counts", self._counted)

    def _held(self, name: str, work: Callable[[], T]) -> T:
        held = self._columns.kept(("numbers",), partial(Kept, MOST_COUNTED))
        return held.of((name, *self._key), work)

    @cached_property
    def _key(self) -> tuple[object, ...]:
        asked = self._requirements
        return *(getattr(asked, name) for name in _ASKED), frozenset(asked.strictness.items())

    def _counted(self) -> FitCounts:
        passed = self.outcome.rows[self.outcome.passed]
        if not self._requirements.processes:
            like = int(self._of_material()[passed].sum())
            return FitCounts(related=like, words=len(passed) - like)
        done = [one[passed] == _DOES for one in self._work]
        together = np.logical_or if self._requirements.any_process else np.logical_and
        whole = int(np.count_nonzero(together.reduce(done)))
        return FitCounts(whole, len(passed) - whole, *self._others())

    def removed(self) -> list[tuple[int, tuple[str, ...]]]:
        """The rows that conditions remove, each with the names of these, those with the fewest first."""
        outcome, asked = self.outcome, self._requirements
        gone = {
            name: removes(states, asked.strictness_of(name)).tolist()
            for name, states in outcome.states.items()
        }
        found = [
            (row, tuple(name for name, removed in gone.items() if removed[index]))
            for index, row in enumerate(outcome.rows.tolist())
            if not outcome.passed[index]
        ]
        return sorted(found, key=lambda one: (len(one[1]), self._columns.keys[one[0]]))

    def _passing(self, requirements: Requirements) -> int:
        """The number that counts for other requirements."""
        return int(Population(self._columns, requirements).outcome.passed.sum())

    def _rows(self) -> Ints:
        asked = self._requirements
        if asked.processes:
            return np.flatnonzero(self._most >= _DOES)
        if not work_shares.asks_for_work(asked):
            return np.arange(len(self._columns))
        return np.flatnonzero(self._of_material() | self._of_words())

    def _others(self) -> tuple[int, int]:
        """The others whose work or material is like the wanted one, and those with only words in common."""
        like = self._of_material() | (self._most >= _RELATED)
        found = like.copy() if work_shares.is_plain(self._requirements) else like | self._of_words()
        found[self.outcome.rows] = False
        passed = preselection.passing(self._columns, self._requirements, np.flatnonzero(found))
        related = int(np.count_nonzero(like[passed]))
        return related, len(passed) - related

    @cached_property
    def _work(self) -> list[NDArray[np.int8]]:
        """How far each supplier does each operation."""
        return [
            self._columns.by_row(("work", code), partial(_work, code))
            for code in self._requirements.processes
        ]

    @cached_property
    def _most(self) -> NDArray[np.int8]:
        """How far each supplier does the operation that it does best."""
        most: NDArray[np.int8] = np.maximum.reduce(self._work)
        return most

    def _of_material(self) -> Bools:
        return work_shares.like_material(self._columns, self._requirements, np.arange(len(self._columns)))

    def _of_words(self) -> Bools:
        words = work_shares.compared_words(self._requirements)
        text = "" if self._requirements.processes else self._requirements.text
        return self._columns.kept(("of words", words, text), lambda: _of_words(self._columns, words, text))


def _work(process: str, columns: Columns) -> NDArray[np.int8]:
    """How far each supplier does an operation, as explanations grade it."""
    rows = columns.doing((process,), RELATED_PROCESS)
    alone = Requirements(processes=(process,))
    fits = Gatherer(columns, alone, rows, date.min, {}).process_fits()[:, 0]
    found = np.zeros(len(columns), dtype=np.int8)
    found[rows[fits >= RELATED_PROCESS]] = _RELATED
    found[rows[work_shares.does(fits)]] = _DOES
    return found


def _of_words(columns: Columns, words: str, text: str) -> Bools:
    everybody, letters = np.arange(len(columns)), CharNgrams.of(columns)
    likeness = letters.likeness(text, everybody) if letters and text else None
    return work_shares.uses_words(columns.words.agreement(words, everybody), likeness)
