"""What must hold of the taxonomy's files, checked by a test and by `matchmaker taxonomy check`."""

import re
from collections import defaultdict
from collections.abc import Iterator

from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from matchmaker.domain.taxonomy import Concept, Taxonomy, Tree

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*|[A-Z]{2}(-[A-Z0-9]{1,3})?")
_SEPARATORS = re.compile(r"[\s\-–—/]+")


def spelling(name: str) -> str:
    """A name as it is compared: case-blind, ё as е, hyphens and slashes as spaces."""
    return _SEPARATORS.sub(" ", name.casefold().replace("ё", "е")).strip()


def problems(taxonomy: Taxonomy) -> tuple[Problem, ...]:
    """Everything that is wrong, one problem each; the path is kind.code."""
    trees = {**taxonomy.trees(), "reason": taxonomy.reasons}
    found = [problem for tree in trees.values() for problem in _of_tree(tree)]
    found.extend(_of_references(taxonomy))
    found.extend(_of_places(taxonomy))
    return tuple(found)


def _of_tree(tree: Tree) -> Iterator[Problem]:
    for concept in tree:
        path = f"{concept.kind}.{concept.code}"
        if not _CODE.fullmatch(concept.code):
            yield Problem(path, "code.form", N_("A code is lower-case words joined by hyphens."))
        if not (concept.label.ru.strip() and concept.label.en.strip()):
            yield Problem(path, "label.missing", N_("A label in one of the languages is missing."))
        if concept.parent and concept.parent not in tree:
            yield Problem(path, "parent.unknown", N_("There is no such parent."), concept.parent)
        for near in concept.near:
            if near not in tree:
                yield Problem(path, "near.unknown", N_("There is no such near concept."), near)
    yield from _of_synonyms(tree)


def _claims(tree: Tree) -> dict[str, set[str]]:
    claims: dict[str, set[str]] = defaultdict(set)
    for concept in tree:
        for names in concept.names.values():
            for name in names:
                claims[spelling(name)].add(concept.code)
    return claims


def _allows(concept: Concept, name: str) -> bool:
    return name in {spelling(word) for word in concept.ambiguous}


def _of_synonyms(tree: Tree) -> Iterator[Problem]:
    for name, codes in _claims(tree).items():
        unmarked = sorted(code for code in codes if not _allows(tree[code], name)) if len(codes) > 1 else []
        for code in unmarked:
            others = ", ".join(sorted(codes - {code}))
            message = N_("“%(name)s” also names %(others)s; mark it ambiguous in both or remove one.")
            yield Problem(
                f"{tree[code].kind}.{code}", "synonym.twice", message, name, {"name": name, "others": others}
            )


def _of_references(taxonomy: Taxonomy) -> Iterator[Problem]:
    for machine in taxonomy.equipment:
        for code in machine.extra.get("processes", ()):
            if code not in taxonomy.processes:
                yield Problem(
                    f"equipment.{machine.code}", "process.unknown", N_("There is no such process."), code
                )
    for district in taxonomy.districts:
        for code in district.extra.get("regions", ()):
            if code not in taxonomy.regions:
                yield Problem(
                    f"district.{district.code}", "region.unknown", N_("There is no such region."), code
                )
    for standard in taxonomy.standards:
        for code in standard.extra.get("implies", ()):
            if code not in taxonomy.standards:
                yield Problem(
                    f"standard.{standard.code}", "standard.unknown", N_("There is no such standard."), code
                )


def _of_places(taxonomy: Taxonomy) -> Iterator[Problem]:
    for place in taxonomy.places:
        if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
            yield Problem(f"place.{place.label.en}", "place.range", N_("Degrees are out of range."))
        if place.region not in taxonomy.regions and place.region not in taxonomy.countries:
            yield Problem(
                f"place.{place.label.en}", "region.unknown", N_("There is no such region."), place.region
            )
