"""The parts shared by the reading of profiles and needs: codes of terms, places, numbers, and the choice of a
process.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import pairwise

from matchmaker.domain.requirement_kinds import Comparison, RequirementKind, Several
from matchmaker.domain.taxonomy import Taxonomy, Tree
from matchmaker.domain.taxonomy_keys import Flag
from search.text import Mention, Recogniser, Recognition
from search.text.lexicon import WordPattern
from search.text.measures import AT_MOST, FINISHED
from search.text.pieces import LEAST, LOT, MOST_OF_LOT

Box = tuple[float, float, float]


# Words before a place: those that say where the work goes or the shop stands, and those of a partner or another firm.
_STANDS = WordPattern("places", r"(?<!\w)@stands_at(?!\w)[^\n;!?]{0,24}?$")
_ELSEWHERE = WordPattern("places", r"(?<!\w)@of_others(?!\w)[^\n.;!?]{0,40}?$")
_BEFORE_PLACE = 60  # characters


def where(recognition: Recognition, *kinds: str) -> list[Mention]:
    """The places of these kinds, the best told first: where the work goes or the shop stands, then any, then those of others."""

    def rank(place: Mention) -> int:
        before = recognition.read[max(0, place.start - _BEFORE_PLACE) : place.start]
        if _ELSEWHERE.search(before):
            return 2
        return 0 if _STANDS.search(before) else 1

    return sorted(recognition.of(*kinds), key=rank)


def unique(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def codes_of(recogniser: Recogniser, kind: str, terms: Iterable[str]) -> tuple[str, ...]:
    return unique(code for term in terms for code in recogniser.codes(kind, term))


def sorted_box(box: Sequence[float] | None) -> Box | None:
    if box is None:
        return None
    largest, middle, smallest = sorted(box, reverse=True)
    return largest, middle, smallest


class PlaceNames:
    """The places of towns and regions, by the names that people write."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._taxonomy = recogniser.taxonomy

    def of(self, *names: str | None) -> tuple[str | None, tuple[float, float] | None]:
        """The region's (or country's) code and the coordinates, from the first text that names a place."""
        region: str | None = None
        for name in names:
            if not name:
                continue
            town, within = self._recogniser.place_of(name[:300])
            region = region or within
            if town:
                place = self._recogniser.towns[town]
                return region or place.region, (place.latitude, place.longitude)
        return region, self.centre_of(region)

    def centre_of(self, region: str | None) -> tuple[float, float] | None:
        """The coordinates of a region's capital."""
        tree = self._taxonomy.regions
        location = tree[region].extra.get("location") if region and region in tree else None
        return (float(location[0]), float(location[1])) if location else None

    def country(self, region: str | None) -> str | None:
        if region is None:
            return None
        if region in self._taxonomy.countries:
            return region
        if region in self._taxonomy.regions:
            return str(self._taxonomy.regions[region].extra.get("country") or region.split("-")[0])
        return None

    def location_of(self, mention: Mention) -> tuple[float, float] | None:
        """The coordinates of a mentioned town, or of a region's capital."""
        if mention.kind == "town" and mention.code:
            place = self._recogniser.towns[mention.code]
            return place.latitude, place.longitude
        return self.centre_of(mention.code) if mention.kind == "region" else None


def _whole(kind: RequirementKind, value: float | None) -> float | None:
    return int(value) if kind.whole and value is not None else value


class RecognisedAmounts:
    """The numbers of a recognition by kind."""

    def __init__(self, recognition: Recognition) -> None:
        self._recognition = recognition

    def all(self, kind: str) -> list[float]:
        """The numbers of a kind, without those that stay open, and those that are the most allowed: "max. 22 HRC"."""
        return [mention.amounts[0] for mention in self._of(kind) if AT_MOST not in mention.value]

    def _of(self, kind: str) -> list[Mention]:
        return [m for m in self._recognition.of(kind) if m.amounts and not self._recognition.is_open(m)]

    def most(self, kind: str) -> float | None:
        return max(self.all(kind), default=None)

    def first(self, kind: str) -> float | None:
        return next(iter(self.all(kind)), None)

    def least(self, kind: str) -> float | None:
        return min(self.all(kind), default=None)

    def wanted(self, kind: RequirementKind) -> float | None:
        """The number that a need's text asks for, of a range its first end."""
        finished = [m.amounts[0] for m in self._of(kind.name) if m.value == FINISHED]
        if finished:
            return _whole(kind, finished[0])
        pick = {Several.FIRST: self.first, Several.MOST: self.most, Several.LEAST: self.least}
        return _whole(kind, pick[kind.several](kind.mentions[0]))

    def declared(self, kind: RequirementKind) -> float | None:
        """The best number that a supplier's text declares, of a range its better end."""
        best = max if kind.comparison is Comparison.AT_LEAST else min
        amounts = (amount for mention in self._of(kind.mentions[0]) for amount in mention.amounts)
        return _whole(kind, best(amounts, default=None))

    def first_whole(self, kind: str) -> int | None:
        return next((int(value) for value in self.all(kind)), None)

    def lot_range(self) -> tuple[int | None, int | None]:
        """The least and the greatest lot that a shop's text states."""
        least: list[float] = []
        most: list[float] = []
        for mention in self._of("quantity"):
            if len(mention.amounts) > 1:
                least.append(mention.amounts[-1])
                most.append(mention.amounts[0])
            elif mention.value == LEAST:
                least.append(mention.amounts[0])
            elif mention.value == MOST_OF_LOT:
                most.append(mention.amounts[0])
        low, high = min(least, default=None), max(most, default=None)
        return (int(low) if low else None), (int(high) if high else None)

    def lots(self) -> tuple[int | None, int | None]:
        """The pieces of a lot and the lots a year, as a need's text states them.

        A yearly number beside that of a lot, or beside a rhythm of its own, is divided: "6000 a year in lots of 500".
        """
        counts = self._of("quantity")
        if not counts:
            return None, None
        rhythms = self._recognition.of("rhythm")
        own = {count: _rhythm_of(count, rhythms, counts) for count in counts}
        lot = next((c for c in counts if c.value == LOT), None)
        yearly = next((c for c in counts if c is not lot and (r := own[c]) and r.amounts[0] == 1), None)
        if yearly is None:
            chosen = lot or max(
                counts, key=lambda count: (round(count.sure, 2), own[count] is not None, -count.start)
            )
            rhythm = own[chosen]
            return int(chosen.amounts[0]), int(rhythm.amounts[0]) if rhythm else None
        total = yearly.amounts[0]
        parts = [c.amounts[0] for c in counts if c is not yearly and _divides(c.amounts[0], total)]
        size = lot.amounts[0] if lot else next(iter(parts), None)
        if size and size < total:
            return int(size), max(1, round(total / size))
        times = max((r.amounts[0] for r in rhythms), default=1.0)
        return int(total / times), int(times)

    def sides(self) -> list[float] | None:
        """The sides as the text states them: three of a box, or two of a plate."""
        boxes = [mention.amounts for mention in self._of("envelope")]
        plates = [mention.amounts for mention in self._of("plate")]
        return list(max(boxes or plates)) if boxes or plates else None

    def hardness(self) -> dict[str, object] | None:
        """The first hardness in the scale of the text."""
        for mention in self._recognition.of("hardness", "shore"):
            scale, _, number = mention.value.rpartition(" ")
            low, _, high = number.partition("–")
            if low.endswith("+"):
                return {"scale": scale, "min": float(low[:-1]), "max": None}
            if low.startswith(AT_MOST):
                return {"scale": scale, "min": None, "max": float(low[1:])}
            return {"scale": scale, "min": float(low), "max": float(high or low)}
        return None

    def box(self) -> Box | None:
        """The largest box; a plate has no third side, so it counts as flat."""
        sides = self.largest_part()
        return sides and (sides[0], sides[1], sides[2] or 1.0)

    def largest_part(self) -> tuple[float, float, float | None] | None:
        """The largest box, or the largest plate with the thickness that is told; None for its third side where none is."""
        boxes = [mention.amounts for mention in self._of("envelope")]
        if boxes:
            return sorted_box(max(boxes))
        plates = [mention.amounts for mention in self._of("plate")]
        if not plates:
            return None
        longest, wide = max(plates)
        thickness = self.most("thickness")
        return sorted_box((longest, wide, thickness)) if thickness else (longest, wide, None)


NEAR_COUNT = 40  # characters between a number of pieces and the rhythm that belongs to it
NEAR_LABEL = 14  # characters between the word for a year and the number that it names


def _rhythm_of(count: Mention, rhythms: Sequence[Mention], counts: Sequence[Mention]) -> Mention | None:
    """The nearest rhythm; one behind the number is nearer than one before it, but for the word that names a year's need."""

    def names(rhythm: Mention) -> bool:
        near = 0 <= count.start - rhythm.end <= NEAR_LABEL
        return (
            near and rhythm.amounts[0] == 1 and not any(rhythm.end <= c.start < count.start for c in counts)
        )

    behind = [(r.start - count.end, r) for r in rhythms if 0 <= r.start - count.end <= NEAR_COUNT]
    before = [
        (0 if names(r) else 2 * (count.start - r.end), r)  # "annual volume 12,000 pcs, monthly deliveries"
        for r in rhythms
        if 0 <= count.start - r.end <= NEAR_COUNT // 2
    ]
    return min((*behind, *before), key=lambda one: one[0], default=(0, None))[1]


def _divides(part: float, total: float) -> bool:
    return 1 < part < total and total % part == 0


def material_given(recognition: Recognition) -> bool | None:
    """Whether the customer gives the material; None where the text does not say."""
    told = recognition.of("customer_material", negated=None)
    return any(not mention.negated for mention in told) if told else None


def names_making(taxonomy: Taxonomy, codes: tuple[str, ...]) -> bool:
    """Whether one of the processes makes a part, and does not only finish one that is already made."""
    makes, finishes = (taxonomy.processes.flagged(flag) for flag in (Flag.MAKES, Flag.FINISHES))
    return any(code in makes and code not in finishes for code in codes)


# Between the weights of an ambiguous word and of a misspelt one.
SURE = 0.6


def settled(taxonomy: Taxonomy, processes: tuple[str, ...], materials: tuple[str, ...]) -> tuple[str, ...]:
    """Settle “литьё под давлением”: die casting of metals, injection moulding of plastics; the material decides."""
    if not materials:
        return processes
    metal = not taxonomy.materials.flagged(Flag.METAL).isdisjoint(materials)
    for of_metal, other in taxonomy.other_than_metal.items():
        if {of_metal, other} <= set(processes):
            wrong = other if metal else of_metal
            processes = tuple(code for code in processes if code != wrong)
    return processes


def specific(taxonomy: Taxonomy, kind: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes without those that another code narrows: "сталь" beside "40Х" says nothing more.

    A finishing process narrows nothing: "machined …, polished" still asks for the machining. Nor does one that stands
    apart: "cutting, sewing and embroidery" still asks for the sewing.
    """
    tree = taxonomy.trees()[kind]
    finishes, apart = tree.flagged(Flag.FINISHES), tree.flagged(Flag.APART)
    narrower = (code for code in codes if code not in finishes)
    above = {ancestor for code in narrower for ancestor in _narrowed(tree, code, apart)}
    return tuple(code for code in codes if code not in above)


def _narrowed(tree: Tree, code: str, apart: Container[str]) -> Iterator[str]:
    """The codes above that a code narrows: those up to the first one that stands apart."""
    for one, above in pairwise(tree.closure(code)):
        if one in apart:
            return
        yield above
