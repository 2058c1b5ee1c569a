"""The sizes, masses and accuracy among the figures of a text: mentions with amounts in mm, kg, IT and µm."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from search.text.figures import FILLERS, Dimension, Figure, Unit
from search.text.lexicon import WordPattern
from search.text.recognition import Mention

# Tolerance units of ISO 286-1 for a size, in µm: 0.45·∛D + 0.001·D; IT grades as multiples of it from IT6 on.
_MULTIPLES = {6: 10, 7: 16, 8: 25, 9: 40, 10: 64, 11: 100, 12: 160, 13: 250, 14: 400, 15: 640, 16: 1000}
# GOST 2789-59 class of finish (▽1 … ▽14) → Ra of GOST 2789-73, µm.
MICROINCHES = frozenset({16.0, 32.0, 63.0, 64.0, 125.0, 250.0})  # no Ra in µm is one of these
FINISH = (80.0, 40.0, 20.0, 10.0, 5.0, 2.5, 1.25, 0.63, 0.32, 0.16, 0.08, 0.04, 0.02, 0.01)
MOST_ROUGHNESS = 100.0  # µm
MOST_GAP = 14  # characters between the sides of a part
NOMINAL = 40.0  # mm; the size at which a deviation without one is judged
NEAR = 40  # characters between an outer and an inner diameter, "D60 d40"
BARE = (
    "bare_length"  # the kind of a small length that no word explains: the thickness of a material beside it
)
SECTION = "section"  # the value of a thickness that is the wall of a section of bar or tube
LEAST_UNIT = 0.02  # kg; grams are more often those of a material than of a part
THICKEST_SHEET, LEAST_SIDE, THICKEST_BAR = 60.0, 5.0, 400.0  # mm
LEAST_BOX = 20.0  # mm: the sides of a smaller one without a unit may be metres, "рамы 4,5×1,2×0,9"
_MASS_SIGNS = frozenset({"m=", "м="})
_ROUND_SIGNS = frozenset({"D=", "d=", "D", "d", "Д="})
_DIAMETER_SIGNS = frozenset({"ø", "Ø", "⌀", "∅", "Φ", "φ", "ф", "Ф"})
_LETTER_KINDS = {
    "D=": "diameter", "d=": "diameter", "Д=": "diameter", "д=": "diameter", "Ø=": "diameter", "ø=": "diameter", "OD=": "diameter", "ID=": "inner_diameter",
    "L=": "length", "l=": "length", "Л=": "length", "H=": "height", "h=": "height", "Н=": "height", "S=": "thickness", "s=": "thickness",
    "T=": "thickness", "t=": "thickness", "L": "length", "l": "length", "B=": "width", "b=": "width", "W=": "width", "R=": "radius", "D": "diameter", "d": "diameter",
    "Д": "diameter", "H": "height", "R": "radius",
    "OD": "diameter", "Od": "diameter", "od": "diameter", "ID": "inner_diameter", "Id": "inner_diameter", "id": "inner_diameter",
}  # fmt: skip
# The sizes of a part that are compared; a width is a side that is not.
_SIZES = frozenset({"diameter", "inner_diameter", "length", "height", "thickness", "wall"})
_SIDES = _SIZES - {"diameter"}
_NAMED_SIDES = frozenset({"length", "width", "height"})
_MICRO, _MICROINCH = 0.002, 0.0001  # mm; the units below which lengths are accuracy or roughness
_ROUGHNESS_SIGNS = frozenset({"ra", "rz", "ра", "рз", "rа"})
# What words before or behind a length say of it, the particular before the general.
_KINDS = (
    ("wall", "wall"), ("hole", ""), ("radius", ""), ("inner", "inner_diameter"), ("diameter", "diameter"), ("outer", "diameter"), ("thickness", "thickness"),
    ("height", "height"), ("width", "width"), ("length", "length"),
)  # fmt: skip


def grade_of(tolerance_um: float, size_mm: float) -> int:
    """The loosest IT grade whose tolerance is not above `tolerance_um` (µm) at `size_mm`; ISO 286-1."""
    unit = 0.45 * size_mm ** (1 / 3) + 0.001 * size_mm
    fitting = [grade for grade, multiple in _MULTIPLES.items() if multiple * unit <= tolerance_um * 1.1]
    return max(fitting, default=5)


class _Shape(Protocol):
    """The reading of sides of one shape."""

    def __call__(self, group: "FigureGroup", sides: list[float], *, has_unit: bool) -> Iterator[Mention]: ...


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures that belong together: one, the sides of a "×", or the ends of a range."""

    figures: tuple[Figure, ...]
    is_range: bool = False

    @property
    def first(self) -> Figure:
        return self.figures[0]

    @property
    def last(self) -> Figure:
        return self.figures[-1]

    @property
    def start(self) -> int:
        return self.first.start

    @property
    def end(self) -> int:
        return self.last.end

    @property
    def top(self) -> Figure:
        """The upper end of a range in the unit that either end names, else the figure."""
        if not self.is_range:
            return self.first
        highest = max(self.figures, key=scaled)
        return replace(
            highest,
            unit=self.last.unit or self.first.unit,
            sign=highest.sign or self.first.sign,
            before=self.first.before or highest.before,
        )


_TIMES = WordPattern(
    "figures", r"[ ]?(?:(?:@after_size)[ ]?)? (?:[xXхХ×*]|(?:на|by)\b)[ ]?(?:(?:@after_size)[ ])?\Z"
)
_BY_LENGTH = re.compile(r"[ ]?[xXхХ×*][ ]?[LlЛ]?[ =]?\d")
_HOLLOW = re.compile(r"[ ]?/[ ]?\Z")
_TO = re.compile(r"[ ]?(?:[–—…÷-]|\.{2,3}|(?:до|to|up to)\b)[ ]?\Z")
# "от 5 плат до 20 тыс.", "from 10 thous. to 2 million": what is counted stands between.
_FROM_TO = re.compile(r"\.?[ ](?:(?P<things>[^\W\d_]{2,10})\.?[ ])?(?:до|to)[ ]\Z")
_BY_THREES = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_PIECES = Unit(Dimension.PIECES, 1.0, "")


def scaled(figure: Figure) -> float:
    """The value of a figure in single pieces: "2 млн", "50.000 pcs"; of any other as it is written."""
    if figure.unit is None or figure.unit.dimension is not Dimension.PIECES:
        return figure.value
    whole = _BY_THREES.fullmatch(figure.written)
    return float(re.sub("[.,]", "", figure.written) if whole else figure.value) * figure.unit.size


def grouped(text: str, figures: Sequence[Figure]) -> list[FigureGroup]:
    """The figures of a text in groups, in their order."""
    groups: list[FigureGroup] = []
    for figure in figures:
        last = groups[-1] if groups else None
        gap = text[last.end : figure.start] if last and figure.start - last.end <= MOST_GAP else None
        if last is None or gap is None or last.last.sign[:1] in {"±", "+"}:
            groups.append(FigureGroup((figure,)))
        elif not last.is_range and _is_hollow(text, last, figure, gap):
            groups[-1] = FigureGroup((replace(last.first, sign="ø"), replace(figure, sign="ø")))
        elif not last.is_range and _TIMES.match(gap):
            groups[-1] = FigureGroup((*last.figures, figure))
        elif _TO.match(gap) and len(last.figures) == 1 and _one_range(last.first, figure):
            groups[-1] = FigureGroup((last.first, figure), is_range=True)
        elif counted := _from_to(last, figure, gap):
            groups[-1] = FigureGroup((counted, figure), is_range=True)
        else:
            groups.append(FigureGroup((figure,)))
    return groups


def _is_hollow(text: str, group: FigureGroup, figure: Figure, gap: str) -> bool:
    """Whether a figure behind a slash is the inner diameter: "ø260/235", "Ø96 / Ø71", "80/60х100"."""
    first = group.first
    signed = first.sign[:1] in _DIAMETER_SIGNS
    bare = (
        not first.sign
        and first.unit is None
        and figure.value >= LEAST_SIDE
        and (_BY_LENGTH.match(text, figure.end) or not first.part.isdisjoint({"round", "washer"}))
    )
    inner = len(group.figures) == 1 and bool(signed or bare) and figure.value < first.value
    return inner and bool(_HOLLOW.match(gap)) and (not figure.sign or figure.sign[:1] in _DIAMETER_SIGNS)


def _from_to(group: FigureGroup, figure: Figure, gap: str) -> Figure | None:
    """The first figure of a range of pieces with the word for them between its ends; None where there is none."""
    first = group.first
    between = _FROM_TO.match(gap)
    if between is None or len(group.figures) > 1 or not first.before or "least" not in first.before[0]:
        return None
    counted = replace(first, unit=first.unit or _PIECES)
    counts = figure.unit is None or figure.unit.dimension is Dimension.PIECES
    return counted if counts and _one_range(counted, replace(figure, unit=figure.unit or _PIECES)) else None


def _one_range(low: Figure, high: Figure) -> bool:
    alike = low.unit is None or high.unit is None or low.unit.dimension is high.unit.dimension
    counts = high.unit is not None and high.unit.dimension is Dimension.PIECES
    return (
        alike
        and not (low.sign and counts)
        and scaled(low) < scaled(high)
        and (not high.sign or high.sign == low.sign)
    )


def mentions(text: str, groups: Sequence[FigureGroup]) -> Iterator[Mention]:
    """The sizes, masses and accuracy that the groups state; a group that states nothing of a part gives nothing."""
    return _boxed(text, list(_of_groups(text, groups)))


_BESIDE_SIDE = re.compile(r"[^.;!?\n\d]{1,24}")


def _boxed(text: str, found: Sequence[Mention]) -> Iterator[Mention]:
    """The mentions, with a length, a width and a height named one after the other as the sides of one part."""
    index = 0
    while index < len(found):
        run = [found[index]]
        while index + len(run) < len(found) and run[-1].kind in _NAMED_SIDES:
            after = found[index + len(run)]
            if after.kind not in _NAMED_SIDES or after.kind in {one.kind for one in run}:
                break
            if not _BESIDE_SIDE.fullmatch(text, run[-1].end, after.start):
                break
            run.append(after)
        if len(run) > 1 and "width" in {one.kind for one in run}:
            kind = "envelope" if len(run) == len(_NAMED_SIDES) else "plate"
            amounts = tuple(sorted((one.amounts[0] for one in run), reverse=True))
            yield Mention(kind, run[0].start, run[-1].end, amounts=amounts, sure=0.9, basis=f"{kind}.named")
        else:
            yield from (one for one in run if one.kind != "width")
        index += len(run)


def _of_groups(text: str, groups: Sequence[FigureGroup]) -> Iterator[Mention]:
    """What each group states; the widths too, which are no size of a part by themselves."""
    nominal, nominal_end = NOMINAL, -100
    outer_end = -100
    for group in groups:
        if outer_end >= group.start - NEAR and group.first.sign in {"d", "d=", "д="}:
            inner = replace(group.first, sign="ID=")
            group = FigureGroup((inner, *group.figures[1:]), is_range=group.is_range)  # noqa: PLW2901 - the same figures
        if group.first.sign in {"D", "D=", "Д="}:
            outer_end = group.end
        if len(group.figures) > 1 and not group.is_range:
            packed = _PACKED.search(text, max(0, group.start - NEAR), group.start)
            found = [] if packed else list(_of_sides(group))
        else:
            found = list(_of_one(text, group, nominal if group.start - nominal_end <= 40 else NOMINAL))
        for mention in found:
            if mention.kind == "diameter" or (
                mention.kind in {"length", "inner_diameter"} and nominal_end < group.start
            ):
                nominal, nominal_end = mention.amounts[0], mention.end
        if not found and group.first.in_unit(Dimension.LENGTH):
            nominal, nominal_end = group.first.in_unit(Dimension.LENGTH) or NOMINAL, group.end
        elif not found and group.first.unit is None:
            nominal, nominal_end = group.first.value, group.end
        yield from found


# ---- One figure, or the ends of a range.
def _of_one(text: str, group: FigureGroup, nominal: float) -> Iterator[Mention]:
    figure = group.top
    sign = figure.sign if figure.sign in _LETTER_KINDS else figure.sign.strip()
    if sign.lower().rstrip("=") in _ROUGHNESS_SIGNS:
        yield from _roughness(group, rz=sign[1:2].lower() in {"z", "з"})
    elif sign[:1] in {"±", "+"}:
        yield from _deviation(group, nominal)
    elif sign[:1] in _DIAMETER_SIGNS or sign == "IT":
        yield from _signed(group, sign)
    elif figure.tail.strip(" -") and _fit(figure.tail):
        yield from _fitted(group)
    elif sign in _LETTER_KINDS:
        yield from _lettered(group, _LETTER_KINDS[sign])
    elif figure.tail == "-" and figure.followed("degree"):
        yield _mention("gear_grade", group, figure.value, "word")
    elif figure.followed("accuracy") or (figure.tail == "-" and figure.labelled("accuracy")):
        if 4 <= figure.value <= 18 and figure.is_whole and figure.unit is None:
            yield _mention("tolerance", group, figure.value, "grade")
    elif not sign or sign[:1] in "<>≤≥=~≈-" or (sign in _MASS_SIGNS and figure.in_unit(Dimension.MASS)):
        yield from _unsigned(text, group)


def _mention(kind: str, group: FigureGroup, amount: float, basis: str, sure: float = 0.95) -> Mention:
    return Mention(kind, group.start, group.end, amounts=(amount,), sure=sure, basis=f"{kind}.{basis}")


def _length(figure: Figure) -> float:
    """The figure in mm; without a unit it is in mm."""
    return _in_mm(figure, None)


def _in_mm(figure: Figure, unit: float | None) -> float:
    own = figure.in_unit(Dimension.LENGTH)
    return round(own, 6) if own is not None else round(figure.value * (unit or figure.default), 6)


def _fit(tail: str) -> int | None:
    """The IT grade of a fit ("h6"), or None for other letters."""
    found = re.search(r"\d{1,2}$", tail.strip())
    grade = int(found[0]) if found else 0
    return grade if 4 <= grade <= 16 else None


def _signed(group: FigureGroup, sign: str) -> Iterator[Mention]:
    figure = group.top
    if sign == "IT":
        if 1 <= figure.value <= 18:
            yield _mention("tolerance", group, figure.value, "sign")
        return
    if figure.labelled("hole") or (figure.labelled("bar") and not figure.labelled("round")):
        yield from (one for one in _with_fit("diameter", group, "sign") if one.kind == "tolerance")
        return
    kind = "inner_diameter" if figure.labelled("inner") else "diameter"
    yield from _with_fit(kind, group, "sign")


def _with_fit(kind: str, group: FigureGroup, basis: str) -> Iterator[Mention]:
    figure = group.top
    if figure.labelled("stock"):
        return
    grade = _fit(figure.tail)
    end = figure.number[1] if grade else group.end
    amount = _length(figure)
    if amount > 0:
        yield Mention(kind, group.start, end, amounts=(amount,), sure=0.95, basis=f"{kind}.{basis}")
    if grade:
        start = figure.end - len(figure.tail.strip())
        yield Mention(
            "tolerance",
            start,
            figure.end,
            amounts=(grade,),
            value=figure.tail.strip(),
            sure=0.95,
            basis="tolerance.fit",
        )


def _fitted(group: FigureGroup) -> Iterator[Mention]:
    """A size with a fit, "45h6"; a bare number before it is a diameter, as fits of flats are rare."""
    figure = group.top
    kind = next(
        (kind for kind in _stated(figure) if kind),
        "inner_diameter" if figure.tail.strip()[0] in "HНJKMNP" else "diameter",
    )
    if figure.labelled("hole"):
        grade = _fit(figure.tail)
        yield Mention(
            "tolerance",
            figure.end - len(figure.tail.strip()),
            figure.end,
            amounts=(float(grade or 0),),
            sure=0.9,
            basis="tolerance.fit",
        )
        return
    found = list(_with_fit(kind if kind in _SIZES or kind == "width" else "diameter", group, "fit"))
    if kind == "inner_diameter" and not figure.labelled("inner"):
        found = found[1:]  # a hole of the part, "25H7": its accuracy counts, its size may be any hole's
    yield from (one for one in found if one.kind != "width")


def _lettered(group: FigureGroup, kind: str) -> Iterator[Mention]:
    figure = group.top
    if kind == "height" and "=" not in figure.sign:
        if figure.is_whole and 4 <= figure.value <= 16 and figure.unit is None:
            yield Mention(
                "tolerance", group.start, group.end, amounts=(figure.value,), sure=0.8, basis="tolerance.fit"
            )
        return
    if kind in {"width", "radius"} or (figure.unit and figure.unit.dimension is not Dimension.LENGTH):
        return
    if kind == "diameter" and figure.sign.startswith(("d", "д")) and figure.labelled("inner"):
        kind = "inner_diameter"
    yield from _with_fit(kind, group, "letter")


def _stated(figure: Figure) -> Iterator[str]:
    """The kinds of size that the words before a figure state, else those behind it; "" for a size of no part."""
    for words in (figure.before, figure.after):
        found = False
        for of_word, kind in _KINDS:
            if any(of_word in classes for classes in words[:3]):
                found = True
                yield kind
        if found:
            return


def _unsigned(text: str, group: FigureGroup) -> Iterator[Mention]:
    figure = group.top
    unit = figure.unit.dimension if figure.unit else None
    if unit is Dimension.MASS:
        yield from _mass(text, group)
    elif unit is Dimension.DISTANCE:
        yield _mention("distance", group, figure.in_unit(Dimension.DISTANCE) or 0, "unit")
    elif unit is Dimension.LENGTH:
        yield from _of_length(group)
    elif unit is None and not figure.tail:
        yield from _without_unit(group)


LONGEST_SHORT = 3  # letters of a short unit: "г", "gr"
AT_MOST = "≤"  # before a number that is the most allowed
FINISHED = "finished"  # the value of a mass that is the finished part's
# "кг/м", "kg/m²": a mass of something else; "кг/шт" is one part's.
_PER_SOMETHING = re.compile(r"[ ]?/[ ]?(?:м|m|ч|h|л|l|см|cm|сут|год|year)(?!\w)")
_OF_A_LOT = WordPattern("pieces", r"[ ]?(?:@per_in_a_rate|@adverbs)")


_PACKED = WordPattern(
    "figures",
    r"(?<!\w)@packed_in[ ](?:[^\W\d_]{2,14}[ ]){0,2}@carriers(?:[ ][^\W\d_]{2,12}\.?){0,2}[ ,:(]{1,2}\Z",
)
_OF_AREA = WordPattern("figures", r"(?<!\w)@weighed_by_area")
_BEFORE_GRAMS = re.compile(r"(?:[,;|(\n–—]|\A)[ ]?(?:~|≈|approx\.?[ ]|ca\.?[ ]|около[ ]|по[ ])?\Z")
_OF_ONE = WordPattern("figures", r"[ ]?(?:/[ ]?|@one_of[ ])?(?:@pieces_of_grams)(?!\w)")
_AFTER_GRAMS = WordPattern("figures", r"[ ]?(?:[,;|)\n.]|\Z|(?:@pieces_of_grams)(?!\w))")


def _is_set_off(text: str, group: FigureGroup) -> bool:
    """Whether grams stand for themselves, as the mass of a part does: "Knob, PA6, 42 g, black"."""
    near = max(0, group.start - NEAR)
    of_part = "parts" in group.first.part and all("parts" in classes for classes in group.first.before)
    before = of_part or _BEFORE_GRAMS.search(text, max(0, group.start - 10), group.start)
    alone = before and _AFTER_GRAMS.match(text, group.end)
    return bool(alone) and not _OF_AREA.search(text, near, group.start)


def _mass(text: str, group: FigureGroup) -> Iterator[Mention]:
    figure = group.top
    kilograms = figure.in_unit(Dimension.MASS) or 0
    if _PER_SOMETHING.match(text, group.end) or ("load" in figure.part and not figure.labelled("finished")):
        return
    heavy = figure.unit is not None and figure.unit.size >= 900
    if (
        (heavy or figure.labelled("load"))
        and (figure.labelled("foreign", "load") or figure.followed("foreign"))
        and not figure.labelled("mass")
    ):
        return
    of_one = bool(_OF_ONE.match(text, group.end))
    of_lot = figure.labelled("lot", "quantity") and not figure.labelled("mass")
    if not of_one and (of_lot or _OF_A_LOT.match(text, group.end)):
        return
    if _PACKED.search(text, max(0, group.start - NEAR), group.start):
        return
    if figure.labelled("total") and (figure.labelled("mass", "lot") or figure.before[0] >= {"total"}):
        return  # of all parts together
    grams = figure.unit is not None and figure.unit.size < LEAST_UNIT
    spelled = figure.unit is not None and len(figure.unit.written) > LONGEST_SHORT
    told = spelled or figure.labelled("mass") or figure.followed("mass")
    if grams and not told and not of_one and not _is_set_off(text, group):
        return  # grams of paper, of a filling, of a sample
    if kilograms > 0 and not figure.labelled("stock"):
        named = figure.labelled("mass") or figure.followed("mass") or of_one
        sure = 0.95 if figure.labelled("mass") else 0.85
        basis = "named" if named else "heavy" if heavy else "unit"
        mention = _mention("mass", group, round(kilograms, 6), basis, sure)
        finished = figure.labelled("finished") or figure.followed("finished")
        yield replace(mention, value=FINISHED) if finished else mention


def _of_length(group: FigureGroup) -> Iterator[Mention]:
    figure = group.top
    amount = _length(figure)
    size = figure.unit.size if figure.unit else 1.0
    if figure.labelled("roughness") or (size < _MICRO and figure.followed("roughness")) or size < _MICROINCH:
        if 0 < amount * 1000 <= 100:
            yield _mention("roughness", group, round(amount * 1000, 4), "word")
    elif figure.labelled("accuracy") and amount <= 2:
        yield _mention("tolerance", group, grade_of(amount * 1000, NOMINAL), "word", 0.8)
    elif size >= _MICRO and amount > 0:
        yield from _size_of_part(group, amount)


def _size_of_part(group: FigureGroup, amount: float) -> Iterator[Mention]:
    """The size that a length is by the words around it; none where they say nothing."""
    figure = group.top
    kind = next(_stated(figure), None)
    if figure.labelled("stock"):
        return
    if kind is not None:
        if kind in _SIZES or kind == "width":
            yield _mention(kind, group, amount, "word")
    elif (figure.labelled("sheet") or figure.followed("sheet", "grade_word")) and amount <= THICKEST_SHEET:
        yield _mention("thickness", group, amount, "sheet", 0.9)
    elif figure.labelled("foreign", "bar") or figure.followed("foreign", "bar"):
        return
    elif figure.before and "upto" in figure.before[0]:
        yield _mention("length", group, amount, "limit", 0.7)
    elif figure.before and "slender" in figure.before[0] and amount <= THICKEST_BAR:
        yield _mention("diameter", group, amount, "part", 0.85)
    elif amount <= THICKEST_SHEET:
        yield _mention(BARE, group, amount, "alone", 0.3)


def _without_unit(group: FigureGroup) -> Iterator[Mention]:
    figure = group.top
    nearest = next((classes for classes in figure.before if classes - FILLERS), frozenset())
    if figure.labelled("foreign"):
        return
    if "mass" in nearest:
        yield _mention("mass", group, figure.value, "label", 0.8)
    elif "accuracy" in nearest:
        yield from _accuracy(group)
    elif "roughness" in nearest or (figure.followed_by("roughness") and figure.value in MICROINCHES):
        if 0 < figure.value <= MOST_ROUGHNESS:
            yield _mention("roughness", group, _of_microinches(figure.value), "label", 0.85)
    elif stated := next(_stated(figure if _is_adjective(figure) else replace(figure, after=())), ""):
        if (stated in _SIZES or stated == "width") and figure.value > 0:
            yield _mention(stated, group, _length(figure), "label", 0.85)
    elif "sheet" in nearest and figure.value <= THICKEST_SHEET and not figure.sign:
        yield _mention("thickness", group, figure.value, "sheet", 0.7)


def _is_adjective(figure: Figure) -> bool:
    """Whether the word right behind says which size: "712 long"."""
    return figure.followed_by("behind")


def _accuracy(group: FigureGroup) -> Iterator[Mention]:
    """A grade or a deviation beside the word for accuracy."""
    figure = group.top
    if figure.is_whole and 4 <= figure.value <= 17:
        yield _mention("tolerance", group, figure.value, "label", 0.85)
    elif figure.value <= 1:
        yield _mention("tolerance", group, grade_of(figure.value * 1000, NOMINAL), "label", 0.7)


def _of_microinches(value: float) -> float:
    """An Ra in µm; a number that no Ra in µm is, but one in microinches is, is taken for that."""
    return round(value * 0.0254, 3) if value in MICROINCHES else value


def _roughness(group: FigureGroup, *, rz: bool) -> Iterator[Mention]:
    # Rz is about four times Ra for cut surfaces (GOST 2789-73, appendix).
    best = min(group.figures, key=lambda figure: figure.value)
    micro = (
        best.unit.size * 1000
        if best.unit and best.unit.dimension is Dimension.LENGTH and best.unit.size < 0.002
        else 1.0
    )
    value = best.value * micro / (4.0 if rz else 1.0)
    if micro == 1.0 and not rz:
        value = _of_microinches(value)
    if 0 < value <= 100:
        yield _mention("roughness", group, round(value, 4), "sign")


def _deviation(group: FigureGroup, nominal: float) -> Iterator[Mention]:
    figure = group.first
    half = _in_mm(figure, None)
    if figure.unit is not None and figure.unit.dimension is not Dimension.LENGTH:
        return
    both = figure.sign[:1] == "±" or figure.sign.startswith(("+/", "+-"))
    if not both and half >= 1:
        return  # "4+4", "UTC +2"
    width = half * 1000 * (2 if both else 1)
    if 0 < width <= 4000:
        yield Mention(
            "tolerance",
            group.start,
            group.end,
            amounts=(grade_of(width, nominal),),
            value="deviation",
            sure=0.9,
            basis="tolerance.deviation",
        )


# ---- Sides joined by "×".
def _of_sides(group: FigureGroup) -> Iterator[Mention]:
    figures = group.figures
    foreign = any(figure.unit and figure.unit.dimension is not Dimension.LENGTH for figure in figures)
    if foreign or len(figures) > 3 or any(figure.sign[:1] in {"±", "M", "М"} for figure in figures):
        return
    unit = next((figure.unit.size for figure in reversed(figures) if figure.unit), None)
    sides = [_in_mm(figure, unit) for figure in figures]
    first = figures[0]
    holes = first.labelled("hole", "foreign") or figures[-1].followed_by("hole")
    if min(sides) > 0 and not holes and not first.labelled("stock") and "load" not in first.part:
        yield from _shape(group)(group, sides, has_unit=unit is not None)


def _shape(group: FigureGroup) -> "_Shape":
    """The reading of sides by what is named before them: round parts, tubes, sections, else boxes and plates."""
    first, count = group.first, len(group.figures)
    signed = first.sign[:1] in _DIAMETER_SIGNS or first.sign in _ROUND_SIGNS
    outer = count == 2 and first.labelled("outer")
    if signed or outer or first.labelled("diameter") or (first.followed_by("diameter", "outer")):
        return _of_round
    if first.labelled("tube") and (count == 2 or group.figures[1].value < first.value / 3):
        return _of_tube
    if first.labelled("section", "tube") or group.last.followed("section", "tube"):
        return _of_section
    falls = count == 2 or group.figures[1].value < first.value
    if not first.part.isdisjoint({"round", "washer"}) and falls and not first.labelled("sides", "sheet"):
        return _of_round
    return _of_box if count == 3 else _of_plate


def _of_box(group: FigureGroup, sides: list[float], *, has_unit: bool) -> Iterator[Mention]:
    small = not has_unit and max(sides) < LEAST_BOX
    sure = 0.4 if small else 0.95 if has_unit or min(sides) >= 1 else 0.8
    amounts = tuple(sorted(sides, reverse=True))
    basis = "envelope.small" if small else "envelope.sides"
    yield Mention("envelope", group.start, group.end, amounts=amounts, sure=sure, basis=basis)


def _of_plate(group: FigureGroup, sides: list[float], *, has_unit: bool) -> Iterator[Mention]:
    if has_unit or min(sides) >= LEAST_SIDE:
        sure = 0.9 if has_unit or group.first.labelled("sides", "sheet") else 0.75
        amounts = tuple(sorted(sides, reverse=True))
        yield Mention("plate", group.start, group.end, amounts=amounts, sure=sure, basis="plate.sides")


def _of_section(group: FigureGroup, sides: list[float], *, has_unit: bool) -> Iterator[Mention]:
    """Bar or tube of a section, "60x60x3": the smallest number is the wall; two numbers are no part's sides."""
    if len(sides) == 3 or has_unit:
        amounts, where = (min(sides),), (group.start, group.end)
        if len(sides) == 3:
            yield Mention(
                "thickness", *where, amounts=amounts, value=SECTION, sure=0.9, basis="thickness.section"
            )


def _of_round(group: FigureGroup, sides: list[float], *, has_unit: bool) -> Iterator[Mention]:
    """A diameter with what follows: its length, an inner diameter and a length, a wall and a length."""
    first, *rest = group.figures
    if first.labelled("tube") and sides[1] < sides[0] / 3:
        yield from _of_tube(group, sides, has_unit=has_unit)
        return
    bar = first.labelled("bar") and not first.labelled("round")  # "Piston rods dia. 63 x 1900" are parts
    if not bar:
        yield from _with_fit(
            "diameter", FigureGroup((replace(first, unit=None, value=sides[0], default=1.0),)), "sign"
        )
    if len(rest) == 2:
        hollow = sides[1] < sides[0]
        yield _side("inner_diameter" if hollow else "length", rest[0], sides[1])
        last = "thickness" if "washer" in first.part else "length"
        yield _side(last if hollow else "height", rest[1], sides[2])
    elif rest[0].sign[:1] in _DIAMETER_SIGNS:
        yield _side("inner_diameter", rest[0], sides[1])
    elif not bar:
        yield _side(_LETTER_KINDS.get(rest[0].sign, "length"), rest[0], sides[1])


def _side(kind: str, figure: Figure, amount: float) -> Mention:
    """A side, by the words beside it if they say which: "25 OD x 12.5 ID x 8 thk"."""
    beside = frozenset().union(*figure.before[:1], *figure.after[:1])
    kind = next((name for word, name in _KINDS if name in _SIDES and word in beside), kind)
    return Mention(kind, figure.start, figure.end, amounts=(amount,), sure=0.85, basis=f"{kind}.side")


def _of_tube(group: FigureGroup, sides: list[float], *, has_unit: bool) -> Iterator[Mention]:  # noqa: ARG001 - a shape
    kinds = ("diameter", "wall", "length")
    for kind, figure, amount in zip(kinds, group.figures, sides, strict=False):
        yield _side(kind, figure, amount)
