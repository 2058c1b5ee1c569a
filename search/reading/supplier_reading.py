"""The way from a supplier's record to its search document: structured keys first; the text fills in what they
leave out.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from matchmaker.domain.certificate import Certificate, edition_in
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.records import CapabilityRecord, LotRecord, SupplierRecord
from matchmaker.domain.requirement_kinds import MEASURED, NUMBERS_OF_PARTS
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_keys import Flag
from search.document import CapabilityFacts, SearchDocument
from search.reading.machines import on_machines, without_told
from search.reading.public_records import supplier_for_strangers
from search.reading.terms import (
    SURE,
    Box,
    PlaceNames,
    RecognisedAmounts,
    codes_of,
    names_making,
    settled,
    sorted_box,
    unique,
)
from search.reading.work import offered
from search.text import Origin, Recogniser, Recognition, TextSource


def document_of(
    record: SupplierRecord, recogniser: Recogniser, *, key: str, revision: int, centre: str = ""
) -> SearchDocument:
    """The search document of a supplier, from what strangers may read. Contacts, rates and notes never enter it."""
    taxonomy, record = recogniser.taxonomy, supplier_for_strangers(record)
    prose = (
        " \n".join(text for text in (record.description.ru, record.description.en) if text)
        if record.description
        else ""
    )
    recognition = recogniser.recognise(prose, source=TextSource.PAGE)
    capabilities = tuple(_facts(item, recogniser, record.lot) for item in record.capabilities)
    machines = codes_of(
        recogniser,
        "equipment",
        (part for item in record.equipment for part in (item.type, item.name) if part),
    )
    machines = unique((*machines, *recognition.codes("equipment")))
    implied = (
        code for machine in machines for code in taxonomy.equipment[machine].extra.get("processes", ())
    )
    stated = unique(code for facts in capabilities for code in facts.processes)
    named = settled(taxonomy, _making(taxonomy, recognition, stated), recognition.codes("material"))
    # Work both offered and ruled out in one text is offered: "no rough turning, forgings leave black".
    own = {*stated, *(str(m.code) for m in offered(recognition) if m.sure >= SURE)}
    denied = tuple(code for code in recognition.codes("process", negated=True) if code not in own)
    said = tuple(code for code in unique((*named, *implied)) if code not in {*stated, *denied})
    plainly = {str(m.code) for m in offered(recognition) if m.origin is Origin.SAID}
    of_machines = on_machines(capabilities, record.equipment, recogniser)
    told = _from_prose(recognition, said, record.lot)
    capabilities = of_machines if capabilities else (*told, *without_told(of_machines, told))
    places = PlaceNames(recogniser)
    region, location = places.of(record.city, record.region, record.address)
    region = next(iter(recogniser.codes("region", record.region)), region) if record.region else region
    materials = unique(
        (*(code for facts in capabilities for code in facts.materials), *recognition.codes("material"))
    )
    return SearchDocument(
        key=key,
        revision=revision,
        names=tuple(name for name in (record.name.ru, record.name.en) if name),
        text="\n".join((*_words(record, prose), *_activities(record, taxonomy))),
        centre=centre,
        capabilities=capabilities,
        processes=unique((*stated, *said)),
        said_processes=said,
        guessed_processes=tuple(code for code in said if not _stands_in(taxonomy, code, plainly)),
        denied_processes=denied,
        materials=materials,
        equipment=machines,
        sectors=unique((*codes_of(recogniser, "sector", record.sectors), *recognition.codes("sector"))),
        certificates=_certificates(record, recogniser),
        region=region,
        country=places.country(region),
        location=record.location or location,
        languages=tuple(language.lower()[:2] for language in record.languages),
        spare_hours=_spare_hours(record),
        employees=record.employees,
        references=len(record.references),
        takes_customer_material=record.takes_customer_material,
        own_tooling=record.own_tooling,
        quality_papers=codes_of(recogniser, "quality_paper", record.quality_papers),
        updated=record.updated,
        hours_on=record.updated,
        machines_on=record.updated,
    )


def _stands_in(taxonomy: Taxonomy, process: str, named: Collection[str]) -> bool:
    """Whether a process is one of the named ones, or broader or narrower than one."""
    closure = taxonomy.processes.closure
    return any(code in closure(process) or process in closure(code) for code in named)


def _facts(item: CapabilityRecord, recogniser: Recogniser, usual: LotRecord | None) -> CapabilityFacts:
    """A kind of work; where it states no lot, the usual one of the whole shop counts."""
    lot = item.lot or usual
    materials = codes_of(recogniser, "material", item.materials)
    processes = settled(recogniser.taxonomy, recogniser.codes("process", item.process), materials)
    box = sorted_box(item.envelope_mm)
    numbers: dict[str, Any] = {kind.facts: getattr(item, kind.declared[0].path) for kind in NUMBERS_OF_PARTS}
    numbers["thickness_mm"] = numbers["thickness_mm"] or _sheet(recogniser.taxonomy, processes, box)
    return CapabilityFacts(
        processes=processes,
        materials=materials,
        envelope_mm=box,
        **numbers,
        lot_min=lot.min if lot else None,
        lot_max=lot.max if lot else None,
    )


THICKEST_SHEET = 60.0  # mm; a cutting table's third side below that is the thickness it cuts


def _sheet(taxonomy: Taxonomy, processes: tuple[str, ...], box: Box | None) -> float | None:
    """The largest sheet of a cutting table, where it is written as the third side of "3000 × 1500 × 20"."""
    cuts = not taxonomy.processes.flagged(Flag.CUTS_SHEET).isdisjoint(processes)
    return box[2] if box and cuts and box[2] <= THICKEST_SHEET else None


def _from_prose(
    recognition: Recognition, said: tuple[str, ...], lot: LotRecord | None
) -> tuple[CapabilityFacts, ...]:
    """The one capability of a supplier that only wrote a text: its limits hold for all processes that it
    names.
    """
    if not said:
        return ()
    amounts = RecognisedAmounts(recognition)
    numbers: dict[str, Any] = {kind.facts: amounts.declared(kind) for kind in MEASURED}
    least, most = (lot.min, lot.max) if lot else amounts.lot_range()
    return (
        CapabilityFacts(
            processes=said,
            materials=recognition.codes("material"),
            envelope_mm=amounts.largest_part(),
            **numbers,
            lot_min=least,
            lot_max=most,
        ),
    )


# The words alone count here: the dates that a name tells stand in the record of a stored supplier.
_SOME_DAY = date(2000, 1, 1)


def _state(given: str, told: CertificateStatus | None) -> str:
    """The state of a certificate: what its name tells counts against a record that says that it is held."""
    return (told or given) if CertificateStatus(given) is CertificateStatus.CERTIFIED else given


def _certificates(record: SupplierRecord, recogniser: Recogniser) -> tuple[Certificate, ...]:
    """The certificates of a record; of names that say more than a standard, as the names say."""
    found = (
        (item, named)
        for item in record.certificates
        for named in recogniser.certificates(item.standard, _SOME_DAY)
    )
    return tuple(
        Certificate(
            named.standard_code,
            _state(item.status, named.status),
            item.issued or (None if item.valid_until else named.issued),
            item.valid_until or (None if item.issued else named.valid_until),
            item.verified,
            item.edition or edition_in(item.standard),
            item.said_on or record.updated,
        )
        for item, named in found
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
    """All words that the text search may see."""
    yield from (name for name in (record.name.ru, record.name.en) if name)
    yield prose
    for capability in record.capabilities:
        yield " ".join((capability.process, *capability.materials, capability.note or ""))
    yield from (" ".join(filter(None, (item.name, item.type, item.maker))) for item in record.equipment)
    yield from record.sectors
    yield from (" ".join(filter(None, (item.product, item.customer))) for item in record.references)


def _activities(record: SupplierRecord, taxonomy: Taxonomy) -> Iterator[str]:
    """The names of the activities of a register that are classes of work. They are found by their words alone: what a firm
    once declared proves no process, so none is read from it and none passes a filter.
    """
    if record.registration is None:
        return
    for one in record.registration.activities:
        if one.name and one.code.startswith(taxonomy.activity_classes):
            yield one.name


def _making(taxonomy: Taxonomy, recognition: Recognition, stated: tuple[str, ...]) -> tuple[str, ...]:
    """The processes of a supplier's text, broad ones too, and those that its products imply.

    A shop that only treats or coats works on the products it names ("закалка пресс-форм"); it does not make
    them.
    """
    mentions = offered(recognition)
    sure = [m for m in mentions if m.sure >= SURE]
    said = unique(str(m.code) for m in sure)
    treats = bool(stated or said) and not names_making(taxonomy, (*stated, *said))
    begins = 0 if stated else min((m.start for m in sure), default=0)
    meant = (m for m in mentions if not treats or m.start < begins)
    return unique((*said, *(str(m.code) for m in meant)))
