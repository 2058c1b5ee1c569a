"""Contact data, names of persons and prices in a text, and the text without them: what strangers may read.

The one place that says so, for pages, programs, exports, e-mails and the index alike. A text that was cut once is not cut
again.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from matchmaker.domain.organisation import name_key, named_in
from search.text.lexicon import WordPattern, pattern_of
from search.text.segments import Segment, SegmentKind, TextSource, labelled_contacts, segmented
from search.text.tokens import is_common_word

CUT = "…"  # stands for what was left out
REGION = "RU"  # of telephone numbers without a country
_ROUNDS = 6

Span = tuple[int, int]

_EMAIL = WordPattern(
    "contacts",
    r"""
    [\w.+-]{1,64} [ ]? (?: @ | [(\[{<] [ ]?(?:@at)[ ]? [)\]}>] ) [ ]? [\w-]{1,63}
    (?: [ ]? (?: \. | [(\[{<] [ ]?(?:@dot)[ ]? [)\]}>] ) [ ]? [\w-]{1,63} ){0,4}
    (?: \. | [ ]?[(\[{<] [ ]?(?:@dot)[ ]? [)\]}>][ ]? ) [^\W\d_]{2,24}
    """,
)
_URL = WordPattern(
    "contacts",
    r"""
    [a-z][a-z0-9+.-]{1,15}://[^\s<>«»"]{2,500}
    | (?<![\w@.-])(?=[\w.-]{0,80}[^\W\d_])(?:[\w-]{1,60}\.){1,4}(?:@domains)(?![\w-]|\.\w)(?:/[^\s<>«»"]{0,300})?
    """,
)
_SENTENCE = re.compile(r"[.!;](?=\s{1,3}[A-ZА-ЯЁ])")  # its end
_HANDLE = re.compile(r"(?<![\w.@])@[A-Za-z][\w.]{2,31}")
_MESSENGER = WordPattern(
    "contacts",
    r"(?<!\w)(?:@messenger)\.?[ ]?[:—–-]?[ ]?(?=[^\s]{0,40}[a-z@+_])[@+]?[a-z0-9_.+()-]{3,40}",
)
_TO_CALL = WordPattern("contacts", r"(?<!\w)(?:@call)[^\n\d.!?]{0,20}[\d(+][\d() -]{4,22}\d")
_ENOUGH_DIGITS = re.compile(r"(?:\d\D{0,3}){7}")

_AMOUNT = r"(?<![\d.,])(?:\d{1,3}(?:[ .,'\u00a0\u202f]\d{3}){1,4}|\d{1,9})(?:[.,]\d{1,2})?[ \u00a0]?"
_RATE = r"(?:[ ]?(?:/|@each[ ])[ ]?(?:@rate)(?!\w))?"
_SAID = r"(?:(?<!\w)(?:@price)[ ]?[:=–—-]?[ ]?)?(?:(?<!\w)(?:@about)[ ]?)?"
_MONEY = WordPattern(
    "contacts",
    rf"""
    {_SAID}{_AMOUNT}(?:[–—-][ ]?{_AMOUNT})?(?:@thousands)?[ ]?(?:@money)(?!\w){_RATE}
    | {_SAID}(?<!\w)(?:₽|€|\$|¥|(?:rub|usd|eur|cny)(?!\w))[ ]?{_AMOUNT}(?:@thousands)?(?!\w){_RATE}
    | {_SAID}(?<![\w.,])(?:\d{{1,3}}(?:[ \u00a0]\d{{3}})+|\d{{3,7}})[ ]?(?:@thousands)?[ ]?р(?!\w|\.\w)\.?{_RATE}
    | {_SAID}(?<![\w.,])\d{{3,6}}/(?:час|ч|hour|hr)(?!\w)
    | (?<!\w)(?:@price)[ ]?[:=–—-]?[ ]?(?:(?:@about)[ ]?)?
      (?:\d{{1,3}}(?:[ \u00a0]\d{{3}})+|\d{{3,9}})(?:[.,]\d{{1,2}})?(?![\d.,]|[ ]?(?:%|шт|pcs|дет|мм)){_RATE}
    """,
)

_NAMED = r"[A-ZА-ЯЁ][a-zа-яё’'-][\w’'-]{0,30}(?:[ ]{1,2}[A-ZА-ЯЁ][\w.’'-]{0,30}){0,3}"
_PERSON = WordPattern("contacts", rf"(?<!\w)(?i:@person)\.?[ ]?[:,—–-]?[ ]{{0,2}}{_NAMED}", re.NOFLAG)
_SIGNED = WordPattern("segments", rf"(?<!\w)(?i:@farewell)(?!\w)[ ]?[,!.—–-]?[ ]{{0,2}}{_NAMED}", re.NOFLAG)
_FULL_NAME = re.compile(
    r"""
    (?:[А-ЯЁ][а-яё-]{1,24}\s+){1,2}
    [А-ЯЁ][а-яё]{2,20}(?:вич(?:а|у|ем|е)?|(?:ич|в)н(?:а|ы|е|ой|у))(?!\w)
    (?:\s+[А-ЯЁ][а-яё-]{2,24})?
    """,
    re.VERBOSE,
)
_INITIALS = re.compile(
    r"""
    (?<!\w)(?:[А-ЯЁ][а-яё]{2,24}[ \u00a0]{1,2}[А-ЯЁ]\.[ \u00a0]?[А-ЯЁ]\.
        | [А-ЯЁ]\.[ \u00a0]?[А-ЯЁ]\.[ \u00a0]?[А-ЯЁ][а-яё]{2,24})
    """,
    re.VERBOSE,
)
_NAME_LINE = re.compile(
    r"[ ]{0,4}[A-ZА-ЯЁ][\w.’'-]{1,30}(?:[ ]{1,2}[A-ZА-ЯЁ«\"][\w.’'«»\"-]{0,40}){0,4}[ ]?[,;]?[ ]?"
)
_TO_NAME = re.compile(r"\w[^\w\n]{1,3}[A-ZА-ЯЁ]\w")
_NOTHING = re.compile(r"[\s,;:.()|/…–—-]*")
_BETWEEN = re.compile(r"[\s,;|/()–—-]{0,6}")
_WORTH_LOOKING = re.compile(r"[@\d\[({<]|://|\w\.\w|[A-ZА-ЯЁ]")

# The parts of a letter that go as a whole.
_OF_PEOPLE = frozenset({SegmentKind.HEADER, SegmentKind.GREETING, SegmentKind.SIGNATURE, SegmentKind.QUOTED})
_ADDRESSES = frozenset({SegmentKind.EMAIL, SegmentKind.URL, SegmentKind.CONTACT})


@dataclass(frozen=True, slots=True)
class PublicText:
    """What strangers read of a text, and the pieces that they do not."""

    shown: str
    left_out: tuple[str, ...] = ()


def public_text(text: str, source: TextSource = TextSource.LETTER, names: tuple[str, ...] = ()) -> PublicText:
    """The text without contact data, names of persons and prices; `names` are organisations that it may not name either.

    A letter loses its signature and greeting as a whole; of other texts only the pieces themselves go.
    """
    return (_of_line if len(text) <= LONGEST_LINE else _of_text)(text, source, names)


def _public(text: str, source: TextSource, names: tuple[str, ...]) -> PublicText:
    shown, left_out = text, list[str]()
    for _ in range(_ROUNDS):
        spans = _merged(shown, _found(shown, source, names)) if _WORTH_LOOKING.search(shown) else []
        if not spans:
            break
        left_out += (shown[start:end].strip() for start, end in spans)
        shown = _without(shown, spans)
    return PublicText(shown, tuple(piece for piece in left_out if piece != CUT))


# Profiles are many short lines and one text; held are at most 8 and 20 MB of texts of the usual length.
LONGEST_LINE = 200
_of_line, _of_text = lru_cache(maxsize=8_000)(_public), lru_cache(maxsize=1_000)(_public)


def without_contacts(text: str) -> str:
    """The text without ways to reach somebody and without prices; names of persons stay."""
    if not _WORTH_LOOKING.search(text):
        return text
    spans = _merged(text, [*_ways(text, segmented(text, TextSource.PAGE).ignored), *_amounts(text)])
    return _replaced(text, spans)


def names_price(text: str) -> bool:
    """Whether a text names a price or a rate."""
    return any(True for _ in _amounts(text))


def _found(text: str, source: TextSource, names: Sequence[str]) -> list[Span]:
    parts = segmented(text, source).ignored
    ways = list(_ways(text, parts))
    found = [*ways, *_amounts(text), *_people(text)]
    if source is TextSource.LETTER:
        found += _of_letter(text, parts)
        found += _beside(text, ways)
    if names:
        found += named_in(text)
        found += (match.span() for name in names for match in _spelled(name).finditer(text))
    return found


def _ways(text: str, parts: Sequence[Segment]) -> Iterator[Span]:
    """The ways to reach somebody: addresses, numbers, names in messengers."""
    for segment in parts:
        labelled = (
            segment.kind is SegmentKind.CONTACT and text[segment.start].isalpha()
        )  # found below, to its sentence's end
        if segment.kind in _ADDRESSES and not labelled:
            yield segment.start, segment.end
    for segment in labelled_contacts(text):
        sentence = _SENTENCE.search(text, segment.start, segment.end)
        yield segment.start, sentence.start() if sentence else segment.end
    for pattern in (_EMAIL, _URL, _MESSENGER, _HANDLE, _TO_CALL):
        for match in pattern.finditer(text):
            yield match.span()
    if _ENOUGH_DIGITS.search(text):
        for number in phonenumbers.PhoneNumberMatcher(text, REGION):
            yield number.start, number.end


def _amounts(text: str) -> Iterator[Span]:
    """Prices and rates."""
    for match in _MONEY.finditer(text):
        yield match.start(), match.start() + len(match[0].rstrip())


def _people(text: str) -> Iterator[Span]:
    """The names of persons that their form or a word before them shows."""
    for pattern in (_PERSON, _SIGNED, _FULL_NAME, _INITIALS):
        for match in pattern.finditer(text):
            yield match.span()


def _of_letter(text: str, own: Sequence[Segment]) -> Iterator[Span]:
    """The parts of a letter that name people; a quoted letter has its own."""
    quoted = [segment for segment in own if segment.kind is SegmentKind.QUOTED]
    within = segmented(text, TextSource.LETTER, with_quoted=True).ignored if quoted else ()
    for segment in (
        *(segment for segment in own if segment.kind is not SegmentKind.QUOTED),
        *(one for one in within if any(line.start <= one.start and one.end <= line.end for line in quoted)),
    ):
        if segment.kind not in _OF_PEOPLE:
            continue
        said = text[segment.start : segment.end]
        ends_line = text[segment.end : segment.end + 1] in {"", "\n"}
        if segment.kind is SegmentKind.GREETING and not _TO_NAME.search(said):
            continue
        if segment.kind is SegmentKind.HEADER and not ends_line:
            continue  # "Subject: " before the words of the subject
        if segment.kind is SegmentKind.QUOTED and (not ends_line or _NOTHING.fullmatch(said)):
            continue  # the mark before a line that is read
        yield segment.start, segment.end


def _beside(text: str, ways: Sequence[Span]) -> Iterator[Span]:
    """The lines that hold a name alone, next to a line with a way to reach somebody: a signature without a farewell."""
    lines, start = list[Span](), 0
    for line in text.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    holding = {
        number
        for number, (begin, end) in enumerate(lines)
        if any(begin <= way[0] and way[1] <= end + 1 for way in ways)
    }
    for number, (begin, end) in enumerate(lines):
        near = holding & {number - 1, number + 1, number + 2}
        if near and number and number not in holding and _NAME_LINE.fullmatch(text, begin, end):
            yield begin, end


@lru_cache(maxsize=2_000)
def _spelled(name: str) -> re.Pattern[str]:
    """An organisation's name as texts spell it; a name that is an ordinary word counts in quotes alone."""
    words = name_key(name).split()
    spelled = r"[\s«»\"“”'-]{1,3}".join(re.escape(word).replace("е", "[её]") for word in words)
    ordinary = len(words) == 1 and (len(words[0]) < 4 or is_common_word(words[0]))
    return pattern_of(rf"[«\"“„']{spelled}[»\"”']" if ordinary else rf"(?<!\w){spelled}(?!\w)")


def _merged(text: str, found: Sequence[Span]) -> list[Span]:
    """The places in order, those with nothing between them as one."""
    spans: list[Span] = []
    for start, end in sorted(found):
        if text[start:end].strip() in {"", CUT}:
            continue
        if spans and (start <= spans[-1][1] or _between(text[spans[-1][1] : start])):
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def _between(text: str) -> bool:
    return "\n" not in text and _BETWEEN.fullmatch(text) is not None


def _without(text: str, spans: Sequence[Span]) -> str:
    """The text with a mark in place of the pieces; a line that held nothing else goes."""
    kept = [
        line for line in _replaced(text, spans).split("\n") if CUT not in line or not _NOTHING.fullmatch(line)
    ]
    return "\n".join(kept).strip("\n") or CUT


def _replaced(text: str, spans: Sequence[Span]) -> str:
    """The text with a mark in place of the pieces, its lines kept."""
    parts, place = list[str](), 0
    for start, end in spans:
        parts += (text[place:start], CUT + "\n" * text[start:end].count("\n"))
        place = end
    return "".join((*parts, text[place:]))
