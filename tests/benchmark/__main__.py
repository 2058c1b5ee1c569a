"""`python -m tests.benchmark [N ...]`: speed of the product beside named baselines in one run, as ratios."""

import argparse
import os
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from sklearn.feature_extraction.text import TfidfVectorizer

from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.wiring import load_taxonomy
from search import filters
from search import relaxations as relaxing
from search.columns import Columns
from search.document import SearchDocument
from search.elastic import mapping
from search.elastic.engine import ElasticEngine
from search.embedded.engine import EmbeddedEngine
from search.embedded.fields import analyzer, document_of, schema
from search.embedded.queries import query_of as bare_query
from search.matcher import Matcher
from search.ranking.evidence import Evidence, Floats
from search.ranking.features import neutrals
from search.ranking.linear import Scored
from search.ranking.prior import prior
from search.schema import VERSION, fields_of, query_of, words_of
from tests.benchmark.generate import TODAY, Generator

NEEDS = 100
TFIDF_LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds."""

    name: str
    median: float
    p95: float


def timed(name: str, work: Callable[[Requirements], object], needs: Sequence[Requirements]) -> Timing:
    """Each need once to warm up, then once measured."""
    for need in needs[:10]:
        work(need)
    spent = []
    for need in needs:
        started = time.perf_counter()
        work(need)
        spent.append((time.perf_counter() - started) * 1000)
    return Timing(name, statistics.median(spent), statistics.quantiles(spent, n=20)[-1])


def bare_build(
    documents: Iterable[SearchDocument], taxonomy: Taxonomy, folder: Path
) -> tuple[tantivy.Index, float]:
    """The engine by itself, with documents prepared beforehand; the index and documents a second."""
    folder.mkdir()
    index = tantivy.Index(schema(), path=str(folder))
    index.register_tokenizer("bilingual", analyzer())
    writer = index.writer(64_000_000, num_threads=1)
    count, spent = 0, 0.0
    reading = iter(documents)
    while prepared := [document_of(fields_of(document, taxonomy)) for document in islice(reading, 10_000)]:
        started = time.perf_counter()
        for document in prepared:
            writer.add_document(document)
        spent += time.perf_counter() - started
        count += len(prepared)
    started = time.perf_counter()
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index, count / (spent + time.perf_counter() - started)


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def full_text(documents: Iterable[SearchDocument]) -> Callable[[Requirements], object]:
    """SQLite's full-text index: words only."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE profile USING fts5(words)")
    database.executemany("INSERT INTO profile VALUES (?)", ((document.text,) for document in documents))

    def search(need: Requirements) -> object:
        words = " OR ".join(f'"{word}"' for word in words_of(need.text))
        ranked = "SELECT rowid FROM profile WHERE words MATCH ? ORDER BY rank LIMIT 20"
        return database.execute(ranked, (words,)).fetchall()

    return search


def vectors(documents: Sequence[SearchDocument], columns: Columns) -> Callable[[Requirements], object]:
    """TF-IDF over all suppliers, masked by the filters judged afresh."""
    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform(document.text for document in documents)

    def search(need: Requirements) -> object:
        scores = (matrix @ vectorizer.transform([need.text]).T).toarray().ravel()
        scores[~filters.evaluate(columns, need).passed] = 0
        return np.argpartition(scores, -20)[-20:]

    return search


def boosted(matcher: Matcher, needs: Sequence[Requirements]) -> "Boosting":
    """Gradient boosting that learned the prior's scores of some answers: what such a ranker would cost, not its worth."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    values, scores = [], []
    for need in needs[:40]:
        keys = [match.key for match in matcher.match(need, top=100, today=TODAY).matches]
        evidence = matcher.evidence(need, keys, today=TODAY)[1]
        scored = prior().score(evidence)
        values.append(filled(scored.values))
        scores.append(scored.scores)
    model = HistGradientBoostingRegressor(max_iter=100).fit(np.vstack(values), np.concatenate(scores))
    return Boosting(model)


@dataclass(frozen=True)
class Boosting:
    """Scores by trees; reasons still by the prior's weights."""

    model: Any
    name: str = "boosting"

    def score(self, evidence: Evidence) -> Scored:
        linear = prior().score(evidence)
        return replace(linear, scores=self.model.predict(filled(linear.values)))


def filled(values: Floats) -> Floats:
    return np.where(np.isnan(values), neutrals(), values)


def memory() -> int:
    """Megabytes that the process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() // 1_000_000


def short(need: Requirements) -> Requirements:
    """The same need as a form gives it: a title of a few words instead of a letter."""
    return replace(need, text=" ".join(need.text.split()[28:-8]))


def run(count: int, taxonomy: Taxonomy, folder: Path) -> None:
    generator = Generator(taxonomy)
    needs = list(generator.needs(NEEDS))
    started = time.perf_counter()
    before = memory()
    columns = Columns.build(generator.documents(count), taxonomy)
    print(f"\n{count:,} suppliers")
    print(f"  columns: {memory() - before} MB, with generating {time.perf_counter() - started:.1f} s")
    fifty = [generator.document(number, revision=2) for number in range(min(50, count))]
    started = time.perf_counter()
    columns.updated(fifty, ())
    print(f"  50 changed suppliers brought into the columns in {time.perf_counter() - started:.3f} s")
    bare, bare_rate = bare_build(generator.documents(count), taxonomy, folder / "bare")
    engine = EmbeddedEngine(folder / "index", taxonomy)
    documents = list(generator.documents(count)) if count <= TFIDF_LIMIT else generator.documents(count)
    started = time.perf_counter()
    engine.rebuild(documents)
    rate = count / (time.perf_counter() - started)
    unit = "" if isinstance(documents, list) else ", generating included"
    print(
        f"  index: {rate:,.0f} a second, {rate / bare_rate:.2f} of the bare engine with prepared documents{unit}"
    )
    print(f"  index size: {size(folder / 'index') / count:.0f} bytes a supplier")
    matcher = Matcher(engine, columns, prior())
    for title, asked in (
        ("needs as a form gives them", list(map(short, needs))),
        ("letters of 45 words", needs),
    ):
        print(f"  {title:45}{'median ms':>10}{'p95 ms':>10}{'ratio':>8}")
        compare(bare.searcher(), engine, matcher, columns, asked)
    print(f"  memory of this process, with the index open and the baselines loaded: {memory()} MB")
    if isinstance(documents, list):
        asked = list(map(short, needs))
        for timing in (
            timed("SQLite FTS5, words only", full_text(documents), asked),
            timed("TF-IDF and filters", vectors(documents, columns), asked),
        ):
            print(f"  {timing.name:45}{timing.median:>10.2f}{timing.p95:>10.2f}")
        if os.environ.get("MATCHMAKER_TEST_ELASTICSEARCH_URL"):
            elasticsearch(documents, columns, asked)


def compare(
    searcher: tantivy.Searcher,
    engine: EmbeddedEngine,
    matcher: Matcher,
    columns: Columns,
    needs: Sequence[Requirements],
) -> None:
    """The parts of a match beside the bare engine, as ratios of its median."""
    taxonomy = columns.taxonomy
    queries = {id(need): query_of(need, taxonomy, limit=20) for need in needs}
    outcomes = {id(need): filters.evaluate(columns, need) for need in needs}
    rows = np.random.default_rng(1).choice(len(columns), min(len(columns), 300), replace=False)
    trees = Matcher(engine, columns, boosted(matcher, needs))

    def retrieve(need: Requirements) -> object:
        return searcher.search(bare_query(queries[id(need)]), 20)

    timings = [
        timed("bare Tantivy, filters in its query, 20 hits", retrieve, needs),
        timed("engine adapter, the same query", lambda need: engine.search(queries[id(need)]), needs),
        timed(
            "match: filter, retrieve, rank, explain 20",
            lambda n: matcher.match(n, top=20, today=TODAY),
            needs,
        ),
        timed("the same with gradient boosting", lambda n: trees.match(n, top=20, today=TODAY), needs),
        timed("filters on 300 candidates", lambda need: filters.evaluate(columns, need, rows), needs),
        timed("filters on all suppliers", lambda need: filters.evaluate(columns, need), needs),
        timed("relaxations", lambda need: relaxing.relaxations(columns, need, outcomes[id(need)]), needs),
    ]
    for timing in timings:
        ratio = timing.median / timings[0].median
        print(f"  {timing.name:45}{timing.median:>10.2f}{timing.p95:>10.2f}{ratio:>8.2f}")


def elasticsearch(
    documents: Sequence[SearchDocument], columns: Columns, needs: Sequence[Requirements]
) -> None:
    """The other engine: its raw query beside the adapter and a whole match."""
    from elasticsearch import Elasticsearch

    url = os.environ["MATCHMAKER_TEST_ELASTICSEARCH_URL"]
    engine = ElasticEngine(url, "benchmark", columns.taxonomy, 60.0)
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

    timings = [
        timed("Elasticsearch, the raw query, 200 hits", raw, needs),
        timed("engine adapter, the same query", lambda need: engine.search(queries[id(need)]), needs),
        timed(
            "match: filter, retrieve, rank, explain 20",
            lambda n: matcher.match(n, top=20, today=TODAY),
            needs,
        ),
    ]
    for timing in timings:
        ratio = timing.median / timings[0].median
        print(f"  {timing.name:45}{timing.median:>10.2f}{timing.p95:>10.2f}{ratio:>8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "counts", nargs="*", type=int, default=[10_000, 100_000], help="suppliers; 1000000 is slow"
    )
    taxonomy = load_taxonomy()
    for count in parser.parse_args().counts:
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            run(count, taxonomy, Path(folder))


if __name__ == "__main__":
    main()
