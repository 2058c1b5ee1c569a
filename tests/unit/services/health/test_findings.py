"""What the site says about itself: which part is wrong, and what to do."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from matchmaker.domain.lanes import Lane
from matchmaker.domain.lifecycle import JobState, MailState, OutboxRowState
from matchmaker.models import IndexState, Job, Mail, Outbox
from matchmaker.models.database import Sessions, make_database_engine
from matchmaker.services.health import findings, heartbeats
from matchmaker.services.health.findings import HealthFinding
from matchmaker.services.health.heartbeats import LanePulse
from matchmaker.services.matching import promoted_ranker
from search.ranking import artifact, features
from search.ranking.artifact import RankerModel
from tests.support.fakes import FakeEngine

NOWHERE = Path(__file__).parent  # a data folder that nothing was written into


def states(sessions: Sessions, engine: FakeEngine) -> dict[str, str]:
    return {one.part: one.state for one in findings.of_site(sessions, engine, NOWHERE)}


@pytest.fixture
def sessions(sessions: Sessions) -> Sessions:
    """A site whose lanes are at work in another process."""
    heartbeats.beat(sessions, "another", [LanePulse(lane) for lane in Lane])
    return sessions


def dead_mail() -> Mail:
    return Mail(
        message_id="<1@centre>",
        recipient="a@example.org",
        language="en",
        subject="s",
        text="t",
        state=MailState.DEAD,
    )


def test_a_sound_site_has_only_good_findings(sessions: Sessions) -> None:
    assert set(states(sessions, FakeEngine()).values()) == {"ok"}


def test_given_up_work_is_named_with_its_number_and_the_command(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add_all(
            (
                dead_mail(),
                Outbox(key="k", state=OutboxRowState.DEAD),
                Job(kind="import", state=JobState.FAILED),
            )
        )
    dead = [one for one in findings.of_site(sessions, FakeEngine(), NOWHERE) if not one.good]
    assert [(one.part, one.state) for one in dead] == [
        ("index", "dead"),
        ("letters", "dead"),
        ("imports", "dead"),
    ]
    assert all(str(one).endswith(": 1.") and "matchmaker worker retry" in one.remedy for one in dead)


def test_drift_is_a_finding_until_it_is_mended(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.merge(IndexState(id=1, stamp=0, drift=3))
    (found,) = (one for one in findings.of_site(sessions, FakeEngine(), NOWHERE) if not one.good)
    assert (found.part, found.state, found.params["count"]) == ("index", "drift", 3)


def test_an_engine_that_is_away_is_a_finding(sessions: Sessions) -> None:
    engine = FakeEngine()
    engine.away = True
    assert states(sessions, engine)["engine"] == "away"


def test_a_database_that_is_away_is_a_finding_and_no_error() -> None:
    nowhere = Sessions(make_database_engine("postgresql+psycopg://nobody@127.0.0.1:1/none"))
    assert states(nowhere, FakeEngine()) == {"database": "away", "engine": "ok", "disk": "ok"}


def test_a_full_disk_is_a_finding(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(total=10**12, free=4_000_000))
    assert states(sessions, FakeEngine())["disk"] == "full"


def test_a_promoted_ranker_that_is_lost_or_damaged_is_a_finding_until_the_one_before_ranks(
    sessions: Sessions, tmp_path: Path
) -> None:
    """Its file cut short, its file gone, and the whole folder gone."""
    folder = tmp_path / promoted_ranker.FOLDER
    coefficients = dict.fromkeys(features.FEATURES, 0.5)
    artifact.save(folder, RankerModel("learned-1", "2026-11-23", coefficients, 0.0))
    artifact.promote(folder, "learned-1")
    with sessions.begin() as session:
        promoted_ranker.note(session, "learned-1", centre="home")
    model = folder / "learned-1.json"
    assert not troubles(sessions, tmp_path)
    whole = model.read_bytes()
    for spoil in (
        lambda: model.write_bytes(whole[:-9]),
        lambda: model.write_bytes(whole.replace(b"0.5", b"0.6", 1)),
        model.unlink,
        lambda: shutil.rmtree(folder),
    ):
        spoil()
        (found,) = troubles(sessions, tmp_path)
        assert (found.part, found.state) == ("ranker", "lost")
        assert "learned-1" in str(found)
        assert str(tmp_path) not in str(found)  # everybody reads /readyz
        assert "matchmaker ranker promote --back" in found.remedy
    assert artifact.roll_back(folder) is None
    with sessions.begin() as session:
        promoted_ranker.note(session, promoted_ranker.PRIOR, centre="home")
    assert not troubles(sessions, tmp_path)


def troubles(sessions: Sessions, folder: Path) -> list[HealthFinding]:
    with sessions() as session:
        return [one for one in findings.of_work(session, folder) if not one.good]
