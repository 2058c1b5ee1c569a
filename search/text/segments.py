"""The parts of a letter: what is the request itself, and what only surrounds it.

What surrounds it is replaced by blanks before anything is recognised, so that no other part needs to know of letters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from search.text.lexicon import WordPattern


class SegmentKind(StrEnum):
    """The kinds of parts that are not the request."""

    HEADER = "header"
    QUOTED = "quoted"
    GREETING = "greeting"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"
    CONTACT = "contact"
    URL = "url"
    EMAIL = "e-mail"
    FILE = "file"
    NUMBERING = "numbering"


class TextSource(StrEnum):
    """The source of a text: the letter of a buyer, a shop's description, or a bare term or cell."""

    LETTER = "letter"
    PAGE = "page"
    TERM = "term"


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a text that is not read as the request."""

    kind: SegmentKind
    start: int
    end: int


_URL = WordPattern(
    "segments",
    r"""
    (?:https?://|www\.)[^\s<>«»"')]{3,300}
    | (?<![\w@.-])[\w-]{2,40}(?:\.[\w-]{2,20})?\.(?:@domains)(?:/[^\s<>"')]{0,200})?(?![\w.-])
    """,
)
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_FILE = WordPattern("segments", r"[^\s<>«»\"'(),;:|]{1,100}\.(?:@files)\b")
_PHONE = re.compile(
    r"(?<![\w.,/-])(?:\+\d{1,3}|8)[ (-]{1,2}\d{2,5}[) -]{1,2}\d{2,4}(?:[ -]?\d{2,4}){1,3}(?!\d)"
)
_HEADER = WordPattern("segments", r"[ >]{0,4}(?:@header)[ ]?:[ ]?[^\n]{0,300}", re.IGNORECASE)
_SUBJECT = WordPattern(
    "segments", r"[ >]{0,4}(?:@subject)[ ]?:[ ]? (?:(?:@answer)(?:\[\d{1,3}\])?[ ]?:[ ]?){0,5}"
)
_ANSWER = WordPattern("segments", r"[ ]{0,4}(?:(?:@answer)(?:\[\d{1,3}\])?:[ ]?){1,5}")
_PASSED_ON = WordPattern(
    "segments",
    r"""
    [ ]{0,4} (?: [-_=—*]{2,60}[ ]?@passed_on[^\n]{0,80} | @passed_on[ ]?:? [ ]?$ | _{20,200}[ ]?$
        | [^\n]{4,120}\b@wrote[ ]?:[ ]?$ )
    """,
)
_QUOTED_LINE = re.compile(r"[ ]{0,3}[>|]{1,8}(?![\d=])(?![^|\n]*\|)")
_GREETING = WordPattern("segments", r"[ ]{0,4}(?:@greeting)\b[^.!?,;:\n]{0,60}(?:[,!.:;—-]{1,3}|$)")
_FAREWELL = WordPattern(
    "segments",
    r"[ ]{0,4}(?: (?:--|—)[ ]?$ | (?:@farewell)(?!\w)[^\n]{0,40}$ | (?:@farewell)(?!\w)[^\n]{0,120}[,!] )",
)
_POSTSCRIPT = WordPattern("segments", r"[ ]{0,4}(?:@postscript)[ :.,—-]")
_DISCLAIMER = WordPattern("segments", r"\b(?:@disclaimer)")
_CONTACT = WordPattern(
    "segments",
    r"(?<![\w-])(?:@contact)\.?(?:[ /]{1,3}(?:@contact)\.?){0,2}[ ]?(?:[:№]|(?=[+\d(]))[^\n]{0,200}",
)
_TABLE_LINE = re.compile(r"[^\t\n]*\t[^\t\n]*\t|[^|\n]*\|[^|\n]*\|")


_REFERS_BELOW = WordPattern("segments", r"(?<!\w)@refers_below(?!\w)")


@dataclass(frozen=True, slots=True)
class SegmentedText:
    """A text with the parts that are not the request, and the text with those parts blank."""

    read: str
    ignored: tuple[Segment, ...] = ()

    @property
    def has_quoted(self) -> bool:
        return bool(self.quoted)

    @property
    def quoted(self) -> tuple[tuple[int, int], ...]:
        """The spans of what is quoted or passed on."""
        return tuple((one.start, one.end) for one in self.ignored if one.kind is SegmentKind.QUOTED)

    @property
    def refers_below(self) -> bool:
        """Whether the writer's own words say that what is quoted is said again."""
        return _REFERS_BELOW.search(self.read) is not None


def segmented(text: str, source: TextSource, *, with_quoted: bool = False) -> SegmentedText:
    """The text with its parts told apart; `with_quoted` reads what a letter passes on, too.

    On a shop's page only addresses, files and telephones are no part of the description.
    """
    if source is TextSource.TERM:
        return SegmentedText(text)
    found = list(_inline(text))
    if source is TextSource.LETTER:
        found += _lines(text, with_quoted=with_quoted)
    return _blanked(text, found)


def blanked(text: str) -> str:
    """Blanks in place of a text, its lines kept."""
    return "".join("\n" if sign == "\n" else " " for sign in text)


def _blanked(text: str, found: list[Segment]) -> SegmentedText:
    if not found:
        return SegmentedText(text)
    read = list(text)
    for segment in found:
        for place in range(segment.start, min(segment.end, len(read))):
            if read[place] != "\n":
                read[place] = " "
    return SegmentedText("".join(read), tuple(sorted(found, key=lambda one: (one.start, -one.end))))


def _inline(text: str) -> Iterator[Segment]:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Segment(SegmentKind.EMAIL, *match.span())
    if "." in text:
        for match in _URL.finditer(text):
            yield Segment(SegmentKind.URL, *match.span())
        for match in _FILE.finditer(text):
            yield Segment(SegmentKind.FILE, *match.span())
    for match in _PHONE.finditer(text):
        yield Segment(SegmentKind.CONTACT, *match.span())


def labelled_contacts(text: str) -> Iterator[Segment]:
    """The ways to reach somebody that a word announces ("tel. 12-34"), each to the end of its line."""
    for contact in _CONTACT.finditer(text):
        yield Segment(SegmentKind.CONTACT, *contact.span())


def _lines(text: str, *, with_quoted: bool) -> Iterator[Segment]:
    """The parts that whole lines are, from the first line to the last."""
    signed = passed_on = False
    place = 0
    for written in text.split("\n"):
        start, end = place, place + len(written)
        place = end + 1
        if _PASSED_ON.match(written):
            passed_on, signed = True, False
            yield Segment(SegmentKind.QUOTED, start, end)
            continue
        quote = _QUOTED_LINE.match(written)
        if (passed_on or quote) and not with_quoted:
            yield Segment(SegmentKind.QUOTED, start, end)
            continue
        if quote:
            yield Segment(SegmentKind.QUOTED, start, start + quote.end())
        said = " " * quote.end() + written[quote.end() :] if quote else written
        if not said.strip():
            continue
        if signed and (_POSTSCRIPT.match(said) or _TABLE_LINE.match(said)):
            signed = False
        if signed:
            yield Segment(SegmentKind.SIGNATURE, start, end)
            continue
        yield from _line(said, start)
        farewell = _FAREWELL.match(said)
        if farewell:
            signed = True
            yield Segment(SegmentKind.SIGNATURE, start, end)


def _line(line: str, start: int) -> Iterator[Segment]:
    """The parts of one line that nobody has signed yet."""
    end = start + len(line)
    subject = _SUBJECT.match(line) or _ANSWER.match(line)
    if subject:
        yield Segment(SegmentKind.HEADER, start, start + subject.end())
        return
    if _HEADER.fullmatch(line):
        yield Segment(SegmentKind.HEADER, start, end)
        return
    if _DISCLAIMER.search(line):
        yield Segment(SegmentKind.DISCLAIMER, start, end)
        return
    greeting = _GREETING.match(line)
    if greeting:
        yield Segment(SegmentKind.GREETING, start, start + greeting.end())
    for contact in labelled_contacts(line):
        yield Segment(SegmentKind.CONTACT, start + contact.start, start + contact.end)
