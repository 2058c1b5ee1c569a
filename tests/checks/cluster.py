"""A cluster of three Elasticsearch nodes on this machine, one of which is killed while people search and suppliers change.

`python -m tests.checks.cluster [--suppliers N] [--seconds N] [--columns process|engine]`. Four readers ask the product at all
three addresses, one writer changes suppliers; a third of the way through a node is killed by SIGKILL. First the engine is asked
for what a process that holds columns asks of it; then it judges everybody itself (MATCHMAKER_COLUMNS=engine), and an answer is
a whole match with its numbers, compared with that of columns in memory: the numbers, and the suppliers that do the work with
their order. The figures are printed last: answers, wrong ones, errors, and the 95th percentile of the time of an answer beside
that of the same query sent by the bare client, before and after the kill.
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from elasticsearch import Elasticsearch

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.requirements import Requirements
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.engines.elastic import mapping
from search.engines.elastic.cluster import Cluster
from search.engines.elastic.elastic_engine import ElasticEngine
from search.engines.factory import make_surveyor
from search.engines.protocol import Engine, EngineQuery
from search.engines.schema import VERSION, query_of
from search.engines.surveys import Surveyor
from search.matching.matcher import Matcher
from search.matching.survey_matcher import AnyMatcher, SurveyMatcher
from search.matching.surveyed_suppliers import SurveyedSuppliers
from search.ranking import char_ngrams
from search.ranking.prior import prior
from search.ranking.work_shares import MATCHES
from tests.benchmark.generate import TODAY, Generator
from tests.support import elasticsearch_node

if TYPE_CHECKING:
    import subprocess

READERS, NODES, SHARDS = 4, 3, 3
WARMING = 1  # times that each question is asked before: a node that just started answers slowly
PREFIX = "check-cluster"
GREEN = 60.0  # seconds in which the cluster is whole


@dataclass
class Tally:
    """What the readers and the writer met; times in seconds, before the kill and after it."""

    before: list[float] = field(default_factory=list)
    after: list[float] = field(default_factory=list)
    bare_before: list[float] = field(default_factory=list)
    bare_after: list[float] = field(default_factory=list)
    wrong: int = 0
    errors: list[str] = field(default_factory=list)
    written: int = 0


@dataclass(frozen=True)
class Run:
    """A cluster under readers: `expected` are the answers to `questions`, which no change touches; `queries` are what the bare
    client asks instead of each.
    """

    engine: Engine
    bare: Elasticsearch
    index: str
    questions: Sequence[Callable[[], object]]
    expected: Sequence[object]
    queries: Sequence[EngineQuery]
    killed: threading.Event
    ended: threading.Event
    tally: Tally


def _read(run: Run, seed: int) -> None:
    chance = random.Random(seed)
    while not run.ended.is_set():
        number = chance.randrange(len(run.queries))
        after = run.killed.is_set()
        started = time.perf_counter()
        try:
            found = run.questions[number]()
        except (EngineUnavailable, IndexMissing) as error:
            run.tally.errors.append(f"{type(error).__name__}: {error}")
            continue
        (run.tally.after if after else run.tally.before).append(time.perf_counter() - started)
        run.tally.wrong += found != run.expected[number]
        started = time.perf_counter()
        _ask_bare(run, run.queries[number])
        (run.tally.bare_after if after else run.tally.bare_before).append(time.perf_counter() - started)


def _ask_bare(run: Run, query: EngineQuery) -> None:
    run.bare.search(
        index=run.index,
        query=mapping.query_body(query),
        size=query.limit,
        source=False,
        track_total_hits=True,
        search_type="dfs_query_then_fetch",
    )


def _write(run: Run, count: int, generator: Generator) -> None:
    """Change suppliers to what they are, with a new revision: no query finds more or fewer."""
    chance, revision = random.Random(7), 1
    while not run.ended.is_set():
        revision += 1
        numbers = chance.sample(range(count), min(20, count))
        try:
            run.engine.index([generator.document(number, revision=revision) for number in numbers])
        except (EngineUnavailable, IndexMissing) as error:
            run.tally.errors.append(f"write: {type(error).__name__}: {error}")
            continue
        run.tally.written += len(numbers)


def check(count: int, seconds: float, columns: str) -> int:
    taxonomy = load_taxonomy()
    with elasticsearch_node.cluster("cluster", NODES) as nodes:
        addresses = tuple(nodes)
        cluster = Cluster(addresses, timeout=60.0, shards=SHARDS)
        judging = make_surveyor(taxonomy, cluster, PREFIX) if columns == "engine" else None
        engine = judging or ElasticEngine(cluster, PREFIX, taxonomy)
        with Elasticsearch(list(addresses), max_retries=NODES, request_timeout=60) as bare:
            generator = Generator(taxonomy, seed=5)
            _fill(engine, bare, generator, count)
            index = f"{PREFIX}-{'facts' if judging else 'suppliers'}-v{VERSION}"
            needs = list(generator.needs(40))
            queries = [query_of(need, taxonomy, limit=200) for need in needs]
            if judging:
                questions, expected = _matches(judging, generator, needs, count)
            else:
                questions = [partial(_total, engine, query) for query in queries]
                expected = [ask() for ask in questions]
            for ask in questions * WARMING:
                ask()
            killed, ended = threading.Event(), threading.Event()
            run = Run(engine, bare, index, questions, expected, queries, killed, ended, Tally())
            _run(run, generator, count, seconds, nodes[addresses[0]])
            left = len(engine.revisions())
        engine.close()
    return _told(run.tally, count, left, columns)


def _run(
    run: Run, generator: Generator, count: int, seconds: float, first: "subprocess.Popen[bytes]"
) -> None:
    """Read and write, and kill the first node a third of the way through."""
    threads = [threading.Thread(target=_read, args=(run, seed)) for seed in range(READERS)]
    threads.append(threading.Thread(target=_write, args=(run, count, generator)))
    for thread in threads:
        thread.start()
    time.sleep(seconds / 3)
    first.kill()
    run.killed.set()
    print("killed a node", flush=True)
    time.sleep(seconds * 2 / 3)
    run.ended.set()
    for thread in threads:
        thread.join()


def _fill(engine: Engine, bare: Elasticsearch, generator: Generator, count: int) -> None:
    started = time.perf_counter()
    engine.rebuild(generator.documents(count))
    bare.cluster.health(wait_for_status="green", timeout=f"{GREEN:.0f}s")
    print(
        f"{count} suppliers in three shards with a copy each: {time.perf_counter() - started:.1f} s",
        flush=True,
    )


def _total(engine: Engine, query: EngineQuery) -> int:
    return engine.search(query).total


def _matches(
    surveyor: Surveyor, generator: Generator, needs: Sequence[Requirements], count: int
) -> tuple[list[Callable[[], object]], list[object]]:
    """The questions for whole matches, and the answers of columns in memory, without a look at letters."""
    char_ngrams.LARGEST_COLLECTION = 0
    columns = Columns.build(generator.documents(count), generator.taxonomy)
    held = Matcher(surveyor, columns, prior())
    asking = SurveyMatcher(SurveyedSuppliers(surveyor, generator.taxonomy), prior())
    return [partial(_answer, asking, need) for need in needs], [_answer(held, need) for need in needs]


def _answer(matcher: AnyMatcher, need: Requirements) -> object:
    """The numbers of an answer, and the suppliers among its first that do the work."""
    answer = matcher.match(need, top=20, today=TODAY)
    doing = [one.key for one in answer.matches if one.share in MATCHES]
    return doing, answer.counts, answer.filters.removed, answer.relaxations


def _told(tally: Tally, count: int, left: int, columns: str) -> int:
    for error in tally.errors[:5]:
        print(f"  {error[:200]}")
    before, after = _p95(tally.before), _p95(tally.after)
    print(f"  p95 ms before the kill {before:.1f}, the bare client {_p95(tally.bare_before):.1f}")
    print(f"  p95 ms after the kill {after:.1f}, the bare client {_p95(tally.bare_after):.1f}")
    answers = len(tally.before) + len(tally.after)
    good = not tally.errors and not tally.wrong and left == count and answers > 0 and tally.written > 0
    print(
        f"columns in the {columns}: answers {answers}, wrong {tally.wrong}, errors {len(tally.errors)}, suppliers written {tally.written}, "
        f"lost {count - left}"
    )
    return 0 if good else 1


def _p95(times: Sequence[float]) -> float:
    return 1000 * sorted(times)[int(0.95 * len(times))] if times else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-cluster", description=__doc__)
    parser.add_argument("--suppliers", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--columns", choices=("process", "engine"), default=None)
    asked = parser.parse_args()
    modes = (asked.columns,) if asked.columns else ("process", "engine")
    return max([check(asked.suppliers, asked.seconds, mode) for mode in modes])


if __name__ == "__main__":
    sys.exit(main())
