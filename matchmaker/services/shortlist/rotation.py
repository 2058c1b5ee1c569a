"""Fair turns: of near-equal suppliers the one invited least recently comes first, sooner with deliveries that surely kept their word;
and the evenness of invitations.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import Decision, Match, Need, Profile
from matchmaker.services.profiles.delivery_records import DeliveryRecord

# Two scores this close are near-equal: the second digit of the calibrated score is not certain either.
TOLERANCE = 0.02
# Invitations count for a year, the period over which a shop plans its orders.
COUNTED = timedelta(days=365)
# By so much the best record of deliveries ages an invitation: half the period, so that the others have their turn, too.
MOST_SOONER = timedelta(days=180)
_AT_ONCE = timedelta()


@dataclass(frozen=True, slots=True)
class RotationSpread:
    """The spread of invitations over the proposed suppliers; `gini` is 0 for even, near 1 for one supplier
    with all.
    """

    proposed: int
    invited: int
    invitations: int
    most: int
    gini: float
    counts: tuple[int, ...] = ()  # invitations of each supplier


def sooner(record: DeliveryRecord) -> timedelta:
    """By how much a record of deliveries brings a supplier's turn forward: in whole days, the more, the surer it is that more than half
    of its deliveries come on time and without defects. The lower bound counts, so that few deliveries say little, and none nothing.
    """
    time, defects = record.on_time_percent, record.defects_per_thousand
    if time is None:
        return _AT_ONCE
    sure = time[1] / 100 * (1 - (defects[2] if defects else 0.0) / 1000)
    return timedelta(days=round(MOST_SOONER.days * max(0.0, 2 * sure - 1)))


def rotate(
    scored: Sequence[tuple[str, float]],
    invited: Mapping[str, datetime],
    forward: Mapping[str, timedelta] | None = None,
) -> list[str]:
    """The keys in a new order: within TOLERANCE of the best of their run, the one invited least recently
    comes first; `forward` ages invitations.

    `scored` is best first; `invited` holds the last invitations. Otherwise the order stays.
    """
    ages = forward or {}
    ordered: list[str] = []
    run: list[str] = []
    leader = 0.0
    for key, score in scored:
        if run and leader - score > TOLERANCE:
            ordered += _least_lately(run, invited, ages)
            run = []
        if not run:
            leader = score
        run.append(key)
    return ordered + _least_lately(run, invited, ages)


def _least_lately(
    run: Sequence[str], invited: Mapping[str, datetime], ages: Mapping[str, timedelta]
) -> list[str]:
    never = sorted((key for key in run if key not in invited), key=lambda key: -ages.get(key, _AT_ONCE))
    return never + sorted(
        (key for key in run if key in invited), key=lambda key: invited[key] - ages.get(key, _AT_ONCE)
    )


def last_invitations(session: Session, need: Need, now: datetime) -> dict[str, datetime]:
    """The times of suppliers' last invitations to other needs of the need's centre, by public id, within the
    counted period.
    """
    query = (
        select(Profile.public_id, func.max(Decision.at))
        .join(Decision, Decision.profile_id == Profile.id)
        .join(Need, Decision.need_id == Need.id)
        .where(Need.centre_id == need.centre_id, Need.id != need.id)
        .where(Decision.kind == MatchState.INVITED, Decision.at >= now - COUNTED)
        .group_by(Profile.public_id)
    )
    return {str(key): at for key, at in session.execute(query)}


def spread(session: Session, centre_id: int, now: datetime) -> RotationSpread:
    """The spread of a centre's invitations in the counted period."""
    needs = select(Need.id).where(Need.centre_id == centre_id)
    proposed = select(Match.profile_id, literal(0)).where(Match.need_id.in_(needs)).distinct()
    invitations = (
        select(Decision.profile_id, func.count())
        .where(Decision.need_id.in_(needs), Decision.kind == MatchState.INVITED, Decision.at >= now - COUNTED)
        .group_by(Decision.profile_id)
    )
    total: Counter[int] = Counter()
    for profile, count in session.execute(union_all(proposed, invitations)):
        total[profile] += count
    counts, counted = list(total.values()), [count for count in total.values() if count]
    return RotationSpread(
        len(counts), len(counted), sum(counts), max(counts, default=0), gini(counts), tuple(counts)
    )


def gini(counts: Sequence[float]) -> float:
    """The Gini coefficient of non-negative counts; 0 without counts."""
    total, n = sum(counts), len(counts)
    if not total:
        return 0.0
    weighted = sum((2 * place - n - 1) * count for place, count in enumerate(sorted(counts), 1))
    return weighted / (n * total)
