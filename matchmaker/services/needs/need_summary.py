"""A need as others than its owner read it: its texts, its title line, and the card of an invited supplier."""

from matchmaker.domain.language import N_
from matchmaker.domain.records import NeedRecord
from matchmaker.models import Need
from matchmaker.services.mail import letters
from matchmaker.services.needs import needs
from search.reading import public_records
from search.text.contact_data import CUT, public_text

_TITLE = 120


def for_strangers(need: Need) -> NeedRecord:
    """The need without contact data, prices and persons; without its contractor's name, unless it is open to all."""
    return public_records.need_for_strangers(needs.record(need), hidden_names(need))


def left_out(need: Need, record: NeedRecord) -> tuple[str, ...]:
    """What others than its owner do not read of the need's texts."""
    return public_records.pieces_left_out(record, hidden_names(need))


def hidden_names(need: Need) -> tuple[str, ...]:
    """The names that the need's texts may not tell: those of its contractor, unless the need is open to all."""
    if need.disclosure == "open":
        return ()
    firm, given = need.contractor, (need.contractor_given or {}).get("name") or {}
    names = (firm.name_ru, firm.name_en) if firm else ()
    return tuple(dict.fromkeys(name for name in (*names, given.get("ru"), given.get("en")) if name))


def title_of(need: Need, longest: int = _TITLE) -> str:
    """The one-line title of a need, for anybody."""
    words = public_text(need.title or need.text or "", names=hidden_names(need)).shown
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1] + CUT


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
