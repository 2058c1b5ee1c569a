"""Records for tests, and a strategy of Hypothesis that makes any that the exchange format allows."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from matchmaker.domain.records import NeedRecord, SupplierRecord, parse

SUPPLIER: dict[str, Any] = {
    "kind": "supplier",
    "id": "s-17",
    "name": {"ru": "ООО «Пример»", "en": "Primer LLC"},
    "inn": "7707083893",
    "region": "Свердловская область",
    "city": "Екатеринбург",
    "address": "ул. Машиностроителей, 10",
    "location": [56.84, 60.61],
    "description": {"ru": "Точим валы", "en": "We turn shafts"},
    "sectors": ["automotive"],
    "employees": 45,
    "languages": ["ru", "en"],
    "capabilities": [
        {
            "process": "токарная обработка",
            "materials": ["40Х", "неведомый сплав"],
            "envelope_mm": [800, 400, 400],
            "diameter_mm": 320,
            "length_mm": 1000.5,
            "max_mass_kg": 120,
            "tolerance_it": 7,
            "roughness_ra_um": 0.8,
            "lot": {"min": 50, "max": 5000},
            "lead_time_days": 21,
        },
        {"process": "неведомая обработка", "lot": {"max": 10}},
    ],
    "equipment": [
        {"name": "DMG CTX 450", "type": "токарный станок с ЧПУ", "quantity": 2, "spare_hours_per_month": 160}
    ],
    "certificates": [
        {
            "standard": "ISO 9001:2015",
            "number": "RU-1",
            "issued": "2025-04-01",
            "valid_until": "2028-03-31",
            "verified": False,
        }
    ],
    "references": [{"customer": "Завод", "year": 2020}],
    "contacts": {"email": "shop@example.org", "phone": "+7 343 000-00-00"},
    "updated": "2026-10-01",
}
NEED: dict[str, Any] = {
    "kind": "need",
    "id": "n-3",
    "title": "Валы из 40Х",
    "text": "Нужны валы ø45h6, сталь 40Х, 500 шт. в месяц",
    "contractor": {"name": {"ru": "Завод «Сборка»"}, "inn": "7736050003"},
    "location": [55.16, 61.4],
    "max_distance_km": 500,
    "processes": ["токарная обработка", "закалка"],
    "materials": ["40Х"],
    "envelope_mm": [420, 45, 45],
    "tolerance_it": 6,
    "quantity": 500,
    "lots_per_year": 12,
    "deliver_by": "2027-03-01",
    "certification": {"standard": "ISO 9001", "level": "certified", "verified": False},
}


def supplier(**changes: Any) -> SupplierRecord:
    """A supplier with these keys changed; None leaves a key out."""
    data = {**SUPPLIER, **changes}
    return parse(SupplierRecord, {key: value for key, value in data.items() if value is not None})


def need(**changes: Any) -> NeedRecord:
    data = {**NEED, **changes}
    return parse(NeedRecord, {key: value for key, value in data.items() if value is not None})


_line = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=20)
_real = st.floats(0.001, 150_000, allow_nan=False)
_capability = st.fixed_dictionaries(
    {"process": _line},
    optional={
        "level": st.sampled_from(("core", "supplementary", "bought-out")),
        "materials": st.lists(_line, max_size=3),
        "envelope_mm": st.tuples(_real, _real, _real),
        "diameter_mm": _real,
        "sheet_thickness_mm": _real,
        "tolerance_it": st.integers(1, 18),
        "roughness_ra_um": st.floats(0.001, 1000),
        "wall_mm": _real,
        "gear_module_mm": st.floats(0.1, 50),
        "gear_grade": st.integers(1, 12),
        "lot": st.one_of(
            st.fixed_dictionaries({"min": st.integers(1, 100)}),
            st.fixed_dictionaries({"max": st.integers(1, 10**9)}),
        ),
        "lead_time_days": st.integers(0, 3650),
        "note": _line,
    },
)
_certificate = st.fixed_dictionaries(
    {"standard": _line},
    optional={
        "status": st.sampled_from(("implementing", "certified", "suspended")),
        "edition": st.sampled_from(("2015", "D")),
        "said_on": st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str),
        "number": _line,
        "body": _line,
        "accreditation": _line,
        "issued": st.dates(date(2020, 1, 1), date(2020, 12, 31)).map(str),
        "valid_until": st.dates(date(2028, 1, 1), date(2028, 12, 31)).map(str),
        "scope": _line,
        "verified": st.booleans(),
    },
)
_equipment = st.fixed_dictionaries(
    {"name": _line},
    optional={
        "type": _line,
        "quantity": st.integers(1, 99),
        "cnc": st.booleans(),
        "spare_hours_per_month": _real,
    },
)
any_supplier = st.fixed_dictionaries(
    {
        "id": st.just("s-1"),
        "name": st.one_of(st.fixed_dictionaries({"ru": _line}), st.fixed_dictionaries({"en": _line})),
    },
    optional={
        "region": _line,
        "location": st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
        "description": st.fixed_dictionaries({}, optional={"ru": _line, "en": _line}),
        "sectors": st.lists(_line, max_size=3),
        "employees": st.integers(0, 10_000),
        "languages": st.lists(st.sampled_from(("ru", "en", "de")), max_size=3),
        "size_class": st.sampled_from(("micro", "small", "medium", "large")),
        "export_ready": st.booleans(),
        "lot": st.fixed_dictionaries({"min": st.integers(1, 100)}, optional={"max": st.integers(100, 10**9)}),
        "minimum_order": st.fixed_dictionaries(
            {"amount": _real, "currency": st.sampled_from(("RUB", "EUR"))}
        ),
        "takes_customer_material": st.booleans(),
        "own_tooling": st.booleans(),
        "quality_papers": st.lists(_line, max_size=3),
        "payment_terms": _line,
        "capabilities": st.lists(_capability, max_size=3),
        "equipment": st.lists(_equipment, max_size=2),
        "certificates": st.lists(_certificate, max_size=2),
        "references": st.lists(
            st.fixed_dictionaries({"customer": _line}, optional={"product": _line}), max_size=2
        ),
        "contacts": st.fixed_dictionaries({}, optional={"email": _line, "phone": _line}),
        "updated": st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(str),
    },
).map(lambda data: parse(SupplierRecord, data))


_hardness = st.sampled_from(
    ({"scale": "HRC", "min": 45, "max": 50}, {"scale": "HB", "max": 229}, {"scale": "HV", "min": 900.5})
)
_of_a_part: dict[str, st.SearchStrategy[Any]] = {
    "number": _line,
    "drawing_number": _line,
    "revision": _line,
    "processes": st.lists(_line, max_size=2),
    "excluded_processes": st.lists(_line, max_size=2),
    "materials": st.lists(_line, max_size=2),
    "customer_supplied_material": st.booleans(),
    **dict.fromkeys(
        ("diameter_mm", "inner_diameter_mm", "length_mm", "height_mm", "wall_mm", "thickness_mm", "mass_kg"),
        _real,
    ),
    "envelope_mm": st.tuples(_real, _real, _real),
    "tolerance_it": st.integers(1, 18),
    "hardness": _hardness,
    "hardness_hv": st.floats(80, 3000),
    "gear_module_mm": st.floats(0.1, 50),
    "gear_grade": st.integers(1, 12),
    "thread": _line,
    "quantity": st.integers(1, 10**6),
    "price_steps": st.lists(st.integers(1, 10**6), max_size=3),
    "deliver_by": st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(str),
    "desired_by": st.dates(date(2026, 12, 1), date(2027, 12, 31)).map(str),
    "quality_papers": st.lists(st.sampled_from(("3.1", "ppap", "паспорт")), max_size=2),
    "tooling_by": st.sampled_from(("customer", "supplier")),
}
_position = st.fixed_dictionaries({}, optional={"title": _line, "text": _line, **_of_a_part})


def _numbered(positions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"p-{number}", **one} for number, one in enumerate(positions, 1)]


any_need = st.fixed_dictionaries(
    {"id": st.just("n-1"), "title": _line},
    optional={"payment": _line, "positions": st.lists(_position, max_size=3).map(_numbered), **_of_a_part},
).map(lambda data: parse(NeedRecord, data))
