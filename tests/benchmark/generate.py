"""Seeded suppliers and needs of any number, in the mix of a real centre: many small shops, some certified, half Russian."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from matchmaker.domain.certificate import Certificate, CertificationDemand
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy, Tree
from search.document import CapabilityFacts, SearchDocument

TODAY = date(2026, 11, 23)
_CAPABILITIES = (1, 1, 2, 2, 3, 4)
_ROUGHNESS = (0.2, 0.4, 0.8, 1.6, 3.2, 6.3)
_EDITIONS = {0: "2008", 1: "2015", 2: "C"}
_STATUSES = ("certified", "certified", "certified", "implementing", "suspended")
_LANGUAGES = (("ru",), ("ru",), ("ru", "en"), ("en",), ("de", "en"), ())
_PROSE = {
    "ru": (
        "изготавливаем детали по чертежам заказчика мелкими и средними сериями собственный инструментальный участок "
        "контроль на координатной машине доставка по области опыт работы с заводами сельхозмашиностроения"
    ),
    "en": (
        "we make parts to customer drawings in small and medium series with our own tool room inspection on a "
        "coordinate measuring machine delivery by own truck years of work for makers of farm machinery and pumps"
    ),
}


_WORDS = {language: prose.split() for language, prose in _PROSE.items()}


class Generator:
    """Documents and needs over a taxonomy; the same seed gives the same ones."""

    def __init__(self, taxonomy: Taxonomy, seed: int = 1) -> None:
        self.taxonomy, self.seed = taxonomy, seed
        self.processes = _leaves(taxonomy.processes)
        self.materials = [concept.code for concept in taxonomy.materials]
        self.sectors = [concept.code for concept in taxonomy.sectors]
        self.standards = [concept.code for concept in taxonomy.standards]

    def documents(self, count: int, *, first: int = 0) -> Iterator[SearchDocument]:
        for number in range(first, first + count):
            yield self.document(number)

    def document(self, number: int, *, revision: int = 1) -> SearchDocument:
        chance = random.Random(f"{self.seed}:{number}")
        capabilities = tuple(self._capability(chance) for _ in range(chance.choice(_CAPABILITIES)))
        language = chance.choice(("ru", "ru", "en"))
        place = chance.choice(self.taxonomy.places) if chance.random() < 0.9 else None
        said = tuple(chance.sample(self.processes, chance.randint(0, 2)))
        processes = dict.fromkeys([code for item in capabilities for code in item.processes] + list(said))
        materials = dict.fromkeys(code for item in capabilities for code in item.materials)
        return SearchDocument(
            key=f"s{number:07d}",
            revision=revision,
            names=(f"ООО Завод {number}",),
            text=self._text(chance, language, [*processes, *materials]),
            centre=f"centre-{number % 7}",
            capabilities=capabilities,
            processes=tuple(processes),
            said_processes=said,
            materials=tuple(materials),
            sectors=tuple(chance.sample(self.sectors, chance.randint(0, 2))),
            certificates=tuple(self._certificate(chance) for _ in range(chance.choice((0, 0, 1, 1, 2)))),
            region=place.region if place else None,
            country="RU" if place and place.region.startswith("RU") else None,
            location=(place.latitude, place.longitude) if place else None,
            languages=chance.choice(_LANGUAGES),
            spare_hours=float(chance.randrange(0, 900, 20)) if chance.random() < 0.7 else None,
            employees=chance.randint(2, 400) if chance.random() < 0.8 else None,
            references=chance.choice((0, 0, 1, 3)),
            updated=TODAY - timedelta(days=chance.randint(0, 900)),
        )

    def _capability(self, chance: random.Random) -> CapabilityFacts:
        box = chance.random() < 0.5
        sides = sorted((float(chance.randrange(50, 3000, 10)) for _ in range(3)), reverse=True)

        def maybe(share: float, value: float) -> float | None:
            return value if chance.random() < share else None

        low = chance.choice((None, 1, 10, 100))
        return CapabilityFacts(
            processes=(chance.choice(self.processes),),
            materials=tuple(chance.sample(self.materials, chance.randint(0, 3))),
            envelope_mm=(sides[0], sides[1], sides[2]) if box else None,
            diameter_mm=None if box else maybe(0.8, float(chance.randrange(10, 1200, 5))),
            length_mm=None if box else maybe(0.7, float(chance.randrange(50, 4000, 10))),
            thickness_mm=maybe(0.2, chance.choice((2.0, 6.0, 12.0, 25.0))),
            mass_kg=maybe(0.3, float(chance.choice((5, 50, 500, 5000)))),
            tolerance_it=chance.choice((None, 5, 6, 7, 8, 9, 11)),
            roughness_ra_um=maybe(0.5, chance.choice(_ROUGHNESS)),
            lot_min=low,
            lot_max=chance.choice((None, (low or 1) * 1000)),
            lead_time_days=chance.choice((None, 10, 20, 45)),
        )

    def _certificate(self, chance: random.Random) -> Certificate:
        issued = TODAY - timedelta(days=chance.randint(0, 1500))
        return Certificate(
            standard_code="iso-9001" if chance.random() < 0.6 else chance.choice(self.standards),
            status=chance.choice(_STATUSES),
            issued=issued if chance.random() < 0.8 else None,
            valid_until=issued + timedelta(days=1095) if chance.random() < 0.9 else None,
            verified=chance.random() < 0.3,
            edition=_EDITIONS.get(issued.day % 5),
            said_on=issued if issued.day > 3 else None,
        )

    def _text(self, chance: random.Random, language: str, codes: list[str]) -> str:
        trees = (self.taxonomy.processes, self.taxonomy.materials)
        labels = [tree[code].label.text(language) for code in codes for tree in trees if code in tree]
        return " ".join(
            (*chance.choices(_WORDS[language], k=30), *labels, *chance.choices(_WORDS[language], k=10))
        )

    def needs(self, count: int) -> Iterator[Requirements]:
        """Typical needs: one or two processes, mostly with a certificate, a distance, sizes and a grade of accuracy."""
        for number in range(count):
            yield self._need(random.Random(f"{self.seed}:need:{number}"))

    def _need(self, chance: random.Random) -> Requirements:
        processes = tuple(chance.sample(self.processes, chance.choice((1, 1, 2))))
        materials = tuple(chance.sample(self.materials, chance.choice((0, 1))))
        place = chance.choice(self.taxonomy.places)
        near = chance.random() < 0.6
        certified = chance.random() < 0.6
        return Requirements(
            text=self._text(chance, chance.choice(("ru", "en")), [*processes, *materials]),
            processes=processes,
            materials=materials,
            envelope_mm=(300.0, 120.0, 60.0) if chance.random() < 0.4 else None,
            tolerance_it=chance.choice((None, 6, 7, 9)),
            roughness_ra_um=chance.choice((None, 0.8, 1.6)),
            quantity=chance.choice((None, 50, 500)),
            on=TODAY,
            certification=(CertificationDemand(("iso-9001",)),) if certified else (),
            location=(place.latitude, place.longitude) if near else None,
            max_distance_km=float(chance.choice((300, 600, 1000))) if near else None,
        )


def letter(need: Requirements, taxonomy: Taxonomy) -> str:
    """A need as somebody would write it."""
    asked = [need.text]
    if need.tolerance_it is not None:
        asked.append(f"IT{need.tolerance_it}")
    if need.roughness_ra_um is not None:
        asked.append(f"Ra {need.roughness_ra_um}")
    if need.quantity is not None:
        asked.append(f"{need.quantity} шт.")
    if need.envelope_mm is not None:
        asked.append("300×120×60 мм")
    if need.certification:
        asked.append("обязательно ISO 9001")
    if need.location is not None:
        place = min(
            taxonomy.places,
            key=lambda one: abs(one.latitude - need.location[0]) + abs(one.longitude - need.location[1]),
        )
        asked.append(f"г. {place.label.ru}, не дальше {need.max_distance_km:.0f} км")
    return ", ".join(asked)


def _leaves(tree: Tree) -> list[str]:
    return [concept.code for concept in tree if not tree.children(concept.code)]
