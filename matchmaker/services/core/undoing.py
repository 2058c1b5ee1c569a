"""Acts that their author can take back for ten minutes: the rows that an act changed are kept as they were before and
after it, and its letters wait as long.

Taking an act back gives every changed field its former value. It is refused, with nothing done, where another act has
changed one of these fields since. Decisions are history: they are marked as undone, never deleted.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Table,
    UniqueConstraint,
    delete,
    inspect,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound, UndoOver, UndoOvertaken, UndoTooLate
from matchmaker.domain.lifecycle import MailState
from matchmaker.models import Base, Decision, DecisionUndone, Mail, UndoableAct, User
from matchmaker.models.base import UtcDateTime, new_public_id, now
from matchmaker.services.core import acts, journal
from matchmaker.services.core.acts import Undoable
from matchmaker.services.core.journal import Noted

UNDO = timedelta(minutes=10)
# What every change of a row moves on: it is no change of its own, and no undo takes it back.
_MOVES_ON = frozenset({"revision", "changed_at"})
_DECISIONS = Decision.__tablename__

Area = tuple[type[Base], ColumnElement[bool]]  # a table, and its rows that an act may change
ChangedRow = dict[str, Any]  # a table, the key of a row, and its fields before and after; None for no row
Images = dict[tuple[str, Any], dict[str, Any]]


@contextmanager
def undoable(
    session: Session, kind: str, thing: Noted, user: User, areas: Sequence[Area]
) -> Iterator[Undoable]:
    """Let the user take back what the block does to the rows of `areas`; `thing` is in whose history it stands.

    A block within another one is a part of that act.
    """
    whole = acts.under_way(session)
    if whole is not None:
        yield whole
        return
    session.flush()
    before = images(session, areas)
    act = Undoable(new_public_id(), now() + UNDO)
    acts.begin(session, act)
    try:
        with journal.together(session):
            yield act
    finally:
        acts.end(session)
    session.flush()
    rows = differences(before, images(session, areas, before))
    if rows:
        session.add(
            UndoableAct(
                public_id=act.key,
                kind=kind,
                object_kind=journal.kind_of(thing),
                object_id=thing.public_id,
                by_id=user.id,
                until=act.until,
                rows=rows,
                letters=act.letters,
                announced=act.announced,
            )
        )
        session.flush()
        acts.keep(session, act)


def by_key(session: Session, key: str, user: User) -> UndoableAct:
    """An act of this person (public id), its row locked. Raises NotFound, also for an act of somebody else."""
    mine = UndoableAct.public_id == key, UndoableAct.by_id == user.id
    found = session.scalar(select(UndoableAct).where(*mine).with_for_update())
    if found is None:
        raise NotFound(what="act", key=key)
    return found


def open_acts(session: Session, thing: Noted, user: User) -> Sequence[UndoableAct]:
    """The acts on a thing that this person can still take back, the last first."""
    on_it = (
        UndoableAct.object_kind == journal.kind_of(thing),
        UndoableAct.object_id == thing.public_id,
    )
    return open_acts_of(session, user, *on_it)


def open_acts_of(session: Session, user: User, *where: ColumnElement[bool]) -> Sequence[UndoableAct]:
    """The acts that this person can still take back, the last first."""
    query = select(UndoableAct).where(UndoableAct.by_id == user.id, *_open(), *where)
    return session.scalars(query.order_by(UndoableAct.id.desc())).all()


def _open() -> tuple[ColumnElement[bool], ...]:
    return UndoableAct.undone_at.is_(None), UndoableAct.until > now()


def undo(session: Session, act: UndoableAct, thing: Noted, user: User) -> bool:
    """Take an act back with the letters that wait; whether it was not yet, since a repeated press changes nothing.

    Raises UndoOver after its time, UndoTooLate once somebody was told, UndoOvertaken where it was changed since.
    """
    if act.undone_at is not None:
        return False
    if act.until <= now():
        raise UndoOver
    session.flush()
    try:
        restore(session, act.rows, user)
    except IntegrityError as error:
        raise UndoOvertaken from error
    if not _take_back_letters(session, act.letters):
        raise UndoTooLate
    act.undone_at = now()
    session.flush()
    session.expire_all()
    journal.announce(session, act.announced)
    journal.note(session, user.public_id, f"{act.kind}_undone", thing)
    return True


def tidy(session: Session) -> None:
    """Forget acts that can no longer be taken back: they hold copies of rows."""
    session.execute(delete(UndoableAct).where(UndoableAct.until < now() - UNDO))


def _take_back_letters(session: Session, keys: Sequence[str]) -> bool:
    """Delete letters (public ids) that still wait; whether none of them was taken to be sent."""
    waits = Mail.state == MailState.WAITING, Mail.attempts == 0, Mail.taken_by.is_(None)
    gone = delete(Mail).where(Mail.public_id.in_(keys), *waits).returning(Mail.id)
    return len(session.scalars(gone).all()) == len(keys)


def images(session: Session, areas: Sequence[Area], known: Images | None = None) -> Images:
    """The rows of the areas in plain values, with those that were known there before."""
    found: Images = {}
    for model, rows in areas:
        table = _table(model)
        ids = [key for name, key in known or {} if name == table.name]
        found |= _read(session, table, rows | _among(table, ids))
    return found


def _read(session: Session, table: Table, rows: ColumnElement[bool], *, lock: bool = False) -> Images:
    query = select(table).where(rows)
    read = session.execute(query.with_for_update() if lock else query).mappings()
    plain = [{column.name: _plain(row[column]) for column in table.columns} for row in read]
    return {(table.name, _key(table, row)): row for row in plain}


def _table(model: type[Base]) -> Table:
    table = inspect(model).local_table
    assert isinstance(table, Table)
    return table


def _key(table: Table, row: Mapping[str, Any]) -> Any:
    """The key of a row: its value, or the tuple of its values where the key has several columns."""
    values = tuple(row[column.name] for column in table.primary_key.columns)
    return values if len(values) > 1 else values[0]


def _key_of(row: ChangedRow) -> Any:
    """The key of a changed row, of which JSON keeps a list in place of a tuple."""
    return tuple(row["key"]) if isinstance(row["key"], list) else row["key"]


def _among(table: Table, keys: Sequence[Any]) -> ColumnElement[bool]:
    """The rows with these keys."""
    columns = tuple(table.primary_key.columns)
    return (tuple_(*columns) if len(columns) > 1 else columns[0]).in_(keys)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(table: Table, name: str, plain: Any) -> Any:
    kind = table.columns[name].type
    if plain is None or not isinstance(plain, str):
        return plain
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(plain)
    return date.fromisoformat(plain) if isinstance(kind, Date) else plain


def differences(before: Images, after: Images) -> list[ChangedRow]:
    """Each row that was made, deleted or changed, with the fields that differ."""
    found = []
    for name, key in sorted({*before, *after}, key=str):
        old, new = before.get((name, key)), after.get((name, key))
        if old is not None and new is not None:
            fields = [one for one in old if one not in _MOVES_ON and old[one] != new[one]]
            old, new = ({one: row[one] for one in fields} for row in (old, new))
        if old != new:
            found.append({"table": name, "key": key, "before": old, "after": new})
    return found


def restore(session: Session, rows: Sequence[ChangedRow], user: User) -> None:
    """Give the rows their former values. Raises UndoOvertaken where one is not as the act left it."""
    present = _present(session, rows)
    if any(not _is_as_left(row, present.get((row["table"], _key_of(row)))) for row in rows):
        raise UndoOvertaken
    order = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    # Within a table what was deleted comes last, since what has changed gives its unique fields free; between tables before what points at it.
    ordered = sorted(rows, key=lambda row: (order[row["table"]], row["after"] is None))
    for row in reversed(ordered):
        if row["before"] is None:
            _unmake(session, row, user)
    there_before = [row for row in ordered if row["before"] is not None]
    for row in there_before:
        if row["after"] is not None:
            _let_go(session, row)
    for row in there_before:
        if row["after"] is not None:
            _set(session, row, row["before"])
        else:
            table = Base.metadata.tables[row["table"]]
            values = {name: _value(table, name, value) for name, value in row["before"].items()}
            session.execute(table.insert().values(values))


def _present(session: Session, rows: Sequence[ChangedRow]) -> Images:
    """The rows as they are now, locked until the transaction ends."""
    found: Images = {}
    for name in sorted({row["table"] for row in rows}):
        table = Base.metadata.tables[name]
        keys = [_key_of(row) for row in rows if row["table"] == name]
        found |= _read(session, table, _among(table, keys), lock=True)
    return found


def _is_as_left(row: ChangedRow, present: Mapping[str, Any] | None) -> bool:
    left = row["after"]
    if left is None or present is None:
        return left is present
    return all(present[name] == value for name, value in left.items() if name not in _MOVES_ON)


def _unmake(session: Session, row: ChangedRow, user: User) -> None:
    table = Base.metadata.tables[row["table"]]
    if row["table"] == _DECISIONS:
        session.add(DecisionUndone(decision_id=row["key"], by_id=user.id))
        session.flush()
    else:
        session.execute(table.delete().where(_among(table, [_key_of(row)])))


def _let_go(session: Session, row: ChangedRow) -> None:
    """Empty the fields that two rows may not share, so that rows can exchange them."""
    table = Base.metadata.tables[row["table"]]
    shared = {column.name for index in table.indexes if index.unique for column in index.columns}
    shared |= {
        column.name
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
        for column in constraint.columns
    }
    free = {name: None for name in row["before"] if name in shared and table.columns[name].nullable}
    if free:
        session.execute(table.update().where(_among(table, [_key_of(row)])).values(free))


def _set(session: Session, row: ChangedRow, values: Mapping[str, Any]) -> None:
    table = Base.metadata.tables[row["table"]]
    given = {name: _value(table, name, value) for name, value in values.items()}
    if "revision" in table.columns:
        given["revision"] = table.columns["revision"] + 1
    if "changed_at" in table.columns:
        given["changed_at"] = now()
    session.execute(update(table).where(_among(table, [_key_of(row)])).values(given))
