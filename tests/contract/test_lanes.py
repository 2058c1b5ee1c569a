"""The lanes of work on PostgreSQL: a database that is stopped under them heals without hands."""

from collections.abc import Callable
from time import monotonic, sleep

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from matchmaker.domain.lanes import Lane
from matchmaker.models import Mail
from matchmaker.services.health import findings
from matchmaker.services.mail import letters
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from matchmaker.worker import Worker
from tests.support import postgresql


def test_a_database_that_was_stopped_is_found_again_by_every_lane(
    own_cluster: postgresql.Cluster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.services.schedule.daily_run.run", lambda *_: 0)
    monkeypatch.setattr("matchmaker.worker.work._SCHEDULE_SECONDS", 1)
    url = SecretStr(own_cluster.url.render_as_string(hide_password=False))
    app = Application(settings.model_copy(update={"database_url": url}))
    client = create_app(app).test_client()

    def post(to: str) -> None:
        with app.sessions.begin() as session:
            values = letters.example("profile_published")
            letters.post(session, "profile_published", to, "en", values)

    def sent() -> set[tuple[str, int]]:
        with app.sessions() as session:
            found = session.execute(select(Mail.recipient, Mail.attempts).where(Mail.state == "sent"))
            return {(row[0], row[1]) for row in found}

    post("first@example.org")
    with Worker(app).running():
        _until(lambda: sent() == {("first@example.org", 1)})
        own_cluster.halt()
        try:
            _until(lambda: all(pulse.failures for pulse in app.pulses))
            assert client.get("/healthz").status_code == 200
            answer = client.get("/readyz")
            assert (answer.status_code, answer.mimetype) == (503, "application/json")
            assert ("database", "away") in {(one["part"], one["state"]) for one in answer.json["findings"]}
        finally:
            own_cluster.resume()
        started = monotonic()
        post("second@example.org")
        _until(lambda: len(sent()) == 2 and not any(pulse.failures for pulse in app.pulses))
        assert monotonic() - started < 30
        assert sent() == {("first@example.org", 1), ("second@example.org", 1)}
        told = {
            one.part: one.state for one in findings.of_site(app.sessions, app.engine, app.data, app.pulses)
        }
        assert {told[lane] for lane in Lane} == {"ok"}
    app.close()


def _until(said: Callable[[], object], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while not said():
        assert monotonic() < end, "it did not come"
        sleep(0.05)
