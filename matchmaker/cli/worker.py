"""`matchmaker worker`: sends e-mails, posts the e-mails of the day, runs jobs and indexes, beside or without
the site.
"""

import threading
from contextlib import suppress

import click

from matchmaker.cli.common import application


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
def worker_command(once: bool) -> None:
    """Send e-mails and do other work in the background. `matchmaker serve` does the same by itself."""
    from matchmaker import logs
    from matchmaker.worker import Worker

    with application() as app:
        logs.configure(app.settings)
        app.check_place()
        worker = Worker(app)
        if not once:
            with worker.running(), suppress(KeyboardInterrupt):
                click.echo(f"Working; e-mails go to {app.transport.place}  (Ctrl+C stops it)")
                threading.Event().wait()
            return
        done = worker.work()
        click.echo(f"sent {done.sent}, failed {done.failed}")
        if done.away:
            click.echo("The mail server is away; e-mails wait.", err=True)
