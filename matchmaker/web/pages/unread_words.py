"""The words of a profile that mean nothing to the search, with the nearest that do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from matchmaker.domain.records import SupplierRecord
from matchmaker.services.imports.unknown_terms import UnknownTerms
from matchmaker.web.kit.context import language, product

MOST_NEAREST = 3


@dataclass(frozen=True, slots=True)
class UnreadWord:
    """A word that no need finds the shop by; `nearest` are the nearest that the search knows."""

    word: str
    nearest: tuple[str, ...] = ()


def of_record(record: SupplierRecord) -> tuple[UnreadWord, ...]:
    """The words that stand where the search expects ones that it knows."""
    unknown = UnknownTerms(product().recogniser).of(record)
    town = _unknown_town(record.city)
    return (
        *([town] if town else ()),
        *(UnreadWord(word, _nearest(word, _terms(language()))) for word in unknown),
    )


def fresh(record: SupplierRecord, before: SupplierRecord) -> tuple[UnreadWord, ...]:
    """The unread words that the record of before did not have."""
    known = {one.word for one in of_record(before)}
    return tuple(one for one in of_record(record) if one.word not in known)


def nearest_standards(name: str) -> Sequence[str] | None:
    """None for a standard that is known, else the nearest that are."""
    if product().recogniser.codes("standard", name):
        return None
    return (
        _nearest(name, _labels(("standard",), language()))
        or _labels(("standard",), language())[:MOST_NEAREST]
    )


def nearest_of(kind: str, word: str) -> tuple[str, ...]:
    """The nearest terms of a tree of the taxonomy."""
    return _nearest(word, _labels((kind,), language()))


def _unknown_town(city: str | None) -> UnreadWord | None:
    if not city or city.casefold() in _towns():
        return None
    return UnreadWord(city, tuple(_towns()[name] for name in _close(city.casefold(), _towns())))


@cache
def _towns() -> dict[str, str]:
    """The names of towns by their small letters, in both languages."""
    places = product().taxonomy.places
    return {name.casefold(): name for place in places for name in (place.label.ru, place.label.en) if name}


def _terms(spoken: str) -> tuple[str, ...]:
    return _labels(("process", "material", "equipment", "standard", "sector", "quality_paper"), spoken)


@cache
def _labels(trees: tuple[str, ...], spoken: str) -> tuple[str, ...]:
    known = product().taxonomy.trees()
    return tuple(concept.label.text(spoken) for tree in trees for concept in known[tree])


def _nearest(word: str, labels: Sequence[str]) -> tuple[str, ...]:
    spelled = {label.casefold(): label for label in labels}
    return tuple(spelled[name] for name in _close(word[:100].casefold(), spelled))


def _close(word: str, names: Iterable[str]) -> list[str]:
    """The names that are spelt nearly so, or begin so."""
    begun = [name for name in names if len(word) > 3 and name.startswith(word)]
    return (begun or get_close_matches(word, names, MOST_NEAREST, 0.6))[:MOST_NEAREST]
