"""Kills inside an import: taken up again, it ends as one that nobody disturbed, with its index whole.

`python -m tests.checks.imports [--rows N] [--kills N]`; Linux, SQLite and the embedded engine. The command line
imports a file of new suppliers, then one that changes each of them; the process is killed at moments spread over either, each time
started again. What is exported, the journal's acts, the documents and the index are then compared. The figure is printed last,
status 1 where anything differs.
"""

import argparse
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import takewhile
from pathlib import Path
from unittest.mock import patch

from pydantic import TypeAdapter
from sqlalchemy import func, select

from matchmaker.domain.records import to_data
from matchmaker.models import AuditEntry, ImportBatch, IndexedDocument, Outbox
from matchmaker.resources import folder, read_yaml
from matchmaker.services.imports import demo, exports
from matchmaker.services.index import drift
from matchmaker.settings import Settings
from matchmaker.wiring import Application, load_taxonomy
from search.document import SearchDocument

PAUSE = 0.02  # seconds between two looks at how far an import is
LONGEST = 1_800.0  # seconds of one run
_COUNTS = re.compile(r"\): (\d.*)")


@dataclass(frozen=True, slots=True)
class ImportedCentre:
    """What imports have left: how many they were, the exported records, the acts of the journal by their number, the documents without what is drawn
    anew in each database, the keys that wait, and what index and database differ in.
    """

    batches: int
    records: tuple[str, ...]
    acts: dict[str, int]
    documents: tuple[SearchDocument, ...]
    waiting: int
    differing: int


def made_files(folder_of: Path, rows: int) -> tuple[Path, Path]:
    """A file of invented suppliers with texts, and one that changes each of them."""
    shops = read_yaml(folder("config") / "demo" / "shops.yaml")
    with patch.object(demo, "SUPPLIERS", rows), patch.object(demo, "NEEDS", 0):
        records = demo.generate(shops, load_taxonomy(), date.today()).suppliers  # noqa: DTZ011 - as the command reads it
    new, changed = folder_of / "new.jsonl", folder_of / "changed.jsonl"
    with new.open("w", encoding="utf-8") as one, changed.open("w", encoding="utf-8") as other:
        for record in records:
            said = to_data(record)
            one.write(json.dumps(said, ensure_ascii=False) + "\n")
            said = {name: said[name] for name in ("kind", "id", "name")} | {"employees": 7_777}
            other.write(json.dumps(said, ensure_ascii=False) + "\n")
    return new, changed


def started(file: Path, data: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "MATCHMAKER_DATA": str(data)}
    asked = [sys.executable, "-m", "matchmaker", "import", str(file)]
    return subprocess.Popen(
        asked, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )


def ended(process: subprocess.Popen[str]) -> str:
    """The counts that a finished import prints."""
    _, shown = process.communicate(timeout=LONGEST)
    found = _COUNTS.search(shown)
    if process.returncode not in {0, 1} or found is None:
        sys.exit(f"the import failed: {shown[-2000:]}")
    return found[1]


def next_line(data: Path, digest: str) -> int:
    """The line up to which the import of the file with this hash is done; 0 before its first chunk."""
    try:
        with sqlite3.connect(
            f"file:{data / 'matchmaker.sqlite3'}?mode=ro", uri=True, timeout=5
        ) as connection:
            return int(
                connection.execute(
                    "SELECT coalesce(max(next_line), 0) FROM import_batch WHERE sha256 = ?", (digest,)
                ).fetchone()[0]
            )
    except sqlite3.Error:
        return 0


def killed(file: Path, data: Path, line: int, chosen: random.Random) -> bool:
    """Kill an import somewhere behind a line; whether it was still at work."""
    process, digest = started(file, data), sha256(file.read_bytes()).hexdigest()
    while process.poll() is None and next_line(data, digest) < line:
        time.sleep(PAUSE)
    time.sleep(chosen.random())
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return alive


def looked_at(data: Path) -> ImportedCentre:
    app = Application(Settings(data=data, _env_file=None))
    read = TypeAdapter(SearchDocument).validate_json
    with app.sessions() as session:
        records = tuple(sorted(exports.line(one) for one in exports.records(session)))
        acts = dict(
            session.execute(select(AuditEntry.action, func.count()).group_by(AuditEntry.action)).all()
        )
        bodies = session.scalars(select(IndexedDocument.body).where(IndexedDocument.body.is_not(None)))
        documents = sorted(
            (replace(read(body), key="") for body in bodies if body), key=lambda one: one.names
        )
        waiting = session.scalar(select(func.count()).select_from(Outbox)) or 0
        batches = session.scalar(select(func.count()).select_from(ImportBatch)) or 0
    differing = len(drift.differences(app.sessions, app.engine))
    app.close()
    return ImportedCentre(batches, records, acts, tuple(documents), waiting, differing)


def differences(one: ImportedCentre, other: ImportedCentre) -> Iterator[str]:
    for name in ImportedCentre.__slots__:
        if getattr(one, name) != getattr(other, name):
            yield name
    if other.waiting or other.differing:
        yield f"{other.waiting} wait, {other.differing} differ between database and index"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chosen = random.Random(asked.seed)
    with tempfile.TemporaryDirectory(prefix="check-imports-") as made:
        place = Path(made)
        # The last kill comes when all rows are saved, and only the index is left.
        lines = [asked.rows * number // asked.kills + 1 for number in range(1, asked.kills + 1)]
        struck, counts = 0, list[tuple[str, str]]()
        for file in made_files(place, asked.rows):
            whole = ended(started(file, place / "whole"))
            kills = sum(
                1 for _ in takewhile(bool, (killed(file, place / "killed", line, chosen) for line in lines))
            )
            struck += kills
            if kills == len(lines):  # else it had ended, and would begin anew
                counts.append((whole, ended(started(file, place / "killed"))))
        found = list(differences(looked_at(place / "whole"), looked_at(place / "killed")))
    found += [f"counts: {resumed} in place of {whole}" for whole, resumed in counts if resumed != whole]
    for one in found:
        print(f"different: {one}")
    print(
        f"{asked.rows} rows, killed {struck} times while at work: {'equal' if not found else 'NOT EQUAL'} ({'; '.join(whole for whole, _ in counts)})"
    )
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
