"""The doors for neighbours' programs: a bundle asked for by a signed request, and one sent, which is signed itself.

Nobody is signed in here: who may do what is said by the allow-list and the signatures. Answers are plain text, for the neighbour's operators.
"""

from flask import Blueprint, Response, request
from flask_babel import gettext

from matchmaker.domain.errors import FileRefused, Forbidden, NotNow
from matchmaker.services.bundles import bundle_format, bundle_requests, taken_bundles
from matchmaker.web.kit import labels
from matchmaker.web.kit.changes import unsigned_change
from matchmaker.web.kit.context import product

blueprint = Blueprint("bundle_doors", __name__, url_prefix="/network/bundles")
_BY = "neighbour's site"


@blueprint.post("/pull")
def pull() -> Response:
    """The bundle for a neighbour that asks for it."""
    raw = request.stream.read(bundle_requests.LONGEST_REQUEST + 1)
    try:
        with unsigned_change() as session:
            office = product().bundle_office(session)
            made = bundle_requests.answered(session, raw, office.key, office.home)
    except (Forbidden, NotNow) as error:
        return _said(gettext(error.template), 403)
    return Response(made, content_type=bundle_format.MEDIA_TYPE)


@blueprint.post("/push")
def push() -> Response:
    """A bundle that a neighbour sends; one that is not right is refused whole, with the reason."""
    raw = request.stream.read(bundle_format.LARGEST + 1)
    try:
        with unsigned_change() as session:
            taken_bundles.take(session, raw, product().bundle_office(session), by=_BY)
    except (FileRefused, NotNow) as error:
        return _said(labels.filled(error.template, error.params), 403)
    return _said("", 200)


def _said(words: str, status: int) -> Response:
    return Response(words, status, content_type="text/plain; charset=utf-8")
