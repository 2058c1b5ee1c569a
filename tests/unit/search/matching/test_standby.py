"""The columns in the place of the engine: the same conditions and counts, nearly the same order."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.wiring import load_taxonomy
from search.columns.postings import Postings
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.engines.protocol import EngineQuery, Weighted
from search.engines.schema import query_of
from search.matching.standby import Standby, SteadySearch
from tests.benchmark.generate import Generator

WORDS = ("шлифовка валов", "инструментальный участок", "casting of aluminium", "сварка")


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(scope="module")
def documents(taxonomy: Taxonomy) -> list[SearchDocument]:
    return list(Generator(taxonomy, seed=5).documents(150))


@pytest.fixture(scope="module")
def columns(documents: list[SearchDocument], taxonomy: Taxonomy) -> Columns:
    return Columns.build(documents, taxonomy)


@pytest.fixture(scope="module")
def engine(
    documents: list[SearchDocument], taxonomy: Taxonomy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[EmbeddedEngine]:
    made = EmbeddedEngine(tmp_path_factory.mktemp("index"), taxonomy)
    made.rebuild(documents)
    yield made
    made.close()


@pytest.fixture(scope="module")
def standby(columns: Columns) -> Standby:
    Postings.of(columns, 60)
    return Standby(columns)


@pytest.mark.parametrize("strictness", list(Strictness))
def test_conditions_let_the_same_suppliers_pass(
    standby: Standby, engine: EmbeddedEngine, taxonomy: Taxonomy, strictness: Strictness
) -> None:
    for need in Generator(taxonomy, seed=7).needs(10):
        asked = replace(need, languages=("ru",), strictness=dict.fromkeys(REQUIREMENT_KINDS, strictness))
        query = replace(query_of(asked, taxonomy, limit=200), words="", processes=(), materials=())
        found, expected = standby.search(query), engine.search(query)
        assert (found.total, sorted(found.keys)) == (expected.total, sorted(expected.keys))
        assert standby.count(query) == expected.total
        assert standby.facets(query, "regions") == engine.facets(query, "regions")


def test_concepts_score_as_in_the_engine(
    standby: Standby, engine: EmbeddedEngine, taxonomy: Taxonomy
) -> None:
    query = EngineQuery(processes=(Weighted("turning", 4.0), Weighted("milling", 1.0)), limit=200)
    found, expected = standby.search(query), engine.search(query)
    assert dict(zip(found.keys, found.scores, strict=True)) == dict(
        zip(expected.keys, expected.scores, strict=True)
    )


@pytest.mark.parametrize("words", WORDS)
def test_words_find_and_order_nearly_as_the_engine(
    standby: Standby, engine: EmbeddedEngine, words: str
) -> None:
    query = EngineQuery(words=words, limit=20)
    found, expected = standby.search(query), engine.search(query)
    assert found.total == pytest.approx(expected.total, rel=0.3)
    first = found.keys[:10]
    assert len({*first} & {*expected.keys}) >= 0.7 * len(first) > 0
    assert list(found.scores) == sorted(found.scores, reverse=True)


def test_pages_and_the_order_by_update(standby: Standby, columns: Columns) -> None:
    whole = standby.search(EngineQuery(sort="updated", limit=200)).keys
    days = [columns.updated_on[columns.row(key, -1)] for key in whole]
    assert days == sorted(days, reverse=True)
    assert standby.search(EngineQuery(sort="updated", limit=5, offset=7)).keys == whole[7:12]


def test_a_request_asks_a_lost_engine_once(columns: Columns, taxonomy: Taxonomy, tmp_path: Path) -> None:
    steady = SteadySearch(EmbeddedEngine(tmp_path / "nothing", taxonomy), columns)
    assert not steady.away
    assert steady.search(EngineQuery()).total == len(columns)
    assert steady.away
    assert steady.count(EngineQuery()) == len(columns)


def test_nobody_is_found_where_nobody_is(taxonomy: Taxonomy) -> None:
    empty = Standby(Columns.build((), taxonomy))
    assert empty.search(EngineQuery(words="литьё", processes=(Weighted("turning"),))).total == 0
    assert empty.facets(EngineQuery(), "regions") == ()
