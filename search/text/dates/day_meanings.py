"""What each day of a text is about: the delivery, a wish, the quotes, or something else.

The nearest word about a day decides, of its own sentence; a preposition alone makes it the delivery's, less surely.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from search.text.dates.day_forms import found_in
from search.text.dates.written_day import NO_DAY, DayOrder, DayWord, TopicWord, WrittenDay
from search.text.lexicon import WordPattern
from search.text.recognition import Mention

DEADLINE, DESIRED, QUOTE_BY, DAY = "deadline", "desired", "quote_by", "day"
DAY_KINDS = frozenset({DEADLINE, DESIRED, QUOTE_BY, DAY})
_REACH_BEFORE, _REACH_AFTER = 120, 45  # characters between a day and a word about it
_SENTENCE_END = re.compile(r"[;!?\n]|\.(?=\s+[A-ZА-ЯЁ0-9«\"(])|\.(?=\s*\n)")
_CLAUSE_END = re.compile(r"[;!?\n,]|\.(?=\s)|[)]")
_LIST_MARK = re.compile(r"[\s>*•·|–—-]*$")
_OF_TERM = re.compile(r"[ ]{0,2}[:–—-]?[ ]{0,2}(?:\w{1,12}[ ]){0,2}")
_ADJACENT = re.compile(r"[ ]{0,2}[-–—:(]?[ ]{0,2}(?:\w{1,3}[ ])?")
_BREAK = re.compile(r"(?<!:\d\d),(?!\d)|[(]")
# The topics that a word before "due" or "delivery" may give it.
_GENERAL = {
    "term": frozenset({"delivery", "last_day", "wish", "quote", "payment", "validity", "paper", "other"}),
    "delivery": frozenset({"wish", "last_day"}),
}
# A comma parts these from a day: "quote 10 shafts, by 5 May" asks for the shafts by May.
_OF_A_CLAUSE = frozenset({"quote", "validity", "other", "paper"})
_KINDS = {"delivery": DEADLINE, "last_day": DEADLINE, "term": DEADLINE, "wish": DESIRED, "quote": QUOTE_BY}
# The sureness of a day that a word names, one that a preposition points at, and one that stands alone.
_NAMED, _POINTED, _ALONE = 0.97, 0.95, 0.85
_BARE = "bare"  # the rule of a day that neither a word nor a preposition makes a term
_LESS_EXACT = 0.1  # of a month, a week, a figure that may be another
_SEASON = 0.3  # of one without its year
OPEN = 0.5  # the sureness of a day that may be another, or none of the request
VAGUE = 0.6  # a surer day is taken without asking
URGENT = "day.urgent"  # the rule of haste without a day
IMPOSSIBLE = "day.impossible"  # that of "31.02.2027"
_LIKE_A_DAY = re.compile(r"(?:19|20)\d\d$|[^\W\d_]{3}")
_TERMS = frozenset({"delivery", "term", "wish", "last_day"})
_BESIDE = 15  # characters between a span and the word that makes it a term
_FLEETING = frozenset({"present", "near", "short", "number", "weekday"})  # "this year" alone is no term


@dataclass(frozen=True, slots=True)
class _Topics:
    """The words of a text about days, by their places."""

    text: str
    words: Sequence[TopicWord]
    starts: Sequence[int]

    def before(self, day: WrittenDay) -> str | None:
        """The topic before a day: that of the nearest word, or of the word that says which term is meant."""
        place = day.start if day.span or day.begins < 0 else day.begins
        least = _sentence_start(self.text, place)
        near: TopicWord | None = None
        for index in range(bisect_left(self.starts, place) - 1, -1, -1):
            word = self.words[index]
            if word.start < least:
                break
            if near is not None:
                return self._told(word, near)
            if word.topic in _GENERAL:
                near = word
            elif word.topic not in _OF_A_CLAUSE or self._reaches(word, place):
                return word.topic
        return near.topic if near else None

    def _told(self, word: TopicWord, near: TopicWord) -> str:
        """The topic of a word about any term, told more closely by the one before it: "quotes due", "desired delivery"."""
        if not _OF_TERM.fullmatch(self.text[word.end : near.start]):
            return near.topic
        return word.topic if word.topic in _GENERAL[near.topic] else near.topic

    def _reaches(self, word: TopicWord, place: int) -> bool:
        """Whether no comma stands between a word and the day."""
        return _BREAK.search(self.text, word.end, place) is None

    def after(self, day: WrittenDay) -> tuple[str | None, bool]:
        """The topic behind a day in its clause, and whether it stands right beside the day."""
        end = _CLAUSE_END.search(self.text, day.end, day.end + _REACH_AFTER)
        most = end.start() if end else min(len(self.text), day.end + _REACH_AFTER)
        index = bisect_left(self.starts, day.end)
        while index < len(self.words) and self.words[index].start < most:
            word = self.words[index]
            adjacent = bool(_ADJACENT.fullmatch(self.text[day.end : word.start]))
            if word.topic not in {"term", "figure"} or (adjacent and word.topic == "term"):
                return word.topic, adjacent
            index += 1
        return None, False

    def stands_by(self, day: WrittenDay) -> bool:
        """Whether a word about a term or a delivery stands right beside the day."""
        index = bisect_left(self.starts, day.start)
        near = self.words[max(0, index - 1) : index + 1]
        return any(_is_beside(self.text, word, day) for word in near if word.topic in _TERMS)


def _is_beside(text: str, word: TopicWord, day: WrittenDay) -> bool:
    between = text[word.end : day.start] if word.end <= day.start else text[day.end : word.start]
    return len(between) <= _BESIDE and not _CLAUSE_END.search(between)


def _sentence_start(text: str, place: int) -> int:
    """Where the sentence of a place begins; a day on a line of its own belongs to the line above."""
    least = max(0, place - _REACH_BEFORE)
    ends = [found.end() for found in _SENTENCE_END.finditer(text, least, place)]
    while ends and text[ends[-1] - 1] == "\n" and _LIST_MARK.match(text, ends[-1], place):
        ends.pop()
    return ends[-1] if ends else least


def mentions(text: str, order: DayOrder) -> Iterator[Mention]:
    """The days of a canonical text with what they are about, as proposals.

    Two proposals of one span are a day whose month and day may stand either way round.
    """
    days, words = found_in(text, order)
    topics = _Topics(text, words, [word.start for word in words])
    for found in days:
        day = _ahead(found, order.today)
        written = text[day.start : day.end]
        if day.rule == NO_DAY and not _LIKE_A_DAY.search(written):
            continue
        if day.day is None:
            basis = URGENT if day.rule != NO_DAY else IMPOSSIBLE
            yield Mention(DAY, day.start, day.end, value=written, sure=0.9, basis=basis)
            continue
        kind, sure = _meaning(day, topics, order.today)
        if kind is None:
            continue
        is_last = kind == DEADLINE and _is_latest(day, topics)
        for one in (day.day, day.other):
            if one is not None:
                yield Mention(
                    kind,
                    day.start,
                    day.end,
                    day=one,
                    value=written,
                    demand=is_last,
                    sure=round(OPEN if day.other else sure, 2),
                    basis=f"{kind}.{day.rule if sure > _ALONE else _BARE}",
                )


def _ahead(day: WrittenDay, today: date) -> WrittenDay:
    """The day, without the other order of its figures where only one of the two is not over."""
    if day.day is None or day.other is None or (day.day < today) == (day.other < today):
        return day
    return replace(day, day=max(day.day, day.other), other=None)


def _meaning(day: WrittenDay, topics: _Topics, today: date) -> tuple[str | None, float]:
    """The kind of a day and how sure it is; no kind for what is no day after all."""
    topic = _topic(day, topics)
    if topic == "figure":
        return (None, 0) if day.loose else (DAY, _NAMED)
    pointed = day.word is DayWord.UNTIL or (day.word is DayWord.WITHIN and day.rule not in _FLEETING)
    if day.span:
        return _meaning_of_span(day, topics)
    if topic is None and not pointed and day.loose:
        return (DAY, OPEN) if day.rule != "short" else (None, 0)
    if day.rule == "short" and day.word is None and not topics.stands_by(day):
        return None, 0
    kind = _KINDS.get(topic or "", DAY) if topic else DEADLINE
    if day.word in {DayWord.SINCE, DayWord.DATED}:
        kind = DAY
    if day.day is not None and day.day < today and not (kind == DEADLINE and topic and day.word):
        kind = DAY
    sure = _NAMED if topic else _POINTED if pointed else _ALONE
    exact = day.named and day.rule != "short"
    return kind, sure - (0 if exact else _LESS_EXACT) - (
        _SEASON if day.rule == "season" and not day.exact else 0
    )


def _meaning_of_span(day: WrittenDay, topics: _Topics) -> tuple[str | None, float]:
    """A span is a term where a word says so: "срок 3 недели", "within 10 days", "90 days ARO"."""
    topic = _topic(day, topics)
    if topic in {"payment", "validity", "other", "paper"}:
        return DAY, _NAMED
    if topic == "quote" and not day.after_order:
        return QUOTE_BY, _POINTED
    led = day.word is not None or day.after_order
    if topic and not led and not topics.stands_by(day):
        return DAY, OPEN
    if topic == "wish":
        return DESIRED, _POINTED
    if topic or day.after_order or day.word is DayWord.UNTIL:
        return DEADLINE, _POINTED if topic or day.after_order else _ALONE
    return DAY, OPEN


_LATEST = WordPattern("dates", r"(?<!\w)@latest(?!\w)")
_NEAR_LATEST = 24  # characters between a day and the word that calls it the latest


def _is_latest(day: WrittenDay, topics: _Topics) -> bool:
    """Whether the words beside a day call it the latest: "by 18 Dec latest", "крайний срок 25 января"."""
    if _topic(day, topics) != "last_day":
        return False
    begins = day.start if day.begins < 0 else min(day.start, day.begins)
    around = (max(0, begins - _NEAR_LATEST), day.end + _NEAR_LATEST)
    return _LATEST.search(topics.text, *around) is not None


_AT_LATEST = WordPattern("dates", r"(?<!\w)@at_latest(?!\w)")


def _topic(day: WrittenDay, topics: _Topics) -> str | None:
    before = topics.before(day)
    if before == "wish" and _AT_LATEST.match(topics.text, day.begins):
        return "last_day"
    if day.after_order:
        return before
    behind, adjacent = topics.after(day)
    if behind is None:
        return before
    if behind == "last_day" and adjacent and before == "wish":
        return behind
    return behind if before is None or (adjacent and before in {"term", "delivery"}) else before
