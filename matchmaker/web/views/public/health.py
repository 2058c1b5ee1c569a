"""The health of the site: whether the process lives, and whether it can do its work. No secrets, no sign-in."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from matchmaker import __version__
from matchmaker.web.kit.context import database, product

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    return jsonify(status="ok")


@blueprint.get("/version")
def version() -> ResponseReturnValue:
    return jsonify(version=__version__, taxonomy=product().taxonomy.version)


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Whether the site can work; 503 with a list of the parts that are not ready."""
    database().connection()
    engine = product().engine.health()
    checks = {
        "database": "ok",
        "engine": "ok" if engine.ready else engine.detail,
        "documents": engine.documents,
    }
    return jsonify(checks), 200 if engine.ready else 503
