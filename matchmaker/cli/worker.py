"""`matchmaker worker`: sends letters, posts what a day brings, runs jobs and indexes, beside or without the site."""

import time

import click

from matchmaker.cli.common import application

_SECONDS = 5.0


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
def worker_command(once: bool) -> None:
    """Send e-mails and do other work in the background. `matchmaker serve` does the same by itself."""
    with application() as app:
        while True:
            done = app.work()
            if once:
                click.echo(f"sent {done.sent}, failed {done.failed}")
            if done.away:
                click.echo("The mail server is away; e-mails wait.", err=True)
            if once:
                return
            time.sleep(_SECONDS)
