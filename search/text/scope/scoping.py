"""The marks of scope on mentions: what every part of the package finds, put on them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from search.text.lexicon import WordCues, WordPattern
from search.text.recognition import Mention
from search.text.scope.asides import set_aside
from search.text.scope.clauses import mark_clauses
from search.text.scope.demands import demanded
from search.text.scope.groups import PROCESS, grouped


def apply(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions, with marks on those that are ruled out, wished for, done by somebody else or demanded."""
    scoped = sorted(mentions, key=lambda mention: (mention.start, -mention.end))
    groups = list(grouped(scoped))
    if groups:
        mark_clauses(text, groups)
        set_aside(text, groups)
    for group in groups:
        for index in group.indices if group.marks else ():
            scoped[index] = replace(scoped[index], **_fields(scoped[index], group.marks))
    scoped = [demanded(text, mention) if mention.kind == "standard" else mention for mention in scoped]
    scoped += _materials_given(text, scoped)
    return sorted(scoped, key=lambda mention: (mention.start, -mention.end))


def _fields(mention: Mention, marks: set[str]) -> dict[str, Any]:
    """The fields that marks set: what is ruled out is not said to be done, and only work has a doer."""
    if mention.kind != PROCESS:
        return {"negated": True} if "negated" in marks else {}
    others = marks - {"negated"} if marks & {"partner", "planned"} else marks
    return dict.fromkeys({"negated"} if "negated" in others else others, True)


_MATERIALS = WordCues("scope", "material_of_maker", "material_of_customer")
_STOCK = WordCues("scope", "stock_of_part")
_IS_OURS = WordPattern(
    "scope",
    r"(?:[ ][\w./-]{1,14}){0,4}? [ ]?[—–(-]{0,2}[ ]? \b@stock_is_ours\b (?=[ ]*(?:[.,;:()!\n]|$))",
)


def _materials_given(text: str, mentions: Sequence[Mention]) -> Iterator[Mention]:
    """The words that say who gives the material: the customer, or, negated, the maker."""
    told = [(cue.start, cue.end, cue.name == "material_of_maker") for cue in _MATERIALS.find(text)]
    stock = [(noun.start, noun.end) for noun in _STOCK.find(text)]
    stock += [(one.start, one.end) for one in mentions if one.kind == "material"]
    for first, last in stock:
        given = _IS_OURS.match(text, last)
        if given and not any(start < given.end() and first < end for start, end, _ in told):
            told.append((first, given.end(), False))
    basis = "customer_material.words"
    for start, end, ruled_out in told:
        yield Mention("customer_material", start, end, negated=ruled_out, sure=0.9, basis=basis)
