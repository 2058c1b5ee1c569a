"""The strengths and gaps of a centre, for charts: work in demand and its suppliers, ending certificates,
invitations.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.domain.lifecycle import OPEN_NEEDS
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Centre, Need
from matchmaker.services.matching import matching
from matchmaker.services.matching.asked_needs import AskedNeeds, NeedAsked
from matchmaker.services.matching.matching import Matching

# The number of newest open needs that are read; more would make the page slow and the chart no more exact.
READ = 500
WEEKS = 13
# The last column of the chart of invitations: this number or more.
MANY = 6


@dataclass(frozen=True, slots=True)
class WorkBalance:
    """A kind of work: the number of open needs that ask for it, and of suppliers that do it."""

    process: str
    needs: int
    suppliers: int


@dataclass(frozen=True, slots=True)
class CertificateBalance:
    """A demand for a certificate: its standards, of which one is enough, the number of open needs that make it, and of
    suppliers that meet it today.
    """

    demand: CertificationDemand
    needs: int
    suppliers: int


def open_requirements(session: Session, centres: Sequence[str], parts: Matching) -> Sequence[Requirements]:
    """The requirements of the newest open needs of the centres."""
    own = select(Centre.id).where(Centre.code.in_(centres))
    among = Need.state.in_(OPEN_NEEDS), Need.centre_id.in_(own)
    return parts.asked.of(session, among, parts.today, matching.reader(parts), _newest)


def _newest(
    found: Sequence[NeedAsked], _today: date, _asked: AskedNeeds, _before: Sequence[Requirements] | None
) -> Sequence[Requirements]:
    return [need.whole.requirements for need in found[:READ]]


def balance(needs: Iterable[Requirements], doing: Callable[[str], int]) -> list[WorkBalance]:
    """The kinds of work that needs ask for, the one with the fewest suppliers for a need first.

    `doing` gives the number of suppliers of a kind of work.
    """
    wanted: Counter[str] = Counter()
    for asked in needs:
        wanted.update(set(asked.processes))
    found = [WorkBalance(process, count, doing(process)) for process, count in wanted.items()]
    return sorted(found, key=lambda one: (one.suppliers / one.needs, -one.needs, one.process))


def certificate_balance(
    needs: Iterable[Requirements], meeting: Callable[[CertificationDemand], int]
) -> list[CertificateBalance]:
    """The demands for certificates of needs, the one with the fewest suppliers for a need first.

    Demands for the same standards and level count as one, whatever their day. `meeting` gives the number of suppliers.
    """
    wanted: Counter[CertificationDemand] = Counter()
    for asked in needs:
        wanted.update({replace(one, on=None) for one in asked.demanded})
    found = [CertificateBalance(demand, count, meeting(demand)) for demand, count in wanted.items()]
    return sorted(found, key=lambda one: (one.suppliers / one.needs, -one.needs, one.demand.any_of))


def ending_by_week(ends: Mapping[date, int], today: date) -> list[tuple[date, int]]:
    """The number of certificates that end in each of the coming weeks, by their Mondays; `ends` has it by day."""
    monday = today - timedelta(days=today.weekday())
    weeks = [monday + timedelta(weeks=number) for number in range(WEEKS)]
    counted: Counter[date] = Counter()
    for day, count in ends.items():
        counted[day - timedelta(days=day.weekday())] += count
    return [(week, counted[week]) for week in weeks]


def by_invitations(counts: Sequence[int]) -> list[tuple[str, int]]:
    """The number of suppliers with no invitation, one, two and so on; all with MANY or more together."""
    counted = Counter(min(count, MANY) for count in counts)
    return [(f"{number}+" if number == MANY else str(number), counted[number]) for number in range(MANY + 1)]
