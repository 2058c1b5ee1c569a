"""Relaxations as short texts for an address, and requirements with them applied."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from matchmaker.domain.certificate import CertificationDemand, DemandStrength
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.filters.relaxations import DemandChange, Relaxation, steps

ONLY_DATED = "certification:dated"  # no milder: certificates without any date do not count
MOST = 8  # relaxations applied in turn; more than the requirements of any need


def token(requirement: str, change: object) -> str:
    """A relaxation to a value as text, such as "tolerance:7" or "certification:naks:wish"."""
    return f"{requirement}:{_spelled(change)}"


def _spelled(change: object) -> str:
    if isinstance(change, DemandChange):
        asked = "+".join(change.demand.any_of)
        return f"{asked}:{_milder(change.milder)}"
    if isinstance(change, tuple):
        return "+".join(map(_spelled, change))
    return f"{change:.6g}" if isinstance(change, float) else str(change)


def _milder(demand: CertificationDemand | None) -> str:
    if demand is None:
        return "without"
    return str(demand.strength) if demand.strength is DemandStrength.WISH else demand.level.name.lower()


def eased(requirements: Requirements, tokens: Iterable[str], taxonomy: Taxonomy) -> Requirements:
    """The requirements after these relaxations, applied in turn; a relaxation that is not a step of them is
    ignored.
    """
    for wanted in list(tokens)[:MOST]:
        name = wanted.partition(":")[0]
        if not _asked(requirements, name):
            continue
        if wanted == ONLY_DATED:
            requirements = only_dated(requirements)
            continue
        for change, milder in steps(name, requirements, taxonomy):
            if milder is not None and token(name, change) == wanted:
                requirements = milder
                break
    return requirements


def only_dated(requirements: Requirements) -> Requirements:
    """The requirements for which certificates without any date do not count."""
    dated = tuple(replace(one, dated=True) for one in requirements.certification)
    return replace(requirements, certification=dated)


def worthwhile(
    found: Sequence[Relaxation], requirements: Requirements, taxonomy: Taxonomy
) -> list[Relaxation]:
    """The relaxations without those that add no more than a milder one of the same requirement."""
    mildest: dict[tuple[object, ...], tuple[int, Relaxation]] = {}
    for item in found:
        changes = [change for change, _ in steps(item.requirement, requirements, taxonomy)]
        place = changes.index(item.change) if item.change in changes else len(changes)
        key = _alike(item)
        if key not in mildest or place < mildest[key][0]:
            mildest[key] = (place, item)
    return [item for item in found if mildest[_alike(item)][1] is item]


def _alike(item: Relaxation) -> tuple[object, ...]:
    """What relaxations share of which only the mildest is worth telling. A demand for a certificate may become a wish or
    go, whichever the person likes.
    """
    if not isinstance(item.change, DemandChange):
        return item.requirement, item.adds
    milder = item.change.milder
    kept = milder is not None and milder.strength is DemandStrength.MUST
    return item.requirement, item.adds, item.change.demand, kept or milder


def _asked(requirements: Requirements, name: str) -> bool:
    return name in REQUIREMENT_KINDS and bool(getattr(requirements, REQUIREMENT_KINDS[name].asked))
