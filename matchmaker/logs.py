"""The log: JSON objects, one a line, on standard output, or text for a person on a terminal.

No line holds what people typed, read or are called: errors are told by their kind and place alone, and a message
ends at its first line break, since databases tell the values after it.
"""

import logging
import sys
from collections.abc import MutableMapping
from traceback import extract_tb
from types import TracebackType
from typing import Any

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

from matchmaker.settings import Settings

_LONGEST = 1_000  # characters of a value
_FRAMES = 12
# waitress tells each moment in which all threads work, the others each step of their own start.
_QUIET = {
    "waitress.queue": logging.ERROR,
    "pymorphy3": logging.WARNING,
    "alembic.runtime.plugins": logging.WARNING,
}
Event = MutableMapping[str, Any]


def configure(settings: Settings) -> None:
    """Send all lines of this process, those of libraries too, to standard output in one form."""
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stdout.isatty())
    ending: list[Any] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if as_text
        else [told_error, structlog.processors.JSONRenderer(ensure_ascii=False)]
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                add_log_level,
                add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                ExtraAdder(),
            ],
            processors=[ProcessorFormatter.remove_processors_meta, harmless, *ending],
        )
    )
    logging.basicConfig(handlers=[handler], level=settings.log_level.upper(), force=True)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)


def harmless(_logger: object, _method: str, event: Event) -> Event:
    """Let no value forge a line, colour a terminal or fill a disk."""
    return {name: _plain(value) if isinstance(value, str) else value for name, value in event.items()}


def _plain(value: str) -> str:
    first = value.splitlines()[0] if value else ""
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in first)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"


def told_error(_logger: object, _method: str, event: Event) -> Event:
    """The kinds and the places of an error and its causes in place of its words, which may be a person's."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, BaseException):
        given = (type(given), given, given.__traceback__)
    if not given or given[1] is None:
        return event
    error: BaseException | None = given[1]
    kinds: list[str] = []
    while error is not None and len(kinds) < 5:
        kinds.append(f"{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or error.__context__
    return {**event, "error": kinds, "at": _places(given[2])}


def _places(traceback: TracebackType | None) -> list[str]:
    return [f"{one.filename}:{one.lineno} {one.name}" for one in extract_tb(traceback)[-_FRAMES:]]
