"""Locks of rows, by which two people who change the same row take turns: the second one finds the changes of
the first.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Centre, CertificateRow, Event, Need, Profile, PurchaseOrder, User


def lock_row(
    session: Session, row: Centre | CertificateRow | Event | Need | Profile | PurchaseOrder | User
) -> None:
    """Lock this row until the transaction ends. SQLite has only one writer anyway."""
    model = type(row)
    session.execute(select(model.id).where(model.id == row.id).with_for_update())
