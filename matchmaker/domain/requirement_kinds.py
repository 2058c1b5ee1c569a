"""The kinds of requirements: the one table that the reader, filters, features, words, forms and pages use.

A kind with one number on each side needs its row here, a key in the records, a reading of texts and a
feature. A kind with its own comparison has a judge in `search.filters.judges` and an explainer in
`search.ranking.explain`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from matchmaker.domain import hardness
from matchmaker.domain.language import N_


class Strictness(StrEnum):
    """The effect of a requirement on suppliers.

    WISH only moves the rank. LENIENT removes a supplier that is known to fail; a supplier that did not say
    passes. STRICT removes a supplier that did not say, too.
    """

    WISH = "wish"
    LENIENT = "lenient"
    STRICT = "strict"


class Comparison(StrEnum):
    """The comparison of the declared value with the required one.

    AT_LEAST: the number reaches it (a size). AT_MOST: the number is not above it (a roughness). ONE_OF: one
    of the codes is declared. ALL_OF: all of them are. YES: the supplier says yes. OWN: compared by a judge of
    its own.
    """

    AT_LEAST = "at-least"
    AT_MOST = "at-most"
    ONE_OF = "one-of"
    ALL_OF = "all-of"
    YES = "yes"
    OWN = "own"


class RequirementSubject(StrEnum):
    """The subject of a requirement.

    WORK: the operations. PART: the part, judged on the capabilities that answer the operations. HOURS: free
    machine-hours. SUPPLIER: the firm as a whole.
    """

    WORK = "work"
    PART = "part"
    HOURS = "hours"
    SUPPLIER = "supplier"


# The number that people use for a stored one, and the wording of it with its unit.
Told = Callable[[float], tuple[float, str]]


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """The way in which a value is typed into a form: NUMBER, TERMS, SIDES, COUNTS, DAY, YES_NO or WORDS, a number
    with a unit that `told` knows, or one of `choices`, the values with their words.
    """

    hint: str = ""
    told: Told | None = None

    choices: tuple[tuple[str, str], ...] = ()
    day: bool = False


NUMBER, WORDS, DAY = Typed(), Typed(), Typed(day=True)
TERMS = Typed(N_("Separate with semicolons"))
SIDES = Typed(N_("For example 420×80×12"))
COUNTS = Typed(N_("For example 10; 50; 100"))
YES_NO = Typed(choices=(("", N_("not stated")), ("true", N_("yes")), ("false", N_("no"))))


class Several(StrEnum):
    """The choice among several numbers in the text of a need."""

    FIRST = "first"
    MOST = "most"
    LEAST = "least"


@dataclass(frozen=True, slots=True)
class NeedField:
    """A field of the need's form; `name` is the key of the need's record where the record holds only the
    value.

    `asked` is the attribute of Requirements with the same value, "" where there is none; `unit` is the unit
    in which a person types the value, `label` the words beside the field in the form of the whole need.
    """

    name: str
    typed: Typed = NUMBER
    asked: str = ""
    unit: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class CapabilityField:
    """A field of a capability's form: `path` in the capability's record, and the attribute of CapabilityFacts."""

    path: str
    facts: str
    label: str
    typed: Typed = NUMBER


# The milder numbers to try in turn, from the required number.
Milder = Callable[[float], Iterable[float]]


def scaled(*factors: float) -> Milder:
    return lambda number: (number * factor for factor in factors)


def raised(*steps: int) -> Milder:
    return lambda number: (number + step for step in steps)


def next_of(series: Iterable[float]) -> Milder:
    """The next number of a preferred series."""
    return lambda number: [step for step in series if step > number * 1.01][:1]


def previous_of(series: Iterable[float]) -> Milder:
    """The previous number of a preferred series."""
    return lambda number: [step for step in series if step < number * 0.99][-1:]


def halved(number: float) -> Iterable[float]:
    return (number / 2,)


def halved_pieces(number: float) -> Iterable[float]:
    """Half of the pieces: two suppliers, or two orders."""
    return (ceil(number / 2),) if number > 1 else ()


# A size that a drawing could give up, a wider circle, a longer wait.
_SMALLER, _WIDER, _LATER_DAYS = scaled(0.9, 0.75), scaled(1.5, 2.0), raised(14, 28)
_THREAD = Typed(
    N_("As the drawing has it, for example M16×1.5-6g"), lambda diameter: (diameter, "M%(value)s")
)
_TOOLING = Typed(
    choices=(("", N_("not stated")), ("customer", N_("the customer's")), ("supplier", N_("the supplier's")))
)
# Hardness is compared as Vickers numbers and told on the scale that people use.
_HARDNESS = Typed(N_("For example 58 HRC or 220 HB"), hardness.told)
# The first series of modules (ISO 54 / GOST 9563) and of coarse metric threads (ISO 261).
_MODULES = (0.5, 0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25, 32, 40, 50)
_THREADS = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 30, 36, 42, 48, 56, 64, 72, 80, 90, 100)
# The preferred series of roughness, Ra in µm (ISO 4287 / GOST 2789-73): the next step is the next relaxation.
ROUGHNESS_STEPS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.3, 12.5, 25.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequirementKind:
    """One kind of requirement.

    `asked` is the attribute of Requirements with the value, `beside` are further ones that its judge reads.
    `unit` is the wording of a value with its unit; `whole` numbers have no fraction, `rounded` ones are shown
    without it; `alone` means that the unit does not show the kind of measure. `brief` is the wording in a
    line of a profile, "" where it is left out. `tree` is the kind of concepts of the taxonomy that the codes
    are of.

    `fields` are the need's and `declared` the capability's; `on_machines` means that machines state it as
    well. `side` is the side of the largest part that stands for the number where the supplier states no
    other. `mentions` are the kinds of pieces of a text with the value, `several` chooses among their numbers.
    `drawing` says whether a drawing's words are sure of it; None: they are not read.

    `offered` is the attribute of SearchDocument with the answer of the supplier as a whole.

    `group` is that of its feature. `strictness` is its effect unless a person chooses another; `milder` are
    the steps by which it may be relaxed before it is left out.
    """

    name: str
    label: str
    asked: str
    group: str = ""
    subject: RequirementSubject = RequirementSubject.SUPPLIER
    comparison: Comparison = Comparison.OWN
    beside: tuple[str, ...] = ()
    tree: str = ""
    unit: str = ""
    whole: bool = False
    rounded: bool = False
    alone: bool = False
    brief: str = ""
    fields: tuple[NeedField, ...] = ()
    declared: tuple[CapabilityField, ...] = ()
    on_machines: bool = False
    side: int | None = None
    offered: str = ""
    mentions: tuple[str, ...] = ()
    several: Several = Several.FIRST
    drawing: bool | None = None
    strictness: Strictness = Strictness.WISH
    milder: Milder | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """The attributes of Requirements that the kind's judge reads."""
        return (self.asked, *self.beside)

    @property
    def is_number(self) -> bool:
        """Whether one declared number is compared with one required number."""
        return self.comparison in {Comparison.AT_LEAST, Comparison.AT_MOST}

    def said(self, value: float) -> tuple[float, str]:
        """The number that people use for a value, and the wording of it with its unit."""
        told = self.declared[0].typed.told if self.declared else None
        return told(value) if told else (value, self.unit)

    @property
    def facts(self) -> str:
        """The attribute of CapabilityFacts with the declared number."""
        return self.declared[0].facts


MOST_DEMANDS = 12  # for certificates, of a need
# The fields of each demand in the need's form: the standards, the least level, must or wish.
DEMAND_FIELDS = tuple(
    tuple(name if row == 1 else f"{name}_{row}" for name in ("standard", "level", "strength"))
    for row in range(1, MOST_DEMANDS + 1)
)

# In the order in which pages show them. A certificate, a distance and a region are conditions that a buyer states as such; a
# part that does not fit the machine cannot be made. The rest is weighed: a shop that declares IT7 may well hold IT6, and a
# buyer wants to see it marked as nearly met rather than not at all.
_KINDS = (
    RequirementKind(
        name="certification",
        label=N_("Certification"),
        asked="certification",
        beside=("on",),
        group="certification",
        fields=tuple(NeedField(name, WORDS) for row in DEMAND_FIELDS for name in row),
        mentions=("standard",),
        strictness=Strictness.STRICT,
    ),
    RequirementKind(
        name="processes",
        label=N_("Process"),
        asked="processes",
        beside=("any_process",),
        group="process",
        subject=RequirementSubject.WORK,
        tree="process",
        fields=(NeedField("processes", TERMS, "processes"),),
        mentions=("process",),
        drawing=False,
    ),
    RequirementKind(
        name="materials",
        label=N_("Material"),
        asked="materials",
        group="material",
        subject=RequirementSubject.PART,
        tree="material",
        fields=(NeedField("materials", TERMS, "materials"),),
        declared=(CapabilityField("materials", "materials", N_("Materials"), TERMS),),
        mentions=("material",),
        drawing=True,
    ),
    RequirementKind(
        name="envelope",
        label=N_("Overall size"),
        asked="envelope_mm",
        group="size",
        subject=RequirementSubject.PART,
        unit=N_("%(value)s mm"),
        brief=N_("%(value)s mm"),
        fields=(NeedField("envelope_mm", SIDES, "envelope_mm", N_("mm"), N_("Overall size, mm")),),
        declared=(CapabilityField("envelope_mm", "envelope_mm", N_("Largest part, mm"), SIDES),),
        on_machines=True,
        mentions=("envelope",),
        drawing=False,
        strictness=Strictness.LENIENT,
        milder=_SMALLER,
    ),
    RequirementKind(
        name="diameter",
        label=N_("Diameter"),
        asked="diameter_mm",
        group="size",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_LEAST,
        unit=N_("ø%(value)s mm"),
        brief="ø%(value)s",
        fields=(NeedField("diameter_mm", asked="diameter_mm", unit=N_("mm"), label=N_("Diameter, mm")),),
        declared=(CapabilityField("diameter_mm", "diameter_mm", N_("Diameter up to, mm")),),
        on_machines=True,
        side=1,
        mentions=("diameter",),
        several=Several.MOST,
        drawing=False,
        strictness=Strictness.LENIENT,
        milder=_SMALLER,
    ),
    RequirementKind(
        name="length",
        label=N_("Length"),
        asked="length_mm",
        group="size",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_LEAST,
        unit=N_("%(value)s mm"),
        alone=True,
        brief="L %(value)s",
        fields=(NeedField("length_mm", asked="length_mm", unit=N_("mm"), label=N_("Length, mm")),),
        declared=(CapabilityField("length_mm", "length_mm", N_("Length up to, mm")),),
        on_machines=True,
        side=0,
        mentions=("length",),
        several=Several.MOST,
        strictness=Strictness.LENIENT,
        milder=_SMALLER,
    ),
    RequirementKind(
        name="thickness",
        label=N_("Sheet thickness"),
        asked="thickness_mm",
        group="size",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_LEAST,
        unit=N_("%(value)s mm"),
        alone=True,
        fields=(
            NeedField("thickness_mm", asked="thickness_mm", unit=N_("mm"), label=N_("Sheet thickness, mm")),
        ),
        declared=(CapabilityField("sheet_thickness_mm", "thickness_mm", N_("Sheet up to, mm")),),
        mentions=("thickness",),
        several=Several.MOST,
        strictness=Strictness.LENIENT,
        milder=_SMALLER,
    ),
    RequirementKind(
        name="height",
        label=N_("Height"),
        asked="height_mm",
        group="size",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_LEAST,
        unit=N_("%(value)s mm"),
        alone=True,
        fields=(NeedField("height_mm", asked="height_mm", unit=N_("mm"), label=N_("Height, mm")),),
        declared=(CapabilityField("height_mm", "height_mm", N_("Height up to, mm")),),
        side=0,
        mentions=("height",),
        several=Several.MOST,
        strictness=Strictness.LENIENT,
        milder=_SMALLER,
    ),
    RequirementKind(
        name="wall",
        label=N_("Wall"),
        asked="wall_mm",
        group="size",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_MOST,
        unit=N_("%(value)s mm"),
        alone=True,
        fields=(NeedField("wall_mm", asked="wall_mm", unit=N_("mm"), label=N_("Thinnest wall, mm")),),
        declared=(CapabilityField("wall_mm", "wall_mm", N_("Thinnest wall, mm")),),
        mentions=("wall",),
        several=Several.LEAST,
        milder=scaled(1.25, 1.5),
    ),
    RequirementKind(
        name="mass",
        label=N_("Mass"),
        asked="mass_kg",
        group="size",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_LEAST,
        unit=N_("%(value)s kg"),
        alone=True,
        brief=N_("%(value)s kg"),
        fields=(NeedField("mass_kg", asked="mass_kg", unit=N_("kg"), label=N_("Mass, kg")),),
        declared=(CapabilityField("max_mass_kg", "mass_kg", N_("Mass up to, kg")),),
        on_machines=True,
        mentions=("mass",),
        strictness=Strictness.LENIENT,
        milder=_SMALLER,
    ),
    RequirementKind(
        name="tolerance",
        label=N_("Accuracy"),
        asked="tolerance_it",
        group="precision",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_MOST,
        unit=N_("IT%(value)s"),
        whole=True,
        brief=N_("IT%(value)s"),
        fields=(
            NeedField(
                "tolerance_it", asked="tolerance_it", unit=N_("IT grade"), label=N_("Accuracy, IT grade")
            ),
        ),
        declared=(CapabilityField("tolerance_it", "tolerance_it", N_("Accuracy, IT grade")),),
        on_machines=True,
        mentions=("tolerance",),
        several=Several.LEAST,
        drawing=True,
        milder=raised(1),
    ),
    RequirementKind(
        name="roughness",
        label=N_("Roughness"),
        asked="roughness_ra_um",
        group="precision",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_MOST,
        unit=N_("Ra %(value)s"),
        brief=N_("Ra %(value)s"),
        fields=(
            NeedField(
                "roughness_ra_um",
                asked="roughness_ra_um",
                unit=N_("Ra, µm"),
                label=N_("Roughness Ra, µm"),
            ),
        ),
        declared=(CapabilityField("roughness_ra_um", "roughness_ra_um", N_("Roughness Ra, µm")),),
        mentions=("roughness",),
        several=Several.LEAST,
        drawing=True,
        milder=next_of(ROUGHNESS_STEPS),
    ),
    RequirementKind(
        name="hardness",
        label=N_("Hardness"),
        asked="hardness_hv",
        group="precision",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_LEAST,
        unit=N_("%(value)s HV"),
        brief="%(value)s",
        fields=(
            NeedField("hardness", _HARDNESS, "hardness_hv", unit=N_("HRC, HB or HV"), label=N_("Hardness")),
        ),
        declared=(CapabilityField("hardness_hv", "hardness_hv", N_("Hardness up to"), _HARDNESS),),
        mentions=("hardness",),
        several=Several.MOST,
        drawing=True,
        milder=_SMALLER,
    ),
    RequirementKind(
        name="gear_module",
        label=N_("Module of gears"),
        asked="gear_module_mm",
        group="size",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_LEAST,
        unit=N_("m %(value)s"),
        brief=N_("m %(value)s"),
        fields=(
            NeedField(
                "gear_module_mm", asked="gear_module_mm", unit=N_("mm"), label=N_("Module of gears, mm")
            ),
        ),
        declared=(CapabilityField("gear_module_mm", "gear_module_mm", N_("Module of gears up to, mm")),),
        mentions=("module",),
        several=Several.MOST,
        milder=previous_of(_MODULES),
    ),
    RequirementKind(
        name="gear_grade",
        label=N_("Grade of gears"),
        asked="gear_grade",
        group="precision",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_MOST,
        unit=N_("grade %(value)s"),
        whole=True,
        fields=(
            NeedField("gear_grade", asked="gear_grade", unit=N_("ISO 1328"), label=N_("Grade of gears")),
        ),
        declared=(CapabilityField("gear_grade", "gear_grade", N_("Grade of gears")),),
        mentions=("gear_grade",),
        several=Several.LEAST,
        milder=raised(1),
    ),
    RequirementKind(
        name="thread",
        label=N_("Thread"),
        asked="thread_mm",
        group="size",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_LEAST,
        unit="M%(value)s",
        brief="M%(value)s",
        fields=(NeedField("thread", _THREAD, "thread_mm", label=N_("Thread")),),
        declared=(CapabilityField("thread_mm", "thread_mm", N_("Threads up to M")),),
        milder=previous_of(_THREADS),
    ),
    RequirementKind(
        name="lot",
        label=N_("Lot"),
        asked="quantity",
        group="lot",
        subject=RequirementSubject.PART,
        unit=N_("%(value)s pcs"),
        alone=True,
        fields=(
            NeedField("quantity", asked="quantity", unit=N_("pcs a lot")),
            NeedField("lots_per_year", asked="lots_per_year", unit=N_("lots a year")),
        ),
        declared=(
            CapabilityField("lot.min", "lot_min", N_("Lot from, pieces")),
            CapabilityField("lot.max", "lot_max", N_("Lot up to, pieces")),
        ),
        mentions=("quantity", "rhythm"),
        milder=halved_pieces,
    ),
    RequirementKind(
        name="lead_time",
        label=N_("Lead time"),
        asked="lead_time_days",
        group="lot",
        subject=RequirementSubject.PART,
        comparison=Comparison.AT_MOST,
        unit=N_("%(value)s days"),
        whole=True,
        fields=(NeedField("deliver_by", WORDS, "deliver_by"),),
        declared=(CapabilityField("lead_time_days", "lead_time_days", N_("Usual lead time, days")),),
        mentions=("deadline",),
        milder=_LATER_DAYS,
    ),
    RequirementKind(
        name="capacity",
        label=N_("Spare capacity"),
        asked="spare_hours",
        beside=("months",),
        group="capacity",
        subject=RequirementSubject.HOURS,
        unit=N_("%(value)s h a month"),
        rounded=True,
        fields=(NeedField("spare_hours", asked="spare_hours", unit=N_("h a month")),),
        mentions=("hours",),
        milder=halved,
    ),
    RequirementKind(
        name="customer_material",
        label=N_("Customer's material"),
        asked="customer_material",
        group="terms",
        comparison=Comparison.YES,
        fields=(
            NeedField(
                "customer_supplied_material",
                YES_NO,
                "customer_material",
                label=N_("The customer supplies the material"),
            ),
        ),
        offered="takes_customer_material",
        mentions=("customer_material",),
        strictness=Strictness.LENIENT,
    ),
    RequirementKind(
        name="supplier_tooling",
        label=N_("Tooling by the supplier"),
        asked="supplier_tooling",
        group="terms",
        comparison=Comparison.YES,
        fields=(NeedField("tooling_by", _TOOLING, label=N_("Tooling")),),
        offered="own_tooling",
        mentions=("supplier_tooling",),
    ),
    RequirementKind(
        name="quality_papers",
        label=N_("Quality papers"),
        asked="quality_papers",
        group="terms",
        comparison=Comparison.ALL_OF,
        tree="quality_paper",
        fields=(NeedField("quality_papers", TERMS, "quality_papers", label=N_("Quality papers")),),
        offered="quality_papers",
        mentions=("quality_paper",),
    ),
    RequirementKind(
        name="region",
        label=N_("Region"),
        asked="regions",
        group="place",
        comparison=Comparison.ONE_OF,
        tree="region",
        fields=(NeedField("region", WORDS),),
        mentions=("region", "district", "country"),
        strictness=Strictness.LENIENT,
    ),
    RequirementKind(
        name="distance",
        label=N_("Distance"),
        asked="max_distance_km",
        beside=("location",),
        group="place",
        unit=N_("%(value)s km"),
        rounded=True,
        alone=True,
        fields=(
            NeedField("city", WORDS, unit=N_("town of delivery")),
            NeedField("max_distance_km", asked="max_distance_km", unit=N_("km at most")),
        ),
        mentions=("town", "distance"),
        strictness=Strictness.LENIENT,
        milder=_WIDER,
    ),
    RequirementKind(
        name="languages",
        label=N_("Language"),
        asked="languages",
        group="language",
        comparison=Comparison.ONE_OF,
        fields=(NeedField("languages", TERMS, unit=N_("codes: ru; en")),),
    ),
    RequirementKind(
        name="sectors",
        label=N_("Sector"),
        asked="sectors",
        group="sector",
        comparison=Comparison.ONE_OF,
        tree="sector",
        fields=(NeedField("sectors", TERMS, "sectors"),),
        mentions=("sector",),
    ),
    RequirementKind(
        name="reach",
        label=N_("Centre"),
        asked="centres",
        comparison=Comparison.ONE_OF,
        strictness=Strictness.STRICT,
    ),
)
REQUIREMENT_KINDS: Mapping[str, RequirementKind] = {kind.name: kind for kind in _KINDS}
# The kinds that are judged on capabilities, and those of them that compare one number with one.
OF_PARTS = tuple(kind for kind in _KINDS if kind.subject is RequirementSubject.PART)
NUMBERS_OF_PARTS = tuple(kind for kind in OF_PARTS if kind.is_number)
# The numbers of a part that a text states as numbers; it states the time of production as a day.
MEASURED = tuple(kind for kind in NUMBERS_OF_PARTS if kind.mentions and kind.fields[0].typed is not WORDS)
# Those of them that the machines state as well.
MEASURED_ON_MACHINES = tuple(kind for kind in MEASURED if kind.on_machines)
