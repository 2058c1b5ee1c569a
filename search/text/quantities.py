"""Numbers with a meaning: sizes, accuracy, roughness, hardness, mass, pieces and rhythm, distance."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from search.text import designations, figures, measures, pieces
from search.text.lexicon import WordNumbers, WordPattern
from search.text.measures import FigureGroup
from search.text.recognition import Mention
from search.text.tokens import Token

# The number of a norm is not one of a part: "ГОСТ 8479 гр. IV" are no grams. Only ISO 2768 states accuracy.
_NORM = WordPattern(
    "sizes",
    r"\b@norm\b (?:[ /]{1,2}@norm_of\b){0,3} [ -]?(?!2768)[A-Z]{0,2}\d[\d.:/–-]{0,16}",
    re.NOFLAG,
)
_SPOKEN_DISTANCE = WordPattern("sizes", r"\b(@spoken_distances)[ ]@spoken_kilometre\b")
_SPOKEN_DISTANCES = WordNumbers("sizes", "spoken_distances")
NEAR_THREAD = 4  # characters
_LESS_SURE = 0.1
_INCHES = re.compile(r"(?:\"|''|in|inch)$")


def _left(text: str, mention: Mention) -> str:
    """What stands in place of a designation: blanks; the unit of "dia .375 +0/-.001 in" stays beside the size."""
    length = mention.end - mention.start
    inches = mention.value == "deviation" and _INCHES.search(text, mention.start, mention.end)
    return (
        '"' + " " * (length - 1) if inches and text[: mention.start].rstrip()[-1:].isdigit() else " " * length
    )


def _ends(plain: str, groups: Sequence[FigureGroup]) -> Iterator[Mention]:
    """The last ends of ranges for themselves, for where the first one is another thing's: "сталь 45 — 200 шт."."""
    ends = [FigureGroup((group.last,)) for group in groups if group.is_range and group.last.unit]
    for mention in (*measures.mentions(plain, ends), *pieces.mentions(plain, ends)):
        yield replace(mention, sure=mention.sure - _LESS_SURE)


def find(text: str, words: Sequence[Token], default: float = 1.0) -> Iterator[Mention]:
    """All quantities of a canonical text, as proposals; each names the rule that made it."""
    plain = _NORM.sub(lambda match: " " * len(match[0]), text)
    special = list(designations.find(plain))
    yield from special
    for mention in special:
        plain = plain[: mention.start] + _left(plain, mention) + plain[mention.end :]
    groups = measures.grouped(plain, figures.find(plain, words, default))
    yield from measures.mentions(plain, groups)
    yield from _ends(plain, groups)
    threads = [mention.end for mention in special if mention.kind == "thread"]
    for mention in pieces.mentions(plain, groups):
        # "резьбы М8 – 6 шт." counts threads
        if not any(0 <= mention.start - end <= NEAR_THREAD for end in threads):
            yield mention
    yield from pieces.in_words(plain, words)
    yield from pieces.counted_by_times(plain)
    yield from pieces.rhythms(plain)
    for match in _SPOKEN_DISTANCE.finditer(plain):
        amount = float(_SPOKEN_DISTANCES.of(match[1]) or 1)
        yield Mention(
            "distance", match.start(), match.end(), amounts=(amount,), sure=0.9, basis="distance.word"
        )
