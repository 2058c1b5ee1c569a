"""`matchmaker serve`: the site on the loopback address."""

import errno
import gc
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing
from time import monotonic
from typing import TYPE_CHECKING

import click

from matchmaker.cli.common import settings, stop_signals
from matchmaker.settings import Settings

if TYPE_CHECKING:
    from matchmaker.wiring import Application


class PortTaken(click.ClickException):
    """The port of the site is another program's."""

    exit_code = 2


# A site that only serves pages opens its door once searches are quick, or after this time: another one answers meanwhile.
_WARM_SECONDS = 60.0
# Seconds after which a busy thread lets others on, so that a short answer waits little for long ones.
_TURN_SECONDS = 0.001


def serve(current: Settings, *, site_only: bool = False) -> None:
    """Serve until interrupted; prints the address once the port is open. With `site_only` the work in the background is
    left to `matchmaker worker`.
    """
    from matchmaker import heap, logs
    from matchmaker.collector import collecting_apart
    from matchmaker.web.app import create_app
    from matchmaker.web.server import SiteServer
    from matchmaker.wiring import Application
    from matchmaker.worker import DRAIN_SECONDS, Worker, keeping_up

    heap.in_one_piece()
    logs.configure(current)
    sys.setswitchinterval(_TURN_SECONDS)
    with stop_signals() as asked, closing(Application(current)) as application, ExitStack() as stack:
        application.check_kinship()
        stack.enter_context(collecting_apart())
        warm = threading.Event()
        threading.Thread(target=_warm_up, args=(application, warm), name="warm-up", daemon=True).start()
        application.check_pages()  # beside it: both only read
        application.note_key()
        if site_only:
            _wait_for(warm, asked)
        try:
            server = SiteServer(create_app(application), current.host, current.port)
        except OSError as error:
            raise _no_door(current, error) from error
        worker = Worker(application)
        if not site_only:
            stack.enter_context(worker.running())
        stack.enter_context(keeping_up(application))
        click.echo(f"Matchmaker is at http://{current.host}:{server.port}/  (Ctrl+C stops it)")
        server.run(asked, worker.ask_to_end, DRAIN_SECONDS)


def _warm_up(application: "Application", warm: threading.Event) -> None:
    """Load what every page needs, then what the pages of shops do, and keep the collector of garbage away from it: a walk
    over all of it would hold every thread for a quarter of a second.
    """
    from matchmaker.worker import read_needs, warm_search

    try:
        warm_search(application)
        _keep_for_good()
    finally:
        warm.set()
    read_needs(application)
    _keep_for_good()


def _keep_for_good() -> None:
    gc.collect()
    gc.freeze()


def _wait_for(warm: threading.Event, asked: Callable[[], bool]) -> None:
    until = monotonic() + _WARM_SECONDS
    while not warm.is_set() and not asked() and monotonic() < until:
        warm.wait(0.1)


def _no_door(current: Settings, error: OSError) -> click.ClickException:
    if error.errno == errno.EADDRINUSE:
        taken = f"Port {current.port} of {current.host} is taken: is Matchmaker running already?"
        return PortTaken(f"{taken} Stop it, or choose another port with --port.")
    return PortTaken(f"The site cannot listen on {current.host}, port {current.port}: {error.strerror}.")


@click.command("serve")
@click.option("--host", help="Address to listen on; MATCHMAKER_HOST by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; MATCHMAKER_PORT by default.")
@click.option("--site-only", is_flag=True, help="Leave the work in the background to `matchmaker worker`.")
def serve_command(host: str | None, port: int | None, site_only: bool) -> None:
    """Serve the site."""
    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    serve(settings().model_copy(update=given), site_only=site_only)
