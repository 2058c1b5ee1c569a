"""The certificates in an operator's care: those to be verified, and those that end soon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from matchmaker.models import Centre, CertificateRow
from matchmaker.services.needs import needs
from matchmaker.services.profiles import certificates
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import operator, standpoint


@dataclass(frozen=True, slots=True)
class CertificateQueues:
    """Certificates of the operator's centres that wait to be verified, and those that end soon."""

    unverified: tuple[CertificateRow, ...]
    ending: tuple[CertificateRow, ...]


def ends_of(centre: Centre, today: date, days: int) -> dict[date, int]:
    """The number of certificates of a centre's suppliers that end on each of the coming days."""
    session = database()
    return product().counts.of(
        session,
        ("ends", centre.id, today, days),
        lambda: certificates.ends_by_day(session, centre, today, days),
    )


def by_warning(ends: Mapping[date, int], today: date) -> dict[int, int]:
    """The number of certificates that end within each span of which people are warned."""
    return {
        days: sum(count for day, count in ends.items() if (day - today).days <= days)
        for days in sorted(certificates.WARNINGS)
    }


def waiting() -> tuple[CertificateRow, ...]:
    """The certificates of the operator's centres that wait to be verified. Raises Forbidden for anybody else."""
    operator(database())
    session, today = database(), context.today()
    centres = [needs.centre_of(session, code) for code in standpoint(session).centres]
    return tuple(row for centre in centres for row in certificates.unverified(session, centre, today))


def following(key: str) -> str:
    """The certificate that waits behind this one (public id), the first where this is the last; "" where no other waits."""
    keys = [row.public_id for row in waiting()]
    at = keys.index(key) if key in keys else -1
    return next((one for one in (*keys[at + 1 :], *keys) if one != key), "")


def queues(most: int | None = None) -> CertificateQueues:
    """The queues of the operator's centres, of those that end soon the first `most`. Raises Forbidden for anybody else."""
    unverified = waiting()
    session, today = database(), context.today()
    centres = [needs.centre_of(session, code) for code in standpoint(session).centres]
    return CertificateQueues(
        unverified,
        tuple(row for centre in centres for row in certificates.ending(session, centre, today, most)),
    )
