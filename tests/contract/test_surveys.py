"""The engine that judges everybody itself: the same answers as the columns, for whatever suppliers and needs."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.domain.errors import IndexMissing
from matchmaker.domain.requirements import Requirements
from search.columns.asked_words import AskedWords
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from search.engines.conditions import Condition, OneOf, both
from search.engines.elastic.cluster import Cluster
from search.engines.elastic.fact_engine import FactEngine, Question
from search.engines.elastic.mapping import Json
from search.engines.factory import make_engine, make_surveyor
from search.engines.protocol import EngineQuery
from search.engines.surveys import Counted, Surveyor
from search.filters import judges
from search.filters.evaluator import FAIL, PASS, RELEVANT_FIT, Evaluator
from search.filters.verdicts import Verdicts
from search.matching.matcher import MatchAnswer, Matcher, OpenNeed, OpenNeeds
from search.matching.survey_matcher import SurveyMatcher
from search.matching.surveyed_suppliers import SurveyedSuppliers
from search.ranking.prior import prior
from tests.benchmark.generate import TODAY, Generator
from tests.support import generated
from tests.support.indexes import drop_indexes

_property = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def documents() -> tuple[SearchDocument, ...]:
    """Suppliers of every shape: some say nothing of their machines, of their work, or that they do not do it."""
    made = generated.world()[1]
    implied = [
        replace(
            one,
            key=f"{one.key}-implied",
            capabilities=tuple(replace(own, of_catalogue=True) for own in one.capabilities),
            denied_processes=one.said_processes[:1],
        )
        for one in made[::4]
    ]
    bare = replace(made[0], key="bare", capabilities=(CapabilityFacts(),), said_processes=made[0].processes)
    twice = replace(made[1], key="twice", planned=((generated.MONTH, 0.0), (generated.MONTH, 900.0)))
    return (*made, *implied, bare, twice)


@pytest.fixture(scope="module")
def columns(documents: tuple[SearchDocument, ...]) -> Columns:
    return Columns.build(documents, generated.world()[0])


@pytest.fixture(scope="module")
def surveyor(documents: tuple[SearchDocument, ...], elasticsearch_url: str) -> Iterator[Surveyor]:
    prefix = f"test-surveys-{os.getpid()}"
    made = make_surveyor(generated.world()[0], Cluster((elasticsearch_url,), timeout=20), prefix)
    made.rebuild(documents)
    yield made
    made.close()
    drop_indexes(elasticsearch_url, prefix)


@given(need=generated.needs())
@_property
def test_a_requirement_lets_pass_and_fail_whom_the_columns_do(
    need: Requirements, surveyor: Surveyor, columns: Columns
) -> None:
    verdicts = Verdicts(need, columns.taxonomy).all()
    states = judges.states(Evaluator(columns, need, np.arange(len(columns))))
    assert verdicts.keys() == states.keys()
    asked, expected = list[Condition](), list[tuple[str, int, int]]()
    for name, told in verdicts.items():
        for state, condition in ((PASS, told.passes), (FAIL, told.fails)):
            wanted = tuple(columns.keys[row] for row in np.flatnonzero(states[name] == state))
            asked += [condition, both(condition, OneOf("key", wanted))]
            expected += [(name, state, len(wanted))] * 2
    found = surveyor.survey([Counted(within=tuple(asked))]).counts[0].within
    assert [(name, state, count) for (name, state, _), count in zip(expected, found, strict=True)] == expected


@pytest.fixture
def matchers(
    surveyor: Surveyor, columns: Columns, monkeypatch: pytest.MonkeyPatch
) -> tuple[Matcher, SurveyMatcher]:
    """The matcher that ranks everybody, as in a large collection without a look at letters, and that which asks the engine."""
    monkeypatch.setattr("search.ranking.char_ngrams.LARGEST_COLLECTION", 0)
    suppliers = SurveyedSuppliers(surveyor, columns.taxonomy)
    return Matcher(surveyor, columns, prior()), SurveyMatcher(suppliers, prior())


@st.composite
def worded_needs(draw: st.DrawFn) -> Requirements:
    """Needs with words, of which some tell plainly what they want and others do not."""
    need = draw(generated.needs())
    typical = next(iter(Generator(generated.world()[0], seed=draw(st.integers(0, 10_000))).needs(1)))
    given_by = draw(st.sampled_from([need.strictness, {}]))
    return replace(
        need,
        text=typical.text,
        terms=("pumps", "насосы"),
        strictness=given_by,
        clarity=draw(st.sampled_from([1.0, 0.4])),
        max_distance_km=need.max_distance_km and 4000.0,
    )


@given(need=worded_needs())
@_property
def test_a_match_has_the_suppliers_the_scores_and_the_reasons_of_the_columns(
    need: Requirements, matchers: tuple[Matcher, SurveyMatcher]
) -> None:
    held, asked = (one.match(need, top=1_000, today=TODAY) for one in matchers)
    assert [one.key for one in asked.matches] == [one.key for one in held.matches]
    for own, other in zip(asked.matches, held.matches, strict=True):
        assert own.score == pytest.approx(other.score, abs=1e-6)
        assert (own.verdicts, own.share, own.words) == (other.verdicts, other.share, other.words)


@given(need=worded_needs())
@_property
def test_numbers_are_those_of_the_columns(
    need: Requirements, matchers: tuple[Matcher, SurveyMatcher]
) -> None:
    held, asked = (one.match(need, top=1, today=TODAY) for one in matchers)
    if need.processes and need.clarity >= 1:
        assert asked.counts == held.counts
    if need.processes:
        assert asked.filters.removed == held.filters.removed
        assert asked.relaxations == held.relaxations
        assert set(asked.filters.asked) == set(held.filters.asked)
        assert (asked.counts.whole, asked.counts.part) == (held.counts.whole, held.counts.part)
    taxonomy = generated.world()[0]
    for item in asked.relaxations[:2]:
        milder = matchers[1].match(
            generated.eased(need, item.requirement, item.change, taxonomy), top=1, today=TODAY
        )
        assert _passing(milder, need) - _passing(asked, need) == item.adds > 0, item


def _passing(answer: MatchAnswer, need: Requirements) -> int:
    return answer.counts.matches if need.processes else answer.counts.total


@given(need=worded_needs(), row=st.integers(0, 150))
@_property
def test_every_other_question_is_answered_as_from_the_columns(
    need: Requirements, row: int, matchers: tuple[Matcher, SurveyMatcher], columns: Columns
) -> None:
    key, keys = columns.keys[row], columns.keys[row : row + 5]
    several = replace(need, quantity=need.quantity or 100, spare_hours=None, strictness={})
    positions = [replace(several, processes=(code,)) for code in several.processes]
    demands = need.demanded
    held, asked = (
        (
            need.processes and one.removed(need, top=5, today=TODAY),
            one.explain(need, key, today=TODAY),
            one.evidence(need, keys, today=TODAY)[0],
            one.needs_for(key, OpenNeeds([OpenNeed("n", need), OpenNeed("m", Requirements())], TODAY)),
            one.similar(key, today=TODAY),
            one.teams(several, today=TODAY),
            one.position_teams(positions, today=TODAY),
            one.shared_volume(several, today=TODAY),
            one.doing(need.processes),
            one.meeting(demands, today=TODAY),
            one.facets(need, "regions", size=5),
        )
        for one in matchers
    )
    assert _rounded(asked) == _rounded(held)


def _rounded(told: object) -> str:
    """What was told, with numbers as people read them."""
    return re.sub(r"\d+\.\d+(e-?\d+)?", lambda found: f"{float(found[0]):.6f}", repr(told))


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of questions of each round trip."""
    found, ask = list[int](), FactEngine._together

    def counted(self: FactEngine, questions: Sequence[Question]) -> list[Json]:
        found.append(len(questions))
        return ask(self, questions)

    monkeypatch.setattr(FactEngine, "_together", counted)
    return found


@pytest.mark.parametrize(("top", "trips_of_match"), [(5, 1), (100, 2)])
def test_a_match_is_one_round_trip_or_two_where_few_do_the_work_and_its_numbers_are_another(
    surveyor: Surveyor, columns: Columns, trips: list[int], top: int, trips_of_match: int
) -> None:
    need = Requirements(text="machining of shafts for pumps", processes=("machining",))
    assert 5 < len(columns.doing(need.processes, RELEVANT_FIT)) < 100
    suppliers = SurveyedSuppliers(surveyor, columns.taxonomy)
    answer = SurveyMatcher(suppliers, prior()).match(need, top=top, today=TODAY)
    assert len(trips) == trips_of_match
    assert answer.counts.matches >= len(answer.relaxations) == 0
    assert len(trips) == trips_of_match + 1


def test_words_are_asked_for_once_and_counted_anew_after_a_while(
    surveyor: Surveyor, columns: Columns, trips: list[int]
) -> None:
    now = [0.0]
    suppliers = SurveyedSuppliers(surveyor, columns.taxonomy, clock=lambda: now[0])
    words = AskedWords(("pumps and насосы for farm machinery",))
    first = suppliers.use(words)
    assert suppliers.use(words) == first
    assert len(trips) == 1
    now[0] += 1_000
    assert suppliers.use(words) == first
    assert len(trips) == 2
    held = dict(zip(columns.words.numbers.bases(), columns.words.users.tolist(), strict=False))
    assert first.forms == {form: held.get(form, 0) for form in words.forms}
    assert (first.suppliers, first.words) == (len(columns), len(columns.words.order.values))


@pytest.fixture
def own(elasticsearch_url: str) -> Iterator[tuple[Cluster, str]]:
    """A cluster, and a prefix of the test's own."""
    prefix = f"test-surveys-own-{os.getpid()}"
    yield Cluster((elasticsearch_url,), timeout=20), prefix
    drop_indexes(elasticsearch_url, prefix)


def test_an_index_of_the_other_kind_is_none_and_goes_with_the_change(
    own: tuple[Cluster, str], columns: Columns, documents: tuple[SearchDocument, ...], tmp_path: Path
) -> None:
    cluster, prefix = own
    judging = make_surveyor(columns.taxonomy, cluster, prefix)
    finding = make_engine(columns.taxonomy, folder=tmp_path, cluster=cluster, prefix=prefix)
    for one, other in ((finding, judging), (judging, finding)):
        assert one.rebuild(documents[:4]) == 4
        assert (one.health().ready, one.health().documents) == (True, 4)
        assert other.health().lost
        with pytest.raises(IndexMissing):
            other.search(EngineQuery())
    judging.close()
    finding.close()


def test_while_an_index_is_made_anew_the_old_one_answers_and_no_change_is_lost(
    own: tuple[Cluster, str], columns: Columns, documents: tuple[SearchDocument, ...]
) -> None:
    judging = make_surveyor(columns.taxonomy, *own)
    judging.rebuild(documents[:5])

    def reading() -> Iterator[SearchDocument]:
        for document in documents[:8]:
            assert judging.survey([Counted()]).counts[0].total >= 5
            yield document
        judging.index([replace(documents[9], text="made meanwhile")])
        assert judging.survey([Counted()]).counts[0].total == 6

    judging.rebuild(reading())
    assert judging.survey([Counted()]).counts[0].total == 9
    (found,) = judging.documents([documents[9].key, "nobody"])
    assert found == replace(documents[9], text="made meanwhile")
    judging.delete([(found.key, found.revision + 1)])
    assert judging.documents([found.key]) == ()
    assert judging.survey([Counted()]).counts[0].total == 8
    judging.close()
