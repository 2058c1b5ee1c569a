"""Engine-neutral queries as Tantivy's; words are literal text, there is no query language."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tantivy import FieldType, Occur, Query

from search.embedded.fields import analyzer, schema
from search.engine import EngineQuery
from search.schema import words_of


def _term(field: str, term: str) -> Query:
    return Query.term_query(schema(), field, term, index_option="basic")


def _any_of(field: str, terms: Sequence[str]) -> Query:
    return _term(field, terms[0]) if len(terms) == 1 else Query.term_set_query(schema(), field, list(terms))


def query_of(query: EngineQuery) -> Query:
    """Scoring parts are optional among themselves but one must hit where there are any; filters never score."""
    scoring = [(Occur.Should, part) for part in _scoring(query)]
    filters = [(Occur.Must, Query.const_score_query(part, 0.0)) for part in _filters(query)]
    excluded = [(Occur.MustNot, _any_of(field, terms)) for field, terms in query.must_not if terms]
    if scoring:
        return Query.boolean_query([(Occur.Must, Query.boolean_query(scoring)), *filters, *excluded])
    everything = (Occur.Must, Query.const_score_query(Query.all_query(), 0.0))
    return Query.boolean_query([everything, *filters, *excluded])


def _scoring(query: EngineQuery) -> Iterator[Query]:
    for stem, times in Counter(analyzer().analyze(" ".join(words_of(query.words)))).items():
        part = Query.term_query(schema(), "words", stem, index_option="freq")
        yield part if times == 1 else Query.boost_query(part, times)
    for field, weighted in (("processes", query.processes), ("materials", query.materials)):
        for item in weighted:
            yield Query.const_score_query(_term(field, item.term), item.weight)


def _filters(query: EngineQuery) -> Iterator[Query]:
    for field, terms in query.must_any:
        yield _any_of(field, terms) if terms else Query.empty_query()
    if query.box is not None:
        south, west, north, east = query.box
        inside = Query.boolean_query(
            [(Occur.Must, _range("latitude", south, north)), (Occur.Must, _range("longitude", west, east))]
        )
        if query.box_lenient:
            inside = Query.boolean_query([(Occur.Should, inside), (Occur.Should, _term("place", "unknown"))])
        yield inside


def _range(field: str, low: float, high: float) -> Query:
    return Query.range_query(schema(), field, FieldType.Float, low, high)
