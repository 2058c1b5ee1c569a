"""Relaxations as short texts for an address, and requirements with them applied."""

from collections.abc import Iterable, Sequence

from matchmaker.domain.certificate import CertificationLevel
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.filters.relaxations import Relaxation, steps

MOST = 8  # relaxations applied in turn; more than the requirements of any need


def token(requirement: str, change: object) -> str:
    """A relaxation to a value as text, such as "tolerance:7" or "certification:implementing"."""
    return f"{requirement}:{_spelled(change)}"


def _spelled(change: object) -> str:
    if isinstance(change, CertificationLevel):
        return change.name.lower()
    if isinstance(change, tuple):
        return "+".join(map(_spelled, change))
    return f"{change:.6g}" if isinstance(change, float) else str(change)


def eased(requirements: Requirements, tokens: Iterable[str], taxonomy: Taxonomy) -> Requirements:
    """The requirements after these relaxations, applied in turn; a relaxation that is not a step of them is
    ignored.
    """
    for wanted in list(tokens)[:MOST]:
        name = wanted.partition(":")[0]
        if not _asked(requirements, name):
            continue
        for change, milder in steps(name, requirements, taxonomy):
            if milder is not None and token(name, change) == wanted:
                requirements = milder
                break
    return requirements


def worthwhile(
    found: Sequence[Relaxation], requirements: Requirements, taxonomy: Taxonomy
) -> list[Relaxation]:
    """The relaxations without those that add no more than a milder one of the same requirement."""
    mildest: dict[tuple[str, int], tuple[int, Relaxation]] = {}
    for item in found:
        changes = [change for change, _ in steps(item.requirement, requirements, taxonomy)]
        place = changes.index(item.change) if item.change in changes else len(changes)
        key = (item.requirement, item.adds)
        if key not in mildest or place < mildest[key][0]:
            mildest[key] = (place, item)
    return [item for item in found if mildest[item.requirement, item.adds][1] is item]


def _asked(requirements: Requirements, name: str) -> bool:
    return name in REQUIREMENT_KINDS and bool(getattr(requirements, REQUIREMENT_KINDS[name].asked))
