"""The health of the site: whether the process lives, and whether it can do its work. No secrets, no sign-in."""

from flask import Blueprint, current_app, jsonify
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from matchmaker import __version__
from matchmaker.domain.errors import MatchmakerError
from matchmaker.models.database import DatabaseError
from matchmaker.services.health import findings
from matchmaker.services.health.findings import HealthFinding
from matchmaker.services.health.patience import PatientLook
from matchmaker.web.kit.context import product
from matchmaker.wiring import Application

blueprint = Blueprint("health", __name__)


@blueprint.record_once
def _register(state: BlueprintSetupState) -> None:
    parts: Application = state.app.extensions["matchmaker"]
    state.app.extensions["look"] = PatientLook(lambda: _look(parts))


def _look(parts: Application) -> list[HealthFinding]:
    try:
        return findings.of_site(parts.sessions, parts.engine, parts.data, parts.pulses)
    except (MatchmakerError, DatabaseError) as error:  # the process began while the database was away
        return [findings.database_away(error)]


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


@blueprint.get("/version")
def version() -> ResponseReturnValue:
    return jsonify(version=__version__, taxonomy=product().taxonomy.version)


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether the site can do its work: the state of each part, 503 where one is wrong. No page of errors."""
    found = current_app.extensions["look"].findings()
    good = all(one.good for one in found)
    told = [{"part": one.part, "state": one.state, "detail": str(one)} for one in found]
    answer = jsonify(ready=good, findings=told)
    return answer if good else (answer, 503, {"Retry-After": "5"})
