"""What a text leaves open, each as a question that one word answers; nothing of it is judged until it is answered."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from matchmaker.domain.language import N_
from search.reading.sureness import SINGLE, Sureness
from search.text import Mention, Origin, Recognition
from search.text.dates import IMPOSSIBLE, URGENT, VAGUE

THOUSAND = 1000.0
_IMPLIES = N_("“%(words)s” implies this work. Is it asked for?")
_IS_THE_PARTS = N_("“%(words)s”: is it said of what is asked for?")
# The questions about readings that are not sure, by their kinds.
_ASKED: Mapping[str, str] = {
    **dict.fromkeys(SINGLE - {"hardness"}, _IS_THE_PARTS),
    "process": N_("“%(words)s”: is this work asked for?"),
    "material": N_("“%(words)s”: is the part made of it?"),
}
# The wording of a value of a kind: its unit, for the question.
_UNITS: Mapping[str, str] = {
    "mass": N_("%(value)s kg"),
    "quantity": N_("%(value)s pcs"),
    "distance": N_("%(value)s km"),
}
_MILLIMETRES = N_("%(value)s mm")


@dataclass(frozen=True, slots=True)
class DoubtAnswer:
    """One possible meaning: the kind and value that it gives, and the value with its unit for a person."""

    kind: str
    amounts: tuple[float, ...]
    code: str | None = None
    unit: str = ""
    day: date | None = None

    @property
    def told(self) -> str:
        """The meaning in the exchange format's words: "mass_kg 4.5"."""
        if self.day is not None:
            return f"{_FIELDS.get(self.kind, self.kind)} {self.day.isoformat()}"
        if self.code is not None:
            return f"{self.kind} {self.code}"
        return f"{_FIELDS.get(self.kind, self.kind)} {' × '.join(f'{amount:g}' for amount in self.amounts)}"


_FIELDS = {
    "mass": "mass_kg",
    "deadline": "deliver_by",
    "desired": "desired_by",
    "distance": "max_distance_km",
    "envelope": "box_mm",
    "plate": "box_mm",
    **{
        name: f"{name}_mm" for name in ("diameter", "inner_diameter", "length", "wall", "thickness", "height")
    },
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question about text[start:end] with its possible answers; `question` is an English message with parameters."""

    start: int
    end: int
    question: str
    answers: tuple[DoubtAnswer, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)


def of_recognition(recognition: Recognition) -> tuple[Doubt, ...]:
    """The doubts of a text, in its order."""
    found = [
        *_by_thousand(recognition),
        *_guessed(recognition.mentions, recognition),
        *_unsure_days(recognition),
        *_urgent(recognition),
        *_impossible(recognition),
    ]
    return tuple(sorted(found, key=lambda doubt: doubt.start))


def of_unsure(recognition: Recognition, sureness: Sureness) -> tuple[Doubt, ...]:
    """The readings that are not sure enough to be told as facts, each once; a confirmation makes them so."""
    found: dict[tuple[str, str], Doubt] = {}
    told = {(one.kind, one.code) for one in recognition.of(*_ASKED) if one.code and sureness.is_fact(one)}
    for mention in recognition.of(*_ASKED):
        if (mention.kind, mention.code) in told:
            continue
        question = _IMPLIES if mention.origin is Origin.IMPLIED else _ASKED[mention.kind]
        answer = DoubtAnswer(mention.kind, mention.amounts, mention.code, _unit(mention), mention.day)
        key = mention.kind, answer.told
        if key not in found and not _is_done(mention) and not sureness.is_fact(mention):
            words = {"words": recognition.words(mention)}
            found[key] = Doubt(mention.start, mention.end, question, (answer,), words)
    return tuple(found.values())


def of_implied(recognition: Recognition, sureness: Sureness) -> tuple[Doubt, ...]:
    """The work that no word says, but a part's name implies almost surely: a wish until somebody confirms it."""
    said = {m.code for m in recognition.of("process") if m.origin is Origin.SAID}
    found: dict[str, Doubt] = {}
    for mention in recognition.of("process"):
        code = str(mention.code)
        implied = mention.origin is Origin.IMPLIED and code not in said and not _is_done(mention)
        if implied and sureness.is_fact(mention):
            words = {"words": recognition.words(mention)}
            answers = (DoubtAnswer("process", (), code),)
            found.setdefault(code, Doubt(mention.start, mention.end, _IMPLIES, answers, words))
    return tuple(found.values())


def _is_done(mention: Mention) -> bool:
    return mention.own or mention.done


def _by_thousand(recognition: Recognition) -> Iterator[Doubt]:
    """Numbers such as "1,200" in a text whose other numbers do not say what its comma means."""
    for mention in recognition.mentions:
        if mention.amounts and recognition.is_open(mention):
            unit = _unit(mention)
            yield Doubt(
                mention.start,
                mention.end,
                N_("“%(words)s”: is the comma a decimal comma, or does it part thousands?"),
                (
                    DoubtAnswer(mention.kind, mention.amounts, unit=unit),
                    DoubtAnswer(mention.kind, _with_thousands(recognition, mention), unit=unit),
                ),
                {"words": recognition.words(mention)},
            )


def _with_thousands(recognition: Recognition, mention: Mention) -> tuple[float, ...]:
    """The amounts of a mention where the comma of its open numbers parts thousands; the other numbers stay."""
    written = [
        float(recognition.read[start:end].replace(",", "."))
        for start, end in recognition.open_numbers
        if start < mention.end and mention.start < end
    ]
    found = (amount * THOUSAND if amount in written else amount for amount in mention.amounts)
    return tuple(sorted(found, reverse=True))


def _unit(mention: Mention) -> str:
    return _UNITS.get(mention.kind, _MILLIMETRES)


def _guessed(mentions: Iterable[Mention], recognition: Recognition) -> Iterator[Doubt]:
    """Words that were taken for a misspelt name."""
    for mention in mentions:
        if mention.origin is Origin.GUESSED and mention.code and not mention.negated:
            yield Doubt(
                mention.start,
                mention.end,
                N_("What is meant by “%(words)s”?"),
                (DoubtAnswer(mention.kind, (), mention.code),),
                {"words": recognition.words(mention)},
            )


def _unsure_days(recognition: Recognition) -> Iterator[Doubt]:
    """Days of delivery that may be another: "03/04/2027", "by summer"."""
    unsure = (m for m in recognition.of("deadline", "desired") if m.day and m.sure < VAGUE)
    for (start, end), found in groupby(unsure, key=lambda mention: (mention.start, mention.end)):
        days = sorted(found, key=lambda mention: mention.day or date.max)
        yield Doubt(
            start,
            end,
            N_("Which day is meant by “%(words)s”?"),
            tuple(DoubtAnswer(mention.kind, (), day=mention.day) for mention in days),
            {"words": recognition.words(days[0])},
        )


def _impossible(recognition: Recognition) -> Iterator[Doubt]:
    """What looks like a day and is none: "31.02.2027"."""
    for mention in recognition.of("day"):
        if mention.basis == IMPOSSIBLE:
            words = {"words": recognition.words(mention)}
            question = N_("“%(words)s” is no day of the calendar. Which day is meant?")
            yield Doubt(mention.start, mention.end, question, (), words)


def _urgent(recognition: Recognition) -> Iterator[Doubt]:
    """Haste without a day: "ASAP"."""
    if recognition.of("deadline"):
        return
    for mention in recognition.of("day"):
        if mention.basis == URGENT:
            words = {"words": recognition.words(mention)}
            yield Doubt(mention.start, mention.end, N_("“%(words)s”: by which day is it needed?"), (), words)
            return
