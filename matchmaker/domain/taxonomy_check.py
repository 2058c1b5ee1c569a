"""The rules that the taxonomy's files must keep, checked by a test and by `matchmaker taxonomy check`."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from matchmaker.domain.taxonomy import Concept, Taxonomy, Tree
from matchmaker.domain.taxonomy_keys import FLAGS, KEYS, REFERENCES, Flag, FlagRule, Occasion

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*|[A-Z]{2}(-[A-Z0-9]{1,3})?")
_SEPARATORS = re.compile(r"[\s\-–—/]+")


def spelling(name: str) -> str:
    """A name as it is compared: case-blind, ё as е, hyphens and slashes as spaces."""
    return _SEPARATORS.sub(" ", name.casefold().replace("ё", "е")).strip()


def problems(taxonomy: Taxonomy) -> tuple[Problem, ...]:
    """All errors in the taxonomy's files, one problem each; the path is kind.code."""
    trees = taxonomy.all_trees()
    found = [problem for tree in trees.values() for problem in _of_tree(tree)]
    found.extend(_of_references(trees))
    found.extend(_of_materials(taxonomy))
    found.extend(_of_loose_names(taxonomy.processes))
    found.extend(_of_trades(taxonomy))
    found.extend(_of_flags(trees))
    found.extend(_of_marks(taxonomy))
    found.extend(_of_withdrawals(taxonomy.standards))
    found.extend(_of_occasions(taxonomy.reasons))
    found.extend(_of_places(taxonomy))
    found.extend(_of_machines(taxonomy))
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


_NOT_THERE = {
    "process": N_("There is no such process."),
    "standard": N_("There is no such standard."),
    "family": N_("There is no such family; declare it under `families` in standards.yaml."),
    "equipment": N_("There is no such type of machine."),
    "material": N_("There is no such material."),
    "region": N_("There is no such region."),
    "country": N_("There is no such country."),
}


def _of_references(trees: Mapping[str, Tree]) -> Iterator[Problem]:
    for (kind, key), target in REFERENCES.items():
        for concept in trees[kind]:
            given = concept.extra.get(key, ())
            for code in (given,) if isinstance(given, str) else given:
                if code not in trees[target]:
                    yield Problem(f"{kind}.{concept.code}", f"{target}.unknown", _NOT_THERE[target], code)


_LOOSE_WORD = re.compile(r"[^\W\d_]{3,}\*?(?:/[^\W\d_]{3,}\*?)*")
_MOST_LOOSE_WORDS = 4


def _of_loose_names(processes: Tree) -> Iterator[Problem]:
    """The problems of names whose words stand in any order: "накат* резьб*"."""
    claimed: dict[frozenset[str], str] = {}
    for process in processes:
        path = f"process.{process.code}"
        for name in process.extra.get("loose", ()):
            words = str(name).split()
            if not (1 < len(words) <= _MOST_LOOSE_WORDS and all(map(_LOOSE_WORD.fullmatch, words))):
                message = N_(
                    "“%(name)s” is not written as two to four words, each whole or by at least three letters of its beginning and *."
                )
                yield Problem(path, "loose.form", message, str(name), {"name": name})
            other = claimed.setdefault(frozenset(words), process.code)
            if other != process.code:
                message = N_("The words of “%(name)s” name %(other)s already; remove them from one of both.")
                yield Problem(path, "loose.twice", message, str(name), {"name": name, "other": other})


def _of_materials(taxonomy: Taxonomy) -> Iterator[Problem]:
    """The problems of words that name another process where the part is of a material."""
    for process, meant in taxonomy.of_material.items():
        for material, other in meant.items():
            if material not in taxonomy.materials:
                yield Problem(f"process.{process}", "material.unknown", _NOT_THERE["material"], material)
            if other not in taxonomy.processes:
                yield Problem(f"process.{process}", "process.unknown", _NOT_THERE["process"], other)


def _of_trades(taxonomy: Taxonomy) -> Iterator[Problem]:
    """The problems of words that name another process beside work of a trade."""
    for process, meant in taxonomy.of_trade.items():
        for code in (*meant, *meant.values()):
            if code not in taxonomy.processes:
                yield Problem(f"process.{process}", "process.unknown", _NOT_THERE["process"], code)


def _of_flags(trees: Mapping[str, Tree]) -> Iterator[Problem]:
    for kind, tree in trees.items():
        for concept in tree:
            for key in concept.extra.keys() - KEYS[kind] - {"designations"}:
                yield _wrong_key(concept, key)
            for flag in sorted(concept.flags):
                yield from _already_above(tree, concept, flag)
    for flag, rule in FLAGS.items():
        if rule.once:
            yield from _not_once(trees[rule.kind], flag, rule)


def _wrong_key(concept: Concept, key: str) -> Problem:
    """The problem of a key that is neither one of the kind's keys nor a flag set to true."""
    path, params = f"{concept.kind}.{concept.code}", {"key": key, "kind": concept.kind}
    rule = FLAGS.get(Flag(key)) if key in set(Flag) else None
    if rule is None:
        known = sorted(
            {*KEYS[concept.kind], *(flag for flag, one in FLAGS.items() if one.kind == concept.kind)}
        )
        message = N_("`%(key)s` means nothing here; remove it, or write one of: %(known)s.")
        return Problem(path, "key.unknown", message, key, {**params, "known": ", ".join(known)})
    if rule.kind != concept.kind:
        message = N_(
            "The flag `%(key)s` is for an entry of the kind %(other)s, this one is of the kind %(kind)s; remove it."
        )
        return Problem(path, "flag.misplaced", message, key, {**params, "other": rule.kind})
    message = N_("The flag `%(key)s` is either `true` or left out.")
    return Problem(path, "flag.value", message, str(concept.extra[key]), params)


def _already_above(tree: Tree, concept: Concept, flag: Flag) -> Iterator[Problem]:
    above = [code for code in _above(tree, concept) if FLAGS[flag].below and flag in tree[code].flags]
    if above:
        message = N_("The flag `%(key)s` holds already from %(above)s, which stands above; remove it here.")
        path = f"{concept.kind}.{concept.code}"
        yield Problem(path, "flag.twice", message, flag, {"key": str(flag), "above": above[0]})


def _above(tree: Tree, concept: Concept) -> Iterator[str]:
    """The codes of the concepts above a concept that exist."""
    while concept.parent and concept.parent in tree:
        concept = tree[concept.parent]
        yield concept.code


def _not_once(tree: Tree, flag: Flag, rule: FlagRule) -> Iterator[Problem]:
    having = sorted(tree.flagged(flag))
    if len(having) == 1:
        return
    params = {"key": str(flag), "count": len(having)}
    message = N_(
        "The flag `%(key)s` must stand at exactly one entry, and stands at %(count)s; set or remove it."
    )
    for code in having or [""]:
        yield Problem(f"{rule.kind}.{code}".rstrip("."), "flag.once", message, flag, params)


_MACHINE_MARK = re.compile(r"\d\d?")


def _of_marks(taxonomy: Taxonomy) -> Iterator[Problem]:
    claimed: dict[str, str] = {}
    for machine in taxonomy.equipment:
        path = f"equipment.{machine.code}"
        for mark in machine.extra.get("marks", ()):
            if not (isinstance(mark, str) and _MACHINE_MARK.fullmatch(mark)):
                message = N_("A mark is one or two digits in quotation marks: '16'.")
                yield Problem(path, "mark.form", message, str(mark))
            elif mark in claimed:
                message = N_("The mark %(mark)s stands at %(other)s already; remove one of them.")
                yield Problem(path, "mark.twice", message, mark, {"mark": mark, "other": claimed[mark]})
            claimed.setdefault(str(mark), machine.code)


def _of_withdrawals(standards: Tree) -> Iterator[Problem]:
    for concept in standards:
        given = concept.extra.get("withdrawn", {})
        days = given.items() if isinstance(given, Mapping) else [("", given)]
        for edition, day in days:
            if not (isinstance(edition, str) and isinstance(day, date)):
                message = N_("`withdrawn` is a day, or a day for each edition in quotation marks.")
                yield Problem(f"standard.{concept.code}", "withdrawn.form", message, f"{edition}: {day}")


def _of_occasions(reasons: Tree) -> Iterator[Problem]:
    given = reasons.references("given_for")
    for code, occasion in given.items():
        if occasion not in set(Occasion):
            message = N_("A reason is given for one of: %(known)s.")
            params = {"known": ", ".join(Occasion)}
            yield Problem(f"reason.{code}", "occasion.unknown", message, occasion, params)
    for occasion in Occasion:
        having = sorted(code for code, one in given.items() if one == occasion)
        if len(having) != 1:
            message = N_("Exactly one reason must be given for %(occasion)s; there are %(count)s.")
            params = {"occasion": str(occasion), "count": str(len(having))}
            path = f"reason.{having[-1]}" if having else "reason"
            yield Problem(path, "occasion.once", message, "", params)


def _of_places(taxonomy: Taxonomy) -> Iterator[Problem]:
    for place in taxonomy.places:
        if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
            yield Problem(f"place.{place.label.en}", "place.range", N_("Degrees are out of range."))
        if place.region not in taxonomy.regions and place.region not in taxonomy.countries:
            yield Problem(
                f"place.{place.label.en}", "region.unknown", N_("There is no such region."), place.region
            )


def _of_machines(taxonomy: Taxonomy) -> Iterator[Problem]:
    for model in taxonomy.machines:
        if model.equipment not in taxonomy.equipment:
            yield Problem(
                f"machine.{model.mark}", "equipment.unknown", _NOT_THERE["equipment"], model.equipment
            )
