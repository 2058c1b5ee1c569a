"""A supplier's record with what another one says laid over it: what that one does not say stays. What differs between two
records of any kind is told key by key.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from matchmaker.domain.language import N_
from matchmaker.domain.organisation import search_key
from matchmaker.domain.records import (
    PROSE_LIMIT,
    CapabilityRecord,
    CertificateRecord,
    ContactsRecord,
    EquipmentRecord,
    NameRecord,
    Record,
    ReferenceRecord,
    RegistrationRecord,
    SupplierRecord,
    TextRecord,
)
from matchmaker.services.profiles import profile_mapping
from matchmaker.services.profiles.profile_mapping import TermCodes

# Records whose keys are said one by one: an English name says nothing about the Russian one.
_KEY_BY_KEY = (NameRecord, TextRecord, ContactsRecord, RegistrationRecord)
_IDENTITY = {"kind", "id"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A key of a record that changes, with the words of what goes and of what comes, or of what found no room: a record holds at
    most so many entries, or 0 where a text is as long as it may be.
    """

    field: str
    gone: str
    come: str
    left: str = ""
    most: int = 0


class RecordOverlay:
    """Lays records over others. A list that is `adding` (an office's sheet) adds entries to those that are there, and fills
    in what it says of one that it names; the exchange format gives a list as it shall be.
    """

    def __init__(self, codes: TermCodes, *, adding: bool) -> None:
        self._codes, self._adding = codes, adding

    def over(self, base: SupplierRecord, given: SupplierRecord) -> SupplierRecord:
        """`base` with what `given` says, under the id of `base`, as far as a record has room. One that says no day is as of now,
        unless it changes nothing.
        """
        whole = profile_mapping.within(self._together(base, given))
        if given.updated is None and whole != base:
            return whole.model_copy(update={"updated": None})
        return whole

    def left(
        self, base: SupplierRecord, given: SupplierRecord, whole: SupplierRecord
    ) -> Iterator[FieldChange]:
        """What finds no room where `given` is laid over `base`, which gives `whole`."""
        if profile_mapping.is_full(whole):
            yield from without_room(self._together(base, given))
        if self._adding and base.description and given.description:
            yield from _words_without_room(base.description, given.description)

    def _together(self, base: SupplierRecord, given: SupplierRecord) -> SupplierRecord:
        update: dict[str, Any] = {}
        for name in SupplierRecord.model_fields:
            mine, theirs = getattr(base, name), getattr(given, name)
            if name in _IDENTITY or name not in given.model_fields_set or theirs is None:
                continue
            if isinstance(theirs, TextRecord) and mine is not None and self._adding:
                update[name] = _longer(mine, theirs)
            elif isinstance(theirs, _KEY_BY_KEY) and mine is not None:
                update[name] = filled(mine, theirs)
            elif name in _SAME and self._adding:
                update[name] = self._joined(name, mine, theirs)
            elif name in _WORDS and self._adding:
                update[name] = (*mine, *(one for one in dict.fromkeys(theirs) if one not in mine))
            else:
                update[name] = theirs
        return base.model_copy(update=update)

    def _joined(self, name: str, mine: Sequence[Any], theirs: Sequence[Any]) -> tuple[Any, ...]:
        """The entries of both; one that names an entry of before fills it in."""
        found, free, same = list(mine), list(range(len(mine))), _SAME[name]
        for one in theirs:
            at = next((place for place in free if same(mine[place], one, self._codes)), None)
            if at is None:
                found.append(one)
            else:
                free.remove(at)
                found[at] = filled(mine[at], one)
        return tuple(found)


def filled(mine: Record, theirs: Record) -> Record:
    """A record with the keys that another one says; the other one alone where both together cannot be."""
    data = mine.model_dump(exclude_none=True, exclude={"said_on"})
    for name, said in theirs.model_dump(exclude_unset=True, exclude_none=True).items():
        several = name == "materials"
        data[name] = (*data[name], *(one for one in said if one not in data[name])) if several else said
    try:
        return type(mine).model_validate(data)
    except ValidationError:
        return theirs


def _longer(mine: TextRecord, theirs: TextRecord) -> TextRecord:
    """A text with the words that it lacks, as far as there is room: a list's words are what its columns leave over."""
    texts = {}
    for name in theirs.model_fields_set:
        before, said = getattr(mine, name), getattr(theirs, name)
        together = f"{before}\n{said}" if before and said else said
        if said and said not in (before or "") and len(together) <= PROSE_LIMIT:
            texts[name] = together
    return mine.model_copy(update=texts)


def _words_without_room(mine: TextRecord, theirs: TextRecord) -> Iterator[FieldChange]:
    """The words that find no room behind a text."""
    for name in theirs.model_fields_set:
        before, said = getattr(mine, name), getattr(theirs, name)
        if before and said and said not in before and len(f"{before}\n{said}") > PROSE_LIMIT:
            yield FieldChange(f"description.{name}", "", "", said)


def _plain(name: str) -> str:
    return " ".join(search_key(name).split())


def _same_capability(one: CapabilityRecord, other: CapabilityRecord, codes: TermCodes) -> bool:
    if _plain(one.process) == _plain(other.process):
        return True
    known = codes.all("process", (one.process,))
    return bool(known) and known == codes.all("process", (other.process,))


def _same_machine(one: EquipmentRecord, other: EquipmentRecord, _codes: TermCodes) -> bool:
    return _plain(one.name) == _plain(other.name)


def _same_certificate(one: CertificateRecord, other: CertificateRecord, codes: TermCodes) -> bool:
    """The same standard, and no two different numbers."""
    named, said = codes.certificate(one.standard), codes.certificate(other.standard)
    if named is None or said is None:
        alike = _plain(one.standard) == _plain(other.standard)
    else:
        alike = named.standard_code == said.standard_code
    numbers = {_plain(each.number) for each in (one, other) if each.number}
    return alike and len(numbers) < 2


def _same_reference(one: ReferenceRecord, other: ReferenceRecord, _codes: TermCodes) -> bool:
    return one == other


_SAME: Mapping[str, Callable[[Any, Any, TermCodes], bool]] = {
    "capabilities": _same_capability,
    "equipment": _same_machine,
    "certificates": _same_certificate,
    "references": _same_reference,
}
_WORDS = ("sectors", "languages", "quality_papers")


def changes(before: Record, after: Record) -> Iterator[FieldChange]:
    """What a record says otherwise than the one of its kind before, key by key."""
    for name in type(before).model_fields:
        mine, theirs = getattr(before, name), getattr(after, name)
        if name in {*_IDENTITY, "updated"} or mine == theirs:
            continue
        if isinstance(mine or theirs, _KEY_BY_KEY):
            for key in type(mine or theirs).model_fields:
                gone, come = (_words(getattr(one, key, None)) for one in (mine, theirs))
                if gone != come:
                    yield FieldChange(f"{name}.{key}", gone, come)
        elif _is_list(mine) and _is_list(theirs):
            away = [one for one in mine if one not in theirs]
            further = [one for one in theirs if one not in mine]
            yield FieldChange(name, "; ".join(map(_words, away)), "; ".join(map(_words, further)))
        else:
            yield FieldChange(name, _words(mine), _words(theirs))


def _is_list(value: object) -> bool:
    """Whether a value is a list of entries, and no place or size of several numbers."""
    return isinstance(value, tuple) and not (value and isinstance(value[0], float | int))


def without_room(together: SupplierRecord) -> Iterator[FieldChange]:
    """The entries of a record that are more than it may have, key by key."""
    for name, most in profile_mapping.MOST.items():
        if further := getattr(together, name)[most:]:
            yield FieldChange(name, "", "", "; ".join(map(_words, further)), most)


_YES, _NO = N_("yes"), N_("no")  # translated where a report is shown


def _words(value: object) -> str:
    """A value of a record in one line."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, Record):
        said = (getattr(value, name) for name in type(value).model_fields)
        return ", ".join(filter(None, (_words(one) for one in said if not isinstance(one, bool))))
    if isinstance(value, tuple):
        return (
            " × ".join(map(_words, value))
            if value and isinstance(value[0], float | int)
            else ", ".join(map(_words, value))
        )
    return str(value)
