"""`matchmaker serve`: the site on the loopback address."""

import threading
from contextlib import closing

import click

from matchmaker.cli.common import settings
from matchmaker.settings import Settings


def serve(current: Settings) -> None:
    """Serve until interrupted; prints the address once the port is open."""
    import waitress

    from matchmaker import logs
    from matchmaker.web.app import create_app
    from matchmaker.wiring import Application
    from matchmaker.worker import Worker, warm_up

    logs.configure(current)
    with closing(Application(current)) as application:
        application.check_place()
        with Worker(application).running():
            threading.Thread(target=warm_up, args=(application,), name="warm-up", daemon=True).start()
            server = waitress.create_server(
                create_app(application),
                host=current.host,
                port=current.port,
                threads=8,
                clear_untrusted_proxy_headers=False,  # the site itself decides whom it trusts
            )
            click.echo(f"Matchmaker is at http://{current.host}:{server.effective_port}/  (Ctrl+C stops it)")
            server.run()


@click.command("serve")
@click.option("--host", help="Address to listen on; MATCHMAKER_HOST by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; MATCHMAKER_PORT by default.")
def serve_command(host: str | None, port: int | None) -> None:
    """Serve the site."""
    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    serve(settings().model_copy(update=given))
