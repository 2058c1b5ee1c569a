"""Indexes of the tests on a real Elasticsearch."""

from elasticsearch import Elasticsearch


def drop_indexes(url: str, prefix: str) -> None:
    with Elasticsearch(url) as client:
        for name in client.indices.get_alias(index=f"{prefix}-*"):
            client.indices.delete(index=name)
