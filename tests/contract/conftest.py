"""Both engines. Elasticsearch is the node that MATCHMAKER_TEST_ELASTICSEARCH_URL names, or one started for the session."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.wiring import load_taxonomy
from search.engines.factory import make_engine
from search.engines.protocol import Engine
from tests.support import indexes
from tests.support.missing import without

_NODE = Path(__file__).parents[1] / "elasticsearch-node" / "node.sh"
_HOME = Path(__file__).parents[2] / ".elasticsearch"
_HINT = (
    "Elasticsearch is not here: install a JDK and Maven (Debian: apt-get install openjdk-17-jdk-headless maven) "
    "or set MATCHMAKER_TEST_ELASTICSEARCH_URL"
)
_PATIENCE = 300  # seconds; the first start fetches the jars


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    named = os.environ.get("MATCHMAKER_TEST_ELASTICSEARCH_URL")
    if named:
        yield named
        return
    if not all(map(shutil.which, ("java", "javac", "mvn"))):
        without(_HINT)
    home = _HOME / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home / "data", ignore_errors=True)
    port = free_port()
    with (home / "node.log").open("w") as log:
        node = subprocess.Popen([str(_NODE), str(home), str(port)], stdout=log, stderr=subprocess.STDOUT)
    try:
        _await(f"http://127.0.0.1:{port}", node, home / "node.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        node.send_signal(signal.SIGTERM)
        node.wait(30)


def _await(url: str, node: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the node answers; one that ends before that has said why in its log."""
    patience = time.monotonic() + _PATIENCE
    with Elasticsearch(url, request_timeout=2, max_retries=0) as client:
        while not client.ping():
            if node.poll() is not None or time.monotonic() > patience:
                without(f"Elasticsearch did not start: {log.read_text()[-500:]}")
            time.sleep(0.2)


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
        engine = make_engine(kind, taxonomy, folder=tmp_path / "index", url=url, prefix=prefix, timeout=10)
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
