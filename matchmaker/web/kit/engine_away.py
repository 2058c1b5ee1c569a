"""Pages without the search engine: while it is away, a page shows its other parts and says so."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, g

from matchmaker.domain.errors import EngineUnavailable, IndexMissing

T = TypeVar("T")


def asked(question: Callable[[], T]) -> T | None:
    """The engine's answer; None, and a notice on the page, where there is none."""
    try:
        return question()
    except (EngineUnavailable, IndexMissing) as error:
        current_app.logger.warning("A page is shown without the search engine: %s", error)
        g.engine_away = True
        return None
