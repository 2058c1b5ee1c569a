"""Records as strangers may read them: without contact data, names of persons and prices in what people wrote.

Fields that are made to be published (a name, an address, a number of a paper) stay; contacts are for whoever shows the
record to decide.
"""

from functools import lru_cache
from typing import Literal, TypeVar, get_args, get_origin

from matchmaker.domain.records import (
    ContactsRecord,
    NameRecord,
    NeedRecord,
    Record,
    RegistrationRecord,
    SupplierRecord,
)
from search.text.contact_data import CUT, public_text
from search.text.segments import TextSource

R = TypeVar("R", bound=Record)
_TERM = 100  # letters of a text that others are likely to repeat
# What everybody may read, or who shows it decides.
_PUBLISHED = (NameRecord, ContactsRecord, RegistrationRecord)
_AS_GIVEN = frozenset(
    {"kind", "id", "inn", "number", "drawing_number", "revision", "edition", "currency", "languages"}
)


def supplier_for_strangers(record: SupplierRecord) -> SupplierRecord:
    """A supplier without what its texts say of people and prices."""
    return _public(record, ())


def need_for_strangers(record: NeedRecord, names: tuple[str, ...] = ()) -> NeedRecord:
    """A need without what its texts say of people and prices; `names` are organisations that it may not name."""
    return _public(record.model_copy(update={"contractor": None}), names)


def pieces_left_out(record: Record, names: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The pieces of a record's texts that strangers do not read, each once, for its owner."""
    found = (piece for text in _texts(record) for piece in _cut(text, names)[1])
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=50)
def _fields(kind: type[Record]) -> tuple[str, ...]:
    """The fields of a kind of record in which people write."""
    return tuple(
        name
        for name, field in kind.model_fields.items()
        if name not in _AS_GIVEN and _holds_words(field.annotation)
    )


def _holds_words(kind: object) -> bool:
    """Whether values of a type hold text of their own: no number, and none of a few fixed words."""
    if isinstance(kind, type) and issubclass(kind, Record):
        return kind not in _PUBLISHED and bool(_fields(kind))
    return kind is str or (get_origin(kind) is not Literal and any(map(_holds_words, get_args(kind))))


def _public(record: R, names: tuple[str, ...]) -> R:
    changed = {}
    for field in _fields(type(record)):
        value = getattr(record, field)
        if value is None:
            continue
        shown = _shown(value, names)
        if shown != value:
            changed[field] = shown
    return record.model_copy(update=changed) if changed else record


def _shown(value: object, names: tuple[str, ...]) -> object:
    if isinstance(value, str):
        return _cut(value, names)[0] if len(value) > _TERM or names else _cut_term(value)
    if isinstance(value, Record):
        return value if isinstance(value, _PUBLISHED) else _public(value, names)
    if isinstance(value, tuple):
        return tuple(_shown(one, names) for one in value)
    return value


def _texts(value: object) -> list[str]:
    """What people wrote in a record."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for one in value for text in _texts(one)]
    if isinstance(value, Record) and not isinstance(value, _PUBLISHED):
        return [text for field in _fields(type(value)) for text in _texts(getattr(value, field))]
    return []


@lru_cache(maxsize=20_000)
def _cut_term(text: str) -> str:
    """A short text for strangers: the names of work, materials and machines that all suppliers repeat."""
    return _cut(text, ())[0]


def _cut(text: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A text for strangers, and the pieces that it lost; a line is no letter."""
    found = public_text(text, TextSource.LETTER if "\n" in text else TextSource.PAGE, names)
    return found.shown or CUT, found.left_out
