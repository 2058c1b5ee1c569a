"""What both engines must do alike: the one conformance suite."""

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.domain.certificate import Certificate, CertificationDemand, DemandStrength
from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.elastic import breaker
from search.engines.elastic.cluster import Cluster
from search.engines.embedded import embedded_engine as embedded
from search.engines.factory import make_engine
from search.engines.protocol import DocumentsRefused, Engine, EngineQuery, IndexTotals, Weighted
from search.engines.schema import TERM_FIELDS, VERSION, fields_of, query_of
from search.filters import filter_outcomes
from tests.benchmark.generate import TODAY, Generator
from tests.support import generated
from tests.support.indexes import drop_indexes

_slow_engine = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def supplier(key: str, text: str = "", revision: int = 1, **facts: object) -> SearchDocument:
    return replace(SearchDocument(key=key, revision=revision, names=(key,), text=text), **facts)


def keys(engine: Engine, query: EngineQuery) -> list[str]:
    return [hit.key for hit in engine.search(query).hits]


# Analysis


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Токарная обработка нержавеющих деталей", "токарной обработкой"),
        ("Шлифовка ёмкостей", "емкость"),
        ("Шлифовка емкостей", "ЁМКОСТЬ"),
        ("Machining of shafts and bearings", "shaft"),
        ("grinding machines", "GRIND machine"),
        ("сталь 12Х18Н10Т, AISI304", "12х18н10т"),
        ("CNC-обработка/точение", "точения cnc"),
        ("Фрезеровка й", "фрезеровки"),
    ],
)
def test_words_meet_their_inflections_in_both_languages(engine: Engine, text: str, words: str) -> None:
    engine.index([supplier("right", text), supplier("wrong", "pressure castings, литье")])
    assert keys(engine, EngineQuery(words=words)) == ["right"]


@pytest.mark.parametrize(
    "words", ['" OR *:* AND (', "текст:*", "a~10", "/.*/", "{!x}", "\x00\u202e🙂", "и the of", "[" * 500]
)
def test_words_are_literal_text(engine: Engine, words: str) -> None:
    engine.index([supplier("one", "литье алюминия")])
    assert engine.search(EngineQuery(words=words + " литье")).total == 1


def test_a_word_that_nobody_uses_finds_nobody(engine: Engine) -> None:
    engine.index([supplier("one", "литье")])
    assert engine.search(EngineQuery(words="трансформатор")).total == 0


def test_a_query_without_scoring_parts_finds_all(engine: Engine) -> None:
    engine.index([supplier("one"), supplier("two")])
    assert sorted(keys(engine, EngineQuery())) == ["one", "two"]


# Concepts


def test_a_narrower_process_answers_a_broader_one(engine: Engine, taxonomy: Taxonomy) -> None:
    narrow = taxonomy.processes.children("turning")[0]
    engine.index([supplier("narrow", processes=(narrow,)), supplier("broad", processes=("turning",))])
    assert sorted(keys(engine, EngineQuery(processes=(Weighted("turning"),)))) == ["broad", "narrow"]
    assert keys(engine, EngineQuery(processes=(Weighted(narrow),))) == ["narrow"]


def test_weights_order_the_hits(engine: Engine) -> None:
    engine.index([supplier("turner", processes=("turning",)), supplier("miller", processes=("milling",))])
    light, heavy = Weighted("turning", 1.0), Weighted("milling", 3.0)
    found = engine.search(EngineQuery(processes=(light, heavy))).hits
    assert [(hit.key, hit.score) for hit in found] == [("miller", 3.0), ("turner", 1.0)]


def test_filters_never_score(engine: Engine) -> None:
    engine.index([supplier("one", "литье", sectors=("automotive",), languages=("ru",))])
    plain = engine.search(EngineQuery(words="литье")).hits[0].score
    filtered = EngineQuery(
        words="литье", must_any=(("sectors", ("automotive",)), ("languages", ("ru", "en")))
    )
    assert engine.search(filtered).hits[0].score == pytest.approx(plain)


def test_keys_ask_about_these_suppliers_alone_and_change_no_score(
    filled: Callable[[str], Engine], kind: str, documents: list[SearchDocument], taxonomy: Taxonomy
) -> None:
    whole = query_of(next(iter(Generator(taxonomy, seed=9).needs(1))), taxonomy, limit=150)
    scores = {hit.key: hit.score for hit in filled(kind).search(whole).hits}
    asked = (*list(scores)[3:40:4], "nobody")
    found = filled(kind).search(replace(whole, keys=asked))
    assert found.total == len(asked) - 1
    assert {hit.key: hit.score for hit in found.hits} == {
        key: pytest.approx(scores[key], rel=1e-4) for key in asked[:-1]
    }


# Filters, against a reference in plain Python


@pytest.fixture(scope="module")
def documents(taxonomy: Taxonomy) -> list[SearchDocument]:
    return list(Generator(taxonomy, seed=3).documents(150))


@pytest.fixture(scope="module")
def filled(
    request: pytest.FixtureRequest,
    taxonomy: Taxonomy,
    documents: list[SearchDocument],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Engine]]:
    engines: dict[str, Engine] = {}
    prefix = f"test-filled-{os.getpid()}"

    def of(kind: str) -> Engine:
        if kind not in engines:
            url = str(request.getfixturevalue("elasticsearch_url")) if kind == "elasticsearch" else ""
            folder = tmp_path_factory.mktemp("filled") / "index"
            cluster = Cluster((url,), timeout=10) if url else None
            engines[kind] = make_engine(taxonomy, folder=folder, cluster=cluster, prefix=prefix)
            engines[kind].rebuild(documents)
        return engines[kind]

    yield of
    for engine in engines.values():
        engine.close()
    if "elasticsearch" in engines:
        drop_indexes(str(request.getfixturevalue("elasticsearch_url")), prefix)


def passes(query: EngineQuery, document: SearchDocument, taxonomy: Taxonomy) -> bool:
    fields = fields_of(document, taxonomy)
    if any(not set(terms) & set(fields.terms[field]) for field, terms in query.must_any):
        return False
    if any(set(terms) & set(fields.terms[field]) for field, terms in query.must_not):
        return False
    if query.box is None:
        return True
    if document.location is None:
        return query.box_lenient
    south, west, north, east = query.box
    latitude, longitude = document.location
    return south <= latitude <= north and west <= longitude <= east


@st.composite
def queries(draw: st.DrawFn, documents: list[SearchDocument], taxonomy: Taxonomy) -> EngineQuery:
    def groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
        chosen = []
        for field in draw(st.lists(st.sampled_from(TERM_FIELDS), max_size=2)):
            donors = draw(st.lists(st.sampled_from(documents), min_size=1, max_size=3))
            held = sorted({term for donor in donors for term in fields_of(donor, taxonomy).terms[field]})
            terms = draw(st.lists(st.sampled_from([*held, "nowhere"]), min_size=1, max_size=3))
            chosen.append((field, tuple(terms)))
        return tuple(chosen)

    corner = draw(
        st.sampled_from([None, (40.0, 20.0, 56.0, 60.0), (54.0, 30.0, 58.0, 40.0), (0.0, -10.0, 90.0, 179.0)])
    )
    return EngineQuery(
        must_any=groups(), must_not=groups(), box=corner, box_lenient=draw(st.booleans()), limit=1000
    )


@given(data=st.data())
@_slow_engine
def test_filters_agree_with_the_reference(
    data: st.DataObject,
    filled: Callable[[str], Engine],
    kind: str,
    documents: list[SearchDocument],
    taxonomy: Taxonomy,
) -> None:
    query = data.draw(queries(documents, taxonomy))
    expected = sorted(one.key for one in documents if passes(query, one, taxonomy))
    found = filled(kind).search(query)
    assert sorted(hit.key for hit in found.hits) == expected
    assert found.total == filled(kind).count(query) == len(expected)


@given(data=st.data())
@_slow_engine
def test_facets_count_what_matches(
    data: st.DataObject,
    filled: Callable[[str], Engine],
    kind: str,
    documents: list[SearchDocument],
    taxonomy: Taxonomy,
) -> None:
    query = data.draw(queries(documents, taxonomy))
    field = data.draw(st.sampled_from(["regions", "certification", "sectors", "languages", "centre"]))
    counts = Counter(
        term
        for one in documents
        if passes(query, one, taxonomy)
        for term in set(fields_of(one, taxonomy).terms[field])
    )
    expected = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    assert list(filled(kind).facets(query, field, 5)) == expected


@given(
    number=st.integers(0, 10_000), strictness=st.sampled_from(list(Strictness)), papers=generated.demands()
)
@_slow_engine
def test_an_engine_loses_nobody_whom_the_exact_filters_pass(
    number: int,
    strictness: Strictness,
    papers: tuple[CertificationDemand, ...],
    filled: Callable[[str], Engine],
    kind: str,
    documents: list[SearchDocument],
    taxonomy: Taxonomy,
) -> None:
    need = next(iter(Generator(taxonomy, seed=number).needs(1)))
    asked = dict.fromkeys(REQUIREMENT_KINDS, strictness)
    reached = replace(need, centres=("centre-1", "centre-2"), languages=("ru",))
    wanted = replace(reached, certification=papers, strictness=asked)
    columns = Columns.build(documents, taxonomy)
    outcome = filter_outcomes.evaluate(columns, wanted)
    passed = {columns.keys[row] for row in outcome.rows[outcome.passed]}
    only_filters = replace(query_of(wanted, taxonomy, limit=1000), words="", processes=(), materials=())
    assert passed <= {hit.key for hit in filled(kind).search(only_filters).hits}


def test_both_engines_give_the_same_answers(
    filled: Callable[[str], Engine], documents: list[SearchDocument], taxonomy: Taxonomy
) -> None:
    for need in Generator(taxonomy, seed=9).needs(25):
        query = query_of(need, taxonomy, limit=20)
        left, right = (filled(kind).search(query) for kind in ("tantivy", "elasticsearch"))
        assert left.total == right.total
        assert [hit.score for hit in left.hits] == pytest.approx([hit.score for hit in right.hits], rel=0.02)
        last = min((hit.score for hit in left.hits), default=0.0)
        sure = {hit.key for hit in left.hits if hit.score > last * 1.03}
        assert sure <= {hit.key for hit in right.hits}


# Pages and order


def test_pages_join_to_the_whole(filled: Callable[[str], Engine], kind: str) -> None:
    whole = filled(kind).search(EngineQuery(words="детали чертежам drawings", limit=1000))
    pages = [
        hit.key
        for offset in range(0, whole.total, 7)
        for hit in filled(kind)
        .search(EngineQuery(words="детали чертежам drawings", limit=7, offset=offset))
        .hits
    ]
    assert whole.total > 100
    assert sorted(pages) == sorted(hit.key for hit in whole.hits)
    assert len(filled(kind).search(EngineQuery(limit=5, offset=whole.total + 200)).hits) == 0


def test_the_newest_come_first_when_sorted_by_update(engine: Engine) -> None:
    days = {"old": date(2024, 1, 1), "new": date(2026, 5, 1), "never": None, "middle": date(2025, 1, 1)}
    engine.index([supplier(key, "литье", updated=day) for key, day in days.items()])
    assert keys(engine, EngineQuery(words="литье", sort="updated")) == ["new", "middle", "old", "never"]


def test_scores_never_rise_down_the_list(filled: Callable[[str], Engine], kind: str) -> None:
    scores = [
        hit.score
        for hit in filled(kind).search(EngineQuery(words="инструментальный участок", limit=100)).hits
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores


# Writers


def test_a_newer_revision_replaces_and_an_older_one_does_not(engine: Engine) -> None:
    assert engine.index([supplier("one", "литье", 2)]) == 1
    assert engine.index([supplier("one", "ковка", 1), supplier("two", "ковка", 1)]) == 1
    assert engine.index([supplier("one", "штамповка", 2)]) == 0
    assert keys(engine, EngineQuery(words="литье")) == ["one"]
    assert engine.index([supplier("one", "штамповка", 3)]) == 1
    assert engine.search(EngineQuery(words="литье")).total == 0
    assert keys(engine, EngineQuery(words="штамповка")) == ["one"]
    assert engine.revisions() == {"one": 3, "two": 1}
    assert engine.totals() == IndexTotals(documents=2, revisions=4)


def test_of_two_revisions_in_one_batch_the_newer_wins(engine: Engine) -> None:
    engine.index([supplier("one", "ковка", 5), supplier("one", "литье", 4)])
    assert engine.revisions() == {"one": 5}
    assert keys(engine, EngineQuery(words="ковка")) == ["one"]


def test_what_is_deleted_is_gone_everywhere(engine: Engine) -> None:
    engine.index([supplier("one", "литье", sectors=("automotive",)), supplier("two", "литье")])
    assert engine.delete([("one", 2), ("nobody", 1)]) == 1
    assert keys(engine, EngineQuery(words="литье")) == ["two"]
    assert engine.count(EngineQuery()) == engine.health().documents == 1
    assert engine.facets(EngineQuery(), "sectors") == ()
    assert engine.revisions() == {"two": 1}
    assert engine.totals() == IndexTotals(documents=1, revisions=1)


def test_a_late_writer_never_wins_over_a_deletion(engine: Engine) -> None:
    engine.index([supplier("one", "литье", 1)])
    engine.delete([("one", 3), ("unseen", 3)])
    assert engine.index([supplier("one", "литье", 2), supplier("unseen", "литье", 3)]) == 0
    assert engine.search(EngineQuery()).total == 0
    assert engine.index([supplier("one", "литье", 4)]) == 1


def test_a_late_deletion_spares_what_is_newer(engine: Engine) -> None:
    engine.index([supplier("one", "литье", 5)])
    assert engine.delete([("one", 4)]) == 0
    assert engine.revisions() == {"one": 5}


def test_a_document_that_cannot_be_written_is_named_by_an_error_and_costs_no_other(engine: Engine) -> None:
    with pytest.raises(DocumentsRefused) as refused:
        engine.index([supplier("good", "литье"), supplier("bad", "литье", -5)])
    assert set(refused.value.reasons) == {"bad"}
    engine.index([supplier("good", "литье")])
    engine.index([supplier("next", "литье")])
    assert sorted(keys(engine, EngineQuery())) == ["good", "next"]


def test_another_opening_of_the_index_sees_what_was_written(
    open_engine: Callable[[str], Engine], kind: str
) -> None:
    writer, reader = open_engine(kind), open_engine(kind)
    writer.rebuild([supplier("one", "литье")])
    assert reader.count(EngineQuery()) == 1
    for number in range(5):
        writer.index([supplier(f"more-{number}")])
        assert reader.count(EngineQuery()) == number + 2
    writer.rebuild([supplier("only")])
    assert keys(reader, EngineQuery()) == ["only"]


def test_keys_that_are_forgotten_are_read_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MOST_GONE", 0)
    for round_ in range(4):
        here, gone = [f"{round_}-{number}" for number in range(5)], f"gone-{round_}"
        engine.index([supplier(key) for key in (*here, gone)])
        assert sorted(keys(engine, EngineQuery(limit=20))) == sorted((*here, gone))
        engine.delete([(key, 2) for key in (*here, gone)])
        assert keys(engine, EngineQuery(limit=20)) == []


# Rebuilding


def test_a_rebuild_replaces_all_and_forgets_deletions(engine: Engine) -> None:
    engine.index([supplier("old", revision=7)])
    engine.delete([("back", 9)])
    assert engine.rebuild([supplier("new"), supplier("back")]) == 2
    assert engine.revisions() == {"new": 1, "back": 1}


def test_readers_see_a_full_index_during_rebuilds(open_engine: Callable[[str], Engine], kind: str) -> None:
    writer, reader = open_engine(kind), open_engine(kind)
    everybody = [supplier(f"s{number}", "литье") for number in range(50)]
    writer.rebuild(everybody)
    done, seen, broken = threading.Event(), Counter[int](), []

    def read(engine: Engine) -> None:
        while not done.is_set():
            try:
                seen[engine.search(EngineQuery(words="литье")).total] += 1
            except (EngineUnavailable, IndexMissing) as error:
                broken.append(error)

    readers = [threading.Thread(target=read, args=(one,)) for one in (writer, reader, reader)]
    for thread in readers:
        thread.start()
    for _ in range(5):
        writer.rebuild(everybody)
    done.set()
    for thread in readers:
        thread.join()
    assert not broken
    assert set(seen) == {50}


def test_a_reader_is_answered_while_a_rebuild_is_under_way(engine: Engine) -> None:
    engine.index([supplier("old")])
    answers = []

    def documents() -> Iterator[SearchDocument]:
        answers.append(keys(engine, EngineQuery()))
        yield supplier("new")

    engine.rebuild(documents())
    assert answers == [["old"]]


def test_a_rebuild_that_fails_leaves_the_index_as_it_was(engine: Engine) -> None:
    engine.index([supplier("old")])

    def documents() -> Iterator[SearchDocument]:
        yield supplier("new")
        raise LookupError

    with pytest.raises(LookupError):
        engine.rebuild(documents())
    assert keys(engine, EngineQuery()) == ["old"]
    assert engine.index([supplier("more")]) == 1


def test_what_is_indexed_during_a_rebuild_is_not_lost(
    open_engine: Callable[[str], Engine], kind: str
) -> None:
    rebuilder, indexer = open_engine(kind), open_engine(kind)
    rebuilder.rebuild([supplier("old")])
    threads = [threading.Thread(target=indexer.index, args=([supplier("late", revision=2)],))]

    def documents() -> Iterator[SearchDocument]:
        threads[0].start()
        yield supplier("old")
        yield supplier("late", revision=1)

    rebuilder.rebuild(documents())
    threads[0].join()
    assert rebuilder.revisions() == {"old": 1, "late": 2}


# Away, slow, missing


def test_an_index_that_was_never_built_says_so(open_engine: Callable[[str], Engine], kind: str) -> None:
    engine = open_engine(kind)
    for call in (
        lambda: engine.search(EngineQuery()),
        lambda: engine.count(EngineQuery()),
        lambda: engine.facets(EngineQuery(), "sectors"),
        engine.revisions,
        engine.totals,
        lambda: engine.index([supplier("one")]),
        lambda: engine.delete([("one", 1)]),
    ):
        with pytest.raises(IndexMissing):
            call()
    assert not engine.health().ready


def test_an_index_of_another_schema_is_not_used(
    open_engine: Callable[[str], Engine], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_engine(kind).rebuild([supplier("one")])
    for module in ("search.engines.versions", "search.engines.elastic.elastic_engine"):
        monkeypatch.setattr(f"{module}.VERSION", 999)
    later = open_engine(kind)
    with pytest.raises(IndexMissing):
        later.search(EngineQuery())
    later.rebuild([supplier("two")])
    assert keys(later, EngineQuery()) == ["two"]


def test_health_never_raises_and_counts(engine: Engine, kind: str) -> None:
    engine.index([supplier("one"), supplier("two")])
    health = engine.health()
    assert (health.engine, health.ready, health.documents) == (kind, True, 2)


def test_elasticsearch_away_is_unavailable_at_once_after_a_few_failures(
    taxonomy: Taxonomy, tmp_path: Path
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        cluster = Cluster((f"http://127.0.0.1:{unused.getsockname()[1]}",))
        engine = make_engine(taxonomy, folder=tmp_path, cluster=cluster)
        for _ in range(5):
            with pytest.raises(EngineUnavailable):
                engine.search(EngineQuery())
        with pytest.raises(EngineUnavailable):
            engine.index([supplier("one")])
        assert not engine.health().ready
        engine.close()


def test_elasticsearch_that_does_not_answer_in_time_is_unavailable(
    taxonomy: Taxonomy, tmp_path: Path
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        engine = make_engine(taxonomy, folder=tmp_path, cluster=Cluster((url,), timeout=0.2))
        with pytest.raises(EngineUnavailable):
            engine.search(EngineQuery())
        engine.close()


def _spoilt(client: Elasticsearch, prefix: str, how: str) -> None:
    """The index in use, found by its alias, spoilt by hand."""
    alias = f"{prefix}-suppliers-v{VERSION}"
    (name,) = client.indices.get_alias(name=alias)
    if how == "swapped for one without a mapping":
        client.indices.create(index=f"{prefix}-other")
        moved = [{"remove_index": {"index": name}}, {"add": {"index": f"{prefix}-other", "alias": alias}}]
        client.indices.update_aliases(actions=moved)
        return
    client.indices.delete(index=name)
    if how == "deleted, and its name taken by a write":
        client.index(index=alias, document={"words": 7, "processes": "turning"}, refresh=True)


@pytest.mark.parametrize(
    "how", ["deleted", "deleted, and its name taken by a write", "swapped for one without a mapping"]
)
def test_an_elasticsearch_index_spoilt_by_hand_is_told_from_a_refused_document_and_made_anew(
    open_engine: Callable[[str], Engine], elasticsearch_url: str, how: str
) -> None:
    engine = open_engine("elasticsearch")
    engine.rebuild([supplier("one", "литье")])
    with Elasticsearch(elasticsearch_url) as client:
        _spoilt(client, engine._prefix.removesuffix("-suppliers"), how)  # type: ignore[attr-defined]
    assert (engine.health().ready, engine.health().lost) == (False, True)
    with suppress(IndexMissing):
        engine.search(EngineQuery(words="литье", processes=(Weighted("turning"),)))
    with suppress(IndexMissing):
        engine.index([supplier("two", "литье")])
    assert engine.rebuild([supplier("one", "литье"), supplier("two", "литье")]) == 2
    assert engine.health().ready
    assert engine.revisions() == {"one": 1, "two": 1}
    assert engine.index([supplier("one", "ковка", 2)]) == 1


def test_an_elasticsearch_that_takes_no_writes_is_not_ready_and_still_answers(
    open_engine: Callable[[str], Engine], elasticsearch_url: str
) -> None:
    engine = open_engine("elasticsearch")
    engine.rebuild([supplier("one", "литье")])
    with Elasticsearch(elasticsearch_url) as client:
        index = f"{engine._prefix}-*"  # type: ignore[attr-defined]
        client.indices.put_settings(index=index, settings={"index.blocks.read_only": True})
        health = engine.health()
        assert (health.ready, health.lost) == (False, False)
        with pytest.raises(EngineUnavailable):
            engine.index([supplier("two")])
        with pytest.raises(EngineUnavailable):
            engine.delete([("one", 2)])
        assert keys(engine, EngineQuery(words="литье")) == ["one"]
        client.indices.put_settings(index=index, settings={"index.blocks.read_only": False})
    assert engine.health().ready
    assert engine.index([supplier("two")]) == 1


def test_elasticsearch_that_comes_back_is_asked_again_without_a_page_that_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breaker, "PAUSE", 0.0)
    back, asked = threading.Event(), threading.Event()
    tried = breaker.Breaker(lambda: asked.set() or back.is_set())
    tried.failed()
    assert tried.open
    assert asked.wait(10)
    back.set()
    until = time.monotonic() + 10
    while tried.open and time.monotonic() < until:
        time.sleep(0.01)
    assert not tried.open


def test_a_second_writer_of_an_embedded_index_waits_and_then_gives_up(
    open_engine: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "WRITER_PATIENCE", 0.05)
    first, second = open_engine("tantivy"), open_engine("tantivy")
    first.rebuild([supplier("one")])

    def documents() -> Iterator[SearchDocument]:
        with pytest.raises(EngineUnavailable):
            second.index([supplier("two")])
        yield supplier("one")

    first.rebuild(documents())
    assert second.index([supplier("two")]) == 1


# Certification, as far as an engine decides it


def test_the_levels_of_a_certificate_are_terms(engine: Engine, taxonomy: Taxonomy) -> None:
    held = {
        "verified": Certificate("iso-9001", valid_until=TODAY, verified=True),
        "declared": Certificate("iso-9001", said_on=TODAY),
        "automotive": Certificate("iatf-16949", issued=TODAY),
        "never said": Certificate("iso-9001"),
        "unknown": Certificate("iso-9999", valid_until=TODAY),
        "implementing": Certificate("iso-9001", status="implementing"),
        "suspended": Certificate("iso-9001", status="suspended"),
    }
    engine.index([supplier(key, certificates=(one,)) for key, one in held.items()])
    wanted = Requirements(on=TODAY, certification=(CertificationDemand(("iso-9001",)),))
    assert sorted(keys(engine, query_of(wanted, taxonomy, limit=10))) == [
        "automotive",
        "declared",
        "verified",
    ]


def test_every_demand_for_a_certificate_is_a_condition_and_one_of_several_is_enough(
    engine: Engine, taxonomy: Taxonomy
) -> None:
    held = {
        "both": ("iso-9001", "naks"),
        "the other welding": ("iso-9001", "iso-3834-2"),
        "no welding": ("iso-9001", "iso-14001"),
        "no quality": ("naks",),
        "none": (),
    }
    engine.index(
        [
            supplier(key, certificates=tuple(Certificate(code, valid_until=TODAY) for code in codes))
            for key, codes in held.items()
        ]
    )
    wish = CertificationDemand(("iso-14001",), strength=DemandStrength.WISH)
    demands = (CertificationDemand(("iso-9001",)), CertificationDemand(("naks", "iso-3834-3")), wish)
    wanted = Requirements(on=TODAY, certification=demands)
    assert sorted(keys(engine, query_of(wanted, taxonomy, limit=10))) == ["both", "the other welding"]
    wished = replace(wanted, strictness={"certification": Strictness.WISH})
    assert len(keys(engine, query_of(wished, taxonomy, limit=10))) == len(held)
