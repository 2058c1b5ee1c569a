"""A contractor's record as a buyer: whether it answers suppliers, whether it awards contracts, the time it
takes to decide.
"""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import AWARDED_NEEDS, BUYER_ANSWERS, ENDED_NEEDS, IN_TALKS, MatchState
from matchmaker.models import Decision, DecisionUndone, Need, Organisation


@dataclass(frozen=True, slots=True)
class BuyerRecord:
    """The record of a buyer. `answered` of `willing` suppliers (interested or quoted) of ended needs got an
    outcome; `awarded` of `ended` needs got a contract.

    `days` is the median from publishing to the contract; None where there was none.
    """

    willing: int
    answered: int
    ended: int
    awarded: int
    days: int | None


def card(session: Session, buyer: Organisation) -> BuyerRecord:
    """The record over all published needs of the contractor."""
    needs = session.execute(
        select(Need.id, Need.state, Need.published_at).where(
            Need.contractor_id == buyer.id, Need.published_at.is_not(None)
        )
    ).all()
    # Only ended needs: the answers to an open need are known to its owner alone.
    ids = [need.id for need in needs if need.state in ENDED_NEEDS]
    willing = _pairs(session, ids, IN_TALKS)
    answered = willing & _pairs(session, ids, BUYER_ANSWERS)
    contracts = _contracts(session, ids)
    days = [(contracts[n.id] - n.published_at).days for n in needs if n.id in contracts]
    return BuyerRecord(
        len(willing),
        len(answered),
        sum(need.state in ENDED_NEEDS for need in needs),
        sum(need.state in AWARDED_NEEDS for need in needs),
        round(median(days)) if days else None,
    )


def _pairs(session: Session, needs: list[int], kinds: frozenset[MatchState]) -> set[tuple[int, int]]:
    """The need and the supplier of every valid decision of these kinds."""
    query = select(Decision.need_id, Decision.profile_id).where(
        Decision.need_id.in_(needs),
        Decision.kind.in_(kinds),
        Decision.id.not_in(select(DecisionUndone.decision_id)),
    )
    return {(need, profile) for need, profile in session.execute(query)}


def _contracts(session: Session, needs: list[int]) -> dict[int, datetime]:
    query = select(Decision.need_id, func.min(Decision.at)).where(
        Decision.need_id.in_(needs), Decision.kind == MatchState.CONTRACTED
    )
    return {int(need): at for need, at in session.execute(query.group_by(Decision.need_id))}
