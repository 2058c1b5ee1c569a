"""What a text about a shop lets us propose for its profile, each with the words it came from; nothing is added unasked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from matchmaker.domain.records import CapabilityRecord, CertificateRecord, EquipmentRecord, SupplierRecord
from matchmaker.domain.taxonomy import Taxonomy
from search.reading import Amounts, specific
from search.text import Recogniser, Recognition

LONGEST_TEXT = 20_000
MOST = 60  # proposals; nobody confirms more one by one
_LINE = re.compile(r"[^\n;]+?(?:[.!?](?=\s)|$|(?=[\n;]))")
_COUNT = re.compile(r"(?:[-–—x×:,]\s*)?(\d{1,3})\s*(?:шт|ед|pcs|units?)\b|\((\d{1,3})\)", re.IGNORECASE)
_ON_THE_WAY = re.compile(r"внедр|готов|implement|prepar|working towards", re.IGNORECASE)
_SURE = 0.6


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to confirm: a capability, a machine or a certificate; `key` stays the same for the same text."""

    key: str
    kind: str
    item: CapabilityRecord | EquipmentRecord | CertificateRecord
    words: str


def propose(text: str, recogniser: Recogniser, language: str) -> list[Proposal]:
    """Proposals of a text, in its order, each concept once."""
    found: dict[str, Proposal] = {}
    for sentence in _sentences(text[:LONGEST_TEXT]):
        recognition = recogniser.recognise(sentence)
        for proposal in _of_sentence(sentence, recognition, recogniser.taxonomy, language):
            found.setdefault(proposal.key, proposal)
    return list(found.values())[:MOST]


def _sentences(text: str) -> Iterator[str]:
    for match in _LINE.finditer(text):
        if match[0].strip():
            yield match[0].strip()


def _of_sentence(
    sentence: str, recognition: Recognition, taxonomy: Taxonomy, language: str
) -> Iterator[Proposal]:
    machines = {str(mention.code): mention for mention in reversed(recognition.of("equipment"))}
    for code, mention in machines.items():
        alone = len(machines) == 1
        count = _COUNT.search(sentence, mention.end) if alone else None
        name = (
            sentence[: count.start()]
            if count
            else sentence
            if alone
            else sentence[mention.start : mention.end]
        )
        name = name.strip(" -–—•*,:\t.")[:300]
        quantity = int(count[1] or count[2]) if count else None
        label = taxonomy.label("equipment", code, language)
        item = EquipmentRecord(name=name or label, type=label, quantity=quantity or None)
        yield Proposal(f"equipment:{code}:{name[:40]}", "equipment", item, sentence)
    numbers = Amounts(recognition)
    materials = tuple(
        taxonomy.label("material", code, language)
        for code in specific(taxonomy, "material", recognition.codes("material"))
    )
    for mention in recognition.of("process"):
        if mention.weight >= _SURE:
            item_ = _capability(taxonomy.label("process", str(mention.code), language), materials, numbers)
            yield Proposal(f"capability:{mention.code}", "capabilities", item_, sentence)
    for mention in recognition.of("standard"):
        before = sentence[max(0, mention.start - 30) : mention.start]
        level = "implementing" if _ON_THE_WAY.search(before) else "certified"
        standard = sentence[mention.start : mention.end]
        yield Proposal(
            f"certificate:{mention.code}",
            "certificates",
            CertificateRecord(standard=standard, status=level),
            sentence,
        )


def _capability(process: str, materials: tuple[str, ...], numbers: Amounts) -> CapabilityRecord:
    return CapabilityRecord(
        process=process,
        materials=materials,
        envelope_mm=numbers.box(),
        diameter_mm=numbers.most("diameter"),
        length_mm=numbers.most("length"),
        sheet_thickness_mm=numbers.most("thickness"),
        max_mass_kg=numbers.most("mass"),
        tolerance_it=numbers.least_whole("tolerance"),
        roughness_ra_um=numbers.least("roughness"),
    )


def confirmed(record: SupplierRecord, chosen: list[Proposal]) -> SupplierRecord:
    """The record with the chosen proposals added after what it has."""
    lists = {
        kind: (*getattr(record, kind), *(one.item for one in chosen if one.kind == kind))
        for kind in ("capabilities", "equipment", "certificates")
    }
    return record.model_copy(update=lists)
