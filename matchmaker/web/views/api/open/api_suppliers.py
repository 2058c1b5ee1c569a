"""The interface for programs to suppliers."""

from typing import Annotated, Literal

from flask import Blueprint, url_for
from pydantic import Field, JsonValue

from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import FilterRefused
from matchmaker.domain.records import EquipmentRecord, SupplierRecord, parse, to_data
from matchmaker.domain.requirements import Requirements
from matchmaker.services.matching import matching
from matchmaker.services.reports import capability_shells, manufacturing_capabilities
from matchmaker.services.reports.described_capabilities import CapabilityDescriber
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, product
from matchmaker.web.pages import supplier_search
from matchmaker.web.pages.profile_access import visible
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiQuery, GivenAnswer, Limit, ShellAnswer
from matchmaker.web.views.api.api_bodies import Counts, MatchLine, ReasonAnswer
from matchmaker.web.views.api.operations import operation
from search.reading.need_reading import NeedReading

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
LAST_PLACE = 1_000  # of an answer; who looks further should ask more narrowly
LONGEST_WORDS = (
    1_000  # signs of a short need; in Cyrillic still within the 8 kB that proxies take of an address
)


class WordFilters(ApiQuery):
    """The words of a search and its conditions."""

    q: Annotated[str, Field(min_length=1, max_length=LONGEST_WORDS, description="what is needed, in words")]
    process: Annotated[str, Field(description="code of a process that must be offered")] = ""
    region: Annotated[str, Field(description="code of the region or country where it must be")] = ""
    level: Annotated[
        Literal["", "implementing", "certified", "dated", "verified"],
        Field(description="least level of a certificate of a quality system"),
    ] = ""


class SupplierFilters(WordFilters):
    """The words of a search, its conditions, and the part of the answer: at most `limit` suppliers after the place
    `after`.
    """

    facets: Annotated[bool, Field(description="count the suppliers that match by region too")] = False
    limit: Limit = 20
    after: Annotated[int, Field(ge=0, le=LAST_PLACE)] = 0


class RegionCount(ApiAnswer):
    """How many of the suppliers that match are in a region, whatever region is asked for."""

    region: str
    name: str
    count: int


class MatchList(ApiAnswer):
    """The number of all suppliers that no condition removes and that have to do with the words, what they do of the work
    (`counts`), and a part of them, best first; how many in each region where `facets` asks.
    """

    total: int
    counts: Counts
    regions: list[RegionCount] | None = None
    items: list[MatchLine]


class CapabilityAspect(ApiAnswer):
    """The aspect ManufacturingCapability 3.1.0, as Catena-X publishes it."""

    processes: list[dict[str, JsonValue]]
    products: list[dict[str, JsonValue]]
    capabilities: list[dict[str, JsonValue]]
    machines: list[dict[str, JsonValue]]
    tools: list[dict[str, JsonValue]] = Field(alias="machineTools")
    certificates: list[dict[str, JsonValue]]


class SupplierFit(ApiAnswer):
    """How one supplier stands to the words and to each condition, whether these remove it from the search or not. `share` and
    `reasons` are left out where its profile is not in the search.
    """

    supplier: str
    name: str
    share: str | None = None
    reasons: list[ReasonAnswer] | None = None


class PublicSupplier(SupplierRecord):
    """A published profile in the keys of the exchange format, without what its reader may not see."""


@blueprint.get("/suppliers")
@operation(answer=MatchList, query=SupplierFilters, reader="anybody", refusals=(503,))
def search(query: SupplierFilters) -> GivenAnswer:
    """Suppliers for words and conditions, best first, each with its reasons."""
    last = query.after + query.limit
    understood = _understood(query)
    answered = matching.match_understood(database(), understood, context.matching(last))
    found = MatchList(
        total=answered.answer.total,
        counts=api_bodies.counts(answered),
        regions=_regions(understood.requirements) if query.facets else None,
        items=api_bodies.lines(answered, query.after + 1),
    )
    more = last < min(found.total, LAST_PLACE)
    kept = query.model_dump(mode="json", exclude_defaults=True)
    return GivenAnswer(found, following={**kept, "after": last} if more else None)


def _understood(query: WordFilters) -> NeedReading:
    """The words and conditions as requirements. Raises FilterRefused."""
    taxonomy = product().taxonomy
    if query.process and query.process not in taxonomy.processes:
        raise FilterRefused(name="process", value=query.process[:60])
    if query.region and query.region not in taxonomy.regions and query.region not in taxonomy.countries:
        raise FilterRefused(name="region", value=query.region[:60])
    given = query.model_dump(include={"q", "process", "region", "level"})
    if not supplier_search.words_of(given):
        raise FilterRefused(name="q", value=query.q[:60])
    return supplier_search.asked(given)


def _regions(requirements: Requirements) -> list[RegionCount]:
    found = supplier_search.facets(requirements)
    return [RegionCount(region=code, name=name, count=count) for code, name, count in found]


@blueprint.get("/suppliers/<key>")
@operation(answer=PublicSupplier, reader="anybody", refusals=(404,))
def supplier(key: str) -> PublicSupplier:
    """A published profile in the keys of the exchange format, without contacts."""
    found = visible(database(), key)
    data = to_data(found.record)
    left_out = _closed_to(found.verdicts["profile.capacity"])
    if left_out:
        data["equipment"] = [
            {name: value for name, value in item.items() if name not in left_out}
            for item in data.get("equipment", ())
        ]
    return parse(PublicSupplier, {**data, "id": key})


@blueprint.get("/suppliers/<key>/shell")
@operation(answer=ShellAnswer, reader="anybody", refusals=(404,))
def shell(key: str) -> ShellAnswer:
    """What a published supplier offers, as an Asset Administration Shell with the submodel Capability Description."""
    record = visible(database(), key).record
    address = product().address + url_for("public.supplier", key=key)
    offered = CapabilityDescriber(product().recogniser).offered(record.capabilities)
    names = record.name.model_dump(exclude_none=True)
    return ShellAnswer.model_validate(capability_shells.shell(address, names, offered, offered=True))


@blueprint.get("/suppliers/<key>/manufacturing-capability")
@operation(answer=CapabilityAspect, reader="anybody", refusals=(404,))
def manufacturing_capability(key: str) -> CapabilityAspect:
    """A published supplier as the aspect ManufacturingCapability of Catena-X."""
    record = visible(database(), key).record
    offered = CapabilityDescriber(product().recogniser).offered(record.capabilities)
    return CapabilityAspect.model_validate(manufacturing_capabilities.aspect(record, offered))


@blueprint.get("/suppliers/<key>/fit")
@operation(
    answer=SupplierFit,
    query=WordFilters,
    reader="anybody",
    refusals=(404, 503),
    allowed=lambda key: visible(database(), key),
)
def fit(key: str, query: WordFilters) -> SupplierFit:
    """How a published profile stands to words and conditions, also where these remove it from the search."""
    profile, parts = visible(database(), key).profile, context.matching()
    found = parts.matcher.explain(_understood(query).requirements, key, today=parts.today)
    return SupplierFit(
        supplier=key,
        name=profile.organisation.name(context.language()),
        share=None if found is None else found.share,
        reasons=None if found is None else api_bodies.reasons(found),
    )


def _closed_to(capacity: AccessVerdict) -> frozenset[str]:
    """The fields of a machine that a reader with this right to the capacity does not get."""
    if capacity is AccessVerdict.OK:
        return frozenset()
    if capacity.allowed:
        return frozenset({"spare_hours_per_month"})
    return frozenset(EquipmentRecord.model_fields) - {"name"}
