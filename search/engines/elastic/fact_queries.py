"""Facts, conditions and surveys in Elasticsearch's form; pure."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from matchmaker.domain.taxonomy import Taxonomy
from search.document import SearchDocument
from search.engines.conditions import (
    AtLeast,
    Between,
    Condition,
    HasPart,
    Near,
    Not,
    OneOf,
    Stated,
    Weighty,
)
from search.engines.elastic import mapping
from search.engines.elastic.mapping import Json
from search.engines.supplier_facts import ANSWERS, BOX, NUMBERS, SIDED, facts_of, or_side
from search.engines.surveys import CountAnswer, Counted, Listed, Listing

_SHAPE = 1  # of the facts
_CODE: Json = {"type": "keyword"}
_WORD: Json = {"type": "keyword", "doc_values": False}
_NUMBER: Json = {"type": "double"}
_WHOLE: Json = {"type": "integer"}
_YES_NO: Json = {"type": "boolean"}
MAPPINGS: Json = {
    **mapping.MAPPINGS,
    "_meta": {**mapping.MAPPINGS["_meta"], "facts": str(_SHAPE)},
    "_source": {"includes": ["gone", "document"]},
    "properties": {
        **mapping.MAPPINGS["properties"],
        "key": {"type": "keyword"},
        "document": {"type": "binary"},
        **dict.fromkeys(("offered", "stated", "said", "denied", "named", "centres", "quality_papers"), _CODE),
        **dict.fromkeys(("prose", *ANSWERS), _YES_NO),
        "spare_hours": _NUMBER,
        "point": {"type": "geo_point"},
        **dict.fromkeys(("forms", "led", "pairs", "led_pairs"), _WORD),
        "length": _WHOLE,
        "capability": {
            "type": "nested",
            "properties": {
                "process": _CODE,
                "material": _CODE,
                "of_catalogue": _YES_NO,
                **dict.fromkeys((*NUMBERS, *map(or_side, SIDED), *BOX), _NUMBER),
            },
        },
        "certificate": {
            "type": "nested",
            "properties": {
                "standard": _CODE,
                **dict.fromkeys(("level", "since", "until", "edition"), _WHOLE),
                "dated": _YES_NO,
            },
        },
        "planned": {"type": "nested", "properties": {"month": _WHOLE, "hours": _NUMBER}},
    },
}
# Both measure on a sphere: Lucene's is as much smaller. It keeps places and distances to a centimetre or two.
_LUCENE_RADIUS, _RADIUS = 6_371_008.7714, 6_371_008.8
_ROUNDED_M = 0.02
_HALF_ROUND_M = 20_015_000.0


@cache
def _adapter() -> TypeAdapter[SearchDocument]:
    return TypeAdapter(SearchDocument)


def body_of(document: SearchDocument, taxonomy: Taxonomy) -> Json:
    """The facts of a document, and the document itself, as they are sent."""
    packed = zlib.compress(_adapter().dump_json(document), 1)
    facts = facts_of(document, taxonomy)
    return {"key": document.key, "document": b64encode(packed).decode("ascii"), **facts}


def document_of(source: Json) -> SearchDocument:
    """The document that was sent."""
    return _adapter().validate_json(zlib.decompress(b64decode(source["document"])))


def clause(condition: Condition) -> Json:  # noqa: PLR0911 - one for each kind of condition
    """A condition as a query."""
    match condition:
        case OneOf(field, terms):
            return {"terms": {field: list(terms)}}
        case Between(field, least, most):
            ends = {"gte": least, "lte": most}
            return {"range": {field: {name: end for name, end in ends.items() if end is not None}}}
        case Stated(field):
            return {"exists": {"field": field}}
        case Near(location, km):
            return _near(location, km)
        case HasPart(part, inner):
            return {"nested": {"path": part, "query": clause(inner), "score_mode": "none"}}
        case AtLeast(count, conditions):
            return _at_least(count, conditions)
        case Not(inner):
            return {"bool": {"must_not": [clause(inner)]}}
        case Weighty(weights, least):
            return {"function_score": {"query": _worth(weights), "min_score": least}}


def _at_least(count: int, conditions: Sequence[Condition]) -> Json:
    if count > len(conditions):
        return {"match_none": {}}
    if count == len(conditions):
        return {"bool": {"filter": [clause(one) for one in conditions]}}
    return {"bool": {"should": [clause(one) for one in conditions], "minimum_should_match": count}}


def _near(location: tuple[float, float], km: float) -> Json:
    metres = km * 1000 * _LUCENE_RADIUS / _RADIUS + _ROUNDED_M
    if metres >= _HALF_ROUND_M:
        return {"exists": {"field": "point"}}
    place = {"lat": location[0], "lon": location[1]}
    return {"geo_distance": {"distance": f"{metres:.4f}m", "point": place}}


def _worth(weights: Sequence[tuple[Condition, float]]) -> Json:
    scoring = [{"constant_score": {"filter": clause(one), "boost": weight}} for one, weight in weights]
    return {"bool": {"should": scoring}}


def counting(question: Counted) -> Json:
    """The search that counts."""
    asked: Json = {}
    if question.within:
        asked["within"] = {"filters": {"filters": [clause(one) for one in question.within]}}
    if question.sum_of:
        asked["sum"] = {"sum": {"field": question.sum_of}}
    return {
        "query": _alive([clause(question.among)]),
        "size": 0,
        "track_total_hits": True,
        **({"aggs": asked} if asked else {}),
    }


def listing(question: Listed) -> Json:
    """The search that lists."""
    query = _alive([clause(question.among)])
    scoring = [_worth(question.worth)] if question.worth else []
    asked = mapping.query_body(question.query)["bool"]
    query["bool"]["filter"] += asked["filter"]
    query["bool"]["must_not"] += asked["must_not"][1:]
    query["bool"]["must"] = asked.get("must", [])
    query["bool"]["should"] = scoring
    order = "asc" if question.least_first else "desc"
    return {
        "query": query,
        "size": question.limit,
        "track_total_hits": True,
        "_source": ["document"],
        "sort": [{"_score": order}, {"key": "asc"}],
    }


def _alive(filters: list[Json]) -> Json:
    return {"bool": {"filter": filters, "must_not": [mapping.GONE]}}


def counts_of(answer: Json) -> CountAnswer:
    found: dict[str, Any] = answer.get("aggregations", {})
    within = tuple(int(bucket["doc_count"]) for bucket in found.get("within", {}).get("buckets", ()))
    return CountAnswer(
        answer["hits"]["total"]["value"], within, float(found.get("sum", {}).get("value") or 0.0)
    )


def listing_of(answer: Json) -> Listing:
    documents = tuple(document_of(hit["_source"]) for hit in answer["hits"]["hits"])
    return Listing(answer["hits"]["total"]["value"], documents)
