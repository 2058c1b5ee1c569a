"""Network namespaces of Linux: machines beside each other on one switch, as far as their programs can tell.

Where the system does not allow them, everything runs on loopback, and `PLACE` says so.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

_IP = shutil.which("ip") or "/usr/sbin/ip"


@dataclass(frozen=True)
class Machine:
    """A namespace with an address of its own; without a namespace it is this machine on loopback."""

    name: str
    address: str
    namespace: str = ""

    def command(self, *words: str) -> list[str]:
        """What starts a command on this machine."""
        return [_IP, "netns", "exec", self.namespace, *words] if self.namespace else list(words)


def _run(*words: str) -> None:
    subprocess.run([_IP, *words], check=True, capture_output=True, timeout=60)


@contextmanager
def machines(names: Sequence[str]) -> Iterator[list[Machine]]:
    """A machine for each name, 10.77.0.1 and up."""
    mark = f"mm{os.getpid()}"
    spaces = [f"{mark}-{name}" for name in (*names, "switch")]
    made: list[str] = []
    try:
        try:
            for space in spaces:
                _run("netns", "add", space)
                made.append(space)
            found = _joined(names, spaces, mark)
        except (OSError, subprocess.CalledProcessError):
            print("network namespaces are not allowed here: the installations share loopback")
            found = [Machine(name, "127.0.0.1") for name in names]
        yield found
    finally:
        for space in made:
            _run("netns", "del", space)


def _joined(names: Sequence[str], spaces: Sequence[str], mark: str) -> list[Machine]:
    switch, found = spaces[-1], []
    inside = ("-n", switch)
    _run(*inside, "link", "add", "br0", "type", "bridge")
    _run(*inside, "link", "set", "br0", "up")
    for number, (name, space) in enumerate(zip(names, spaces, strict=False), 1):
        cable = f"{mark}v{number}"[-14:]
        _run("-n", space, "link", "add", "eth0", "type", "veth", "peer", "name", cable, "netns", switch)
        _run(*inside, "link", "set", cable, "master", "br0")
        _run(*inside, "link", "set", cable, "up")
        address = f"10.77.0.{number}"
        _run("-n", space, "addr", "add", f"{address}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            _run("-n", space, "link", "set", link, "up")
        found.append(Machine(name, address, space))
    return found
