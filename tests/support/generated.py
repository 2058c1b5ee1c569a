"""Suppliers and requirements made at random, for tests against a reference in plain Python."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from hypothesis import strategies as st

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy, Tree
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from tests.benchmark.generate import TODAY, Generator

MONTH = TODAY.year * 12 + TODAY.month - 1
COUNT = 120


def planned(row: int, document: SearchDocument) -> SearchDocument:
    """With two months planned, one of them full, for every third; the usual hours of some are not known."""
    if row % 3:
        return document
    months = ((MONTH + 1, 0.0), (MONTH + 2, 500.0))
    return replace(document, planned=months, spare_hours=document.spare_hours if row % 2 else None)


@lru_cache(maxsize=1)
def world() -> tuple[Taxonomy, tuple[SearchDocument, ...], Columns]:
    taxonomy = load_taxonomy()
    documents = (
        *(planned(row, one) for row, one in enumerate(Generator(taxonomy, seed=5).documents(COUNT))),
        SearchDocument(key="silent", revision=1, names=("silent",), text=""),
    )
    return taxonomy, documents, Columns.build(documents, taxonomy)


def codes(names: Iterable[str], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(names)), min_size=least, max_size=most, unique=True).map(tuple)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


def needs() -> st.SearchStrategy[Requirements]:
    taxonomy = world()[0]
    side = st.sampled_from([10.0, 50.0, 120.0, 400.0, 900.0, 1500.0, 2500.0])
    boxes = st.tuples(side, side, side).map(lambda sides: tuple(sorted(sides, reverse=True)))
    demands = st.builds(
        CertificationDemand,
        st.sampled_from(["iso-9001", "iso-9000", "iso-14001", "iatf-16949"]),
        st.sampled_from(list(CertificationLevel)[1:]),
    )
    return st.builds(
        Requirements,
        processes=codes(taxonomy.processes.by_code),
        any_process=st.booleans(),
        materials=codes(taxonomy.materials.by_code),
        envelope_mm=maybe(boxes),
        diameter_mm=maybe(side),
        length_mm=maybe(side),
        thickness_mm=maybe(st.sampled_from([1.0, 6.0, 10.0, 30.0])),
        mass_kg=maybe(st.sampled_from([5.0, 60.0, 4999.0, 6000.0])),
        tolerance_it=maybe(st.integers(4, 12)),
        roughness_ra_um=maybe(st.sampled_from([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 12.5])),
        lead_time_days=maybe(st.sampled_from([5, 10, 20, 44, 60])),
        quantity=maybe(st.sampled_from([1, 9, 10, 100, 1000, 10_001, 100_000])),
        spare_hours=maybe(st.sampled_from([20.0, 400.0, 890.0])),
        months=st.lists(st.integers(MONTH, MONTH + 3), unique=True, max_size=3).map(tuple),
        on=st.integers(-1500, 1500).map(lambda days: TODAY + timedelta(days=days)),
        certification=maybe(demands),
        location=st.tuples(st.floats(40, 65), st.floats(20, 140)),
        max_distance_km=maybe(st.sampled_from([1.0, 300.0, 900.0, 4000.0])),
        regions=codes(["RU", *list(taxonomy.regions.by_code)[:20]]),
        languages=codes(["ru", "en", "de", "xx"]),
        sectors=codes(taxonomy.sectors.by_code),
        centres=codes(["centre-1", "centre-2", "nowhere"]),
        strictness=st.dictionaries(
            st.sampled_from(list(REQUIREMENT_KINDS)), st.sampled_from(list(Strictness))
        ),
    )


def covers(required: str, offered: str) -> bool:
    """The same process or a narrower one."""
    tree = load_tree()
    return required in (offered, *tree.ancestors(offered))


def load_tree() -> Tree:
    return world()[0].processes


def serving(document: SearchDocument, processes: tuple[str, ...]) -> list[CapabilityFacts]:
    """The capabilities for one of these processes."""
    return [
        item
        for item in document.capabilities
        if any(answers(code, offered, load_tree()) for code in processes for offered in item.processes)
    ]


def relevant(document: SearchDocument, need: Requirements) -> list[CapabilityFacts]:
    return serving(document, need.processes) or list(document.capabilities)


def answers(required: str, offered: str, tree: Tree) -> bool:
    """The same, a narrower one, or up to two steps broader as long as that says anything (no root)."""
    if required == offered or required in tree.ancestors(offered):
        return True
    above = tree.ancestors(required)
    return offered in above[:2] and tree[offered].parent is not None
