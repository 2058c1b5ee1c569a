"""What the product is compared with: the bare engine, SQLite's full text, TF-IDF, and everybody ranked."""

import gc
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from sklearn.feature_extraction.text import TfidfVectorizer

from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.embedded.fields import analyzer, document_of, schema
from search.engines.schema import fields_of, words_of
from search.filters import filter_outcomes
from search.matching.matcher import Matcher
from search.ranking.evidence import Evidence, Floats
from search.ranking.features import neutrals
from search.ranking.linear import Scored
from search.ranking.prior import prior
from tests.benchmark.generate import TODAY
from tests.benchmark.timing import Work


def bare_rate(documents: Iterable[SearchDocument], taxonomy: Taxonomy, folder: Path) -> float:
    """Documents a second that the engine takes by itself, all prepared beforehand, until they can be searched."""
    prepared = [document_of(fields_of(document, taxonomy)) for document in documents]
    gc.collect()
    folder.mkdir()
    index = tantivy.Index(schema(), path=str(folder))
    index.register_tokenizer("bilingual", analyzer())
    writer = index.writer(64_000_000, num_threads=1)
    started = time.perf_counter()
    for document in prepared:
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    return len(prepared) / (time.perf_counter() - started)


def full_text(documents: Iterable[SearchDocument]) -> Work:
    """SQLite's full-text index: words only."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE profile USING fts5(words)")
    database.executemany("INSERT INTO profile VALUES (?)", ((document.text,) for document in documents))

    def search(need: Requirements) -> object:
        words = " OR ".join(f'"{word}"' for word in words_of(need.text))
        ranked = "SELECT rowid FROM profile WHERE words MATCH ? ORDER BY rank LIMIT 20"
        return database.execute(ranked, (words,)).fetchall()

    return search


def vectors(documents: Iterable[SearchDocument], columns: Columns) -> Work:
    """TF-IDF over all suppliers, masked by the filters judged afresh."""
    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform(document.text for document in documents)

    def search(need: Requirements) -> object:
        scores = (matrix @ vectorizer.transform([need.text]).T).toarray().ravel()
        scores[~filter_outcomes.evaluate(columns, need).passed] = 0
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
