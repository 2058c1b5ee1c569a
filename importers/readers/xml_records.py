"""The records of an XML file, one after the other, by expat: no file is held in memory, and none may declare entities."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

from importers.readers.archives import Member
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

MOST_ELEMENTS = 20_000  # that are kept of one record
MOST_TEXT = 100_000  # characters that are kept of one record
MOST_PENDING = 5_000_000  # bytes of one tag
_PIECE = 1 << 16
_DTD = N_("it declares its own entities (DTD), which are not read; save it without them")
_BROKEN = N_("The XML of %(file)s is broken at line %(line)s: %(reason)s.")
_TOO_LARGE = N_("a record of it is too large to be read")


@dataclass(slots=True)
class Element:
    """An element of a record with those of its children that are kept."""

    name: str
    values: Mapping[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def child(self, *names: str) -> "Element":
        """The first child below each other of these names; one without values where there is none."""
        found = self
        for name in names:
            found = next((one for one in found.children if one.name == name), Element(name, {}))
        return found

    def all(self, name: str) -> list["Element"]:
        return [one for one in self.children if one.name == name]

    def get(self, name: str) -> str | None:
        """A value with single blanks; None where it is missing or empty."""
        return " ".join(self.values.get(name, "").split()) or None

    def plain(self, name: str) -> str | None:
        """A value as it is written, without blanks around it; None where it is missing or empty."""
        return self.values.get(name, "").strip() or None


class _Gathering:
    """The gathering of records from the events of a parser: of each the elements whose names are kept."""

    def __init__(self, file: str, record: str, kept: Collection[str]) -> None:
        self._file, self._record, self._kept = file, record, kept
        self._open: list[Element] = []
        self._skipped = self._count = 0
        self.done: list[Element] = []

    def start(self, name: str, values: dict[str, str]) -> None:
        if self._skipped or (self._open and name not in self._kept):
            self._skipped += 1
            return
        if not self._open and name != self._record:
            return
        made = Element(name, values)
        self._count = self._count + 1 if self._open else 1
        if self._count > MOST_ELEMENTS:
            raise UnreadableFile(file=self._file, reason=_TOO_LARGE)
        if self._open:
            self._open[-1].children.append(made)
        self._open.append(made)

    def end(self, _name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._open:
            closed = self._open.pop()
            if not self._open:
                self.done.append(closed)

    def text(self, piece: str) -> None:
        if self._open and not self._skipped and len(self._open[-1].text) < MOST_TEXT:
            self._open[-1].text += piece

    def refuse(self, *_declared: object) -> None:
        raise UnreadableFile(file=self._file, reason=_DTD)


def records(member: Member, record: str, kept: Collection[str]) -> Iterator[tuple[int, Element]]:
    """The elements named `record` with those within that are `kept`, each with the bytes read so far.

    Raises UnreadableFile, naming the file, for broken XML, declared entities, and records that are too large.
    """
    file, found = member.name, _Gathering(member.name, record, kept)
    parser = _parser(found)
    fed = 0
    try:
        while piece := member.read(_PIECE):
            fed += len(piece)
            parser.Parse(piece)
            if fed - max(parser.CurrentByteIndex, 0) > MOST_PENDING:
                raise UnreadableFile(file=file, reason=_TOO_LARGE)
            while found.done:
                yield fed, found.done.pop(0)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise UnreadableFile(_BROKEN, file=file, line=error.lineno, reason=said) from error


def _parser(found: _Gathering) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = found.start, found.end
    parser.CharacterDataHandler = found.text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = found.refuse
    return parser


def root(file: str, head: bytes) -> Element | None:
    """The first element of a file, from its beginning; None where this is no XML. Raises UnreadableFile for entities."""
    found: list[Element] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, values: found.append(Element(name, values))
    parser.StartDoctypeDeclHandler = _Gathering(file, "", ()).refuse
    with suppress(expat.ExpatError, LookupError):
        parser.Parse(head)
    return found[0] if found else None
