"""Elasticsearch as an engine that holds the facts of suppliers: it judges everybody, and processes hold no columns."""

from collections.abc import Iterator, Sequence
from typing import Any

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from search.document import SearchDocument
from search.engines.elastic import fact_queries
from search.engines.elastic.elastic_engine import ABSENT, BROKEN, REFUSED, REFUSING, SWAPPED, ElasticEngine
from search.engines.elastic.mapping import Json
from search.engines.surveys import Counted, Listed, Survey

# A search, and whether it weighs words.
Question = tuple[Json, bool]


class FactEngine(ElasticEngine):
    """Implements search.engines.surveys.Surveyor. Its index stands beside that of the other kind, under a name of its own, so
    that neither is ever taken for the other.
    """

    kind, other_kind = "facts", "suppliers"
    mappings = fact_queries.MAPPINGS

    def _body(self, document: SearchDocument) -> Json:
        return super()._body(document) | fact_queries.body_of(document, self._taxonomy)

    def survey(self, counted: Sequence[Counted] = (), listed: Sequence[Listed] = ()) -> Survey:
        answers = self._all_asked(
            [
                *((fact_queries.counting(one), False) for one in counted),
                *((fact_queries.listing(one), bool(one.query.words)) for one in listed),
            ]
        )
        return Survey(
            tuple(map(fact_queries.counts_of, answers[: len(counted)])),
            tuple(map(fact_queries.listing_of, answers[len(counted) :])),
        )

    def _all_asked(self, questions: Sequence[Question]) -> list[Json]:
        """The answers to several searches, all of them or none; those that met the swap of the index are asked once more."""
        if not questions:
            return []
        with self._calling():
            answers = self._together(questions)
            if any(answer.get("status") in {ABSENT, SWAPPED} for answer in answers):
                answers = self._together(questions)
        for answer in answers:
            if "error" in answer:
                reason = str(answer["error"])[:500]
                if answer["status"] == ABSENT:
                    raise IndexMissing
                if answer["status"] == REFUSED:
                    raise IndexMissing(BROKEN, reason=reason)
                raise EngineUnavailable(REFUSING, reason=reason)
        return answers

    def _together(self, questions: Sequence[Question]) -> list[Json]:
        found: list[Json] = self._client.msearch(searches=list(self._searches(questions)))["responses"]
        return found

    def _searches(self, questions: Sequence[Question]) -> Iterator[dict[str, Any]]:
        """A search that a part of the index does not answer is no answer. How rare words are is asked of all parts first, which
        costs a round among the nodes.
        """
        for body, weighs_words in questions:
            everywhere = self._cluster.search_type if weighs_words else None
            yield {
                "index": self._alias,
                "allow_partial_search_results": False,
                **({"search_type": everywhere} if everywhere else {}),
            }
            yield body

    def documents(self, keys: Sequence[str]) -> tuple[SearchDocument, ...]:
        if not keys:
            return ()
        answer = self._asked(
            lambda: self._client.mget(index=self._alias, ids=list(keys), source=["gone", "document"])
        )
        found = (item["_source"] for item in answer["docs"] if item.get("found"))
        return tuple(fact_queries.document_of(source) for source in found if "document" in source)
