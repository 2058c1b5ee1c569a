"""The mentions that are ruled out ("без термообработки"), merely welcome ("ISO 9001 желательно"), or a must."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from search.text.lexicon import WordPattern
from search.text.recognition import Mention
from search.text.tokens import may_be_genitive

_CLAUSE_END = WordPattern("scope", r"[.;!?\n] | ,(?!\d) | \b@but\b")
_SENTENCE_END = re.compile(r"[;!?\n]|\.(?=\s|$)")
_BEFORE = WordPattern(
    "scope",
    r"""
    \b(?: @under[ ]@later
        | @without \b
        | @not [ ](?:\w{1,20}[ ])? @we_do
        | @do_not [ ](?:\w{1,12}[ ])? @do \b
        | @no_need \b )
    """,
)
_AFTER = WordPattern(
    "scope",
    r"""
    [ ,)»"]{0,4} (?:\w{1,15}[ ]){0,2}?
    (?: @not[ ]@unwanted
      | нет\b(?![ ]в)
      | (?:(?:is|are)[ ])? (?:not|n't)[ ] @required
      | @ruled_out
      | @made_elsewhere )
    """,
)
_HARMLESS = WordPattern("scope", r"@harmless \b")
WISH = WordPattern("scope", "@wish")
# A process that is merely welcome: "пассивация желательна", "painting would be a plus".
WISHED_AFTER = WordPattern("scope", r"[ ,(–-]{0,3} (?:\w{1,12}[ ]){0,1}? @wish")
_OWN_BEFORE = WordPattern("scope", r"\b@own_before[ ] (?:\w{1,12}[ ]){0,1} $")
_OURS = WordPattern("scope", r"\b@our[ ]$")
_OWN_AFTER = WordPattern("scope", r"[ ,–-]{0,3} (?:\w{1,15}[ ]){0,2}? @own_after")
_WE = WordPattern("scope", r"@we\b")
_OWN_AFTER_WE = WordPattern("scope", r"[ ] (?:\w{1,12}[ ]){0,2}? @own_after_we")
_THEM = WordPattern(
    "scope",
    r"""
    \b(?: @please_do_not[ ]@offer[ ]@them \b
        | @these_before[ ] (?:\w{1,12}[ ]){0,1} @not_offered
        | @not_offered[ ]@these_after \b )
    """,
)
_DONE_BEFORE = WordPattern("scope", r"\b@done_before[ ] (?:\w{1,12}[ ]){0,1}? $")
_DONE_AFTER = WordPattern("scope", r"[ ]?[—–-]?[ ]? (?:@already[ ])? @done_after")
_SEVERAL_UNWANTED = WordPattern("scope", "@several_unwanted")
_TWO_REFUSALS = WordPattern(
    "scope",
    r"""
    \b@lacking[ ] [^.;!?\n]{1,60}? [ ]@refusal
    | @refusal[ ] (?:\w{1,12}[ ]){0,3}? @lacking\b
    """,
)
_MUST = WordPattern(
    "scope",
    r"""
    @refusal | @must | (?<!не[ ])(?<!не)@obligatory
    | (?<!не[ ])@must_unless_denied.ru | (?<!not[ ])@must_unless_denied.en
    """,
)
_LIST_JOIN = WordPattern("scope", r"[ ]{0,2} (?:@and|[,/]) [ ]{0,2} (?:@or_any[ ])?")
# Before "не нужна" a comma parts: "фрезеровка, окраска не нужна" wants the milling.
_AND = WordPattern("scope", r"[ ]{0,2} (?:@and|/) [ ]{0,2}")
# "Без покраски, сварка рам" wants the welding: the things ruled out by these words stand in the genitive.
_WITHOUT_WHAT = WordPattern("scope", "@without_what")
_ALONE = WordPattern("scope", r"[ ]@alone\b")  # "no painting, welding only"
REACH_BEFORE = 45  # characters between "без" and the first thing it rules out


LONGEST_SENTENCE = 300  # characters to either side


def _clause(text: str, place: int) -> tuple[int, int]:
    """The beginning and the end of the sentence around a place, within the words that can bear on the place."""
    least, most = max(0, place - LONGEST_SENTENCE), min(len(text), place + LONGEST_SENTENCE)
    start = max((match.end() for match in _SENTENCE_END.finditer(text, least, place)), default=least)
    after = _SENTENCE_END.search(text, place, most)
    return start, after.start() if after else most


def _ruled_out_before(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    """The indices of mentions after a word such as "без", and of those listed with them."""
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
                        not _WITHOUT_WHAT.match(cue[0])
                        or may_be_genitive(re.split(r"\W", text[mention.start : mention.end], maxsplit=1)[0])
                    )
                )
            ):
                yield index
                last = max(last, mention.end)


def _ruled_out_after(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    """The indices of mentions before "не требуется", and of those listed with them."""
    both = [(match.start(), match.end()) for match in _TWO_REFUSALS.finditer(text)]
    for index, mention in enumerate(mentions):
        cue = _AFTER.match(text, mention.end)
        if any(start < mention.start < end for start, end in both):
            continue
        if cue and not any(mention.end <= item.start < cue.end() for item in mentions[index + 1 : index + 4]):
            yield index
            first, before = mention.start, index - 1
            joining = _LIST_JOIN if _SEVERAL_UNWANTED.search(cue[0]) else _AND
            while (
                before >= 0
                and mentions[before].kind == mention.kind
                and joining.fullmatch(text[mentions[before].end : first])
            ):
                yield before
                first, before = mentions[before].start, before - 1


def _ruled_out_together(text: str, mentions: Sequence[Mention]) -> Iterator[int]:
    """The indices of the processes of a sentence that ends in "do not offer them"."""
    for cue in _THEM.finditer(text):
        start, _ = _clause(text, cue.start())
        for index, mention in enumerate(mentions):
            if mention.kind == "process" and start <= mention.start < cue.start():
                yield index


def apply(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, with a mark on processes and the like that are ruled out, wished for or demanded."""
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
        return not _WE.match(before[0]) or bool(_OWN_AFTER_WE.match(text, mention.end))
    return bool(_OWN_AFTER.match(text, mention.end))


_PART_OF = WordPattern("scope", r"\b@part_of\w{0,5}[ ]$")
_PART_FROM = WordPattern("scope", r"[ -]@part_from\b")


def belongs(text: str, mention: Mention) -> bool:
    """Whether a product is named only to say whose part is meant."""
    before = _PART_OF.search(text, max(0, mention.start - 24), mention.start)
    return bool(before or _PART_FROM.match(text, mention.end))


def _done(text: str, mention: Mention) -> bool:
    before = _DONE_BEFORE.search(text, max(0, mention.start - 30), mention.start)
    return bool(before or _DONE_AFTER.match(text, mention.end))


_COMMA = re.compile(r",(?!\d)")
REACH_OF_DEMAND = 60  # characters between a standard and the word that says whether it is a must


def _demanded(text: str, mention: Mention) -> Mention:
    """Whether a standard is a wish or a must: the nearest word between the commas around it decides, else one
    of the sentence.
    """
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


def _distance(pattern: WordPattern, text: str, span: tuple[int, int], mention: Mention) -> int | None:
    """The characters between a mention and the nearest match of a pattern within a span of the text."""
    found = pattern.finditer(text, *span)
    return min(
        (max(match.start() - mention.end, mention.start - match.end()) for match in found), default=None
    )
