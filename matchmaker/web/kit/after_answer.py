"""Notes made after an answer was sent: nobody waits for them, and no page fails for them."""

from collections.abc import Callable

from flask import Flask, Response, g


def register(app: Flask) -> None:
    app.after_request(_hand_over)


def after_answer(act: Callable[[], None]) -> None:
    """Do something once the answer is with the reader; it has no request any more and must not raise."""
    g.setdefault("after_answer", []).append(act)


def _hand_over(response: Response) -> Response:
    for act in g.pop("after_answer", ()):
        response.call_on_close(act)
    return response
