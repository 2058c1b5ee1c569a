"""The moves of a need with what follows for the orders of its contracts: who gives a contract up gives up its order."""

from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import Need, User
from matchmaker.services.core import undoing
from matchmaker.services.orders import order_hours, orders
from matchmaker.services.shortlist import awards, need_moves
from matchmaker.services.shortlist.awards import Word
from matchmaker.services.shortlist.need_moves import MoveReason


def move(
    session: Session,
    need: Need,
    state: NeedState,
    user: User,
    *,
    word: Word,
    reason: MoveReason,
    by_centre: bool,
) -> None:
    """Move a need. Where one under contract is closed, its running orders end and give their hours back.

    Raises as `need_moves.move`, and OrderUnderWay where something was said of such an order.
    """
    given_up = need.state == NeedState.CONTRACTED and state == NeedState.CLOSED
    if not given_up:
        need_moves.move(session, need, state, user, word=word, reason=reason, by_centre=by_centre)
        return
    with undoing.undoable(session, need_moves.CLOSING, need, user, awards.areas(need)):
        for order in orders.end(session, need):
            order_hours.release(session, order)
        need_moves.move(session, need, state, user, word=word, reason=reason, by_centre=by_centre)
