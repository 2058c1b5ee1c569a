"""How far what was read of a need tells what is wanted.

A request for parts is told by operations, materials, sizes and pieces: they decide, and words matter little. In "Maker of
hydraulic cylinders with honed bores" the taxonomy explains one word in six, and what it explains is beside the point:
there the words must decide.
"""

import re

from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirement_kinds import OF_PARTS
from search.text import Recognition

# The share of the words at which a text counts as wholly explained: the rest of a letter is grammar and courtesy.
EXPLAINED = 0.6
# The kinds of facts on the part (a size, a tolerance, pieces, a day) of which so many make a request plain by themselves.
PLAIN = 5
# What is half explained tells far less than half of what is wanted: the half that is not may be the product itself.
STEEPNESS = 2

_FACTS = frozenset(
    {"plate", "thread", *(name for kind in OF_PARTS if kind.name != "materials" for name in kind.mentions)}
)
_OF_WORK = _FACTS | {"process", "material", "equipment", "standard"}
_FIELDS = tuple(field.name for kind in OF_PARTS if kind.name != "materials" for field in kind.fields)
_WORD = re.compile(r"[^\W\d_]{3,}")


def clarity(record: NeedRecord, recognition: Recognition) -> float:
    """How far the structure of a need tells what is wanted, 0 to 1; 1 where a person named the operations."""
    if record.processes:
        return 1.0
    facts = {mention.kind for mention in recognition.mentions} & _FACTS
    given = sum(getattr(record, name, None) is not None for name in _FIELDS)
    plain = min((len(facts) + given) / PLAIN, 1.0)
    told = 1 - (1 - min(_explained(recognition) / EXPLAINED, 1.0)) * (1 - plain)
    return float(told**STEEPNESS)


def _explained(recognition: Recognition) -> float:
    """The share of a text's words that readings of the work stand on; a text without words is explained."""
    told = bytearray(len(recognition.text))
    for one in recognition.mentions:
        if one.kind in _OF_WORK:
            told[one.start : one.end] = b"\1" * (one.end - one.start)
    words = [found.start() for found in _WORD.finditer(recognition.text)]
    return sum(told[word] for word in words) / len(words) if words else 1.0
