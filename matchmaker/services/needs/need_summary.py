"""A need as others than its owner read it: its texts, its title line, and the card of an invited supplier."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session, object_session

from matchmaker.domain.language import N_
from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS
from matchmaker.models import Need
from matchmaker.models.base import now
from matchmaker.services.mail import letters
from matchmaker.services.mail.recipients import Recipient
from matchmaker.services.needs import needs
from search.reading import public_records
from search.reading.titles import leading_words
from search.text.contact_data import CUT, public_text

_TITLE = 120
# Of a text that opens after an agreement only these are told before it.
_BEFORE_AN_AGREEMENT = frozenset({"processes", "lot"})
# What a need asks for by its text, in a language; sessions of the product know how to read it.
Read = Callable[[Need, str], Mapping[str, tuple[str, str]]]
# What is known of a title in a language, () for a title of that language; sessions of the product know it.
Tell = Callable[[str, str], Sequence[str]]


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
    words = public_text(need.title or leading_words(need.text or ""), names=hidden_names(need)).shown
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1] + CUT


def title_in_letters(need: Need, language: str) -> str:
    """The title line for letters, without words that open only after an agreement: a letter may reach other readers. What is
    known of its words follows for a reader of the other language.
    """
    if need.title or need.disclosure != "nda":
        session, title = object_session(need), title_of(need)
        teller: Tell | None = session.info.get("title_teller") if session else None
        known = " · ".join(teller(title, language)) if teller else ""
        return f"{title} ({known})" if known else title
    return letters.words(language)(N_("A need under agreement"))


def is_told(need: Need, requirement: str) -> bool:
    """Whether anybody whom the need reaches may read what it asks for by a requirement: before an agreement only the conditions
    are open, the text is not.
    """
    if need.disclosure != "nda" or requirement in _BEFORE_AN_AGREEMENT:
        return True
    kind = REQUIREMENT_KINDS[requirement]
    return not {kind.name, *(field.name for field in kind.fields)}.isdisjoint(need.requirements or {})


def card(need: Need, language: str) -> list[tuple[str, str]]:
    """The facts of a need that any invited supplier may read, as labels and values in a language, also those that only
    its text names; never the contractor.
    """
    _ = letters.words(language)
    given, read = need.requirements or {}, _read(need, language)
    quantity = _(N_("%(value)s pcs")) % {"value": need.quantity} if need.quantity else ""
    first = [
        read.pop("processes", (_(N_("Process")), ", ".join(given.get("processes") or ()))),
        read.pop("materials", (_(N_("Material")), ", ".join(given.get("materials") or ()))),
        read.pop("lot", (_(N_("Lot")), quantity)),
    ]
    papers = read.pop(
        "quality_papers", (_(N_("Quality papers")), ", ".join(given.get("quality_papers") or ()))
    )
    certificates = read.pop("certification", ("", ""))
    place = read.pop("place", (_(N_("Place")), ", ".join(filter(None, (need.city, need.region)))))
    rows = [
        (_(N_("Need number")), need.number),
        *first,
        *read.values(),
        (_(N_("Pieces to quote for")), "; ".join(map(str, given.get("price_steps") or ()))),
        (_(N_("Positions")), str(len(given.get("positions") or ()) or "")),
        (_(N_("Customer's material")), _(N_("yes")) if given.get("customer_supplied_material") else ""),
        papers,
        certificates,
        (_(N_("Deliver by")), letters.day_in(language, need.due) if need.due else ""),
        place,
    ]
    return [(label, value) for label, value in rows if value]


def card_for(session: Session, need: Need, reader: Recipient) -> list[tuple[str, str]]:
    """The card in the language of a reader, with the deadline for quotes in the reader's time zone."""
    rows = card(need, reader.language)
    if need.quotes_until is None or need.quotes_until <= now():
        return rows
    label = letters.words(reader.language)(N_("Quotes until"))
    return [*rows, (label, letters.moment_in(session, need.quotes_until, reader.language, reader.zone))]


def _read(need: Need, language: str) -> dict[str, tuple[str, str]]:
    """What the need's text and conditions ask for, by the names of requirements, as labels and values."""
    session = object_session(need)
    reader: Read | None = session.info.get("need_reader") if session else None
    if reader is None:
        return {}
    names = hidden_names(need)
    return {
        name: (public_text(label, names=names).shown, public_text(value, names=names).shown)
        for name, (label, value) in reader(need, language).items()
    }
