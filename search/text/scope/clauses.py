"""The words of a clause that say how a mention is meant: ruled out, welcome, done by the writer or by others, planned.

A word such as "без" or "не требуется" bears on the nearest mention of its clause and on what is listed with it.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from search.text.lexicon import WordCue, WordCues, WordPattern
from search.text.scope.groups import (
    COMMA,
    LONGEST_SENTENCE,
    NEAR,
    PROCESS,
    SENTENCE_END,
    ScopeGroup,
    clause,
)
from search.text.tokens import is_object, is_ours, may_be_genitive


@dataclass(frozen=True, slots=True)
class _Meaning:
    """The meaning of a list of cues: the marks it sets, and where the mentions that it bears on stand."""

    marks: frozenset[str]
    before: bool = False  # the cue stands before them
    after: bool = False  # the cue stands after them
    every_kind: bool = False  # it bears on materials, places and standards as well
    genitive: bool = False  # Russian words that it bears on stand in the genitive
    adjacent: bool = False  # nothing may stand between
    several: bool = False  # it holds for a whole list before it, commas and all
    anybody: bool = False  # it does not say whose: "in house"
    ends: bool = False  # after them only at the end of what is said: "раскрой — наш"


def _meaning(*marks: str, **where: bool) -> _Meaning:
    return _Meaning(frozenset(marks), **where)


_MEANINGS = {
    "harmless": _meaning(),
    "without_before": _meaning("negated", before=True, every_kind=True, genitive=True),
    "none_beside": _meaning("negated", before=True, after=True, every_kind=True, genitive=True, ends=True),
    "refused_before": _meaning("negated", before=True, every_kind=True),
    "not_before": _meaning("negated", before=True, every_kind=True, adjacent=True),
    "several_refused_beside": _meaning("negated", before=True, after=True, every_kind=True, several=True),
    "refused_beside": _meaning("negated", before=True, after=True, every_kind=True),
    "we_do_not_beside": _meaning("negated", before=True, after=True, every_kind=True, adjacent=True),
    "refused_after": _meaning("negated", after=True, every_kind=True),
    "own_beside": _meaning("own", before=True, after=True),
    "in_house_beside": _meaning("own", before=True, after=True, anybody=True),
    "ours_beside": _meaning("own", before=True, after=True, adjacent=True, ends=True),
    "own_before": _meaning("own", before=True, adjacent=True),
    "own_after": _meaning("own", after=True),
    "own_ending": _meaning("own", after=True, ends=True),
    "under_before": _meaning("done", before=True, adjacent=True),
    "later_before": _meaning("done", before=True),
    "elsewhere_beside": _meaning("partner", "own", before=True, after=True),
    "outside_beside": _meaning("partner", before=True, after=True),
    "trade_before": _meaning("aside", "own", before=True),
    "trade_name_before": _meaning("aside", "own", before=True, adjacent=True),
    "packed_before": _meaning("aside", "own", before=True),
    "others_before": _meaning("aside", before=True),
    "planned_beside": _meaning("planned", before=True, after=True),
    "wish": _meaning("wish", before=True, after=True),
    "done_before": _meaning("done", before=True),
    "done_after": _meaning("done", after=True),
    "done_beside": _meaning("done", before=True, after=True),
}
# Words with these marks part nothing: "сварку мы делаем сами", "окраска после монтажа — силами заказчика".
_PASSED_OVER = frozenset({"aside", "done"})
_CUES = WordCues("scope", *_MEANINGS)
_BUT = WordPattern("scope", r"\b@but\b")
_WORD = re.compile(r"\w+")
# A number before "no" counts: "24 no."; "part no" names. "1-3. No paint" begins a sentence.
_COUNTED = re.compile(r"(?:\d|(?:part|item|order|our|your|ref|drawing|dwg)\.?)[ ]?$", re.IGNORECASE)
_ANSWER = WordPattern(
    "scope",
    r"""
    [ ]{0,2} [)\]»"]{0,2} [ ]{0,40} (?:[:|?\t–—-]{0,3}|;(?![ ]))
    [.…]{0,12} \s?[ ]{0,3} (?: (?P<answer>@answered_no) | @answered_partner )
    \b (?= [ ]{0,3} (?:[.,;!)|\n\t(–—-]|$) )
    """,
)
# "Гуммирование, эмаль: нет": what is listed before the answer need not be known.
_ANSWER_OF_LIST = WordPattern(
    "scope",
    r"""
    (?:[ ]?(?:,|/|[ ]@and[ ])[ ]?[^\W\d_][\w -]{1,20}){1,4}
    [ ]?[:–—][ ]? (?: (?P<answer>@answered_no) | @answered_partner )
    \b (?= [ ]{0,3} (?:[.,;!)|\n]|$) )
    """,
)
_LIST_JOIN = WordPattern(
    "scope", r"[ ]{0,2} (?:[,/&+]|(?:\w{1,15}[ ])?@and\b|,[ ]@and\b) [ ]{0,2} (?:@or_any[ ])?"
)
_HEADED_JOIN = WordPattern(
    "scope", r"[ ]{0,2} (?:[,;/&+]|(?:\w{1,15}[ ])?@and\b|,[ ]@and\b) [ ]{0,2} (?:@or_any[ ])?"
)
# Before "не нужна" a comma parts: "фрезеровка, окраска не нужна" wants the milling.
_AND = WordPattern("scope", r"[ ]{0,2} (?:(?:\w{1,15}[ ])?@and\b|[/&+]) [ ]{0,2}")
_ALONE = WordPattern("scope", r"[ ]@alone\b")  # "no painting, welding only"
_LIKEWISE = WordPattern("scope", r"[ ,]{1,2} @likewise \b[ ]{0,2} (?=[.;!)\n]|$)")
_BULLET = re.compile(r"[ \t]*(?:[-–—•*·▪✔✓✗✘+]|\d{1,2}[.)])[ \t]*(?=\S)")
_HEAD_ENDS = re.compile(r"[^\n\w]{0,3}(?:\w{1,15}[^\n\w]{1,3}){0,2}?:?[ \t]*(?:\n|$)")
_IF = WordPattern("scope", r",[ ]@if\b[^,]{1,40},")
_ENDS = re.compile(r"[ ]{0,2}(?:[.,;!?)(\n\t|–—-]|$)")
_NOT_WITHIN = WordPattern("scope", r"[ ]@not_before[ ]")  # "лаком не покрывать"
_CROSSED = re.compile(r"[✘✗❌✖][ ]{0,2}$")
# A cue with a colon heads all up to the end of its sentence, or up to the next heading.
_COLON = re.compile(r"(?:[ ][^\W\d_]{1,14}){0,3}[ ]?:(?=[ \t]*[^\s:])")
_LIST_ENDS = re.compile(r"[.!?](?=\s|$)|\n|;[^;:.\n]{0,40}:")
_GATHERED = frozenset({"negated", "partner"})
# A cue that heads a list: "NOT: surface grinding, thread grinding", "We don't    labels, screen printing".
_HEADS = re.compile(r"[ ]?(?::|\||\.{3}|[ ]{2}|\t)")
_WE = WordPattern("scope", r"\b@writer[ ]$")
_WE_HAVE = WordPattern("scope", r"\b@writer[ ](?:(?:@have_done)[ ]){0,2}$")
_PAST = re.compile(r"(?:rough[ -]|pre-?)?\w+ed\b|(?:cut|sawn|bent|cast|ground|sewn)\b", re.IGNORECASE)
_PLAIN_VERB = re.compile(r"(?!\w+(?:ing|ed|s)\b)[a-z]", re.IGNORECASE)
_PARTS = re.compile(r"[—–:)(]|[ ]-[ ]")

_HANDED_OVER = WordPattern("scope", r"\b@handed_over\b")
_ASKS = WordPattern("scope", r"\b@asks_more\b")
_OF_SUPPLIER = WordPattern("scope", r"\b@of_supplier\b")
_WITH_TOO = WordPattern("scope", r"\b@with_too\b")
_THEM = WordPattern(
    "scope",
    r"""
    \b(?: @please_do_not[ ]@offer[ ]@them \b
        | @these_before[ ] (?:\w{1,12}[ ]){0,1} @not_offered
        | @not_offered[ ]@these_after \b )
    """,
)
_TWO_REFUSALS = WordPattern(
    "scope",
    r"""
    \b@lacking[ ] [^.;!?\n]{1,60}? [ ]@refusal
    | @refusal[ ] (?:\w{1,12}[ ]){0,3}? @lacking\b
    """,
)
REACH = 60  # characters between a cue and the nearest thing that it bears on
MOST_WORDS_BEFORE, MOST_WORDS_AFTER = 3, 5  # between a cue and what follows it, or what it follows
NOWHERE = -1
MOST_LISTED = 40  # mentions of a list
_WORD_BEFORE = re.compile(r"(\w{3,20})[ ]$")
_WE_DO = ("ем", "им", "ём")  # the ends of a Russian verb of "we"
_MAY_LACK = WordPattern("scope", r"\b@may_lack_before[ ]$")
_WANTED_ALONE = WordPattern("scope", r"\b@wanted_alone[ ](?:[^\W\d_]{2,14}[ ]){0,2}$")
_ALONE_AT_END = WordPattern("scope", r"[ ]@alone[ ]{0,2}(?:[.;!?\n]|$)")


def mark_clauses(text: str, groups: Sequence[ScopeGroup]) -> None:
    """Mark the groups by the words of their clauses."""
    _Scopes(text, groups).settle()


class _Scopes:
    """The scopes of a text's mentions."""

    def __init__(self, text: str, groups: Sequence[ScopeGroup]) -> None:
        self.text = text
        self.cues = [cue for cue in _CUES.find(text) if not _is_number(text, cue)]
        self._cue_starts = [cue.start for cue in self.cues]
        self.groups = groups
        self._starts = [group.start for group in self.groups]
        self._refusals = [match.span() for match in _TWO_REFUSALS.finditer(text)]

    def settle(self) -> None:
        for number, cue in enumerate(self.cues):
            meaning = _MEANINGS[cue.name]
            if meaning.marks and not self._is_void(cue, meaning):
                self._bear(number, cue, meaning)
        for number, group in enumerate(self.groups):
            self._answered(number, group)
            if group.kind == PROCESS and self._is_told_of_writer(group):
                group.marks.add("own")
            if group.kind == PROCESS and not group.implied and self._is_done_by_writer(group):
                group.marks.add("done")
            if group.kind == PROCESS and _NOT_WITHIN.search(self.text, group.start, group.end):
                end = WordCue("", group.end, group.end)
                self._mark_back(number, end, _MEANINGS["refused_after"])
            if _CROSSED.search(self.text, max(0, group.start - 3), group.start):
                group.marks.add("negated")
        self._ruled_out_together()
        self._wanted_alone()
        self._likewise()
        self._of_one_verb()

    def _is_void(self, cue: WordCue, meaning: _Meaning) -> bool:
        """Whether the sentence of a cue takes its meaning back."""
        if any(first <= cue.start < last for first, last in self._refusals):
            return True
        begin, end = clause(self.text, cue.start)
        if meaning.anybody and _OF_SUPPLIER.search(self.text, begin, end):
            return True
        if "own" in meaning.marks:
            return bool(_HANDED_OVER.search(self.text, cue.end, end))
        if meaning.genitive and _WITH_TOO.search(self.text, cue.end, end):
            return True
        first = not self.text[begin : cue.start].strip()  # "Кроме токарки нужна ещё шлифовка"
        return first and meaning.genitive and bool(_ASKS.search(self.text, cue.end, end))

    def _bear(self, number: int, cue: WordCue, meaning: _Meaning) -> None:
        if meaning.before and meaning.marks & _GATHERED and self._mark_listed(cue, meaning):
            return
        following = self._following(number, cue, meaning) if meaning.before else None
        preceding = self._preceding(number, cue, meaning) if meaning.after else None
        if following is not None and self._may_lack(cue, meaning, self.groups[following]):
            return
        if following is not None and "negated" in meaning.marks and self._tells_of_object(cue, following):
            following, preceding = None, self._objects_before(number, cue, meaning)
        if following is not None and preceding is not None:
            close = 0 <= self.groups[following].start - cue.end <= 1
            following, preceding = (following, None) if close else (None, preceding)
        if following is not None:
            headed = self.text[cue.end - 1] == ":" or bool(_HEADS.match(self.text, cue.end))
            self._mark_onward(following, meaning, headed=headed)
        elif preceding is not None:
            self._mark_back(preceding, cue, meaning)
            if "done" in meaning.marks:
                self._mark_joined(cue, meaning)
        elif meaning.before and not meaning.adjacent:
            self._mark_headed(cue, meaning)

    def _tells_of_object(self, cue: WordCue, following: int) -> bool:
        """Whether the work is denied for one thing alone: "алюминий не варим", "широкоформат не печатаем"."""
        group = self.groups[following]
        verb = self.text[group.start : max(group.end, cue.end)].split(" ")[-1]
        before = _WORD_BEFORE.search(self.text, max(0, cue.start - NEAR), cue.start)
        return before is not None and verb.endswith(_WE_DO) and is_object(before[1])

    def _objects_before(self, number: int, cue: WordCue, meaning: _Meaning) -> int | None:
        """What is not worked: right before the verb, or a product that stands in its clause: "одежду и бельё не шьём"."""
        index = bisect_left(self._starts, cue.start) - 1
        if index < 0:
            return None
        if self.text[self.groups[index].end : cue.start] == " ":
            return index
        return self._preceding(number, cue, meaning) if self.groups[index].implied else None

    def _may_lack(self, cue: WordCue, meaning: _Meaning, group: ScopeGroup) -> bool:
        """Whether the text leaves work open: "можно без покраски"."""
        begins = max(0, cue.start - NEAR)
        return (
            group.kind == PROCESS
            and meaning.genitive
            and bool(_MAY_LACK.search(self.text, begins, cue.start))
        )

    def _following(self, number: int, cue: WordCue, meaning: _Meaning) -> int | None:
        """The first thing after a cue, where it stands near enough in the same clause."""
        text = self.text
        end = self._clause_end(cue.end)
        if number + 1 < len(self.cues) and _MEANINGS[self.cues[number + 1].name].marks:
            end = min(end, self.cues[number + 1].start)
        for index in range(bisect_left(self._starts, cue.start), len(self.groups)):
            group = self.groups[index]
            if group.start > end or group.start - cue.end > REACH:
                return None
            if group.kind != PROCESS and not meaning.every_kind:
                continue
            if group.start < cue.end:  # "не варим", "we send grinding out": the cue's own words name the work
                if group.end <= cue.end and (meaning.every_kind or "partner" in meaning.marks):
                    return index
                continue
            between = text[cue.end : group.start]
            if meaning.adjacent and between.strip(' «"(:'):
                return None
            if _word_count(between) > MOST_WORDS_BEFORE:
                return None
            return index if between == " " or self._fits(group, meaning) else None
        return None

    def _fits(self, group: ScopeGroup, meaning: _Meaning) -> bool:
        word = _WORD.match(self.text, group.start)
        return not meaning.genitive or word is None or may_be_genitive(word[0])

    def _preceding(self, number: int, cue: WordCue, meaning: _Meaning) -> int | None:
        """The last thing before a cue, where it stands near enough in the same clause."""
        if meaning.ends and not _ENDS.match(self.text, cue.end):
            return None
        for index in range(bisect_left(self._starts, cue.start) - 1, -1, -1):
            group = self.groups[index]
            if cue.start - group.start > 2 * REACH:
                return None
            if group.end <= cue.start and (group.kind == PROCESS or meaning.every_kind):
                answer = _ANSWER.match(self.text, group.end, cue.start)
                if meaning.adjacent and self.text[cue.start - 1 : cue.start] == "(":
                    return index if not self.text[group.end : cue.start].strip(" (") else None
                near = self._in_oneclause(answer.end() if answer else group.end, cue.start)
                return index if near and self._reaches_back(number, group, meaning) else None
        return None

    def _in_oneclause(self, start: int, end: int) -> bool:
        """Whether only a few words of the same clause stand between a thing and the cue after it."""
        between = _IF.sub("", self.text[start:end]).rstrip(" ").removesuffix(",")
        between = between.removesuffix("(")  # "lacquer (subcontract)"
        closed = between.find(")")
        if 0 <= closed < (between.find("(") % (len(between) + 1)):  # "остальное (литьё, лист) заказываем"
            between = between[closed + 1 :]
        opened = between.count("(") > between.count(")")  # "сварка с фланцем (фланец наш)"
        parted = any(pattern.search(between) for pattern in (SENTENCE_END, COMMA, _BUT))
        return not opened and not parted and end - start <= REACH and _word_count(between) <= MOST_WORDS_AFTER

    def _reaches_back(self, number: int, group: ScopeGroup, meaning: _Meaning) -> bool:
        """Whether no other cue of the same sense stands between a thing and the cue after it."""
        answer = _ANSWER.match(self.text, group.end)
        answered = answer.start("answer") if answer else NOWHERE
        for other in self.cues[bisect_left(self._cue_starts, group.end) : number]:
            sense = _MEANINGS[other.name]
            parts = bool(sense.marks) and not sense.marks & _PASSED_OVER and sense.before and not sense.after
            if parts and other.start != answered:
                return False
        return not ("negated" in meaning.marks and "partner" in group.marks)

    def _clause_end(self, place: int) -> int:
        last = min(len(self.text), place + LONGEST_SENTENCE)
        ends = (pattern.search(self.text, place, last) for pattern in (SENTENCE_END, COMMA, _BUT))
        return min((match.start() for match in ends if match), default=last)

    def _mark_onward(self, index: int, meaning: _Meaning, *, headed: bool) -> None:
        """Mark a thing and what is listed after it; what heads a list bears on all of it."""
        first = self.groups[index]
        first.marks |= meaning.marks
        last = first.end
        # "No painting, sheet bending": without case endings, commas list only before an "and".
        short = meaning.genitive and self.text[first.start].isascii() and not self._is_list(index)
        for group in self.groups[index + 1 : index + MOST_LISTED]:
            if group.start < last:
                group.marks |= meaning.marks if meaning.every_kind or group.kind == PROCESS else set()
                continue
            if group.kind != first.kind:
                return
            near = meaning.adjacent or "done" in meaning.marks or short
            join = _HEADED_JOIN if headed else _AND if near else _LIST_JOIN
            if not join.fullmatch(self.text, last, group.start) or _ALONE.match(self.text, group.end):
                return
            if not self._fits(group, meaning) or self._has_own_cue(group):
                return
            group.marks |= meaning.marks
            last = group.end

    def _mark_listed(self, cue: WordCue, meaning: _Meaning) -> bool:
        """Mark all that a cue with a colon heads: "Не выполняем: пропитку, анодирование.", "Sent out: …; …."."""
        colon = _COLON.match(self.text, cue.end)
        first = bisect_left(self._starts, cue.end)
        if colon and first < len(self.groups) and self.groups[first].start < colon.end():
            return False
        if colon is None and self.text[cue.end - 1] != ":":
            return False
        place = colon.end() if colon else cue.end
        stop = _LIST_ENDS.search(self.text, place)
        end = stop.start() if stop else len(self.text)
        marked = False
        for group in self.groups[bisect_left(self._starts, place) :]:
            if group.start >= end:
                break
            if (meaning.every_kind or group.kind == PROCESS) and not self._has_own_cue(group):
                group.marks |= meaning.marks
                marked = True
        return marked

    def _is_list(self, index: int) -> bool:
        """Whether a list of things goes on with commas to an "and"."""
        for one, other in pairwise(self.groups[index : index + MOST_LISTED]):
            if _AND.fullmatch(self.text, one.end, other.start):
                return True
            if not _LIST_JOIN.fullmatch(self.text, one.end, other.start):
                return False
        return False

    def _has_own_cue(self, group: ScopeGroup) -> bool:
        """Whether the next thing of a list has words of its own that say how it is meant."""
        place = bisect_left(self._cue_starts, group.end)
        if place == len(self.cues) or self.cues[place].start - group.end > 2:
            return False
        meaning = _MEANINGS[self.cues[place].name]
        return bool(meaning.marks) and meaning.after and self.cues[place].name != "own_ending"

    def _mark_back(self, index: int, cue: WordCue, meaning: _Meaning) -> None:
        """Mark a thing and what is listed before it; a comma parts unless a dash gathers the list."""
        last = self.groups[index]
        last.marks |= meaning.marks
        gathered = meaning.several or bool(_PARTS.search(self.text, last.end, cue.start))
        join, first = _LIST_JOIN if gathered else _AND, last.start
        for group in reversed(self.groups[max(0, index - MOST_LISTED) : index]):
            if group.end > first:
                group.marks |= meaning.marks if meaning.every_kind or group.kind == PROCESS else set()
                continue
            # "metal printing SLM by partner", "сборка насосов у нас", "PVD-покрытие размещаем"
            gap = self.text[group.end : first]
            again = gap == "-" or (gap == " " and (last.implied or group.codes & last.codes))
            joined = again or join.fullmatch(self.text, group.end, first)
            if group.kind != last.kind or not joined or (gathered and group.marks):
                return
            group.marks |= meaning.marks
            first = group.start

    def _mark_joined(self, cue: WordCue, meaning: _Meaning) -> None:
        """Mark the work told of together: "weldment is here already & stress relieved"."""
        index = bisect_left(self._starts, cue.end)
        if index < len(self.groups) and _AND.fullmatch(self.text, cue.end, self.groups[index].start):
            self.groups[index].marks |= meaning.marks

    def _mark_headed(self, cue: WordCue, meaning: _Meaning) -> None:
        """Mark the points of a list under a line such as "What we don't do:"."""
        begins = self.text.rfind("\n", 0, cue.start) + 1
        head = _HEAD_ENDS.match(self.text, cue.end)
        before = self.text[begins : cue.start]
        if head is None or "," in before or _BULLET.match(before) or _word_count(before) > MOST_WORDS_BEFORE:
            return
        place = head.end()
        while _BULLET.match(self.text, place):
            end = self.text.find("\n", place)
            end = len(self.text) if end < 0 else end
            for index in range(bisect_left(self._starts, place), bisect_left(self._starts, end)):
                group = self.groups[index]
                if not group.marks and (meaning.every_kind or group.kind == PROCESS):
                    group.marks |= meaning.marks
            place = end + 1

    def _answered(self, number: int, group: ScopeGroup) -> None:
        """Mark a thing that is answered with "no": "Сварка — нет", "Painting: none."."""
        answer = _ANSWER.match(self.text, group.end) or _ANSWER_OF_LIST.match(self.text, group.end)
        if not answer or "partner" in group.marks:
            return
        following = self.groups[number + 1 :][:1]
        if not any(one.start < answer.end() for one in following):
            meaning = _MEANINGS["refused_after" if answer["answer"] else "elsewhere_beside"]
            self._mark_back(number, WordCue("", group.end, group.end), meaning)

    def _is_told_of_writer(self, group: ScopeGroup) -> bool:
        """Whether the work is a verb of which the writer, or the customer, is the subject: "we e-coat", "красим"."""
        if group.implied:
            return False
        if _HANDED_OVER.search(self.text, group.end, clause(self.text, group.start)[1]):
            return False
        word = _WORD.match(self.text, group.start)
        if word is not None and is_ours(word[0]):
            return True
        before = _WE.search(self.text, max(0, group.start - NEAR), group.start)
        return bool(before and _PLAIN_VERB.match(self.text, group.start))

    def _is_done_by_writer(self, group: ScopeGroup) -> bool:
        """Whether the work is a verb of what the writer has done: "we rough machined them"."""
        before = _WE_HAVE.search(self.text, max(0, group.start - NEAR), group.start)
        return bool(before and _PAST.match(self.text, group.start))

    def _ruled_out_together(self) -> None:
        """Mark the work of a sentence that ends in "do not offer them"."""
        for cue in _THEM.finditer(self.text):
            start, _ = clause(self.text, cue.start())
            first, last = bisect_left(self._starts, start), bisect_left(self._starts, cue.start())
            for group in self.groups[first:last]:
                if group.kind == PROCESS and "own" not in group.marks:
                    group.marks.add("negated")

    def _wanted_alone(self) -> None:
        """Mark as done what a sentence names before the work that is all it asks for: "валы калёные, нужна только шлифовка"."""
        processes = [group for group in self.groups if group.kind == PROCESS]
        for index, group in enumerate(processes):
            if group.marks or group.implied:
                continue
            begin, _ = clause(self.text, group.start)
            near = max(begin, group.start - REACH)
            if not (
                _WANTED_ALONE.search(self.text, near, group.start)
                or _ALONE_AT_END.match(self.text, group.end)
            ):
                continue
            first = group.start
            for before in reversed(processes[:index]):
                if before.start < begin:
                    break
                if _LIST_JOIN.fullmatch(self.text, before.end, first):
                    first = before.start  # "нужна только резка и гибка"
                elif not before.marks and not before.codes & group.codes:
                    before.marks.add("done")

    def _of_one_verb(self) -> None:
        """Let what is said of a verb hold for the noun of its work: "порошком не красим, отдаём соседям"."""
        for noun, verb in pairwise(self.groups):
            gap = self.text[noun.end : verb.start]
            if noun.kind == verb.kind == PROCESS and gap in {" ", " не "}:
                word = _WORD.match(self.text, verb.start)
                if word is not None and is_ours(word[0]):
                    noun.marks |= verb.marks - {"own"}

    def _likewise(self) -> None:
        """Let "Painting too." hold what was said of the thing before it."""
        processes = [group for group in self.groups if group.kind == PROCESS]
        for before, group in pairwise(processes):
            near = group.start - before.end <= 2 * REACH
            if not group.marks and before.marks and near and _LIKEWISE.match(self.text, group.end):
                group.marks |= before.marks


def _word_count(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))


def _is_number(text: str, cue: WordCue) -> bool:
    """Whether "no" is the short word for a number: "24 no.", "part no"."""
    if cue.end - cue.start != 2 or text[cue.start : cue.end].lower() != "no":
        return False
    return text[cue.end : cue.end + 1] == "." or bool(
        _COUNTED.search(text, max(0, cue.start - 10), cue.start)
    )
