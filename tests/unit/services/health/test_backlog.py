"""How much work waits."""

from matchmaker.models import Job, Outbox
from matchmaker.models.database import Sessions
from matchmaker.services.health import backlog


def test_rows_are_counted_by_kind_and_state(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add_all([Job(kind="x", state="waiting") for _ in range(2)])
    with sessions() as session:
        assert backlog.by_state(session) == {("jobs", "waiting"): 2}
        assert session.query(Outbox).count() == 0
