"""The figures of the site for a monitoring system: requests, their times, statements, work that waits. No figure is
about a person.
"""

import os
from collections.abc import Iterator
from hmac import compare_digest
from ipaddress import ip_address
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from matchmaker.models.database import DatabaseError
from matchmaker.services.health import backlog
from matchmaker.web.edge.access_log import ServedRequest
from matchmaker.web.edge.proxies import DIRECT
from matchmaker.web.kit.context import product, visitor_address

if TYPE_CHECKING:
    from matchmaker.wiring import Application

_SECONDS = (0.02, 0.05, 0.15, 0.5, 1, 2, 5, 10)
_STATEMENTS = (0, 5, 10, 15, 20, 30, 50)
_PROCESSES = "PROMETHEUS_MULTIPROC_DIR"  # the folder in which several processes of one site add up
blueprint = Blueprint("metrics", __name__)


class SiteMetrics:
    """What has been counted since the process began."""

    def __init__(self, application: "Application") -> None:
        self.registry = CollectorRegistry()
        names, own = ("route", "method"), self.registry
        self._requests = Counter("matchmaker_requests", "Requests", (*names, "status"), registry=own)
        self._seconds = Histogram(
            "matchmaker_request_seconds", "Time to an answer", names, registry=own, buckets=_SECONDS
        )
        self._statements = Histogram(
            "matchmaker_request_statements", "Statements a request", names, registry=own, buckets=_STATEMENTS
        )
        self._waiting = WaitingWork(application)
        own.register(self._waiting)

    def note(self, served: ServedRequest) -> None:
        self._requests.labels(served.route, served.method, str(served.status)).inc()
        self._seconds.labels(served.route, served.method).observe(served.seconds)
        self._statements.labels(served.route, served.method).observe(served.statements)

    def text(self) -> bytes:
        if _PROCESSES not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        together.register(self._waiting)
        return generate_latest(together)


class WaitingWork(Collector):
    """The work in the background by state, and whether the database answers, at the moment of the question."""

    def __init__(self, application: "Application") -> None:
        self._application = application

    def collect(self) -> Iterator[GaugeMetricFamily]:
        answers = GaugeMetricFamily("matchmaker_database_up", "Whether the database answers")
        rows = GaugeMetricFamily("matchmaker_work_rows", "Rows of work", labels=("kind", "state"))
        try:
            with self._application.sessions() as session:
                for (kind, state), number in backlog.by_state(session).items():
                    rows.add_metric((kind, state), number)
        except DatabaseError:
            answers.add_metric((), 0)
        else:
            answers.add_metric((), 1)
        yield answers
        yield rows

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is asked when the site starts."""
        return iter(())


def register(app: Flask, metrics: SiteMetrics) -> None:
    app.extensions["matchmaker.metrics"] = metrics
    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
def show() -> ResponseReturnValue:
    """The figures, for programs of this machine and for whoever has the token; for anybody else there is no such page."""
    if not (_has_token() or _is_local()):
        abort(404)
    metrics: SiteMetrics = current_app.extensions["matchmaker.metrics"]
    return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)


def _has_token() -> bool:
    token = product().settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    return token is not None and compare_digest(token.get_secret_value().encode(), given)


def _is_local() -> bool:
    """Whether a program of this machine asks, and no proxy for somebody else."""
    try:
        return bool(request.environ[DIRECT]) and ip_address(visitor_address()).is_loopback
    except ValueError:
        return False
