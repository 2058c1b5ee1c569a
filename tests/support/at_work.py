"""Lanes of work that have always just succeeded, for sites of tests that start no worker."""

from datetime import timedelta

from matchmaker.domain.lanes import Lane
from matchmaker.models.base import now
from matchmaker.services.health.heartbeats import LanePulse
from matchmaker.wiring import Application


def let_work(application: Application) -> None:
    """Let the site take it that a worker is there."""
    application.pulses = [LanePulse(lane, succeeded_at=now() + timedelta(days=1)) for lane in Lane]
