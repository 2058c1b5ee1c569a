"""How sure a reading is: what its rule turned out to be worth on labelled texts, and what its surroundings say.

Work that stands alone among work of other trades is more often a word that means something else; of two masses one is not the
part's. What these and other signs are worth was fitted on labelled texts (config/reading/sureness.yaml).
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from math import exp, log
from typing import Any

from matchmaker.domain.taxonomy import Taxonomy, Tree
from matchmaker.resources import folder, read_yaml
from search.learned import role_words, work_words
from search.text import Mention, Origin, Recognition
from search.text.lexicon import WordPattern
from search.text.measures import FINISHED
from search.text.pieces import LOT
from search.text.scope import clause

# Readings that the rule's own estimate counts as, beside those that were observed.
WEIGHT_OF_RULE = 4
# Below its line a reading is asked about and is no fact: of such figures two in three are right, of such work and materials half.
LINE, LINE_OF_FIGURES = 0.75, 0.8
PLAINLY_SAID = 0.8  # what a rule must be worth for its figures to be conditions
BESIDE = 80  # characters around a reading in which others support it
MOST_BESIDE = 6
LATE = 0.85  # the share of a text behind which signatures and small print stand
LEAST_ROLE = 0.02
MOST_SCORE = 1.2  # of a piece of a sentence, to either side
SHORTEST = 4  # letters: a shorter word is often an abbreviation of something else
WORK, MATERIAL, FIGURE = "process", "material", "figure"
# What a person confirmed has no rule; what a machine implies stands nowhere in the text.
_BY_RULE = frozenset({"", "process.machine"})
# The kinds of which a part has one value each.
SINGLE = frozenset(
    {
        "mass", "tolerance", "roughness", "hardness", "quantity", "rhythm", "deadline", "diameter", "length", "inner_diameter",
        "wall", "thickness", "height", "envelope", "plate",
    }
)  # fmt: skip

_EVERYDAY = WordPattern("work", "@everyday_work")
# Between the members of a list, and behind the head of a line.
_LISTED = WordPattern("scope", r"[ ]{0,2}(?:[,;/+&→>]|-[ ]|[–—]|@and\b){1,2}[ ]{0,2}")
LONGEST_JOIN = 6  # characters
_HEADS = re.compile(r"[ ]?(?::|[–—-][ ])")
_LINE_BEGINS = re.compile(r"(?:\A|\n)[ \t•*·–—-]*(?:\d{1,2}[.)][ ]?)?\Z")
# Words of refusal and of other hands: work in their sentence that they do not bear on may be meant otherwise.
_STIRS = WordPattern("scope", r"(?<!\w)@stirring(?!\w)")
_ASKED_FOR = WordPattern("scope", r"(?<!\w)@asked_for(?!\w)")
_STATE = re.compile(r"(?:ed|(?:нн|ён)(?:ый|ая|ое|ые|ого|ой|ых|ую|ым|о|а|ы)?)$", re.IGNORECASE)
# Of these a part has but one; of its sizes the largest counts, of its accuracies the finest.
_RIVALS = frozenset({"mass", "quantity", "rhythm", "deadline", "hardness"})
# What words say is that of the finished part, or of a lot.
_NAMED = frozenset({FINISHED, LOT})


@cache
def _config() -> Mapping[str, Any]:
    """The right and wrong readings of each rule on the labelled texts that the rules were written with, and the weights."""
    found: Mapping[str, Any] = read_yaml(folder("config") / "reading" / "sureness.yaml")
    return found


def of_rule(mention: Mention) -> float:
    """The probability, 0 to 1, that a mention is meant as it was read, by its rule alone."""
    right, wrong = _config()["rules"].get(mention.basis, (0, 0))
    return float((right + WEIGHT_OF_RULE * mention.sure) / (right + wrong + WEIGHT_OF_RULE))


class Sureness:
    """The sureness of the readings of one text, or of one position of it."""

    def __init__(self, recognition: Recognition, taxonomy: Taxonomy, *, of_shop: bool = False) -> None:
        self._kind = role_words.SHOP if of_shop else role_words.NEED
        self._recognition = recognition
        self._trees = {WORK: taxonomy.processes, MATERIAL: taxonomy.materials}
        of_work = recognition.of(WORK, negated=None)
        self._works = sorted({(one.start, one.end) for one in of_work})
        work = {str(one.code) for one in of_work}
        self._families = Counter(_family(taxonomy.processes, code) for code in work)
        self._starts = [one.start for one in recognition.mentions]
        # A short text has few readings, so none of them stands alone.
        self._possible = max(1, min(MOST_BESIDE, len(self._starts) - 1))
        self._read = recognition.read or recognition.text
        self._stirs, self._asks = _words_around(self._read)
        named = [(one.start, one.end) for one in recognition.of(WORK, MATERIAL, negated=None)]
        self._named = sorted(set(named))
        self._sure: dict[
            int, float
        ] = {}  # by the identity of the mentions, which the recognition keeps alive
        self._values: dict[str, set[Any]] = defaultdict(set)
        self._first: dict[str, int] = {}
        is_last = any(one.kind == "deadline" and one.demand for one in recognition.mentions)
        for one in recognition.mentions:
            # "before Christmas, by 18 December at the latest": the latest day has no rival.
            if one.kind in SINGLE:
                self._first.setdefault(one.kind, one.start)
            if one.kind in SINGLE and (one.kind != "deadline" or one.demand or not is_last):
                self._values[one.kind].add(one.day or one.amounts)

    def of(self, mention: Mention) -> float:
        """The probability, 0 to 1, that a mention is meant as it was read."""
        weights = _config()["weights"].get(group_of(mention))
        if weights is None or mention.basis in _BY_RULE:
            return of_rule(mention)
        known = self._sure.get(id(mention))
        if known is not None:
            return known
        signs = self.signs(mention)
        total = weights["start"] + sum(weights.get(name, 0.0) * value for name, value in signs.items())
        sure = self._sure[id(mention)] = 1 / (1 + exp(-total))
        return sure

    def is_plain(self, mention: Mention) -> bool:
        """Whether a figure is said so plainly that it may be a condition: else it ranks, and removes nobody."""
        return of_rule(mention) >= PLAINLY_SAID

    def is_fact(self, mention: Mention) -> bool:
        """Whether a mention is sure enough to be told as a fact; else it is asked about."""
        return self.of(mention) >= (LINE_OF_FIGURES if group_of(mention) == FIGURE else LINE)

    def facts(self) -> Recognition:
        """The recognition with those of its figures alone that are sure enough to be told as facts."""
        kept = (one for one in self._recognition.mentions if one.kind not in SINGLE or self.is_fact(one))
        return replace(self._recognition, mentions=tuple(kept))

    def without_rivals(self) -> Recognition:
        """The recognition without masses, pieces and days beside which a surer one is a fact, or was confirmed."""
        figures = [one for one in self._recognition.mentions if one.kind in _RIVALS]
        confirmed = {one.kind for one in figures if one.basis in _BY_RULE}
        facts = {one.kind for one in figures if self.is_fact(one)}
        dropped = {
            id(one)
            for one in figures
            if (one.kind in confirmed and one.basis not in _BY_RULE)
            or (one.kind in facts and not self.is_fact(one))
        }
        if not dropped:
            return self._recognition
        kept = tuple(one for one in self._recognition.mentions if id(one) not in dropped)
        return replace(self._recognition, mentions=kept)

    def signs(self, mention: Mention) -> dict[str, float]:
        """What speaks for and against a reading, by name."""
        rule = of_rule(mention)
        signs = {"rule": log(rule / (1 - rule)) if 0 < rule < 1 else 0.0}
        group = group_of(mention)
        if group == FIGURE:
            rivals = max(len(self._values[mention.kind]) - 1, 0)
            named = mention.value in _NAMED
            more = float(min(rivals, 2)) * (not named)
            of_rivals = mention.kind in _RIVALS
            return {
                **signs,
                "rival_days": more if mention.kind == "deadline" else 0.0,
                "rivals": more if of_rivals and mention.kind != "deadline" else 0.0,
                "more_sizes": 0.0 if of_rivals else more,
                "named": float(named),
                "late": float(mention.start > LATE * len(self._recognition.text)),
                "first": float(mention.start <= self._first[mention.kind]),
            }
        tree, code = self._trees[group], str(mention.code)
        words = self._recognition.text[mention.start : mention.end]
        signs |= {
            "one_word": float(not any(sign in words for sign in " -/")),
            "general": float(not tree.ancestors(code)),
            "broad": float(bool(tree.children(code))),
            "beside": min(self._beside(mention) / self._possible, 1.0),
            "refused": float(mention.negated or mention.partner),
            "own": float(mention.own or mention.done),
            "late": float(mention.start > LATE * len(self._recognition.text)),
            "english": float(words[:1].isascii()),
            **self._around(mention),
        }
        if group == MATERIAL:
            return {**signs, "short": float(len(words) <= SHORTEST)}
        family = _family(tree, code)
        alike, all_work = self._families[family], self._families.total()
        alone = alike <= 1 < all_work
        everyday = bool(_EVERYDAY.fullmatch(words))
        return {
            **signs,
            "alone": float(alone),
            "everyday": float(everyday),
            "everyday_alone": float(everyday and alone),
            "state": float(bool(_STATE.search(words))),
            "implied_alone": float(alone and mention.origin is Origin.IMPLIED),
            "share": log(max(alike, 1) / max(all_work, 1)),
            **self._worded(mention),
        }

    def _worded(self, mention: Mention) -> dict[str, float]:
        """What the words around a reading of work say for it, for another, and for its role, by name."""
        own, rival = work_words.told(self._read).scores(str(mention.code), mention.start)
        own, rival = (min(max(one, -MOST_SCORE), MOST_SCORE) for one in (own, rival))
        role = role_words.sureness(self._read, mention, self._works, self._kind)
        role = min(max(role, LEAST_ROLE), 1 - LEAST_ROLE)
        return {"worded": own, "worded_else": rival, "role": log(role / (1 - role))}

    def _around(self, mention: Mention) -> dict[str, float]:
        """What the sentence around a reading of work or of a material says, by name."""
        text = self._read
        start, end = clause(text, mention.start)
        place = bisect_left(self._named, (mention.start, mention.end))
        before, after = self._named[max(0, place - 1) : place], self._named[place + 1 : place + 2]
        listed = any(
            0 <= second[0] - first[1] <= LONGEST_JOIN and _LISTED.fullmatch(text, first[1], second[0])
            for first, second in (
                *((one, (mention.start, mention.end)) for one in before),
                *(((mention.start, mention.end), one) for one in after),
            )
        )
        heads = _HEADS.match(text, mention.end) and _LINE_BEGINS.search(
            text, max(0, mention.start - 12), mention.start
        )
        marked = mention.negated or mention.own or mention.done or mention.partner or mention.planned
        return {
            "listed": float(listed),
            "heads": float(bool(heads)),
            "stirred": float(not marked and _any_within(self._stirs, start, end)),
            "asked": float(_any_within(self._asks, start, mention.start)),
        }

    def _beside(self, mention: Mention) -> int:
        """The number of other readings near a mention."""
        first = bisect_left(self._starts, mention.start - BESIDE)
        return bisect_left(self._starts, mention.start + BESIDE) - first - 1


@lru_cache(maxsize=8)  # the positions of one request share its text
def _words_around(text: str) -> tuple[list[int], list[int]]:
    """The places of the words of refusal and other hands, and of those that ask."""
    stirs = [one.start() for one in _STIRS.finditer(text)]
    return stirs, [one.start() for one in _ASKED_FOR.finditer(text)]


def _any_within(places: Sequence[int], start: int, end: int) -> bool:
    """Whether one of the sorted places lies from `start` on before `end`."""
    first = bisect_left(places, start)
    return first < len(places) and places[first] < end


def group_of(mention: Mention) -> str:
    """The weights by which a mention is judged: those of work, of materials, or of figures."""
    return FIGURE if mention.kind in SINGLE else mention.kind


def _family(tree: Tree, code: str) -> str:
    return tree.closure(code)[-1] if code in tree else code
