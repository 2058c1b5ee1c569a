"""A need's record with what a line of a file says laid over it: what the line does not say stays."""

from collections.abc import Iterator
from typing import Any

from matchmaker.domain.organisation import search_key
from matchmaker.domain.records import PROSE_LIMIT, ContractorRecord, NeedRecord, parse, to_data
from matchmaker.services.profiles import record_overlay
from matchmaker.services.profiles.record_overlay import FieldChange

_IDENTITY = {"kind", "id"}
_HARDNESS = {"hardness", "hardness_hv"}  # two keys of one requirement


def over(base: NeedRecord, given: NeedRecord, *, adding: bool) -> NeedRecord:
    """`base` with what `given` says. The words of a list that is `adding` are added to those that are there, since they are what its
    columns leave over; any other key is given as it shall be. One that says no day is as of now, unless it changes nothing.

    Raises InvalidRecord for what cannot be together.
    """
    update: dict[str, Any] = {}
    for name in NeedRecord.model_fields:
        mine, theirs = getattr(base, name), getattr(given, name)
        if name in _IDENTITY or name not in given.model_fields_set or theirs is None:
            continue
        if isinstance(theirs, ContractorRecord) and mine is not None:
            update[name] = _contractor(mine, theirs)
        elif name == "text" and mine and adding:
            update[name] = _longer(base, given)
        elif name == "disregarded" and adding:
            update[name] = (*mine, *(one for one in theirs if one not in mine))
        else:
            update[name] = theirs
    if update.keys() & _HARDNESS:
        update = dict.fromkeys(_HARDNESS) | update
    whole = base.model_copy(update=update)
    if whole == base:
        return base
    if given.updated is None:
        whole = whole.model_copy(update={"updated": None})
    parse(NeedRecord, to_data(whole))
    return whole


def _contractor(mine: ContractorRecord, theirs: ContractorRecord) -> ContractorRecord:
    """A contractor with what a line says of it; the line's alone where it means another one."""
    if not (mine.inn == theirs.inn if mine.inn and theirs.inn else _names(mine) & _names(theirs)):
        return theirs
    name = record_overlay.filled(mine.name, theirs.name)
    return ContractorRecord.model_validate({"name": name, "inn": theirs.inn or mine.inn})


def _names(contractor: ContractorRecord) -> set[str]:
    return {search_key(name) for name in (contractor.name.ru, contractor.name.en) if name}


def _longer(base: NeedRecord, given: NeedRecord) -> str | None:
    """The text of `base` with the words that it lacks; as it is where there is no room."""
    before, said = _words(base), _words(given)
    if said in before:
        return base.text
    if before in said:
        return given.text
    together = f"{base.text}\n{said}"
    return together if len(together) <= PROSE_LIMIT else base.text


def without_room(base: NeedRecord, given: NeedRecord) -> Iterator[FieldChange]:
    """The words of `given` that find no room behind those of `base`."""
    if base.text and given.text:
        before, said = _words(base), _words(given)
        if not (said in before or before in said) and len(f"{base.text}\n{said}") > PROSE_LIMIT:
            yield FieldChange("text", "", "", said)


def _words(record: NeedRecord) -> str:
    """The text without the title that lists put before it."""
    text = record.text or ""
    return text.removeprefix(f"{record.title}. ") if record.title else text
