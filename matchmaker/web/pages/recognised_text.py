"""An understood text: cut into pieces at its mentions, each piece with its meaning."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.domain.records import ConfirmedRecord, parse
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.web.kit import context
from matchmaker.web.kit.formats import day
from matchmaker.web.kit.terms import town
from search.reading import doubts
from search.reading.sureness import Sureness
from search.text import Mention, Recognition
from search.text.dates import DAY_KINDS


@dataclass(frozen=True, slots=True)
class TextSegment:
    """A run of text, plain or marked with its meaning."""

    text: str
    kind: str = ""
    title: str = ""
    negated: bool = False


def segments(recognition: Recognition, *, plain: Collection[str] = ()) -> list[TextSegment]:
    """The text cut at its mentions, longest first where they overlap; those of the kinds `plain` are not marked."""
    marked = [mention for mention in recognition.mentions if mention.kind not in plain]
    return list(_segments(recognition.text, _separate(marked)))


def pieces(recognition: Recognition) -> dict[str, list[str]]:
    """The meanings understood, by their words, in the order of the text."""
    found: dict[str, list[str]] = {}
    for mention in recognition.mentions:
        titles = found.setdefault(recognition.words(mention), [])
        if _title(mention) not in titles:
            titles.append(_title(mention))
    return found


@dataclass(frozen=True, slots=True)
class DoubtChoice:
    """An answer to a question about a text: its form's values, and its words."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A question about a text, with the words it is about and its answers."""

    question: str
    words: str
    choices: tuple[DoubtChoice, ...]


def doubts_of(recognition: Recognition) -> list[DoubtView]:
    """The questions that a text leaves open, each with its answers."""
    sureness = Sureness(recognition, context.product().taxonomy)
    found = (
        *doubts.of_recognition(recognition),
        *doubts.of_unsure(recognition, sureness),
        *doubts.of_implied(recognition, sureness),
    )
    return [
        DoubtView(
            gettext(doubt.question) % doubt.parameters,
            " ".join(recognition.text[doubt.start : doubt.end].split()),
            tuple(DoubtChoice(_value(answer), _label(answer)) for answer in doubt.answers),
        )
        for doubt in found
    ]


def _value(answer: doubts.DoubtAnswer) -> str:
    if answer.day is not None:
        return f"{answer.kind}|{answer.day.isoformat()}"
    return "|".join((answer.kind, answer.code or "", *(f"{amount:g}" for amount in answer.amounts)))


def _label(answer: doubts.DoubtAnswer) -> str:
    if answer.day is not None:
        return day(answer.day)
    if answer.code is not None:
        return context.product().taxonomy.label(answer.kind, answer.code, context.language())
    value = " × ".join(context.wording().number(amount) for amount in answer.amounts)
    return gettext(answer.unit) % {"value": value}


def confirmed(words: str, value: str, today: date) -> ConfirmedRecord:
    """The answer to a question as a record. Raises InvalidRecord for a value that no question has."""
    kind, _, rest = value.partition("|")
    code, *amounts = rest.split("|")
    given = {"words": words, "kind": kind, "amounts": [a for a in amounts if a], "at": today.isoformat()}
    meant = "day" if kind in DAY_KINDS else "code"
    return parse(ConfirmedRecord, given | ({meant: code} if code else {}))


def _separate(mentions: Sequence[Mention]) -> list[Mention]:
    chosen: list[Mention] = []
    taken = bytearray(max((mention.end for mention in mentions), default=0))
    for mention in sorted(mentions, key=lambda m: (-(m.end - m.start), m.start)):
        if not any(taken[mention.start : mention.end]):
            taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
            chosen.append(mention)
    return sorted(chosen, key=lambda m: m.start)


def _segments(text: str, mentions: Sequence[Mention]) -> Iterator[TextSegment]:
    place = 0
    for mention in mentions:
        if mention.start > place:
            yield TextSegment(text[place : mention.start])
        yield TextSegment(text[mention.start : mention.end], mention.kind, _title(mention), mention.negated)
        place = mention.end
    if place < len(text):
        yield TextSegment(text[place:])


def _title(mention: Mention) -> str:
    """The meaning of a piece, for the reader who points at it."""
    taxonomy, language = context.product().taxonomy, context.language()
    if mention.kind in taxonomy.trees() and mention.code:
        label = taxonomy.label(mention.kind, mention.code, language)
    elif mention.kind == "town" and mention.code:
        name, _, region = mention.code.partition("|")
        label = town(name, region)
    else:
        label = _amount(mention)
    ruled_out = gettext("ruled out") if mention.negated else gettext("if possible") if mention.wish else ""
    return f"{label} ({ruled_out})" if ruled_out else label


# Kinds of mentions → the requirement with whose words and unit they are shown.
_SHOWN_AS = {mention: kind for kind in REQUIREMENT_KINDS.values() for mention in kind.mentions}


# How days beside that of the delivery are told.
_DAYS = {
    "quote_by": N_("Quotes by %(day)s"),
    "desired": N_("Desired by %(day)s"),
    "day": N_("Not the delivery: %(day)s"),
}


def _amount(mention: Mention) -> str:
    """A quantity with its unit, and with its name where the unit does not show the kind."""
    words = context.wording()
    if mention.kind in _DAYS:
        told = _DAYS[mention.kind] if mention.day else N_("No day is said.")
        return gettext(told) % {"day": day(mention.day)}
    if mention.kind == "rhythm":
        return gettext("%(value)s lots a year", value=words.number(mention.amounts[0]))
    kind = _SHOWN_AS.get(mention.kind)
    if kind is not None and not mention.amounts and mention.day is None:
        return words.label(kind.name)
    if kind is None or not mention.amounts:
        return " × ".join(words.number(amount) for amount in mention.amounts) or day(mention.day)
    value = words.value(kind.name, mention.amounts if len(mention.amounts) == 3 else mention.amounts[0])
    return f"{words.label(kind.name)}: {value}" if kind.alone else value
