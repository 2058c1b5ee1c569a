"""All suppliers as an engine that judges everybody itself tells of them: how rare words are, and the few to rank for needs."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.asked_words import AskedWords, WordUse
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.conditions import Condition, OneOf, both
from search.engines.schema import query_of
from search.engines.surveys import Counted, Listed, Listing, Surveyor
from search.filters.evaluator import RELEVANT_FIT
from search.matching.candidates import RETRIEVED
from search.matching.preselection import JUDGED, RANKED
from search.matching.work_conditions import WorkConditions
from search.ranking.work_shares import RELATED_PROCESS, compared_words

# How long it is held how many suppliers use a word, in seconds, and of how many words. It only says how rare a word is.
_HELD, _MOST = 300.0, 200_000


@dataclass(slots=True)
class _Held:
    """What is known of words until a time; it only grows."""

    until: float = 0.0
    suppliers: int = 0
    words: float = 0.0
    users: dict[OneOf, int] = field(default_factory=dict)


class SurveyedSuppliers:
    """One for a process; threads share it. Of suppliers it holds nothing."""

    def __init__(
        self, surveyor: Surveyor, taxonomy: Taxonomy, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.surveyor, self.taxonomy = surveyor, taxonomy
        self._clock, self._lock, self._held = clock, threading.Lock(), _Held()

    def chosen(self, needs: Iterable[Requirements], documents: Sequence[SearchDocument]) -> Columns:
        """The columns of chosen suppliers, for which the words of needs are as rare as they are among all."""
        words = _words_of(needs)
        return words.columns(documents, self.taxonomy, self.use(words))

    def use(self, words: AskedWords) -> WordUse:
        """How many suppliers use some words; no question where that is known."""
        held, _ = self._learnt(words, ())
        return WordUse(
            held.suppliers,
            held.words,
            {form: held.users[OneOf("forms", (form,))] for form in words.forms},
            {pair: held.users[OneOf("pairs", (pair,))] for pair in words.pairs},
        )

    def _learnt(self, words: AskedWords, listed: Sequence[Listed]) -> tuple[_Held, Sequence[Listing]]:
        """What is known of words, these among them, and the answers to further questions, all in one survey at most."""
        held = self._fresh()
        missing = [one for one in _asked(words) if one not in held.users]
        unknown = bool(missing) or not held.suppliers
        if not unknown and not listed:
            return held, ()
        counted = [Counted(within=tuple(missing), sum_of="length")] if unknown else []
        told = self.surveyor.survey(counted, listed)
        with self._lock:
            for counts in told.counts:
                held.suppliers, held.words = counts.total, counts.sum
                held.users.update(zip(missing, counts.within, strict=True))
        return held, told.listings

    def _fresh(self) -> _Held:
        with self._lock:
            if self._clock() >= self._held.until or len(self._held.users) > _MOST:
                self._held = _Held(self._clock() + _HELD)
            return self._held

    def candidates(self, needs: Sequence[Requirements], top: int) -> list[SearchDocument]:
        """The suppliers that may be among the best `top` of each need: those that do the work, the most promising first, and
        where work does not decide, or few do it, those whose words agree as well. All of them pass every filter.
        """
        asked = [_Candidates(need, self.taxonomy, top) for need in needs]
        questions = [one.first() for one in asked]
        told = iter(self._learnt(_words_of(needs), list(chain.from_iterable(questions)))[1])
        found = [tuple(next(told) for _ in some) for some in questions]
        lacking = chain.from_iterable(one.further(some) for one, some in zip(asked, found, strict=True))
        further = self.surveyor.survey(listed=list(lacking)).listings
        every = chain.from_iterable(listing.documents for listing in (*chain(*found), *further))
        return list({document.key: document for document in every}.values())

    def doing_all(self, need: Requirements) -> list[SearchDocument]:
        """The suppliers that pass every filter and do all of the work, the most promising of very many."""
        work = WorkConditions(need, self.taxonomy)
        among = both(work.reaching(RELEVANT_FIT), work.doing_all, work.passing)
        (listing,) = self.surveyor.survey(listed=[Listed(among, JUDGED, work.promise)]).listings
        return list(listing.documents)


class _Candidates:
    """The questions for the candidates of a need; see `search.matching.candidates`."""

    def __init__(self, need: Requirements, taxonomy: Taxonomy, top: int) -> None:
        self._need, self._taxonomy, self._top = need, taxonomy, top
        self._work = WorkConditions(need, taxonomy)
        self._by_words = not need.processes or need.clarity < 1

    def first(self) -> list[Listed]:
        asked = [self._doing(RELEVANT_FIT)] if self._need.processes else []
        return [*asked, self._worded()] if self._by_words else asked

    def further(self, found: Sequence[Listing]) -> list[Listed]:
        """What is asked where few do the work: for work like it, for its material, and for words where these were not asked
        for.
        """
        if not self._need.processes or found[0].total >= self._top:
            return []
        asked = [self._doing(RELATED_PROCESS)]
        if self._need.materials:
            asked.append(self._promising(self._work.of_material))
        return asked if self._by_words else [*asked, self._worded()]

    def _doing(self, least: float) -> Listed:
        return self._promising(self._work.offering(least))

    def _promising(self, among: Condition) -> Listed:
        passing = both(among, self._work.passing)
        return Listed(passing, max(RANKED, 2 * self._top), self._work.promise)

    def _worded(self) -> Listed:
        """By words alone where the facts tell who does the work."""
        query = query_of(self._need, self._taxonomy, limit=RETRIEVED)
        if self._need.processes:
            query = replace(query, processes=(), materials=())
        return Listed(self._work.passing, max(RETRIEVED, 2 * self._top), query=query)


def _words_of(needs: Iterable[Requirements]) -> AskedWords:
    return AskedWords(map(compared_words, needs))


def _asked(words: AskedWords) -> Iterator[OneOf]:
    yield from (OneOf("forms", (form,)) for form in words.forms)
    yield from (OneOf("pairs", (pair,)) for pair in words.pairs)
