"""The models of machines in a text: "HAAS ST-20" is a lathe and no steel, "16К20" a lathe and no size.

A mark that is plain digits or a few letters counts only beside its maker, a word such as "станок", or another model.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from matchmaker.domain.machine_catalogue import MachineModel
from matchmaker.domain.taxonomy import Taxonomy
from search.text.lexicon import WordPattern, replacements, whole_words
from search.text.recognition import Mention
from search.text.tokens import Token, fold, folded, tokens

_GAP = re.compile(r"[ ./-]?|[ ]-[ ]")  # between the parts of a mark
_SEPARATORS = re.compile(r"[\s./,-]+")
_BETWEEN = re.compile(r"[\s,;/]{1,3}(?:[и]|and|&)?[ ]?\(?")  # between two models of a list
_OF_MACHINE = WordPattern("spelling", r"(?<!\w)@word_of_machine [\w ,.«\"/()-]{0,24} $")
# Marks that nothing else looks like: 16К20 and 6Р13 of machine tools, КД2128 of presses, ИР500, "DMU 50", "TruLaser 3030".
_PLAIN = re.compile(
    r"""
    \d{1,2}[А-Я]{1,3}\d{2,4}[А-Яа-я\d-]* | [А-Я]{1,3}\d{4}[А-Я]? | [А-Я]{2,3}-?\d{3}[А-Я\d]*
    | [A-Z]{3,}[ -]?\d{2,}.* | [A-Z][a-z]+[A-Z][a-z]+[ ].*\d.*
    """,
    re.VERBOSE,
)
_FORCE_AFTER, _FORCE_BEFORE = re.compile(r"[^,;:\n]{1,20}"), re.compile(r"[ -]")
_LONGEST = 5  # words of a mark
_REACH = 40  # characters before a mark in which a word of machines stands
_BASIS = "equipment.model"


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model of the catalogue at text[start:end], with its maker where that stands before it."""

    model: MachineModel
    start: int
    end: int


class MachineModels:
    """The models of the catalogue, by their marks."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._by_mark: dict[str, list[MachineModel]] = {}
        self._first: dict[str, int] = {}  # the first words of marks, with the words of the longest
        self._makers: dict[str, set[str]] = {}
        for model in taxonomy.machines:
            self._by_mark.setdefault(_key(model.mark), []).append(model)
            words = [fold(token.text) for token in tokens(model.mark)]
            for first, count in ((words[0], len(words)), (_key(model.mark), 1)):
                self._first[first] = max(self._first.get(first, 0), count)
            if model.maker:
                self._add_maker(model.maker, model.maker)
        for maker, names in replacements("spelling", "makers"):
            for name in names.split(", "):
                self._add_maker(maker, name)

    def _add_maker(self, maker: str, name: str) -> None:
        self._makers.setdefault(fold(tokens(name)[0].text), set()).add(maker)

    def of(self, name: str, maker: str | None = None) -> MachineModel | None:
        """The model that the name of a machine names, None for one that the catalogue does not hold."""
        text = f"{maker} {name}" if maker else name
        found = list(self._named(text, tokens(text), is_machine=True))
        return found[0].model if found else None

    def find(self, text: str, words: Sequence[Token]) -> list[Mention]:
        """The models that a text names, as machines of their type."""
        return [
            Mention(
                "equipment",
                named.start,
                named.end,
                code=named.model.equipment,
                value=named.model.mark,
                sure=0.97,
                basis=_BASIS,
            )
            for named in self._named(text, words, is_machine=False)
        ]

    def _named(self, text: str, words: Sequence[Token], *, is_machine: bool) -> Iterator[NamedModel]:
        before: NamedModel | None = None
        index = 0
        while index < len(words):
            count = self._first.get(folded(words[index].text), 0)
            last, models = self._longest(text, words, index, count) if count else (index, [])
            maker = self._maker(words, index) if models else None
            chosen = self._chosen(
                models, maker, before, text, words[index].start, words[last - 1].end, is_machine
            )
            if chosen is None:
                index += 1
                continue
            start = words[index - maker[1]].start if maker else words[index].start
            before = NamedModel(chosen, start, words[last - 1].end)
            yield before
            index = last

    def _longest(
        self, text: str, words: Sequence[Token], first: int, count: int
    ) -> tuple[int, list[MachineModel]]:
        """The end of the longest mark that begins with a word, and its models."""
        best: tuple[int, list[MachineModel]] = (first + 1, [])
        mark = ""
        for last in range(first, min(first + max(count, 1) + 1, first + _LONGEST, len(words))):
            if last > first and not _GAP.fullmatch(text[words[last - 1].end : words[last].start]):
                break
            mark += words[last].text
            models = self._by_mark.get(_key(mark))
            if models:
                best = (last + 1, models)
        return best

    def _maker(self, words: Sequence[Token], index: int) -> tuple[set[str], int] | None:
        """The makers named by one of the two words before a mark, and how many words before it."""
        for back in (1, 2):
            if index >= back:
                makers = self._makers.get(folded(words[index - back].text))
                if makers:
                    return makers, back
        return None

    def _chosen(
        self,
        models: Sequence[MachineModel],
        maker: tuple[set[str], int] | None,
        before: NamedModel | None,
        text: str,
        start: int,
        end: int,
        is_machine: bool,
    ) -> MachineModel | None:
        """The model that is meant, None where a mark is none here."""
        if not models:
            return None
        if maker is not None:
            return next((model for model in models if model.maker in maker[0]), None)
        follows = before is not None and _BETWEEN.fullmatch(text[before.end : start])
        if follows and before is not None:
            same = [model for model in models if model.maker == before.model.maker]
            if same:
                return same[0]
        if len({model.equipment for model in models}) > 1:
            return None
        shown = is_machine or follows or _is_plain(text[start:end])
        if shown or _OF_MACHINE.search(text, max(0, start - _REACH), start):
            return models[0]
        return None


def _is_plain(mark: str) -> bool:
    first = mark.split(" ", 1)[0].lower()
    return bool(_PLAIN.fullmatch(mark)) and first not in whole_words("spelling", "ordinary_marks")


def without_forces(text: str, mentions: Sequence[Mention], rated: Collection[str]) -> list[Mention]:
    """The mentions without masses that are the force of a machine beside them; `rated` are the types so rated."""
    machines = [m for m in mentions if m.kind == "equipment" and m.code in rated]
    if not machines:
        return list(mentions)
    ends, starts = sorted(m.end for m in machines), sorted(m.start for m in machines)
    return [m for m in mentions if m.kind != "mass" or not _is_force(text, m, ends, starts)]


def _is_force(text: str, mass: Mention, ends: Sequence[int], starts: Sequence[int]) -> bool:
    before = bisect_left(ends, mass.start + 1)
    after = bisect_left(starts, mass.end)
    follows = before > 0 and _FORCE_AFTER.fullmatch(text, ends[before - 1], mass.start)
    leads = after < len(starts) and _FORCE_BEFORE.fullmatch(text, mass.end, starts[after])
    return bool(follows or leads)


def outside(mentions: Iterable[Mention], others: Sequence[Mention]) -> list[Mention]:
    """The mentions that share no character with the others, which do not overlap."""
    spans = sorted((other.start, other.end) for other in others)
    return [mention for mention in mentions if not _touches(spans, mention)] if spans else list(mentions)


def _touches(spans: Sequence[tuple[int, int]], mention: Mention) -> bool:
    last = bisect_left(spans, (mention.end, 0))
    return last > 0 and mention.start < spans[last - 1][1]


def _key(mark: str) -> str:
    return fold(_SEPARATORS.sub("", mark))
