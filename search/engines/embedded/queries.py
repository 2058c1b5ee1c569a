"""Engine-neutral queries in Tantivy's form; words are literal text, there is no query language."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tantivy import FieldType, Occur, Query

from search.engines.embedded.fields import analyzer, schema
from search.engines.protocol import EngineQuery, Weighted
from search.engines.schema import words_of

ANYWHERE = 1_000.0  # degrees; beyond every coordinate


def _term(field: str, term: str) -> Query:
    return Query.term_query(schema(), field, term, index_option="basic")


def _any_of(field: str, terms: Sequence[str]) -> Query:
    return _term(field, terms[0]) if len(terms) == 1 else Query.term_set_query(schema(), field, list(terms))


def query_of(query: EngineQuery) -> Query:
    """The query in Tantivy's form: of the scoring parts, if there are any, one must match; filters never
    score.
    """
    scoring = [(Occur.Should, part) for part in _scoring(query)]
    base = Query.boolean_query(scoring) if scoring else Query.const_score_query(Query.all_query(), 0.0)
    filters = [(Occur.Must, Query.const_score_query(part, 0.0)) for part in _filters(query)]
    excluded = [(Occur.MustNot, part) for part in _excluded(query)]
    return Query.boolean_query([(Occur.Must, base), *filters, *excluded])


def _concepts(field: str, weighted: Sequence[Weighted]) -> Iterator[Query]:
    for item in weighted:
        yield Query.const_score_query(_term(field, item.term), item.weight)


def _scoring(query: EngineQuery) -> Iterator[Query]:
    for stem, times in Counter(analyzer().analyze(" ".join(words_of(query.words)))).items():
        part = Query.term_query(schema(), "words", stem, index_option="freq")
        yield part if times == 1 else Query.boost_query(part, times)
    yield from _concepts("processes", query.processes)
    yield from _concepts("materials", query.materials)


def _filters(query: EngineQuery) -> Iterator[Query]:
    if query.keys:
        yield _any_of("key", query.keys)
    for field, terms in query.must_any:
        yield _any_of(field, terms) if terms else Query.empty_query()
    if query.box is not None and not query.box_lenient:
        south, west, north, east = query.box
        yield _range("latitude", south, north)
        yield _range("longitude", west, east)


def _excluded(query: EngineQuery) -> Iterator[Query]:
    """The lenient box as an exclusion of suppliers known to lie outside: this costs nearly nothing, "inside
    or unknown" costs much.
    """
    for field, terms in query.must_not:
        if terms:
            yield _any_of(field, terms)
    if query.box is not None and query.box_lenient:
        south, west, north, east = query.box
        yield _range("latitude", -ANYWHERE, south, include_upper=False)
        yield _range("latitude", north, ANYWHERE, include_lower=False)
        yield _range("longitude", -ANYWHERE, west, include_upper=False)
        yield _range("longitude", east, ANYWHERE, include_lower=False)


def _range(field: str, low: float, high: float, **ends: bool) -> Query:
    return Query.range_query(schema(), field, FieldType.Float, low, high, **ends)
