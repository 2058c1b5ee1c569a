"""Towns and regions in the reader's language."""

from functools import cache

from matchmaker.domain.language import Label
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
    if not name:
        return ""
    known = _towns()
    label = known.get((name, region or "")) or known.get((name, ""))
    return label.text(context.language()) if label else name


@cache
def _towns() -> dict[tuple[str, str], Label]:
    """Labels of towns by name in either language and region; the largest of a name also without the region."""
    found: dict[tuple[str, str], Label] = {}
    for item in sorted(load_taxonomy().places, key=lambda one: -one.population):
        for name in (item.label.ru, item.label.en):
            found.setdefault((name, item.region), item.label)
            found.setdefault((name, ""), item.label)
    return found
