"""The labelled texts and cells, and the comparison of a reading with its label.

A label names what a careful technologist takes from a text; `open` names what may be read or left out. Everything
else that is read is wrong. Texts under `seen` were used while the rules were written, those under `unread` were not.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.wiring import load_taxonomy

FOLDER = Path(__file__).parent
HALVES = ("seen", "unread")
TODAY = date(2026, 11, 28)
CLOSE = 0.02  # relative: 9.525 mm or 9.5 mm for 3/8 inch

# A fact of a reading: its kind and its value, comparable.
Fact = tuple[str, Any]
_NUMBERS = (
    "diameter_mm",
    "length_mm",
    "inner_diameter_mm",
    "wall_mm",
    "thickness_mm",
    "height_mm",
    "tolerance_it",
    "roughness_ra_um",
    "mass_kg",
    "quantity",
    "lots_per_year",
)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """One line of a file of labels."""

    id: str
    kind: str
    language: str
    trade: str
    text: str
    expected: Mapping[str, Any]
    open: frozenset[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The comparison of one reading with its label: facts that are right, wrong and missing, and how sure each was."""

    id: str
    right: tuple[Fact, ...]
    wrong: tuple[Fact, ...]
    missing: tuple[Fact, ...]
    sureness: Mapping[Fact, float] = field(default_factory=dict)


def texts(half: str, *names: str) -> Iterator[LabelledText]:
    """The labelled texts of a half, of all files or of those whose name holds one of `names`."""
    for path in sorted((FOLDER / half).glob("*.jsonl")):
        if path.stem == "cells" or (names and not any(name in path.stem for name in names)):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            given = json.loads(line)
            yield LabelledText(
                given["id"],
                given["as"],
                given["language"],
                given.get("trade", "metal"),
                given["text"],
                given["expected"],
                frozenset(given.get("open") or ()),
            )


def compared(label: LabelledText, answer: Mapping[str, Any]) -> Outcome:
    """The reading of a text beside its label; positions are paired so that most facts agree."""
    expected, sure = label.expected, dict[Fact, float]()
    wanted, found = Counter(_whole(expected)), Counter(_whole(answer))
    asked = [_position_facts(one, sure=None) for one in expected.get("positions") or ()]
    read = [_position_facts(one, sure=sure) for one in answer.get("positions") or ()]
    for mine, theirs in _paired(asked, read):
        wanted.update(mine)
        found.update(theirs)
    right: list[Fact] = []
    for fact in list(found):
        match = (
            fact
            if fact in wanted
            else next((one for one in wanted if _close(one, fact) or _narrows(one, fact)), None)
        )
        while match is not None and wanted[match] and found[fact]:
            right.append(fact)
            wanted[match] -= 1
            found[fact] -= 1
    wrong = [fact for fact in (+found).elements() if not _is_open(fact, label.open)]
    missing = [fact for fact in (+wanted).elements() if not _is_open(fact, label.open)]
    return Outcome(label.id, tuple(right), tuple(wrong), tuple(missing), sure)


def _paired(asked: list[list[Fact]], read: list[list[Fact]]) -> Iterator[tuple[list[Fact], list[Fact]]]:
    rest = list(read)
    for mine in asked:
        best = max(rest, key=lambda one: len(set(one) & set(mine)), default=[])
        if best in rest:
            rest.remove(best)
        yield mine, best
    for theirs in rest:
        yield [], theirs


def _position_facts(position: Mapping[str, Any], sure: dict[Fact, float] | None) -> list[Fact]:
    sizes = position.get("sizes") or {}
    facts: list[Fact] = []
    for kind in ("processes", "materials"):
        for code, role, sureness in _codes(position.get(kind)):
            fact = (kind, (code, role))
            facts.append(fact)
            if sure is not None:
                sure[fact] = max(sureness, sure.get(fact, 0.0))
    for name in _NUMBERS:
        value = position.get(name) if position.get(name) is not None else sizes.get(name)
        if value is not None:
            facts.append((name, value))
    box = position.get("box_mm") or sizes.get("box_mm")
    if box:
        facts.append(("box_mm", tuple(sorted(box, reverse=True))))
    hardness = position.get("hardness")
    if hardness:
        facts.append(("hardness", (hardness["scale"], hardness.get("min"), hardness.get("max"))))
    if position.get("price_steps"):
        facts.append(("price_steps", tuple(position["price_steps"])))
    if position.get("deliver_by"):
        facts.append(("deliver_by", position["deliver_by"]))
    return facts


def _codes(given: Any) -> Iterator[tuple[str, str, float]]:
    """Codes with their roles, of a label ({role: codes}) or of a reading (a list of objects)."""
    if isinstance(given, Mapping):
        for role, codes in given.items():
            yield from ((code, role, 1.0) for code in codes)
    else:
        yield from ((one["code"], one["role"], one["sure"]) for one in given or ())


def _whole(answer: Mapping[str, Any]) -> Iterator[Fact]:
    """The facts of a text as a whole."""
    place = answer.get("place") or {}
    if place.get("town"):
        yield "place", place["town"].casefold().replace("ё", "е")
    elif place.get("region") or place.get("country"):
        yield "place", place.get("region") or place["country"]
    if answer.get("max_distance_km"):
        yield "max_distance_km", answer["max_distance_km"]
    for demand in answer.get("certification") or ():
        yield (
            "certification",
            (frozenset(demand["any_of"]), demand.get("strength", "must"), demand.get("level", "certified")),
        )
    if answer.get("customer_supplied_material") is True:
        yield "customer_supplied_material", True
    lot = answer.get("lot") or {}
    if lot.get("min") or lot.get("max"):
        yield "lot", (lot.get("min"), lot.get("max"))
    for one in answer.get("certificates") or ():
        if one.get("status", "certified") != "none" and one.get("standard"):
            yield "certificates", (one["standard"], one.get("status", "certified"))


def _close(one: Fact, other: Fact) -> bool:
    if one[0] != other[0]:
        return False
    return _alike(one[1], other[1])


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) <= CLOSE * max(abs(one), abs(other))
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return all(a == b or _alike(a, b) for a, b in zip(one, other, strict=True))
    return False


def _narrows(asked: Fact, read: Fact) -> bool:
    """Whether a code that was read is one below the label's: a label names what a text surely says, taxonomies grow."""
    if asked[0] != read[0]:
        return False
    if asked[0] == "certificates":
        return asked[1][1] == read[1][1] and same_standard(asked[1][0], read[1][0])
    if asked[0] == "certification":
        (asked_codes, *rest), (read_codes, *others) = asked[1], read[1]
        return rest == others and _same_standards(asked_codes, read_codes)
    if asked[0] not in {"processes", "materials"}:
        return False
    tree = _taxonomy().processes if asked[0] == "processes" else _taxonomy().materials
    (code, role), (narrower, other) = asked[1], read[1]
    return role == other and narrower in tree and code in tree.ancestors(narrower)


_PROPOSED = "new:"  # before a standard that the taxonomy did not hold when the label was written


def same_standard(asked: str, read: str) -> bool:
    """Whether a standard is the label's, or a part or a class of it ("en-1090" and "en-1090-exc2")."""
    plain = asked.removeprefix(_PROPOSED)
    names = read == plain or read.startswith(f"{plain}-")
    return names or (
        asked != plain
        and (read.endswith(f"-{plain}") or plain.endswith(f"-{read}") or plain.startswith(f"{read}-"))
    )


def _same_standards(asked: frozenset[str], read: frozenset[str]) -> bool:
    return len(asked) == len(read) and all(any(same_standard(a, r) for r in read) for a in asked)


@cache
def _taxonomy() -> Taxonomy:
    return load_taxonomy()


def _is_open(fact: Fact, opened: Iterable[str]) -> bool:
    kind, value = fact
    names = {kind}
    if kind in {"processes", "materials"}:
        tree = _taxonomy().processes if kind == "processes" else _taxonomy().materials
        lineage = (value[0], *(tree.ancestors(value[0]) if value[0] in tree else ()))
        names.update(f"{kind}:{code}" for code in lineage)
    if kind in {"certification", "certificates"}:
        codes = value[0] if kind == "certification" else (value[0],)
        named = (
            one.partition(":")[2] for one in opened if one.startswith(("certification:", "certificates:"))
        )
        return kind in opened or any(same_standard(one, code) for one in named for code in codes)
    return not names.isdisjoint(opened)
