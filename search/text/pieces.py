"""The pieces among the figures of a text: how many, in which lots, how often a year, priced in which steps; machine-hours."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from search.text.figures import FILLERS, Dimension, Figure, classes_of
from search.text.lexicon import WordNumbers, WordPattern, whole_words
from search.text.measures import FigureGroup, scaled
from search.text.recognition import Mention
from search.text.tokens import Token

LEAST_COUNT = 2
LEAST, MOST_OF_LOT = "least", "most"  # the values of a quantity that is a limit
_OF_PARTS = frozenset({"sheet"})
LOT = "lot"  # the value of a quantity that is stated as that of a lot
MOST = 2_000_000_000
_PER_YEAR, _ADVERBS = WordNumbers("pieces", "periods"), WordNumbers("pieces", "adverbs")
_SPOKEN = WordNumbers("pieces", "spoken_rhythms")
_RATE = WordPattern(
    "pieces",
    r"""
    (?:[ ][^\W\d_]{2,20}){0,2}? [ ,(]{0,3}
    (?: (?:@per_in_a_rate)[ ]?(?:@every_in_a_rate[ ])?(?:@periods) | @adverbs ) (?!\w)
    """,
)
_RATE_NEAR = WordPattern(
    "pieces",
    r"""
    (?:[ ][^\W\d_]{2,20}){0,3}? [ ,(]{0,3}
    (?P<rate>(?:@per_in_a_rate)[ ]?(?:@every_in_a_rate[ ])?(?P<period>@periods)|(?P<adverb>@adverbs))(?!\w)
    """,
)
_RHYTHMS = WordPattern(
    "pieces",
    r"""
    \b(?: (?P<spoken>@spoken_rhythms) | (?P<adverb>@adverbs) | @every[ ](?P<period>@periods) )(?!\w)
    """,
)
# "6 batches per year", "4 поставки в год": how often, and no pieces.
_TIMES_A_YEAR = WordPattern(
    "pieces",
    r"""
    (?<![\w.,])(?:(?P<times>[1-9]\d?)|(?P<words>@times_in_words))[ ](?:@lots_in_a_rate)[ ]?
    (?:(?:@per_in_a_rate)[ ]?(?:@every_in_a_rate[ ])?(?P<period>@periods))(?!\w)
    """,
)
# "30 a year in 3 lots": into how many lots the number of a year is divided.
_YEAR_IN_LOTS = WordPattern(
    "pieces",
    r"""
    (?:(?:@per_in_a_rate)[ ]?(?:@year)|@adverbs_of_a_year) [ ,]{1,2}
    (?P<lots>
      (?:@in_lots)[ ](?:(?P<times>[2-9]|1\d|[2-5]\d)|(?P<words>@times_in_words))[ ](?:equal[ ])?@lots_in_a_rate
    )(?!\w)
    """,
)
_TIMES_IN_WORDS = WordNumbers("pieces", "times_in_words")
_BY_LOTS = WordPattern(
    "pieces", r"(?: @by[ ]@lots_of[ ]?(?:@of[ ])? | @lots_of_each[ ]?(?:@lot_of|[:=])?\s{0,30} )\Z"
)
_LOTS_BEHIND = WordPattern("pieces", r"[ -]?(?:@piece[ -])?@lots_of\b")
_OF_A_LOT = WordPattern("pieces", r"[ ]?(?:@piece[ ])?@in_a[ ]@one_lot\b")
_MACHINE_HOURS = WordPattern("pieces", r"[ ]?(?:@per[ ]?(?:(?P<week>@hours_week)|@hours_month))?")
_WRITTEN_OUT = WordPattern("pieces", r"[ ]?\(@number_in_words[\w ]{0,30}\)")
_IN_WORDS_BEFORE = WordPattern("pieces", r"\b@number_in_words\w{0,8}[ ]\(\Z")
_ARE_WANTED = WordPattern("pieces", r"[ ]@are_wanted(?=[ ]?[.,;)\n]|$)")
_AND_UP = WordPattern("pieces", r"[ ]?(?:\+(?!\d)|[ ]@and_up(?!\w))")
_FEWER_THAN = WordPattern("pieces", r"(?P<denied>(?<!\w)@denying[ ])?(?<!\w)@fewer_than[ ]\Z")
_DENYING = WordPattern("pieces", r"(?:(?<!\w)|(?<=\w)(?=n))@denying(?!\w)")
_SENTENCE_ENDS = re.compile(r"[;!?\n]|\.(?=\s|\Z)")
_LEAST_IN_WORDS = WordPattern("pieces", r"(?<!\w)@least_in_words[ ](?:of[ ]|a[ ])?\Z")
_MOST_IN_WORDS = WordPattern("pieces", r"(?<!\w)@most_in_words[ ]\Z")
_COUNT_BEFORE = WordPattern("pieces", r"(?<!\w)(?:@count_label)[ :=]{0,3}\Z")
_BEGINS = re.compile(r"(?:^|[\n!?:;•–—-]|\.)[ ]{0,3}\Z")
_THOUSAND = WordPattern("figures", "(?:@thousand)")
_EACH = WordPattern("figures", r"[ ,]{0,2}(?:[^\W\d_]{2,12}[ ])?(?:@each)\b")
_NUMERALS = WordNumbers("figures", "numerals")
_PIECE = WordPattern("pieces", r"@piece")
_ENDS = frozenset(".,;:!?()\n")
_BY_THREES = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_STEP = WordPattern(
    "pieces",
    r"""
    [ ]?(?:шт\.?|pcs?\.?|ea|off)? (?:[ ]@of_a_trial)?
    (?:[ ]?[/|][ ]? | [ ]@versus[ ]
      | (?:,[ ] | [ ]?;[ ] | ,?[ ](?:и|and|or|или|&)[ ] | [ ][–—-][ ]\?[ ]) (?:@priced_at[ ])?
    ) \Z
    """,
)
# Two numbers alone are steps behind a word for the price: "quote 3,000 and 8,000".
_PRICED = WordPattern("pieces", r"(?<!\w)@priced\b[^.;\n\d]{0,20}\Z")


# "Prices 500 – 1.000 – 2.500 pieces": steps, and no ranges.
_ROW = WordPattern(
    "pieces",
    r"""
    (?<![\w.,])(?P<row>\d[\d.,]{0,8}(?:[ ]?[–—-][ ]?\d[\d.,]{0,8}){2,7})(?![\w–—-]) (?P<pieces>[ ]?@piece)?
    """,
)


def _rows(text: str) -> Iterator[Mention]:
    """The steps of prices that dashes part."""
    for match in _ROW.finditer(text):
        amounts = [float(re.sub("[.,]", "", one)) for one in re.split(r"[ ]?[–—-][ ]?", match["row"])]
        rising = all(one < other for one, other in pairwise(amounts))
        priced = _PRICED.search(text, max(0, match.start() - 40), match.start())
        if rising and amounts[0] >= 1 and (match["pieces"] or priced):
            yield Mention(
                "price_steps",
                match.start(),
                match.end("row"),
                amounts=tuple(amounts),
                sure=0.85,
                basis="price_steps",
            )


def mentions(text: str, groups: Sequence[FigureGroup]) -> Iterator[Mention]:
    """The numbers of pieces of the groups, and the steps in which prices are asked for."""
    rows = list(_rows(text))
    yield from rows
    groups = [one for one in groups if not any(row.start <= one.start < row.end for row in rows)]
    index = 0
    while index < len(groups):
        steps = _steps(text, groups, index)
        if steps:
            last = groups[index + len(steps) - 1]
            yield Mention(
                "price_steps",
                groups[index].start,
                last.end,
                amounts=tuple(steps),
                sure=0.85,
                basis="price_steps",
            )
            index += len(steps)
            continue
        yield from _of_group(text, groups[index])
        index += 1


def _steps(text: str, groups: Sequence[FigureGroup], first: int) -> list[float]:
    """The rising numbers of pieces of a list: "10/50/100 шт", "50, 100 and 250 pcs"."""
    found: list[float] = []
    counted = False
    for place in range(first, min(first + 8, len(groups))):
        group = groups[place]
        figure = group.first
        gap = text[groups[place - 1].end : group.start] if found else ""
        if (
            len(group.figures) > 1
            or not figure.is_whole
            or figure.tail
            or figure.sign
            or (found and not _STEP.match(gap))
        ):
            break
        pieces = figure.in_unit(Dimension.PIECES)
        amount = pieces if pieces is not None else figure.value
        if (figure.unit and pieces is None) or (found and amount <= found[-1]) or amount < 1:
            break
        counted = counted or pieces is not None or figure.labelled("quantity", "lot", "wanted")
        found.append(amount)
    slash = len(found) == 2 and "/" in text[groups[first].end : groups[first + 1].start]
    pieces = slash and groups[first + 1].first.in_unit(Dimension.PIECES) is not None
    start = groups[first].start
    priced = len(found) >= 2 and bool(_PRICED.search(text, max(0, start - 40), start))
    if len(found) > 2:
        return found if counted or priced else []
    return found if counted and (pieces or priced) else []


def _of_group(text: str, group: FigureGroup) -> Iterator[Mention]:
    figure = group.top
    if len(group.figures) > 1 and not group.is_range:
        return
    hours = figure.in_unit(Dimension.HOURS)
    if hours is not None:
        behind = _MACHINE_HOURS.match(text, group.end)
        weekly = bool(behind and behind["week"])
        yield Mention(
            "hours",
            group.start,
            behind.end() if behind else group.end,
            amounts=(hours * (52 / 12 if weekly else 1),),
            sure=0.95,
            basis="hours.unit",
        )
        return
    if figure.sign.strip() not in {"", "~", "≈", "<", ">", "=", "≥", "≤", "-"}:
        return
    sure = _counted(text, group)
    if sure is None:
        return
    amounts = tuple(sorted({_pieces(one, group) for one in group.figures}, reverse=True))
    if not 1 <= amounts[0] <= MOST or amounts[0] != int(amounts[0]):
        return
    is_lot = _is_lot(text, group)
    limit = _limit(text, group)
    yield Mention(
        "quantity",
        group.start,
        group.end,
        amounts=amounts,
        value=limit or (LOT if is_lot else ""),
        sure=sure,
        basis="quantity.lot" if is_lot else _basis(group),
    )
    rate = _RATE_NEAR.match(text, group.end)
    if rate:
        yield Mention(
            "rhythm",
            rate.start("rate"),
            rate.end(),
            amounts=(_a_year(rate),),
            sure=sure,
            basis="rhythm.rate",
        )


def _basis(group: FigureGroup) -> str:
    """The rule by which a group counts pieces: their word, their unit, or the part behind it."""
    figure = group.top
    if figure.labelled("quantity", "lot", "wanted"):
        return "quantity.named"
    return "quantity.unit" if figure.in_unit(Dimension.PIECES) is not None else "quantity.part"


def _a_year(rate: re.Match[str]) -> float:
    found = _PER_YEAR.of(rate["period"]) if rate["period"] else _ADVERBS.of(rate["adverb"])
    return found or 1.0


def _pieces(figure: Figure, group: FigureGroup) -> float:
    own = figure.in_unit(Dimension.PIECES)
    if own is None:
        top = group.top
        counted = top.unit is not None and top.unit.dimension is Dimension.PIECES
        size = top.unit.size if top.unit and counted else 1.0
        # "10-20 тыс." are ten thousand and more; "1,000 to 1 million" is no milliard.
        own = figure.value * (1.0 if figure.value * size > scaled(top) else size)
    if _BY_THREES.fullmatch(figure.written) and (figure.unit is None or own != scaled(figure)):
        own = float(figure.written.replace(".", "").replace(",", ""))  # pieces are whole: "1.500 шт"
    return round(own, 3)


def _counted(text: str, group: FigureGroup) -> float | None:
    """The sureness with which a group counts pieces; None where it does not."""
    figure = group.top
    nearest = next((classes for classes in figure.before if classes - FILLERS), frozenset())
    labelled = not nearest.isdisjoint({"quantity", "lot"}) or _is_size_of_lot(figure)
    of_other = figure.labelled("mass") or ("load" in figure.part and not labelled)
    if _EACH.match(text, group.end) or of_other or (_is_thousand(figure) and figure.followed_by("foreign")):
        return None
    if figure.in_unit(Dimension.PIECES) is not None:
        foreign = "foreign" in nearest and not _BY_LOTS.search(text, max(0, group.start - 24), group.start)
        of_other = (foreign or figure.labelled("hole")) and not figure.labelled("quantity", "lot")
        return None if of_other else 0.97 if labelled else 0.93
    if figure.unit is not None or figure.tail:
        return None
    if "foreign" in nearest and not _BY_LOTS.search(text, max(0, group.start - 24), group.start):
        return None
    return 0.95 if labelled else _unlabelled(text, group, nearest)


def _is_thousand(figure: Figure) -> bool:
    """Whether only "thousand" stands for the pieces: "500 тыс. смыканий" counts others."""
    return figure.unit is not None and _THOUSAND.fullmatch(figure.unit.written) is not None


def _is_size_of_lot(figure: Figure) -> bool:
    """Whether a figure is a size of a lot: "run sizes 200 - 30,000"."""
    said = [classes for classes in figure.before if classes - FILLERS][:2]
    return len(said) > 1 and "sides" in said[0] and "lot" in said[1]


def _unlabelled(text: str, group: FigureGroup, nearest: frozenset[str]) -> float | None:
    """The sureness of a number that no word for pieces stands beside."""
    figure = group.top
    if "grade_word" in nearest or figure.written in whole_words("pieces", "grades") or not figure.is_whole:
        return None
    behind = any(pattern.match(text, group.end) for pattern in (_OF_A_LOT, _WRITTEN_OUT, _RATE, _ARE_WANTED))
    before = (text, max(0, group.start - 24), group.start)
    if behind or any(pattern.search(*before) for pattern in (_BY_LOTS, _IN_WORDS_BEFORE, _COUNT_BEFORE)):
        return 0.85
    if _names_parts(figure):
        return 0.8
    begins = not figure.before and _BEGINS.search(text, max(0, group.start - 4), group.start)
    named = _is_noun_behind(figure) or _PLURAL_BEHIND.match(text, group.end)
    return 0.75 if ("wanted" in nearest or begins) and figure.value >= LEAST_COUNT and named else None


def _names_parts(figure: Figure) -> bool:
    """Whether parts are named behind a figure, before any preposition."""
    for classes in figure.after:
        if "parts" in classes:
            return figure.value >= LEAST_COUNT
        if not classes.isdisjoint(
            {"filler", "foreign", "grade_word", "length", "thickness", "sheet"} - _OF_PARTS
        ):
            return False
    return False


def _is_noun_behind(figure: Figure) -> bool:
    """Whether any word that is none of a size's stands behind: "нужно 1000 подошв"."""
    return bool(figure.after) and not figure.after[0]


# "22 mild steel gates": words that describe, and a noun of several.
_PLURAL_BEHIND = WordPattern(
    "pieces",
    r"[ ](?:A[0-7][ ])?(?:(?!@no_description\b)[a-z-]{2,14}[ ]){0,3}(?!@no_description\b)[a-z]{2,14}s(?!\w)",
)


def _limit(text: str, group: FigureGroup) -> str:
    """Whether the number is the least or the greatest of what is made at a time."""
    if group.is_range:
        return ""
    if _AND_UP.match(text, group.end):
        return LEAST
    fewer = _FEWER_THAN.search(text, max(0, group.start - 24), group.start)
    if fewer is not None:
        denied = fewer["denied"] or _DENYING.search(text, group.end, _sentence_end(text, group.end))
        return LEAST if denied else MOST_OF_LOT
    if not group.first.before:
        return ""
    nearest = group.first.before[0]
    if "upto" in nearest and "least" not in nearest:
        # What is made in a week is no size of a lot.
        return "" if _RATE_NEAR.match(text, group.end) else MOST_OF_LOT
    # "min. run 1,000": the word for the lot stands between.
    behind_lot = len(group.first.before) > 1 and not nearest.isdisjoint({"lot", "quantity", "wanted"})
    return LEAST if "least" in nearest or (behind_lot and "least" in group.first.before[1]) else ""


def _sentence_end(text: str, place: int) -> int:
    """The end of the sentence in which a place stands."""
    end = _SENTENCE_ENDS.search(text, place)
    return end.start() if end else len(text)


def _is_lot(text: str, group: FigureGroup) -> bool:
    return bool(
        _BY_LOTS.search(text, max(0, group.start - 24), group.start)
        or _OF_A_LOT.match(text, group.end)
        or _LOTS_BEHIND.match(text, group.end)
    )


@lru_cache(maxsize=20_000)
def _numeral(word: str) -> float | None:
    return _NUMERALS.of(word)


@lru_cache(maxsize=20_000)
def _is_piece(word: str) -> bool:
    return bool(_PIECE.fullmatch(word)) or not classes_of(word).isdisjoint({"parts", "round"})


def in_words(text: str, words: Sequence[Token]) -> Iterator[Mention]:
    """Numbers in words before pieces or parts: "two kits", "сорок восемь штук", "минимум пять штук", "a dozen"."""
    done = 0
    for index, word in enumerate(words):
        if index < done:
            continue
        value, done = _spoken(text, words, index)
        if value is None or text[words[done - 1].end : words[done - 1].end + 1] == "-":
            continue  # "two-shot moulding"
        limit = _limit_in_words(text, word.start)
        for behind in words[done : done + (3 if value > 1 else 1)]:
            if any(sign in _ENDS for sign in text[words[done - 1].end : behind.start]):
                break
            if _is_piece(behind.text.lower().replace("ё", "е")):
                beside = behind is words[done]
                sure, basis = (0.78, "quantity.spoken") if beside else (0.75, "quantity.words")
                yield Mention(
                    "quantity", word.start, behind.end, amounts=(value,), value=limit, sure=sure, basis=basis
                )
                break


def _spoken(text: str, words: Sequence[Token], first: int) -> tuple[float | None, int]:
    """The number that words from the place `first` on say, and the place behind them: "forty-eight", "три тысячи"."""
    value = _numeral(words[first].text.lower().replace("ё", "е"))
    place = first + 1
    while (
        value is not None
        and place < len(words)
        and text[words[place - 1].end : words[place].start] in {" ", "-"}
    ):
        more = _numeral(words[place].text.lower().replace("ё", "е"))
        if more is None:
            break
        if more in {100, 1000} and value < more:
            value *= more
        elif more < 10 <= value < 100 or more < 100 <= value:
            value += more
        else:
            break
        place += 1
    return value, place


def _limit_in_words(text: str, start: int) -> str:
    near = max(0, start - 32)
    if _LEAST_IN_WORDS.search(text, near, start):
        return LEAST
    return MOST_OF_LOT if _MOST_IN_WORDS.search(text, near, start) else ""


# "400x machined housings", at the beginning of what is said.
_TIMES_PARTS = re.compile(
    r"(?:\A|[\n:;,.•–-][ ]{0,2})(?P<count>[1-9]\d{0,4})[ ]?[xх×][ ](?=[^\W\d_]{3})(?!long\b|mm\b)"
)


def counted_by_times(text: str) -> Iterator[Mention]:
    """The pieces before a sign for times and the thing: "400x machined aluminium housings"."""
    for match in _TIMES_PARTS.finditer(text):
        where = match.start("count"), match.end("count")
        amounts = (float(match["count"]),)
        yield Mention("quantity", *where, amounts=amounts, sure=0.85, basis="quantity.unit")


def rhythms(text: str) -> Iterator[Mention]:
    """How often a year: "ежемесячно", "twice a year", "every week"."""
    for match in _TIMES_A_YEAR.finditer(text):
        times = float(match["times"] or _TIMES_IN_WORDS.of(match["words"]) or 1)
        times *= _PER_YEAR.of(match["period"]) or 1
        yield Mention("rhythm", match.start(), match.end(), amounts=(times,), sure=0.95, basis="rhythm.times")
    for match in _YEAR_IN_LOTS.finditer(text):
        times = float(match["times"] or _TIMES_IN_WORDS.of(match["words"]) or 1)
        where = match.start("lots"), match.end()
        yield Mention("rhythm", *where, amounts=(times,), sure=0.95, basis="rhythm.lots")
    for match in _RHYTHMS.finditer(text):
        if match["spoken"]:
            amount = _SPOKEN.of(match["spoken"])
        elif match["adverb"]:
            amount = _ADVERBS.of(match["adverb"])
        else:
            amount = _PER_YEAR.of(match["period"])
        yield Mention(
            "rhythm", match.start(), match.end(), amounts=(amount or 1,), sure=0.9, basis="rhythm.word"
        )
