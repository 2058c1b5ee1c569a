"""Numbers with a meaning: sizes, accuracy, roughness, mass, pieces and rhythm, distance.

Every expression is linear: bounded repetition, no nested quantifiers.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from search.text import measures, pieces
from search.text.recognition import Mention

_N = r"(\d{1,3}(?:[  ]\d{3}){1,3}(?![\d])|\d{1,7}(?:[.,]\d{1,4})?)"
_SEP = r"[ \t ]{0,2}"
_X = rf"{_SEP}[xXхХ×✕*]{_SEP}"
_LENGTH = r"(мм|см|дм|м|mm|cm|m|inch(?:es)?|in|дюйм\w{0,3}|\")"
_UNIT = rf"(?:{_SEP}{_LENGTH}(?![\w²³/]))?"
# "16К30Ф3" is a lathe and "фторопласт Ф4" a plastic: the letter is a sign only where it begins a word of its own.
_SIGN = r"(?:(?:[øØ⌀Φφɸ∅]|(?<!\w)(?<!фторопласт )(?<!фторопласта )[Фф])(?=[ ]?(?:до |от |up to |max )?\d))"

# The lower end of a range ("dia. 1 to 32 mm", "ø10–300"); the upper end is what the number is about.
_FROM = r"(?:\d{1,5}(?:[.,]\d{1,2})?[ ]?(?:mm|мм)?[ ]?(?:to|до|\.{2,3}|…|–|—|-)[ ]?(?!0[.,]))?"

# A fit, its letters of either alphabet; never x, which stands between sizes ("ø45x12").
_FIT = r"(?:[a-wyz]{1,2}|[кнрмсе])\d{1,2}"

_NO_PIECES = r"(?![ ]?(?:шт|pcs|pieces|компл|\d))"  # "L=35 — 300 шт": the second number counts pieces

_Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Iterator[Mention]]]

_TO = r"(?:[ ]?(?:до|от|up to|max\.?|макс\.?|не более|=|:|-|–|—))?[ ]?"
_COUNT = r"шт\w{0,4}\.?|pcs\.?|pieces|piece|pc\.?|units?|компл\w{0,6}|дет(?:ал\w{0,4}|\.)|изделий|заготов\w{0,3}|parts|sets|off|nos|ед\."
_PERIOD = r"(день|дн\w{0,3}|сутки|недел\w{0,3}|мес\w{0,4}\.?|квартал\w{0,2}|год\w{0,2}|г\.|лет|day|week|month|quarter|year|annum|(?:yr|mo|wk)s?(?!\w))"
_TIMES = rf"(?:[ ]?((?:в|per|a|/|за|each|every)[ ]?{_PERIOD}))?"
_RULES: tuple[_Rule, ...] = (
    (re.compile(rf"{_N}{_UNIT}{_X}{_N}{_UNIT}{_X}{_N}{_UNIT}"), measures.box),
    (re.compile(rf"(?:{_SIGN}|\b(?:диаметр\w{{0,3}}|диам\.?|diameters?|diam\.?|dia\.?|[DД](?=[ ]?=)|D(?=[ ]\d{{2,4}}\b))){_TO}{_FROM}{_N}(?:[ ]?({_FIT})(?![^\WxXхХ]))?{_UNIT}(?:{_X}{_N}{_UNIT})?", re.IGNORECASE), measures.diameter),
    (re.compile(rf"(?<![\d.,]){_N}{_SEP}{_LENGTH}[ ](?:в диаметре|in diameter|diameter|dia\b|диаметром)", re.IGNORECASE), measures.one("diameter")),
    (re.compile(rf"\b(?:длин\w{{1,3}}(?:[ ](?:гиба|вала|детали|заготовки|проката|реза|трубы))?|length|long\b|L[ ]?=|L(?=[ ]\d{{3}})){_TO}{_FROM}{_N}{_UNIT}{_NO_PIECES}", re.IGNORECASE), measures.one("length")),
    (re.compile(rf"(?<![\d.,]){_N}{_SEP}{_LENGTH}[ ](?:в длину|длиной|long|in length)\b", re.IGNORECASE), measures.one("length")),
    (re.compile(rf"\b(?:толщин\w{{1,3}}|толщ\.|thick(?:ness)?|[st][ ]?=)(?: листа| стенки| of)?{_TO}{_FROM}{_N}{_UNIT}", re.IGNORECASE), measures.one("thickness")),
    (re.compile(rf"\b(?:лист\w{{0,2}}|sheets?|plate)[ ]{_N}{_SEP}(мм|mm)(?!{_X}|[\w²³/])", re.IGNORECASE), measures.one("thickness")),
    (re.compile(rf"(?<![\d.,]){_N}{_SEP}{_LENGTH}[ ](?:толщиной|thick|sheet|лист|(?=(?:galvani[sz]ed|stainless|mild|carbon|оцинкованн\w{2}|нержавеющ\w{2})[ ](?:steel|sheet|стал)|оцинковк|нержавейк))\b", re.IGNORECASE), measures.one("thickness")),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(кг|kgs?|тн|тонн\w{{0,2}}|т|tonnes?|tons?|г|гр|g)(?![\w²³/])(?!\.\d)"), measures.mass),
    (re.compile(r"\bIT[ -]?(\d{1,2})\b|\b(\d{1,2})[ -]?(?:й|го|му|ый|ой|ому|ого|th)?[ -]?квалитет|квалитет\w{0,3}[ :-]{0,2}(\d{1,2})|\bIT grade (\d{1,2})", re.IGNORECASE), measures.grade),
    (re.compile(r"(?<![\w.,])(?!6[HНPР]1)\d{1,3}(?:[hHkKnNpPfgGНнКкРр]|js|JS)([5-9]|1[01])(?![\w.])"), measures.grade),
    (re.compile(r"(?<![\w.,])[a-zA-Z]{1,2}(\d{1,2})/[a-zA-Z]{1,2}\d{1,2}(?!\w)|(?<![^ ,(\n])(?:[hH]|js|JS|[kmnpfgK])(\d{1,2})(?![\w.])"), measures.grade),
    (re.compile(r"\+[ ]?(\d{1,2}[.,]\d{1,4})[ ]?(?:мм|mm)?[ ]?[/;,]?[ ]?([-−–+])[ ]?(\d{1,2}(?:[.,]\d{1,4})?)(?!\d)"), measures.limits),
    (re.compile(r"(?<![\d.,+])(\d{1,4})[ ]?\+[ ]?(0[.,]\d{1,3})(?![\d/])(?![ ]?[-−–/])"), measures.upper_limit),
    (re.compile(r"(?:±|\+/-|\+-)[ ]?(\d{1,2}(?:[.,]\d{1,4})?)[ ]?(мм|мкм|µm|um|mm)?"), measures.deviation),
    (re.compile(r"ISO[ -]?2768[ -]?(?:1)?[ -]{0,3}([fmcv])(?:[HKL])?\b", re.IGNORECASE), measures.general),
    (re.compile(r"\b(Ra|Rz|Ра|Рз|Rа|шероховатост\w{1,3}(?: поверхност\w{1,2})?|(?:surface )?roughness)[ ]?[=:<≤]?[ ]?(?:до |не (?:хуже|более|выше|грубее)[ ]|max\.? |better than )?(\d{1,3}(?:[.,]\d{1,3})?)", re.IGNORECASE), measures.roughness),
    (re.compile(r"[▽∇]{1,3}[ ]?(\d{1,2})"), measures.finish),
    (re.compile(rf"(?<![\d.,=]){_N}(?:[ ]?(?:-|–|—|до|to)[ ]?{_N})?[ ]?(тыс\w{{0,3}}\.?|k\b|thousand)?(млн\.?|million)?[ ]?(?:{_COUNT})(?!\w){_TIMES}", re.IGNORECASE), pieces.count),
    (re.compile(rf"\b(?:in|by|партиями)[ ](?:lots|batches|по)[ ]?(?:of[ ])?{_N}(?:[ ]?(?:-|–|до|to)[ ]?{_N})?", re.IGNORECASE), pieces.lots),
    (re.compile(rf"\b(?:парти\w{{1,3}}|batch(?:es)?|lots?|сери\w{{1,3}}|тираж\w{{0,3}}|quantity|qty\.?|количество|кол-во)[ ]?(?:of|по|from|от|до|size|:|=|-|–)?[ ]?{_N}(?:[ ]?(?:-|–|до|to)[ ]?{_N})?(?![.,]?\d|[ ]?%|[ ]?(?:мм|кг|mm|kg|м\b))", re.IGNORECASE), pieces.lot),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(?:per|in a|a|в)[ ](?:batch|lot|парти\w{{1,2}})\b", re.IGNORECASE), pieces.lot_of),
    (re.compile(r"(?<![\d.,])(\d{1,5})[ ]\((?:од[инао]|два|две|двух|тр[иё]|четыр|пят|шест|сем|восем|девят|десят|двадцат|сто|one|two|three|four|five|six|ten)\w{0,8}\)", re.IGNORECASE), pieces.lot_of),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(?:станко[- ]?час\w{{0,3}}|машино[- ]?час\w{{0,3}}|станко-ч\b|машино-ч\b|нормо[- ]?час\w{{0,3}}|machine[- ]?hours?)(?:[ ]?(?:в|per|a|/|за|each|every)[ ]?(недел\w{{0,3}}|мес\w{{0,4}}\.?|week|month))?", re.IGNORECASE), pieces.hours),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(тыс\w{{0,3}}\.?|k)?(?:[ ]|(?=/))((?:в|per|a|за|/)[ ]?{_PERIOD})\b", re.IGNORECASE), pieces.rate),
    (re.compile(rf"(?<![\d.,×xXхХ/+±-])(?<![\d×xх][ ])(\d{{1,3}}(?:[ ,]\d{{3}})|\d{{1,6}})[ ](?!mm|cm|kg|axis|мм|кг|см|т\b|IT)(?:[a-z]{{2,14}}(?:-[a-z]{{2,10}})?[ ]){{0,3}}?{pieces.PARTS_EN}\b{_TIMES}", re.IGNORECASE), pieces.counted),
    (re.compile(rf"(?<![\d.,×xXхХ/+±-])(?<![\d×xх][ ])(\d{{1,3}}(?:[ ]\d{{3}})|\d{{1,6}})[ ](?!мм|кг|см|т\b)(?:[а-яё]{{3,16}}[ ]){{0,2}}?{pieces.PARTS_RU}(?!\w){_TIMES}", re.IGNORECASE), pieces.counted),
    (pieces.SPOKEN_RHYTHM, pieces.spoken),
    (re.compile(rf"\b(?:every|each|per|кажд\w{{2,3}}|раз в)[ ]{_PERIOD}", re.IGNORECASE), pieces.every),
    (re.compile(r"\b(ежемесячно|ежеквартально|еженедельно|ежегодно|monthly|quarterly|weekly|yearly|annually)\b", re.IGNORECASE), pieces.adverb),
    (re.compile(rf"(?<![\d.,]){_N}[ ]?(?:км|km|kilomet\w{{2,4}}|(miles?|миль\w{{0,2}}))(?![\w/])", re.IGNORECASE), measures.distance),
    (re.compile(r"\b(ста|сотни|сто|двухсот|тр[её]хсот|пятисот|пятидесяти|тысячи)[ ](?:км|километр\w{0,3})\b", re.IGNORECASE), measures.spoken_distance),
    (re.compile(r"(?<!\w)[МM](\d{1,3}(?:[.,]\d)?)(?:[xх×]\d[\d.,]{0,4})?(?:-\d[A-Za-z])?(?!\w)"), measures.thread),
    (re.compile(rf"\b(?:до|up to|max\.?|макс\.?)[ ]{_N}{_SEP}(мм|м|mm|m)(?![\w²³/])", re.IGNORECASE), measures.one("length")),
    (re.compile(rf"(?<![\d.,×xх]){_N}{_UNIT}{_X}{_N}{_SEP}{_LENGTH}(?![\w²³])"), measures.plate),
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
    return replace(mention, amounts=(measures.grade_of(mention.amounts[1], size),))
