"""`python -m tests.benchmark [N ...]`: speed of the product beside named baselines in one run, as ratios."""

import argparse
import gc
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import count as numbers
from pathlib import Path

import tantivy
from threadpoolctl import threadpool_limits

from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.elastic import mapping
from search.engines.elastic.cluster import Cluster
from search.engines.elastic.elastic_engine import ElasticEngine
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.engines.embedded.fields import analyzer
from search.engines.embedded.queries import query_of as bare_query
from search.engines.schema import VERSION, query_of
from search.filters import filter_outcomes
from search.matching import candidates
from search.matching.matcher import Matcher
from search.matching.population import Population
from search.ranking.prior import prior
from search.reading.need_reading import requirements_of
from search.text import Recogniser
from tests.benchmark import imports
from tests.benchmark.baselines import bare_rate, boosted, full_text, vectors
from tests.benchmark.generate import TODAY, Generator, letter
from tests.benchmark.page import pages
from tests.benchmark.timing import Work, memory, show, timed
from tests.twins import speed

NEEDS = 100
PREPARED = 100_000  # documents held at once; of a larger collection so many are prepared for the bare engine
PAGES, NEEDS_OF_PAGES = 10_000, 1_000  # behind the pages; they are written to a database one by one


def short(need: Requirements) -> Requirements:
    """The same need as a form gives it: a title of a few words instead of a letter."""
    return replace(need, text=" ".join(need.text.split()[28:-8]))


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def run(count: int, taxonomy: Taxonomy, folder: Path) -> None:
    generator = Generator(taxonomy)
    needs = list(generator.needs(NEEDS))
    before, started = memory(), time.perf_counter()
    columns = Columns.build(generator.documents(count), taxonomy)
    print(f"\n{count:,} suppliers")
    print(f"  columns: {memory() - before} MB, with generating {time.perf_counter() - started:.1f} s")
    fifty = [generator.document(number, revision=2) for number in range(min(50, count))]
    started = time.perf_counter()
    columns.updated(fifty, ())
    print(f"  50 changed suppliers brought into the columns in {time.perf_counter() - started:.3f} s")
    engine = EmbeddedEngine(folder / "index", taxonomy)
    build(engine, generator, count, folder)
    matcher = Matcher(engine, columns, prior())
    for title, asked in (
        ("needs as a form gives them", list(map(short, needs))),
        ("letters of 45 words", needs),
    ):
        show(title, timed(works(engine, matcher, columns, asked, folder), asked))
    print(f"  memory of this process, the benchmark's own documents included: {memory()} MB")
    if count <= PREPARED:
        recall(matcher, list(map(short, needs[:50])))
        others(generator, count, columns, list(map(short, needs)))


def build(engine: EmbeddedEngine, generator: Generator, count: int, folder: Path) -> None:
    """The rate of a rebuild beside the bare engine's with prepared documents, best of two each."""
    some = min(count, PREPARED)
    documents = list(generator.documents(some))
    gc.collect()
    gc.freeze()
    rates = [_rate(engine, documents) for _ in range(2)]
    bare = [bare_rate(documents, generator.taxonomy, folder / f"bare-{attempt}") for attempt in range(2)]
    gc.unfreeze()
    print(
        f"  index: {max(rates):,.0f} a second, {max(rates) / max(bare):.2f} of the bare engine with prepared documents"
    )
    if count > some:
        engine.rebuild(generator.documents(count))
    print(f"  index size: {size(folder / 'index') / count:.0f} bytes a supplier")


def _rate(engine: EmbeddedEngine, documents: Sequence[SearchDocument]) -> float:
    started = time.perf_counter()
    engine.rebuild(documents)
    return len(documents) / (time.perf_counter() - started)


def works(
    engine: EmbeddedEngine,
    matcher: Matcher,
    columns: Columns,
    needs: Sequence[Requirements],
    folder: Path,
) -> dict[str, Work]:
    """The bare engine first, then the parts of the product."""
    taxonomy, recogniser = columns.taxonomy, Recogniser(columns.taxonomy)
    queries = {id(need): query_of(need, taxonomy, limit=20) for need in needs}
    letters = {id(need): letter(need, taxonomy) for need in needs}
    trees = Matcher(engine, columns, boosted(matcher, needs))
    searcher = opened(folder / "index").searcher()

    asked = numbers()

    def relaxed(need: Requirements) -> object:
        """The gains for a need that was not asked before, since numbers are held: its text, which filters nothing, differs."""
        return Population(columns, replace(need, text=f"{need.text} {next(asked)}")).relaxations

    def from_text(need: Requirements) -> object:
        record = NeedRecord.model_validate({"id": "need", "title": "Заявка", "text": letters[id(need)]})
        return matcher.match(requirements_of(record, recogniser, TODAY).requirements, top=20, today=TODAY)

    return {
        "bare Tantivy, filters in its query, 20 hits": lambda n: searcher.search(
            bare_query(queries[id(n)]), 20
        ),
        "engine adapter, the same query": lambda n: engine.search(queries[id(n)]),
        "match: filter, retrieve, rank, explain 20": lambda n: matcher.match(n, top=20, today=TODAY),
        "the same with gradient boosting": lambda n: trees.match(n, top=20, today=TODAY),
        "the same from a letter's text": from_text,
        "filters on all suppliers": lambda n: filter_outcomes.evaluate(columns, n),
        "filters and relaxations": relaxed,
    }


def opened(folder: Path) -> tantivy.Index:
    """The index in use, opened without the adapter."""
    index = tantivy.Index.open(str(folder / (folder / "current").read_text(encoding="ascii").strip()))
    index.register_tokenizer("bilingual", analyzer())
    return index


def recall(matcher: Matcher, needs: Sequence[Requirements]) -> None:
    """How many of the best are found that ranking everybody finds."""
    found = [[match.key for match in matcher.match(one, top=20, today=TODAY).matches] for one in needs]
    held, candidates.SMALL_COLLECTION = candidates.SMALL_COLLECTION, 10**9
    try:
        best = [[match.key for match in matcher.match(one, top=20, today=TODAY).matches] for one in needs]
    finally:
        candidates.SMALL_COLLECTION = held
    for depth in (1, 10, 20):
        shared = sum(len({*left[:depth]} & {*right[:depth]}) for left, right in zip(found, best, strict=True))
        print(
            f"  of the best {depth} when everybody is ranked: {shared / sum(len(one[:depth]) for one in best):.3f}"
        )


def others(generator: Generator, count: int, columns: Columns, needs: Sequence[Requirements]) -> None:
    documents = list(generator.documents(count))
    named: dict[str, Work] = {
        "SQLite FTS5, words only": full_text(documents),
        "TF-IDF and filters": vectors(documents, columns),
    }
    show("other ways, needs as a form gives them", timed(named, needs, rounds=1))
    if os.environ.get("MATCHMAKER_TEST_ELASTICSEARCH_URL"):
        elasticsearch(documents, columns, needs)


def elasticsearch(
    documents: Sequence[SearchDocument], columns: Columns, needs: Sequence[Requirements]
) -> None:
    """The other engine: its raw query beside the adapter and a whole match."""
    from elasticsearch import Elasticsearch

    url = os.environ["MATCHMAKER_TEST_ELASTICSEARCH_URL"]
    engine = ElasticEngine(Cluster((url,), timeout=60.0), "benchmark", columns.taxonomy)
    engine.rebuild(documents)
    matcher = Matcher(engine, columns, prior())
    queries = {id(need): query_of(need, columns.taxonomy, limit=200) for need in needs}
    client = Elasticsearch(url)

    def raw(need: Requirements) -> object:
        return client.search(
            index=f"benchmark-suppliers-v{VERSION}",
            query=mapping.query_body(queries[id(need)]),
            size=200,
            source=False,
        )

    found: dict[str, Work] = {
        "Elasticsearch, the raw query, 200 hits": raw,
        "engine adapter, the same query": lambda n: engine.search(queries[id(n)]),
        "match: filter, retrieve, rank, explain 20": lambda n: matcher.match(n, top=20, today=TODAY),
    }
    show("Elasticsearch, by the clock", timed(found, needs, clock=time.perf_counter))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "counts",
        nargs="*",
        type=int,
        default=[10_000, 100_000],
        help="suppliers; 0 for none, 1000000 is slow",
    )
    parser.add_argument("--pages", type=int, default=PAGES, help="suppliers behind the pages; 0 for none")
    parser.add_argument("--needs", type=int, default=NEEDS_OF_PAGES, help="open needs behind the pages")
    parser.add_argument(
        "--twins",
        nargs="*",
        type=int,
        default=[10_000, 100_000],
        help="names among which twins are found; 1000000 is slow",
    )
    parser.add_argument(
        "--imports", nargs="*", type=int, default=[20_000], help="suppliers that are imported; 0 for none"
    )
    parser.add_argument(
        "--folder", type=Path, help="a data folder that holds the pages' centre for the next run"
    )
    taxonomy, asked = load_taxonomy(), parser.parse_args()
    threadpool_limits(1)
    for count in filter(None, asked.counts):
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            run(count, taxonomy, Path(folder))
    for count in filter(None, asked.twins):
        speed.run(count)
    for count in filter(None, asked.imports):
        imports.run(count)
    if asked.pages:
        pages(asked.pages, asked.needs, asked.folder)


if __name__ == "__main__":
    main()
