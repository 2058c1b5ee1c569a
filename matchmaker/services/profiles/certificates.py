"""The centre's work on certificates: verify, withdraw, suspend; and the certificates that end soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.domain.certificate import Certificate, earliest_start, edition_in, is_dated
from matchmaker.domain.errors import NotFound
from matchmaker.domain.lifecycle import CertificateStatus, ProfileState
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.models import Centre, CertificateRow, Organisation, Profile, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, locks

Parts = TypeVarTuple("Parts")

WARNINGS = (180, 90, 30, 7)  # days before the end at which people are notified


@dataclass(frozen=True, slots=True)
class Verification:
    """The grounds on which an operator trusts a certificate: the register or paper, and the evidence."""

    how: str
    evidence: str | None = None


def by_key(session: Session, key: str) -> CertificateRow:
    """The certificate with this public id. Raises NotFound."""
    firm = joinedload(CertificateRow.profile).joinedload(Profile.organisation)
    row = session.scalar(select(CertificateRow).where(CertificateRow.public_id == key).options(firm))
    if row is None:
        raise NotFound(what="certificate", key=key)
    return row


def facts(row: CertificateRow) -> Certificate:
    """The facts of the row in the form that `domain.certificate` judges."""
    return Certificate(
        row.standard_code,
        row.status,
        row.issued,
        row.valid_until,
        row.verified,
        row.edition or edition_in(row.standard),
        row.said_on,
    )


def certifying(day: date, taxonomy: Taxonomy, *, verified: bool = False) -> ColumnElement[bool]:
    """The condition that a certificate is held on a day, as `domain.certificate.certifies` decides it; with `verified` by a centre's
    word.
    """
    row, earliest = CertificateRow, earliest_start(day)
    whole, editions = taxonomy.withdrawn_by(day)
    known = [one.code for one in taxonomy.standards if one.code not in whole]
    undated = and_(row.issued.is_(None), row.valid_until.is_(None))
    covers = or_(
        row.valid_until >= day,
        and_(row.valid_until.is_(None), row.issued >= earliest),
        and_(undated, row.said_on >= earliest),
    )
    return and_(
        row.status == CertificateStatus.CERTIFIED,
        row.standard_code.in_(known),
        ~or_(false(), *(_is_edition(standard, edition) for standard, edition in sorted(editions))),
        or_(row.issued.is_(None), row.issued <= day),
        covers,
        *((row.verified, ~undated) if verified else ()),
    )


def _is_edition(standard: str, edition: str) -> ColumnElement[bool]:
    """Whether a certificate is for an edition, by its field or, where that is empty, by the words of its standard."""
    said = func.coalesce(CertificateRow.edition, "")
    spelled = and_(said == "", CertificateRow.standard.regexp_match(rf"[0-9] ?[:–—-] ?{edition}([^0-9]|$)"))
    return and_(CertificateRow.standard_code == standard, or_(said == edition, spelled))


def is_undated(row: CertificateRow) -> bool:
    """Whether a certificate is declared without any date, so that it is never verified."""
    return row.status == CertificateStatus.CERTIFIED and not is_dated(row)


def verify(session: Session, row: CertificateRow, verification: Verification, user: User) -> None:
    """Record that the centre has verified a certificate: who, when, how, on what evidence. A repeat changes
    nothing.
    """
    locks.lock_row(session, row)
    locks.read_anew(session, row)
    said = (row.verified, row.verified_by_id, row.verified_how, row.evidence, row.fell_at)
    if said == (True, user.id, verification.how, verification.evidence, None):
        return
    row.verified, row.verified_at, row.verified_by_id = True, now(), user.id
    row.verified_how, row.evidence, row.fell_at = verification.how, verification.evidence, None
    _changed(session, row, "certificate.verified", user)


def withdraw(session: Session, row: CertificateRow, user: User) -> None:
    """Withdraw a verification."""
    row.verified, row.verified_at, row.verified_by_id = False, None, None
    row.verified_how = row.evidence = None
    _changed(session, row, "certificate.withdrawn", user)


def suspend(session: Session, row: CertificateRow, why: str, user: User) -> None:
    """Suspend a certificate: from now on it never counts."""
    row.status, row.suspended_at, row.suspended_why = CertificateStatus.SUSPENDED, now(), why
    _changed(session, row, "certificate.suspended", user)


def lift(session: Session, row: CertificateRow, user: User) -> None:
    """End a suspension: the certificate counts again within its dates."""
    row.status, row.suspended_at, row.suspended_why = CertificateStatus.CERTIFIED, None, None
    _changed(session, row, "certificate.lifted", user)


def _changed(session: Session, row: CertificateRow, action: str, user: User) -> None:
    row.profile.changed_at = now()
    journal.note(session, user.public_id, action, row)
    journal.announce(session, (row.profile.public_id,))
    session.flush()


def ending(
    session: Session, centre: Centre, today: date, limit: int | None = None
) -> Sequence[CertificateRow]:
    """Certificates of the centre's published suppliers that end within the longest of WARNINGS, the soonest first."""
    query = (
        ending_within(select(CertificateRow), centre, today, WARNINGS[0])
        .order_by(CertificateRow.valid_until, CertificateRow.id)
        .options(contains_eager(CertificateRow.profile).contains_eager(Profile.organisation))
    )
    return session.scalars(query.limit(limit)).all()


def ends_by_day(session: Session, centre: Centre, today: date, days: int) -> dict[date, int]:
    """The number of certificates of the centre's published suppliers that end on each of the coming `days`."""
    end = CertificateRow.valid_until
    query = ending_within(
        select(end, func.count()).select_from(CertificateRow), centre, today, days
    ).group_by(end)
    return {day: count for day, count in session.execute(query) if day is not None}


def ending_within(query: Select[*Parts], centre: Centre, today: date, days: int) -> Select[*Parts]:
    """The query of certificates narrowed to those of the centre's published suppliers that end within `days`."""
    return (
        query.join(CertificateRow.profile)
        .join(Profile.organisation)
        .where(Organisation.centre_id == centre.id, Profile.state == ProfileState.PUBLISHED)
        .where(CertificateRow.status == CertificateStatus.CERTIFIED)
        .where(CertificateRow.valid_until.between(today, today + timedelta(days=days)))
    )


def waits(today: date) -> list[ColumnElement[bool]]:
    """The condition that a certificate waits for verification: in date or without a date, and not examined."""
    end = CertificateRow.valid_until
    return [
        CertificateRow.status == CertificateStatus.CERTIFIED,
        CertificateRow.verified.is_(False),
        or_(end.is_(None), end >= today),
    ]


def unverified(session: Session, centre: Centre, today: date, limit: int = 200) -> Sequence[CertificateRow]:
    """Certificates of published suppliers that wait for the operator, those with an ended verification first,
    then by age.
    """
    query = (
        select(CertificateRow)
        .join(CertificateRow.profile)
        .join(Profile.organisation)
        .where(Organisation.centre_id == centre.id, Profile.state == ProfileState.PUBLISHED, *waits(today))
        .order_by(CertificateRow.fell_at.is_(None), CertificateRow.since, CertificateRow.id)
        .limit(limit)
        .options(contains_eager(CertificateRow.profile).contains_eager(Profile.organisation))
    )
    return session.scalars(query).all()
