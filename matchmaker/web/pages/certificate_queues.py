"""The certificates in an operator's care: those to be verified, and those that end soon."""

from dataclasses import dataclass

from matchmaker.models import CertificateRow
from matchmaker.services.needs import needs
from matchmaker.services.profiles import certificates
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import operator, standpoint


@dataclass(frozen=True, slots=True)
class CertificateQueues:
    """Certificates of the operator's centres that wait to be verified, and those that end soon."""

    unverified: tuple[CertificateRow, ...]
    ending: tuple[CertificateRow, ...]


def queues() -> CertificateQueues:
    """The queues of the operator's centres. Raises Forbidden for anybody else."""
    operator(database())
    session, today = database(), context.today()
    centres = [needs.centre_of(session, code) for code in standpoint(session).centres]
    return CertificateQueues(
        tuple(row for centre in centres for row in certificates.unverified(session, centre, today)),
        tuple(row for centre in centres for row in certificates.ending(session, centre, today)),
    )
