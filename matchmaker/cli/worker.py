"""`matchmaker worker`: sends letters, posts what a day brings, runs jobs and indexes, beside or without the site."""

import threading
from contextlib import suppress

import click

from matchmaker.cli.common import application


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
def worker_command(once: bool) -> None:
    """Send e-mails and do other work in the background. `matchmaker serve` does the same by itself."""
    with application() as app:
        if not once:
            app.start_background()
            click.echo(f"Working; e-mails go to {app.mail_goes_to()}  (Ctrl+C stops it)")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()
            return
        done = app.work()
        click.echo(f"sent {done.sent}, failed {done.failed}")
        if done.away:
            click.echo("The mail server is away; e-mails wait.", err=True)
