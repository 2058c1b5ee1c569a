"""The words for what a side says of an order, in a language: on pages, in e-mails and in files."""

from collections.abc import Mapping

from matchmaker.domain.language import N_
from matchmaker.models import OrderClaim, OrderEntry
from matchmaker.services.mail import letters

LABELS: Mapping[str, str] = {
    "delivery": N_("Delivery"),
    "defects": N_("Defects found later"),
    "first_article": N_("First article"),
    "report": N_("Inspection report"),
    "day": N_("New day of delivery"),
    "cancellation": N_("Cancellation"),
}


def label(kind: str, language: str) -> str:
    """The name of a kind of entry."""
    return letters.words(language)(LABELS[kind])


def told(entry: OrderEntry, title: str, language: str) -> str:
    """An entry in a line; `title` is the name of its position, empty for the order as a whole."""
    _ = letters.words(language)
    parts = [title, *_numbers(entry, language), entry.text or ""]
    if entry.kind == "cancellation" and not title:
        parts.insert(0, _(N_("the whole order")))
    if entry.accepted is not None:
        parts.append(_(N_("accepted")) if entry.accepted else _(N_("not accepted")))
    if entry.answer:
        parts.append(entry.answer)
    return "; ".join(part for part in parts if part)


def _numbers(entry: OrderEntry, language: str) -> list[str]:
    _ = letters.words(language)
    found = []
    if entry.pieces is not None:
        found.append(_(N_("%(pieces)s pcs")) % {"pieces": entry.pieces})
    if entry.defective:
        found.append(_(N_("defective: %(pieces)s pcs")) % {"pieces": entry.defective})
    if entry.day is not None:
        found.append(letters.day_in(language, entry.day))
    return found


def claim_facts(claim: OrderClaim, language: str) -> list[tuple[str, str]]:
    """A claim as labels and values; what is not said yet is left out."""
    _ = letters.words(language)
    rows = [
        (N_("What is wrong"), claim.what),
        (N_("Pieces"), str(claim.pieces or "")),
        (N_("Cause"), claim.cause or ""),
        (N_("Remedy"), claim.remedy or ""),
        (N_("Done by"), letters.day_in(language, claim.due_on) if claim.due_on else ""),
    ]
    return [(_(name), value) for name, value in rows if value]
