"""The end of a site: requests that have come are answered, further ones are refused until another process serves."""

import threading
from typing import cast

from flask import Flask, Response, current_app, g

from matchmaker.domain.errors import SiteEnds


class Drain:
    """Whether a request is refused because the site ends; those that wait for a thread already are not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._admitted: int | None = None

    def begin(self, admitted: int) -> None:
        """Refuse all requests after the next `admitted` ones."""
        with self._lock:
            self._admitted = admitted

    def refuses(self) -> bool:
        with self._lock:
            if self._admitted is None:
                return False
            self._admitted -= 1
            return self._admitted < 0


# Where nginx takes a request that was refused, its body included: to the other process of the site.
_HANDED_ON = {"X-Accel-Redirect": "@other"}


def register(app: Flask) -> None:
    app.extensions["drain"] = Drain()
    app.before_request(_refuse)
    app.after_request(_hand_on)


def of(app: Flask) -> Drain:
    return cast(Drain, app.extensions["drain"])


def _refuse() -> None:
    if of(current_app).refuses():
        g.failed = g.refused = True  # the page asks for no person
        raise SiteEnds


def _hand_on(response: Response) -> Response:
    if g.get("refused"):
        response.headers.update(_HANDED_ON)
    return response
