"""Numbers with a meaning: sizes, accuracy, roughness, mass, pieces and rhythm, distance.

Every expression is linear: bounded repetition, no nested quantifiers.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from search.text.recognition import Mention

_N = r"(\d{1,3}(?:[  ]\d{3}){1,3}(?![\d])|\d{1,7}(?:[.,]\d{1,4})?)"
_SEP = r"[ \t ]{0,2}"
_X = rf"{_SEP}[xXхХ×✕*]{_SEP}"
_LENGTH = r"(мм|см|дм|м|mm|cm|m|inch(?:es)?|in|дюйм\w{0,3}|\")"
_UNIT = rf"(?:{_SEP}{_LENGTH}(?![\w²³/]))?"
# "16К30Ф3" is a lathe and "фторопласт Ф4" a plastic: the letter is a sign only where it begins a word of its own.
_SIGN = r"(?:(?:[øØ⌀Φφɸ∅]|(?<!\w)(?<!фторопласт )(?<!фторопласта )[Фф])(?=[ ]?(?:до |от |up to |max )?\d))"
_FACTOR = {"мм": 1.0, "mm": 1.0, "см": 10.0, "cm": 10.0, "дм": 100.0, "м": 1000.0, "m": 1000.0}
# Tolerance units of ISO 286-1 for a size, in µm: 0.45·∛D + 0.001·D; IT grades as multiples of it from IT6 on.
_MULTIPLES = {6: 10, 7: 16, 8: 25, 9: 40, 10: 64, 11: 100, 12: 160, 13: 250, 14: 400, 15: 640, 16: 1000}
# GOST 2789-59 class of finish (▽1 … ▽14) → Ra of GOST 2789-73, µm.
_FINISH = (80.0, 40.0, 20.0, 10.0, 5.0, 2.5, 1.25, 0.63, 0.32, 0.16, 0.08, 0.04, 0.02, 0.01)
# ISO 2768-1 classes as the IT grade whose tolerance at 30–120 mm comes nearest.
_GENERAL = {"f": 12, "m": 14, "c": 15, "v": 16}
_PER_YEAR = {
    "д": 250,
    "с": 365,
    "н": 52,
    "м": 12,
    "к": 4,
    "г": 1,
    "л": 1,
    "d": 250,
    "w": 52,
    "m": 12,
    "q": 4,
    "y": 1,
    "a": 1,
}

# The lower end of a range ("dia. 1 to 32 mm", "ø10–300"); the upper end is what the number is about.
_FROM = r"(?:\d{1,5}(?:[.,]\d{1,2})?[ ]?(?:mm|мм)?[ ]?(?:to|до|\.{2,3}|…|–|—|-)[ ]?(?!0[.,]))?"

_NO_PIECES = r"(?![ ]?(?:шт|pcs|pieces|компл|\d))"  # "L=35 — 300 шт": the second number counts pieces

_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Mention]]]


def number(text: str) -> float:
    """A number as people write it: spaces between thousands, decimal comma or point."""
    return float(text.replace(" ", "").replace(" ", "").replace(",", "."))


def _millimetres(value: str, unit: str | None) -> float:
    if not unit:
        return number(value)
    return number(value) * _FACTOR.get(unit.lower(), 25.4)


def grade_of(tolerance_um: float, size_mm: float) -> int:
    """The loosest IT grade whose tolerance is not above `tolerance_um` (µm) at `size_mm`; ISO 286-1."""
    unit = 0.45 * size_mm ** (1 / 3) + 0.001 * size_mm
    fitting = [grade for grade, multiple in _MULTIPLES.items() if multiple * unit <= tolerance_um * 1.1]
    return max(fitting, default=5)


# A section of bar or tube ("square tubes 60x60x3"): its third number is the wall, not a side of the part.
SECTION = "section"  # the value of a thickness that is the wall of one
_OF_STOCK = re.compile(
    r"\b(?:труб\w{0,4}|профтруб\w{0,3}|профил\w{1,5}|угол(?:ок|к)\w{0,3}|швеллер\w{0,3}|tubes?|tubing|pipes?|profiles?|angles?|RHS|SHS)"
    r"[ ](?:[^\d.;\n]{0,20})$",
    re.IGNORECASE,
)


def _box(match: re.Match[str]) -> Iterator[Mention]:
    unit = match[6] or match[4] or match[2]
    sides = [_millimetres(match[i], match[i + 1] or unit) for i in (1, 3, 5)]
    if min(sides) <= 30 and _OF_STOCK.search(match.string, max(0, match.start() - 40), match.start()):
        yield Mention("thickness", match.start(), match.end(), amounts=(min(sides),), value=SECTION)
        return
    yield Mention("envelope", match.start(), match.end(), amounts=tuple(sorted(sides, reverse=True)))


def _plate(match: re.Match[str]) -> Iterator[Mention]:
    unit = match[4] or match[2]
    sides = [_millimetres(match[1], match[2] or unit), _millimetres(match[3], match[4] or unit)]
    yield Mention("plate", match.start(), match.end(), amounts=tuple(sorted(sides, reverse=True)))


_STOCK = re.compile(
    r"\b(?:прут(?:ок|ка|ки|ков|к)?|проволок\w{0,2}|круг\w{0,2}|bar|wire|rod)[ ,]{1,2}(?:из )?$", re.IGNORECASE
)


def _round(match: re.Match[str]) -> Iterator[Mention]:
    """ø45h6, ø45×300: a diameter, perhaps with a fit and a length; not that of the stock ("пруток ø40")."""
    if _STOCK.search(match.string, max(0, match.start() - 14), match.start()):
        return
    yield Mention(
        "diameter", match.start(), match.end(), amounts=(_millimetres(match[1], match[3] or match[5]),)
    )
    if match[2]:
        grade = int(re.sub(r"\D", "", match[2]))
        if 4 <= grade <= 16:
            yield Mention("tolerance", match.start(2), match.end(2), amounts=(grade,), value=match[2])
    if match[4]:
        yield Mention("length", match.start(4), match.end(4), amounts=(_millimetres(match[4], match[5]),))


def _one(kind: str, value: int = 1, unit: int = 2) -> Callable[[re.Match[str]], Iterator[Mention]]:
    def make(match: re.Match[str]) -> Iterator[Mention]:
        amount = _millimetres(match[value], match[unit])
        if amount > 0:
            yield Mention(kind, match.start(), match.end(), amounts=(amount,))

    return make


# Tonnes beside one of these are the force of a press or of a moulding machine, not the mass of a part.
_MACHINE = re.compile(
    r"пресс|усили|машин|\bтпа\b|термопласт|press|machine|clamp|tonnage|force|\bcells?\b", re.IGNORECASE
)
LEAST_FORCE = (
    25.0  # tonnes; nothing smaller is told of a press, and few parts in a letter about one are heavier
)


def _mass(match: re.Match[str]) -> Iterator[Mention]:
    factor = {"к": 1.0, "k": 1.0, "т": 1000.0, "t": 1000.0, "г": 0.001, "g": 0.001}[match[2][0].lower()]
    if factor == 1000.0 and number(match[1]) >= LEAST_FORCE:
        around = match.string[max(0, match.start() - 30) : match.end() + 15]
        if _MACHINE.search(around):
            return
    yield Mention("mass", match.start(), match.end(), amounts=(number(match[1]) * factor,))


def _grade(match: re.Match[str]) -> Iterator[Mention]:
    grade = int(next(group for group in match.groups() if group))
    # "4 m3" is a volume, and no fit is that fine.
    if (4 if match[0][0].isalpha() and match[0][:2] != "IT" else 1) <= grade <= 18:
        yield Mention("tolerance", match.start(), match.end(), amounts=(grade,))


def _limits(match: re.Match[str]) -> Iterator[Mention]:
    """Upper and lower deviation: "+0.05/-0.02"."""
    width = number(match[1]) * 1000 + (number(match[3]) if match[2] == "-" else -number(match[3])) * 1000
    if 0 < width <= 4000:
        yield Mention(
            "tolerance", match.start(), match.end(), amounts=(grade_of(width, 40.0), width), value=match[0]
        )


def _deviation(match: re.Match[str]) -> Iterator[Mention]:
    half = number(match[1]) * (0.001 if match[2] and match[2].startswith(("мк", "µ", "um")) else 1.0)
    if 0 < half <= 2:
        width = 2 * half * 1000
        yield Mention(
            "tolerance", match.start(), match.end(), amounts=(grade_of(width, 40.0), width), value=match[0]
        )


def _general(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention(
        "tolerance",
        match.start(),
        match.end(),
        amounts=(_GENERAL[match[1].lower()],),
        value=match[0],
        weight=0.5,
    )


def _roughness(match: re.Match[str]) -> Iterator[Mention]:
    # Rz is about four times Ra for cut surfaces (GOST 2789-73, appendix).
    value = number(match[2]) / (4.0 if match[1].lower() in {"rz", "рз"} else 1.0)
    if 0 < value <= 100:
        yield Mention("roughness", match.start(), match.end(), amounts=(value,))


def _finish(match: re.Match[str]) -> Iterator[Mention]:
    if 1 <= int(match[1]) <= len(_FINISH):
        yield Mention("roughness", match.start(), match.end(), amounts=(_FINISH[int(match[1]) - 1],))


def _pieces(match: re.Match[str]) -> Iterator[Mention]:
    high = match[2] or match[1]
    if _THOUSANDS.fullmatch(high):  # pieces are whole: "2,000 pcs" are two thousand
        high = high.replace(",", "")
    count = number(high) * (1000 if match[3] else 1) * (1_000_000 if match[4] else 1)
    if 1 <= count <= 2_000_000_000:
        yield Mention("quantity", match.start(), match.end(), amounts=(count,))
    if match[5]:
        yield Mention("rhythm", match.start(5), match.end(5), amounts=(_PER_YEAR[match[6][0].lower()],))


def _every(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("rhythm", match.start(), match.end(), amounts=(_PER_YEAR[match[1][0].lower()],))


def _rate(match: re.Match[str]) -> Iterator[Mention]:
    """Pieces without the word: "100k per year", "500 в месяц"."""
    yield Mention(
        "quantity",
        match.start(),
        match.end(2) if match[2] else match.end(1),
        amounts=(number(match[1]) * (1000 if match[2] else 1),),
    )
    yield Mention("rhythm", match.start(3), match.end(3), amounts=(_PER_YEAR[match[4][0].lower()],))


def _lot(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[2] or match[1]),))


def _lots(match: re.Match[str]) -> Iterator[Mention]:
    """The size of a lot where a yearly number stands too: "600 a year in lots of 150 to 200"."""
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[2] or match[1]),), value=LOT)


def _counted(match: re.Match[str]) -> Iterator[Mention]:
    """Pieces named as what they are: "24 machined brackets", "40 ящиков"; a grade before the noun is none."""
    if match[1] in _GRADES or _GRADE_BEFORE.search(match.string, max(0, match.start() - 12), match.start()):
        return
    count = number(match[1].replace(",", ""))
    if count >= 2:
        yield Mention("quantity", match.start(), match.end(1), amounts=(count,))


def _lot_of(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[1]),))


LOT = "lot"  # the value of a quantity that is said to be that of a lot
_GRADES = frozenset(
    [
        "304",
        "316",
        "321",
        "410",
        "420",
        "430",
        "440",
        "904",
        "1018",
        "1020",
        "1045",
        "1050",
        "1060",
        "1141",
        "2014",
        "2017",
        "2024",
        "2205",
        "2507",
        "3003",
        "4130",
        "4140",
        "4340",
        "5052",
        "5083",
        "5754",
        "6005",
        "6060",
        "6061",
        "6063",
        "6082",
        "7050",
        "7075",
        "8620",
    ]
)
_GRADE_BEFORE = re.compile(
    r"(?:aisi|sae|steel|grade|alloy|type|сталь|стали|марк\w|ral|din|iso|en|гост|gost|inconel|№|no\.)[ -]?$",
    re.IGNORECASE,
)
_PARTS_EN = (
    r"(?:brackets?|cabinets?|enclosures?|housings?|rings|tubes|shafts?|axles?|pins|bush(?:es|ings)|gears?|wheels?|covers?|box(?:es)?|frames?|panels?"
    r"|castings?|forgings?|springs?|plates?|impellers?|levers?|boards?|crates?|looms?|harness(?:es)?|kits?|rollers?|flanges?|blanks?|parts|components|"
    r"assemblies|tanks?|vessels?|mou?lds?|dies|inserts?|bodies|hubs?|spacers?|adapters?|fittings?|valves?|nozzles?|screws|bolts|nuts|washers|seals|gaskets)"
)
_PARTS_RU = (
    r"(?:вал(?:а|ов)|втулк[аи]|втулок|фланц(?:а|ев)|корпус(?:а|ов)|детал(?:и|ей)|кронштейн(?:а|ов)|пластин\w?|плит\w?|кол[её]с\w?|шестер(?:ни|[её]н)|пружин\w?"
    r"|отлив(?:ки|ок)|поков(?:ки|ок)|рам\w?|ящик(?:а|ов)|шкаф(?:а|ов)|крыш(?:ки|ек)|рычаг(?:а|ов)|ролик(?:а|ов)|ос(?:и|ей)|пальц(?:а|ев)|штуцер(?:а|ов)|гильз\w?"
    r"|панел(?:и|ей)|бак(?:а|ов)|[её]мкост(?:и|ей)|жгут(?:а|ов)|плат|заготов(?:ки|ок)|издели(?:я|й)|матриц\w?|форм\w?|кожух(?:а|ов)|балк(?:и|а)|балок|стоек|ступиц\w?|звезд(?:очек|очки))"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")
_ADVERBS = {
    "ежем": 12,
    "ежек": 4,
    "ежен": 52,
    "ежег": 1,
    "mont": 12,
    "quar": 4,
    "week": 52,
    "year": 1,
    "annu": 1,
}


def _adverb(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("rhythm", match.start(), match.end(), amounts=(_ADVERBS[match[1][:4].lower()],))


def _distance(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("distance", match.start(), match.end(), amounts=(number(match[1]),))


def _hours(match: re.Match[str]) -> Iterator[Mention]:
    """Machine-hours, by the month unless they are by the week."""
    weekly = (match[2] or "")[:1].lower() in {"н", "w"}
    yield Mention(
        "hours", match.start(), match.end(), amounts=(number(match[1]) * (52 / 12 if weekly else 1),)
    )


def _thread(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("thread", match.start(), match.end(), value=match[0], amounts=(number(match[1]),))


_TO = r"(?:[ ]?(?:до|от|up to|max\.?|макс\.?|не более|=|:|-|–|—))?[ ]?"
_COUNT = r"шт\w{0,4}\.?|pcs\.?|pieces|piece|pc\.?|units?|компл\w{0,6}|дет(?:ал\w{0,4}|\.)|изделий|заготов\w{0,3}|parts|sets|off|nos|ед\."
_PERIOD = r"(день|дн\w{0,3}|сутки|недел\w{0,3}|мес\w{0,4}\.?|квартал\w{0,2}|год\w{0,2}|г\.|лет|day|week|month|quarter|year|annum)"
_RULES: tuple[_Rule, ...] = (
    (re.compile(rf"{_N}{_UNIT}{_X}{_N}{_UNIT}{_X}{_N}{_UNIT}"), _box),
    (re.compile(rf"(?:{_SIGN}|\b(?:диаметр\w{{0,3}}|диам\.?|diameters?|diam\.?|dia\.?)){_TO}{_FROM}{_N}(?:[ ]?([a-zA-Z]{{1,2}}\d{{1,2}})(?!\w))?{_UNIT}(?:{_X}{_N}{_UNIT})?", re.IGNORECASE), _round),
    (re.compile(rf"(?<![\d.,]){_N}{_SEP}{_LENGTH}[ ](?:в диаметре|in diameter|diameter|dia\b|диаметром)", re.IGNORECASE), _one("diameter")),
    (re.compile(rf"\b(?:длин\w{{1,3}}(?:[ ](?:гиба|вала|детали|заготовки|проката|реза|трубы))?|length|long\b|L[ ]?=|L(?=[ ]\d{{3}})){_TO}{_FROM}{_N}{_UNIT}{_NO_PIECES}", re.IGNORECASE), _one("length")),
    (re.compile(rf"(?<![\d.,]){_N}{_SEP}{_LENGTH}[ ](?:в длину|длиной|long|in length)\b", re.IGNORECASE), _one("length")),
    (re.compile(rf"\b(?:толщин\w{{1,3}}|thick(?:ness)?|[st][ ]?=)(?: листа| стенки| of)?{_TO}{_FROM}{_N}{_UNIT}", re.IGNORECASE), _one("thickness")),
    (re.compile(rf"\b(?:лист\w{{0,2}}|sheets?|plate)[ ]{_N}{_SEP}(мм|mm)(?!{_X}|[\w²³/])", re.IGNORECASE), _one("thickness")),
    (re.compile(rf"(?<![\d.,]){_N}{_SEP}{_LENGTH}[ ](?:толщиной|thick|sheet|лист)\b", re.IGNORECASE), _one("thickness")),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(кг|kgs?|тн|тонн\w{{0,2}}|т|tonnes?|tons?|г|гр|g)(?![\w²³/])(?!\.\d)"), _mass),
    (re.compile(r"\bIT[ -]?(\d{1,2})\b|\b(\d{1,2})[ -]?(?:й|го|му|ый|ой|ому|ого|th)?[ -]?квалитет|квалитет\w{0,3}[ :-]{0,2}(\d{1,2})|\bIT grade (\d{1,2})", re.IGNORECASE), _grade),
    (re.compile(r"(?<![\w.,])[a-zA-Z]{1,2}(\d{1,2})/[a-zA-Z]{1,2}\d{1,2}(?!\w)|(?<![^ ,(\n])(?:[hH]|js|JS|[kmnpfgK])(\d{1,2})(?![\w.])"), _grade),
    (re.compile(r"\+[ ]?(\d{1,2}[.,]\d{1,4})[ ]?(?:мм|mm)?[ ]?[/;,]?[ ]?([-−–+])[ ]?(\d{1,2}(?:[.,]\d{1,4})?)(?!\d)"), _limits),
    (re.compile(r"(?:±|\+/-|\+-)[ ]?(\d{1,2}(?:[.,]\d{1,4})?)[ ]?(мм|мкм|µm|um|mm)?"), _deviation),
    (re.compile(r"ISO[ -]?2768[ -]?(?:1)?[ -]{0,3}([fmcv])(?:[HKL])?\b", re.IGNORECASE), _general),
    (re.compile(r"\b(Ra|Rz|Ра|Рз|Rа)[ ]?[=:<≤]?[ ]?(?:до )?(\d{1,3}(?:[.,]\d{1,3})?)", re.IGNORECASE), _roughness),
    (re.compile(r"[▽∇]{1,3}[ ]?(\d{1,2})"), _finish),
    (re.compile(rf"(?<![\d.,=]){_N}(?:[ ]?(?:-|–|—|до|to)[ ]?{_N})?[ ]?(тыс\w{{0,3}}\.?|k\b|thousand)?(млн\.?|million)?[ ]?(?:{_COUNT})(?!\w)(?:[ ]?((?:в|per|a|/|за|each|every)[ ]?{_PERIOD}))?", re.IGNORECASE), _pieces),
    (re.compile(rf"\b(?:in|by|партиями)[ ](?:lots|batches|по)[ ]?(?:of[ ])?{_N}(?:[ ]?(?:-|–|до|to)[ ]?{_N})?", re.IGNORECASE), _lots),
    (re.compile(rf"\b(?:парти\w{{1,3}}|batch(?:es)?|lots?|сери\w{{1,3}}|тираж\w{{0,3}}|quantity|qty\.?|количество|кол-во)[ ]?(?:of|по|from|от|до|size|:|=|-|–)?[ ]?{_N}(?:[ ]?(?:-|–|до|to)[ ]?{_N})?(?![.,]?\d|[ ]?%|[ ]?(?:мм|кг|mm|kg|м\b))", re.IGNORECASE), _lot),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(?:per|in a|a|в)[ ](?:batch|lot|парти\w{{1,2}})\b", re.IGNORECASE), _lot_of),
    (re.compile(r"(?<![\d.,])(\d{1,5})[ ]\((?:од[инао]|два|две|двух|тр[иё]|четыр|пят|шест|сем|восем|девят|десят|двадцат|сто|one|two|three|four|five|six|ten)\w{0,8}\)", re.IGNORECASE), _lot_of),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(?:станко[- ]?час\w{{0,3}}|машино[- ]?час\w{{0,3}}|станко-ч\b|машино-ч\b|нормо[- ]?час\w{{0,3}}|machine[- ]?hours?)(?:[ ]?(?:в|per|a|/|за|each|every)[ ]?(недел\w{{0,3}}|мес\w{{0,4}}\.?|week|month))?", re.IGNORECASE), _hours),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(тыс\w{{0,3}}\.?|k)?[ ]((?:в|per|a|за)[ ]?{_PERIOD})\b", re.IGNORECASE), _rate),
    (re.compile(rf"(?<![\d.,×xXхХ/+±-])(?<![\d×xх][ ])(\d{{1,3}}(?:[ ,]\d{{3}})|\d{{1,6}})[ ](?!mm|cm|kg|axis|мм|кг|см|т\b|IT)(?:[a-z]{{2,14}}(?:-[a-z]{{2,10}})?[ ]){{0,3}}?{_PARTS_EN}\b", re.IGNORECASE), _counted),
    (re.compile(rf"(?<![\d.,×xXхХ/+±-])(?<![\d×xх][ ])(\d{{1,3}}(?:[ ]\d{{3}})|\d{{1,6}})[ ](?!мм|кг|см|т\b)(?:[а-яё]{{3,16}}[ ]){{0,2}}?{_PARTS_RU}(?!\w)", re.IGNORECASE), _counted),
    (re.compile(rf"\b(?:every|each|per|кажд\w{{2,3}}|раз в)[ ]{_PERIOD}", re.IGNORECASE), _every),
    (re.compile(r"\b(ежемесячно|ежеквартально|еженедельно|ежегодно|monthly|quarterly|weekly|yearly|annually)\b", re.IGNORECASE), _adverb),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(?:км|km|kilomet\w{{2,4}})(?![\w/])", re.IGNORECASE), _distance),
    (re.compile(r"(?<!\w)[МM](\d{1,3}(?:[.,]\d)?)(?:[xх×]\d[\d.,]{0,4})?(?:-\d[A-Za-z])?(?!\w)"), _thread),
    (re.compile(rf"\b(?:до|up to|max\.?|макс\.?)[ ]{_N}{_SEP}(мм|м|mm|m)(?![\w²³/])", re.IGNORECASE), _one("length")),
    (re.compile(rf"(?<![\d.,×xх]){_N}{_UNIT}{_X}{_N}{_SEP}{_LENGTH}(?![\w²³])"), _plate),
)  # fmt: skip


# The number of a norm is none of a part: "ГОСТ 8479 гр. IV" are no grams. ISO 2768 alone says how exact a part must be.
_NORM = re.compile(
    r"\b(?:ГОСТ|ОСТ|ТУ|СТО|СТБ|DIN|ISO|ИСО|EN|ASTM|ANSI|IEC|МЭК|API|AMS|JIS)\b(?:[ /]{1,2}(?:Р|R|РВ|EN|ISO|ИСО|IEC|МЭК|TS|Spec)\b){0,3}"
    r"[ -]?(?!2768)[A-Z]{0,2}\d[\d.:/–-]{0,16}"
)


def find(text: str) -> list[Mention]:
    """All quantities; where two readings overlap the earlier rule wins, since it says more."""
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
    return [_at_size(mention, found) for mention in found]


NOMINAL_REACH = 40  # characters between a size and the deviation that belongs to it


def _at_size(mention: Mention, found: list[Mention]) -> Mention:
    """A deviation as the grade at the size before it, where one is; ISO 286-1 ties the grade to the size."""
    if mention.kind != "tolerance" or len(mention.amounts) != 2:
        return mention
    sizes = [
        other
        for other in found
        if other.kind in {"diameter", "length"} and 0 <= mention.start - other.end <= NOMINAL_REACH
    ]
    nearest = max(sizes, key=lambda other: other.end, default=None)
    size = nearest.amounts[0] if nearest else 40.0
    return replace(mention, amounts=(grade_of(mention.amounts[1], size),))
