"""Numbers with a meaning: sizes, accuracy, roughness, hardness, mass, pieces and rhythm, distance.

Every expression is linear: bounded repetition, no nested quantifiers.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from matchmaker.domain.hardness import DESIGNATIONS
from search.text import measures, pieces
from search.text.arbiter import QUANTITY
from search.text.lexicon import WordPattern
from search.text.recognition import Mention

# Parts of the expressions below, laid out as with re.VERBOSE.
_N = r"(\d{1,3}(?:[  ]\d{3}){1,3}(?![\d])|\d{1,7}(?:[.,]\d{1,4})?)"
_SEP = r"[ \t ]{0,2}"
_X = rf"{_SEP}[xXхХ×✕*]{_SEP}"
_NO_MORE = r"(?![\w²³/])"  # "4 m3", "кг/м" are other units
_UNIT = rf"(?:{_SEP}(@length_units){_NO_MORE})?"
# "16К30Ф3" is a lathe and "фторопласт Ф4" a plastic: the letter is a sign only where it begins a word of its own.
_SIGN = r"(?:[øØ⌀Φφɸ∅] | (?<!\w)(?<!фторопласт[ ])(?<!фторопласта[ ])[Фф]) (?=[ ]?(?:@sign_to[ ])?\d)"
# The lower end of a range ("dia. 1 to 32 mm", "ø10–300"); the upper end is the value.
_FROM = r"(?:\d{1,5}(?:[.,]\d{1,2})?[ ]?@millimetre?[ ]?(?:@to|\.{2,3}|[…–—-])[ ]?(?!0[.,]))?"
# A fit, its letters of either alphabet; never x, which stands between sizes ("ø45x12").
_FIT = r"(?:[a-wyz]{1,2}|[кнрмсе])\d{1,2}"
_TO = r"(?:[ ]?(?:@up_to|[=:–—-]))?[ ]?"
_ALONE = r"(?<![\d.,])"  # before a number that is not the end of another
_TIMES = r"(?:[ ]?(@per[ ]?(@periods)))?"
_NO_SIDE = r"(?<![\d.,×xXхХ/+±-])(?<![\d×xх][ ])"  # before a number that is not a side of a part
# A scale of hardness, and a number or a range on it.
_SCALE_WORDS = {"HRC": "|@rockwell", "HB": "|@brinell", "HV": "|@vickers"}
_SCALE = "|".join(
    f"(?P<{scale}>{letters}{_SCALE_WORDS.get(scale, '')})" for scale, letters in DESIGNATIONS.items()
)
_HARDNESS = r"""
    (?P<low>\d{2,4}(?:[.,]\d)?) (?:
        [ ]?(?:[-–—…÷]|\.{2,3}|@to)[ ]? (?P<high>\d{2,4}(?:[.,]\d)?)
        | [ ]?(?:±|\+/-)[ ]? (?P<around>\d{1,2}(?:[.,]\d)?)
    )?"""


def _sizes(source: str, flags: re.RegexFlag = re.IGNORECASE) -> WordPattern:
    return WordPattern("sizes", source, flags)


def _pieces(source: str) -> WordPattern:
    return WordPattern("pieces", source)


_Rule = tuple[WordPattern, Callable[[re.Match[str]], Iterator[Mention]]]
_RULES: tuple[_Rule, ...] = (
    (
        _sizes(
            rf"""
            (?<![\w-]) (?:{_SCALE}) [ ]? (?: [=:≥>≤<~≈][ ]? | @hardness_to[ ] )? {_HARDNESS}
            (?! [\w×] | [.,]\d | [ ]?(?:@piece|@millimetre) )
            """
        ),
        measures.hardness,
    ),
    (
        _sizes(rf"{_ALONE}{_HARDNESS} [ ]? (?:@unit_of_hardness[ ])? (?:{_SCALE}) (?!\w)"),
        measures.hardness,
    ),
    (_sizes(rf"{_N}{_UNIT}{_X}{_N}{_UNIT}{_X}{_N}{_UNIT}", re.NOFLAG), measures.box),
    (
        _sizes(
            rf"""
            (?: {_SIGN} | \b(?: @diameter | [DД](?=[ ]?=) | D(?=[ ]\d{{2,4}}\b) ) ) {_TO}{_FROM}{_N}
            (?: [ ]?({_FIT})(?![^\WxXхХ]) )? {_UNIT} (?: {_X}{_N}{_UNIT} )?
            """
        ),
        measures.diameter,
    ),
    (_sizes(rf"{_ALONE}{_N}{_SEP}(@length_units)[ ]@in_diameter"), measures.one("diameter")),
    (
        _sizes(
            rf"""
            \b(?: @length.ru (?:[ ]@length_of)? | @length.en | L[ ]?= | L(?=[ ]\d{{3}}) ) {_TO}{_FROM}{_N}{_UNIT}
            (?![ ]?(?:@piece|\d))  # "L=35 — 300 шт": the second number counts pieces
            """
        ),
        measures.one("length"),
    ),
    (_sizes(rf"{_ALONE}{_N}{_SEP}(@length_units)[ ]@in_length\b"), measures.one("length")),
    (
        _sizes(rf"\b(?: @thickness | [st][ ]?= ) (?:[ ]@thickness_of)? {_TO}{_FROM}{_N}{_UNIT}"),
        measures.one("thickness"),
    ),
    (_sizes(rf"\b@sheet[ ]{_N}{_SEP}(@millimetre)(?!{_X}|[\w²³/])"), measures.one("thickness")),
    (
        _sizes(
            rf"""
            {_ALONE}{_N}{_SEP}(@length_units)[ ]
            (?: @in_thickness | (?=@steel_of_sheet[ ]@steel | @sheet_steel) )\b
            """
        ),
        measures.one("thickness"),
    ),
    (_sizes(rf"{_ALONE}{_N}[ ]?(@mass_units){_NO_MORE}(?!\.\d)", re.NOFLAG), measures.mass),
    (
        _sizes(
            r"""
            \bIT[ -]?(\d{1,2})\b
            | \b(\d{1,2})[ -]?@ordinal_of_grade?[ -]?@grade
            | @grade\w{0,3}[ :-]{0,2}(\d{1,2})
            | \bIT[ ]grade[ ](\d{1,2})
            """
        ),
        measures.grade,
    ),
    (
        _sizes(
            r"(?<![\w.,])(?!6[HНPР]1)\d{1,3}(?:[hHkKnNpPfgGНнКкРр]|js|JS)([5-9]|1[01])(?![\w.])", re.NOFLAG
        ),
        measures.grade,
    ),
    (
        _sizes(
            r"""
            (?<![\w.,])[a-zA-Z]{1,2}(\d{1,2})/[a-zA-Z]{1,2}\d{1,2}(?!\w)
            | (?<![^ ,(\n])(?:[hH]|js|JS|[kmnpfgK])(\d{1,2})(?![\w.])
            """,
            re.NOFLAG,
        ),
        measures.grade,
    ),
    (
        _sizes(
            r"""
            \+[ ]?(\d{1,2}[.,]\d{1,4})[ ]?@millimetre?[ ]?[/;,]?[ ]?([-−–+])[ ]?
            (\d{1,2}(?:[.,]\d{1,4})?)(?!\d)
            """,
            re.NOFLAG,
        ),
        measures.limits,
    ),
    (
        _sizes(r"(?<![\d.,+])(\d{1,4})[ ]?\+[ ]?(0[.,]\d{1,3})(?![\d/])(?![ ]?[-−–/])", re.NOFLAG),
        measures.upper_limit,
    ),
    (
        _sizes(r"(?:±|\+/-|\+-)[ ]?(\d{1,2}(?:[.,]\d{1,4})?)[ ]?(мм|мкм|µm|um|mm)?", re.NOFLAG),
        measures.deviation,
    ),
    (_sizes(r"ISO[ -]?2768[ -]?(?:1)?[ -]{0,3}([fmcv])(?:[HKL])?\b"), measures.general),
    (
        _sizes(
            r"""
            \b(Ra|Rz|Ра|Рз|Rа|@roughness)[ ]?[=:<≤]?[ ]?(?:@no_rougher[ ])?
            (\d{1,3}(?:[.,]\d{1,3})?)
            """
        ),
        measures.roughness,
    ),
    (_sizes(r"[▽∇]{1,3}[ ]?(\d{1,2})"), measures.finish),
    (
        _pieces(
            rf"""
            (?<![\d.,=]){_N} (?:[ ]?(?:[–—-]|@to)[ ]?{_N})? [ ]?(@thousand)?(@million)?[ ]?@piece(?!\w)
            {_TIMES}
            """
        ),
        pieces.count,
    ),
    (
        _pieces(rf"\b@by[ ]@lots_of[ ]?(?:@of[ ])?{_N} (?:[ ]?(?:[–-]|@to)[ ]?{_N})?"),
        pieces.lots,
    ),
    (
        _pieces(
            rf"""
            \b@lot[ ]?(?:@lot_of|[:=–-])?[ ]?{_N} (?:[ ]?(?:[–-]|@to)[ ]?{_N})?
            (?![.,]?\d | [ ]?% | [ ]?@unit_of_no_lot)
            """
        ),
        pieces.lot,
    ),
    (_pieces(rf"{_ALONE}{_N}[ ]?@in_a[ ]@one_lot\b"), pieces.lot_of),
    (_pieces(rf"{_ALONE}(\d{{1,5}})[ ]\(@number_in_words\w{{0,8}}\)"), pieces.lot_of),
    (
        _pieces(rf"{_ALONE}{_N}[ ]?@machine_hours (?:[ ]?@per[ ]?(@hours_week|@hours_month))?"),
        pieces.hours,
    ),
    (
        _pieces(rf"{_ALONE}{_N}[ ]?(@thousand_in_a_rate)?(?:[ ]|(?=/))(@per_in_a_rate[ ]?(@periods))\b"),
        pieces.rate,
    ),
    (
        _pieces(
            rf"""
            {_NO_SIDE}(\d{{1,3}}(?:[ ,]\d{{3}})|\d{{1,6}})[ ](?!@not_pieces)
            (?:[a-z]{{2,14}}(?:-[a-z]{{2,10}})?[ ]){{0,3}}?@parts.en\b{_TIMES}
            """
        ),
        pieces.counted,
    ),
    (
        _pieces(
            rf"""
            {_NO_SIDE}(\d{{1,3}}(?:[ ]\d{{3}})|\d{{1,6}})[ ](?!@not_pieces.ru)
            (?:[а-яё]{{3,16}}[ ]){{0,2}}?@parts.ru(?!\w){_TIMES}
            """
        ),
        pieces.counted,
    ),
    (_pieces(r"\b@spoken_rhythms\b"), pieces.spoken),
    (_pieces(r"\b@every[ ](@periods)"), pieces.every),
    (_pieces(r"\b(@adverbs)\b"), pieces.adverb),
    (_sizes(rf"{_ALONE}{_N}[ ]?(?:@kilometre|(@mile))(?![\w/])"), measures.distance),
    (_sizes(r"\b(@spoken_distances)[ ]@spoken_kilometre\b"), measures.spoken_distance),
    (
        _sizes(r"(?<!\w)[МM](\d{1,3}(?:[.,]\d)?)(?:[xх×]\d[\d.,]{0,4})?(?:-\d[A-Za-z])?(?!\w)", re.NOFLAG),
        measures.thread,
    ),
    (_sizes(rf"\b@at_most[ ]{_N}{_SEP}(@millimetre|@metre){_NO_MORE}"), measures.one("length")),
    (
        _sizes(rf"(?<![\d.,×xх]){_N}{_UNIT}{_X}{_N}{_SEP}(@length_units)(?![\w²³])", re.NOFLAG),
        measures.plate,
    ),
)

# The number of a norm is not one of a part: "ГОСТ 8479 гр. IV" are no grams. Only ISO 2768 states accuracy.
_NORM = _sizes(r"\b@norm\b (?:[ /]{1,2}@norm_of\b){0,3} [ -]?(?!2768)[A-Z]{0,2}\d[\d.:/–-]{0,16}", re.NOFLAG)


def find(text: str) -> list[Mention]:
    """All quantities; where two readings overlap the earlier rule wins, since it is the more specific."""
    found: list[Mention] = []
    text = _NORM.sub(lambda match: " " * len(match[0]), text)
    taken = bytearray(len(text))
    for pattern, make in _RULES:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            mentions = list(make(match))
            if mentions:
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.extend(mentions)
    return [replace(_at_size(mention, found), basis=QUANTITY, sure=0.9 * mention.sure) for mention in found]


NOMINAL_REACH = 40  # characters between a size and the deviation that belongs to it


def _at_size(mention: Mention, found: list[Mention]) -> Mention:
    """A deviation as the grade at the size before it, if there is one; ISO 286-1 ties the grade to the size."""
    if mention.kind != "tolerance" or len(mention.amounts) != 2:
        return mention
    sizes = [
        other
        for other in found
        if other.kind in {"diameter", "length"} and 0 <= mention.start - other.end <= NOMINAL_REACH
    ]
    nearest = max(sizes, key=lambda other: other.end, default=None)
    size = nearest.amounts[0] if nearest else 40.0
    return replace(mention, amounts=(measures.grade_of(mention.amounts[1], size),))
