"""The right and wrong readings of each rule on labelled texts: what config/reading/sureness.yaml is made of."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from search.text import Mention, Recognition
from tests.reading.labels import Fact, Outcome

# Kinds of mentions, by the fields of an answer that they fill.
_FIELDS: Mapping[str, str] = {
    "mass": "mass_kg",
    "tolerance": "tolerance_it",
    "roughness": "roughness_ra_um",
    "quantity": "quantity",
    "rhythm": "lots_per_year",
    "distance": "max_distance_km",
    **{
        name: f"{name}_mm" for name in ("diameter", "inner_diameter", "length", "wall", "thickness", "height")
    },
}


def judged(recognition: Recognition, outcome: Outcome) -> Iterator[tuple[Mention, bool]]:
    """The mentions whose reading the label confirms or refutes; those that it leaves open are left out."""
    right, wrong = set(outcome.right), set(outcome.wrong)
    for mention in recognition.mentions:
        facts = set(_facts(mention))
        if facts & right:
            yield mention, True
        elif facts & wrong:
            yield mention, False


def _facts(mention: Mention) -> Iterator[Fact]:
    if mention.kind in {"process", "material"}:
        field = "processes" if mention.kind == "process" else "materials"
        roles = ("wanted", "excluded", "customer", "own", "partner", "denied")
        yield from ((field, (mention.code, role)) for role in roles)
    elif mention.kind in {"envelope", "plate"}:
        yield "box_mm", mention.amounts
    elif mention.kind in _FIELDS and mention.amounts:
        yield _FIELDS[mention.kind], mention.amounts[0]
    elif mention.kind == "deadline" and mention.day:
        yield "deliver_by", mention.day.isoformat()


def table(judgements: Iterable[tuple[Mention, bool]]) -> str:
    """The file of the counts, sorted by rule."""
    counts: Counter[tuple[str, bool]] = Counter((m.basis, right) for m, right in judgements if m.basis)
    lines = [
        f'"{basis}": [{counts[basis, True]}, {counts[basis, False]}]'
        for basis in sorted({b for b, _ in counts})
    ]
    return "\n".join(lines)
