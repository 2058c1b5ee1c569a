"""Both engines. Elasticsearch is the node that MATCHMAKER_TEST_ELASTICSEARCH_URL names, or one started for the session."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.wiring import load_taxonomy
from search.engines.elastic.cluster import Cluster
from search.engines.factory import make_engine
from search.engines.protocol import Engine
from tests.support import elasticsearch_node, indexes


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    with elasticsearch_node.node(os.environ.get("PYTEST_XDIST_WORKER", "alone")) as url:
        yield url


@pytest.fixture
def open_engine(
    request: pytest.FixtureRequest, taxonomy: Taxonomy, tmp_path: Path
) -> Iterator[Callable[[str], Engine]]:
    """Open an engine of a kind on the test's own index; opened twice, it is the same index."""
    prefix = f"test-{os.getpid()}-{os.urandom(4).hex()}"
    opened: list[Engine] = []
    addresses: list[str] = []

    def make(kind: str) -> Engine:
        url = str(request.getfixturevalue("elasticsearch_url")) if kind == "elasticsearch" else ""
        addresses.append(url)
        cluster = Cluster((url,), timeout=10) if url else None
        engine = make_engine(taxonomy, folder=tmp_path / "index", cluster=cluster, prefix=prefix)
        opened.append(engine)
        return engine

    yield make
    for engine in opened:
        engine.close()
    for url in set(filter(None, addresses)):
        indexes.drop_indexes(url, prefix)


@pytest.fixture(params=["tantivy", "elasticsearch"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def engine(open_engine: Callable[[str], Engine], kind: str) -> Engine:
    """An empty index, once of either kind."""
    made = open_engine(kind)
    made.rebuild(())
    return made
