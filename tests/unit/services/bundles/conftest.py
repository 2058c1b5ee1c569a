"""Three installations for each test: two that know each other, and a hostile one that the second knows too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.neighbours import Installation, Neighbourhood


@pytest.fixture
def around(_migrated: Path, tmp_path: Path) -> Iterator[Neighbourhood]:
    made = [Installation.made(name, _migrated, tmp_path / name) for name in ("North", "South", "Hostile")]
    north, south, hostile = made
    for one, other in ((north, south), (south, north), (south, hostile), (hostile, south)):
        one.trusts(other)
    yield Neighbourhood(north, south, hostile)
    for one in made:
        one.close()
