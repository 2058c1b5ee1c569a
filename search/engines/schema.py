"""The fields of an index made from documents, and the engine's query made from requirements; pure, the same
for all engines.

Index fields: `words` (names and text, analysed), and exact terms: `processes` and `materials` (with all codes
above, so that a narrower code is found), `said` (the processes that only text or machines name), `equipment`,
`sectors`, `regions` (region and country), `languages`, `centre`, `certification` ("iso-9001:2", a standard or
family that a certificate answers, and the level at any time: a superset, since the columns decide about the
day), `place` ("known" or "unknown"), `latitude`, `longitude`.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from matchmaker.domain.certificate import validity
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy, Tree
from search.document import SearchDocument
from search.engines.protocol import EngineQuery, Weighted

VERSION = 4  # of the fields; an index of another version is rebuilt
TERM_FIELDS = (
    "processes",
    "materials",
    "said",
    "equipment",
    "sectors",
    "regions",
    "languages",
    "centre",
    "certification",
    "place",
)
MAX_WORDS = 2_000  # characters of a query that are analysed; the rest of a longer text counts by its concepts
MAX_WORD = 40  # letters; longer words are never searched for
KM_PER_DEGREE = 111.2

_WORD = re.compile(r"[^\W_]+")

# The weight of a hit on a concept beside a hit on a word: the need is about the recognised process.
PROCESS_WEIGHT, BROADER_WEIGHT, NEAR_WEIGHT, MATERIAL_WEIGHT = 4.0, 1.5, 1.0, 1.5


@dataclass(frozen=True, slots=True)
class IndexFields:
    """A document as an index stores it."""

    key: str
    revision: int
    words: str
    terms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    latitude: float | None = None
    longitude: float | None = None
    updated: int = 0


def words_of(text: str) -> tuple[str, ...]:
    """The words of a query for every engine, each once, cut at all characters but letters and digits; ё as е."""
    return tuple(dict.fromkeys(all_words(text)))


def all_words(text: str) -> list[str]:
    """The words of a text in their order, repeated ones too, cut as `words_of` cuts them."""
    plain = unicodedata.normalize("NFC", text).lower().replace("ё", "е")
    words: list[str] = _WORD.findall(plain)
    longest = max(map(len, words), default=0)
    return words if longest <= MAX_WORD else [word for word in words if len(word) <= MAX_WORD]


def _closure(tree: Tree, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(tree.closure(code) for code in codes if code in tree)))


def fields_of(document: SearchDocument, taxonomy: Taxonomy) -> IndexFields:
    """The index fields of a document."""
    held = [(certificate, validity(certificate, taxonomy)) for certificate in document.certificates]
    certification = {
        f"{answered}:{level}"
        for certificate, state in held
        if state is not None
        for answered in taxonomy.standards_answered(certificate.standard_code)
        for level in range(1, state.level + 1)
    }
    latitude, longitude = document.location or (None, None)
    return IndexFields(
        key=document.key,
        revision=document.revision,
        words=" ".join(all_words("\n".join((*document.names, document.text)))),
        terms={
            "processes": _closure(taxonomy.processes, document.processes),
            "materials": _closure(taxonomy.materials, document.materials),
            "said": document.said_processes,
            "equipment": document.equipment,
            "sectors": document.sectors,
            "regions": tuple(code for code in (document.region, document.country) if code),
            "languages": document.languages,
            "centre": (document.centre,) if document.centre else (),
            "certification": tuple(sorted(certification)),
            "place": ("known" if document.location else "unknown",),
        },
        latitude=latitude,
        longitude=longitude,
        updated=document.updated.toordinal() if document.updated else 0,
    )


def query_of(
    requirements: Requirements,
    taxonomy: Taxonomy,
    *,
    limit: int,
    offset: int = 0,
) -> EngineQuery:
    """The query that retrieves candidates: words and concepts score, supplier-level conditions filter.

    Filters here may let suppliers through that the columns remove afterwards, never the other way round.
    """
    processes = [Weighted(code, PROCESS_WEIGHT) for code in requirements.processes]
    seen = set(requirements.processes)
    for code in requirements.processes:
        for near in _related(taxonomy.processes, code):
            if near not in seen:
                seen.add(near)
                weight = BROADER_WEIGHT if near in taxonomy.processes.ancestors(code) else NEAR_WEIGHT
                processes.append(Weighted(near, weight))
    materials = dict.fromkeys(
        above for code in requirements.materials for above in (code, *taxonomy.materials.ancestors(code)[:1])
    )
    return EngineQuery(
        words=" ".join((requirements.text, *requirements.terms))[:MAX_WORDS],
        processes=tuple(processes),
        materials=tuple(Weighted(code, MATERIAL_WEIGHT) for code in materials if code in taxonomy.materials),
        must_any=tuple(_conditions(requirements)),
        box=_box(requirements),
        box_lenient=requirements.strictness_of("distance") is Strictness.LENIENT,
        limit=limit,
        offset=offset,
    )


def _related(tree: Tree, code: str) -> tuple[str, ...]:
    """The related processes: a parent below the root, and declared near misses."""
    if code not in tree:
        return ()
    parent = tree[code].parent
    broader = (parent,) if parent and tree[parent].parent else ()
    return (*broader, *tree[code].near)


def _conditions(requirements: Requirements) -> Iterable[tuple[str, tuple[str, ...]]]:
    if requirements.strictness_of("certification") is not Strictness.WISH:
        for demand in requirements.demanded:
            yield "certification", tuple(f"{standard}:{int(demand.level)}" for standard in demand.any_of)
    strict = Strictness.STRICT
    if requirements.strictness_of("processes") is strict and requirements.processes:
        if requirements.any_process:
            yield "processes", requirements.processes
        else:
            yield from (("processes", (code,)) for code in requirements.processes)
    listed = {
        "region": ("regions", requirements.regions),
        "languages": ("languages", requirements.languages),
        "sectors": ("sectors", requirements.sectors),
        "reach": ("centre", requirements.centres),
    }
    for name, (target, codes) in listed.items():
        if codes and requirements.strictness_of(name) is strict:
            yield target, codes


def _box(requirements: Requirements) -> tuple[float, float, float, float] | None:
    """The box (south, west, north, east) around the circle of the greatest distance; None where it would
    reach a pole or cross 180°.
    """
    if requirements.location is None or requirements.max_distance_km is None:
        return None
    if requirements.strictness_of("distance") is Strictness.WISH:
        return None
    latitude, longitude = requirements.location
    height = requirements.max_distance_km / KM_PER_DEGREE * 1.01 + 0.01
    if abs(latitude) + height >= 89:
        return None
    width = height / math.cos(math.radians(abs(latitude) + height))
    if abs(longitude) + width >= 180:
        return None
    return latitude - height, longitude - width, latitude + height, longitude + width
