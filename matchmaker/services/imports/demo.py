"""The demo centre: suppliers, needs and outcomes drawn from config/demo with a seed, the same on every machine.

Names are of fairy tales and INNs begin with 00, a tax office that does not exist, so that nothing here can be taken for
a real firm. Outcomes follow from the facts (trade, size, accuracy, certificate) with some noise, not from the ranker.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stdnum.ru import inn as inn_number

from matchmaker.domain.lifecycle import CertificateStatus, MatchState
from matchmaker.domain.records import NeedRecord, OutcomeRecord, SupplierRecord, parse
from matchmaker.domain.taxonomy import (
    Taxonomy,
    Town,
)

SEED = 9001
SUPPLIERS, NEEDS = 300, 40


@dataclass(frozen=True, slots=True)
class DemoCentre:
    suppliers: tuple[SupplierRecord, ...]
    needs: tuple[NeedRecord, ...]
    outcomes: tuple[OutcomeRecord, ...]


def generate(shops: Mapping[str, Any], taxonomy: Taxonomy, today: date) -> DemoCentre:
    """The demo centre from the parsed config/demo/shops.yaml; dates are relative to `today`."""
    maker = _Maker(shops, taxonomy, today)
    suppliers = tuple(maker.supplier(number) for number in range(1, SUPPLIERS + 1))
    needs = tuple(maker.need(number) for number in range(1, NEEDS + 1))
    return DemoCentre(suppliers, needs, tuple(maker.outcomes(suppliers, needs)))


def _check_digits(body: str) -> str:
    return str(body + inn_number.calc_company_check_digit(body))


class _Maker:
    """The maker of the demo's records, with the random state; one method a kind of record."""

    def __init__(self, shops: Mapping[str, Any], taxonomy: Taxonomy, today: date) -> None:
        self.shops, self.today = shops, today
        self.reasons: Mapping[str, str] = shops["reasons"]
        self.random = random.Random(SEED)
        self.processes = taxonomy.processes
        self.equipment = taxonomy.equipment
        wanted = set(shops["towns"])
        by_name: dict[str, Town] = {}
        for place in taxonomy.places:
            known = by_name.get(place.label.ru)
            if place.label.ru in wanted and (known is None or place.population > known.population):
                by_name[place.label.ru] = place
        self.towns = [by_name[name] for name in shops["towns"] if name in by_name]
        self.trade_of: dict[str, Mapping[str, Any]] = {}

    def _whole(self, span: Sequence[float]) -> int:
        """A number between the ends, evenly over orders of magnitude, rounded as people round."""
        low, high = span
        value = low * (high / low) ** self.random.random()
        step = 10 ** max(len(str(int(value))) - 2, 0)
        return int(min(max(round(value / step) * step, low), high))

    def _box(self, span: Sequence[Sequence[float]]) -> list[int]:
        share = self.random.random()
        return [
            max(1, round((low + share * (high - low)) / 10) * 10 or round(low))
            for low, high in zip(*span, strict=True)
        ]

    def supplier(self, number: int) -> SupplierRecord:
        trade = self.random.choice(self.shops["trades"])
        town = self.random.choice(self.towns)
        identifier = f"demo-s-{number}"
        self.trade_of[identifier] = trade
        capabilities = [
            self._capability(item) for item in trade["capabilities"] if self.random.random() < 0.85
        ]
        if not capabilities:
            capabilities = [self._capability(trade["capabilities"][0])]
        languages = ["ru", "en"] if self.random.random() < 0.35 else ["ru"]
        data = {
            "id": identifier,
            "name": self._name(number, trade),
            "inn": _check_digits(f"00{number:07d}"),
            "city": town.label.ru,
            "region": town.region,
            "location": (round(town.latitude, 4), round(town.longitude, 4)),
            "description": self._description(trade, town, languages),
            "sectors": trade["sectors"],
            "employees": self._whole((4, 180)),
            "founded": self.random.randint(1991, 2022),
            "languages": languages,
            "capabilities": capabilities,
            "equipment": [self._machine(item) for item in trade["equipment"]],
            "certificates": self._certificates(number),
            "contacts": {"email": f"shop{number}@demo-centre.example"},
            "updated": (self.today - timedelta(days=self._whole((1, 500)))).isoformat(),
        }
        return parse(SupplierRecord, data)

    def _name(self, number: int, trade: Mapping[str, Any]) -> dict[str, str]:
        index = self.random.randrange(len(self.shops["names"]["ru"]))
        form = self.random.randrange(3)
        suffix = self.random.randrange(len(trade["suffix"]["ru"]))
        names = {}
        for language in ("ru", "en"):
            root, tail = self.shops["names"][language][index], trade["suffix"][language][suffix]
            legal = self.shops["legal_forms"][language][form]
            names[language] = (
                f"{legal} «{root}-{tail} {number}»" if language == "ru" else f"{root} {tail} {number} {legal}"
            )
        return names

    def _description(self, trade: Mapping[str, Any], town: Town, languages: list[str]) -> dict[str, str]:
        values: dict[str, object] = {
            "year": self.random.randint(1991, 2022),
            "people": self._whole((4, 180)),
            "size": self._whole((100, 2000)),
        }
        written = {}
        for language in languages:
            town_name = town.label.text(language)
            values["machine"] = self._machine_name(trade["equipment"][0][1], language)
            written[language] = self.random.choice(trade["text"][language]).format(town=town_name, **values)
        return written

    def _machine_name(self, term: str, language: str) -> str:
        """The label of a type of machine in the language of the text, as it stands inside a sentence."""
        known = (c for c in self.equipment if any(term.casefold() == n.casefold() for n in c.names["ru"]))
        found = next(known, None)
        label = found.label.text(language) if found else term
        return label if label[:2].isupper() else label[0].lower() + label[1:]

    def _capability(self, item: Mapping[str, Any]) -> dict[str, Any]:
        label = (
            self.processes[item["process"]].label.ru if item["process"] in self.processes else item["process"]
        )
        materials = [name for name in item["materials"] if self.random.random() < 0.8]
        made: dict[str, Any] = {"process": label, "materials": materials or item["materials"][:1]}
        if "envelope" in item:
            made["envelope_mm"] = self._box(item["envelope"])
        spans = (
            ("diameter", "diameter_mm"),
            ("length", "length_mm"),
            ("mass", "max_mass_kg"),
            ("thickness", "sheet_thickness_mm"),
        )
        for key, field in spans:
            if key in item:
                made[field] = (
                    self._whole(item[key]) if item[key][0] >= 1 else round(self.random.uniform(*item[key]), 2)
                )
        if "it" in item and self.random.random() < 0.8:
            made["tolerance_it"] = self.random.randint(*item["it"])
        if "ra" in item and self.random.random() < 0.6:
            made["roughness_ra_um"] = self.random.choice(
                [ra for ra in (0.2, 0.4, 0.8, 1.6, 3.2, 6.3) if item["ra"][0] <= ra <= item["ra"][1]]
            )
        least = self._whole((item["lot"][0], max(item["lot"][0] * 10, 2)))
        made["lot"] = {"min": least, "max": max(least, self._whole(item["lot"]))}
        made["lead_time_days"] = self.random.randint(*item["lead_days"])
        return made

    def _machine(self, item: Sequence[Any]) -> dict[str, Any]:
        name, kind, low, high = item
        made = {
            "name": name,
            "type": kind,
            "quantity": self.random.randint(low, high),
            "year": self.random.randint(1985, 2024),
        }
        if self.random.random() < 0.7:
            made["spare_hours_per_month"] = self._whole((20, 320))
        return made

    def _certificates(self, number: int) -> list[dict[str, Any]]:
        draw = self.random.random()
        if draw < 0.4:
            return []
        standard = self.random.choice(self.shops["certificates"])
        if draw < 0.55:
            return [{"standard": standard, "status": CertificateStatus.IMPLEMENTING}]
        issued = self.today - timedelta(days=self.random.randint(30, 1500))
        made = {
            "standard": standard,
            "status": CertificateStatus.SUSPENDED if draw > 0.97 else CertificateStatus.CERTIFIED,
            "number": f"DEMO-{number:04d}",
            "issued": issued.isoformat(),
            "valid_until": (issued + timedelta(days=3 * 365 - 1)).isoformat(),
            "verified": self.random.random() < 0.5,
        }
        return [made]

    def need(self, number: int) -> NeedRecord:
        template = self.shops["needs"][(number - 1) % len(self.shops["needs"])]
        language = "en" if self.random.random() < 0.3 else "ru"
        town = self.random.choice(self.towns)
        contractor = self.random.randrange(len(self.shops["contractors"]["ru"]))
        values, data = self._part(template)
        draw = self.random.randrange(5)
        values["cert"] = self.shops["certification"][language][draw]
        data |= {
            "id": f"demo-n-{number}",
            "title": template["title"][language].format(**values),
            "text": template["text"][language].format(**values).strip(),
            "contractor": {
                "name": {tongue: self.shops["contractors"][tongue][contractor] for tongue in ("ru", "en")},
                "inn": _check_digits(f"00{9_000_000 + contractor:07d}"),
            },
            "city": town.label.ru,
            "location": (round(town.latitude, 4), round(town.longitude, 4)),
            "deliver_by": (self.today + timedelta(days=self.random.randint(30, 240))).isoformat(),
            "updated": (self.today - timedelta(days=self._whole((1, 60)))).isoformat(),
        }
        if self.random.random() < 0.4:
            data["max_distance_km"] = self.random.choice((300, 500, 800, 1500))
        if draw < 2:
            data["certification"] = dict(self.shops["demand"])
        return parse(NeedRecord, data)

    def _part(self, template: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The numbers of a part, as they fill the text and as structured keys."""
        values: dict[str, Any] = {"material": template["material"], "q": self._whole(template["q"])}
        data: dict[str, Any] = {"quantity": values["q"]}
        data["processes"] = (
            [self.processes[template["process"]].label.ru] if template["process"] in self.processes else []
        )
        if template["material"]:
            data["materials"] = [template["material"]]
        if "d" in template:
            values["d"], values["l"] = self._whole(template["d"]), self._whole(template["l"])
            data |= {"diameter_mm": values["d"], "length_mm": values["l"]}
        if "box" in template:
            sides = self._box(template["box"])
            values["box"] = "×".join(map(str, sides))
            data["envelope_mm"] = sides
        if "it" in template:
            values["it"] = data["tolerance_it"] = self.random.randint(*template["it"])
        if "ra" in template:
            values["ra"] = data["roughness_ra_um"] = self.random.choice(template["ra"])
        return values, data

    def outcomes(
        self, suppliers: Sequence[SupplierRecord], needs: Sequence[NeedRecord]
    ) -> Iterator[OutcomeRecord]:
        """For every second need, the decisions of operators and suppliers about the shops of its trade and a
        few others.
        """
        for index, need in enumerate(needs[::2]):
            template = self.shops["needs"][(index * 2) % len(self.shops["needs"])]
            same = [s for s in suppliers if self.trade_of[s.id]["code"] == template["trade"]]
            others = self.random.sample(suppliers, 3)
            at = need.updated or self.today
            contracted = False
            for supplier in [*self.random.sample(same, min(8, len(same))), *others]:
                decision, reason = self._decision(need, supplier, template["trade"])
                if decision == MatchState.CONTRACTED and contracted:
                    decision, reason = MatchState.LOST, self.reasons["other_chosen"]
                contracted = contracted or decision == MatchState.CONTRACTED
                yield OutcomeRecord(
                    need=need.id, supplier=supplier.id, decision=decision, reason=reason, at=at
                )

    def _decision(
        self, need: NeedRecord, supplier: SupplierRecord, trade: str
    ) -> tuple[MatchState, str | None]:
        if self.trade_of[supplier.id]["code"] != trade:
            return MatchState.REJECTED, self.reasons["other_trade"]
        tightest = min((c.tolerance_it for c in supplier.capabilities if c.tolerance_it), default=12)
        if need.tolerance_it and tightest > need.tolerance_it + 1:
            return MatchState.REJECTED, self.reasons["accuracy"]
        certified = any(
            CertificateStatus(c.status) is CertificateStatus.CERTIFIED
            and c.valid_until
            and c.valid_until > self.today
            for c in supplier.certificates
        )
        if need.certification and not certified:
            return MatchState.REJECTED, self.reasons["certificate"]
        draw = self.random.random() + 0.2 * certified
        steps = (
            (0.95, MatchState.CONTRACTED),
            (0.7, MatchState.QUOTED),
            (0.5, MatchState.INTERESTED),
            (0.3, MatchState.APPROVED),
            (0.15, MatchState.INVITED),
        )
        decision = next((name for least, name in steps if draw >= least), MatchState.DECLINED)
        return decision, self.reasons["declined"] if decision == MatchState.DECLINED else None
