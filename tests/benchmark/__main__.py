"""`python -m tests.benchmark [N ...]`: speed of the product beside named baselines in one run, as ratios."""

import argparse
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

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
from search.embedded.engine import EmbeddedEngine
from search.embedded.fields import analyzer, document_of, schema
from search.embedded.queries import query_of as bare_query
from search.matcher import Matcher
from search.ranking.prior import prior
from search.schema import fields_of, query_of, words_of
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
    prepared = [document_of(fields_of(document, taxonomy)) for document in documents]
    folder.mkdir()
    index = tantivy.Index(schema(), path=str(folder))
    index.register_tokenizer("bilingual", analyzer())
    started = time.perf_counter()
    writer = index.writer(64_000_000, num_threads=1)
    for document in prepared:
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index, len(prepared) / (time.perf_counter() - started)


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


def run(count: int, taxonomy: Taxonomy, folder: Path) -> None:
    generator = Generator(taxonomy)
    documents = list(generator.documents(count))
    needs = list(generator.needs(NEEDS))
    bare, bare_rate = bare_build(documents, taxonomy, folder / "bare")
    engine = EmbeddedEngine(folder / "index", taxonomy)
    started = time.perf_counter()
    engine.rebuild(documents)
    rate = count / (time.perf_counter() - started)
    started = time.perf_counter()
    columns = Columns.build(documents, taxonomy)
    columns_seconds = time.perf_counter() - started
    matcher = Matcher(engine, columns, taxonomy, prior())
    searcher = bare.searcher()
    queries = {id(need): query_of(need, taxonomy, limit=20) for need in needs}
    outcomes = {id(need): filters.evaluate(columns, need) for need in needs}
    rows = np.random.default_rng(1).choice(count, min(count, 300), replace=False)

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
        timed("filters on 300 candidates", lambda need: filters.evaluate(columns, need, rows), needs),
        timed("filters on all suppliers", lambda need: filters.evaluate(columns, need), needs),
        timed("relaxations", lambda need: relaxing.relaxations(columns, need, outcomes[id(need)]), needs),
        timed("SQLite FTS5, words only", full_text(documents), needs),
    ]
    if count <= TFIDF_LIMIT:
        timings.append(timed("TF-IDF and filters", vectors(documents, columns), needs))
    print(f"\n{count:,} suppliers")
    print(f"  index: {rate:,.0f} a second, {rate / bare_rate:.2f} of the bare engine with prepared documents")
    print(
        f"  index size: {size(folder / 'index') / count:.0f} bytes a supplier; columns built in {columns_seconds:.1f} s"
    )
    print(f"  peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    print(f"  {'':45}{'median ms':>10}{'p95 ms':>10}{'ratio':>8}")
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
