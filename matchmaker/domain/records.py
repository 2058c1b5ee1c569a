"""The records that enter and leave the product: a supplier, a need, an outcome, as in the exchange format.

These models are the one validator in front of both databases: text is bounded, normalised to NFC and free of
control characters, numbers are finite and in a stated range. Importers, forms and the programming interface
all build them, services store them, and a stored supplier is read back as one for export, pages and the
index. Keys beyond EXCHANGE.md are the product's own and optional.
"""

import copy
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError
from stdnum.exceptions import ValidationError as NumberError
from stdnum.ru import inn as inn_number

from matchmaker.domain import hardness, threads, typed_text
from matchmaker.domain.errors import Faults, InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.requirement_kinds import MOST_DEMANDS

PROSE_LIMIT = 30_000  # characters; the longest real solicitation read so far has 20,132
MOST_POSITIONS = 500  # of a need
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


def clean_text(value: Any) -> Any:
    """NFC, no direction marks or zero-width characters, no surrounding space; control characters are refused."""
    if not isinstance(value, str):
        return value
    if typed_text.is_plain(value):
        return value.strip()
    if typed_text.CONTROL.search(value):
        raise PydanticCustomError("text.control", N_("Remove the control characters from the text."))
    return typed_text.as_seen(value).strip()


def _check_inn(value: str) -> str:
    try:
        return str(inn_number.validate(value))
    except NumberError as error:
        raise PydanticCustomError(
            "inn.checksum", N_("Check the INN: 10 or 12 digits whose check digits agree.")
        ) from error


def inn_with_nought(digits: str) -> str | None:
    """The INN whose first nought a workbook lost: 9 or 11 digits with which the check digits agree; None for anything else."""
    whole = f"0{digits}"
    is_one = digits.isascii() and digits.isdecimal() and len(digits) in {9, 11} and inn_number.is_valid(whole)
    return whole if is_one else None


def _read_hardness(value: Any) -> Any:
    """A Vickers number; a text says its scale."""
    if not isinstance(value, str):
        return value
    found = hardness.read(value)
    if found is None:
        raise _no_hardness()
    return found


def _no_hardness() -> PydanticCustomError:
    return PydanticCustomError(
        "hardness.form", N_("Give a hardness with its scale, for example 58 HRC or 220 HB.")
    )


def _designation(value: Any) -> Any:
    """The scale of a hardness as its usual letters; what is no scale stays as written."""
    return (hardness.scale(value) or value) if isinstance(value, str) else value


def _check_currency(value: str) -> str:
    if not re.fullmatch("[A-Z]{3}", value):
        raise PydanticCustomError(
            "currency.form", N_("Give the currency as three capital letters, for example RUB.")
        )
    return value


def _no_boolean(value: Any) -> Any:
    """Any value but true and false, which count as 1 and 0 elsewhere."""
    if isinstance(value, bool):
        raise PydanticCustomError("number.boolean", N_("Give a number, not true or false."))
    return value


def _check_day(value: date) -> date:
    if not EARLIEST <= value <= LATEST:
        raise PydanticCustomError("date.range", N_("Give a date between 1900 and 2200."))
    return value


def _left_out(values: tuple[object, ...]) -> bool:
    """Whether a list is not written: a file that was read before has no such key, and stays the same record."""
    return not values


_NUMBER = BeforeValidator(_no_boolean)
Line = Annotated[str, BeforeValidator(clean_text), StringConstraints(min_length=1, max_length=300)]
Title = Annotated[str, BeforeValidator(clean_text), StringConstraints(min_length=1, max_length=1_000)]
Code = Annotated[str, BeforeValidator(clean_text), StringConstraints(min_length=1, max_length=100)]
Prose = Annotated[str, BeforeValidator(clean_text), StringConstraints(min_length=1, max_length=PROSE_LIMIT)]
Inn = Annotated[
    str, BeforeValidator(clean_text), StringConstraints(max_length=20), AfterValidator(_check_inn)
]
Day = Annotated[date, AfterValidator(_check_day)]
Millimetres = Annotated[float, Field(gt=0, le=200_000, allow_inf_nan=False), _NUMBER]
Kilograms = Annotated[float, Field(gt=0, le=2_000_000, allow_inf_nan=False), _NUMBER]
Pieces = Annotated[int, Field(ge=1, le=2_000_000_000), _NUMBER]
Hours = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False), _NUMBER]
ToleranceGrade = Annotated[int, Field(ge=1, le=18), _NUMBER]
Roughness = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False), _NUMBER]
Hardness = Annotated[
    float,
    BeforeValidator(_read_hardness, json_schema_input_type=float | str),
    Field(ge=hardness.LEAST, le=hardness.MOST, allow_inf_nan=False),
    _NUMBER,
]
GearModule = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False), _NUMBER]
GearGrade = Annotated[int, Field(ge=1, le=12), _NUMBER]
Location = tuple[
    Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False), _NUMBER],
    Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False), _NUMBER],
]
Envelope = tuple[Millimetres, Millimetres, Millimetres]
Level = Literal["implementing", "certified"]


class Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=PROSE_LIMIT, allow_inf_nan=False)


class NameRecord(Record):
    """A name or a text in one or both languages."""

    ru: Line | None = None
    en: Line | None = None

    @model_validator(mode="after")
    def one_language_at_least(self) -> "NameRecord":
        if not (self.ru or self.en):
            raise PydanticCustomError("name.missing", N_("Give the name in Russian or in English."))
        return self


class TextRecord(Record):
    ru: Prose | None = None
    en: Prose | None = None


class LotRecord(Record):
    """Lot size in pieces."""

    min: Pieces | None = None
    max: Pieces | None = None

    @model_validator(mode="after")
    def in_order(self) -> "LotRecord":
        if self.min and self.max and self.min > self.max:
            raise PydanticCustomError("lot.order", N_("The smallest lot is larger than the largest one."))
        return self


class HardnessRecord(Record):
    """A range of hardness on one scale; without `max` the least, without `min` the greatest. A text such as
    "45…50 HRC" is read as one.
    """

    scale: Annotated[Literal["HRC", "HRA", "HB", "HV"], BeforeValidator(_designation)]
    min: Annotated[float, Field(gt=0, le=3000, allow_inf_nan=False), _NUMBER] | None = None
    max: Annotated[float, Field(gt=0, le=3000, allow_inf_nan=False), _NUMBER] | None = None

    @model_validator(mode="before")
    @classmethod
    def from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = hardness.read_range(value)
        if found is None:
            raise _no_hardness()
        return dict(zip(("scale", "min", "max"), found, strict=True))

    @model_validator(mode="after")
    def on_the_scale(self) -> "HardnessRecord":
        ends = [end for end in (self.min, self.max) if end is not None]
        if not ends or ends != sorted(ends) or None in [hardness.vickers(end, self.scale) for end in ends]:
            raise _no_hardness()
        return self

    @property
    def least_hv(self) -> float | None:
        """The least hardness that the part must have, as a Vickers number."""
        return None if self.min is None else hardness.vickers(self.min, self.scale)

    @property
    def text(self) -> str:
        """The range as people write it."""
        return hardness.told_range(self.scale, self.min, self.max)


class MoneyRecord(Record):
    """An amount of money in a currency of ISO 4217."""

    amount: Annotated[float, Field(gt=0, le=1e12, allow_inf_nan=False), _NUMBER]
    currency: Annotated[Code, AfterValidator(_check_currency)] = "RUB"


class CapabilityRecord(Record):
    process: Line
    level: Literal["core", "supplementary", "bought-out"] | None = None
    materials: tuple[Line, ...] = Field((), max_length=100)
    envelope_mm: Envelope | None = None
    diameter_mm: Millimetres | None = None
    length_mm: Millimetres | None = None
    sheet_thickness_mm: Millimetres | None = None
    max_mass_kg: Kilograms | None = None
    tolerance_it: ToleranceGrade | None = None
    roughness_ra_um: Roughness | None = None
    hardness_hv: Hardness | None = None
    height_mm: Millimetres | None = None
    wall_mm: Millimetres | None = None
    gear_module_mm: GearModule | None = None
    gear_grade: GearGrade | None = None
    thread_mm: Millimetres | None = None
    lot: LotRecord | None = None
    lead_time_days: Annotated[int, Field(ge=0, le=3650), _NUMBER] | None = None
    note: Line | None = None


class EquipmentRecord(Record):
    name: Line
    type: Line | None = None
    quantity: Annotated[int, Field(ge=1, le=10_000), _NUMBER] | None = None
    year: Annotated[int, Field(ge=1850, le=2100), _NUMBER] | None = None
    maker: Line | None = None
    cnc: bool | None = None
    axes: Annotated[int, Field(ge=1, le=20), _NUMBER] | None = None
    spare_hours_per_month: (
        Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False), _NUMBER] | None
    ) = None
    envelope_mm: Envelope | None = None
    diameter_mm: Millimetres | None = None
    length_mm: Millimetres | None = None
    max_mass_kg: Kilograms | None = None
    tolerance_it: ToleranceGrade | None = None


class CertificateRecord(Record):
    standard: Line
    edition: Code | None = None
    status: Literal["implementing", "certified", "suspended"] = "certified"
    number: Line | None = None
    body: Line | None = None
    accreditation: Line | None = None
    issued: Day | None = None
    valid_until: Day | None = None
    scope: (
        Annotated[str, BeforeValidator(clean_text), StringConstraints(min_length=1, max_length=2_000)] | None
    ) = None
    verified: bool = False
    said_on: Day | None = None

    @model_validator(mode="after")
    def in_order(self) -> "CertificateRecord":
        if self.issued and self.valid_until and self.valid_until < self.issued:
            raise PydanticCustomError(
                "certificate.order", N_("The certificate ends (valid_until) before it is issued.")
            )
        return self


class ReferenceRecord(Record):
    customer: Line
    product: Line | None = None
    year: Annotated[int, Field(ge=1900, le=2100), _NUMBER] | None = None


class ContactsRecord(Record):
    person: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    website: Line | None = None


class ActivityRecord(Record):
    """A kind of activity that a register names for a firm, by its code of ОКВЭД 2."""

    code: Code
    name: Title | None = None


class RegistrationRecord(Record):
    """What a register of legal persons says of a firm, on the day `on`.

    Codes of activities are declared once and hardly ever taken back: they tell little of what a firm does, so nothing filters
    by them. `closed` is the day on which the firm ceased to be.
    """

    ogrn: Code | None = None
    kpp: Code | None = None
    full_name: Title | None = None
    short_name: Title | None = None
    legal_form: Line | None = None
    legal_form_code: Code | None = None
    region_code: Code | None = None
    activity: ActivityRecord | None = None
    other_activities: tuple[ActivityRecord, ...] = Field((), max_length=500, exclude_if=_left_out)
    status: Prose | None = None
    closed: Day | None = None
    on: Day | None = None

    @property
    def activities(self) -> tuple[ActivityRecord, ...]:
        """All activities, the main one first."""
        return (*((self.activity,) if self.activity else ()), *self.other_activities)


class SupplierRecord(Record):
    kind: Literal["supplier"] = "supplier"
    id: Code
    name: NameRecord
    inn: Inn | None = None
    region: Line | None = None
    city: Line | None = None
    address: Line | None = None
    location: Location | None = None
    description: TextRecord | None = None
    sectors: tuple[Line, ...] = Field((), max_length=50)
    employees: Annotated[int, Field(ge=0, le=5_000_000), _NUMBER] | None = None
    languages: tuple[Code, ...] = Field((), max_length=20)
    founded: Annotated[int, Field(ge=1700, le=2100), _NUMBER] | None = None
    size_class: Literal["micro", "small", "medium", "large"] | None = None
    capacity_kind: Literal["general", "specialised"] | None = None
    export_ready: bool | None = None
    lot: LotRecord | None = None
    minimum_order: MoneyRecord | None = None
    takes_customer_material: bool | None = None
    own_tooling: bool | None = None
    quality_papers: tuple[Line, ...] = Field((), max_length=50, exclude_if=_left_out)
    payment_terms: Line | None = None
    capabilities: tuple[CapabilityRecord, ...] = Field((), max_length=200)
    equipment: tuple[EquipmentRecord, ...] = Field((), max_length=500)
    certificates: tuple[CertificateRecord, ...] = Field((), max_length=50)
    references: tuple[ReferenceRecord, ...] = Field((), max_length=100)
    contacts: ContactsRecord | None = None
    registration: RegistrationRecord | None = None
    updated: Day | None = None

    @property
    def is_closed(self) -> bool:
        """Whether a register says that the firm ceased to be."""
        return self.registration is not None and self.registration.closed is not None


class ContractorRecord(Record):
    name: NameRecord
    inn: Inn | None = None


USUAL_STANDARD = "ISO 9001"  # where a demand names none


class DemandRecord(Record):
    """A demand for a certificate of one standard, or of any of several.

    `on` is the day on which it must hold, `dated` leaves out certificates without any date.
    """

    standard: Line | None = None
    any_of: tuple[Line, ...] = Field((), max_length=20)
    level: Level = "certified"
    verified: bool = False
    strength: Literal["must", "wish"] = "must"
    edition: Code | None = None
    on: Day | None = None
    dated: bool = False

    @property
    def standards(self) -> tuple[str, ...]:
        """The names of the standards of which one is enough."""
        return self.any_of or (self.standard or USUAL_STANDARD,)

    @model_validator(mode="after")
    def named_once(self) -> "DemandRecord":
        if self.standard and self.any_of:
            raise PydanticCustomError("demand.twice", N_("Give either `standard` or `any_of`."))
        return self

    @model_serializer(mode="wrap")
    def as_said(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The demand without the keys that were left out, as files of before wrote it."""
        said: dict[str, Any] = plain(self)
        left_out = {name for name in _LATER_KEYS if getattr(self, name) == _LATER_KEYS[name]}
        return {name: value for name, value in said.items() if name not in left_out}


_LATER_KEYS: Mapping[str, Any] = {
    "any_of": (),
    "strength": "must",
    "edition": None,
    "on": None,
    "dated": False,
}


def _listed(value: Any) -> Any:
    """One demand as a list of one."""
    if value is None:
        return ()
    return (value,) if isinstance(value, Mapping | DemandRecord) else value


Demands = Annotated[
    tuple[DemandRecord, ...],
    Field(max_length=MOST_DEMANDS),
    BeforeValidator(_listed, json_schema_input_type=DemandRecord | tuple[DemandRecord, ...]),
]


def _with_demands_as_said(said: dict[str, Any]) -> dict[str, Any]:
    """A written record with one demand for a certificate as an object, none left out."""
    demands = said.get("certification")
    if demands is None or len(demands) > 1:
        return said
    others = {name: value for name, value in said.items() if name != "certification"}
    return {**others, "certification": demands[0]} if demands else others


class PartRecord(Record):
    """The part that a need, or one of its positions, asks for.

    `thickness_mm` is that of sheet or plate, `wall_mm` the thinnest wall. `desired_by` is the day that would suit,
    `deliver_by` the last one. `price_steps` are the numbers of pieces to quote for.
    """

    number: Line | None = None
    drawing_number: Line | None = None
    revision: Line | None = None
    processes: tuple[Line, ...] = Field((), max_length=100)
    excluded_processes: tuple[Line, ...] = Field((), max_length=100, exclude_if=_left_out)
    materials: tuple[Line, ...] = Field((), max_length=100)
    customer_supplied_material: bool | None = None
    envelope_mm: Envelope | None = None
    diameter_mm: Millimetres | None = None
    inner_diameter_mm: Millimetres | None = None
    length_mm: Millimetres | None = None
    height_mm: Millimetres | None = None
    wall_mm: Millimetres | None = None
    # Files and stored needs of the first release name it after the sheet.
    thickness_mm: Millimetres | None = Field(
        None, validation_alias=AliasChoices("thickness_mm", "sheet_thickness_mm")
    )
    mass_kg: Kilograms | None = None
    tolerance_it: ToleranceGrade | None = None
    roughness_ra_um: Roughness | None = None
    hardness: HardnessRecord | None = None
    hardness_hv: Hardness | None = None
    gear_module_mm: GearModule | None = None
    gear_grade: GearGrade | None = None
    thread: Line | None = None
    quantity: Pieces | None = None
    lots_per_year: Annotated[int, Field(ge=1, le=10_000), _NUMBER] | None = None
    price_steps: tuple[Pieces, ...] = Field((), max_length=50, exclude_if=_left_out)
    deliver_by: Day | None = None
    desired_by: Day | None = None
    quality_papers: tuple[Line, ...] = Field((), max_length=50, exclude_if=_left_out)
    tooling_by: Literal["customer", "supplier"] | None = None

    @property
    def least_hardness_hv(self) -> float | None:
        """The least hardness as a Vickers number, from whichever key tells it."""
        return self.hardness.least_hv if self.hardness else self.hardness_hv

    @property
    def thread_mm(self) -> float | None:
        """The nominal diameter of the thread, where its designation tells one."""
        return threads.nominal_mm(self.thread) if self.thread else None


class PositionRecord(PartRecord):
    """One part of a need for several; what it leaves out it takes from the need."""

    id: Code
    title: Title | None = None
    text: Prose | None = None
    certification: Demands = ()

    @model_serializer(mode="wrap")
    def as_said(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The position without the lists that it leaves to the need."""
        said = _with_demands_as_said(plain(self))
        return {name: value for name, value in said.items() if value not in ((), [])}


class ConfirmedRecord(Record):
    """The meaning of a need's words that a person confirmed: a code, a day, or numbers in the units of a reading."""

    words: Line
    kind: Code
    code: Code | None = None
    day: Day | None = None
    amounts: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False), _NUMBER], ...] = Field((), max_length=3)
    at: Day | None = None


class NeedRecord(PartRecord):
    kind: Literal["need"] = "need"
    id: Code
    title: Title | None = None
    text: Prose | None = None
    contractor: ContractorRecord | None = None
    region: Line | None = None
    city: Line | None = None
    location: Location | None = None
    max_distance_km: Annotated[float, Field(gt=0, le=20_100, allow_inf_nan=False), _NUMBER] | None = None
    spare_hours: Hours | None = None
    hours_from: Day | None = None
    hours_until: Day | None = None
    payment: Line | None = None
    certification: Demands = ()
    sectors: tuple[Line, ...] = Field((), max_length=50)
    languages: tuple[Code, ...] = Field((), max_length=20)
    disregarded: tuple[Line, ...] = Field((), max_length=100)
    confirmed: tuple[ConfirmedRecord, ...] = Field((), max_length=100, exclude_if=_left_out)
    positions: tuple[PositionRecord, ...] = Field((), max_length=MOST_POSITIONS, exclude_if=_left_out)
    updated: Day | None = None

    @field_validator("hours_until")
    @classmethod
    def ends_after_it_begins(cls, until: date | None, info: ValidationInfo) -> date | None:
        since = info.data.get("hours_from")
        if until and since and until < since:
            raise PydanticCustomError(
                "hours.span", N_("The span of the machine-hours ends before it begins.")
            )
        return until

    @model_serializer(mode="wrap")
    def as_said(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The need with one demand for a certificate as an object, none left out, as files of before wrote it."""
        return _with_demands_as_said(plain(self))

    @field_validator("positions")
    @classmethod
    def told_apart(cls, positions: tuple[PositionRecord, ...]) -> tuple[PositionRecord, ...]:
        if len({one.id for one in positions}) < len(positions):
            raise PydanticCustomError(
                "positions.twice", N_("Two positions have the same id; give each its own.")
            )
        return positions

    @model_validator(mode="after")
    def said_what(self) -> "NeedRecord":
        if not (self.title or self.text):
            raise PydanticCustomError("need.empty", N_("Say what is needed: give a title or a text."))
        return self

    def for_position(self, position: PositionRecord) -> "NeedRecord":
        """The need for one of its positions alone, in the position's own words."""
        said = {name: getattr(position, name) for name in (*PartRecord.model_fields, "certification")}
        own = {name: value for name, value in said.items() if value not in (None, ())}
        if "hardness" in own or "hardness_hv" in own:
            own = {"hardness": None, "hardness_hv": None, **own}
        words = {"title": position.title or self.title, "text": position.text}
        return self.model_copy(update={**own, **words, "positions": ()})


class AwardedRecord(Record):
    """A position of a need that a contract is for, by its id, with the pieces."""

    id: Code
    quantity: Pieces | None = None


class OutcomeRecord(Record):
    kind: Literal["outcome"] = "outcome"
    need: Code
    supplier: Code
    decision: Literal[
        "approved", "rejected", "invited", "interested", "declined", "quoted", "contracted", "lost"
    ]
    reason: Line | None = None
    positions: tuple[AwardedRecord, ...] = Field((), max_length=MOST_POSITIONS, exclude_if=_left_out)
    at: Day | datetime | None = None

    @model_validator(mode="after")
    def of_a_contract(self) -> "OutcomeRecord":
        if self.positions and self.decision != "contracted":
            raise PydanticCustomError(
                "positions.contract", N_("Only a contract names the positions that it is for.")
            )
        return self


KINDS: Mapping[str, type[Record]] = {"supplier": SupplierRecord, "need": NeedRecord, "outcome": OutcomeRecord}
R = TypeVar("R", bound=Record)
AnyRecord = SupplierRecord | NeedRecord | OutcomeRecord

# pydantic's name of an error → the message for a person. The value and the limits are added as parameters.
_MESSAGES = {
    "extra_forbidden": N_("There is no such key; remove it or check its spelling."),
    "missing": N_("This is required."),
    "string_too_long": N_("Too long: %(actual_length)s, at most %(max_length)s."),
    "string_too_short": N_("This is empty; leave it out or fill it in."),
    "too_long": N_("Too long: %(actual_length)s, at most %(max_length)s."),
    "greater_than": N_("Give a number above %(gt)s."),
    "greater_than_equal": N_("Give a number not below %(ge)s."),
    "less_than": N_("Give a number below %(lt)s."),
    "less_than_equal": N_("Give a number not above %(le)s."),
    "finite_number": N_("Give an ordinary number."),
    "literal_error": N_("Use one of: %(expected)s."),
    "string_pattern_mismatch": N_("This has not the form %(pattern)s."),
    "string_type": N_("Give a text here."),
    "bool_type": N_("Give true or false."),
    "bool_parsing": N_("Give true or false."),
    "tuple_type": N_("Give a list here."),
    "model_type": N_("Give an object here."),
}
_BY_FAMILY = (
    ("date", N_("Give a date as YYYY-MM-DD that exists in the calendar.")),
    ("int", N_("Give a whole number.")),
    ("float", N_("Give a number.")),
)


def _problem(error: Mapping[str, Any]) -> Problem:
    kind = str(error["type"])
    family = next((text for prefix, text in _BY_FAMILY if kind.startswith(prefix)), None)
    own = kind if "." in kind else None
    message = str(error["msg"]) if own else _MESSAGES.get(kind) or family or N_("Check this value.")
    value = error.get("input")
    shown = "" if value is None or isinstance(value, dict | list) else str(value)[:80]
    if shown and kind == "extra_forbidden":
        shown = ""
    path = ".".join(str(part) for part in error["loc"]) or "record"
    params = dict(error.get("ctx") or {})
    if kind == "string_too_long":
        params["actual_length"] = len(str(value))
    return Problem(path, own or f"value.{kind}", message, shown, params)


def parse(model: type[R], data: Mapping[str, Any]) -> R:
    """Build a record from plain data. Raises InvalidRecord with a problem for every wrong field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidRecord(tuple(_problem(item) for item in error.errors(include_url=False))) from error


def parse_right(model: type[R], data: Mapping[str, Any], faults: Faults) -> R | None:
    """The record of what is right in the data, so that it can be checked further; what is wrong goes to `faults`.

    A check of several values together waits until each of them is right. None where what is left is no record.
    """
    left, wrong = copy.deepcopy(dict(data)), Faults()
    with wrong:
        return parse(model, left)
    faults.problems += wrong.problems
    for problem in wrong.problems:
        _drop(left, problem.path.split("."))
    rest = Faults()
    with rest:
        return parse(model, left)
    told = [problem.path for problem in wrong.problems]
    faults.problems += [one for one in rest.problems if not any(path.startswith(one.path) for path in told)]
    return None


def _drop(data: Any, path: Sequence[str]) -> None:
    """Leave out what stands at the path, or the whole list where it is one of its entries."""
    first, *rest = path
    below = data[int(first)] if isinstance(data, list) and first.isdigit() else None
    if isinstance(data, dict):
        below = data.get(first)
        is_entry = isinstance(below, list) and len(rest) == 1
        if not rest or is_entry or not isinstance(below, dict | list):
            data.pop(first, None)
            return
    if below is not None and rest:
        _drop(below, rest)


def to_data(record: Record) -> dict[str, Any]:
    """The record as JSON-ready data without the keys that were not given."""
    return record.model_dump(mode="json", exclude_none=True, exclude_defaults=False)
