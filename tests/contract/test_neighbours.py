"""Three installations, each a process with its own database, data folder and network namespace; the third one is hostile."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from matchmaker.services.bundles import bundle_format
from matchmaker.services.bundles.bundle_format import BundleHead
from matchmaker.services.imports import exports
from tests.support.live_site import free_port
from tests.support.namespaces import Machine, machines
from tests.support.neighbours import read_key
from tests.support.records import need, supplier

_ROOT = Path(__file__).parents[2]


class Node:
    """An installation as a process of its own, worked by the commands of a terminal."""

    def __init__(self, machine: Machine, folder: Path) -> None:
        self.machine, self.folder = machine, folder
        self._site: subprocess.Popen[bytes] | None = None
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")}
        self._environment = {
            **inherited,
            "MATCHMAKER_DATA": str(folder),
            "MATCHMAKER_WEBHOOK_HOSTS": "10.77.0.1,10.77.0.2,10.77.0.3,127.0.0.1",
            "PYTHONPATH": str(_ROOT),
        }
        self._process = subprocess.Popen(
            machine.command(sys.executable, "-m", "tests.support.neighbour_process"),
            cwd=_ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: object, status: int = 0) -> str:
        """What a command prints; it must end with this status."""
        answer = self.ask(*arguments)
        assert answer["status"] == status, answer["printed"]
        return str(answer["printed"])

    def ask(self, *arguments: object) -> dict[str, Any]:
        """What a command prints, and its exit status."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(list(map(str, arguments))) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def keys(self) -> tuple[str, str]:
        """The public key and the fingerprint, as they are told."""
        told = re.search(r"public key +(\S+)\nfingerprint +([0-9A-F ]+)", self.run("bundle", "keys"))
        assert told is not None
        return told[1], told[2].strip()

    def trusts(self, other: "Node", level: str = "open", address: str = "") -> None:
        key, fingerprint = other.keys()
        self.run(
            "bundle",
            "add",
            other.machine.name,
            "--key",
            key,
            "--fingerprint",
            fingerprint,
            "--level",
            level,
            "--address",
            address,
        )

    def serve(self) -> str:
        """Let the site answer in the machine's network; its address."""
        host, port = self.machine.address, free_port()
        self._site = subprocess.Popen(
            self.machine.command(sys.executable, "-m", "matchmaker", "serve", "--site-only"),
            cwd=_ROOT,
            env={**self._environment, "MATCHMAKER_HOST": host, "MATCHMAKER_PORT": str(port)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return f"http://{host}:{port}"

    def exported(self) -> str:
        return self.run("export", "-")

    def drafts(self) -> list[str]:
        """The titles of the drafts in the database: those of neighbours are in no export."""
        with closing(sqlite3.connect(self.folder / "matchmaker.sqlite3")) as database:
            return [title for (title,) in database.execute("SELECT title FROM need WHERE state = 'draft'")]

    def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        with self._process:  # which closes what it printed
            self._process.wait(60)
        if self._site is not None:
            self._site.terminate()
            self._site.wait(60)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Node]]:
    folder = tmp_path_factory.mktemp("nodes")
    with machines(("north", "south", "hostile")) as found:
        made = [Node(machine, folder / machine.name) for machine in found]
        for node in made:
            node.run("bundle", "keys", "--make")
        yield made
        for node in made:
            node.end()


def test_three_installations_exchange_and_the_hostile_one_gets_nothing_in(
    nodes: list[Node], tmp_path: Path
) -> None:
    north, south, hostile = nodes
    own = tmp_path / "own.jsonl"
    records = (supplier(), need(id="n-1"), need(id="n-2", title="Втулки"))
    own.write_text("\n".join(map(exports.line, records)) + "\n", encoding="utf-8")
    north.run("import", own)
    for one, other in ((north, south), (south, north), (south, hostile), (hostile, south)):
        one.trusts(other)
    refused = south.run(
        "bundle", "add", "Wrong", "--key", north.keys()[0], "--fingerprint", hostile.keys()[1], status=1
    )
    assert "not the fingerprint of the key" in refused

    first, second = tmp_path / "first", tmp_path / "second"
    north.run("bundle", "out", south_code := _code(north, "south"), first)
    north.run("bundle", "out", south_code, second, "--days", 3)
    assert "1 firms" in south.run("bundle", "in", second)
    assert "1 firms" not in south.exported()
    for secret in ("shop@example.org", "343 000", "7736050003", "Завод «Сборка»", "s-17"):
        assert secret not in second.read_text(encoding="utf-8")
        assert secret not in south.exported()
    assert "Втулки" in south.drafts()  # of its own centre
    assert "Втулки" not in south.exported()  # but nobody else's to pass on, no more than the firm
    assert "Primer" not in south.exported()
    assert "north" in south.run("bundle", "neighbours")

    assert "is older than the one taken" in south.run("bundle", "in", first, status=2)
    assert "was taken on" in south.run("bundle", "in", second, status=2)
    assert "for another installation" in _refusal(south, tmp_path, _for_another(hostile, north))
    changed = second.read_bytes().replace("Втулки".encode(), "Втулка".encode())
    assert "signature does not fit" in _refusal(south, tmp_path, changed)
    head = bundle_format.opened(second.read_bytes()).head
    fresh = head.model_copy(update={"serial": head.serial + 9, "records": 0})
    assert "signature does not fit" in _refusal(
        south, tmp_path, _signed(hostile, fresh)
    )  # in the north's name
    theirs = second.read_bytes()
    assert "on no list of neighbours" in _refusal(hostile, tmp_path, theirs)  # another's bundle
    to_hostile = tmp_path / "to-hostile"
    south.run("bundle", "out", _code(south, "hostile"), to_hostile)
    assert bundle_format.opened(to_hostile.read_bytes()).head.records == 0  # nobody passes others' records on
    posing = fresh.model_copy(update={"issuer": head.audience})
    assert "on no list of neighbours" in _refusal(south, tmp_path, _signed(hostile, posing))

    assert "Втулки" in south.drafts()  # whatever was tried, it stands as it stood
    south.run("bundle", "remove", _code(south, "north"), "--yes")
    assert "Втулки" not in south.drafts()
    assert "on no list of neighbours" in _refusal(south, tmp_path, theirs)
    south.run("journal", "check")


def test_bundles_go_over_the_network_between_neighbours_alone(nodes: list[Node], tmp_path: Path) -> None:
    north, south, hostile = nodes
    own = tmp_path / "net.jsonl"
    shop = supplier(id="s-net", inn=None, name={"ru": "Сетевой цех"})
    own.write_text(
        "\n".join(map(exports.line, (shop, need(id="n-net", title="Фланцы")))) + "\n", encoding="utf-8"
    )
    north.run("import", own)
    at_north, at_south = north.serve(), south.serve()
    north.trusts(south, address=at_south)
    for one in (south, hostile):
        one.trusts(north, address=at_north)
    from_north = _code(south, "north")
    patience = time.monotonic() + 240
    while "could not be reached" in (told := south.ask("bundle", "pull", from_north)["printed"]):
        assert time.monotonic() < patience, told
        time.sleep(0.5)
    assert "firms" in told
    assert "Фланцы" in south.drafts()
    assert "may ask for a bundle" in hostile.run("bundle", "pull", _code(hostile, "north"), status=2)
    closed = supplier(id="s-net", inn=None, name={"ru": "Сетевой цех"}, registration={"closed": "2026-01-01"})
    own.write_text(exports.line(closed) + "\n", encoding="utf-8")
    north.run("import", own)
    before = south.run("bundle", "neighbours")
    told = north.ask("bundle", "push", _code(north, "south"))
    while "could not be reached" in told["printed"]:
        assert time.monotonic() < patience, told
        time.sleep(0.5)
        told = north.ask("bundle", "push", _code(north, "south"))
    assert told["printed"] == "It was taken.\n"
    assert before != south.run("bundle", "neighbours")  # a firm fewer


def _code(node: Node, name: str) -> str:
    line = next(line for line in node.run("bundle", "neighbours").splitlines() if f" {name} " in line)
    found = re.search(r"neighbour-[0-9a-f]+", line)
    assert found is not None
    return found[0]


def _refusal(node: Node, folder: Path, raw: bytes) -> str:
    file = folder / "refused"
    file.write_bytes(raw)
    return node.run("bundle", "in", file, status=2)


def _signed(node: Node, head: BundleHead) -> bytes:
    """A bundle that says what its head says, signed by a node."""
    return bundle_format.sealed(head, (), read_key(node.folder))


def _for_another(signer: Node, audience: Node) -> bytes:
    """A bundle that is right, but for another one."""
    key = read_key(signer.folder)
    given = {"issuer": key.fingerprint, "audience": read_key(audience.folder).fingerprint}
    head = BundleHead.model_validate(
        {
            **given,
            "serial": 1,
            "issued": "2026-01-01T00:00:00Z",
            "expires": "2036-01-01T00:00:00Z",
            "level": "open",
            "records": 0,
        }
    )
    return bundle_format.sealed(head, (), key)
