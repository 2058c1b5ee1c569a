"""The parts shared by several commands: the settings, the application, and the display of errors and
progress.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from matchmaker.domain.errors import SettingInvalid
from matchmaker.locale import translations
from matchmaker.settings import Settings

if TYPE_CHECKING:
    from matchmaker.wiring import Application


def settings() -> Settings:
    """The settings of this run. Raises SettingInvalid with the name of the variable, or of the file of a secret."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = f"MATCHMAKER_{str(first['loc'][0]).upper()}"
        raise SettingInvalid(name=name, reason=first["msg"]) from error
    except SettingsError as error:
        cause = error.__cause__
        raise SettingInvalid(name=getattr(cause, "filename", str(error)), reason=str(cause)) from error


def translation(language: str) -> Callable[[str], str]:
    """The translation of English messages into `language`."""
    return translations(language).gettext


@contextmanager
def application(clock: Callable[[], date] | None = None) -> Iterator["Application"]:
    """The wired application, closed at the end; `clock` gives the present day, by default the machine's.

    Raises StartRefused where the database turns out to be damaged.
    """
    from matchmaker.models.database import DatabaseError, database_url
    from matchmaker.services.core import installation
    from matchmaker.wiring import Application

    opened = Application(settings(), clock=clock)
    try:
        yield opened
    except DatabaseError as error:
        installation.raise_damage(error, database_url(opened.settings.database))
        raise
    finally:
        opened.close()


# The longest end of a process that is asked to end, whatever hangs. Docker kills after 10 s; a busy machine and the end of
# Python itself take of them.
END_SECONDS = 9.0
_ENDING = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stop_signals() -> Iterator[Callable[[], bool]]:
    """Whether the process was asked to end, by SIGTERM or Ctrl+C; asked a second time, or where the end takes longer
    than END_SECONDS, it ends at once.
    """
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before: dict[int, Any] = {}

    def ask(number: int, _frame: object) -> None:
        asked.append(number)
        for one, handler in before.items():
            signal.signal(one, handler)

    with _cut_off_by_signals():
        before = {one: signal.signal(one, ask) for one in _ENDING}
        try:
            yield lambda: bool(asked)
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


@contextmanager
def _cut_off_by_signals() -> Iterator[None]:
    """End the process END_SECONDS after a signal that comes while this lasts, unless this is over by then.

    A thread of its own hears of the signal when it comes: the handlers of Python wait for the main thread, which may be reading
    a large database.
    """
    heard, told = socket.socketpair()
    told.setblocking(False)
    is_over = threading.Event()

    def watch() -> None:
        while signals := heard.recv(1):
            if signals[0] in _ENDING and not is_over.wait(END_SECONDS):
                os._exit(1)

    former = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    watcher = threading.Thread(target=watch, name="end", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        is_over.set()
        signal.set_wakeup_fd(former)
        told.close()  # what is not heard by now ends the watch
        watcher.join()
        heard.close()


def progress() -> Progress:
    """A progress bar on standard error; silent where that is not a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal)


@contextmanager
def byte_progress(words: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress bar of bytes on standard error; it is advanced by calling what it gives."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(words, total=total)
        yield lambda count: bar.advance(task, count)
