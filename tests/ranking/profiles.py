"""Real profiles that stay outside the project: known firms and categories found among them, on one half of the needs.

    python -m tests.ranking --profiles FOLDER [--half unread]

The folder holds, in the exchange format, `suppliers.jsonl` with `needs_category.jsonl` and `qrels_category.tsv`,
`suppliers_known.jsonl` with `needs_known.jsonl` and `qrels_known.tsv`, and `twins.tsv` (entries of one firm, which count as
one). Halves are told by a hash of the need's id, so that one of them can stay unread until the end.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

import numpy as np
from scipy.sparse import csc_matrix

from matchmaker.domain.records import NeedRecord, SupplierRecord
from search.engines.base_forms import base_of
from search.engines.schema import all_words
from search.ranking.prior import prior
from tests.ranking import baselines
from tests.ranking.judged import TODAY, Collection
from tests.ranking.product import TOP, Bench

SETS = (("known firms", "suppliers_known", "known"), ("categories", "suppliers", "category"))
SEEN, UNREAD = "seen", "unread"
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Judgements:
    """The right firms of each need, entries of one firm joined."""

    right: dict[str, frozenset[str]]
    twins: dict[str, str]

    def row(self, rankings: dict[str, list[str]]) -> str:
        found = [self._one(need, keys) for need, keys in rankings.items()]
        return "".join(f"{fmean(column):10.3f}" for column in zip(*found, strict=True))

    def _one(self, need: str, keys: Sequence[str]) -> tuple[float, float, float]:
        firms = list(dict.fromkeys(self.twins.get(key, key) for key in keys))
        hits = [firm in self.right[need] for firm in firms]
        ideal = sum(1 / log2(rank + 2) for rank in range(min(10, len(self.right[need]))))
        gain = sum(hit / log2(rank + 2) for rank, hit in enumerate(hits[:10]))
        first = next((1 / rank for rank, hit in enumerate(hits, 1) if hit), 0.0)
        return first, sum(hits[:10]) / len(self.right[need]), gain / ideal


def half(need: str) -> str:
    """The half of a need, by its id alone."""
    return (SEEN, UNREAD)[int(hashlib.sha256(need.encode()).hexdigest(), 16) % 2]


def report(folder: Path, wanted: str) -> None:
    """Print the product, itself without each kind of evidence, and the plain baselines."""
    twins = dict(_cells(folder / "twins.tsv"))
    for title, suppliers, needs in SETS:
        right: dict[str, set[str]] = {}
        for need, key, grade in _cells(folder / f"qrels_{needs}.tsv"):
            if float(grade) > 0:
                right.setdefault(need, set()).add(twins.get(key, key))
        judged = Judgements({need: frozenset(keys) for need, keys in right.items()}, twins)
        asked = tuple(
            need
            for line in _lines(folder / f"needs_{needs}.jsonl")
            if (need := NeedRecord.model_validate(line)).id in right and half(need.id) == wanted
        )
        entries = tuple(SupplierRecord.model_validate(one) for one in _lines(folder / f"{suppliers}.jsonl"))
        print(f"\n{title}, {wanted} half: {len(asked)} needs × {len(entries)} suppliers")
        print(f"{'':28}{'MRR':>10}{'recall@10':>10}{'nDCG@10':>10}")
        with TemporaryDirectory(prefix="quality-") as place:
            bench = Bench.of(Collection(entries, asked, {}, {}, frozenset()), Path(place), said_on=TODAY)
            for contender, rankings in _contenders(bench, asked):
                print(f"{contender:28}{judged.row(rankings)}", flush=True)


def _contenders(bench: Bench, needs: Sequence[NeedRecord]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    yield from bench.ablations(needs)
    text = {need.id: "\n".join(filter(None, (need.title, need.text))) for need in needs}
    yield "BM25, Tantivy", {need: baselines.bm25(bench.engine)(words, TOP) for need, words in text.items()}
    if elastic := baselines.elastic(bench.documents):
        other = replace(bench, engine=elastic)
        yield "this product, Elasticsearch", other.rankings(prior(), needs)
        yield "BM25, Elasticsearch", {n: baselines.bm25(elastic)(words, TOP) for n, words in text.items()}
    pairs = bm25_with_pairs(["\n".join((*one.names, one.text)) for one in bench.documents])
    yield "BM25 with pairs", {n: [bench.documents[i].key for i in pairs(words)] for n, words in text.items()}
    tfidf = baselines.tfidf(bench.documents)
    yield "TF-IDF, words + n-grams", {need: tfidf(words, TOP) for need, words in text.items()}


def bm25_with_pairs(texts: Sequence[str]) -> "_Pairs":
    """Plain BM25 over words in their base form and pairs of neighbours."""
    return _Pairs(texts)


class _Pairs:
    def __init__(self, texts: Sequence[str]) -> None:
        held = [Counter(_terms(text)) for text in texts]
        lengths = np.array([sum(counts.values()) for counts in held], dtype=float)
        number: dict[str, int] = {}
        cells = [
            (row, number.setdefault(term, len(number)), times)
            for row, counts in enumerate(held)
            for term, times in counts.items()
        ]
        rows, terms, times = (np.array(column) for column in zip(*cells, strict=True))
        damped = times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * lengths[rows] / lengths.mean()))
        self._number = number
        self._worth = csc_matrix((damped, (rows, terms)), shape=(len(texts), len(number)))
        users = np.diff(self._worth.indptr)
        self._rarity = np.log1p((len(texts) - users + 0.5) / (users + 0.5))

    def __call__(self, text: str) -> list[int]:
        asked = Counter(self._number[term] for term in _terms(text) if term in self._number)
        terms = list(asked)
        weights = self._rarity[terms] * np.array([asked[term] for term in terms], dtype=float)
        scores = np.asarray(self._worth[:, terms] @ weights).ravel()
        return [int(row) for row in np.argsort(-scores, kind="stable")[:TOP] if scores[row] > 0]


def _terms(text: str) -> list[str]:
    bases = [base_of(word) for word in all_words(text)]
    return bases + [f"{first} {second}" for first, second in pairwise(bases)]


def _lines(path: Path) -> Iterator[dict[str, object]]:
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def _cells(path: Path) -> Iterator[list[str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return (line.split("\t") for line in lines if line.strip() and not line.startswith("#"))
