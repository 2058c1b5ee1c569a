"""A contractor's record as a buyer: whether it answers suppliers, whether it awards contracts, the time it
takes to decide.
"""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import AWARDED_NEEDS, BUYER_ANSWERS, ENDED_NEEDS, IN_TALKS, MatchState
from matchmaker.models import Decision, DecisionUndone, Need, Organisation
from matchmaker.models.needs import told_state


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
        select(Need.id, Need.state, Need.award, Need.published_at).where(
            Need.contractor_id == buyer.id, Need.published_at.is_not(None)
        )
    ).all()
    states = {need.id: told_state(need.state, need.award) for need in needs}
    # Only ended needs: the answers to an open need are known to its owner alone.
    ids = [number for number, state in states.items() if state in ENDED_NEEDS]
    decisions = _decisions(session, ids) if ids else ()
    willing = {one.of for one in decisions if one.kind in IN_TALKS and not one.undone}
    answered = willing & {one.of for one in decisions if one.kind in BUYER_ANSWERS and not one.undone}
    contracts = {
        one.of[0]: one.at for one in decisions if one.kind == MatchState.CONTRACTED and not one.undone
    }  # the first of each
    days = [(contracts[n.id] - n.published_at).days for n in needs if n.id in contracts]
    return BuyerRecord(
        len(willing),
        len(answered),
        len(ids),
        sum(state in AWARDED_NEEDS for state in states.values()),
        round(median(days)) if days else None,
    )


@dataclass(frozen=True, slots=True)
class _Decision:
    """A decision that the record counts; `of` are its need and its supplier."""

    of: tuple[int, int]
    kind: MatchState
    at: datetime
    undone: bool


def _decisions(session: Session, needs: list[int]) -> list[_Decision]:
    """The decisions about these needs that the record counts, the newest first."""
    query = (
        select(Decision.need_id, Decision.profile_id, Decision.kind, Decision.at, DecisionUndone.at)
        .outerjoin(DecisionUndone, DecisionUndone.decision_id == Decision.id)
        .where(
            Decision.need_id.in_(needs), Decision.kind.in_((*IN_TALKS, *BUYER_ANSWERS, MatchState.CONTRACTED))
        )
        .order_by(Decision.at.desc())
    )
    return [
        _Decision((need, profile), kind, at, undone is not None)
        for need, profile, kind, at, undone in session.execute(query)
    ]
