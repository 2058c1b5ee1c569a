"""The sizes, masses and accuracy in a match of a quantity: from the words of a text to mentions with amounts
in mm, kg, IT and µm.
"""

import re
from collections.abc import Callable, Iterator

from matchmaker.domain.hardness import DESIGNATIONS, vickers
from search.text.lexicon import WordNumbers, WordPattern
from search.text.recognition import Mention

_LENGTHS, _MASSES = WordNumbers("sizes", "length_units"), WordNumbers("sizes", "mass_units")
# Tolerance units of ISO 286-1 for a size, in µm: 0.45·∛D + 0.001·D; IT grades as multiples of it from IT6 on.
_MULTIPLES = {6: 10, 7: 16, 8: 25, 9: 40, 10: 64, 11: 100, 12: 160, 13: 250, 14: 400, 15: 640, 16: 1000}
# GOST 2789-59 class of finish (▽1 … ▽14) → Ra of GOST 2789-73, µm.
_FINISH = (80.0, 40.0, 20.0, 10.0, 5.0, 2.5, 1.25, 0.63, 0.32, 0.16, 0.08, 0.04, 0.02, 0.01)
# ISO 2768-1 classes as the IT grade whose tolerance at 30–120 mm comes nearest.
_GENERAL = {"f": 12, "m": 14, "c": 15, "v": 16}


def number(text: str) -> float:
    """A number as people write it: spaces between thousands, decimal comma or point."""
    return float(text.replace(" ", "").replace(" ", "").replace(",", "."))


def millimetres(value: str, unit: str | None) -> float:
    if not unit:
        return number(value)
    return number(value) * (_LENGTHS.of(unit) or 1.0)


def grade_of(tolerance_um: float, size_mm: float) -> int:
    """The loosest IT grade whose tolerance is not above `tolerance_um` (µm) at `size_mm`; ISO 286-1."""
    unit = 0.45 * size_mm ** (1 / 3) + 0.001 * size_mm
    fitting = [grade for grade, multiple in _MULTIPLES.items() if multiple * unit <= tolerance_um * 1.1]
    return max(fitting, default=5)


# A section of bar or tube ("square tubes 60x60x3"): its third number is the wall, not a side of the part.
SECTION = "section"  # the value of a thickness that is the wall of a section
_OF_STOCK = WordPattern("sizes", r"\b@section_stock[ ] [^\d.;\n]{0,20} $")


def box(match: re.Match[str]) -> Iterator[Mention]:
    unit = match[6] or match[4] or match[2]
    sides = [millimetres(match[i], match[i + 1] or unit) for i in (1, 3, 5)]
    if min(sides) <= 30 and _OF_STOCK.search(match.string, max(0, match.start() - 40), match.start()):
        yield Mention("thickness", match.start(), match.end(), amounts=(min(sides),), value=SECTION)
        return
    yield Mention("envelope", match.start(), match.end(), amounts=tuple(sorted(sides, reverse=True)))


def plate(match: re.Match[str]) -> Iterator[Mention]:
    unit = match[4] or match[2]
    sides = [millimetres(match[1], match[2] or unit), millimetres(match[3], match[4] or unit)]
    yield Mention("plate", match.start(), match.end(), amounts=tuple(sorted(sides, reverse=True)))


_STOCK = WordPattern("sizes", r"\b@round_stock[ ,]{1,2} (?:@of[ ])? $")


def diameter(match: re.Match[str]) -> Iterator[Mention]:
    """A diameter, perhaps with a fit and a length: ø45h6, ø45×300; not that of the stock ("пруток ø40")."""
    if _STOCK.search(match.string, max(0, match.start() - 14), match.start()):
        return
    yield Mention(
        "diameter", match.start(), match.end(), amounts=(millimetres(match[1], match[3] or match[5]),)
    )
    if match[2]:
        grade = int(re.sub(r"\D", "", match[2]))
        if 4 <= grade <= 16:
            yield Mention("tolerance", match.start(2), match.end(2), amounts=(grade,), value=match[2])
    if match[4]:
        yield Mention("length", match.start(4), match.end(4), amounts=(millimetres(match[4], match[5]),))


def one(kind: str, value: int = 1, unit: int = 2) -> Callable[[re.Match[str]], Iterator[Mention]]:
    def make(match: re.Match[str]) -> Iterator[Mention]:
        amount = millimetres(match[value], match[unit])
        if amount > 0:
            yield Mention(kind, match.start(), match.end(), amounts=(amount,))

    return make


_FORCE = WordPattern("sizes", "@force")
LEAST_FORCE = 25.0  # tonnes; no press has less, and few parts in a text about one are heavier


def mass(match: re.Match[str]) -> Iterator[Mention]:
    factor = _MASSES.of(match[2]) or 1.0
    if factor == 1000.0 and number(match[1]) >= LEAST_FORCE:
        around = match.string[max(0, match.start() - 30) : match.end() + 15]
        if _FORCE.search(around):
            return
    yield Mention("mass", match.start(), match.end(), amounts=(number(match[1]) * factor,))


def grade(match: re.Match[str]) -> Iterator[Mention]:
    grade = int(next(group for group in match.groups() if group))
    # "4 m3" is a volume, and no fit is that fine.
    if (4 if match[0][0].isalpha() and match[0][:2] != "IT" else 1) <= grade <= 18:
        yield Mention("tolerance", match.start(), match.end(), amounts=(grade,))


def limits(match: re.Match[str]) -> Iterator[Mention]:
    """The upper and lower deviation: "+0.05/-0.02"."""
    width = number(match[1]) * 1000 + (number(match[3]) if match[2] == "-" else -number(match[3])) * 1000
    if 0 < width <= 4000:
        yield Mention(
            "tolerance", match.start(), match.end(), amounts=(grade_of(width, 40.0), width), value=match[0]
        )


def upper_limit(match: re.Match[str]) -> Iterator[Mention]:
    """A size with its upper deviation alone: "60 +0,03"."""
    grade = grade_of(number(match[2]) * 1000, number(match[1]))
    if number(match[1]) > 0:
        yield Mention("tolerance", match.start(), match.end(), amounts=(grade,), value=match[0])


def deviation(match: re.Match[str]) -> Iterator[Mention]:
    half = number(match[1]) * (0.001 if match[2] and match[2].startswith(("мк", "µ", "um")) else 1.0)
    if 0 < half <= 2:
        width = 2 * half * 1000
        yield Mention(
            "tolerance", match.start(), match.end(), amounts=(grade_of(width, 40.0), width), value=match[0]
        )


def general(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention(
        "tolerance",
        match.start(),
        match.end(),
        amounts=(_GENERAL[match[1].lower()],),
        value=match[0],
        sure=0.5,
    )


def roughness(match: re.Match[str]) -> Iterator[Mention]:
    # Rz is about four times Ra for cut surfaces (GOST 2789-73, appendix).
    value = number(match[2]) / (4.0 if match[1].lower() in {"rz", "рз"} else 1.0)
    if 0 < value <= 100:
        yield Mention("roughness", match.start(), match.end(), amounts=(value,))


def hardness(match: re.Match[str]) -> Iterator[Mention]:
    """A number or a range on a scale of hardness; "60±2" is a range too."""
    scale = next(name for name in DESIGNATIONS if match[name])
    low, high = number(match["low"]), number(match["high"] or match["low"])
    if match["around"]:
        low, high = low - number(match["around"]), low + number(match["around"])
    ends = [found for end in (low, high) if (found := vickers(end, scale)) is not None]
    if len(ends) == 2 and low <= high:
        yield Mention("hardness", match.start(), match.end(), amounts=tuple(ends))


def finish(match: re.Match[str]) -> Iterator[Mention]:
    if 1 <= int(match[1]) <= len(_FINISH):
        yield Mention("roughness", match.start(), match.end(), amounts=(_FINISH[int(match[1]) - 1],))


def distance(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention(
        "distance",
        match.start(),
        match.end(),
        amounts=(number(match[1]) * (KM_OF_A_MILE if match[2] else 1),),
    )


KM_OF_A_MILE = 1.609344
_SPOKEN = WordNumbers("sizes", "spoken_distances")


def spoken_distance(match: re.Match[str]) -> Iterator[Mention]:
    """A distance in words: "в радиусе ста километров"."""
    yield Mention("distance", match.start(), match.end(), amounts=(float(_SPOKEN.of(match[1]) or 1),))


def thread(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("thread", match.start(), match.end(), value=match[0], amounts=(number(match[1]),))
