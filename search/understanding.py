"""From records to what search works with: a supplier's document, a need's requirements.

Structured keys come first; what they leave out is read from the text. A term that the taxonomy does not know stays a
word for the text search.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from matchmaker.domain.certificate import Certificate, CertificationDemand, CertificationLevel
from matchmaker.domain.records import CapabilityRecord, NeedRecord, SupplierRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.document import CapabilityFacts, SearchDocument
from search.text import Mention, Recogniser, Recognition

Box = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Understanding:
    """A need's requirements, what its text (title, line break, text) was understood to say, and the terms nobody knows."""

    requirements: Requirements
    recognition: Recognition
    unknown_terms: tuple[str, ...] = ()


def _unique(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))


def _codes(recogniser: Recogniser, kind: str, terms: Iterable[str]) -> tuple[str, ...]:
    return _unique(code for term in terms for code in recogniser.codes(kind, term))


def _sorted_box(box: Sequence[float] | None) -> Box | None:
    if box is None:
        return None
    largest, middle, smallest = sorted(box, reverse=True)
    return largest, middle, smallest


class Places:
    """Where a town or a region is, by the names people write."""

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._taxonomy = recogniser.taxonomy
        self._towns = {f"{place.label.en}|{place.region}": place for place in self._taxonomy.places}

    def of(self, *names: str | None) -> tuple[str | None, tuple[float, float] | None]:
        """Region (or country) code and coordinates named by the first text that names any."""
        region: str | None = None
        for name in names:
            if not name:
                continue
            mentions = self._recogniser.recognise(name[:300]).mentions
            town = next((m.code for m in mentions if m.kind == "town" and m.code), None)
            region = region or next((m.code for m in mentions if m.kind in {"region", "country"}), None)
            if town:
                place = self._towns[town]
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
            place = self._towns[mention.code]
            return place.latitude, place.longitude
        return self.centre_of(mention.code) if mention.kind == "region" else None


def document_of(
    record: SupplierRecord, recogniser: Recogniser, *, key: str, revision: int, centre: str = ""
) -> SearchDocument:
    """The search document of a supplier. Contacts, rates and notes never enter it."""
    taxonomy = recogniser.taxonomy
    prose = (
        " \n".join(text for text in (record.description.ru, record.description.en) if text)
        if record.description
        else ""
    )
    recognition = recogniser.recognise(prose)
    capabilities = tuple(_facts(item, recogniser) for item in record.capabilities)
    machines = _codes(
        recogniser,
        "equipment",
        (part for item in record.equipment for part in (item.type, item.name) if part),
    )
    machines = _unique((*machines, *recognition.codes("equipment")))
    implied = (
        code for machine in machines for code in taxonomy.equipment[machine].extra.get("processes", ())
    )
    stated = _unique(code for facts in capabilities for code in facts.processes)
    denied = tuple(code for code in recognition.codes("process", negated=True) if code not in stated)
    named = _settled(taxonomy, _making(taxonomy, recognition), recognition.codes("material"))
    said = tuple(code for code in _unique((*named, *implied)) if code not in {*stated, *denied})
    if not capabilities:
        capabilities = _from_prose(recognition, said)
    places = Places(recogniser)
    region, location = places.of(record.city, record.region, record.address)
    region = next(iter(recogniser.codes("region", record.region)), region) if record.region else region
    materials = _unique(
        (*(code for facts in capabilities for code in facts.materials), *recognition.codes("material"))
    )
    return SearchDocument(
        key=key,
        revision=revision,
        names=tuple(name for name in (record.name.ru, record.name.en) if name),
        text="\n".join(_words(record, prose)),
        centre=centre,
        capabilities=capabilities,
        processes=_unique((*stated, *said)),
        said_processes=said,
        denied_processes=denied,
        materials=materials,
        equipment=machines,
        sectors=_unique((*_codes(recogniser, "sector", record.sectors), *recognition.codes("sector"))),
        certificates=_certificates(record, recogniser),
        region=region,
        country=places.country(region),
        location=record.location or location,
        languages=tuple(language.lower()[:2] for language in record.languages),
        spare_hours=_spare_hours(record),
        employees=record.employees,
        references=len(record.references),
        updated=record.updated,
    )


def _facts(item: CapabilityRecord, recogniser: Recogniser) -> CapabilityFacts:
    materials = _codes(recogniser, "material", item.materials)
    return CapabilityFacts(
        processes=_settled(recogniser.taxonomy, recogniser.codes("process", item.process), materials),
        materials=materials,
        envelope_mm=_sorted_box(item.envelope_mm),
        diameter_mm=item.diameter_mm,
        length_mm=item.length_mm,
        thickness_mm=item.sheet_thickness_mm,
        mass_kg=item.max_mass_kg,
        tolerance_it=item.tolerance_it,
        roughness_ra_um=item.roughness_ra_um,
        lot_min=item.lot.min if item.lot else None,
        lot_max=item.lot.max if item.lot else None,
        lead_time_days=item.lead_time_days,
    )


def _from_prose(recognition: Recognition, said: tuple[str, ...]) -> tuple[CapabilityFacts, ...]:
    """The one capability of a supplier who only wrote a text: its limits hold for all processes it names."""
    if not said:
        return ()
    amounts = _Amounts(recognition)
    return (
        CapabilityFacts(
            processes=said,
            materials=recognition.codes("material"),
            envelope_mm=amounts.box(),
            diameter_mm=amounts.most("diameter"),
            length_mm=amounts.most("length"),
            thickness_mm=amounts.most("thickness"),
            mass_kg=amounts.most("mass"),
            tolerance_it=amounts.least_whole("tolerance"),
            roughness_ra_um=amounts.least("roughness"),
        ),
    )


class _Amounts:
    """The numbers of a recognition by kind."""

    def __init__(self, recognition: Recognition) -> None:
        self._recognition = recognition

    def all(self, kind: str) -> list[float]:
        return [mention.amounts[0] for mention in self._recognition.of(kind)]

    def most(self, kind: str) -> float | None:
        return max(self.all(kind), default=None)

    def first(self, kind: str) -> float | None:
        return next(iter(self.all(kind)), None)

    def least(self, kind: str) -> float | None:
        return min(self.all(kind), default=None)

    def least_whole(self, kind: str) -> int | None:
        value = self.least(kind)
        return None if value is None else int(value)

    def first_whole(self, kind: str) -> int | None:
        return next((int(value) for value in self.all(kind)), None)

    def box(self) -> Box | None:
        """The largest box; a plate has no third side, so it counts as flat."""
        boxes = [mention.amounts for mention in self._recognition.of("envelope")]
        if boxes:
            return _sorted_box(max(boxes))
        plates = [mention.amounts for mention in self._recognition.of("plate")]
        return _sorted_box((*max(plates), self.most("thickness") or 1.0)) if plates else None


def _certificates(record: SupplierRecord, recogniser: Recogniser) -> tuple[Certificate, ...]:
    return tuple(
        Certificate(code, item.status, item.issued, item.valid_until, item.verified)
        for item in record.certificates
        for code in recogniser.codes("standard", item.standard) or (None,)
    )


def _spare_hours(record: SupplierRecord) -> float | None:
    """Free machine-hours a month of all machines; a machine listed twice counts twice."""
    hours = [
        item.spare_hours_per_month * (item.quantity or 1)
        for item in record.equipment
        if item.spare_hours_per_month is not None
    ]
    return sum(hours) if hours else None


def _words(record: SupplierRecord, prose: str) -> Iterator[str]:
    """All that the text search may see."""
    yield from (name for name in (record.name.ru, record.name.en) if name)
    yield prose
    for capability in record.capabilities:
        yield " ".join((capability.process, *capability.materials, capability.note or ""))
    yield from (" ".join(filter(None, (item.name, item.type, item.maker))) for item in record.equipment)
    yield from record.sectors
    yield from (" ".join(filter(None, (item.product, item.customer))) for item in record.references)


def requirements_of(record: NeedRecord, recogniser: Recogniser, today: date) -> Understanding:
    """What a need asks for. Its certificates must hold on `deliver_by`, or today where there is none."""
    text = "\n".join(part for part in (record.title, record.text) if part)
    recognition = recogniser.recognise(text, today)
    amounts = _Amounts(recognition)
    places = Places(recogniser)
    processes = _codes(recogniser, "process", record.processes)
    if not record.processes or not processes:
        processes = _named_processes(recogniser.taxonomy, recognition)
    materials = _codes(recogniser, "material", record.materials)
    if not record.materials or not materials:
        materials = _specific(recogniser.taxonomy, "material", recognition.codes("material"))
    processes = _settled(recogniser.taxonomy, processes, materials)
    location, distance, regions = _where(record, recognition, places)
    demand, wish = _certification(record, recognition, recogniser)
    deadline = record.deliver_by or max((m.day for m in recognition.of("deadline") if m.day), default=None)
    box = _sorted_box(record.envelope_mm) or amounts.box()
    excluded = tuple(code for code in recognition.codes("process", negated=True) if code not in processes)
    requirements = Requirements(
        text=text,
        processes=processes,
        excluded_processes=excluded,
        materials=materials,
        terms=_unknown(record, recogniser),
        envelope_mm=box,
        diameter_mm=record.diameter_mm or (None if box else amounts.most("diameter")),
        length_mm=record.length_mm or (None if box else amounts.most("length")),
        thickness_mm=record.sheet_thickness_mm
        or (amounts.most("thickness") if _of_sheet(processes, recogniser) else None),
        mass_kg=record.mass_kg or amounts.first("mass"),
        tolerance_it=record.tolerance_it or amounts.least_whole("tolerance"),
        roughness_ra_um=record.roughness_ra_um or amounts.least("roughness"),
        quantity=record.quantity or amounts.first_whole("quantity"),
        lots_per_year=record.lots_per_year or amounts.first_whole("rhythm"),
        deliver_by=deadline,
        on=max(deadline, today) if deadline else today,
        certification=demand,
        certification_wish=wish,
        location=location,
        max_distance_km=distance,
        regions=regions,
        languages=tuple(language.lower()[:2] for language in record.languages),
        sectors=_unique((*_codes(recogniser, "sector", record.sectors), *recognition.codes("sector"))),
    )
    return Understanding(requirements, recognition, requirements.terms)


# Processes in which a thickness is that of the sheet; elsewhere ("фланец, толщина 60 мм") it is a side of the part.
_SHEET_PROCESSES = frozenset(
    {"cutting", "bending", "stamping", "sheet-metal-work", "welding", "plastics-processing"}
)


def _of_sheet(processes: tuple[str, ...], recogniser: Recogniser) -> bool:
    tree = recogniser.taxonomy.processes
    return any(_SHEET_PROCESSES & set(tree.closure(code)) for code in processes)


# Families in which a part is made; where none of them is named, what is made ("вал", "flange") tells the process.
_MAKING = frozenset(
    {
        "machining",
        "casting",
        "forming",
        "cutting",
        "joining",
        "fabrication",
        "plastics-processing",
        "rubber-processing",
        "additive",
        "powder-metallurgy",
        "woodworking",
    }
)


# Processes that finish what another one has made: "вал … шлифовка" still has to be turned.
_FINISHING = frozenset(
    {"grinding", "honing", "lapping", "polishing", "deburring", "slotting", "spline-cutting"}
)


def _names_making(taxonomy: Taxonomy, codes: tuple[str, ...]) -> bool:
    closures = [set(taxonomy.processes.closure(code)) for code in codes]
    return any(closure & _MAKING and not closure & _FINISHING for closure in closures)


def _named_processes(taxonomy: Taxonomy, recognition: Recognition) -> tuple[str, ...]:
    """Processes of a need's text in its order.

    What is made tells a process too ("валы … закалка") where no other makes it, unless the work comes first: then the
    thing is only worked on ("цементация шестерён").
    """
    mentions = [mention for mention in recognition.of("process") if not mention.wish]
    sure = [mention for mention in mentions if mention.weight >= _SURE]
    if _names_making(taxonomy, _unique(str(m.code) for m in sure)):
        return _specific(taxonomy, "process", _unique(str(m.code) for m in sure))
    work_begins = min((m.start for m in sure), default=len(recognition.text))
    meant = [m for m in mentions if m.weight >= _SURE or m.start < work_begins]
    return _specific(taxonomy, "process", _unique(str(m.code) for m in meant))


# Between the weights of an ambiguous word and of a misspelt one.
_SURE = 0.6


def _making(taxonomy: Taxonomy, recognition: Recognition) -> tuple[str, ...]:
    """Processes of a supplier's text, broad ones too, and those that its products imply.

    A shop that only treats or coats works on what it names ("закалка пресс-форм"); it does not make it.
    """
    mentions = recognition.of("process")
    said = _unique(str(m.code) for m in mentions if m.weight >= _SURE)
    if said and not _names_making(taxonomy, said):
        return said
    return _unique((*said, *(str(m.code) for m in mentions)))


def _settled(taxonomy: Taxonomy, processes: tuple[str, ...], materials: tuple[str, ...]) -> tuple[str, ...]:
    """Settle “литьё под давлением”: die casting of metals, injection moulding of plastics; the material decides."""
    both = {"die-casting", "injection-moulding"}
    if not both <= set(processes) or not materials:
        return processes
    metal = any(
        "metals" in taxonomy.materials.closure(code) for code in materials if code in taxonomy.materials
    )
    wrong = "injection-moulding" if metal else "die-casting"
    return tuple(code for code in processes if code != wrong)


def _specific(taxonomy: Taxonomy, kind: str, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Codes without those that another one narrows down: "сталь" beside "40Х" says nothing more."""
    tree = taxonomy.trees()[kind]
    above = {ancestor for code in codes for ancestor in tree.ancestors(code)}
    return tuple(code for code in codes if code not in above)


def _unknown(record: NeedRecord, recogniser: Recogniser) -> tuple[str, ...]:
    given = [("process", term) for term in record.processes] + [
        ("material", term) for term in record.materials
    ]
    return tuple(term for kind, term in given if not recogniser.codes(kind, term))


def _where(
    record: NeedRecord, recognition: Recognition, places: Places
) -> tuple[tuple[float, float] | None, float | None, tuple[str, ...]]:
    """The place of delivery, the greatest distance from it, and the regions asked for."""
    named = recognition.of("town", "region")
    distance = record.max_distance_km or min((m.amounts[0] for m in recognition.of("distance")), default=None)
    location = record.location
    if location is None:
        _, location = places.of(record.city, record.region)
    if location is None and named:
        location = places.location_of(named[0])
    return location, distance if location else None, ()


_LEVELS = {"implementing": CertificationLevel.IMPLEMENTING, "certified": CertificationLevel.CERTIFIED}


def _certification(
    record: NeedRecord, recognition: Recognition, recogniser: Recogniser
) -> tuple[CertificationDemand | None, CertificationDemand | None]:
    """The demand and the wish.

    A standard of the ISO 9000 family named in a need without a word of wishing is a demand; another one ("ТР ТС 032",
    a rule that the product must meet) only where the text says that it is a must, else it is welcome.
    """
    mentions = recognition.of("standard")
    quality = recogniser.taxonomy.standards_satisfying("iso-9000")
    demands = [m for m in mentions if not m.wish and (m.demand or m.code in quality)]
    wish = next((CertificationDemand(str(m.code)) for m in mentions if m not in demands), None)
    if record.certification is not None:
        given = record.certification
        level = CertificationLevel.VERIFIED if given.verified else _LEVELS[given.level]
        code = next(iter(recogniser.codes("standard", given.standard)), given.standard)
        return CertificationDemand(code, level), wish
    demanded = next(iter(demands), None)
    if demanded is None:
        return None, wish
    near = recognition.text[max(0, demanded.start - 60) : demanded.end + 60].lower()
    level = CertificationLevel.CERTIFIED
    if any(stem in near for stem in ("внедр", "implement")):
        level = CertificationLevel.IMPLEMENTING
    elif any(stem in near for stem in ("подтвержд", "проверен", "verified")):
        level = CertificationLevel.VERIFIED
    return CertificationDemand(str(demanded.code), level), wish
