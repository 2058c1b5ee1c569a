"""A cluster of three Elasticsearch nodes on this machine, one of which is killed while people search and suppliers change.

`python -m tests.checks.cluster [--suppliers N] [--seconds N]`. Four readers ask the product's engine at all three addresses, one
writer changes suppliers; a third of the way through a node is killed by SIGKILL. Every answer is compared with that of an
index in memory that had the same changes. The figure is printed last: answers, wrong ones, errors, and the 95th percentile
of the time of an answer beside that of the same query sent by the bare client, before and after the kill.
"""

import argparse
import random
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from elasticsearch import Elasticsearch

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.wiring import load_taxonomy
from search.document import SearchDocument
from search.engines.elastic import mapping
from search.engines.elastic.cluster import Cluster
from search.engines.elastic.elastic_engine import ElasticEngine
from search.engines.protocol import Engine, EngineQuery
from search.engines.schema import VERSION, query_of
from tests.benchmark.generate import Generator
from tests.support import elasticsearch_node

READERS, NODES, SHARDS = 4, 3, 3
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
    """A cluster under readers: `expected` are the numbers of suppliers that each query finds, which no change touches."""

    engine: Engine
    bare: Elasticsearch
    queries: Sequence[EngineQuery]
    expected: Sequence[int]
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
            found = run.engine.search(run.queries[number]).total
        except (EngineUnavailable, IndexMissing) as error:
            run.tally.errors.append(f"{type(error).__name__}: {error}")
            continue
        (run.tally.after if after else run.tally.before).append(time.perf_counter() - started)
        run.tally.wrong += found != run.expected[number]
        started = time.perf_counter()
        _ask_bare(run.bare, run.queries[number])
        (run.tally.bare_after if after else run.tally.bare_before).append(time.perf_counter() - started)


def _ask_bare(bare: Elasticsearch, query: EngineQuery) -> None:
    bare.search(
        index=f"{PREFIX}-suppliers-v{VERSION}",
        query=mapping.query_body(query),
        size=query.limit,
        source=False,
        track_total_hits=True,
        search_type="dfs_query_then_fetch",
    )


def _write(run: Run, documents: Sequence[SearchDocument], generator: Generator) -> None:
    """Change suppliers to what they are, with a new revision: no query finds more or fewer."""
    chance, revision = random.Random(7), 1
    while not run.ended.is_set():
        revision += 1
        numbers = chance.sample(range(len(documents)), min(20, len(documents)))
        try:
            run.engine.index([generator.document(number, revision=revision) for number in numbers])
        except (EngineUnavailable, IndexMissing) as error:
            run.tally.errors.append(f"write: {type(error).__name__}: {error}")
            continue
        run.tally.written += len(numbers)


def _await_green(bare: Elasticsearch) -> None:
    bare.cluster.health(wait_for_status="green", timeout=f"{GREEN:.0f}s")


def check(count: int, seconds: float) -> int:
    taxonomy = load_taxonomy()
    with elasticsearch_node.cluster("cluster", NODES) as nodes:
        addresses = tuple(nodes)
        engine = ElasticEngine(Cluster(addresses, timeout=5.0, shards=SHARDS), PREFIX, taxonomy)
        with Elasticsearch(list(addresses), max_retries=NODES, request_timeout=60) as bare:
            run, documents, generator = _filled(engine, bare, taxonomy, count)
            threads = [threading.Thread(target=_read, args=(run, seed)) for seed in range(READERS)]
            threads.append(threading.Thread(target=_write, args=(run, documents, generator)))
            for thread in threads:
                thread.start()
            time.sleep(seconds / 3)
            nodes[addresses[0]].kill()
            run.killed.set()
            print(f"killed the node at {addresses[0]}", flush=True)
            time.sleep(seconds * 2 / 3)
            run.ended.set()
            for thread in threads:
                thread.join()
            left = len(engine.revisions())
        engine.close()
    return _told(run.tally, count, left)


def _filled(
    engine: Engine, bare: Elasticsearch, taxonomy: Taxonomy, count: int
) -> tuple[Run, Sequence[SearchDocument], Generator]:
    generator = Generator(taxonomy, seed=5)
    documents = list(generator.documents(count))
    started = time.perf_counter()
    engine.rebuild(documents)
    _await_green(bare)
    print(
        f"{count} suppliers in three shards with a copy each: {time.perf_counter() - started:.1f} s",
        flush=True,
    )
    queries = [query_of(need, taxonomy, limit=200) for need in generator.needs(40)]
    expected = [engine.search(query).total for query in queries]
    killed, ended = threading.Event(), threading.Event()
    return Run(engine, bare, queries, expected, killed, ended, Tally()), documents, generator


def _told(tally: Tally, count: int, left: int) -> int:
    for error in tally.errors[:5]:
        print(f"  {error[:200]}")
    before, after = _p95(tally.before), _p95(tally.after)
    print(f"  p95 ms before the kill {before:.1f}, the bare client {_p95(tally.bare_before):.1f}")
    print(f"  p95 ms after the kill {after:.1f}, the bare client {_p95(tally.bare_after):.1f}")
    answers = len(tally.before) + len(tally.after)
    good = not tally.errors and not tally.wrong and left == count and answers > 0 and tally.written > 0
    print(
        f"answers {answers}, wrong {tally.wrong}, errors {len(tally.errors)}, suppliers written {tally.written}, "
        f"lost {count - left}"
    )
    return 0 if good else 1


def _p95(times: Sequence[float]) -> float:
    return 1000 * sorted(times)[int(0.95 * len(times))] if times else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-cluster", description=__doc__)
    parser.add_argument("--suppliers", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    asked = parser.parse_args()
    return check(asked.suppliers, asked.seconds)


if __name__ == "__main__":
    sys.exit(main())
