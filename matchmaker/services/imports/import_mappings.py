"""The meanings of columns that a centre has saved under a name: recognised in the next list, or asked for by their name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers import list_rows, lists
from matchmaker.domain.errors import InvalidRecord, NotFound, Problem, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.domain.records import clean_text
from matchmaker.models import Centre, ImportBatch, ImportMapping, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, locks

Columns = Sequence[tuple[str, str]]  # names with their meanings
LONGEST = 100  # characters of a name
MOST = 200  # of a centre
ALIKE = 0.8  # the share of a mapping's columns by which a list is recognised


@dataclass(frozen=True, slots=True)
class MappedColumns:
    """The columns of a list as a saved mapping reads them, with the name of the mapping and the columns that it does not know."""

    name: str
    columns: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]


def of_centre(session: Session, centre_id: int, kind: list_rows.Kind) -> Sequence[ImportMapping]:
    """The mappings of a centre for a kind of list, by name."""
    own = ImportMapping.centre_id == centre_id, ImportMapping.kind == kind
    return session.scalars(select(ImportMapping).where(*own).order_by(ImportMapping.name)).all()


def recognised(
    session: Session, centre_id: int, kind: list_rows.Kind, columns: Columns
) -> MappedColumns | None:
    """The columns as the mapping reads them that shares most with the list; None where none shares nearly all."""
    found = ((_share(one, columns), one.changed_at, one) for one in of_centre(session, centre_id, kind))
    best = max((one for one in found if one[0] >= ALIKE), key=lambda one: one[:2], default=None)
    if best is None:
        return None
    read = apply(best[2], kind, [name for name, _ in columns])
    return None if lists.check(kind, read.columns) else read


def named(session: Session, centre_id: int, kind: list_rows.Kind, name: str) -> ImportMapping:
    """The mapping of this name. Raises NotFound, which names those that there are."""
    there = of_centre(session, centre_id, kind)
    found = next((one for one in there if _key(one.name) == _key(name)), None)
    if found is None:
        raise NotFound(what="mapping", key=name)
    return found


def read_as(
    session: Session, centre_id: int, kind: list_rows.Kind, file: str, columns: Columns, name: str
) -> MappedColumns:
    """The columns of a file as the mapping of this name reads them. Raises UnreadableFile where there is no such mapping, or
    where it does not fit.
    """
    names = [one.name for one in of_centre(session, centre_id, kind)]
    try:
        mapping = named(session, centre_id, kind, name)
    except NotFound as error:
        near = get_close_matches(name, names, len(names) or 1, 0)
        message = N_("%(file)s: there is no mapping “%(name)s”; there are: %(known)s.")
        raise UnreadableFile(message, file=file, name=name, known=", ".join(near) or "—") from error
    read = apply(mapping, kind, [column for column, _ in columns])
    if lists.check(kind, read.columns):
        message = N_("The mapping “%(name)s” does not fit the columns of %(file)s: %(columns)s.")
        shown = ", ".join(column for column, _ in columns[:20])
        raise UnreadableFile(message, file=file, name=mapping.name, columns=shown)
    return read


def apply(mapping: ImportMapping, kind: list_rows.Kind, names: Sequence[str]) -> MappedColumns:
    """The columns of a list with the meanings of a mapping, column by column of one name; one that it does not know has the
    meaning of its name where no other has it.
    """
    saved = dict[str, list[str]]()
    for column, meaning in mapping.columns:
        saved.setdefault(_key(column), []).append(meaning)
    known = [saved[_key(name)].pop(0) if saved.get(_key(name)) else None for name in names]
    unknown = (name for name, meant in zip(names, known, strict=True) if meant is None)
    return MappedColumns(mapping.name, lists.columns_of(kind, names, known), tuple(unknown))


def save(
    session: Session, batch: ImportBatch, name: str, columns: Columns, user: User, *, instead: bool
) -> str:
    """Save the meanings of a list's columns under a name, which is returned as it is kept; `instead` of those of this name that
    read other columns. Raises InvalidRecord.
    """
    line = " ".join(clean_text(name).split())[:LONGEST]
    locks.lock_row(session, session.get_one(Centre, batch.centre_id))
    there = of_centre(session, batch.centre_id, batch.list_kind)
    known = next((one for one in there if _key(one.name) == _key(line)), None)
    pairs = [list(pair) for pair in columns]
    if known is None and len(there) >= MOST:
        message = N_("At most %(most)s mappings are kept; let one go first.")
        raise InvalidRecord((Problem("mapping", "mapping.most", message, line, {"most": MOST}),))
    if known is not None and known.columns != pairs and not instead:
        message = N_(
            "“%(name)s” is kept already and reads other columns: tick that it is replaced, or give another name."
        )
        raise InvalidRecord((Problem("mapping", "mapping.taken", message, line, {"name": known.name}),))
    if known is None:
        session.add(ImportMapping(centre_id=batch.centre_id, kind=batch.list_kind, name=line, columns=pairs))
    elif known.columns != pairs:
        known.columns, known.changed_at = pairs, now()
    session.flush()
    journal.note(session, user.public_id, "import.mapping_saved", batch, {"name": line})
    return known.name if known else line


def forget(session: Session, batch: ImportBatch, name: str, user: User) -> None:
    """Let the mapping of this name go. Raises NotFound."""
    found = named(session, batch.centre_id, batch.list_kind, name)
    session.delete(found)
    journal.note(session, user.public_id, "import.mapping_gone", batch, {"name": found.name})


def _share(mapping: ImportMapping, columns: Columns) -> float:
    """The share of a mapping's columns that a list has; nothing where they are one column, or less than half of the list's."""
    there = _keys(column for column, _ in columns)
    own = _keys(column for column, _ in mapping.columns)
    both = len(own & there)
    return 0 if both < 2 or 2 * both < len(there) else both / len(own)


def _keys(names: Iterable[str]) -> set[str]:
    return set(map(_key, names))


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
