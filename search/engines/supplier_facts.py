"""The facts of a supplier as an engine holds them that judges everybody itself: those of `search.columns`, by their names.

Of the supplier: `offered`, `stated`, `said`, `denied` and `named` (codes of processes, those of capabilities, of words, of
what it does not do; of materials), `prose` (whether words say all of its work), `centres`, `quality_papers`, the answers,
`spare_hours`, `point`, and its words: `forms` in their base form, `led` those among its first, `pairs` and `led_pairs`
those that stand together, `length` how many they are. `regions`, `languages` and `sectors` are fields of every index.

Of its parts: `capability`, `certificate` and `planned`, each a list of facts that belong together.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from matchmaker.domain.certificate import edition_number, validity
from matchmaker.domain.requirement_kinds import OF_PARTS, REQUIREMENT_KINDS, SIDES, TERMS, Comparison
from matchmaker.domain.taxonomy import Taxonomy, Tree
from search.document import CapabilityFacts, SearchDocument
from search.engines.base_forms import LEAD, TOGETHER, base_of, tells
from search.engines.schema import all_words

Facts = dict[str, Any]

# The numbers of a capability; those for which a side of the largest part may stand have a second fact with it.
NUMBERS = tuple(
    field.facts for kind in OF_PARTS for field in kind.declared if field.typed not in {TERMS, SIDES}
)
SIDED = {kind.facts: kind.side for kind in OF_PARTS if kind.side is not None}
ANSWERS = tuple(kind.offered for kind in REQUIREMENT_KINDS.values() if kind.comparison is Comparison.YES)
BOX = ("longest_mm", "middle_mm", "shortest_mm")


def or_side(number: str) -> str:
    """The fact with a number, or else with the side that stands for it."""
    return f"{number}_or_side"


def pair_of(one: str, other: str) -> str:
    """Two base forms as a pair, whichever comes first."""
    return " ".join(sorted((one, other)))


def base_forms(text: str) -> list[str]:
    """The base forms of a text's words in their order, without those that tell nothing."""
    return [base_of(word) for word in all_words(text) if tells(word)]


def facts_of(document: SearchDocument, taxonomy: Taxonomy) -> Facts:
    """The facts of a document; what it does not state is left out or empty."""
    processes, materials = taxonomy.processes, taxonomy.materials
    offered, said = _known(document.processes, processes), _known(document.said_processes, processes)
    return {
        "offered": offered,
        "stated": _known(chain.from_iterable(one.processes for one in document.capabilities), processes),
        "said": said,
        "denied": _known(document.denied_processes, processes),
        "named": _known(document.materials, materials),
        "prose": len(said) >= max(len(offered), 1),
        "centres": [document.centre],
        "quality_papers": list(document.quality_papers),
        **{name: getattr(document, name) for name in ANSWERS},
        "spare_hours": document.spare_hours,
        "point": document.location and {"lat": document.location[0], "lon": document.location[1]},
        "capability": [_capability(one, taxonomy) for one in document.capabilities],
        "certificate": list(_certificates(document, taxonomy)),
        "planned": [{"month": month, "hours": hours} for month, hours in dict(document.planned).items()],
        **_words("\n".join((*document.names, document.text))),
    }


def _known(codes: Any, tree: Tree) -> list[str]:
    return [code for code in codes if code in tree]


def _capability(held: CapabilityFacts, taxonomy: Taxonomy) -> Facts:
    box = held.envelope_mm or (None,) * 3
    numbers = {name: getattr(held, name) for name in NUMBERS}
    sided = {
        or_side(name): box[side] if numbers[name] is None else numbers[name] for name, side in SIDED.items()
    }
    return {
        "process": _known(held.processes, taxonomy.processes),
        "material": _known(held.materials, taxonomy.materials),
        "of_catalogue": held.of_catalogue,
        **numbers,
        **sided,
        **dict(zip(BOX, box, strict=True)),
    }


def _certificates(document: SearchDocument, taxonomy: Taxonomy) -> Iterator[Facts]:
    """The certificates that count on some day."""
    for certificate in document.certificates:
        held = validity(certificate, taxonomy)
        if held is not None:
            yield {
                "standard": certificate.standard_code,
                "level": int(held.level),
                "since": held.since.toordinal(),
                "until": held.until.toordinal(),
                "edition": edition_number(certificate.edition),
                "dated": held.dated,
            }


def _words(text: str) -> Facts:
    forms = base_forms(text)
    return {
        "forms": sorted(set(forms)),
        "led": sorted(set(forms[:LEAD])),
        "pairs": sorted(set(_pairs(forms))),
        "led_pairs": sorted(set(_pairs(forms[:LEAD]))),
        "length": len(forms),
    }


def _pairs(forms: Sequence[str]) -> Iterator[str]:
    for place, one in enumerate(forms):
        for other in forms[place + 1 : place + 1 + TOGETHER]:
            if other != one:
                yield pair_of(one, other)
