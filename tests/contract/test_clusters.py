"""Several nodes of Elasticsearch: one that is away, indexes in parts, and what a node needs to let the site in."""

import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from pydantic import ValidationError

from matchmaker.domain.errors import EngineUnavailable
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from search.engines.elastic.cluster import Cluster
from search.engines.factory import make_engine
from search.engines.protocol import Engine, EngineQuery
from search.engines.schema import query_of
from tests.benchmark.generate import Generator
from tests.support import indexes
from tests.support.missing import without


@pytest.fixture
def made(taxonomy: Taxonomy, tmp_path: Path, elasticsearch_url: str) -> Iterator[Callable[..., Engine]]:
    """A function from a cluster to an engine on an index of the test's own."""
    prefixes: list[str] = []
    engines: list[Engine] = []

    def make(cluster: Cluster) -> Engine:
        prefixes.append(f"test-cluster-{os.getpid()}-{os.urandom(4).hex()}")
        engines.append(make_engine(taxonomy, folder=tmp_path, cluster=cluster, prefix=prefixes[-1]))
        return engines[-1]

    yield make
    for engine in engines:
        engine.close()
    for prefix in prefixes:
        indexes.drop_indexes(elasticsearch_url, prefix)


@contextmanager
def nobody() -> Iterator[str]:
    """An address at which no node is."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{unused.getsockname()[1]}"


@pytest.mark.parametrize("first", ["away", "there"])
def test_a_node_that_is_away_costs_no_answer_and_no_write(
    made: Callable[..., Engine], taxonomy: Taxonomy, elasticsearch_url: str, first: str
) -> None:
    documents = list(Generator(taxonomy, seed=4).documents(8))
    with nobody() as away:
        nodes = (away, elasticsearch_url) if first == "away" else (elasticsearch_url, away)
        engine = made(Cluster(nodes, timeout=10))
        assert engine.rebuild(documents[:4]) == 4
        for count, document in enumerate(documents[4:], 5):
            assert engine.index([document]) == 1
            assert engine.search(EngineQuery()).total == len(engine.revisions()) == count
        assert engine.health().ready


def test_a_cluster_of_which_no_node_is_there_is_away(made: Callable[..., Engine]) -> None:
    with nobody() as one, nobody() as other, pytest.raises(EngineUnavailable):
        made(Cluster((one, other))).search(EngineQuery())


def test_an_index_in_parts_answers_as_one_does(
    made: Callable[..., Engine], taxonomy: Taxonomy, elasticsearch_url: str
) -> None:
    generator = Generator(taxonomy, seed=11)
    documents = list(generator.documents(120))
    engines = [made(Cluster((elasticsearch_url,), timeout=10, shards=shards)) for shards in (1, 3)]
    for engine in engines:
        assert engine.rebuild(documents) == 120
        engine.index(documents[:5])
    for need in generator.needs(25):
        query = query_of(need, taxonomy, limit=120)
        whole, parts = (engine.search(query) for engine in engines)
        assert parts.total == whole.total
        assert {hit.key: hit.score for hit in parts.hits} == {
            hit.key: pytest.approx(hit.score, rel=1e-4) for hit in whole.hits
        }
        assert engines[1].facets(query, "regions") == engines[0].facets(query, "regions")


@pytest.fixture
def without_a_part(made: Callable[..., Engine], taxonomy: Taxonomy, elasticsearch_url: str) -> Engine:
    """An engine whose index has lost one of its three parts, as when the node goes that held it."""
    engine = made(Cluster((elasticsearch_url,), timeout=10, shards=3, replicas=0))
    engine.rebuild(Generator(taxonomy, seed=3).documents(30))
    with Elasticsearch(elasticsearch_url) as client:
        (name,) = client.indices.get(index=f"test-cluster-{os.getpid()}-*suppliers*")
        client.indices.put_settings(index=name, settings={"index.routing.allocation.enable": "none"})
        (part,) = (
            one
            for one in client.cat.shards(index=name, format="json")
            if one["shard"] == "1"  # type: ignore[index]
        )
        gone = {"index": name, "shard": 1, "node": part["node"], "allow_primary": True}  # type: ignore[index]
        client.cluster.reroute(commands=[{"cancel": gone}])
        return engine


@pytest.mark.parametrize(
    "question",
    [
        lambda engine: engine.search(EngineQuery()),
        lambda engine: engine.count(EngineQuery()),
        lambda engine: engine.facets(EngineQuery(), "regions"),
        lambda engine: engine.totals(),
        lambda engine: engine.revisions(),
    ],
    ids=["search", "count", "facets", "totals", "revisions"],
)
def test_what_a_lost_part_cannot_answer_is_no_smaller_answer_but_an_error(
    without_a_part: Engine, question: Callable[[Engine], object]
) -> None:
    with pytest.raises(EngineUnavailable):
        question(without_a_part)


def test_parts_and_copies_are_what_the_settings_say(
    made: Callable[..., Engine], elasticsearch_url: str
) -> None:
    made(Cluster((elasticsearch_url,), timeout=10)).rebuild(())
    made(Cluster((elasticsearch_url,), timeout=10, shards=2, replicas=0)).rebuild(())
    with Elasticsearch(elasticsearch_url) as client:
        found = [
            (
                one["settings"]["index"]["number_of_shards"],
                one["settings"]["index"].get("auto_expand_replicas"),
                one["settings"]["index"]["number_of_replicas"],
            )
            for name, one in client.indices.get_settings(index=f"test-cluster-{os.getpid()}-*").items()
        ]
    assert sorted(found, key=str) == [("1", "0-1", "0"), ("2", None, "0")]


class _Guarded(BaseHTTPRequestHandler):
    """A node that lets in who has the key."""

    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == "ApiKey s3cret"
        body = b'{"hits": {"total": {"value": 0}, "hits": []}}' if allowed else b'{"error": "no key"}'
        self.send_response(200 if allowed else 401)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - the name that the server calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A node behind TLS, and the certificate that vouches for it."""
    if shutil.which("openssl") is None:
        without("openssl is not here (Debian: apt-get install openssl)")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "node.pem"
    subprocess.run(
        [*["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
         *["-subj", "/CN=node", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout"], str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Guarded)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", certificate
    server.shutdown()
    server.server_close()


def test_a_key_and_the_certificate_let_the_site_in(guarded: tuple[str, Path], tmp_path: Path) -> None:
    url, certificate = guarded
    given = {
        "data": tmp_path,
        "engine": "elasticsearch",
        "elasticsearch_url": url,
        "elasticsearch_timeout": 10,
    }
    for key, file, let_in in (
        ("s3cret", certificate, True),
        ("wrong", certificate, False),
        ("s3cret", None, False),
    ):
        settings = Settings(**given, elasticsearch_api_key=key, elasticsearch_ca_file=file)
        engine = Application(settings).engine
        if let_in:
            assert engine.count(EngineQuery()) == 0
        else:
            with pytest.raises(EngineUnavailable):
                engine.count(EngineQuery())
        engine.close()
        assert "s3cret" not in str(settings.public()) + repr(settings)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("127.0.0.1:9200", "127.0.0.1:9200"),
        ("http://one", "http://one"),
        ("http://one:9200, ftp://two:9200", "ftp://two:9200"),
        ("https://u:hush@one:port", "https://one:port"),
        (" ", "' '"),
    ],
)
def test_an_address_that_is_none_is_told_with_what_it_must_be(given: str, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(elasticsearch_url=given)
    words = str(caught.value.errors()[0]["msg"])
    assert told in words
    assert "http://127.0.0.1:9200" in words
    assert "hush" not in words
