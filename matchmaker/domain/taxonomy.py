"""The taxonomy: the processes, materials, standards, machines, sectors and places, and the relations between
them.

Built from plain mappings (the parsed files of config/taxonomy) without input or output;
`matchmaker.resources` reads the files. All relations asked for at run time are computed once, on construction
or on first use.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from matchmaker.domain.language import Label
from matchmaker.domain.machine_catalogue import MachineModel, models_of
from matchmaker.domain.taxonomy_keys import COMMON_KEYS, FLAGS, Flag, flags_of

# The shares of a required concept that an offered one covers; see `fit`. Order matters, the steps are a judgement:
# a shop that names only the parent ("milling") probably does the child ("5-axis milling") but did not say so.
FIT_EXACT = 1.0
FIT_BROADER = 0.7
FIT_NEAR = 0.4
FIT_SIBLING = 0.3


@dataclass(frozen=True, slots=True)
class Concept:
    """A node of a tree: a process, a material or grade, an equipment type, a sector, a standard, a region.

    `names` are all spellings by language ("ru", "en", or "" for designations such as "12Х18Н10Т"), label
    first. `ambiguous` are the names that may also mean another concept. `flags` are the entry's own;
    `Tree.flagged` gives those inherited from above too.
    """

    kind: str
    code: str
    label: Label
    parent: str | None = None
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()
    near: tuple[str, ...] = ()
    flags: frozenset[Flag] = frozenset()
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Town:
    """A town: label, code of its region (or country), degrees north and east, inhabitants where known.

    The name of a `lesser` one counts only where the words around it show that a place is meant.
    """

    label: Label
    region: str
    latitude: float
    longitude: float
    population: int = 0
    lesser: bool = False


class Tree:
    """Concepts of one kind, by code, with their ancestry."""

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self.by_code: dict[str, Concept] = {concept.code: concept for concept in concepts}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._children: dict[str, list[str]] = {}
        self._flagged: dict[Flag, frozenset[str]] = {}
        for concept in self.by_code.values():
            if concept.parent:
                self._children.setdefault(concept.parent, []).append(concept.code)

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def __getitem__(self, code: str) -> Concept:
        return self.by_code[code]

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.by_code.values())

    def __len__(self) -> int:
        return len(self.by_code)

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Codes from the parent up to the root."""
        if code not in self._ancestors:
            parent = self.by_code[code].parent
            self._ancestors[code] = (parent, *self.ancestors(parent)) if parent else ()
        return self._ancestors[code]

    def closure(self, code: str) -> tuple[str, ...]:
        """The code itself and its ancestors: every code that a search may ask for to find a document with
        `code`.
        """
        return (code, *self.ancestors(code))

    def children(self, code: str) -> tuple[str, ...]:
        return tuple(self._children.get(code, ()))

    def flagged(self, flag: Flag) -> frozenset[str]:
        """The codes of the concepts that have a flag, also from above where the flag holds for all below."""
        if flag not in self._flagged:
            own = {concept.code for concept in self if flag in concept.flags}
            self._flagged[flag] = frozenset(
                code
                for code in self.by_code
                if code in own or (FLAGS[flag].below and not own.isdisjoint(self.ancestors(code)))
            )
        return self._flagged[flag]

    def references(self, key: str) -> dict[str, str]:
        """The values of a key that names one other concept, by the codes of the concepts that have the key."""
        return {concept.code: str(concept.extra[key]) for concept in self if key in concept.extra}

    def mappings(self, key: str) -> dict[str, Mapping[str, str]]:
        """The values of a key that leads codes to codes, by the codes of the concepts that have the key."""
        return {concept.code: concept.extra[key] for concept in self if key in concept.extra}

    def fit(self, required: str, offered: str) -> float:
        """The share to which `offered` covers `required`, 0 to 1: same or narrower 1.0, broader 0.7 (one
        level up; 0.5 for two), a declared near miss 0.4, a sibling under a parent that is itself below a root
        0.3.
        """
        if required == offered or required in self.ancestors(offered):
            return FIT_EXACT
        above = self.ancestors(required)
        if offered in above:
            steps = above.index(offered)
            is_root = self.by_code[offered].parent is None
            return 0.2 if is_root else max(FIT_BROADER - 0.2 * steps, 0.2)
        if offered in self.by_code[required].near or required in self.by_code[offered].near:
            return FIT_NEAR
        parent = self.by_code[required].parent
        if parent and parent in self.ancestors(offered) and self.by_code[parent].parent:
            return FIT_SIBLING
        return 0.0


@dataclass(frozen=True)
class Taxonomy:
    """All of config/taxonomy, frozen. Trees are by kind, places are a list; `version` names the state of the
    files.
    """

    processes: Tree
    materials: Tree
    standards: Tree
    families: Tree
    equipment: Tree
    sectors: Tree
    quality_papers: Tree
    regions: Tree
    districts: Tree
    countries: Tree
    reasons: Tree
    places: tuple[Town, ...]
    machines: tuple[MachineModel, ...] = ()
    units: tuple[Mapping[str, Any], ...] = ()
    statuses: Mapping[str, tuple[Concept, ...]] = field(default_factory=dict)
    version: str = ""

    def trees(self) -> dict[str, Tree]:
        """The trees whose concepts are recognised in text, by kind."""
        return {
            "process": self.processes,
            "material": self.materials,
            "standard": self.standards,
            "equipment": self.equipment,
            "sector": self.sectors,
            "quality_paper": self.quality_papers,
            "region": self.regions,
            "district": self.districts,
            "country": self.countries,
        }

    def all_trees(self) -> dict[str, Tree]:
        """The trees of `trees` and the trees whose concepts no text names."""
        return {**self.trees(), "family": self.families, "reason": self.reasons}

    @cached_property
    def of_section(self) -> Mapping[str, str]:
        """The processes of sheet, each with the process that replaces it where the part is a section of bar
        or tube.
        """
        return self.processes.references("of_section")

    @cached_property
    def other_than_metal(self) -> Mapping[str, str]:
        """Processes of metals with the process that the same words name for other materials."""
        return self.processes.references("other_than_metal")

    @cached_property
    def of_material(self) -> Mapping[str, Mapping[str, str]]:
        """Processes with the process that the same word names where the part is of a material: "закалка" of glass."""
        return self.processes.mappings("of_material")

    @cached_property
    def of_trade(self) -> Mapping[str, Mapping[str, str]]:
        """Processes with the process that the same word names beside work of another trade: "вырубка" of a printer."""
        return self.processes.mappings("of_trade")

    @cached_property
    def machine_marks(self) -> Mapping[str, str]:
        """Types of machines by the digits with which the marks of their models begin."""
        return {mark: machine.code for machine in self.equipment for mark in machine.extra.get("marks", ())}

    @cached_property
    def activity_classes(self) -> tuple[str, ...]:
        """The classes of ОКВЭД 2 that are kinds of work."""
        return tuple(sorted({str(one) for entry in self.processes for one in entry.extra.get("okved", ())}))

    @cached_property
    def with_cnc(self) -> Mapping[str, str]:
        """The types of machines, each with the type that is meant where the machine has a numerical control."""
        return self.equipment.references("with_cnc")

    @cached_property
    def lettered_regions(self) -> Mapping[str, str]:
        """The regions of countries that write them by letters after a town, by these letters: "Dayton, OH"."""
        countries = self.countries.flagged(Flag.LETTERED)
        codes = (region.code for region in self.regions if region.extra.get("country") in countries)
        return {code.partition("-")[2]: code for code in codes}

    def lies_in(self, place: str, within: str) -> bool:
        """Whether a region or country is another one, or a region of that country."""
        if place == within:
            return True
        return place in self.regions and self.regions[place].extra.get("country") == within

    @cached_property
    def given_reasons(self) -> Mapping[str, str]:
        """Codes of the reasons that the product gives where nobody chose one, by the occasion."""
        return {when: reason for reason, when in self.reasons.references("given_for").items()}

    @cached_property
    def bare_standards(self) -> Mapping[str, str]:
        """The codes of standards by the spellings that count only where a standard is expected."""
        return {
            name.casefold(): concept.code
            for concept in self.standards
            for name in concept.extra.get("bare", ())
        }

    @cached_property
    def bare_papers(self) -> Mapping[str, str]:
        """The quality papers by the figures that name them where a paper is expected: "3.1"."""
        return {
            str(figures).casefold(): paper.code
            for paper in self.quality_papers
            for figures in paper.extra.get("bare", ())
        }

    @cached_property
    def demanded_standards(self) -> frozenset[str]:
        """The codes of the standards that a need demands by naming them, without a word such as "must"."""
        families = self.families.flagged(Flag.DEMANDED)
        return frozenset(code for family in families for code in self.standards_satisfying(family))

    @property
    def most_asked_standard(self) -> str:
        """The code of the standard that stands for certification where the need names none."""
        return next(iter(self.standards.flagged(Flag.MOST_ASKED)))

    @cached_property
    def _satisfied_by(self) -> dict[str, frozenset[str]]:
        accepted: dict[str, set[str]] = {}
        for concept in self.standards.by_code.values():
            for code in self._implied(concept.code):
                accepted.setdefault(code, set()).add(concept.code)
            family = concept.extra.get("family")
            if family:
                accepted.setdefault(family, set()).add(concept.code)
        return {code: frozenset(codes) for code, codes in accepted.items()}

    def _implied(self, code: str) -> set[str]:
        found = {code}
        stack = [code]
        while stack:
            for implied in self.standards[stack.pop()].extra.get("implies", ()):
                if implied not in found:
                    found.add(implied)
                    stack.append(implied)
        return found

    def standards_satisfying(self, demanded: str) -> frozenset[str]:
        """Codes of the standards whose certificate answers a demand for `demanded`, a standard or a family."""
        return self._satisfied_by.get(demanded, frozenset())

    @cached_property
    def _answers(self) -> dict[str, tuple[str, ...]]:
        answered: dict[str, list[str]] = {}
        for demanded, codes in sorted(self._satisfied_by.items()):
            for code in codes:
                answered.setdefault(code, []).append(demanded)
        return {code: tuple(demanded) for code, demanded in answered.items()}

    def standards_answered(self, held: str | None) -> tuple[str, ...]:
        """The codes of the standards and families that a certificate for `held` answers: the reverse of
        `standards_satisfying`.
        """
        return self._answers.get(held or "", ())

    def withdrawn(self, standard: str, edition: str | None) -> date | None:
        """The day from which certificates for an edition of a standard no longer count; None where they do."""
        days = self.standards[standard].extra.get("withdrawn")
        found = days.get(edition) if isinstance(days, Mapping) else days
        return found if isinstance(found, date) else None

    def withdrawn_by(self, day: date) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
        """The standards that no longer count on a day, and those editions of others, each with its standard."""
        whole, editions = set(), set()
        for standard in self.standards:
            days = standard.extra.get("withdrawn")
            if isinstance(days, Mapping):
                editions |= {(standard.code, str(one)) for one, end in days.items() if end <= day}
            elif isinstance(days, date) and days <= day:
                whole.add(standard.code)
        return frozenset(whole), frozenset(editions)

    def density(self, material: str) -> float | None:
        """The density of a material in kg/m³, its own or the nearest family's; None where the taxonomy does
        not say.
        """
        if material not in self.materials:
            return None
        lineage = (material, *self.materials.ancestors(material))
        stated = (self.materials[code].extra.get("density") for code in lineage)
        return next((float(one) for one in stated if one), None)

    def town(self, name: str, region: str, language: str) -> str:
        """A town's name in a language where the taxonomy knows the town, else as written; `region` is its code or ""."""
        label = self._town_labels.get((name, region)) or self._town_labels.get((name, ""))
        return label.text(language) if label else name

    @cached_property
    def _town_labels(self) -> Mapping[tuple[str, str], Label]:
        """Labels of towns by name in either language and region; the largest of a name also without the region."""
        found: dict[tuple[str, str], Label] = {}
        for item in sorted(self.places, key=lambda one: -one.population):
            for name in (item.label.ru, item.label.en):
                found.setdefault((name, item.region), item.label)
                found.setdefault((name, ""), item.label)
        return found

    def label(self, kind: str, code: str, language: str) -> str:
        """The label of a concept, or the code itself where the taxonomy does not know it."""
        tree = self.reasons if kind == "reason" else self.trees()[kind]
        return tree[code].label.text(language) if code in tree else code


def _names(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    synonyms = entry.get("synonyms") or {}
    names = {
        language: (entry[language], *(str(word) for word in synonyms.get(language) or ()))
        for language in ("ru", "en")
    }
    designations = entry.get("designations") or {}
    groups: Iterable[Sequence[object]] = (
        designations.values() if isinstance(designations, Mapping) else (designations,)
    )
    spelled = tuple(str(word) for group in groups for word in group or ())
    return {**names, "": spelled} if spelled else names


def concept(kind: str, entry: Mapping[str, Any]) -> Concept:
    """One entry of a file as a concept; keys that are neither flags nor common keys go to `extra`."""
    flags = flags_of(kind, entry)
    extra = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return Concept(
        kind=kind,
        code=entry["code"],
        label=Label(entry["ru"], entry["en"]),
        parent=entry.get("parent"),
        names=_names(entry),
        ambiguous=frozenset(str(word) for word in entry.get("ambiguous") or ()),
        near=tuple(entry.get("near") or ()),
        flags=flags,
        extra={key: value for key, value in extra.items() if key not in COMMON_KEYS | flags}
        | ({"designations": entry["designations"]} if "designations" in entry else {}),
    )


def _tree(kind: str, files: Mapping[str, Any], name: str, section: str = "") -> Tree:
    return Tree(concept(kind, entry) for entry in files[name][section or name])


def build(
    files: Mapping[str, Any],
    towns: Iterable[Mapping[str, str]],
    machines: Iterable[Mapping[str, str]] = (),
    version: str = "",
) -> Taxonomy:
    """Build the taxonomy from the parsed YAML files by name and the rows of its tables."""
    places = [
        Town(
            Label(row["ru"], row["en"]),
            row["region"],
            float(row["latitude"]),
            float(row["longitude"]),
            int(row["population"] or 0),
            lesser="lesser" in row,
        )
        for row in towns
    ]
    statuses = {
        family: tuple(concept("status", entry) for entry in entries)
        for family, entries in files["statuses"]["statuses"].items()
    }
    return Taxonomy(
        processes=_tree("process", files, "processes"),
        materials=_tree("material", files, "materials"),
        standards=_tree("standard", files, "standards"),
        families=_tree("family", files, "standards", "families"),
        equipment=_tree("equipment", files, "equipment"),
        sectors=_tree("sector", files, "sectors"),
        quality_papers=_tree("quality_paper", files, "quality_papers"),
        regions=_tree("region", files, "regions"),
        districts=_tree("district", files, "districts"),
        countries=_tree("country", files, "countries"),
        reasons=_tree("reason", files, "reasons"),
        places=tuple(places),
        machines=models_of(machines),
        units=tuple(files["units"]["units"]),
        statuses=statuses,
        version=version,
    )
