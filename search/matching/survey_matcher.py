"""The matcher of a process that holds no columns: an engine judges everybody, and the few it names are ranked here.

What it asks of the engine are the filters, the numbers and the candidates. Of these it makes small columns, on which
`search.matching.matcher` scores and explains, so that both come out as they do where the columns hold everybody.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.domain.requirements import Requirements
from search.columns.asked_words import AskedWords
from search.columns.codes import codes_of
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.conditions import Condition, OneOf
from search.engines.schema import query_of
from search.engines.surveys import Counted
from search.filters.verdicts import certified, covering
from search.matching import team_routes
from search.matching.matcher import (
    FittingNeed,
    MatchAnswer,
    Matcher,
    OpenNeeds,
    RemovedSupplier,
    as_need,
    dated,
    fitting_numbers,
    replacing,
)
from search.matching.partners import SharedVolume
from search.matching.surveyed_population import SurveyedPopulation
from search.matching.surveyed_suppliers import SurveyedSuppliers
from search.matching.team_positions import PositionTeam
from search.matching.team_routes import COVERS
from search.ranking.evidence import Evidence
from search.ranking.explain import RankedSupplier
from search.ranking.linear import Ranker
from search.ranking.work_shares import compared_words, is_plain

# Candidates for each operation or position of a team: as many as are looked at.
_PARTNERS = 4 * team_routes.WIDEST_LAYER


class SurveyMatcher:
    """Answers what Matcher answers; cheap to make, and made for each request. Every question raises EngineUnavailable where
    the engine is away: nothing here could stand in for it.
    """

    away = False

    def __init__(self, suppliers: SurveyedSuppliers, ranker: Ranker) -> None:
        self._suppliers, self._ranker = suppliers, ranker
        self._surveyor, self._taxonomy = suppliers.surveyor, suppliers.taxonomy

    def facets(self, requirements: Requirements, field: str, *, size: int) -> tuple[tuple[str, int], ...]:
        """See Matcher.facets."""
        return self._surveyor.facets(query_of(requirements, self._taxonomy, limit=1), field, size)

    def match(self, requirements: Requirements, *, top: int = 20, today: date) -> MatchAnswer:
        """See Matcher.match."""
        asked = dated(requirements, today)
        here = self._matcher((asked,), self._suppliers.candidates((asked,), top))
        return replace(here.match(asked, top=top, today=today), population=self._population(asked))

    def removed(
        self, requirements: Requirements, *, top: int, today: date
    ) -> tuple[int, tuple[RemovedSupplier, ...]]:
        """See Matcher.removed."""
        asked = dated(requirements, today)
        found = self._population(asked).removed(top)
        here = self._matcher((asked,), found.documents)
        return found.total, here.removed(asked, top=top, today=today)[1]

    def evidence(
        self, requirements: Requirements, keys: Iterable[str], *, today: date
    ) -> tuple[tuple[str, ...], Evidence]:
        """See Matcher.evidence."""
        listed = list(keys)
        here = self._matcher((requirements,), self._surveyor.documents(listed))
        return here.evidence(requirements, listed, today=today)

    def needs_for(self, key: str, needs: OpenNeeds) -> tuple[FittingNeed, ...]:
        """See Matcher.needs_for."""
        found = self._surveyor.documents((key,))
        if not found:
            return ()
        state = (key, found[0].revision, self._ranker.name)
        return needs.known.of((state, needs.number), lambda: self._fitting(found[0], needs, state))

    def _fitting(
        self, document: SearchDocument, needs: OpenNeeds, state: tuple[Hashable, ...]
    ) -> tuple[FittingNeed, ...]:
        numbers = fitting_numbers(Columns((document,), self._taxonomy), needs, state)
        here = self._matcher([needs.judging.needs[number] for number in numbers], (document,))
        return here.fitting(0, needs, state)

    def explain(self, requirements: Requirements, key: str, *, today: date) -> RankedSupplier | None:
        """See Matcher.explain."""
        here = self._matcher((requirements,), self._surveyor.documents((key,)))
        return here.explain(requirements, key, today=today)

    def similar(self, key: str, *, top: int = 10, today: date) -> tuple[tuple[str, float], ...]:
        """See Matcher.similar."""
        found = self._surveyor.documents((key,))
        if not found:
            return ()
        asked = as_need(Columns(found, self._taxonomy), 0)
        return replacing(key, asked, self.match(asked, top=top + 1, today=today))[:top]

    def teams(
        self, requirements: Requirements, *, count: int = 3, today: date
    ) -> tuple[team_routes.Team, ...]:
        """See Matcher.teams."""
        asked = dated(requirements, today)
        parts = [replace(asked, processes=(code,)) for code in asked.processes]
        if len(parts) < 2:
            return ()
        here = self._matcher((asked,), self._suppliers.candidates(parts, _PARTNERS))
        return here.teams(asked, count=count, today=today)

    def position_teams(
        self, positions: Iterable[Requirements], *, count: int = 3, today: date
    ) -> tuple[PositionTeam, ...]:
        """See Matcher.position_teams."""
        asked = [dated(one, today) for one in positions]
        here = self._matcher(asked, self._suppliers.candidates(asked, _PARTNERS))
        return here.position_teams(asked, count=count, today=today)

    def shared_volume(
        self, requirements: Requirements, *, count: int = 3, today: date
    ) -> SharedVolume | None:
        """See Matcher.shared_volume."""
        asked = dated(requirements, today)
        if not asked.processes or not (asked.quantity or round(asked.spare_hours or 0)):
            return None
        doing = self._suppliers.doing_all(replace(asked, quantity=None, spare_hours=None))
        return self._matcher((asked,), doing).shared_volume(asked, count=count, today=today)

    def doing(self, processes: Collection[str]) -> Mapping[str, int]:
        """See Matcher.doing."""
        codes = tuple(processes)
        process = codes_of(self._taxonomy.processes)
        asked = tuple(OneOf("offered", covering(process, (code,), COVERS)) for code in codes)
        return dict(zip(codes, self._counted(asked), strict=True))

    def meeting(
        self, demands: Collection[CertificationDemand], *, today: date
    ) -> Mapping[CertificationDemand, int]:
        """See Matcher.meeting."""
        listed = tuple(demands)
        asked = tuple(certified(one, (one.on or today).toordinal(), self._taxonomy) for one in listed)
        return dict(zip(listed, self._counted(asked), strict=True))

    def _counted(self, conditions: tuple[Condition, ...]) -> tuple[int, ...]:
        return self._surveyor.survey([Counted(within=conditions)]).counts[0].within

    def _matcher(self, needs: Sequence[Requirements], documents: Sequence[SearchDocument]) -> Matcher:
        """The matcher of chosen suppliers, for some needs."""
        columns = self._suppliers.chosen(needs, documents)
        return Matcher(self._surveyor, columns, self._ranker, chosen=True)

    def _population(self, asked: Requirements) -> SurveyedPopulation:
        words = None if is_plain(asked) else self._suppliers.use(AskedWords((compared_words(asked),)))
        return SurveyedPopulation(self._surveyor, asked, self._taxonomy, words)


AnyMatcher = Matcher | SurveyMatcher
