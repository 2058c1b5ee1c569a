"""The reading of a text as data of the exchange format: what `matchmaker read` prints."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from matchmaker.domain.certificate import CertificationLevel
from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirements import Requirements
from search.reading.need_reading import requirements_of
from search.reading.terms import PlaceNames, RecognisedAmounts, specific
from search.text import Mention, Recogniser, Recognition, TextSource

_SIZES = ("diameter", "length", "inner_diameter", "wall", "thickness", "height")


def of_need(text: str, recogniser: Recogniser, today: date) -> dict[str, Any]:
    """The understood request of a buyer's text."""
    reading = requirements_of(NeedRecord(id="text", text=text[:30_000]), recogniser, today)
    asked, recognition = reading.requirements, reading.recognition
    places = PlaceNames(recogniser)
    return {
        "language": recognition.language,
        "positions": [
            _position(one.requirements, one.part.recognition, one.part.title) for one in reading.parts
        ]
        or [_position(asked, recognition, None)],
        "place": _place(recognition, places, recogniser),
        "max_distance_km": min((m.amounts[0] for m in recognition.of("distance")), default=None),
        "certification": [
            {
                "any_of": list(demand.any_of),
                "strength": str(demand.strength),
                "level": "implementing" if demand.level is CertificationLevel.IMPLEMENTING else "certified",
                "on": _day(demand.on or asked.on),
            }
            for demand in asked.certification
        ],
        "customer_supplied_material": None,
        "doubts": [],
        "ignored": _ignored(recognition),
    }


def of_supplier(text: str, recogniser: Recogniser) -> dict[str, Any]:
    """The understood profile of a shop's text."""
    recognition = recogniser.recognise(text[:30_000], source=TextSource.PAGE)
    taxonomy = recogniser.taxonomy
    amounts = RecognisedAmounts(recognition)
    processes = [*_codes(recognition.of("process", negated=None), _shop_role)]
    materials = specific(taxonomy, "material", recognition.codes("material"))
    return {
        "language": recognition.language,
        "positions": [
            {
                "title": None,
                "processes": processes,
                "materials": [
                    one
                    for one in _codes(recognition.of("material"), lambda _: "own")
                    if one["code"] in materials
                ],
                **_numbers(amounts),
            }
        ],
        "place": _place(recognition, PlaceNames(recogniser), recogniser),
        "lot": _lot(amounts),
        "certificates": [],
        "doubts": [],
        "ignored": _ignored(recognition),
    }


def _position(asked: Requirements, recognition: Recognition, title: str | None) -> dict[str, Any]:
    wanted = set(asked.processes)
    processes = [
        one
        for one in _codes(recognition.of("process", negated=None), _need_role)
        if one["role"] != "wanted" or one["code"] in wanted
    ]
    materials = [
        one
        for one in _codes(recognition.of("material"), lambda _: "wanted")
        if one["code"] in asked.materials
    ]
    return {
        "title": title,
        "processes": processes,
        "materials": materials,
        **_numbers(RecognisedAmounts(recognition)),
        "tolerance_it": asked.tolerance_it,
        "roughness_ra_um": asked.roughness_ra_um,
        "mass_kg": asked.mass_kg,
        "quantity": asked.quantity,
        "lots_per_year": asked.lots_per_year,
        "price_steps": _steps(recognition),
        "deliver_by": _day(asked.deliver_by),
        "drawing_number": next((m.value for m in recognition.of("drawing")), None),
    }


def _lot(amounts: RecognisedAmounts) -> dict[str, int | None] | None:
    least, most = amounts.lot_range()
    return {"min": least, "max": most} if least or most else None


def _steps(recognition: Recognition) -> list[int] | None:
    return next(([int(amount) for amount in m.amounts] for m in recognition.of("price_steps")), None)


def _numbers(amounts: RecognisedAmounts) -> dict[str, Any]:
    sizes: dict[str, Any] = {"box_mm": amounts.sides()}
    for name in _SIZES:
        sizes[f"{name}_mm"] = amounts.most(name)
    return {
        "sizes": sizes,
        "tolerance_it": amounts.least("tolerance"),
        "roughness_ra_um": amounts.least("roughness"),
        "hardness": amounts.hardness(),
        "mass_kg": amounts.most("mass"),
    }


def _need_role(mention: Mention) -> str:
    if mention.own or mention.done:
        return "customer"
    return "excluded" if mention.negated else "wanted"


def _shop_role(mention: Mention) -> str:
    if mention.partner:
        return "partner"
    return "denied" if mention.negated else "own"


def _codes(mentions: Iterable[Mention], role_of: Any) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for mention in mentions:
        role = role_of(mention)
        reading = {
            "code": mention.code,
            "role": role,
            "sure": round(mention.sure, 2),
            "from": str(mention.origin),
            "span": [mention.start, mention.end],
        }
        key = (str(mention.code), role)
        if key not in found or found[key]["sure"] < reading["sure"]:
            found[key] = reading
    return list(found.values())


def _place(recognition: Recognition, places: PlaceNames, recogniser: Recogniser) -> Mapping[str, Any] | None:
    named = recognition.of("town") or recognition.of("region") or recognition.of("country")
    if not named:
        return None
    first = named[0]
    if first.kind == "town":
        town = recogniser.towns[str(first.code)]
        return {
            "town": town.label.text(recognition.language),
            "region": town.region,
            "country": places.country(town.region),
        }
    return {"town": None, "region": first.code, "country": places.country(first.code)}


def _ignored(recognition: Recognition) -> list[list[Any]]:
    return [[one.start, one.end, str(one.kind)] for one in recognition.ignored]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
