"""The stated prior: the effect of each feature on the logit of a score before there are decisions to learn
from.

A weight is the difference, in logits, between the worst and the best value of the feature. WEIGHTS were set by
reasoning about the buyer's priorities. SETTLED is by how much judged needs moved them, at most to half or to twice:
learned pairwise on the judged collections `first` without its held-out part, `second` and `third`, which are the
project's own (`python -m tests.ranking --settle` learns and prints them anew). The fourth had no part in it.
"""

from functools import cache

from search.ranking.linear import LinearRanker

WEIGHTS: dict[str, float] = {
    # A shop that does not do the work does not fit, however good the rest.
    "process_coverage": 7.0,
    # The need is mainly about its first process, but in free text the order may be an accident.
    "main_process": 2.5,
    # One contract instead of several, but a shop with one good partner is no worse than half a route.
    "full_route": 1.0,
    # Of two able shops, the specialist: fewer surprises, better price.
    "specialisation": 1.0,
    # The need named it to rule it out; yet many shops do it for other customers.
    "not_excluded": 0.5,
    # Another family means other tools and other chemistry; a neighbouring grade mostly does not.
    "material": 3.0,
    # A part that does not fit the machine cannot be made; the filters remove the plain cases.
    "envelope": 1.5,
    "diameter": 1.5,
    "length": 1.0,
    "thickness": 1.0,
    "mass": 0.8,
    "joint": 1.0,
    # One grade short can often be held with care, so less than size; two cannot.
    "tolerance": 2.0,
    "roughness": 1.2,
    # A furnace or a grinder more decides it, and most shops that harden reach what steels reach.
    "hardness": 0.8,
    "height": 1.0,
    # Thin walls and fine gears are a craft of their own; threads seldom decide.
    "wall": 0.8,
    "gear_module": 1.0,
    "gear_grade": 1.2,
    "thread": 0.4,
    # A shop that said no is removed already; one that said yes has its way of counting the stock.
    "customer_material": 0.5,
    "supplier_tooling": 0.4,
    # A shop that writes such papers has the people and the gauges for them.
    "quality_papers": 1.0,
    # A serial shop sets up reluctantly for five pieces and a toolroom cannot make 100,000.
    "lot": 1.5,
    # Declared lead times are typical ones, and an urgent order can go first.
    "lead_time": 0.6,
    # Free hours go stale in a fortnight.
    "spare_capacity": 0.3,
    # Freight matters less than ability; the buyer's own limit is a filter.
    "nearness": 0.8,
    "region": 0.5,
    # Demands are filters; beyond them a better certificate is a mild sign of order.
    "certification": 0.5,
    "certification_wish": 1.0,
    # Declared without any date: of equals, the supplier whose paper can be looked up stands first.
    "certificate_dates": 1.0,
    "sector": 0.6,
    "language": 0.5,
    # Words beyond the recognised concepts decide between shops of the same trade; pairs of words count beside.
    "words": 2.0,
    # Where the taxonomy explains little of the text, they alone decide: products, and goods out of a catalogue
    # ("Светильник … полистирол"), where a material that happens to be named must not.
    "words_alone": 20.0,
    "rare_words": 1.0,
    "similarity": 2.0,
    "experience": 0.2,
    "freshness": 0.1,
    "completeness": 0.1,
}

SETTLED: dict[str, float] = {
    "main_process": 0.77,
    "process_coverage": 0.90,
    "full_route": 1.41,
    "specialisation": 0.97,
    "not_excluded": 0.85,
    "material": 1.03,
    "envelope": 0.50,
    "diameter": 0.50,
    "length": 0.50,
    "thickness": 0.50,
    "mass": 2.00,
    "tolerance": 1.05,
    "roughness": 1.57,
    "hardness": 1.24,
    "height": 0.89,
    "lot": 2.00,
    "lead_time": 2.00,
    "joint": 2.00,
    "spare_capacity": 0.50,
    "nearness": 0.81,
    "certification": 0.50,
    "certification_wish": 0.70,
    "certificate_dates": 0.64,
    "sector": 2.00,
    "words": 2.00,
    "words_alone": 0.96,
    "rare_words": 1.16,
    "similarity": 0.66,
    "experience": 0.50,
    "freshness": 2.00,
    "completeness": 0.50,
}

# With every value neutral a supplier is more likely unsuitable than not.
INTERCEPT = -1.0

# Logits → probability that an expert would call the supplier good (grade 2 or 3): Platt's sigmoid, fitted to the first
# twenty answers of needs in the same three collections, each ranked with weights learned without its own collection
# (1,889 pairs). It leaves the order as it is.
CALIBRATION_SLOPE, CALIBRATION_SHIFT = 0.754, -1.434


def weight(name: str) -> float:
    """The settled weight of a feature."""
    return WEIGHTS[name] * SETTLED.get(name, 1.0)


@cache
def prior() -> LinearRanker:
    weights = {name: CALIBRATION_SLOPE * weight(name) for name in WEIGHTS}
    return LinearRanker("prior", weights, CALIBRATION_SLOPE * INTERCEPT + CALIBRATION_SHIFT)
