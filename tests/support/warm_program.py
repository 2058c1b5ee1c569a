"""The program loaded, with what it reads at its start: the processes of `tests.checks.kills` are forked from one that
imported this, so that a start after a kill costs no seconds of loading.
"""

import os
from datetime import timedelta
from pathlib import Path

from matchmaker.cli import cli, serve, worker
from matchmaker.models.database import make_sessions
from matchmaker.services.index import outbox
from matchmaker.services.mail import jobs
from matchmaker.services.people import program_requests
from matchmaker.services.profiles import suppliers
from matchmaker.web.app import create_app
from matchmaker.web.server import SiteServer
from matchmaker.wiring import Application, load_recogniser
from matchmaker.worker import work
from search.columns import store
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.matching.matcher import Matcher
from search.ranking import load_ranker

LOADED = (
    load_ranker,
    Matcher,
    store,
    serve,
    worker,
    suppliers,
    create_app,
    SiteServer,
    EmbeddedEngine,
    make_sessions,
)
RECOGNISER = load_recogniser()
RECOGNISER.recognise("токарная обработка валов, сталь 45, ISO 9001, до 20.12.2026, 100 шт")


def command(log: Path, settings: dict[str, str], lease: float, *arguments: str) -> None:
    """Run a command of the product in this process; shorter leases and rounds than the product's cost a check no waiting."""
    stream = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(stream, number)
    os.environ |= {f"MATCHMAKER_{name.upper()}": value for name, value in settings.items()}
    if lease:
        short = timedelta(seconds=lease)
        outbox.LEASE = jobs.LETTER_LEASE = jobs.JOB_LEASE = program_requests.AT_WORK = short
        work._ROUND_SECONDS = 0.2
    vars(Application)["recogniser"]._make = lambda _: RECOGNISER
    cli.main(list(arguments), standalone_mode=False)
