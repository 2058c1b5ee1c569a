"""Which mentions are ruled out ("без термообработки"), merely welcome ("ISO 9001 желательно"), or a must."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from search.text.recognition import Mention
from search.text.tokens import may_be_genitive

_CLAUSE_END = re.compile(r"[.;!?\n]|,(?!\d)|\bно\b|\bbut\b|\bзато\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[;!?\n]|\.(?=\s|$)")
_BEFORE = re.compile(
    r"\b(?:под|для|for)[ ](?:дальнейш\w{2,3}|последующ\w{2,3}|further|subsequent|later)"
    r"|\b(?:без|кроме|исключая|помимо|нет|ни|without|except|excluding|no|neither|not including|non)\b"
    r"|\b(?:не)[ ](?:\w{1,20}[ ])?(?:дела\w{1,3}|занима\w{1,6}|выполня\w{1,4}|оказыва\w{1,4}|производ\w{1,3}|изготавлива\w{1,4}"
    r"|беремся за|берёмся за|беремся|берёмся|нуж\w{1,3}|треб\w{1,6}|предлаг\w{1,4}|рассматрива\w{1,4}|работа\w{1,3} с|варим|красим)"
    r"|\b(?:do not|don't|don’t|does not|doesn't|cannot|can't|won't|will not|not)[ ](?:\w{1,12}[ ])?"
    r"(?:do|offer|provide|need|require|want|make|perform|take|accept|weld|paint|cast|supply|have)\b"
    r"|\b(?:no need (?:for|of))\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"[ ,)»\"]{0,4}(?:\w{1,15}[ ]){0,2}?(?:не[ ](?:треб\w{1,6}|нуж\w{1,3}|надо|дела\w{1,3}|выполня\w{1,4}|занимаемся|предлага\w{1,3}|производ\w{1,3}|интересу\w{1,3}|подойд\w{1,2}|взять|возьм[её]т|подходит|подходят|годится|годятся|пойд[её]т|устро\w{1,3})"
    r"|нет\b(?! в)|исключ\w{2,8}|(?:is |are )?(?:not|n't)[ ](?:required|needed|necessary|wanted|available|offered|included|our|acceptable|suitable|welcome)|will not do|won't do|(?:please )?(?:do not|don't|need not) apply|excluded"
    r"|(?:is |are )?(?:outsourced|subcontracted|bought in|purchased)|у (?:партн[её]р\w{0,3}|соседей|субподрядчик\w{0,2})|по кооперации|через кооперацию)",
    re.IGNORECASE,
)
# "не более", "not only" limit or add; they rule nothing out.
_HARMLESS = re.compile(
    r"(?:не (?:более|менее|хуже|ниже|выше|только|позднее|дальше|далее)|not (?:only|less|more|later|worse)|no (?:less|more|later|worse|problem|matter)|ни (?:в коем|один|одна|одного|разу|стало)|без (?:проблем|перерыв\w{0,3}|выходных|предоплаты|посредников))\b",
    re.IGNORECASE,
)
WISH = re.compile(
    r"желательн\w{1,3}|приветству\w{1,5}|плюсом|преимуществ\w{1,3}|будет плюс|как плюс|предпочтительн\w{1,3}|предпочтени\w{1,2}|хорошо бы|по возможности|необязательн\w{1,3}|не обязательн\w{1,3}"
    r"|would be (?:a plus|an advantage|nice|welcome|good)|is (?:a plus|an advantage)|\bpreferr?ed\b|\bpreferably\b|nice to have|desirable|advantageous|\ba plus\b|welcome|ideally|optional|не явля\w{2,4}[ ](?:\w{1,12}[ ])?обязат\w{2,6}|not (?:mandatory|required|a must)",
    re.IGNORECASE,
)
# A process that is merely welcome: "пассивация желательна", "painting would be a plus".
WISHED_AFTER = re.compile(r"[ ,(–-]{0,3}(?:\w{1,12}[ ]){0,1}?(?:" + WISH.pattern + ")", re.IGNORECASE)
# What the writer does: "сами красим", "we paint in house". In a need it rules out, in a profile it does not.
_OWN_BEFORE = re.compile(
    r"\b(?:сами|самостоятельно|своими силами|we|ourselves)[ ](?:\w{1,12}[ ]){0,1}$", re.IGNORECASE
)
_OURS = re.compile(r"\b(?:our|наш|наша|наше|наши|нашу|нашей|нашем|нашим|нашего)[ ]$", re.IGNORECASE)
_OWN_AFTER = re.compile(
    r"[ ,–-]{0,3}(?:\w{1,15}[ ]){0,2}?(?:сами\b|самостоятельно|своими силами|наша\b|наше\b|in[- ]house|ourselves|by us\b)",
    re.IGNORECASE,
)
_OWN_WE = re.compile(r"[ ](?:\w{1,12}[ ]){0,2}?(?:in[- ]house|ourselves)", re.IGNORECASE)
# What an earlier word of the sentence is told of: "sand castings were tried …, so please do not offer them".
_THEM = re.compile(
    r"\b(?:do not|don't|don’t|please no|never)[ ](?:offer|propose|suggest|quote)[ ](?:them|it|these|those)\b"
    r"|\b(?:их|его|е[её]|такие|такое)[ ](?:\w{1,12}[ ]){0,1}не[ ](?:предлаг\w{1,4}|рассматрива\w{1,4})|\bне[ ](?:предлаг\w{1,4}|рассматрива\w{1,4})[ ](?:их|его|е[её])\b",
    re.IGNORECASE,
)
# Work that lies behind when the part comes: "40Х после улучшения", "токарка готова", "already hardened".
_DONE_BEFORE = re.compile(
    r"\b(?:после|готов\w{2,3}|уже|по окончании|after|already|previously)[ ](?:\w{1,12}[ ]){0,1}?$",
    re.IGNORECASE,
)
_DONE_AFTER = re.compile(
    r"[ ]?(?:—|–|-)?[ ]?(?:уже[ ])?(?:готов[аоы]?\b|сделан[аоы]?\b|выполнен[аоы]?\b|(?:is |are )?already (?:done|made)|(?:is |are )done\b)",
    re.IGNORECASE,
)
# "… не нужны", "are not required": what is said of several holds for the list before it, commas and all.
_PLURAL = re.compile(r"не[ ](?:требуются|нужны|надо|интересуют)|\bare not\b", re.IGNORECASE)
# "Без ИСО 9001 не предлагать", "no quotes without ISO 9001": what two refusals leave is a must.
_REFUSAL = (
    r"(?:не[ ](?:предлаг\w{1,4}|рассматрива\w{1,4}|принима\w{1,4}|обраща\w{1,6}|беспоко\w{1,6}|допуска\w{1,5})"
    r"|(?:need not|do not|don't) (?:apply|quote|offer|respond)|not be (?:considered|accepted)|no (?:quotes|offers|bids))"
)
_TWO_REFUSALS = re.compile(
    rf"\b(?:без|without)[ ][^.;!?\n]{{1,60}}?[ ]{_REFUSAL}|{_REFUSAL}[ ](?:\w{{1,12}}[ ]){{0,3}}?(?:без|without)\b",
    re.IGNORECASE,
)
_MUST = re.compile(rf"{_REFUSAL}|" r"(?<!не )(?<!не)обязател\w{1,4}|строго|(?<!не )требу\w{1,5}|must\b|(?<!not )required|(?<!not )mandatory|\bshall\b|долж\w{1,3}[ ](?:\w{1,12}[ ])?(?:иметь|обладать|быть сертифицир\w{2,5})|\bonly\b|только|необходим\w{0,3}|нужен|нужна|нужно", re.IGNORECASE)  # fmt: skip
_LIST_JOIN = re.compile(r"[ ]{0,2}(?:и|или|,|/|and|or|nor|ни)[ ]{0,2}(?:или |any )?", re.IGNORECASE)
# Before "не нужна" a comma parts: "фрезеровка, окраска не нужна" wants the milling.
_AND = re.compile(r"[ ]{0,2}(?:и|или|/|and|or|nor|ни)[ ]{0,2}", re.IGNORECASE)
# "Без покраски, сварка рам" wants the welding: what is listed after these words stands in the genitive.
_OF_WHAT = re.compile("без|кроме|исключая|помимо", re.IGNORECASE)
_ALONE = re.compile(r"[ ](?:only|только)\b", re.IGNORECASE)  # "no painting, welding only"
REACH_BEFORE = 45  # characters between "без" and the first thing it rules out


LONGEST_SENTENCE = 300  # characters to either side


def _clause(text: str, place: int) -> tuple[int, int]:
    """Where the sentence around a place begins and ends, as far as anything in it bears on the place."""
    least, most = max(0, place - LONGEST_SENTENCE), min(len(text), place + LONGEST_SENTENCE)
    start = max((match.end() for match in _SENTENCE_END.finditer(text, least, place)), default=least)
    after = _SENTENCE_END.search(text, place, most)
    return start, after.start() if after else most


def _ruled_out_before(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    """Indices of mentions after a word such as "без", and of those listed with them."""
    harmless = [
        (match.start(), match.end())
        for pattern in (_HARMLESS, _TWO_REFUSALS)
        for match in pattern.finditer(text)
    ]
    starts = [mention.start for mention in mentions]
    for cue in _BEFORE.finditer(text):
        if any(start <= cue.start() < end for start, end in harmless):
            continue
        end = min(
            (match.start() for match in _CLAUSE_END.finditer(text, cue.end(), cue.end() + 200)),
            default=len(text),
        )
        last: int | None = None
        kind = ""
        for index in range(bisect_left(starts, cue.start()), len(mentions)):
            mention = mentions[index]
            if mention.start - (last or cue.end()) > REACH_BEFORE:
                break
            if last is None and mention.start - cue.end() <= REACH_BEFORE and mention.start < end + 1:
                yield index
                last, kind = mention.end, mention.kind
            elif last is not None and (
                mention.start < last
                or (
                    mention.kind == kind
                    and _LIST_JOIN.fullmatch(text[last : mention.start])
                    and not _ALONE.match(text, mention.end)
                    and (
                        not _OF_WHAT.match(cue[0])
                        or may_be_genitive(re.split(r"\W", text[mention.start : mention.end], maxsplit=1)[0])
                    )
                )
            ):
                yield index
                last = max(last, mention.end)


def _ruled_out_after(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    """Indices of mentions before "не требуется", and of those listed with them."""
    both = [(match.start(), match.end()) for match in _TWO_REFUSALS.finditer(text)]
    for index, mention in enumerate(mentions):
        cue = _AFTER.match(text, mention.end)
        if any(start < mention.start < end for start, end in both):
            continue
        if cue and not any(mention.end <= item.start < cue.end() for item in mentions[index + 1 : index + 4]):
            yield index
            first, before = mention.start, index - 1
            joining = _LIST_JOIN if _PLURAL.search(cue[0]) else _AND
            while (
                before >= 0
                and mentions[before].kind == mention.kind
                and joining.fullmatch(text[mentions[before].end : first])
            ):
                yield before
                first, before = mentions[before].start, before - 1


def _ruled_out_together(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    """Indices of the processes of a sentence that ends in "do not offer them"."""
    for cue in _THEM.finditer(text):
        start, _ = _clause(text, cue.start())
        for index, mention in enumerate(mentions):
            if mention.kind == "process" and start <= mention.start < cue.start():
                yield index


def apply(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, those of processes and the like marked as ruled out, wished for or demanded."""
    scoped = sorted(mentions, key=lambda mention: (mention.start, -mention.end))
    concepts = [index for index, mention in enumerate(scoped) if mention.code is not None]
    considered = [scoped[index] for index in concepts]
    out = {
        *_ruled_out_before(text, considered),
        *_ruled_out_after(text, considered),
        *_ruled_out_together(text, considered),
    }
    negated = {concepts[index] for index in out}
    answer = []
    for index, mention in enumerate(scoped):
        changed = replace(mention, negated=True) if index in negated else mention
        if mention.kind == "process" and WISHED_AFTER.match(text, mention.end):
            changed = replace(changed, wish=True)
        if mention.kind == "process" and not changed.negated and _own(text, mention):
            changed = replace(changed, own=True)
        if mention.kind == "process" and not changed.negated and _done(text, mention):
            changed = replace(changed, done=True)
        if mention.kind == "standard":
            changed = _demanded(text, changed)
        answer.append(changed)
    return answer


def _own(text: str, mention: Mention) -> bool:
    if _OURS.search(text, max(0, mention.start - 10), mention.start):
        return True
    before = _OWN_BEFORE.search(text, max(0, mention.start - 40), mention.start)
    if before:
        return not before[0].lower().startswith("we") or bool(_OWN_WE.match(text, mention.end))
    return bool(_OWN_AFTER.match(text, mention.end))


# "корпус насоса", "pump housing": the thing named is what the part belongs to, not what is to be made.
_PART_OF = re.compile(
    r"\b(?:корпус|крышк|вал|колес|кронштейн|детал|опор|фланец|днищ|лопат|винт|шток|втулк|рычаг|узел|узл|элемент|част|кожух|клапан|плит|рам|ось|осей|направляющ)\w{0,5}[ ]$",
    re.IGNORECASE,
)
_PART_FROM = re.compile(
    r"[ -](?:housings?|bod(?:y|ies)|covers?|brackets?|shafts?|impellers?|parts?|components?|frames?|lids?|flanges?|seats?|plates?|casings?|blanks?|teeth)\b",
    re.IGNORECASE,
)


def belongs(text: str, mention: Mention) -> bool:
    """Whether a thing is named only to say whose part is meant."""
    before = _PART_OF.search(text, max(0, mention.start - 24), mention.start)
    return bool(before or _PART_FROM.match(text, mention.end))


def _done(text: str, mention: Mention) -> bool:
    before = _DONE_BEFORE.search(text, max(0, mention.start - 30), mention.start)
    return bool(before or _DONE_AFTER.match(text, mention.end))


_COMMA = re.compile(r",(?!\d)")
REACH_OF_DEMAND = 60  # characters between a standard and the word that says how much it is wanted


def _demanded(text: str, mention: Mention) -> Mention:
    """A standard as a wish or a must: the nearest word between the commas around it tells, else one of the sentence."""
    first, last = _clause(text, mention.start)
    first, last = max(first, mention.start - REACH_OF_DEMAND), min(last, mention.end + REACH_OF_DEMAND)
    start = max((match.end() for match in _COMMA.finditer(text, first, mention.start)), default=first)
    after = _COMMA.search(text, mention.end, last)
    end = after.start() if after else last
    for span in dict.fromkeys(((start, end), (first, last))):
        wish, must = (_distance(pattern, text, span, mention) for pattern in (WISH, _MUST))
        if wish is not None or must is not None:
            welcome = wish is not None and (must is None or wish <= must)
            return replace(mention, wish=welcome, demand=not welcome)
    return mention


def _distance(pattern: re.Pattern[str], text: str, span: tuple[int, int], mention: Mention) -> int | None:
    """Characters between a mention and the nearest match of a pattern within a span of the text."""
    found = pattern.finditer(text, *span)
    return min(
        (max(match.start() - mention.end, mention.start - match.end()) for match in found), default=None
    )
