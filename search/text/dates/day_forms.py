"""The pass over a text that finds its days, and the words about them; their meaning is told elsewhere.

A word or a figure that may belong to a day is looked up with what stands before and behind it, so that a long
text without days costs no more than the pass.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from search.text.dates import figure_days, month_days, named_days, period_days, span_days
from search.text.dates.written_day import FILE, DayOrder, DayPlace, DayReader, DayWord, TopicWord, WrittenDay
from search.text.lexicon import WordPattern

_SIGNS = frozenset("./-–—")  # that may follow the first figures of a day
_DIGITS, _ABOUT = "digits", "about_"
_PASS = re.compile(r"\d+|[^\W\d_]+")
_KIND = WordPattern(
    FILE,
    r"""
      (?P<months>@months) | (?P<units>@units) | (?P<weekdays>@weekdays) | (?P<near_days>@near_days)
     | (?P<seasons>@seasons) | (?P<holidays>@holidays) | (?P<quarter>@quarter)
     | (?P<half_year>@half_year) | (?P<last_in_short>@last_in_short) | (?P<year_words>@year_words)
     | (?P<urgent>@urgent) | (?P<soon>@soon) | (?P<week_marks>@week_marks) | (?P<number_of_day>@number_of_day)
     | (?P<about_delivery>@about_delivery) | (?P<about_last_day>@about_last_day)
     | (?P<about_wish>@about_wish) | (?P<about_term>@about_term) | (?P<about_quote>@about_quote)
     | (?P<about_payment>@about_payment) | (?P<about_validity>@about_validity)
     | (?P<about_paper>@about_paper) | (?P<about_other>@about_other) | (?P<about_figure>@about_figure)
    """,
    re.NOFLAG,
)
LONGEST_WORD = 20


MOST_WORDS = 100_000  # whose lists are remembered
_known: dict[str, str] = {}


def _kind(word: str) -> str:
    """The list that a word belongs to, empty for none."""
    found = _KIND.fullmatch(word.lower()) if len(word) <= LONGEST_WORD else None
    if len(_known) >= MOST_WORDS:
        _known.clear()
    kind = _known[word] = str(found.lastgroup) if found else ""
    return kind


_READERS: Mapping[str, DayReader] = {
    "months": month_days.month_name,
    "units": span_days.unit,
    "weekdays": named_days.weekday,
    "near_days": named_days.near_day,
    "seasons": named_days.season,
    "holidays": named_days.holiday,
    "quarter": period_days.quarter,
    "half_year": period_days.half_year,
    "last_in_short": period_days.last_in_short,
    "year_words": period_days.year_word,
    "urgent": named_days.urgent,
    "soon": named_days.soon,
    "week_marks": span_days.numbered_week,
    "number_of_day": named_days.number_of_day,
}


def found_in(text: str, order: DayOrder, *, bare: bool = False) -> tuple[list[WrittenDay], list[TopicWord]]:
    """The days of a text and the words about them, each in their order; `bare` for a cell, where a day needs no word."""
    known = _known
    days, topics = list[WrittenDay](), list[TopicWord]()
    done = 0
    for match in _PASS.finditer(text):
        word = match[0]
        kind = known.get(word)
        if kind is None:
            kind = _DIGITS if word.isdecimal() else _kind(word)
        if not kind:
            continue
        start, end = match.span()
        if kind is _DIGITS:
            if start < done or not _may_be_day(text, start, end):
                continue
            found = figure_days.figures(
                DayPlace(text, start, end, kind, order.today, order.month_first, bare)
            )
        elif kind.startswith(_ABOUT):
            topics.append(TopicWord(start, end, kind[len(_ABOUT) :]))
            continue
        else:
            found = _READERS[kind](DayPlace(text, start, end, kind, order.today, order.month_first, bare))
        if found is not None:
            days.append(found)
            if found.rule == "urgent":
                topics.append(TopicWord(start, end, "delivery"))
            done = max(done, found.end)
    return days if bare else list(_joined(text, days)), topics


def _may_be_day(text: str, start: int, end: int) -> bool:
    behind = text[end : end + 1]
    return end - start == 4 or (end - start <= 2 and (behind in _SIGNS or behind.isalpha()))


_RANGE = WordPattern(FILE, r"[ ]?(?:[-–—]|@to[ ](?:the[ ])?)[ ]?")
_WEEKDAY_GAP = re.compile(r"(?:[ ,(]{1,3}(?:the[ ])?)")


def _joined(text: str, days: Sequence[WrittenDay]) -> Iterator[WrittenDay]:
    """The days, with the first and the last one of a span of days as one, and a weekday with its day."""
    held: WrittenDay | None = None
    for day in sorted(days, key=lambda one: (one.start, -one.end)):
        if held is None:
            held = day
        elif day.start < held.end:
            held = held if held.end - held.start >= day.end - day.start else day
        elif (joined := _both(text, held, day)) is not None:
            held = joined
        else:
            yield held
            held = day
    if held is not None:
        yield held


def _both(text: str, first: WrittenDay, second: WrittenDay) -> WrittenDay | None:
    gap = text[first.end : second.start]
    if len(gap) > 8 or first.day is None or second.day is None or first.span or second.span:
        return None
    if first.rule == "weekday" and second.rule != "weekday" and _WEEKDAY_GAP.fullmatch(gap):
        return replace(second, start=first.start, word=first.word or second.word, begins=first.begins)
    if second.rule == "weekday" and first.rule != "weekday" and _WEEKDAY_GAP.fullmatch(gap):
        return replace(first, end=second.end)
    if _RANGE.fullmatch(gap) and first.begins <= first.start:
        word = DayWord.WITHIN if first.word is DayWord.SINCE else first.word
        loose = first.loose and second.loose and first.rule != "short"
        return replace(second, start=first.start, word=word, begins=first.begins, loose=loose)
    return None
