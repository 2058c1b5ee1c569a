"""Who does a need's work, who shares its material and words, and how promising each is, as conditions for an engine that
judges everybody itself. `search.matching.population` and `search.matching.preselection` are the definition.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np

from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.asked_words import AskedWords, WordUse
from search.columns.words import LEAD_WORTH, PAIR_WORTH, headed, rarity
from search.engines.conditions import (
    EVERYBODY,
    NOBODY,
    Condition,
    Not,
    OneOf,
    Weighty,
    both,
    either,
)
from search.filters.evaluator import RELEVANT_FIT
from search.filters.verdicts import Verdict, Verdicts, covering
from search.matching.preselection import WEIGHTS, WORK_WEIGHT, WORTH
from search.ranking import work_shares
from search.ranking.features import TEXT_EVIDENCE
from search.ranking.work_shares import RELATED_MATERIAL, RELATED_WORDS

Worth = tuple[tuple[Condition, float], ...]


class WorkConditions:
    """The conditions of one need; `use` tells how rare its words are, where words decide."""

    def __init__(self, requirements: Requirements, taxonomy: Taxonomy) -> None:
        self.requirements = requirements
        self.verdicts = Verdicts(requirements, taxonomy)
        self._codes, self._tree = self.verdicts.process, taxonomy.processes

    @cached_property
    def judged(self) -> dict[str, Verdict]:
        return self.verdicts.all()

    @cached_property
    def removing(self) -> dict[str, Condition]:
        """Whom each filter removes that is no wish."""
        found = {name: self.verdicts.removing(name, verdict) for name, verdict in self.judged.items()}
        return {name: condition for name, condition in found.items() if condition != NOBODY}

    @property
    def passing(self) -> Condition:
        """Whom no filter removes."""
        return Not(either(*self.removing.values())) if self.removing else EVERYBODY

    def about(self, use: WordUse | None) -> Condition:
        """Whom the need is about, whatever its conditions; see `Population`."""
        asked = self.requirements
        if asked.processes:
            return self.reaching(RELEVANT_FIT)
        if not work_shares.asks_for_work(asked):
            return EVERYBODY
        return either(self.of_material, self.of_words(use))

    def offering(self, least: float) -> Condition:
        """Who has a process that covers a wanted one with at least this fit, declared or in words."""
        return OneOf("offered", covering(self._codes, self.requirements.processes, least))

    def reaching(self, least: float) -> Condition:
        """Whose fit for a wanted process is at least this, as explanations grade it."""
        return both(
            self.offering(least), either(*(self.graded(code, least) for code in self.requirements.processes))
        )

    def graded(self, code: str, least: float) -> Condition:
        """Whose fit for a process is at least this: what capabilities state counts, unless words say much more; what only
        words say, unless the supplier says that it does not do it.
        """
        stated, said = self._fitting("stated", code, least), self._fitting("said", code, least)
        levels = sorted({float(fit) for fit in self._codes.fits(code)} - {0.0})
        enough = both(
            *(
                either(
                    Not(self._fitting("said", code, level)),
                    self._fitting("stated", code, TEXT_EVIDENCE * level),
                )
                for level in levels
            )
        )
        known = both(OneOf("prose", (False,)), enough)
        denied = OneOf("denied", self._tree.closure(code) if code in self._tree else ())
        return either(both(known, stated), both(Not(known), Not(denied), either(stated, said)))

    def _fitting(self, field: str, code: str, least: float) -> Condition:
        fits = self._codes.fits(code).astype(np.float64) >= least
        return OneOf(field, tuple(self._codes.codes[index] for index in np.flatnonzero(fits).tolist()))

    @property
    def doing_all(self) -> Condition:
        """Who does every wanted process, or one where one is enough."""
        does = [self.graded(code, RELEVANT_FIT) for code in self.requirements.processes]
        return either(*does) if self.requirements.any_process else both(*does)

    @property
    def of_material(self) -> Condition:
        """Who names a wanted material or its family."""
        return OneOf("named", covering(self.verdicts.material, self.requirements.materials, RELATED_MATERIAL))

    def of_words(self, use: WordUse | None) -> Condition:
        """For whom the need's words speak, by their rarity, where each is used once by a profile of the usual length."""
        asked = AskedWords((work_shares.compared_words(self.requirements),))
        if not asked.forms or use is None:
            return NOBODY
        users = [use.forms[form] for form in asked.forms]
        weights = rarity(use.suppliers, np.array(users, dtype=np.float64))
        weights *= headed(form in asked.head for form in asked.forms)
        together = [use.pairs[pair] for pair in asked.pairs]
        paired = rarity(use.suppliers, np.array(together, dtype=np.float64))
        paired *= PAIR_WORTH * headed(pair in asked.head_pairs for pair in asked.pairs)
        found = (
            *_weighed(("forms", "led"), asked.forms, weights.tolist(), users),
            *_weighed(("pairs", "led_pairs"), asked.pairs, paired.tolist(), together),
        )
        return Weighty(found, RELATED_WORDS * float(weights.sum()))

    @property
    def promise(self) -> Worth:
        """The worth of each supplier as `preselection` estimates it."""
        return (*self._work(), *self._met())

    def _work(self) -> Iterator[tuple[Condition, float]]:
        """The mean fit for the wanted processes: each step from one fit to the next by itself."""
        wanted = self.requirements.processes
        for code in wanted:
            before = 0.0
            for level in sorted({float(fit) for fit in self._codes.fits(code)} - {0.0}):
                step = (level - before) / len(wanted)
                yield self._fitting("offered", code, level), WORK_WEIGHT * step
                before = level

    def _met(self) -> Iterator[tuple[Condition, float]]:
        missed, unknown, met = WORTH.tolist()
        for name in WEIGHTS.keys() & self.judged.keys():
            verdict, weight = self.judged[name], WEIGHTS[name]
            yield Not(verdict.fails), weight * (unknown - missed)
            yield verdict.passes, weight * (met - unknown)


def _weighed(
    fields: tuple[str, str], terms: Sequence[str], weights: Sequence[float], users: Sequence[int]
) -> Iterator[tuple[Condition, float]]:
    """Terms that a profile uses, and uses among its first words; those that no supplier uses are left out."""
    anywhere, first = fields
    for term, weight, used in zip(terms, weights, users, strict=True):
        if used:
            yield OneOf(anywhere, (term,)), weight / (1 + LEAD_WORTH)
            yield OneOf(first, (term,)), weight * LEAD_WORTH / (1 + LEAD_WORTH)
