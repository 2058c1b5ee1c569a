"""What config/reading/work_words.npz is made of: phrases that say each process in many ways, and the names of the taxonomy.

Nothing of the labelled texts goes into it, so that what it is worth can be counted on them.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from matchmaker.domain.taxonomy import Taxonomy
from search.learned import work_words
from search.learned.feature_places import BUCKETS
from search.learned.work_words import OTHER

FOLDER = Path(__file__).parent / "phrases"
SMALLEST = 0.03  # weights below it are left out
_MEANT = re.compile(r"\[\[(.*?)\]\]")
_ENDS = re.compile(r"[,;:()]|\s[-–—]\s")


def learn(taxonomy: Taxonomy, path: Path) -> str:
    """Fit the model on the phrases and write it; a line about it."""
    examples = list(_examples(taxonomy))
    counted = _table([text for text, _ in examples])
    among = np.asarray((counted > 0).sum(axis=0)).ravel()
    worth = (np.log((1 + len(examples)) / (1 + among)) + 1).astype(np.float16)
    fitted = LinearSVC(C=0.5, tol=1e-3).fit(
        normalize(counted.multiply(worth.astype(np.float32)[None, :]).tocsr()), [code for _, code in examples]
    )
    weights = sparse.csr_matrix(np.where(np.abs(fitted.coef_) >= SMALLEST, fitted.coef_, 0).T)
    step = float(np.abs(weights.data).max()) / 127
    np.savez_compressed(
        path,
        codes=np.array(fitted.classes_),
        worth=worth,
        start=fitted.intercept_.astype(np.float32),
        weights=np.round(weights.data / step).astype(np.int8),
        columns=weights.indices.astype(np.uint16),
        rows=weights.indptr.astype(np.int32),
        step=np.float32(step),
    )
    size = path.stat().st_size / 1e6
    return f"{path.name}: {len(examples)} examples, {len(fitted.classes_)} classes, {weights.nnz} weights, {size:.1f} MB"


def _table(pieces: Sequence[str]) -> sparse.csr_matrix:
    """Pieces × features, counted."""
    rows = [work_words.counted(piece) for piece in pieces]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    places, said = (np.concatenate([row[side] for row in rows]) for side in (0, 1))
    return sparse.csr_matrix((said, places, ends), shape=(len(pieces), BUCKETS))


def _examples(taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """Words and what they tell: the phrases whole and what in them says the work; the names; and words that tell of no work."""
    for path in sorted(FOLDER.glob("work_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            given = json.loads(line)
            yield " ".join(_MEANT.findall(given["text"])), given["code"]
            yield _MEANT.sub(r"\1", given["text"]), given["code"]
            rests = _ENDS.split(_MEANT.sub(" ", given["text"]))
            yield from ((rest, OTHER) for rest in rests if work_words.words(rest))
    of_work = [
        (name, one.code) for one in taxonomy.processes for named in one.names.values() for name in named
    ]
    yield from of_work
    known = {name.lower() for name, _ in of_work}
    for tree in (taxonomy.materials, taxonomy.sectors, taxonomy.standards, taxonomy.regions):
        for concept in tree:
            names = (name for named in concept.names.values() for name in named)
            yield from ((name, OTHER) for name in names if name.lower() not in known)
