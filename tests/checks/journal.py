"""`make check-journal`: random tamperings with the journal by somebody who can write to the database alone, each found or
not, the figure last.

    python -m tests.checks.journal [tamperings]
"""

import hashlib
import json
import random
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act
from matchmaker.settings import Settings
from matchmaker.wiring import Application

TAMPERINGS, ENTRIES = 1000, 40
Row = dict[str, Any]
_TEXTS = ("actor", "action", "object_kind", "object_id", "centre", "previous_hash", "hash")


def _rows(session: Session) -> list[Row]:
    columns = AuditEntry.__table__.columns
    return [dict(row) for row in session.execute(select(*columns).order_by(AuditEntry.id)).mappings()]


def _put(session: Session, rows: list[Row]) -> None:
    session.execute(delete(AuditEntry))
    if rows:
        session.execute(insert(AuditEntry), rows)


def _alter(session: Session, chance: random.Random) -> None:
    row = chance.choice(_rows(session))
    changed = {
        **{name: {name: f"x{chance.random()}"[:12]} for name in _TEXTS},
        "details": {"details": {"sum": chance.random()}},
        "id": {"id": row["id"] + 1000},
    }
    values = changed[chance.choice(list(changed))]
    session.execute(update(AuditEntry).where(AuditEntry.id == row["id"]).values(values))


def _remove(session: Session, chance: random.Random) -> None:
    rows = _rows(session)
    gone = {one["id"] for one in chance.sample(rows, chance.randint(1, 5))}
    _put(session, [one for one in rows if one["id"] not in gone])


def _cut(session: Session, chance: random.Random) -> None:
    rows = _rows(session)
    _put(session, rows[: chance.randrange(len(rows))])


def _swap(session: Session, chance: random.Random) -> None:
    rows = _rows(session)
    one, other = chance.sample(range(len(rows)), 2)
    rows[one]["id"], rows[other]["id"] = rows[other]["id"], rows[one]["id"]
    _put(session, rows)


def _add(session: Session, chance: random.Random) -> None:
    rows = _rows(session)
    copy = {**chance.choice(rows), "id": rows[-1]["id"] + 1, "previous_hash": rows[-1]["hash"]}
    _put(session, [*rows, _hashed_without_key(copy, "id" if chance.random() < 0.5 else "")])


def _rewrite(session: Session, chance: random.Random) -> None:
    """A whole new chain from some entry on, hashed as well as one can without the key."""
    rows = _rows(session)
    begin = chance.randrange(len(rows))
    rows[begin]["actor"] = "somebody else"
    last = rows[begin]["previous_hash"]
    for number in range(begin, len(rows)):
        rows[number] = _hashed_without_key({**rows[number], "previous_hash": last}, "id")
        last = rows[number]["hash"]
    _put(session, rows)


def _hashed_without_key(row: Mapping[str, Any], left_out: str) -> Row:
    covered = {name: value for name, value in row.items() if name not in {"hash", left_out}}
    covered["at"] = covered["at"].isoformat()
    text = json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()
    return {**row, "hash": hashlib.sha256(text).hexdigest()}


KINDS: Mapping[str, Callable[[Session, random.Random], None]] = {
    "altered": _alter,
    "removed": _remove,
    "cut off": _cut,
    "reordered": _swap,
    "added": _add,
    "rewritten": _rewrite,
}


def tampered(application: Application, number: int, chance: random.Random) -> tuple[str, bool]:
    """The kind of a tampering, which is taken back, and whether it was found."""
    kind = list(KINDS)[number % len(KINDS)]
    with application.sessions() as session:
        KINDS[kind](session, chance)
        session.expire_all()
        found = not journal.examine(session).is_whole
        session.rollback()
    return kind, found


def filled(application: Application, entries: int) -> None:
    """Write so many acts, each committed, the first ones as a program before the key did."""
    for number in range(entries):
        with application.sessions.begin() as session:
            if number < entries // 4:
                session.info.pop("journal", None)
            journal.record(
                session,
                f"person {number % 3}",
                (Act("need.edited", "need", f"n{number}", "c", {"n": number}),),
            )


def main(tamperings: int) -> int:
    chance, missed = random.Random(1), list[str]()
    with tempfile.TemporaryDirectory() as folder:
        application = Application(Settings(data=Path(folder) / "data", _env_file=None))
        try:
            filled(application, ENTRIES)
            with application.sessions() as session:
                whole = journal.examine(session)
            assert whole.is_whole, whole
            for number in range(tamperings):
                kind, found = tampered(application, number, chance)
                if not found:
                    missed.append(kind)
        finally:
            application.close()
    if missed:
        print("not found:", ", ".join(sorted(set(missed))))
    print(
        f"tamperings found {tamperings - len(missed)} of {tamperings}, an untouched journal is whole: {whole.is_whole}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TAMPERINGS))
