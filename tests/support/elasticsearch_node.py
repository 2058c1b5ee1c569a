"""A node of Elasticsearch of this machine, or a cluster of them, for the time of tests and measurements."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elasticsearch import Elasticsearch

from tests.support.missing import without

_NODE = Path(__file__).parents[1] / "elasticsearch-node" / "node.sh"
_HOME = Path(__file__).parents[2] / ".elasticsearch"
_HINT = (
    "Elasticsearch is not here: install a JDK and Maven (Debian: apt-get install openjdk-17-jdk-headless maven) "
    "or set MATCHMAKER_TEST_ELASTICSEARCH_URL"
)
_SMALL = os.environ | {"ES_HEAP": os.environ.get("ES_HEAP", "600m")}
_PATIENCE = 300  # seconds; the first start fetches the jars


@contextmanager
def node(name: str) -> Iterator[str]:
    """The address of the node that MATCHMAKER_TEST_ELASTICSEARCH_URL names, or of an empty one of this name, started here."""
    named = os.environ.get("MATCHMAKER_TEST_ELASTICSEARCH_URL")
    if named:
        yield named
        return
    if not all(map(shutil.which, ("java", "javac", "mvn"))):
        without(_HINT)
    home = _HOME / name
    home.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(home / "data", ignore_errors=True)
    port = _free_port()
    with (home / "node.log").open("w") as log:
        started = subprocess.Popen(
            [str(_NODE), str(home), str(port)], stdout=log, stderr=subprocess.STDOUT, env=_SMALL
        )
    try:
        _await(f"http://127.0.0.1:{port}", started, home / "node.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(30)


@contextmanager
def cluster(name: str, count: int = 3) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """The addresses of an empty cluster's nodes, each with its process, started here."""
    if not all(map(shutil.which, ("java", "javac", "mvn"))):
        without(_HINT)
    home = _HOME / name
    with node(name):  # makes what the nodes share
        pass
    for data in home.glob("data*"):
        shutil.rmtree(data)
    ports = [(_free_port(), _free_port()) for _ in range(count)]
    every = ",".join(f"n{number}:{transport}" for number, (_, transport) in enumerate(ports))
    nodes: dict[str, subprocess.Popen[bytes]] = {}
    with (home / "cluster.log").open("w") as log:
        for number, (port, transport) in enumerate(ports):
            command = [str(_NODE), str(home), str(port), f"n{number}", str(transport), every]
            started = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=_SMALL)
            nodes[f"http://127.0.0.1:{port}"] = started
    try:
        for url, started in nodes.items():
            _await(url, started, home / "cluster.log")
        yield nodes
    finally:
        for started in nodes.values():
            started.kill()
            started.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(url: str, started: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until the node answers; one that ends before that has said why in its log."""
    patience = time.monotonic() + _PATIENCE
    with Elasticsearch(url, request_timeout=2, max_retries=0) as client:
        while not client.ping():
            if started.poll() is not None or time.monotonic() > patience:
                without(f"Elasticsearch did not start: {log.read_text()[-500:]}")
            time.sleep(0.2)
