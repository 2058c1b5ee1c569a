"""The parts of a letter (RFC 5322): who wrote to whom, the words, the files, and the signs by which programs are told from people."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses
from html.parser import HTMLParser

from search.text.segments import SegmentKind, TextSource, segmented

LARGEST = 25_000_000  # bytes of a letter
MOST_FILES = 20
LONGEST = 60_000  # characters of its words
_DEEPEST = 200  # parts of any kind
_HOPS = 30  # servers that a letter of people passes at most
_TO = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "table", "blockquote"})
_UNSEEN = frozenset({"style", "script", "head", "title"})
_PROGRAMS = re.compile(
    r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+=-].*)?", re.IGNORECASE
)
_ID = re.compile(r"<[^<>\s]{3,250}>")
_ADDRESS = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,190}")


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a letter under the name that it came with."""

    name: str
    content: bytes

    @property
    def is_pdf(self) -> bool:
        return self.content.startswith(b"%PDF-")


@dataclass(frozen=True, slots=True)
class LetterParts:
    """What a letter holds. `sender` is "" where it names none; `undelivered` are the Message-IDs of letters that a server says it
    could not deliver; `is_automatic`: no person wrote it.
    """

    sender: str
    name: str
    to: tuple[str, ...]
    subject: str
    text: str
    files: tuple[AttachedFile, ...]
    message_id: str
    undelivered: tuple[str, ...]
    is_automatic: bool

    @property
    def answer(self) -> str:
        """The words without those of the letter that it answers, and without the signature."""
        return without_quotes(self.text)


def read(raw: bytes, to: str = "") -> LetterParts:
    """A letter as it came over the wire; `to` is the recipient that a server named beside it. A letter with faults is read as far
    as it can be.
    """
    letter = message_from_bytes(raw, policy=policy.default)
    name, sender = _people(letter, "from")[0] if _people(letter, "from") else ("", "")
    failed = tuple(_undelivered(letter))
    recipients = (*([to] if to else ()), *(address for _, address in _people(letter, *_TO)))
    return LetterParts(
        sender=sender.casefold(),
        name=name[:200],
        to=tuple(dict.fromkeys(one.casefold() for one in recipients)),
        subject=_header(letter, "subject")[:300],
        text=_words(letter)[:LONGEST],
        files=tuple(_files(letter)),
        message_id=_header(letter, "message-id")[:300],
        undelivered=failed,
        is_automatic=_is_automatic(letter, sender),
    )


def without_quotes(text: str) -> str:
    """A text without quoted lines, the heads of letters that it passes on, and the signature."""
    kept, at = [], 0
    left_out = (SegmentKind.QUOTED, SegmentKind.SIGNATURE, SegmentKind.HEADER, SegmentKind.DISCLAIMER)
    for one in sorted(segmented(text, TextSource.LETTER).ignored, key=lambda one: one.start):
        if one.kind in left_out and one.end > at:
            kept.append(text[at : max(one.start, at)])
            at = one.end
    kept.append(text[at:])
    lines = [line.rstrip() for line in "".join(kept).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _header(letter: EmailMessage, name: str) -> str:
    """A header in one line; one that cannot be read is none."""
    try:
        value = letter.get(name)
        return " ".join(str(value).split()) if value is not None else ""
    except (ValueError, LookupError, TypeError, IndexError, AttributeError):
        return ""


def _people(letter: EmailMessage, *names: str) -> list[tuple[str, str]]:
    said = []
    for name in names:
        try:
            said += [str(one) for one in letter.get_all(name) or ()]
        except (ValueError, LookupError, TypeError, IndexError, AttributeError):
            continue
    return [(who, address) for who, address in getaddresses(said) if _ADDRESS.fullmatch(address)]


def _is_automatic(letter: EmailMessage, sender: str) -> bool:
    """Whether a program wrote the letter (RFC 3834, and what older programs say), or it goes in a circle."""
    said = _header(letter, "auto-submitted").casefold()
    precedence = _header(letter, "precedence").casefold()
    return (
        (said not in {"", "no"})
        or precedence in {"bulk", "junk", "list", "auto_reply"}
        or any(letter.get(name) is not None for name in ("list-id", "x-autoreply", "x-autorespond", "x-loop"))
        or _header(letter, "return-path") == "<>"
        or bool(_PROGRAMS.fullmatch(sender.partition("@")[0]))
        or len(letter.get_all("received") or ()) > _HOPS
    )


def _undelivered(letter: EmailMessage) -> Iterator[str]:
    """The Message-IDs of the letters that a report of a server (RFC 3464) says failed for good."""
    if letter.get_content_type() != "multipart/report":
        return
    failed, ids = False, []
    for part in _parts(letter):
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            blocks = part.get_payload()
            said = [one for one in blocks if isinstance(one, Message)] if isinstance(blocks, list) else []
            failed |= any(str(one.get("action", "")).strip().casefold() == "failed" for one in said)
        elif kind in {"message/rfc822", "text/rfc822-headers"}:
            ids += _ID.findall(_inner_id(part))
    yield from dict.fromkeys(ids) if failed else ()


def _inner_id(part: EmailMessage) -> str:
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return str(inner[0].get("message-id", ""))
    whole = part.get_payload(decode=True)
    said = whole if isinstance(whole, bytes) else str(inner).encode("utf-8", "replace")
    return str(message_from_bytes(said, policy=policy.compat32).get("message-id", ""))


def _parts(letter: EmailMessage) -> Iterator[EmailMessage]:
    for number, part in enumerate(letter.walk()):
        if number >= _DEEPEST:
            return
        if isinstance(part, EmailMessage):
            yield part


def _words(letter: EmailMessage) -> str:
    """The words of the letter: plain ones first, else those of its HTML."""
    try:
        body = letter.get_body(("plain", "html"))
    except (ValueError, LookupError, TypeError, AttributeError):
        body = None
    if not isinstance(body, EmailMessage):
        return ""
    said = _text_of(body)
    return _without_tags(said) if body.get_content_type() == "text/html" else said


def _text_of(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        said = content.decode(charset, "replace")
    except LookupError:
        said = content.decode("utf-8", "replace")
    return said.replace("\r\n", "\n").replace("\x00", "").strip()


class _Shown(HTMLParser):
    """The words of HTML as lines."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in _UNSEEN and self._unseen > 0
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)


def _without_tags(html: str) -> str:
    shown = _Shown()
    shown.feed(html)
    shown.close()
    lines = (" ".join(line.split()) for line in "".join(shown.words).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _files(letter: EmailMessage) -> Iterator[AttachedFile]:
    """The files of the letter; pictures of a signature that are shown within its words are none."""
    found = 0
    for part in _parts(letter):
        if part.is_multipart() or found >= MOST_FILES:
            continue
        name = _name(part)
        shown_within = part.get_content_disposition() != "attachment" and part.get("content-id") is not None
        if not name or (shown_within and part.get_content_maintype() == "image"):
            continue
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            found += 1
            yield AttachedFile(name, content)


def _name(part: EmailMessage) -> str:
    """The name of a file without the folders before it, "" for what is no file."""
    try:
        given = part.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError):
        given = "file"
    return " ".join((given or "").replace("\\", "/").rpartition("/")[2].split())[:200]


def names(files: Iterable[AttachedFile]) -> list[dict[str, str | int]]:
    """Files as a row keeps them: the name and the size in bytes."""
    return [{"name": one.name, "size": len(one.content)} for one in files]
