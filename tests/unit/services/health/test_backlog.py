"""How much work waits."""

from matchmaker.domain.lifecycle import JobState
from matchmaker.models import Job, Outbox
from matchmaker.models.database import Sessions
from matchmaker.services.health import backlog


def test_rows_are_counted_by_kind_and_state(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add_all([Job(kind="x", state="waiting") for _ in range(2)])
    with sessions() as session:
        assert backlog.by_state(session) == {("jobs", "waiting"): 2}
        assert session.query(Outbox).count() == 0


def test_every_state_of_work_is_counted(sessions: Sessions) -> None:
    """Those too that the rows of the index do not know."""
    with sessions.begin() as session:
        session.add_all([Job(kind="x", state=state) for state in JobState])
        session.add(Outbox(key="x"))
    with sessions() as session:
        counted = backlog.by_state(session)
    assert counted == {("index", "waiting"): 1, **{("jobs", state.value): 1 for state in JobState}}
