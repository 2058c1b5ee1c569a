"""The origin of records that are saved."""

from dataclasses import dataclass

from matchmaker.models import Centre


@dataclass(frozen=True, slots=True)
class RecordOrigin:
    """The centre that records belong to, the name of the file's form they come from, who saves them, as the journal
    names it, and the import (its row id) where they come from a file.
    """

    centre: Centre
    source: str
    by: str
    batch: int | None = None
