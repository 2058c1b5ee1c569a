"""What config/reading/role_words.npz is made of: short texts whose work is marked with its role.

Nothing of the labelled texts goes into it, so that what it is worth can be counted on them.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from search.learned.feature_places import BUCKETS, place
from search.learned.role_words import NEED, SHOP, features
from search.text import Recogniser, TextSource
from tests.reading.labels import TODAY

FOLDER = Path(__file__).parent / "phrases"
_MARKED = re.compile(r"\[\[(\w+)\|(.*?)\]\]")


def learn(recogniser: Recogniser, path: Path) -> str:
    """Fit the models of needs and of shops and write them; a line about them."""
    held, told = {}, []
    for kind in (NEED, SHOP):
        examples = list(_examples(recogniser, kind))
        rows = [[place(one) for one in found] for found, _ in examples]
        ends = np.cumsum([0, *map(len, rows)])
        places = np.array([one for row in rows for one in row], dtype=np.int32)
        table = sparse.csr_matrix((np.ones(len(places)), places, ends), shape=(len(rows), BUCKETS))
        fitted = LogisticRegression(C=0.2, max_iter=300).fit(table, [role for _, role in examples])
        held |= {
            f"{kind}_roles": fitted.classes_.astype(str),
            f"{kind}_weights": fitted.coef_.T.astype(np.float16),
            f"{kind}_start": fitted.intercept_.astype(np.float32),
        }
        told.append(f"{kind} {len(examples)}")
    np.savez_compressed(path, **held)
    return f"{path.name}: {', '.join(told)} examples, {path.stat().st_size / 1e6:.1f} MB"


def _examples(recogniser: Recogniser, kind: str) -> Iterator[tuple[list[str], str]]:
    """The features around each reading of work that is marked, and its role."""
    for path in sorted(FOLDER.glob("roles_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            given = json.loads(line)
            if given["as"] != kind:
                continue
            text, marked = unmarked(given["text"])
            source = TextSource.LETTER if kind == NEED else TextSource.PAGE
            recognition = recogniser.recognise(text, TODAY, source)
            works = recognition.of("process", negated=None)
            spans = tuple(sorted({(one.start, one.end) for one in works}))
            for one in works:
                role = next(
                    (role for first, last, role in marked if first < one.end and one.start < last), None
                )
                if role is not None:
                    yield list(features(recognition.read, one, spans)), role


def unmarked(text: str) -> tuple[str, list[tuple[int, int, str]]]:
    """A text without its marks, and the spans of the marked words with their roles."""
    plain, marked, done = "", [], 0
    for match in _MARKED.finditer(text):
        plain += text[done : match.start()]
        marked.append((len(plain), len(plain) + len(match[2]), match[1]))
        plain += match[2]
        done = match.end()
    return plain + text[done:], marked
