"""The region, town and coordinates of a firm, from its address where its file has no columns for them."""

from matchmaker.domain.language import language_of
from matchmaker.domain.records import SupplierRecord
from search.text import Recogniser


def placed(record: SupplierRecord, recogniser: Recogniser) -> SupplierRecord:
    """The record with the places that its address names, unless it names its town itself. A town of another country or region
    than the record's is none: streets are called after towns.
    """
    if record.address is None or record.city is not None:
        return record
    town, named = recogniser.place_of(record.address[:300])
    own = _code(record.region, recogniser)
    language = language_of(record.address)
    found: dict[str, object] = {}
    if town is not None:
        place = recogniser.towns[town]
        if own is None or place.region is None or recogniser.taxonomy.lies_in(place.region, own):
            found["city"] = place.label.text(language)
            named = place.region or named
            if record.location is None:
                found["location"] = (place.latitude, place.longitude)
    if record.region is None and named is not None:
        kind = "region" if named in recogniser.taxonomy.regions else "country"
        found["region"] = recogniser.taxonomy.label(kind, named, language)
    return record.model_copy(update=found) if found else record


def _code(region: str | None, recogniser: Recogniser) -> str | None:
    """The code of what stands as the region, which may be a country."""
    if region is None:
        return None
    return next(iter((*recogniser.codes("region", region), *recogniser.codes("country", region))), None)
