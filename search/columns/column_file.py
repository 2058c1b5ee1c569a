"""The columns as a file, so that a process that starts need not make them from documents.

It is a cache. Its head, with a checksum, names the program and the taxonomy that made it and the arrays that follow; its end
is the checksum of these. A file that is not wholly so counts as none. Every row bears the mark of the stored document from
which it was made, and whoever reads the file compares these with the documents, not with any number that counts changes: so
it may be old, of another database, or written by two at once. The file is read and not mapped, so that nothing that happens
to it later reaches a process that runs.
"""

import hashlib
import json
import logging
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import metadata
from io import BufferedReader
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import search
from matchmaker import domain
from matchmaker.domain.errors import EngineUnavailable
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.codes import Vocabulary
from search.columns.facts import CertificateColumns, PlannedHours
from search.columns.ragged import Grouped, offsets
from search.columns.store import OF_CAPABILITIES, OF_SUPPLIERS, Columns
from search.columns.words import BaseForms, ProfileWords
from search.engines.embedded import folder as folders

Arrays = dict[str, NDArray[Any]]
Marks = NDArray[np.uint64]

_log = logging.getLogger(__name__)
_SINGLE = (*OF_SUPPLIERS, "direction", "first", "capability_row", "envelope", "of_catalogue")
_FAULTS = (OSError, ValueError, TypeError, LookupError)
_CHECKSUM = 4  # bytes
_LONGEST_HEAD = 1 << 24  # bytes; it holds the codes of the vocabularies


def mark_of(body: bytes) -> int:
    """The mark of a stored document; never 0, which marks none."""
    return int.from_bytes(hashlib.blake2b(body, digest_size=8).digest()) or 1


@dataclass(frozen=True, slots=True)
class ReadColumns:
    """Columns from a file, with the mark of what each row was made from."""

    columns: Columns
    marks: Marks

    def beside(self, stored: Iterable[tuple[str, int]]) -> tuple[set[str], tuple[str, ...]]:
        """The keys of stored documents from which no row was made, and the keys of rows that were made from no stored one."""
        marks, same = self.marks.tolist(), np.zeros(len(self.marks), dtype=np.bool_)
        other = set[str]()
        for key, mark in stored:
            row = self.columns.row(key)
            if row is not None and marks[row] == mark:
                same[row] = True
            else:
                other.add(key)
        return other, tuple(self.columns.keys[row] for row in np.flatnonzero(~same))


def read(path: Path, taxonomy: Taxonomy) -> ReadColumns | None:
    """The columns of a file; None where there is none that this program wrote, whole, with this taxonomy."""
    try:
        with path.open("rb") as stream:
            head = _head(stream)
            if head["made_by"] != _maker(taxonomy):
                return None
            return _columns(head["vocabularies"], _arrays(stream, head["arrays"]), taxonomy)
    except FileNotFoundError:
        return None
    except _FAULTS as error:
        _log.warning("The file of the columns is made anew: %s", error)
        return None


def write(path: Path, columns: Columns, stored: Iterable[tuple[str, int]]) -> bool:
    """Keep columns in a file at one stroke, and tell whether it was done; `stored` are the keys and marks of the documents from
    which rows were made. Where another process does the same, or the disk is full, there is nothing to do.
    """
    marks = np.zeros(len(columns), dtype=np.uint64)
    for key, mark in stored:
        row = columns.row(key)
        if row is not None:
            marks[row] = mark
    arrays = {"marks": marks, **_taken_apart(columns)}
    head = json.dumps(
        {
            "made_by": _maker(columns.taxonomy),
            "vocabularies": {name: list(codes) for name, codes in columns.numbered.items()},
            "arrays": [(name, values.dtype.str, values.shape) for name, values in arrays.items()],
        }
    ).encode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            folders.locked(path.with_suffix(".lock"), patience=0),
            folders.replacing(path) as stream,
        ):
            stream.write(b"%08x %s\n" % (zlib.crc32(head), head))
            found = 0
            for values in arrays.values():
                block = values.tobytes()
                found = zlib.crc32(block, found)
                stream.write(block)
            stream.write(found.to_bytes(_CHECKSUM))
    except EngineUnavailable:
        return False
    except OSError as error:
        _log.warning("The columns cannot be kept in a file: %s", error)
        return False
    return True


@cache
def _program() -> str:
    """What differs wherever other columns might be made from the same documents."""
    digest = hashlib.sha256(np.__version__.encode())
    for package in ("pymorphy3", "pymorphy3-dicts-ru"):
        digest.update(metadata.version(package).encode())
    for root in (search, domain):
        for source in sorted(Path(root.__path__[0]).rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()


def _maker(taxonomy: Taxonomy) -> list[str]:
    return [_program(), taxonomy.version]


def _head(stream: BufferedReader) -> Any:
    checksum, _, head = stream.readline(_LONGEST_HEAD).rstrip(b"\n").partition(b" ")
    if checksum != b"%08x" % zlib.crc32(head):
        raise ValueError("its head is damaged")
    return json.loads(head)


def _arrays(stream: BufferedReader, named: list[tuple[str, str, list[int]]]) -> Arrays:
    arrays: Arrays = {}
    found = 0
    for name, dtype, shape in named:
        values = arrays[name] = np.empty(shape, dtype)
        block = values.reshape(-1).view(np.uint8).data
        if stream.readinto(block) != values.nbytes:
            raise ValueError("it is cut short")
        found = zlib.crc32(block, found)
    if stream.read() != found.to_bytes(_CHECKSUM):
        raise ValueError("it is not what was written")
    return arrays


def _taken_apart(columns: Columns) -> Arrays:
    """All arrays of columns, by name; texts as bytes."""
    groups = {f"members.{name}": group for name, group in columns.members.items()}
    groups |= {name: getattr(columns, name) for name in OF_CAPABILITIES} | {"words": columns.words.order}
    flat: Arrays = {name: getattr(columns, name) for name in _SINGLE}
    for held in ("answers", "numbers"):
        flat |= {f"{held}.{name}": values for name, values in getattr(columns, held).items()}
    for name, group in groups.items():
        flat |= {f"{name}.first": group.first, f"{name}.values": group.values}
    for held in ("certificates", "plans"):
        flat |= {
            f"{held}.{one.name}": getattr(getattr(columns, held), one.name)
            for one in fields(getattr(columns, held))
        }
    return flat | {
        "words.users": columns.words.users,
        "words.pair_users": columns.words.pair_users,
        "keys": _bytes("\n".join(columns.keys).encode()),
        "bases": _bytes("\n".join(columns.words.numbers.bases()).encode()),
        "texts.first": offsets([len(text) for text in columns.texts]),
        "texts": _bytes(b"".join(columns.texts)),
    }


def _columns(vocabularies: Mapping[str, list[str]], arrays: Arrays, taxonomy: Taxonomy) -> ReadColumns:
    """The columns that were taken apart."""

    def group(name: str) -> Grouped:
        return Grouped(arrays[f"{name}.first"], arrays[f"{name}.values"])

    def under(held: str) -> Arrays:
        return {
            name.removeprefix(f"{held}."): values
            for name, values in arrays.items()
            if name.startswith(f"{held}.")
        }

    columns = Columns.unfilled(taxonomy, {name: Vocabulary(codes) for name, codes in vocabularies.items()})
    for name in _SINGLE:
        setattr(columns, name, arrays[name])
    for name in OF_CAPABILITIES:
        setattr(columns, name, group(name))
    columns.answers, columns.numbers = under("answers"), under("numbers")
    members = (name.removesuffix(".first") for name in under("members") if name.endswith(".first"))
    columns.members = {name: group(f"members.{name}") for name in members}
    columns.certificates = CertificateColumns(**under("certificates"))
    columns.plans = PlannedHours(**under("plans"))
    columns.words = ProfileWords.whole(
        BaseForms(_words(arrays["bases"])), group("words"), arrays["words.users"], arrays["words.pair_users"]
    )
    ends, texts = arrays["texts.first"].tolist(), arrays["texts"].tobytes()
    columns.texts = tuple(texts[one:other] for one, other in pairwise(ends))
    columns.name_rows(tuple(_words(arrays["keys"])))
    return ReadColumns(columns, arrays["marks"])


def _bytes(joined: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(joined, dtype=np.uint8)


def _words(joined: NDArray[np.uint8]) -> list[str]:
    return joined.tobytes().decode().split("\n") if len(joined) else []
