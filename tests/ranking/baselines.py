"""What the product is compared with: TF-IDF cosine over words and character n-grams, and the engines' plain BM25."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from matchmaker.wiring import load_taxonomy
from search.document import SearchDocument
from search.engines.elastic.cluster import Cluster
from search.engines.factory import make_engine
from search.engines.protocol import Engine, EngineQuery

Rank = Callable[[str, int], list[str]]


def tfidf(documents: Sequence[SearchDocument]) -> Rank:
    """Cosine between a need's text and a profile's, words and character n-grams together."""
    vectoriser = make_union(
        TfidfVectorizer(sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True),
    )
    vectors = vectoriser.fit_transform([document.text for document in documents])

    def rank(text: str, top: int) -> list[str]:
        scores = (vectors @ vectoriser.transform([text]).T).toarray().ravel()
        return [documents[i].key for i in np.argsort(-scores, kind="stable")[:top] if scores[i] > 0]

    return rank


def bm25(engine: Engine) -> Rank:
    """The engine's own order for the words of the need."""

    def rank(text: str, top: int) -> list[str]:
        return [hit.key for hit in engine.search(EngineQuery(words=text, limit=top)).hits]

    return rank


def elastic(documents: Sequence[SearchDocument]) -> Engine | None:
    """The other engine with the same documents, where a test address is set."""
    url = os.environ.get("MATCHMAKER_TEST_ELASTICSEARCH_URL")
    if not url:
        return None
    engine = make_engine(
        load_taxonomy(), folder=Path(), cluster=Cluster((url,), timeout=30.0), prefix="quality"
    )
    engine.rebuild(documents)
    return engine
