"""The reading of a text as data of the exchange format: what `matchmaker read` prints."""

from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Any

from matchmaker.domain.certificate import CertificationLevel
from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.reading import certificate_answers, doubts, work
from search.reading.need_reading import requirements_of
from search.reading.sureness import sureness
from search.reading.terms import PlaceNames, RecognisedAmounts, material_given, specific
from search.text import Mention, Recogniser, Recognition, TextSource

_SIZES = ("diameter", "length", "inner_diameter", "wall", "thickness", "height")


def of_need(text: str, recogniser: Recogniser, today: date) -> dict[str, Any]:
    """The understood request of a buyer's text."""
    reading = requirements_of(NeedRecord(id="text", text=text[:30_000]), recogniser, today)
    asked, recognition = reading.requirements, reading.recognition
    places, given = PlaceNames(recogniser), material_given(recognition)
    return {
        "language": recognition.language,
        "positions": [
            _position(one.requirements, one.part.recognition, one.part.title, given, recogniser.taxonomy)
            for one in reading.parts
        ]
        or [_position(asked, recognition, None, given, recogniser.taxonomy)],
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
        "customer_supplied_material": given,
        "doubts": _doubts(recognition),
        "ignored": _ignored(recognition),
    }


def of_supplier(text: str, recogniser: Recogniser, today: date) -> dict[str, Any]:
    """The understood profile of a shop's text; the states of its certificates are those of today."""
    recognition = recogniser.recognise(text[:30_000], source=TextSource.PAGE)
    taxonomy = recogniser.taxonomy
    amounts = RecognisedAmounts(recognition)
    papers = certificate_answers.in_text(recognition, recogniser, today)
    materials = specific(taxonomy, "material", recognition.codes("material"))
    return {
        "language": recognition.language,
        "positions": [
            {
                "title": None,
                "processes": _processes(work.of_shop(taxonomy, recognition)),
                "materials": _materials(recognition, materials, "own"),
                **_numbers(amounts),
            }
        ],
        "place": _place(recognition, PlaceNames(recogniser), recogniser),
        "lot": _lot(amounts),
        "certificates": certificate_answers.certificates(papers.certificates),
        "doubts": [*_doubts(recognition), *certificate_answers.doubts(papers.doubts)],
        "ignored": _ignored(recognition),
    }


def _position(
    asked: Requirements, recognition: Recognition, title: str | None, given: bool | None, taxonomy: Taxonomy
) -> dict[str, Any]:
    codes = set(asked.processes)
    told = (
        one
        for one in work.of_need(taxonomy, recognition)
        if one.role is not work.WorkRole.WANTED or one.code in codes
    )
    return {
        "title": title,
        "processes": _processes(told),
        "materials": _materials(recognition, asked.materials, "customer" if given else "wanted"),
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


def _processes(told: Iterable[work.Work]) -> list[dict[str, Any]]:
    return [_reading(one.mention, one.role) for one in told]


def _materials(recognition: Recognition, codes: Container[str], role: str) -> list[dict[str, Any]]:
    surest: dict[str, Mention] = {}
    for mention in recognition.of("material"):
        code = str(mention.code)
        if code in codes and (code not in surest or surest[code].sure < mention.sure):
            surest[code] = mention
    return [_reading(mention, role) for mention in surest.values()]


def _reading(mention: Mention, role: str) -> dict[str, Any]:
    return {
        "code": mention.code,
        "role": str(role),
        "sure": round(sureness(mention), 2),
        "from": str(mention.origin),
        "span": [mention.start, mention.end],
    }


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


def _doubts(recognition: Recognition) -> list[dict[str, Any]]:
    """The doubts; `question` is an English message that the caller translates with its `parameters`."""
    return [
        {
            "span": [doubt.start, doubt.end],
            "readings": [answer.told for answer in doubt.answers],
            "question": doubt.question,
            "parameters": dict(doubt.parameters),
        }
        for doubt in doubts.of_recognition(recognition)
    ]


def _ignored(recognition: Recognition) -> list[list[Any]]:
    return [[one.start, one.end, str(one.kind)] for one in recognition.ignored]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
