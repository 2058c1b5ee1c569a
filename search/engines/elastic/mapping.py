"""The mapping of an Elasticsearch index, and its documents and queries; pure."""

from collections.abc import Sequence
from typing import Any

from search.document import SearchDocument
from search.engines.protocol import EngineQuery, Weighted
from search.engines.schema import (
    TERM_FIELDS,
    VERSION,
    IndexFields,
    words_of,
)

Json = dict[str, Any]

_SHAPE = 1  # of the fields here that are not those of every engine
# A deleted document has no terms, only `gone` and its version, so that an older one that arrives late is refused.
SETTINGS: Json = {
    "refresh_interval": "1s",
    "max_result_window": 1_000_000,
    "analysis": {
        "filter": {
            "stop_russian": {"type": "stop", "stopwords": "_russian_"},
            "stop_english": {"type": "stop", "stopwords": "_english_"},
            "stem_russian": {"type": "stemmer", "language": "russian"},
            "stem_english": {"type": "stemmer", "language": "english"},
        },
        "analyzer": {
            "bilingual": {
                "type": "custom",
                "tokenizer": "standard",
                "filter": ["lowercase", "stop_russian", "stop_english", "stem_russian", "stem_english"],
            }
        },
    },
}
MAPPINGS: Json = {
    "dynamic": "strict",
    "_meta": {"made_by": "matchmaker", "shape": f"{VERSION}.{_SHAPE}"},
    "_source": {"includes": ["gone"]},
    "properties": {
        "words": {"type": "text", "analyzer": "bilingual", "index_options": "freqs"},
        **{name: {"type": "keyword"} for name in TERM_FIELDS},
        "latitude": {"type": "double"},
        "longitude": {"type": "double"},
        "updated": {"type": "long"},
        "revision": {"type": "long", "index": False},
        "gone": {"type": "boolean"},
    },
}
GONE: Json = {"term": {"gone": True}}


def body_of(fields: IndexFields) -> Json:
    """A document in the form that is sent. Raises TypeError for a field of a wrong type, as the embedded
    engine does.
    """
    if not isinstance(fields.words, str):
        raise TypeError(f"the words of {fields.key} are no text")
    place = (
        {"latitude": fields.latitude, "longitude": fields.longitude} if fields.latitude is not None else {}
    )
    terms = {name: list(values) for name, values in fields.terms.items() if values}
    return {"words": fields.words, **terms, **place, "updated": fields.updated, "revision": fields.revision}


def buried() -> Json:
    return {"gone": True}


def check(document: SearchDocument) -> None:
    """Raise ValueError for a document that can never be written."""
    if not document.key or document.revision < 0:
        raise ValueError(
            f"a document needs a key and a revision, got {document.key!r}, {document.revision!r}"
        )


def query_body(query: EngineQuery) -> Json:
    """The query in Elasticsearch's form; words are literal text."""
    scoring = _scoring(query)
    must = {"bool": {"should": scoring, "minimum_should_match": 1}} if scoring else None
    excluded = [{"terms": {field: list(terms)}} for field, terms in query.must_not if terms]
    body: Json = {"filter": _filters(query), "must_not": [GONE, *excluded]}
    return {"bool": body | ({"must": [must]} if must else {})}


def _concepts(field: str, weighted: Sequence[Weighted]) -> list[Json]:
    return [
        {"constant_score": {"filter": {"term": {field: item.term}}, "boost": item.weight}}
        for item in weighted
    ]


def _scoring(query: EngineQuery) -> list[Json]:
    words = " ".join(words_of(query.words))
    asked: list[Json] = [{"match": {"words": {"query": words, "operator": "or"}}}] if words else []
    return asked + _concepts("processes", query.processes) + _concepts("materials", query.materials)


def _filters(query: EngineQuery) -> list[Json]:
    filters: list[Json] = [{"terms": {field: list(terms)}} for field, terms in query.must_any]
    if query.keys:
        filters.append({"ids": {"values": list(query.keys)}})
    if query.box is not None:
        south, west, north, east = query.box
        inside: Json = {
            "bool": {
                "filter": [
                    {"range": {"latitude": {"gte": south, "lte": north}}},
                    {"range": {"longitude": {"gte": west, "lte": east}}},
                ]
            }
        }
        unknown: Json = {"term": {"place": "unknown"}}
        filters.append({"bool": {"should": [inside, unknown]}} if query.box_lenient else inside)
    return filters
