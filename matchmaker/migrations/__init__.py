"""Alembic's migrations, configured in code. FIRST and HEAD are the oldest and the newest, known without
loading Alembic.

They may not import the models: a migration describes one past change, the models the present tables.
"""

from pathlib import Path

from matchmaker.domain.errors import DatabaseTooNew, DatabaseTooOld

VERSIONS = Path(__file__).parent / "versions"
_NUMBERS = sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py"))
FIRST, HEAD = _NUMBERS[0], _NUMBERS[-1]

# The last commit whose program leads a database to FIRST.
_BEFORE_FIRST = "2e6f35a"


def check_version(version: str | None) -> None:
    """Raise DatabaseTooOld or DatabaseTooNew for a version from which no migration leads on."""
    if version is None or version in _NUMBERS:
        return
    if version < FIRST:
        raise DatabaseTooOld(version=version, first=FIRST, commit=_BEFORE_FIRST)
    raise DatabaseTooNew(version=version, head=HEAD)
