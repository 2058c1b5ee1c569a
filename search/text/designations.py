"""Figures written after rules of their own: hardness, threads, gears, deviations, general tolerances, classes of finish.

They are found before all other figures, which could read parts of them otherwise.
"""

import re
from collections.abc import Callable, Iterator

from matchmaker.domain.hardness import DESIGNATIONS, vickers
from search.text.figures import value_of
from search.text.lexicon import WordPattern
from search.text.measures import AT_MOST, FINISH, MICROINCHES, NOMINAL, grade_of
from search.text.recognition import Mention

# ISO 2768-1 classes as the IT grade whose tolerance at 30–120 mm comes nearest.
_GENERAL = {"f": 12, "m": 14, "c": 15, "v": 16}
LEAST_LENGTH = 8.0  # mm; a smaller number behind a thread is its pitch
_N = r"\d{0,4}(?:[.,]\d{1,5})?"
_SCALE_WORDS = {"HRC": "|@rockwell", "HB": "|@brinell", "HV": "|@vickers"}
_SCALE = "|".join(
    f"(?P<{scale}>{letters}{_SCALE_WORDS.get(scale, '')})" for scale, letters in DESIGNATIONS.items()
)
_HARDNESS = r"""
    (?P<low>\d{2,4}(?:[.,]\d)?) (?:
        [ ]?(?:[-–—…÷/]|\.{2,3}|@to)[ ]? (?:HRC[ ]?|HB[ ]?)? (?P<high>\d{2,4}(?:[.,]\d)?)
        | [ ]?(?:±|\+/-)[ ]? (?P<around>\d{1,2}(?:[.,]\d)?)
        | [ ]?\+[ ]?(?P<above>\d{1,2})
    )?"""
_INCH = r"""(?P<unit>[ ]?(?:"|''|in\b|inch))?"""


_AT_LEAST = WordPattern("sizes", r"(?:[≥>]|(?<!\w)(?:@at_least))[ ]?(?:HRC|HB|HV|HRA)?[ ]?\Z")
_AT_MOST = WordPattern("sizes", r"(?:[≤<]|(?<!\w)(?:@at_most))[ ]?(?:HRC|HB|HV|HRA)?[ ]?\Z")
_LEAST_BEHIND = WordPattern("sizes", r"[ ,(]{1,2}(?:@at_least)(?!\w)")
_MOST_BEHIND = WordPattern("sizes", r"[ ,(]{1,2}(?:@at_most)(?!\w)")


def _hardness(match: re.Match[str]) -> Iterator[Mention]:
    """A number or a range on a scale of hardness; "60±2" is a range too."""
    scale = next(name for name in DESIGNATIONS if match[name])
    low, high = value_of(match["low"]), value_of(match["high"] or match["low"])
    if match["above"]:
        high = low + value_of(match["above"])
    if match["around"]:
        low, high = low - value_of(match["around"]), low + value_of(match["around"])
    ends = [found for end in (low, high) if (found := vickers(end, scale)) is not None]
    if len(ends) == 2 and low <= high:
        told = f"{scale} {low:g}–{high:g}" if low < high else f"{scale} {_limited(match, low)}"
        yield Mention(
            "hardness",
            match.start(),
            match.end(),
            amounts=tuple(ends),
            value=told,
            sure=0.97,
            basis="hardness.scale",
        )


def _limited(match: re.Match[str], number: float) -> str:
    """A number of hardness with "+" where it is the least, and "≤" where it is the most."""
    before = (match.string, max(0, match.start() - 16), match.start("low"))
    if _AT_MOST.search(*before) or _MOST_BEHIND.match(match.string, match.end()):
        return f"{AT_MOST}{number:g}"
    is_least = _AT_LEAST.search(*before) or _LEAST_BEHIND.match(match.string, match.end())
    return f"{number:g}{'+' if is_least else ''}"


# Manufacturers' standard gauge of steel sheet, mm; of stainless steel and of aluminium (Brown & Sharpe) it differs.
_GAUGES = {
    7: 4.55, 8: 4.18, 9: 3.8, 10: 3.42, 11: 3.04, 12: 2.66, 13: 2.28, 14: 1.9, 15: 1.71, 16: 1.52, 17: 1.37, 18: 1.21, 19: 1.06, 20: 0.91,
    22: 0.76, 24: 0.61, 26: 0.45, 28: 0.38,
}  # fmt: skip
_OF_STAINLESS = {10: 3.57, 11: 3.18, 12: 2.78, 14: 1.98, 16: 1.59, 18: 1.27, 20: 0.95}
_OF_ALUMINIUM = {10: 2.59, 11: 2.3, 12: 2.05, 14: 1.63, 16: 1.29, 18: 1.02, 20: 0.81}


def _gauge(match: re.Match[str]) -> Iterator[Mention]:
    """A sheet's thickness as its number of gauge: "11 ga CRS"."""
    table = _OF_STAINLESS if match["stainless"] else _OF_ALUMINIUM if match["aluminium"] else {}
    number = int(match["gauge"])
    thickness = table.get(number) or _GAUGES.get(number)
    if thickness:
        yield Mention(
            "thickness",
            match.start(),
            match.end("sign"),
            amounts=(thickness,),
            sure=0.9,
            basis="thickness.gauge",
        )


def _thread(match: re.Match[str]) -> Iterator[Mention]:
    size = value_of(match["size"]) if match["size"] and "/" not in match["size"] else 0.0
    length = value_of(match["long"]) if match["long"] else 0.0
    end = match.start("long") - 1 if length >= LEAST_LENGTH else match.end()
    words = match.string[match.start() : end].strip()
    yield Mention("thread", match.start(), end, value=words, amounts=(size,), sure=0.97, basis="thread")
    if length >= LEAST_LENGTH:
        where = match.start("long"), match.end("long")
        yield Mention("length", *where, amounts=(length,), sure=0.9, basis="length.thread")


def _gear(match: re.Match[str]) -> Iterator[Mention]:
    kind = "module" if match["module"] else "teeth"
    amount = value_of(match["module"] or match["teeth"])
    if amount > 0:
        yield Mention(kind, match.start(), match.end(), amounts=(amount,), sure=0.9, basis=f"{kind}.letter")


def _limits(match: re.Match[str]) -> Iterator[Mention]:
    """The upper and lower deviation: "+0.05/-0.02", "+0/-.001 in"."""
    inch = 25.4 if match["unit"] else 1.0
    upper, lower = value_of(match["upper"] or "0"), value_of(match["lower"] or "0")
    width = (upper + lower if match["sign"] in "-−–" else abs(upper - lower)) * inch * 1000
    if 0 < width <= 4000:
        size = value_of(match["nominal"]) * inch if match["nominal"] else NOMINAL
        start = match.end("nominal") if match["nominal"] else match.start()
        yield Mention(
            "tolerance",
            start,
            match.end(),
            amounts=(grade_of(width, size),),
            value="deviation",
            sure=0.9,
            basis="tolerance.deviation",
        )


def _upper_limit(match: re.Match[str]) -> Iterator[Mention]:
    """A size with its upper deviation alone: "60 +0,03"."""
    size, upper = value_of(match["nominal"]), value_of(match["upper"])
    if size > 0 and upper > 0:
        yield Mention(
            "tolerance",
            match.end("nominal"),
            match.end(),
            amounts=(grade_of(upper * 1000, size),),
            value="deviation",
            sure=0.85,
            basis="tolerance.deviation",
        )


def _general(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention(
        "tolerance",
        match.start(),
        match.end(),
        amounts=(_GENERAL[match["class"].lower()],),
        value="general",
        sure=0.5,
        basis="tolerance.general",
    )


def _pair(match: re.Match[str]) -> Iterator[Mention]:
    """A fit, or the finer one of a pair: "H7/g6"."""
    grades = [int(grade) for name, grade in match.groupdict().items() if name in {"grade", "shaft"} and grade]
    yield Mention(
        "tolerance",
        match.start(),
        match.end(),
        amounts=(min(grades),),
        value=match[0],
        sure=0.9,
        basis="tolerance.fit",
    )


def _roughness(match: re.Match[str]) -> Iterator[Mention]:
    # Rz is about four times Ra for cut surfaces (GOST 2789-73, appendix).
    value = value_of(match["low"])
    if match["high"]:
        value = min(value, value_of(match["high"]))
    if match["inch"] or value in MICROINCHES:
        value = round(value * 0.0254, 3)
    if "z" in match["letters"].lower() or "з" in match["letters"].lower() or "Rz" in match[0]:
        value /= 4.0
    if 0 < value <= 100:
        yield Mention(
            "roughness", match.start(), match.end(), amounts=(value,), sure=0.95, basis="roughness.sign"
        )


def _travel(match: re.Match[str]) -> Iterator[Mention]:
    """What a machine travels: "X 400 Y 300 Z 220"."""
    amounts = tuple(sorted((float(match[axis]) for axis in "xyz"), reverse=True))
    yield Mention("envelope", match.start(), match.end(), amounts=amounts, sure=0.9, basis="envelope.travel")


def _lettered_box(match: re.Match[str]) -> Iterator[Mention]:
    """The sides of a box with a letter each: "W600 x D400 x H1200", "1200H x 600W x 400D"."""
    letters = [(match[f"l{n}"] or match[f"r{n}"] or "").upper() for n in "abc"]
    if len(set(letters)) == len(letters):
        amounts = tuple(sorted((value_of(match[n] or match[f"{n}2"]) for n in "abc"), reverse=True))
        if min(amounts) > 0:
            yield Mention(
                "envelope", match.start(), match.end(), amounts=amounts, sure=0.95, basis="envelope.letters"
            )


def _shore(match: re.Match[str]) -> Iterator[Mention]:
    """The hardness of rubber; it has no Vickers number, so it is told and not compared."""
    scale = "A" if (match["scale"] or match["scale2"]).upper() in {"A", "А"} else "D"
    low = value_of(match["low"] or match["low2"])
    around = value_of(match["around"] or match["around2"] or "0")
    high = value_of(match["high"]) if match["high"] else low + around
    told = f"Shore {scale} {low - around:g}–{high:g}"
    yield Mention("shore", match.start(), match.end(), value=told, sure=0.95, basis="hardness.shore")


def _finish(match: re.Match[str]) -> Iterator[Mention]:
    place = int(match["class"])
    if 1 <= place <= len(FINISH):
        yield Mention(
            "roughness",
            match.start(),
            match.end(),
            amounts=(FINISH[place - 1],),
            sure=0.95,
            basis="roughness.finish",
        )


_BY = r"[ ]?(?:@millimetre)?[ ]?[xх×*,][ ]?"


def _letter_side(name: str) -> str:
    """One side with its letter before or behind it."""
    return (
        rf"(?<![\w.,])(?:(?P<l{name}>[WDHLBШГВДТ])[ ]?[=:]?[ ]?(?P<{name}>\d{{2,5}}(?:[.,]\d)?)"
        rf"|(?P<{name}2>\d{{2,5}}(?:[.,]\d)?)[ ]?(?P<r{name}>[WDHLB]))(?![\w])"
    )


_OF_METAL = re.compile(
    r"[HН][RBVРВ]|роквел|бринел|виккерс|rockwell|brinell|vickers|\dr?[ ]?rc\b", re.IGNORECASE
)
# The letters without which a pattern cannot match, so that most texts skip it.
_Rule = tuple[re.Pattern[str], WordPattern, Callable[[re.Match[str]], Iterator[Mention]]]
_RULES: tuple[_Rule, ...] = (
    (
        _OF_METAL,
        WordPattern(
            "sizes",
            rf"""
            (?<![\w-]) (?:{_SCALE}) [ ]? (?: [=:≥>≤<~≈][ ]? | @hardness_to[ ] )? {_HARDNESS}
            (?! [\w×] | [.,]\d | [ ]?(?:@piece|@millimetre) )
            """,
        ),
        _hardness,
    ),
    (
        _OF_METAL,
        WordPattern("sizes", rf"(?<![\d.,]){_HARDNESS} [ ]? (?:@unit_of_hardness[ ])? (?:{_SCALE}) (?!\w)"),
        _hardness,
    ),
    (
        re.compile(r"[МMG]\d|Tr|UN[CFEJ]|NPT|BSP|труб"),
        WordPattern(
            "sizes",
            r"""
            (?<![\w-])(?:
              [МM](?!\d{1,2}[ ]\d[A-Z]{2}(?!\w))(?P<size>\d{1,3}(?:[.,]\d)?) (?:[ ]?[xх×][ ]?\d[\d.,]{0,2})??
                (?:[ ]?[xх×][ ]?(?P<long>\d{1,4}(?:[.,]\d{1,2})?(?![\d.,]\d)))?
                (?:[ ]?-[ ]?\d{1,2}[A-Za-zА-Яа-я]{1,2})? (?:[ ]?LH)?
              | Tr[ ]?\d{1,3}(?:[xх×]\d{1,2})?
              | G[ ]?(?:\d/\d|[1-4](?:[ -]\d/\d)?)(?:[ ]?["])? (?!\w)
              | (?:\#\d{1,2} | \d{1,2}(?:[ -]\d/\d{1,2}|/\d{1,2})?"?) [ -]\d{1,2}[ -]?
                (?:UN[CFEJRS]{1,2}|NPTF?|BSPP?T?) (?:-\d[AB])?
              | \d{1,2}(?:[ -]\d/\d{1,2}|/\d{1,2})?["]?[ ]? (?:NPTF?|BSPP?T?)
            ) (?![\w])
            """,
            re.NOFLAG,
        ),
        _thread,
    ),
    (
        re.compile(r"[mzм][ ]?=?[ ]?\d|модул|module", re.IGNORECASE),
        WordPattern(
            "sizes",
            r"""
            (?<![\w.,-])
            (?: (?:m|м)[ ]?=[ ]?(?P<module>\d{1,2}(?:[.,]\d{1,2})?) (?![\d.,]*[ ]?(?:@kilogram)\b)
              | z[ ]?=?[ ]?(?P<teeth>\d{1,3}) ) (?![\w.])
            """,
        ),
        _gear,
    ),
    (
        re.compile(r"\+"),
        WordPattern(
            "sizes",
            rf"""
            (?:(?<![\d.,])(?P<nominal>\d{{1,4}}(?:[.,]\d{{1,4}})?)[ ]?)?
            \+[ ]?(?P<upper>\d{{1,4}}(?:[.,]\d{{1,5}})?|[.]\d{{1,5}}) [ ]?@millimetre?["]?[ ]?[/;,|]?[ ]?
            (?P<sign>[-−–+])[ ]?(?P<lower>{_N})(?!\d) {_INCH}
            """,
        ),
        _limits,
    ),
    (
        re.compile(r"\+"),
        WordPattern(
            "sizes",
            r"(?<![\d.,+])(?P<nominal>\d{1,4})[ ]?\+[ ]?(?P<upper>0[.,]\d{1,3})(?![\d/])(?![ ]?[-−–/])",
        ),
        _upper_limit,
    ),
    (
        re.compile("2768"),
        WordPattern(
            "sizes",
            r"(?:ISO|ИСО|DIN|EN)?[ -]?(?:ISO)?[ -]?2768(?:-1)?[ -]{0,3}(?P<class>[fmcv])(?:[HKL])?\b",
        ),
        _general,
    ),
    (
        re.compile(r"\d/[a-zA-Z]"),
        WordPattern(
            "sizes",
            r"(?<![\w.,])[a-zA-Z]{1,2}(?P<grade>\d{1,2})/[a-zA-Z]{1,2}(?P<shaft>[4-9]|1\d)(?!\w)",
            re.NOFLAG,
        ),
        _pair,
    ),
    (
        re.compile(r"[hHkKnNpPfFgGjJs]\d"),
        WordPattern(
            "sizes",
            r"(?<![^ ,(\n])(?<!\d[ ])(?:[hHнН]|js|JS|Js|[knpfgKNFGP])(?P<grade>1[0-6]|[4-9])(?![\w]|[.,]\d)",
            re.NOFLAG,
        ),
        _pair,
    ),
    (
        re.compile("[RР][aаzз]|шероховат|roughness", re.IGNORECASE),
        WordPattern(
            "sizes",
            r"""
            (?<!\w)(?P<letters>Ra|Rz|Ра|Рз|Rа|Rз|@roughness)(?:[ ]?(?:Ra|Rа|Rz))? [ ]?[=:<≤-]?[ ]?(?:@no_rougher[ ])?
            (?P<low>\d{1,3}(?:[.,]\d{1,3})?|\.\d{1,2}) (?:[ ]?(?:[-–…]|\.\.\.?)[ ]?(?P<high>\d{1,3}(?:[.,]\d{1,3})?))?
            (?:[ ]?(?:(?P<inch>µ-?(?:in\b|inch|")|u-?in\b|micro-?inch)|(?:мкм|µm|um|microns?)(?!\w)))?
            """,
        ),
        _roughness,
    ),
    (
        re.compile("IT|ИТ"),
        WordPattern(
            "sizes", r"(?<!\w)(?:IT|ИТ)[ -]?(?:grade[ ])?(?P<grade>1[0-8]|[1-9])(?![\w]|[.,]\d)", re.NOFLAG
        ),
        _pair,
    ),
    (
        re.compile("X"),
        WordPattern(
            "sizes",
            r"""
            (?<!\w)X[ ]?[=:]?[ ]?(?P<x>\d{2,5}) [ ]?(?:@millimetre)?[ ]?[,;/x×]?[ ]? Y[ ]?[=:]?[ ]?(?P<y>\d{2,5})
            [ ]?(?:@millimetre)?[ ]?[,;/x×]?[ ]? Z[ ]?[=:]?[ ]?(?P<z>\d{2,5}) (?!\w)
            """,
            re.NOFLAG,
        ),
        _travel,
    ),
    (
        re.compile(r"[WDHLBШГВДТ](?:[ =]?\d|\W)|\d[WDHLB]\b"),
        WordPattern(
            "sizes",
            rf"{_letter_side('a')} {_BY} {_letter_side('b')} {_BY} {_letter_side('c')} (?!\w)",
            re.NOFLAG,
        ),
        _lettered_box,
    ),
    (
        re.compile("Шор|Shore|shore"),
        WordPattern(
            "sizes",
            r"""
            (?P<low>\d{2,3})(?:[ ]?(?:±|\+/-)[ ]?(?P<around>\d{1,2})|[ ]?[-–][ ]?(?P<high>\d{2,3}))?[ ]?(?:ед\.?[ ])?
              (?:@shore)[ ]?(?P<scale>[AАDД])(?!\w)
            | (?:@shore)[ ]?(?P<scale2>[AАDД])[ :]{1,2}(?P<low2>\d{2,3})(?:[ ]?(?:±|\+/-)[ ]?(?P<around2>\d{1,2}))?
            """,
        ),
        _shore,
    ),
    (
        re.compile(r"\d[ -]?(?:ga|GA)\b|gauge"),
        WordPattern(
            "sizes",
            r"""
            (?<![\w.,/])(?P<gauge>\d{1,2})(?P<sign>[ -]?(?:ga(?:uge)?\b\.?))
            (?:[ ]{1,2}(?:(?P<stainless>@stainless_steels)|(?P<aluminium>@aluminium_alloys)))?
            """,
        ),
        _gauge,
    ),
    (re.compile("[▽∇]"), WordPattern("sizes", r"[▽∇]{1,3}[ ]?(?P<class>\d{1,2})"), _finish),
)


REACH_BEFORE, REACH_AFTER = 24, 60  # characters around the letters that a pattern needs


def find(text: str) -> Iterator[Mention]:
    """The designations of a canonical text."""
    signs: dict[re.Pattern[str], list[tuple[int, int]]] = {}
    for needed, pattern, make in _RULES:
        if needed not in signs:
            signs[needed] = [sign.span() for sign in needed.finditer(text)]
        done = 0
        for first, last in signs[needed]:
            if first < done:
                continue
            end = min(len(text), last + REACH_AFTER)
            for match in pattern.finditer(text, max(done, first - REACH_BEFORE), end):
                done = match.end()
                yield from make(match)
