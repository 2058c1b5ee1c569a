"""The marks of scope on mentions: what every part of the package finds, put on them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from search.text.lexicon import WordCues
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
    scoped += _materials_given(text)
    return sorted(scoped, key=lambda mention: (mention.start, -mention.end))


def _fields(mention: Mention, marks: set[str]) -> dict[str, Any]:
    """The fields that marks set: what is ruled out is not said to be done, and only work has a doer."""
    if mention.kind != PROCESS:
        return {"negated": True} if "negated" in marks else {}
    others = marks - {"negated"} if marks & {"partner", "planned"} else marks
    return dict.fromkeys({"negated"} if "negated" in others else others, True)


_MATERIALS = WordCues("scope", "material_of_maker", "material_of_customer")


def _materials_given(text: str) -> Iterator[Mention]:
    """The words that say who gives the material: the customer, or, negated, the maker."""
    for cue in _MATERIALS.find(text):
        ruled_out = cue.name == "material_of_maker"
        yield Mention(
            "customer_material",
            cue.start,
            cue.end,
            negated=ruled_out,
            sure=0.9,
            basis="customer_material.words",
        )
