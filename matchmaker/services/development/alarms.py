"""The ends of certificates that a centre has not looked at since the last warning was due: at each warning a certificate comes
back once.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session, contains_eager

from matchmaker.models import Centre, CertificateAlarm, CertificateRow, Profile, User
from matchmaker.services.core import journal, locks
from matchmaker.services.profiles import certificates
from matchmaker.services.profiles.certificates import WARNINGS


def unseen(session: Session, centre: Centre, today: date, limit: int) -> tuple[Sequence[CertificateRow], int]:
    """Certificates of the centre's published suppliers whose last due warning nobody has seen, the soonest end first, and the
    number of all.
    """
    seen = and_(
        CertificateAlarm.certificate == CertificateRow.public_id,
        CertificateAlarm.ends_on == CertificateRow.valid_until,
        CertificateAlarm.days == _due_warning(today),
    )
    counted = select(CertificateRow, func.count().over())
    ending = certificates.ending_within(counted, centre, today, WARNINGS[0])
    waiting = ending.where(~select(CertificateAlarm.days).where(seen).exists())
    whole = contains_eager(CertificateRow.profile).contains_eager(Profile.organisation)
    ordered = waiting.order_by(CertificateRow.valid_until, CertificateRow.id).limit(limit)
    found = session.execute(ordered.options(whole)).all()
    return [row for row, _ in found], found[0][1] if found else 0


def _due_warning(today: date) -> ColumnElement[int]:
    """The number of days of the warning that is due by a certificate's last day."""
    ends = [(CertificateRow.valid_until <= today + timedelta(days=days), days) for days in sorted(WARNINGS)]
    return case(*ends)


def see(session: Session, row: CertificateRow, user: User, today: date) -> None:
    """Note that the centre has seen the end of a certificate coming; it comes back at the next warning. Said again it stays."""
    if row.valid_until is None:
        return
    left = (row.valid_until - today).days
    due = [days for days in WARNINGS if left <= days]
    if left < 0 or not due:
        return
    mark = {"certificate": row.public_id, "ends_on": row.valid_until, "days": min(due)}
    locks.lock_row(session, row)
    if session.get(CertificateAlarm, mark) is not None:
        return
    alarm = CertificateAlarm(certificate=row.public_id, ends_on=row.valid_until, days=min(due), by_id=user.id)
    session.add(alarm)
    journal.note(session, user.public_id, "certificate.end_seen", row, {"days": min(due)})
