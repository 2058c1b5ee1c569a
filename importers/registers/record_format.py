"""What a form of files is: how it is recognised, and how its records are read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from importers.readers.archives import Member
from importers.rows import FileRow


@dataclass(frozen=True, slots=True)
class RecordFormat:
    """A form of files; its `name` is the source of the records.

    `recognises` looks at the name of a file and its first bytes, and raises UnreadableFile for a form that is known and not
    read, such as an older one. `read` gives the records, numbered by whoever walks through the files.
    """

    name: str
    recognises: Callable[[str, bytes], bool]
    read: Callable[[Member], Iterator[FileRow]]
