"""A need in few words: its title line, and the card that an invited supplier may read."""

from matchmaker.domain.language import N_
from matchmaker.models import Need
from matchmaker.services.mail import letters

_TITLE = 120


def title_of(need: Need) -> str:
    """The one-line title of a need."""
    line = " ".join((need.title or need.text or "").split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1] + "…"


def card(need: Need, language: str) -> list[tuple[str, str]]:
    """The facts of a need that any invited supplier may read, as labels and values in a language; never the
    contractor.
    """
    _ = letters.words(language)
    given = need.requirements or {}
    rows = [
        (_(N_("Process")), ", ".join(given.get("processes") or ())),
        (_(N_("Material")), ", ".join(given.get("materials") or ())),
        (_(N_("Lot")), _(N_("%(value)s pcs")) % {"value": need.quantity} if need.quantity else ""),
        (_(N_("Pieces to quote for")), "; ".join(map(str, given.get("price_steps") or ()))),
        (_(N_("Positions")), str(len(given.get("positions") or ()) or "")),
        (_(N_("Customer's material")), _(N_("yes")) if given.get("customer_supplied_material") else ""),
        (_(N_("Quality papers")), ", ".join(given.get("quality_papers") or ())),
        (_(N_("Deliver by")), letters.day_in(language, need.due) if need.due else ""),
        (_(N_("Region")), ", ".join(part for part in (need.region, need.city) if part)),
    ]
    return [(label, value) for label, value in rows if value]
