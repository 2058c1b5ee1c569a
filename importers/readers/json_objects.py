"""The objects of a JSON file, one after the other: JSON lines, or the list under a key of one large object."""

import codecs
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from importers.readers.archives import Member
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

MOST_OBJECT = 8_000_000  # characters of one object
_PIECE = 1 << 18
_BETWEEN = re.compile(r"[\s,]*")
_BROKEN = N_("The JSON of %(file)s is broken behind %(read)s bytes: %(reason)s.")


def _constant(name: str) -> float:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_constant)


class _Reading:
    """A window on the text of a file that moves forward."""

    def __init__(self, member: Member) -> None:
        self._member, self._decoder = member, codecs.getincrementaldecoder("utf-8-sig")()
        self.text, self.at, self.read, self.ended = "", 0, 0, False

    def grow(self) -> None:
        """Read on, forgetting what is done. Raises UnreadableFile where no object ends within reason."""
        if len(self.text) - self.at > MOST_OBJECT:
            raise self.broken(N_("an object is too large"))
        piece = self._member.read(_PIECE)
        self.read += len(piece)
        self.ended = not piece
        try:
            self.text, self.at = self.text[self.at :] + self._decoder.decode(piece, self.ended), 0
        except UnicodeDecodeError as error:
            raise self.broken("UTF-8") from error

    def object(self) -> Any:
        """The next value. Raises UnreadableFile."""
        while True:
            try:
                found, self.at = _DECODER.raw_decode(self.text, self.at)
            except RecursionError as error:
                raise self.broken(N_("it is nested too deeply")) from error
            except ValueError as error:
                if self.ended:
                    raise self.broken(str(error)[:80]) from error
                for _ in range(
                    max(1, (len(self.text) - self.at) // _PIECE)
                ):  # as much again: no text is read too often
                    self.grow()
            else:
                return found

    def skip(self) -> str:
        """The sign with which the next value begins, behind blanks and commas; empty at the end."""
        while True:
            match = _BETWEEN.match(self.text, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.text) or self.ended:
                return self.text[self.at : self.at + 1]
            self.grow()

    def broken(self, reason: str) -> UnreadableFile:
        return UnreadableFile(_BROKEN, file=self._member.name, read=self.read, reason=reason)


def objects(member: Member, lists: Sequence[str]) -> Iterator[tuple[int, Any]]:
    """The objects of JSON lines; of an object that has one of the `lists`, the entries of this list. Each comes with the bytes
    read so far. Raises UnreadableFile.
    """
    reading = _Reading(member)
    reading.grow()
    key = re.compile(rf'"(?:{"|".join(lists)})"\s*:\s*\[')
    line, _, _ = reading.text.partition("\n")
    found = key.search(reading.text)
    in_package = found is not None and not _is_whole(line)
    if found and in_package:
        reading.at = found.end()
    while (sign := reading.skip()) and sign != "]":
        one = reading.object()
        within = next((one[name] for name in lists if name in one), None) if isinstance(one, dict) else None
        is_package = isinstance(within, list) and "ocid" not in one
        for entry in within if is_package and within else (one,):
            yield reading.read, entry
    if in_package and not sign:
        raise reading.broken(N_("it ends before its list does"))


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
