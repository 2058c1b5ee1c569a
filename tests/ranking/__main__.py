"""`make quality`: the product beside itself without each feature group and beside plain baselines.

Usage: python -m tests.ranking [--details] [collection folder ...], or --profiles FOLDER [--half unread], see
tests.ranking.profiles, or --settle, see tests.ranking.settle.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from matchmaker.domain.records import NeedRecord
from search.ranking.prior import prior
from tests.ranking import baselines, profiles, settle
from tests.ranking.judged import COLLECTIONS, Collection, load
from tests.ranking.metrics import HEADER, ndcg, quality, reliability
from tests.ranking.product import TOP, Bench

Rankings = dict[str, list[str]]


def _text(need: NeedRecord) -> str:
    return "\n".join(part for part in (need.title, need.text, *need.processes, *need.materials) if part)


def _plain(rank: baselines.Rank, needs: Sequence[NeedRecord]) -> Rankings:
    return {need.id: rank(_text(need), TOP) for need in needs}


def _contenders(bench: Bench, needs: Sequence[NeedRecord]) -> Iterator[tuple[str, Rankings]]:
    yield from bench.ablations(needs)
    yield "BM25, Tantivy", _plain(baselines.bm25(bench.engine), needs)
    elastic = baselines.elastic(bench.documents)
    if elastic is None:
        print("(Elasticsearch is not measured: set MATCHMAKER_TEST_ELASTICSEARCH_URL)")
    else:
        other = replace(bench, engine=elastic)
        yield "this product, Elasticsearch", other.rankings(prior(), needs)
        yield "BM25, Elasticsearch", _plain(baselines.bm25(elastic), needs)
    pairs = profiles.bm25_with_pairs(["\n".join((*one.names, one.text)) for one in bench.documents])
    with_pairs = {need.id: [bench.documents[i].key for i in pairs(_text(need))] for need in needs}
    yield "BM25 with pairs", with_pairs
    yield "TF-IDF, words + n-grams", _plain(baselines.tfidf(bench.documents), needs)


def _details(bench: Bench, collection: Collection, needs: Sequence[NeedRecord]) -> None:
    """Each need by rising nDCG, with the grades of what was answered."""
    rankings = bench.rankings(prior(), needs)
    scored = sorted((ndcg(rankings[n.id], collection.judgements.get(n.id, {})), n.id, n) for n in needs)
    for value, key, need in scored:
        grades = collection.judgements.get(key, {})
        answered = " ".join(f"{supplier}={grades.get(supplier, 0)}" for supplier in rankings[key][:12])
        missed = [k for k, g in grades.items() if g >= 2 and k not in rankings[key]]
        print(f"{key} {value:.3f} {need.title or ''}\n    {answered}\n    missed {' '.join(missed)}")


def main(arguments: Sequence[str]) -> None:
    if "--settle" in arguments:
        settle.report()
        return
    if "--profiles" in arguments:
        folder = Path(arguments[arguments.index("--profiles") + 1])
        profiles.report(folder, profiles.UNREAD if profiles.UNREAD in arguments else profiles.SEEN)
        return
    named = {Path(name).name: Path(name) for name in arguments if not name.startswith("--")}
    for name, path in (named or COLLECTIONS).items():
        collection = load(path)
        with TemporaryDirectory(prefix="quality-") as folder:
            _report(name, Bench.of(collection, Path(folder)), collection, details="--details" in arguments)


def _report(name: str, bench: Bench, collection: Collection, *, details: bool) -> None:
    for held_out in (False, True):
        needs = collection.part(held_out=held_out)
        if not needs:
            continue
        title = f"{name}, held out" if held_out else name
        print(f"\n{title}: {len(needs)} needs × {len(collection.suppliers)} suppliers\n{'':28}{HEADER}")
        for contender, rankings in _contenders(bench, needs):
            measured = quality(rankings, collection.judgements, collection.violations)
            print(f"{contender:28}{measured.row()}")
        part = "no part" if title in settle.CHECKED_ON else "a part"
        print(
            f"\nscores of the first {TOP} answers of {title}, which had {part} in settling weights and scores"
        )
        told = reliability(bench.scores(prior(), needs), collection.judgements)
        print(*told.lines(), sep="\n")
        if details and not held_out:
            _details(bench, collection, needs)


main(sys.argv[1:])
