"""The values for a need's fields that its files suggest: from a model's geometry and a drawing's words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath

from importers import cells, typed_values
from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.domain.requirements import Namer, Requirements
from matchmaker.models import StoredFile
from matchmaker.services.matching.matching import Matching
from search.reading.cell_answers import number
from search.reading.need_reading import requirements_of

THIN_SHEET = 6.0  # mm; a thicker part may also be milled from a plate, so a person decides
_SAME = 0.005  # two numbers for one value
# The fields that a drawing's words give, the sure ones first.
_DRAWN = {
    kind.fields[0].name: kind.drawing
    for kind in sorted(REQUIREMENT_KINDS.values(), key=lambda kind: not kind.drawing)
    if kind.drawing is not None
}
# A designation by ГОСТ 2.201, "АБВГ.123456.001-01", or the text after the words "drawing no.".
_NUMBER = re.compile(
    r"\b[А-ЯЁA-Z]{2,5}\.\d{6}\.\d{3}(?:-\d{2})?(?!\d)|(?:(?:drawing|dwg|part)\s*(?:no|number)|черт[её]ж\s*№)[.:]*\s*(\S{3,40})",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^(?:title|part name|description|наименование)\s*[:\-]\s*(\S.{1,80})$", re.IGNORECASE | re.MULTILINE
)
_WORDS = re.compile(r"[А-ЯЁA-Z][А-Яа-яЁёA-Za-z ,()-]{2,60}")
# In the title block of ГОСТ 2.104 the mass stands without its unit, before the scale.
_MASS = re.compile(
    r"(?:масса|mass|weight)\D{0,40}?(\d{1,5}(?:[.,]\d{1,3})?)\s*(?:кг|kg)?(?=\s+\d{1,3}\s*:\s*\d|\s*(?:кг|kg)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DrawingValue:
    """A value for a field of the need's form, as a person would type it; `origin` is the file with the value.

    `sure` values are taken unless a person objects. `measured`: from the geometry, and not from words;
    `assumed`: in a unit that the file does not state. `present` is another value that the need holds.
    """

    field: str
    value: str
    origin: str
    sure: bool = True
    measured: bool = False
    assumed: bool = False
    present: str = ""


def title_of(name: str) -> str:
    """The title of a need that only has files, until its drawing tells a better one: the first file's name."""
    return PurePath(name).stem


def readings(
    files: Sequence[StoredFile], record: NeedRecord, asked: Requirements, parts: Matching, language: str
) -> list[DrawingValue]:
    """The first reading of each field that is empty in the need; a reading that differs from the need's value
    is unsure.
    """
    name = partial(_names, parts, language)
    found: dict[str, DrawingValue] = {}
    for one in (*_measured(files), *_written(files, parts, name)):
        found.setdefault(one.field, one)
    for one in _weighed(files, found, asked, parts):
        found.setdefault(one.field, one)
    said = _said(record, asked, name)
    if said["title"] in {title_of(one.name) for one in files}:
        said["title"] = ""
    return [
        replace(one, sure=one.sure and not said.get(field), present=said.get(field, ""))
        for field, one in found.items()
        if not _same(one.value, said.get(field, ""))
    ]


def _measured(files: Sequence[StoredFile]) -> Iterator[DrawingValue]:
    for one in files:
        sides, known = one.details.get("sides_mm") or (), bool(one.details.get("unit_known", True))
        if one.role != "model" or len(sides) != 3:
            continue
        found = {"envelope_mm": cells.sides_text(sides)}
        if turned := one.details.get("round_mm"):
            found = {"diameter_mm": cells.plain(turned[0]), "length_mm": cells.plain(turned[1])}
        thick = float(one.details.get("thickness_mm") or 0)
        if thick:
            found["thickness_mm"] = cells.plain(thick)
        for field, value in found.items():
            sure = known and (field != "thickness_mm" or thick <= THIN_SHEET)
            yield DrawingValue(field, value, one.name, sure, measured=True, assumed=not known)


def _written(files: Sequence[StoredFile], parts: Matching, name: Namer) -> Iterator[DrawingValue]:
    """The values in the words of drawings.

    Drawings give sizes of every feature, and notes name work done elsewhere, so a person decides about these
    values.
    """
    for one in files:
        words = str(one.details.get("words") or "")
        if not words:
            continue
        record = NeedRecord(id="drawing", text=words)
        asked = requirements_of(record, parts.recogniser, parts.today).requirements
        mass = _MASS.search(words)
        if called := _title(words):
            yield DrawingValue("title", called, one.name)
        if mass and (kilograms := number(mass[1].replace(",", ".")).value):  # no drawing parts thousands
            yield DrawingValue("mass_kg", cells.plain(kilograms), one.name)
        said = typed_values.of_requirements(asked, name)
        for field, sure in _DRAWN.items():
            if said[field]:
                yield DrawingValue(field, said[field], one.name, sure)


def _weighed(
    files: Sequence[StoredFile], found: dict[str, DrawingValue], asked: Requirements, parts: Matching
) -> Iterator[DrawingValue]:
    """The mass from the model's volume and the material that the need or a drawing names."""
    taxonomy = parts.recogniser.taxonomy
    named = parts.recogniser.codes("material", found["materials"].value) if "materials" in found else ()
    density = next(
        (kilograms for code in (*asked.materials, *named) if (kilograms := taxonomy.density(code))), None
    )
    for one in files:
        volume = one.details.get("volume_mm3")
        if density and volume:
            mass = f"{volume * density * 1e-9:.3g}"
            known = bool(one.details.get("unit_known"))
            yield DrawingValue(
                "mass_kg", f"{float(mass):g}", one.name, known, measured=True, assumed=not known
            )


def _said(record: NeedRecord, asked: Requirements, name: Namer) -> dict[str, str]:
    """The values that the need already holds, by field, as a person would type them."""
    return {**typed_values.of_requirements(asked, name), "title": record.title or ""}


def _names(parts: Matching, language: str, kind: str, codes: Sequence[str]) -> list[str]:
    return [parts.recogniser.taxonomy.label(kind, code, language) for code in codes]


def _same(first: str, second: str) -> bool:
    """Whether two typed values are equal: equal words, or numbers within half a per cent."""
    if first == second:
        return True
    try:
        one, two = ([float(part) for part in text.split("×")] for text in (first, second))
    except ValueError:
        return False
    return len(one) == len(two) and all(
        abs(a - b) <= _SAME * max(a, b) for a, b in zip(one, two, strict=True)
    )


def _title(words: str) -> str:
    """The part's name and number from the title block; by ГОСТ 2.104 the name stands under the number."""
    name, number = _NAME.search(words), _NUMBER.search(words)
    called = name[1].strip() if name else ""
    if number and not called:
        below = words[number.end() :].lstrip().partition("\n")[0].strip()
        called = below if _WORDS.fullmatch(below) else ""
    parts = (called, (number[1] or number[0]).strip() if number else "")
    return " ".join(filter(None, parts))[:300]
