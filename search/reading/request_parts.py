"""The parts that one request names: the rows of its tables, the items of its lists, or the pairs of a sentence.

Each position is a recognition of its own: what stands in it, and what the request says of all its parts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from search.text import Mention, Origin, Recognition
from search.text.lexicon import WordPattern

_SIZES = frozenset(
    {"diameter", "inner_diameter", "length", "envelope", "plate", "thickness", "wall", "height", "thread"}
)
# What is one part's own: said in a position it stands in place of what is said of all.
_SINGLE = frozenset(
    {
        "quantity",
        "rhythm",
        "price_steps",
        "mass",
        "drawing",
        "hardness",
        "tolerance",
        "roughness",
        "deadline",
        "material",
    }
)
_ITEM = WordPattern(
    "tables",
    r"""
    [ ]{0,8} (?: (?:@position)[ .]{0,2}[№\#]?[ ]?(?P<named>\d{1,3}|[A-ZА-Я])(?!\w)[ ]?[.):–—-]{0,2}
      | (?P<number>\d{1,3})[ ]?(?:[.)]{1,2}|[ ]-|:)(?=\s|[^\W\d_]) | (?P<bullet>[-–—•*·])[ ] )
    """,
)
_REFERENCE = WordPattern(
    "tables",
    r"""
    (?<!\w)(?:@position)[ .]{0,2}[№\#]?[ ]?
    (?P<numbers>(?:\d{1,3}|[A-ZА-Я](?!\w)) (?:[ ]?(?:[,/–-]|@and)[ ]?(?:\d{1,3}|[A-ZА-Я](?!\w))){0,8})
    """,
)
# What names one part: its drawing or its number.
_NAMES = frozenset({"drawing", "reference"})
_POSITION = WordPattern("tables", r"[ ]{0,8}(?:@position)[ .]{0,2}[№\#]?[ ]?(?:\d{1,3}|[A-ZА-Я])(?!\w)")
# What a request lists and does not ask for: "have them, ignore", "не считать, покупаем".
_NOT_ASKED = WordPattern("tables", r"(?<!\w)(?:@not_asked)(?!\w)")
_SAME = WordPattern("tables", r"(?<!\w)(?:@same)(?!\w)")
_SAME_MATERIAL = WordPattern("tables", r"(?<!\w)(?:@same_material)[ ]$")
_CLAUSE = re.compile(r"[;\n]|\.(?=\s+[^\W\d_a-zа-яё]|\s*$)")
_TITLE = re.compile(r"[^\W\d_][\w/«»\" -]{2,60}")
BULLET = "•"  # the number of an item that has none
LEAST = 2  # parts that make a request one of several positions
MOST = 200


@dataclass(frozen=True, slots=True)
class PartSpan:
    """The words of one position at text[start:end], its number as the request counts, and its name."""

    start: int
    end: int
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class RequestPart:
    """A part with its number and name in the request, and what is recognised of it."""

    number: str
    title: str
    start: int
    end: int
    recognition: Recognition

    @property
    def words(self) -> str:
        """The words of the part, as they stand in the request."""
        return self.recognition.text[self.start : self.end].strip()


def of_recognition(recognition: Recognition) -> tuple[RequestPart, ...]:
    """The positions of a request; none where it names one part or a family without data of their own."""
    spans = _spans(recognition)[:MOST]
    if len(spans) < LEAST:
        return ()
    found: list[RequestPart] = []
    for span in spans:
        if _NOT_ASKED.search(recognition.read, span.start, span.end):
            continue
        part = RequestPart(span.number, span.title, span.start, span.end, _of(recognition, span, spans))
        found.append(_as_above(part, found[-1]) if found else part)
    return tuple(found)


def _as_above(part: RequestPart, above: RequestPart) -> RequestPart:
    """A part with what the one above says, of what it is said to be like: all of it, or its material."""
    all_of_it = _SAME.search(part.recognition.read, part.start, part.end)
    mentions = [mention for mention in part.recognition.mentions if not _is_as_before(part, mention)]
    own = {mention.kind for mention in mentions} | {"drawing"}
    of_material = len(mentions) < len(part.recognition.mentions)
    taken = [
        mention
        for mention in above.recognition.mentions
        if mention.kind not in own and (all_of_it or (of_material and mention.kind == "material"))
    ]
    if not taken:
        return part
    joined = sorted((*mentions, *taken), key=lambda mention: (mention.start, -mention.end))
    return replace(part, recognition=replace(part.recognition, mentions=tuple(joined)))


def _is_as_before(part: RequestPart, mention: Mention) -> bool:
    """Whether a mention names the material of the part above: "та же сталь"."""
    before = part.recognition.read[max(part.start, mention.start - 16) : mention.start]
    return mention.kind == "material" and bool(_SAME_MATERIAL.search(before))


def _spans(recognition: Recognition) -> list[PartSpan]:
    rows = list(_rows(recognition))
    if len(rows) >= LEAST:
        return rows
    items = _items(recognition)
    return items if len(items) >= LEAST else list(_pairs(recognition))


def _within(recognition: Recognition, start: int, end: int) -> list[Mention]:
    return [m for m in recognition.mentions if start <= m.start and m.end <= end]


def _rows(recognition: Recognition) -> Iterator[PartSpan]:
    """The rows of tables that name parts; a table of properties and their values names none."""
    for index, (start, end) in enumerate(recognition.rows, 1):
        kinds = {mention.kind for mention in _within(recognition, start, end)}
        if "quantity" in kinds or not kinds.isdisjoint(_NAMES) or _is_sized(kinds):
            words = recognition.text[start:end]
            number = re.match(r"\W{0,4}(\d{1,3}|[A-ZА-Я])(?!\w)", words)
            yield PartSpan(start, end, number[1].lstrip("0") if number else str(index), _title(words))


def _is_sized(kinds: set[str]) -> bool:
    return not kinds.isdisjoint(_SIZES) and not kinds.isdisjoint({"material", "process"})


def _title(words: str) -> str:
    named = [one.strip(' -"«»') for one in _TITLE.findall(words)]
    return next((one for one in named if len(one) > 2 and not one.isupper()), named[0] if named else "")[:100]


def _items(recognition: Recognition) -> list[PartSpan]:
    """The items of a list, numbered or a line each, that have data of their own.

    A list of demands has numbers too, of pieces in one item and of sizes in another: most of the items must count pieces,
    or be called positions.
    """
    blocks = list(_without_the_end(recognition.read, list(_blocks(recognition.read))))
    numbered = [block for block in blocks if block[2]]
    found = [_part_span(recognition, block) for block in numbered if _is_counted(recognition, block)]
    if len(found) >= LEAST and 2 * len(found) >= len(numbered):
        return found
    called = [block for block in numbered if _POSITION.match(recognition.read, block[0], block[1])]
    named = [_part_span(recognition, block) for block in called if _is_described(recognition, block)]
    return named if len(named) >= LEAST else _lines(recognition, [block for block in blocks if not block[2]])


def _lines(recognition: Recognition, blocks: Sequence[tuple[int, int, str]]) -> list[PartSpan]:
    """Lines one below the other that each count pieces of something with a size, a material or a number of its own."""
    run: list[PartSpan] = []
    for block in blocks:
        kinds = {mention.kind for mention in _within(recognition, block[0], block[1])}
        if "quantity" in kinds and not kinds.isdisjoint(_SIZES | _NAMES | {"material"}):
            run.append(_part_span(recognition, (*block[:2], str(len(run) + 1))))
        elif len(run) >= LEAST:
            break
        else:
            run = []
    return run


def _part_span(recognition: Recognition, block: tuple[int, int, str]) -> PartSpan:
    start, end, number = block
    called = (one.start for one in _within(recognition, start, end) if one.origin is Origin.IMPLIED)
    return PartSpan(start, end, number, _title(recognition.read[next(called, start) : end]))


def _is_counted(recognition: Recognition, block: tuple[int, int, str]) -> bool:
    kinds = {mention.kind for mention in _within(recognition, block[0], block[1])}
    return "quantity" in kinds and not kinds.isdisjoint(_SIZES | _NAMES | {"material", "process"})


def _is_described(recognition: Recognition, block: tuple[int, int, str]) -> bool:
    kinds = {mention.kind for mention in _within(recognition, block[0], block[1])}
    return "quantity" in kinds or not kinds.isdisjoint(_NAMES) or _is_sized(kinds)


def _blocks(text: str) -> Iterator[tuple[int, int, str]]:
    """The lines of a list as spans with their numbers; a line that is no item belongs to the item before it."""
    place, start, number = 0, None, ""
    for line in f"{text}\n".split("\n"):
        end = place + len(line)
        item = _ITEM.match(line)
        if item or not line.strip():
            if start is not None:
                yield start, place - 1, number
            start, number = (place, item["named"] or item["number"] or BULLET) if item else (None, "")
        elif start is None:
            yield place, end, ""
        place = end + 1
    if start is not None:
        yield start, len(text), number


def _without_the_end(text: str, blocks: Sequence[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """The items of a list; after items of one line each, the lines behind the last one are about all of them."""
    lines = 0  # items of one line that stand right before
    for index, (start, end, number) in enumerate(blocks):
        first = text.find("\n", start, end)
        last = index + 1 == len(blocks) or not blocks[index + 1][2]
        if number and first >= 0 and last and lines >= LEAST - 1 and not text[first + 1].isspace():
            yield start, first, number
        else:
            yield start, end, number
        lines = lines + 1 if number and first < 0 else 0


def _pairs(recognition: Recognition) -> Iterator[PartSpan]:
    """The parts of one sentence, each with its size and its number of pieces: "ø16H7 – 4 шт, ø20H7 – 2 шт"."""
    for start, end in _sentences(recognition.read):
        mentions = _within(recognition, start, end)
        counts = [m for m in mentions if m.kind == "quantity" and m.value == ""]
        if len(counts) < LEAST:
            continue
        trails = any(m.kind in _SIZES or m.kind in _NAMES for m in mentions if m.end <= counts[0].start)
        edges = [start, *(m.end for m in counts)] if trails else [*(m.start for m in counts), end]
        spans = list(pairwise(edges))
        own = [{m.kind for m in _within(recognition, *span)} & (_SIZES | _NAMES) for span in spans]
        if all(own):
            for index, span in enumerate(spans, 1):
                yield PartSpan(*span, str(index), _title(recognition.read[slice(*span)]))
            return


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for match in re.finditer(r"\n|[!?]|\.(?=\s+[A-ZА-Я])", text):
        yield start, match.start()
        start = match.end()
    yield start, len(text)


def _of(recognition: Recognition, span: PartSpan, spans: Sequence[PartSpan]) -> Recognition:
    """What is said in a position, and what is said of all positions or of this one elsewhere."""
    own = _within(recognition, span.start, span.end)
    kinds = {mention.kind for mention in own}
    sized = not kinds.isdisjoint(_SIZES)
    shared = [
        mention
        for mention in recognition.mentions
        if not any(one.start <= mention.start and mention.end <= one.end for one in spans)
        and not (mention.kind in _SINGLE and mention.kind in kinds)
        and not (mention.kind in _SIZES and sized)
        and _is_meant(recognition.read, mention, span, spans)
    ]
    merged = sorted([*own, *shared], key=lambda mention: (mention.start, -mention.end))
    return replace(recognition, mentions=tuple(merged))


def _is_meant(text: str, mention: Mention, span: PartSpan, spans: Sequence[PartSpan]) -> bool:
    """Whether a clause outside of all positions is about this one: it names this one, or none at all."""
    start, end = _clause(text, mention)
    clause = text[start:end]
    numbers = {span.number for span in spans}
    named = {
        number for match in _REFERENCE.finditer(clause) for number in _numbers(match["numbers"])
    } & numbers
    if named:
        return span.number in named
    titled = [one for one in spans if one.title and _stem(one.title) in clause.casefold()]
    return not titled or span in titled or len(titled) == len(spans)


def _clause(text: str, mention: Mention) -> tuple[int, int]:
    start = max(
        (m.end() for m in _CLAUSE.finditer(text, max(0, mention.start - 200), mention.start)),
        default=max(0, mention.start - 200),
    )
    after = _CLAUSE.search(text, mention.end, mention.end + 200)
    return start, after.start() if after else min(len(text), mention.end + 200)


def _stem(title: str) -> str:
    word = title.split(maxsplit=1)[0].casefold()
    return word[: max(4, len(word) - 2)]


def _numbers(written: str) -> Iterator[str]:
    """The numbers of a reference: "1 и 2", "312/313", "1-3"."""
    ends = re.fullmatch(r"(\d{1,3})[ ]?[-–][ ]?(\d{1,3})", written)
    if ends and int(ends[1]) < int(ends[2]) <= int(ends[1]) + MOST:
        yield from map(str, range(int(ends[1]), int(ends[2]) + 1))
    else:
        yield from (one.lstrip("0") or "0" for one in re.findall(r"\d{1,3}|[A-ZА-Я](?!\w)", written))
