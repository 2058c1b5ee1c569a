"""Capabilities as open models describe them: work with its code and names, and what it can or must be, as ranges, values and lists.

What a supplier offers and what a need requires are described alike, so that other programs compare them property by property.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from importers.cells import plain
from matchmaker.domain.records import CapabilityRecord
from matchmaker.domain.requirements import Requirements
from search.text import Recogniser

Names = Mapping[str, str]  # by language, English always
_RUSSIAN_UNITS = {"mm": "мм", "kg": "кг", "d": "дн.", "µm": "мкм", "pcs": "шт."}


@dataclass(frozen=True, slots=True)
class DescribedProperty:
    """A property by its id, a word of letters: from `low` to `high` of a `unit` ("" for a number), or one of `values`, each its code,
    "" for words that no code stands for, and its names.
    """

    id: str
    names: Names
    unit: str = ""
    low: float | None = None
    high: float | None = None
    values: Sequence[tuple[str, Names]] = ()

    @property
    def described(self) -> Names:
        """The names with the unit."""
        units = {"ru": _RUSSIAN_UNITS.get(self.unit, self.unit)}
        return {
            language: ", ".join(filter(None, (name, units.get(language, self.unit))))
            for language, name in self.names.items()
        }

    @property
    def text(self) -> str:
        """The property as one value: "12..40", "..300" (at most), "6.." (at the finest), "200"."""
        ends = ["" if end is None else plain(end) for end in (self.low, self.high)]
        return ends[0] if ends[0] == ends[1] else "..".join(ends)


@dataclass(frozen=True, slots=True)
class DescribedCapability:
    """Work of a process (code of the taxonomy, "" for words that it does not know) with its properties."""

    process: str
    names: Names
    properties: Sequence[DescribedProperty]

    @property
    def reference(self) -> str:
        """The name of the process for programs."""
        return reference("process", self.process)


def reference(kind: str, code: str) -> str:
    """The name of a code of the taxonomy for programs."""
    return f"urn:matchmaker:{kind}:{code}"


def _named(english: str, russian: str) -> Names:
    return MappingProxyType({"en": english, "ru": russian})


# What a capability can be at most, and what it can be at the finest: key of a record → id, names, unit.
_MOST = {
    "diameter_mm": ("Diameter", _named("diameter", "диаметр"), "mm"),
    "length_mm": ("Length", _named("length", "длина"), "mm"),
    "height_mm": ("Height", _named("height", "высота"), "mm"),
    "wall_mm": ("Wall", _named("wall thickness", "толщина стенки"), "mm"),
    "sheet_thickness_mm": ("SheetThickness", _named("sheet thickness", "толщина листа"), "mm"),
    "max_mass_kg": ("Mass", _named("mass of a part", "масса детали"), "kg"),
    "hardness_hv": ("Hardness", _named("hardness", "твёрдость"), "HV"),
    "gear_module_mm": ("GearModule", _named("gear module", "модуль зубчатого колеса"), "mm"),
    "thread_mm": ("Thread", _named("thread diameter", "диаметр резьбы"), "mm"),
    "lead_time_days": ("LeadTime", _named("lead time", "срок изготовления"), "d"),
}
_FINEST = {
    "tolerance_it": (
        "ToleranceGrade",
        _named("tolerance grade IT (ISO 286)", "квалитет IT (ГОСТ 25346)"),
        "",
    ),
    "roughness_ra_um": ("RoughnessRa", _named("roughness Ra", "шероховатость Ra"), "µm"),
    "gear_grade": ("GearGrade", _named("gear accuracy grade", "степень точности зубчатого колеса"), ""),
}
_SIDES = tuple(
    (f"Envelope{number}", _named(f"side {number} of the envelope", f"сторона {number} габарита"))
    for number in (1, 2, 3)
)
_LOT = ("LotSize", _named("lot size", "размер партии"), "pcs")
_MATERIALS = ("Materials", _named("materials", "материалы"))
_OF_NEEDS = {
    "max_mass_kg": "mass_kg",
    "sheet_thickness_mm": "thickness_mm",
}  # the same in the words of a need


class CapabilityDescriber:
    """Describes capabilities by the taxonomy of a recogniser, which also knows what words of profiles stand for."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser, self._taxonomy = recogniser, recogniser.taxonomy

    def offered(self, capabilities: Sequence[CapabilityRecord]) -> list[DescribedCapability]:
        """What a supplier can do: sizes at most, accuracy at the finest."""
        return [
            DescribedCapability(*self._term("process", one.process), tuple(self._offered(one)))
            for one in capabilities
        ]

    def _offered(self, one: CapabilityRecord) -> Iterator[DescribedProperty]:
        for (key, names), side in zip(_SIDES, _sides(one.envelope_mm), strict=False):
            yield DescribedProperty(key, names, "mm", high=side)
        for name, (key, names, unit) in _MOST.items():
            most = getattr(one, name)
            if most is not None:
                yield DescribedProperty(key, names, unit, high=most)
        for name, (key, names, unit) in _FINEST.items():
            finest = getattr(one, name)
            if finest is not None:
                yield DescribedProperty(key, names, unit, low=finest)
        if one.lot is not None:
            yield DescribedProperty(*_LOT, one.lot.min, one.lot.max)
        yield from self._materials(one.materials)

    def required(self, asked: Requirements) -> list[DescribedCapability]:
        """What a part requires of who makes it: each operation with the sizes and the accuracy of the part."""
        properties = tuple(self._required(asked))
        return [DescribedCapability(*self._term("process", one), properties) for one in asked.processes]

    def _required(self, asked: Requirements) -> Iterator[DescribedProperty]:
        for (key, names), side in zip(_SIDES, _sides(asked.envelope_mm), strict=False):
            yield DescribedProperty(key, names, "mm", side, side)
        for name, (key, names, unit) in (_MOST | _FINEST).items():
            value = getattr(asked, _OF_NEEDS.get(name, name))
            if value is not None:
                yield DescribedProperty(key, names, unit, value, value)
        if asked.quantity is not None:
            yield DescribedProperty(*_LOT, asked.quantity, asked.quantity)
        yield from self._materials(asked.materials)

    def _materials(self, materials: Sequence[str]) -> Iterator[DescribedProperty]:
        if materials:
            key, names = _MATERIALS
            told = dict.fromkeys(materials)
            yield DescribedProperty(key, names, values=[self._term("material", one) for one in told])

    def _term(self, kind: str, term: str) -> tuple[str, Names]:
        """The code and the names of a term; words that stand for no code, or for several, are their own name, with the code ""."""
        tree = self._taxonomy.trees()[kind]
        codes = (term,) if term in tree else self._recogniser.codes(kind, term)
        if len(codes) != 1:
            return "", {"en": term}
        label = tree[codes[0]].label
        return codes[0], {language: label.text(language) for language in ("en", "ru")}


def _sides(box: Sequence[float] | None) -> list[float]:
    return sorted(box or (), reverse=True)
