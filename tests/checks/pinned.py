"""The packages that the locks pin."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PRODUCT, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
_PIN = re.compile(r"^(?P<requirement>[^\s#][^\\\n]*?)\s*\\?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """A package at the one version that a lock allows, for some interpreters."""

    name: str
    version: Version
    here: bool  # whether this interpreter installs it


def packages(lock: Path) -> list[Package]:
    """The packages of a lock. Raises ValueError for a line that pins no version: nothing may pass unseen."""
    return list(_packages(lock.read_text(encoding="utf-8")))


def _packages(text: str) -> Iterator[Package]:
    for found in _PIN.finditer(text):
        requirement = Requirement(found["requirement"])
        pins = [pin for pin in requirement.specifier if pin.operator == "=="]
        if len(pins) != 1:
            raise ValueError(f"{found['requirement']}: a line of a lock pins one version")
        here = requirement.marker is None or requirement.marker.evaluate()
        yield Package(canonicalize_name(requirement.name), Version(pins[0].version), here)
