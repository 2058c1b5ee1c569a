"""Numbers that a page states, kept to the letter by both engines: who is counted, and what relaxing a condition shows."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.elastic.cluster import Cluster
from search.engines.factory import make_engine
from search.matching.matcher import MatchAnswer, Matcher
from search.ranking.prior import prior
from search.ranking.work_shares import MATCHES
from tests.benchmark.generate import TODAY, Generator
from tests.support import generated
from tests.support.indexes import drop_indexes

EVERYBODY = 1_000
# Few kinds of work, so that many do each.
WORK = (
    "cnc-turning",
    "cnc-milling",
    "surface-grinding",
    "hardening",
    "laser-cutting",
    "zinc-plating",
    "sand-casting",
)
Match = Callable[[Requirements], MatchAnswer]


@pytest.fixture(scope="module")
def documents(taxonomy: Taxonomy) -> list[SearchDocument]:
    generator = Generator(taxonomy, seed=7)
    generator.processes = list(WORK)
    made = [generated.further(row, one) for row, one in enumerate(generator.documents(130))]
    denying = [replace(one, denied_processes=one.said_processes[:1]) for one in made[::9]]
    return [*made, *(replace(one, key=f"{one.key}-denies") for one in denying)]


@pytest.fixture(scope="module")
def matchers(
    request: pytest.FixtureRequest,
    taxonomy: Taxonomy,
    documents: list[SearchDocument],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], Match]]:
    made: dict[str, Match] = {}
    engines = []
    prefix, columns = f"test-promises-{os.getpid()}", Columns.build(documents, taxonomy)

    def of(kind: str) -> Match:
        if kind not in made:
            served = kind == "elasticsearch"
            cluster = (
                Cluster((str(request.getfixturevalue("elasticsearch_url")),), timeout=10) if served else None
            )
            folder = tmp_path_factory.mktemp("promises") / "index"
            engine = make_engine(taxonomy, folder=folder, cluster=cluster, prefix=prefix)
            engine.rebuild(documents)
            engines.append(engine)
            matcher = Matcher(engine, columns, prior())
            made[kind] = lambda need: matcher.match(need, top=EVERYBODY, today=TODAY)
        return made[kind]

    yield of
    for engine in engines:
        engine.close()
    if "elasticsearch" in made:
        drop_indexes(str(request.getfixturevalue("elasticsearch_url")), prefix)


@pytest.fixture(params=["all are ranked", "the engine retrieves"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small collection is ranked whole; of a large one candidates are."""
    if request.param == "the engine retrieves":
        monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 0)
    return str(request.param)


@st.composite
def needs(draw: st.DrawFn) -> Requirements:
    """Needs for work that many do, with some of the conditions that there are, strict or not."""
    taxonomy = generated.world()[0]
    asked = draw(generated.needs())
    typical = next(iter(Generator(taxonomy, seed=draw(st.integers(0, 10_000))).needs(1)))
    above = {code for one in WORK for code in taxonomy.processes.ancestors(one)}
    processes = draw(st.lists(st.sampled_from([*WORK, *sorted(above)]), min_size=1, max_size=3, unique=True))
    conditions = draw(st.sets(st.sampled_from(sorted(REQUIREMENT_KINDS)), max_size=2))
    given_by = {REQUIREMENT_KINDS[name].asked for name in conditions} - {"processes"}
    strict = dict.fromkeys(conditions, draw(st.sampled_from([Strictness.LENIENT, Strictness.STRICT])))
    return replace(
        typical,
        processes=tuple(processes),
        any_process=draw(st.integers(0, 3)) == 0,
        **{"max_distance_km": typical.max_distance_km and draw(st.sampled_from([300.0, 900.0, 2500.0]))}
        | {name: getattr(asked, name) for name in given_by},
        strictness=strict,
        clarity=draw(st.sampled_from([1.0, 0.4])),
    )


_property = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def fits(need: Requirements, document: SearchDocument) -> list[bool]:
    """Whether a supplier does each operation: the same or a narrower one, or up to two steps broader, unless it says no."""
    tree = generated.load_tree()
    offered = {code for one in document.capabilities for code in one.processes}
    said = {*document.processes, *document.said_processes}
    found = []
    for code in need.processes:
        stated = max((tree.fit(code, one) for one in offered), default=0.0)
        worded = max((tree.fit(code, one) for one in said), default=0.0)
        denied = {code, *tree.ancestors(code)} & set(document.denied_processes)
        weak = 0.0 if denied and stated < 0.75 * worded else max(stated, worded)
        found.append((stated if stated >= 0.75 * worded else weak) >= 0.45)
    return found


@given(data=st.data())
@_property
def test_the_head_counts_whom_the_list_shows_and_a_press_shows_what_it_promised(
    data: st.DataObject,
    matchers: Callable[[str], Match],
    kind: str,
    size: str,
    taxonomy: Taxonomy,
    documents: list[SearchDocument],
) -> None:
    match, need = matchers(kind), data.draw(needs())
    answer = match(need)
    listed = {one.key: one for one in answer.matches if one.share in MATCHES}
    assert len(listed) == answer.counts.matches
    assert sum(one.share == "whole" for one in listed.values()) == answer.counts.whole
    if size == "all are ranked" and answer.total:
        shares = Counter(one.share for one in answer.matches)
        assert (shares["related"], shares["words"]) == (answer.counts.related, answer.counts.words)
    does = {one.key: fits(need, one) for one in documents}
    for key, found in listed.items():
        whole = any(does[key]) if need.any_process else all(does[key])
        assert (found.share == "whole", any(does[key])) == (whole, True)
    for item in answer.relaxations:
        milder = match(generated.eased(need, item.requirement, item.change, taxonomy))
        shown = {one.key for one in milder.matches if one.share in MATCHES}
        assert len(shown) - len(listed) == item.adds > 0, item


@given(data=st.data())
@_property
def test_where_no_operation_is_named_the_same_is_kept_of_words(
    data: st.DataObject, matchers: Callable[[str], Match], kind: str, taxonomy: Taxonomy
) -> None:
    match, need = matchers(kind), replace(data.draw(needs()), processes=(), clarity=0.2)
    answer = match(need)
    if not answer.total:
        return
    assert len(answer.matches) == answer.total
    for item in answer.relaxations:
        milder = match(generated.eased(need, item.requirement, item.change, taxonomy))
        assert len(milder.matches) - len(answer.matches) == item.adds > 0, item
