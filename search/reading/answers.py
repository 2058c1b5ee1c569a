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
from search.reading.sureness import Sureness
from search.reading.terms import PlaceNames, RecognisedAmounts, material_given, specific, where
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
        "doubts": _doubts(recognition, Sureness(recognition, recogniser.taxonomy)),
        "ignored": _ignored(recognition),
    }


def of_supplier(text: str, recogniser: Recogniser, today: date) -> dict[str, Any]:
    """The understood profile of a shop's text; the states of its certificates are those of today."""
    recognition = recogniser.recognise(text[:30_000], source=TextSource.PAGE)
    taxonomy = recogniser.taxonomy
    sureness = Sureness(recognition, taxonomy, of_shop=True)
    amounts = RecognisedAmounts(sureness.facts())
    papers = certificate_answers.in_text(recognition, recogniser, today)
    materials = specific(taxonomy, "material", recognition.codes("material"))
    return {
        "language": recognition.language,
        "positions": [
            {
                "title": None,
                "processes": _processes(work.of_shop(taxonomy, recognition), sureness),
                "materials": _materials(recognition, materials, "own", sureness),
                **_numbers(amounts),
            }
        ],
        "place": _place(recognition, PlaceNames(recogniser), recogniser),
        "lot": _lot(amounts),
        "certificates": certificate_answers.certificates(papers.certificates),
        "doubts": [*_doubts(recognition, sureness), *certificate_answers.doubts(papers.doubts)],
        "ignored": _ignored(recognition),
    }


def _position(
    asked: Requirements, recognition: Recognition, title: str | None, given: bool | None, taxonomy: Taxonomy
) -> dict[str, Any]:
    codes = set(asked.processes)
    sureness = Sureness(recognition, taxonomy)
    told = (
        one
        for one in work.of_need(taxonomy, recognition, sureness)
        if one.role is not work.WorkRole.WANTED or one.code in codes
    )
    facts = sureness.facts()
    sure = {one.kind for one in facts.mentions}
    numbers = {
        "tolerance_it": (asked.tolerance_it, "tolerance"),
        "roughness_ra_um": (asked.roughness_ra_um, "roughness"),
        "mass_kg": (asked.mass_kg, "mass"),
        "quantity": (asked.quantity, "quantity"),
        "lots_per_year": (asked.lots_per_year, "rhythm"),
        "deliver_by": (_day(asked.deliver_by), "deadline"),
    }
    return {
        "title": title,
        "processes": _processes(told, sureness),
        "materials": _materials(recognition, asked.materials, "customer" if given else "wanted", sureness),
        **_numbers(RecognisedAmounts(facts)),
        **{name: value if kind in sure else None for name, (value, kind) in numbers.items()},
        "price_steps": _steps(recognition),
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


def _processes(told: Iterable[work.Work], sureness: Sureness) -> list[dict[str, Any]]:
    facts = (one for one in told if sureness.is_fact(one.mention))
    return [_reading(one.mention, one.role, sureness.of(one.mention)) for one in facts]


def _materials(
    recognition: Recognition, codes: Container[str], role: str, sureness: Sureness
) -> list[dict[str, Any]]:
    surest: dict[str, tuple[Mention, float]] = {}
    for mention in recognition.of("material"):
        code, sure = str(mention.code), sureness.of(mention)
        known = surest.get(code)
        if code in codes and sureness.is_fact(mention) and (known is None or known[1] < sure):
            surest[code] = mention, sure
    return [_reading(mention, role, sure) for mention, sure in surest.values()]


def _reading(mention: Mention, role: str, sure: float) -> dict[str, Any]:
    return {
        "code": mention.code,
        "role": str(role),
        "sure": round(sure, 2),
        "from": str(mention.origin),
        "span": [mention.start, mention.end],
    }


def _place(recognition: Recognition, places: PlaceNames, recogniser: Recogniser) -> Mapping[str, Any] | None:
    named = where(recognition, "town") or where(recognition, "region") or where(recognition, "country")
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


def _doubts(recognition: Recognition, sureness: Sureness) -> list[dict[str, Any]]:
    """The doubts; `question` is an English message that the caller translates with its `parameters`."""
    return [
        {
            "span": [doubt.start, doubt.end],
            "readings": [answer.told for answer in doubt.answers],
            "question": doubt.question,
            "parameters": dict(doubt.parameters),
        }
        for doubt in (*doubts.of_recognition(recognition), *doubts.of_unsure(recognition, sureness))
    ]


def _ignored(recognition: Recognition) -> list[list[Any]]:
    return [[one.start, one.end, str(one.kind)] for one in recognition.ignored]


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
