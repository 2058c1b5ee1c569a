"""How many pieces a match of a quantity tells, how often, and how many machine-hours."""

import re
from collections.abc import Iterator

from search.text.measures import number
from search.text.recognition import Mention

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
PARTS_EN = (
    r"(?:brackets?|cabinets?|enclosures?|housings?|rings|tubes|shafts?|axles?|pins|bush(?:es|ings)|gears?|wheels?|covers?|box(?:es)?|frames?|panels?"
    r"|castings?|forgings?|springs?|plates?|impellers?|levers?|boards?|crates?|looms?|harness(?:es)?|kits?|rollers?|flanges?|blanks?|parts|components|"
    r"assemblies|tanks?|vessels?|mou?lds?|dies|inserts?|bodies|hubs?|spacers?|adapters?|fittings?|valves?|nozzles?|screws|bolts|nuts|washers|seals|gaskets)"
)
PARTS_RU = (
    r"(?:вал(?:а|ов)|втулк[аи]|втулок|фланц(?:а|ев)|корпус(?:а|ов)|детал(?:и|ей)|кронштейн(?:а|ов)|пластин\w?|плит\w?|кол[её]с\w?|шестер(?:ни|[её]н)|пружин\w?"
    r"|отлив(?:ки|ок)|поков(?:ки|ок)|рам\w?|ящик(?:а|ов)|шкаф(?:а|ов)|крыш(?:ки|ек)|рычаг(?:а|ов)|ролик(?:а|ов)|ос(?:и|ей)|пальц(?:а|ев)|штуцер(?:а|ов)|гильз\w?"
    r"|панел(?:и|ей)|бак(?:а|ов)|[её]мкост(?:и|ей)|жгут(?:а|ов)|плат|заготов(?:ки|ок)|издели(?:я|й)|матриц\w?|форм\w?|кожух(?:а|ов)|балк(?:и|а)|балок|стоек|валик(?:а|ов)|вкладыш(?:а|ей)|болт(?:а|ов)|гаек|гайки|шайб\w?|шпил(?:ьки|ек)|штифт(?:а|ов)|порш(?:ня|ней)|шкив(?:а|ов)|муфт\w?|опор\w?|держател(?:я|ей)|стакан(?:а|ов)"
    r"|обеча(?:йки|ек)|переходник(?:а|ов)|наконечник(?:а|ов)|скоб\w?|кольца|диск(?:а|ов)|ротор(?:а|ов)|патруб(?:ка|ков)|штамп(?:а|ов)|ферм\w?|ступиц\w?|звезд(?:очек|очки))"
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


def count(match: re.Match[str]) -> Iterator[Mention]:
    high = match[2] or match[1]
    if _THOUSANDS.fullmatch(high):  # pieces are whole: "2,000 pcs" are two thousand
        high = high.replace(",", "")
    found = number(high) * (1000 if match[3] else 1) * (1_000_000 if match[4] else 1)
    if 1 <= found <= 2_000_000_000:
        yield Mention("quantity", match.start(), match.end(), amounts=(found,))
    if match[5]:
        yield Mention("rhythm", match.start(5), match.end(5), amounts=(_PER_YEAR[match[6][0].lower()],))


def every(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("rhythm", match.start(), match.end(), amounts=(_PER_YEAR[match[1][0].lower()],))


# How often in words, by the times a year.
_SPOKEN = {
    "fortnight": (26, r"раз в две недели|кажд\w{2} две недели|раз в 2 недели|every (?:two|2|other) weeks?|fortnightly|bi-?weekly"),
    "halfmonth": (24, r"(?:2|два) раза в месяц|дважды в месяц|twice a month"),
    "twomonths": (6, r"раз в (?:два|2) месяца|every (?:two|2|other) months?|bi-?monthly"),
    "halfyear": (2, r"раз в полгода|раз в полугодие|(?:2|два) раза в год|дважды в год|twice a year|every six months"),
}  # fmt: skip
SPOKEN_RHYTHM = re.compile(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, (_, words) in _SPOKEN.items()) + r")\b",
    re.IGNORECASE,
)


def spoken(match: re.Match[str]) -> Iterator[Mention]:
    times, _ = _SPOKEN[str(match.lastgroup)]
    yield Mention("rhythm", match.start(), match.end(), amounts=(times,))


def rate(match: re.Match[str]) -> Iterator[Mention]:
    """Pieces without the word: "100k per year", "500 в месяц"."""
    yield Mention(
        "quantity",
        match.start(),
        match.end(2) if match[2] else match.end(1),
        amounts=(number(match[1]) * (1000 if match[2] else 1),),
    )
    yield Mention("rhythm", match.start(3), match.end(3), amounts=(_PER_YEAR[match[4][0].lower()],))


def lot(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[2] or match[1]),))


def lots(match: re.Match[str]) -> Iterator[Mention]:
    """The size of a lot where a yearly number stands too: "600 a year in lots of 150 to 200"."""
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[2] or match[1]),), value=LOT)


def counted(match: re.Match[str]) -> Iterator[Mention]:
    """Pieces named as what they are: "24 machined brackets", "40 ящиков"; a grade before the noun is none."""
    if match[1] in _GRADES or _GRADE_BEFORE.search(match.string, max(0, match.start() - 12), match.start()):
        return
    found = number(match[1].replace(",", ""))
    if found >= 2:
        yield Mention("quantity", match.start(), match.end(1), amounts=(found,))
        if match[2]:
            yield Mention("rhythm", match.start(2), match.end(2), amounts=(_PER_YEAR[match[3][0].lower()],))


def lot_of(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[1]),))


def adverb(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("rhythm", match.start(), match.end(), amounts=(_ADVERBS[match[1][:4].lower()],))


def hours(match: re.Match[str]) -> Iterator[Mention]:
    """Machine-hours, by the month unless they are by the week."""
    weekly = (match[2] or "")[:1].lower() in {"н", "w"}
    yield Mention(
        "hours", match.start(), match.end(), amounts=(number(match[1]) * (52 / 12 if weekly else 1),)
    )
