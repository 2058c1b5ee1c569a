"""What a need asks for as rows that a person corrects: change a value, empty it, add one, say how strict it is."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from matchmaker.domain.language import N_
from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.web.kit import forms
from matchmaker.web.kit.context import wording
from matchmaker.web.kit.places import town
from search.reading.need_reading import NeedReading

# A requirement → the fields of the form that hold it, and the kinds of pieces of the text that say it.
ROWS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "processes": (("processes",), ("process",)),
    "materials": (("materials",), ("material",)),
    "envelope": (("envelope_mm",), ("envelope",)),
    "diameter": (("diameter_mm",), ("diameter",)),
    "length": (("length_mm",), ("length",)),
    "thickness": (("sheet_thickness_mm",), ("thickness",)),
    "mass": (("mass_kg",), ("mass",)),
    "tolerance": (("tolerance_it",), ("tolerance",)),
    "roughness": (("roughness_ra_um",), ("roughness",)),
    "lot": (("quantity", "lots_per_year"), ("quantity", "rhythm")),
    "lead_time": (("deliver_by",), ("deadline",)),
    "certification": (("standard", "level"), ("standard",)),
    "region": (("region",), ("region", "district", "country")),
    "distance": (("city", "max_distance_km"), ("town", "distance")),
    "capacity": (("spare_hours",), ("hours",)),
    "sectors": (("sectors",), ("sector",)),
    "languages": (("languages",), ()),
}
FIELDS = tuple(field for fields, _ in ROWS.values() for field in fields)
_UNITS = {
    "envelope_mm": N_("mm"),
    "diameter_mm": N_("mm"),
    "length_mm": N_("mm"),
    "sheet_thickness_mm": N_("mm"),
    "mass_kg": N_("kg"),
    "tolerance_it": N_("IT grade"),
    "roughness_ra_um": N_("Ra, µm"),
    "quantity": N_("pcs a lot"),
    "lots_per_year": N_("lots a year"),
    "spare_hours": N_("h a month"),
    "city": N_("town of delivery"),
    "max_distance_km": N_("km at most"),
    "languages": N_("codes: ru; en"),
}


_NAMES = {
    "title": N_("Title"),
    "processes": N_("Process"),
    "materials": N_("Material"),
    "envelope_mm": N_("Overall size"),
    "diameter_mm": N_("Diameter"),
    "length_mm": N_("Length"),
    "sheet_thickness_mm": N_("Sheet thickness"),
    "mass_kg": N_("Mass"),
    "tolerance_it": N_("Accuracy"),
    "roughness_ra_um": N_("Roughness"),
}


def field_label(name: str) -> str:
    """What a field holds, with its unit."""
    parts = [gettext(words[name]) for words in (_NAMES, _UNITS) if name in words]
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class ConditionField:
    """A field of a row as the page shows it."""

    field: str
    value: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A requirement with its fields; `strictness` is empty where nothing is asked yet."""

    name: str
    label: str
    cells: tuple[ConditionField, ...]
    strictness: str = ""

    @property
    def asked(self) -> bool:
        return any(cell.value for cell in self.cells)


def rows(record: NeedRecord, understood: NeedReading, typed: Mapping[str, str]) -> list[ConditionRow]:
    """A row a requirement; what was `typed` and refused stands instead of what is understood."""
    values = understood_values(record, understood) | {name: typed[name] for name in FIELDS if name in typed}
    words, asked = wording(), understood.requirements
    return [
        ConditionRow(
            name,
            words.label(name),
            tuple(
                ConditionField(one, values[one], gettext(_UNITS[one]) if one in _UNITS else "")
                for one in fields
            ),
            str(asked.strictness_of(name)),
        )
        for name, (fields, _) in ROWS.items()
    ]


def understood_values(record: NeedRecord, understood: NeedReading) -> dict[str, str]:
    """What the need asks for, whether a field or the text says so, as one would type it."""
    asked = understood.requirements
    given = forms.of_record(record)
    found = {name: given[name] or value for name, value in _read(asked, understood).items()}
    return {name: found.get(name, given.get(name, "")) for name in FIELDS}


def _read(asked: Requirements, understood: NeedReading) -> dict[str, str]:
    label, language = wording().taxonomy.label, wording().language
    numbers = {
        "diameter_mm": asked.diameter_mm,
        "length_mm": asked.length_mm,
        "sheet_thickness_mm": asked.thickness_mm,
        "mass_kg": asked.mass_kg,
        "tolerance_it": asked.tolerance_it,
        "roughness_ra_um": asked.roughness_ra_um,
        "quantity": asked.quantity,
        "lots_per_year": asked.lots_per_year,
        "spare_hours": asked.spare_hours,
        "max_distance_km": asked.max_distance_km,
    }
    read = {name: f"{value:.10g}" if value else "" for name, value in numbers.items()}
    read["envelope_mm"] = "×".join(f"{side:g}" for side in asked.envelope_mm or ())
    read["processes"] = "; ".join(label("process", code, language) for code in asked.processes)
    read["materials"] = "; ".join(label("material", code, language) for code in asked.materials)
    read["sectors"] = "; ".join(label("sector", code, language) for code in asked.sectors)
    read["deliver_by"] = asked.deliver_by.isoformat() if asked.deliver_by else ""
    demand = asked.certification
    read["standard"] = wording().standard(demand.standard) if demand else ""
    read["level"] = demand.level.name.lower() if demand else ""
    towns = [one.code.split("|") for one in understood.recognition.of("town") if one.code]
    read["city"] = town(towns[0][0], towns[0][1]) if towns else ""
    places = understood.recognition.of("region", "district", "country")
    read["region"] = "; ".join(label(one.kind, one.code, language) for one in places[:1] if one.code)
    return read


def corrected(
    record: NeedRecord, understood: NeedReading, typed: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The need's form with what was changed in `typed`, and the words of the text that are taken for plain ones.

    A value that is emptied was not meant: its field goes, and so do the pieces of the text that said it.
    """
    shown, form = understood_values(record, understood), forms.of_record(record)
    gone: list[str] = []
    for fields, kinds in ROWS.values():
        changed = [name for name in fields if name in typed and typed[name].strip() != shown[name]]
        for name in changed:
            form[name] = typed[name].strip()
        if changed and not any(typed.get(name, shown[name]).strip() for name in fields):
            gone += [understood.recognition.words(one) for one in understood.recognition.of(*kinds)]
    if not form["level"]:
        form["standard"] = ""
    return form, tuple(dict.fromkeys(gone))
