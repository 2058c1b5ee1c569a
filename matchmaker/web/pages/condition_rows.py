"""The requirements of a need as rows that a person corrects: change a value, empty it, add one, set its
strictness.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from importers import typed_values
from matchmaker.domain.language import N_
from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirement_kinds import (
    DEMAND_FIELDS,
    REQUIREMENT_KINDS,
    NeedField,
    RequirementKind,
    RequirementSubject,
)
from matchmaker.domain.requirements import Requirements
from matchmaker.web.kit import forms
from matchmaker.web.kit.context import wording
from matchmaker.web.kit.terms import town
from search.ranking.explain import demanded_level
from search.reading.need_reading import NeedReading

_OF_THE_WORK = (RequirementSubject.WORK, RequirementSubject.PART)
# The requirements with fields in the form: those of the work and the part first.
ROWS: Mapping[str, RequirementKind] = {
    kind.name: kind
    for kind in sorted(REQUIREMENT_KINDS.values(), key=lambda kind: kind.subject not in _OF_THE_WORK)
    if kind.fields
}
_FIELDS: Mapping[str, NeedField] = {field.name: field for kind in ROWS.values() for field in kind.fields}
FIELDS = tuple(_FIELDS)
_LABELS = {"title": N_("Title"), **{kind.fields[0].name: kind.label for kind in ROWS.values()}}


def field_label(name: str) -> str:
    """The label of a field, with its unit."""
    unit = _FIELDS[name].unit if name in _FIELDS else ""
    return ", ".join(gettext(words) for words in (_LABELS.get(name), unit) if words)


@dataclass(frozen=True, slots=True)
class ConditionField:
    """A field of a row as the page shows it."""

    field: str
    value: str
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A requirement with its fields; `strictness` is empty where nothing is required yet."""

    name: str
    label: str
    cells: tuple[ConditionField, ...]
    strictness: str = ""

    @property
    def asked(self) -> bool:
        return any(cell.value for cell in self.cells)


def rows(record: NeedRecord, understood: NeedReading, typed: Mapping[str, str]) -> list[ConditionRow]:
    """A row for each requirement; a refused value in `typed` stands instead of the understood one."""
    values = understood_values(record, understood) | {name: typed[name] for name in FIELDS if name in typed}
    words, asked = wording(), understood.requirements
    shown = _shown(values)
    return [
        ConditionRow(
            name,
            words.label(name),
            tuple(
                ConditionField(
                    one.name, values[one.name], gettext(one.unit) if one.unit else "", one.typed.choices
                )
                for one in kind.fields
                if one.name in shown
            ),
            str(asked.strictness_of(name)),
        )
        for name, kind in ROWS.items()
    ]


def _shown(values: Mapping[str, str]) -> set[str]:
    """The fields that the page shows: of demands for certificates those that are made, and one more."""
    demands = forms.demand_rows(values)
    return set(FIELDS) - {name for row in DEMAND_FIELDS[demands:] for name in row}


def understood_values(record: NeedRecord, understood: NeedReading) -> dict[str, str]:
    """The values that the need asks for, from a field or the text, as a person would type them."""
    asked = understood.requirements
    given = forms.of_record(record)
    found = {name: given[name] or value for name, value in _read(asked, understood).items()}
    return {name: found.get(name, given.get(name, "")) for name in FIELDS}


def _read(asked: Requirements, understood: NeedReading) -> dict[str, str]:
    label, language = wording().taxonomy.label, wording().language
    read = typed_values.of_requirements(asked, wording().labels)
    for row, demand in zip(DEMAND_FIELDS, asked.certification, strict=False):
        named = "; ".join(map(wording().standard, demand.any_of))
        read |= dict(zip(row, (named, demanded_level(demand), str(demand.strength)), strict=True))
    towns = [one.code.split("|") for one in understood.recognition.of("town") if one.code]
    read["city"] = town(towns[0][0], towns[0][1]) if towns else ""
    places = understood.recognition.of("region", "district", "country")
    read["region"] = "; ".join(label(one.kind, one.code, language) for one in places[:1] if one.code)
    return read


def corrected(
    record: NeedRecord, understood: NeedReading, typed: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The need's form with the changes in `typed`, and the rejected words of the text.

    An emptied value was not meant: its field goes, and so do the pieces of the text with it.
    """
    shown, form = understood_values(record, understood), forms.of_record(record)
    gone: list[str] = []
    for kind in ROWS.values():
        fields = [field.name for field in kind.fields]
        changed = [name for name in fields if name in typed and typed[name].strip() != shown[name]]
        # The demands for certificates of the text stay beside the changed one.
        for name in fields if changed and kind.name == "certification" else changed:
            form[name] = typed.get(name, shown[name]).strip()
        if changed and not any(typed.get(name, shown[name]).strip() for name in fields):
            gone += [understood.recognition.words(one) for one in understood.recognition.of(*kind.mentions)]
    return form, tuple(dict.fromkeys(gone))
