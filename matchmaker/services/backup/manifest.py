"""The manifest of a backup: what it holds, of which installation and moment, and the hash of every part."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from pydantic import TypeAdapter

from matchmaker.services.core.journal_seal import JournalEnd

# The name of the key in a backup, and what begins those of the data folder's files.
KEY, DATA = "secret_key", "data/"
DatabaseKind = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class BackupPart:
    """A part by its name in the backup."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """The facts of a database at one moment: `version` names its migration, `server` the program that kept it."""

    kind: DatabaseKind
    server: str
    version: str
    identity: str
    rows: Mapping[str, int]
    journal: JournalEnd | None


@dataclass(frozen=True, slots=True)
class BackupManifest:
    """The contents of a backup. `missing` and `altered` name stored files that the site had lost, or whose bytes were
    not those of their hash, when the backup was made.
    """

    product: str
    made_at: datetime
    database: DatabaseFacts
    settings: Mapping[str, str]
    parts: tuple[BackupPart, ...]
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    format: Literal[1] = 1

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    @property
    def files(self) -> int:
        """The number of files of the data folder."""
        return sum(part.name.startswith(DATA) for part in self.parts)

    @property
    def has_key(self) -> bool:
        return any(part.name == KEY for part in self.parts)


@cache
def _adapter() -> TypeAdapter[BackupManifest]:
    return TypeAdapter(BackupManifest)


def dump(manifest: BackupManifest) -> bytes:
    return _adapter().dump_json(manifest, indent=1)


def parse(content: bytes) -> BackupManifest:
    """Raises ValueError for anything that is no manifest of this format."""
    return _adapter().validate_json(content)
