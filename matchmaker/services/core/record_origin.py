"""The origin of records that are saved."""

from dataclasses import dataclass

from matchmaker.models import Centre


@dataclass(frozen=True, slots=True)
class RecordOrigin:
    """The centre that records belong to, the name of the file's form they come from, and who saves them, as the journal
    names it.
    """

    centre: Centre
    source: str
    by: str
