"""Site and worker in processes of their own, and the mail server that takes their letters."""

import http.client
import multiprocessing
import time
from collections import Counter
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.checks.kills.writers import PATIENCE
from tests.support import warm_program
from tests.support.live_site import free_port
from tests.support.visitor import Visitor


class Inbox:
    """A mail server that keeps the Message-IDs of what it took."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
        lines = envelope.content.decode("utf-8", "replace").splitlines()
        self.taken[next(line for line in lines if line.startswith("Message-ID:")).split()[1]] += 1
        return "250 OK"


class Site:
    """Site and worker over one data folder, started, killed and started again."""

    def __init__(self, folder: Path, settings: dict[str, str], lease: float) -> None:
        self.port = free_port()
        self._folder, self._settings, self._lease = folder, settings, lease
        self._making = multiprocessing.get_context("forkserver")
        self._making.set_forkserver_preload([warm_program.__name__])
        self._running: dict[str, BaseProcess] = {}
        self._commands = {"site": ("serve", "--site-only", "--port", str(self.port)), "worker": ("worker",)}

    def start(self) -> float:
        """Start what does not run; the seconds until pages are answered."""
        for name, words in self._commands.items():
            if name not in self._running:
                given = (self._folder / f"{name}.log", self._settings, self._lease, *words)
                made = self._making.Process(target=warm_program.command, args=given)
                made.start()
                self._running[name] = made
        began = time.monotonic()
        while not self._answers():
            assert time.monotonic() - began < PATIENCE, (self._folder / "site.log").read_text()[-3000:]
            time.sleep(0.05)
        return time.monotonic() - began

    def kill(self, *names: str) -> None:
        for name in names:
            self._running[name].kill()
        for name in names:
            self._running.pop(name).join()

    def stop(self) -> None:
        self.kill(*self._running)

    def _answers(self) -> bool:
        try:
            return Visitor(f"127.0.0.1:{self.port}", seconds=10).get("/needs/").status in {200, 302}
        except (OSError, http.client.HTTPException):
            return False
