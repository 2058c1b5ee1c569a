"""The questions to the firms of an event that is over: what came of it, on the next day and after 6 and 12 months."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from matchmaker.services.events import follow_ups
from matchmaker.services.schedule.due_day import PATIENCE, DueDay, first


def ask(session: Session, day: DueDay) -> Iterator[None]:
    """Post each question once to the people of the firm; who answered already is not asked."""
    for participant, months in follow_ups.to_ask(session, day.today - PATIENCE, day.today):
        if first(session, follow_ups.KIND, participant.public_id, months) and follow_ups.ask(
            session, participant, months
        ):
            yield
