"""The suppliers that a need's numbers count, told from the columns alone: exactly, at any size, beside either engine.

What a page counts, what conditions removed and what relaxing one would add are counts of the same suppliers, so that a
promise is kept.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Bools, Floats, Ints
from search.columns.store import Columns
from search.filters import filter_outcomes, relaxations
from search.filters.evaluator import RELEVANT_FIT
from search.filters.filter_outcomes import FilterOutcome, removes
from search.filters.relaxations import Relaxation
from search.ranking import work_shares
from search.ranking.char_ngrams import CharNgrams
from search.ranking.feature_inputs import Gatherer
from search.ranking.work_shares import RELATED_PROCESS


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


class Population:
    """The suppliers that do an operation of the need, whatever its conditions. A need without an operation is about those
    that share its material or words, a list without any wish about all.
    """

    def __init__(self, columns: Columns, requirements: Requirements) -> None:
        self._columns, self._requirements = columns, requirements

    @cached_property
    def outcome(self) -> FilterOutcome:
        """The suppliers that pass, and those that every condition removes."""
        return filter_outcomes.evaluate(self._columns, self._requirements, self._rows())

    @cached_property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """The gain of relaxing each condition, most first."""
        return relaxations.relaxations(self._columns, self._requirements, self.outcome, self._passing)

    @cached_property
    def counts(self) -> FitCounts:
        passed = self.outcome.rows[self.outcome.passed]
        if not self._requirements.processes:
            like = int(self._of_material()[passed].sum())
            return FitCounts(related=like, words=len(passed) - like)
        done = work_shares.does(self._fits(passed))
        whole = int((done.any(axis=1) if self._requirements.any_process else done.all(axis=1)).sum())
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
            return self._reaching(RELEVANT_FIT)
        if not work_shares.asks_for_work(asked):
            return np.arange(len(self._columns))
        return np.flatnonzero(self._of_material() | self._of_words())

    def _others(self) -> tuple[int, int]:
        """The others whose work or material is like the wanted one, and those with only words in common."""
        like = self._of_material().copy()
        like[self._reaching(RELATED_PROCESS)] = True
        found = like.copy() if work_shares.is_plain(self._requirements) else like | self._of_words()
        found[self.outcome.rows] = False
        others = np.flatnonzero(found)
        passed = others[filter_outcomes.evaluate(self._columns, self._requirements, others).passed]
        related = int(np.count_nonzero(like[passed]))
        return related, len(passed) - related

    def _reaching(self, least: float) -> Ints:
        rows = self._columns.doing(self._requirements.processes, least)
        reached: Ints = rows[self._fits(rows).max(axis=1, initial=0.0) >= least]
        return reached

    def _fits(self, rows: Ints) -> Floats:
        return Gatherer(self._columns, self._requirements, rows, date.min, {}).process_fits()

    def _of_material(self) -> Bools:
        return work_shares.like_material(self._columns, self._requirements, np.arange(len(self._columns)))

    def _of_words(self) -> Bools:
        words = work_shares.compared_words(self._requirements)
        text = "" if self._requirements.processes else self._requirements.text
        return self._columns.kept(("of words", words, text), lambda: _of_words(self._columns, words, text))


def _of_words(columns: Columns, words: str, text: str) -> Bools:
    everybody, letters = np.arange(len(columns)), CharNgrams.of(columns)
    likeness = letters.likeness(text, everybody) if letters and text else None
    return work_shares.uses_words(columns.words.agreement(words, everybody), likeness)
