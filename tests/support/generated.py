"""Suppliers and requirements made at random, for tests against a reference in plain Python."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from hypothesis import strategies as st

from matchmaker.domain.certificate import Certificate, CertificationDemand, CertificationLevel, DemandStrength
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy, Tree
from matchmaker.services.matching import relaxation_links
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


PAPERS = (
    "declaration-2-1",
    "inspection-certificate-3-1",
    "inspection-certificate-3-2",
    "ppap",
    "first-article",
)


def further(row: int, document: SearchDocument) -> SearchDocument:
    """With limits, answers and papers that the generator does not make; every third states none of them."""
    if row % 3 == 0:
        return document
    able = tuple(
        replace(
            one,
            height_mm=(None, 40.0, 120.0, 900.0)[(row + place) % 4],
            wall_mm=(None, 1.0, 4.0)[(row + place) % 3],
            gear_module_mm=(None, 2.0, 8.0)[(row // 2 + place) % 3],
            gear_grade=(None, 6, 9)[(row // 3 + place) % 3],
            thread_mm=(None, 16.0, 64.0)[(row // 5 + place) % 3],
            envelope_mm=one.envelope_mm and (*one.envelope_mm[:2], one.envelope_mm[2] if row % 5 else None),
        )
        for place, one in enumerate(document.capabilities)
    )
    return replace(
        document,
        capabilities=able,
        takes_customer_material=(None, True, False)[row // 3 % 3],
        own_tooling=(True, None, False)[row // 4 % 3],
        quality_papers=PAPERS[row % 5 : row % 5 + row // 7 % 3],
    )


@lru_cache(maxsize=1)
def world() -> tuple[Taxonomy, tuple[SearchDocument, ...], Columns]:
    taxonomy = load_taxonomy()
    documents = (
        *(
            further(row, planned(row, one))
            for row, one in enumerate(Generator(taxonomy, seed=5).documents(COUNT))
        ),
        SearchDocument(key="silent", revision=1, names=("silent",), text=""),
    )
    return taxonomy, documents, Columns.build(documents, taxonomy)


def codes(names: Iterable[str], least: int = 0, most: int = 2) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(sorted(names)), min_size=least, max_size=most, unique=True).map(tuple)


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


def demands() -> st.SearchStrategy[tuple[CertificationDemand, ...]]:
    """Up to three demands for certificates, musts and wishes."""
    one = st.builds(
        CertificationDemand,
        codes(["iso-9001", "iso-9000", "iso-14001", "iatf-16949", "unheard-of"], least=1),
        st.sampled_from(list(CertificationLevel)[1:]),
        st.sampled_from(DemandStrength),
        maybe(st.sampled_from(["2015", "2008", "D"])),
        maybe(st.integers(-1500, 1500).map(lambda days: TODAY + timedelta(days=days))),
        st.booleans(),
    )
    return st.lists(one, max_size=3).map(tuple)


def needs() -> st.SearchStrategy[Requirements]:
    taxonomy = world()[0]
    side = st.sampled_from([10.0, 50.0, 120.0, 400.0, 900.0, 1500.0, 2500.0])
    boxes = st.tuples(side, side, side).map(lambda sides: tuple(sorted(sides, reverse=True)))
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
        height_mm=maybe(side),
        wall_mm=maybe(st.sampled_from([0.5, 1.0, 3.0, 6.0])),
        gear_module_mm=maybe(st.sampled_from([1.0, 2.0, 5.0, 10.0])),
        gear_grade=maybe(st.integers(5, 10)),
        thread_mm=maybe(st.sampled_from([8.0, 16.0, 48.0, 100.0])),
        customer_material=maybe(st.just(True)),
        supplier_tooling=maybe(st.just(True)),
        quality_papers=codes(PAPERS),
        lead_time_days=maybe(st.sampled_from([5, 10, 20, 44, 60])),
        quantity=maybe(st.sampled_from([1, 9, 10, 100, 1000, 10_001, 100_000])),
        spare_hours=maybe(st.sampled_from([20.0, 400.0, 890.0])),
        months=st.lists(st.integers(MONTH, MONTH + 3), unique=True, max_size=3).map(tuple),
        on=st.integers(-1500, 1500).map(lambda days: TODAY + timedelta(days=days)),
        certification=demands(),
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


# The rule for certificates, counted anew: no code of the product.
WITHDRAWN = {("iso-9001", "2008"): date(2018, 9, 15), ("en-9100", "C"): date(2018, 9, 15)}


def end(certificate: Certificate, said: date | None) -> date | None:
    """The last day of three years from a day."""
    start = certificate.issued or said
    return (
        None
        if start is None
        else date(start.year + 3, start.month, min(start.day, 28) if start.month == 2 else start.day)
    )


def level_of(certificate: Certificate, day: date) -> tuple[int, bool]:
    """The level that a certificate gives on a day, and whether it has a date."""
    if certificate.standard_code not in world()[0].standards or certificate.status == "suspended":
        return 0, False
    withdrawn = WITHDRAWN.get((certificate.standard_code, certificate.edition or ""))
    dated = bool(certificate.issued or certificate.valid_until)
    until = certificate.valid_until
    if certificate.status == "implementing":
        level = 1
    else:
        until = until or end(certificate, certificate.said_on)
        level = 3 if certificate.verified and dated else 2
        if until is None or (certificate.issued and day < certificate.issued):
            return 0, dated
    late = until is not None and day > until
    return (0 if late or (withdrawn and day >= withdrawn) else level), dated


def holds(document: SearchDocument, demand: CertificationDemand, on: date) -> bool:
    """Whether one of a supplier's certificates meets a demand."""
    taxonomy, day = world()[0], demand.on or on
    for certificate in document.certificates:
        level, dated = level_of(certificate, day)
        answered = set(taxonomy.standards_answered(certificate.standard_code)) & set(demand.any_of)
        pair = {certificate.edition, demand.edition}
        comparable = pair <= {"2008", "2015"} or pair <= {"C", "D"}
        older = comparable and str(certificate.edition) < str(demand.edition)
        if answered and level >= demand.level and (dated or not demand.dated):
            if certificate.standard_code in demand.any_of and older:
                continue
            return True
    return False


def relevant(document: SearchDocument, need: Requirements) -> list[CapabilityFacts]:
    return serving(document, need.processes) or list(document.capabilities)


def answers(required: str, offered: str, tree: Tree) -> bool:
    """The same, a narrower one, or up to two steps broader as long as that says anything (no root)."""
    if required == offered or required in tree.ancestors(offered):
        return True
    above = tree.ancestors(required)
    return offered in above[:2] and tree[offered].parent is not None


def eased(need: Requirements, requirement: str, change: object, taxonomy: Taxonomy) -> Requirements:
    """The need after the press of the button that the page shows."""
    if change is None:
        return replace(need, strictness={**need.strictness, requirement: Strictness.WISH})
    return relaxation_links.eased(need, [relaxation_links.token(requirement, change)], taxonomy)
