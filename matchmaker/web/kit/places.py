"""Towns and regions in the reader's language."""

from matchmaker.models import Profile
from matchmaker.web.kit import context
from matchmaker.wiring import load_taxonomy


def region(given: str | None) -> str:
    """A region as typed, in the reader's language where it is a code of the taxonomy."""
    return load_taxonomy().label("region", given, context.language()) if given else ""


def place(profile: Profile) -> str:
    """Town and region in the reader's language where the taxonomy knows the region."""
    organisation = profile.organisation
    code = organisation.region_code
    taxonomy = context.product().taxonomy
    kind = "region" if code in taxonomy.regions else "country"
    region = taxonomy.label(kind, code, context.language()) if code else organisation.region
    return ", ".join(dict.fromkeys(part for part in (town(organisation.city, code), region) if part))


def town(name: str | None, region: str | None) -> str:
    """A town's name in the reader's language where the taxonomy knows the town, else as written."""
    return load_taxonomy().town(name, region or "", context.language()) if name else ""
