"""`matchmaker serve`: the site on the loopback address."""

import errno
import threading
from contextlib import closing

import click

from matchmaker.cli.common import settings, stop_signals
from matchmaker.settings import Settings


class PortTaken(click.ClickException):
    """The port of the site is another program's."""

    exit_code = 2


def serve(current: Settings) -> None:
    """Serve until interrupted; prints the address once the port is open."""
    from matchmaker import logs
    from matchmaker.web.app import create_app
    from matchmaker.web.server import SiteServer
    from matchmaker.wiring import Application
    from matchmaker.worker import DRAIN_SECONDS, Worker, warm_up

    logs.configure(current)
    with stop_signals() as asked, closing(Application(current)) as application:
        application.check_place()
        try:
            server = SiteServer(create_app(application), current.host, current.port)
        except OSError as error:
            raise _no_door(current, error) from error
        worker = Worker(application)
        with worker.running():
            threading.Thread(target=warm_up, args=(application,), name="warm-up", daemon=True).start()
            click.echo(f"Matchmaker is at http://{current.host}:{server.port}/  (Ctrl+C stops it)")
            server.run(asked, worker.ask_to_end, DRAIN_SECONDS)


def _no_door(current: Settings, error: OSError) -> click.ClickException:
    if error.errno == errno.EADDRINUSE:
        taken = f"Port {current.port} of {current.host} is taken: is Matchmaker running already?"
        return PortTaken(f"{taken} Stop it, or choose another port with --port.")
    return PortTaken(f"The site cannot listen on {current.host}, port {current.port}: {error.strerror}.")


@click.command("serve")
@click.option("--host", help="Address to listen on; MATCHMAKER_HOST by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; MATCHMAKER_PORT by default.")
def serve_command(host: str | None, port: int | None) -> None:
    """Serve the site."""
    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    serve(settings().model_copy(update=given))
