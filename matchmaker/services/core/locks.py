"""Locks of rows, by which two people who change the same row take turns: the second one finds the changes of
the first.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Base, Centre, CertificateRow, Event, Match, Need, Profile, PurchaseOrder, User


def lock_row(
    session: Session, row: Centre | CertificateRow | Event | Match | Need | Profile | PurchaseOrder | User
) -> None:
    """Lock this row until the transaction ends. SQLite has only one writer anyway, and is not asked."""
    if session.get_bind().dialect.name == "sqlite":
        return
    model = type(row)
    session.execute(select(model.id).where(model.id == row.id).with_for_update())


def read_anew(session: Session, row: Base, names: Sequence[str] | None = None) -> None:
    """Read a row that this transaction loaded before it had waited for a lock, or some of its fields. SQLite's only writer has
    waited at its beginning.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.refresh(row, names)
