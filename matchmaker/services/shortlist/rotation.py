"""Fair turns: of near-equal suppliers the one invited least recently comes first; and the evenness of
invitations.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import Decision, Match, Need, Profile

# Two scores this close are near-equal: the second digit of the calibrated score is not certain either.
TOLERANCE = 0.02
# Invitations count for a year, the period over which a shop plans its orders.
COUNTED = timedelta(days=365)


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


def rotate(scored: Sequence[tuple[str, float]], invited: Mapping[str, datetime]) -> list[str]:
    """The keys in a new order: within TOLERANCE of the best of their run, the one invited least recently
    comes first.

    `scored` is best first; `invited` holds the last invitations. Otherwise the order stays.
    """
    ordered: list[str] = []
    run: list[str] = []
    leader = 0.0
    for key, score in scored:
        if run and leader - score > TOLERANCE:
            ordered += _least_lately(run, invited)
            run = []
        if not run:
            leader = score
        run.append(key)
    return ordered + _least_lately(run, invited)


def _least_lately(run: Sequence[str], invited: Mapping[str, datetime]) -> list[str]:
    never = [key for key in run if key not in invited]
    return never + sorted((key for key in run if key in invited), key=invited.__getitem__)


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
