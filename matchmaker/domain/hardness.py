"""The hardness of metals on one scale, Vickers, to which numbers of Rockwell and Brinell are converted.

The pairs are those of ISO 18265:2013, table A.1, for unalloyed and low-alloy steels; between two of them the number is in
proportion. Other metals differ a little, so that a converted number says how hard something is and is no test result.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

# A number of a scale, and the Vickers number that is the same.
Pairs = Sequence[tuple[float, float]]

_ROCKWELL_C: Pairs = (
    (20.3, 240), (22.2, 250), (24.0, 260), (27.1, 280), (29.8, 300), (32.2, 320), (34.4, 340), (36.6, 360),
    (38.8, 380), (40.8, 400), (42.7, 420), (44.5, 440), (46.1, 460), (47.7, 480), (49.1, 500), (50.5, 520),
    (51.7, 540), (53.0, 560), (54.1, 580), (55.2, 600), (56.3, 620), (57.3, 640), (58.3, 660), (59.2, 680),
    (60.1, 700), (61.0, 720), (61.8, 740), (62.5, 760), (63.3, 780), (64.0, 800), (64.7, 820), (65.3, 840),
    (65.9, 860), (66.4, 880), (67.0, 900), (67.5, 920), (68.0, 940),
)  # fmt: skip
_ROCKWELL_A: Pairs = (
    (60.7, 240), (65.2, 300), (68.1, 350), (70.8, 400), (73.3, 450), (75.3, 500), (77.0, 550), (78.6, 600),
    (80.0, 650), (81.3, 700), (82.2, 740), (83.0, 780), (83.8, 820), (84.4, 860), (85.0, 900), (85.6, 940),
)  # fmt: skip
_BRINELL: Pairs = (
    (76, 80), (95, 100), (143, 150), (190, 200), (238, 250), (285, 300), (333, 350), (380, 400), (428, 450),
    (475, 500), (523, 550), (570, 600), (618, 650),
)  # fmt: skip
_SCALES = {"HRC": _ROCKWELL_C, "HRA": _ROCKWELL_A, "HB": _BRINELL}
_MARGIN = 0.98, 1.06  # of the ends of a table: what lies there counts as the end, "20 HRC" and "70 HRC"
LEAST, MOST = 80.0, 3000.0  # Vickers numbers: the softest steel of the tables, the hardest coatings
_SOFT, _HARD = 300.0, 870.0  # between them people speak of Rockwell C, below of Brinell, above of Vickers

# The designations in letters of either alphabet. HRCэ is Rockwell C by the Russian reference, HBW Brinell by a ball of hard
# metal, HV10 Vickers under a load of 10 kgf.
DESIGNATIONS = {
    "HRC": "[HН][RР][CС]э?",
    "HRA": "[HН][RР][AА]",
    "HB": "[HН][BВ][WS]?",
    "HV": r"[HН]V(?:0[.,]\d|1|3|5|10|20|30|50|100)?",
}
_NUMBER = r"(\d{2,4}(?:[.,]\d{1,3})?)"
_RANGE = re.compile(
    r"(?P<at_most>[≤<])?\s*(?P<low>\d{2,4}(?:[.,]\d{1,3})?)(?:\s*[-–—…÷]\s*(?P<high>\d{2,4}(?:[.,]\d{1,3})?))?"
)
_SPELLED = {
    scale: re.compile(rf"{letters}\s*{_NUMBER}|{_NUMBER}\s*{letters}", re.IGNORECASE)
    for scale, letters in DESIGNATIONS.items()
}
_DESIGNATED = {name: re.compile(letters, re.IGNORECASE) for name, letters in DESIGNATIONS.items()}


def vickers(number: float, scale: str) -> float | None:
    """The Vickers number for one of a scale; None for a number that the scale does not have."""
    if scale == "HV":
        return number if LEAST <= number <= MOST else None
    pairs = _SCALES[scale]
    if not _MARGIN[0] * pairs[0][0] <= number <= _MARGIN[1] * pairs[-1][0]:
        return None
    return _between(pairs, number)


def told(number: float) -> tuple[float, str]:
    """A Vickers number as people say it: a number of Rockwell C, Brinell or Vickers, and the wording of it with its scale."""
    if number > _HARD:
        return round(number), "%(value)s HV"
    scale, digits = ("HRC", 1) if number >= _SOFT else ("HB", 0)
    reverse = [(vickers, own) for own, vickers in _SCALES[scale]]
    return round(_between(reverse, number), digits), f"%(value)s {scale}"


def _between(pairs: Pairs, number: float) -> float:
    """What stands beside a number in a table, in proportion between two rows; that of an end beyond it."""
    (_, lowest), (last, highest) = pairs[0], pairs[-1]
    for (low, first), (high, second) in pairwise(pairs):
        if low <= number <= high:
            return first + (second - first) * (number - low) / (high - low)
    return highest if number > last else lowest


def read(text: str) -> float | None:
    """The Vickers number of a hardness with its scale, "58 HRC" or "HB 220"; None for anything else."""
    for scale, spelled in _SPELLED.items():
        found = spelled.fullmatch(text.strip())
        if found:
            return vickers(float((found[1] or found[2]).replace(",", ".")), scale)
    return None


def scale(designation: str) -> str | None:
    """The scale that a designation names in letters of either alphabet; None for anything else."""
    letters = designation.strip()
    return next((name for name, spelled in _DESIGNATED.items() if spelled.fullmatch(letters)), None)


def read_range(text: str) -> tuple[str, float | None, float | None] | None:
    """The scale and the ends of a range, "45…50 HRC", "58 HRC" (the least) or "≤ 229 HB"; None for anything else."""
    found = _RANGE.search(text)
    if found is None:
        return None
    named = scale((text[: found.start()] + text[found.end() :]).strip(" =≥>"))
    if named is None:
        return None
    low, high = (float(found[end].replace(",", ".")) if found[end] else None for end in ("low", "high"))
    return (named, None, low) if found["at_most"] and high is None else (named, low, high)


def told_range(scale: str, low: float | None, high: float | None) -> str:
    """A range as people write it, and as `read_range` reads it."""
    if low is None:
        return f"≤ {high:g} {scale}"
    return f"{low:g} {scale}" if high is None else f"{low:g}…{high:g} {scale}"
