"""Two who change the same thing at the same moment take turns, so that the second one finds what the first one wrote."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.models import Centre, CertificateRow, Need, Profile, User


def lock_row(session: Session, row: Centre | CertificateRow | Need | Profile | User) -> None:
    """Wait until no other transaction has this row; it is had until the present one ends. SQLite has one writer anyway."""
    model = type(row)
    session.execute(select(model.id).where(model.id == row.id).with_for_update())
