"""The files that ship with the product: templates, taxonomy, sources. The packaged copy comes first, the
checkout's folder second.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TAXONOMY_FILES = (
    "processes",
    "materials",
    "standards",
    "equipment",
    "sectors",
    "quality_papers",
    "regions",
    "districts",
    "countries",
    "reasons",
    "units",
    "statuses",
)
LANGUAGE_FILES = (
    "scope",
    "dates",
    "sizes",
    "figures",
    "pieces",
    "places",
    "spelling",
    "needs",
    "contacts",
    "segments",
    "references",
    "work",
    "tables",
    "certificates",
    "cells",
)


def folder(name: str) -> Path:
    """The folder `name` ("config" or "templates") as shipped in the wheel, or in the checkout."""
    packaged = Path(str(files("matchmaker"))) / "_resources" / name
    return packaged if packaged.is_dir() else Path(str(files("matchmaker"))).parent / name


def read_yaml(path: Path) -> Any:
    with path.open("rb") as stream:
        return yaml.load(stream, Loader=_LOADER)  # noqa: S506 - always a safe loader, in C where there is one


@dataclass(frozen=True, slots=True)
class TaxonomyFiles:
    """The parsed files of config/taxonomy by name, the rows of its tables, and a hash of them all."""

    parsed: Mapping[str, Any]
    towns: tuple[Mapping[str, str], ...]
    machines: tuple[Mapping[str, str], ...]
    version: str


def read_language_file(name: str) -> Any:
    """The lists of words of a file of config/language."""
    return read_yaml(folder("config") / "language" / f"{name}.yaml")


def read_part_names() -> Any:
    """The names of parts, each in both languages by their codes."""
    return read_yaml(folder("config") / "parts" / "names.yaml")


def read_taxonomy_files() -> TaxonomyFiles:
    """The files of the taxonomy; their version includes the words of config/language, since texts are read
    with both.
    """
    root = folder("config") / "taxonomy"
    digest = hashlib.sha256()
    for path in (*sorted(root.iterdir()), *sorted((folder("config") / "language").iterdir())):
        digest.update(path.read_bytes())
    parsed = {name: read_yaml(root / f"{name}.yaml") for name in TAXONOMY_FILES}
    towns = [row for name in ("towns", "towns_abroad") for row in _rows(root / f"{name}.csv")]
    lesser = ({**row, "lesser": "yes"} for row in _rows(root / "towns_world.csv"))
    return TaxonomyFiles(parsed, (*towns, *lesser), _rows(root / "machines.csv"), digest.hexdigest()[:12])


def _rows(path: Path) -> tuple[Mapping[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))
