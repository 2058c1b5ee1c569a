"""`matchmaker worker`: sends e-mails, posts the e-mails of the day, runs jobs and indexes, beside or without
the site.
"""

from time import sleep

import click

from matchmaker.cli.common import application, stop_signals

_LOOK_SECONDS = 0.2


@click.group("worker", invoke_without_command=True)
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.pass_context
def worker_command(context: click.Context, once: bool) -> None:
    """Send e-mails and do other work in the background. `matchmaker serve` does the same by itself."""
    if context.invoked_subcommand is not None:
        return
    from matchmaker import heap, logs
    from matchmaker.collector import collecting_apart
    from matchmaker.worker import Worker

    heap.in_one_piece()
    with stop_signals() as asked, application() as app, collecting_apart():
        logs.configure(app.settings)
        app.check_place()
        app.note_key()
        worker = Worker(app)
        if not once:
            with worker.running():
                click.echo(f"Working; e-mails go to {app.transport.place}  (Ctrl+C stops it)")
                while not asked():
                    sleep(_LOOK_SECONDS)
                worker.ask_to_end()
            return
        done = worker.work()
        click.echo(f"sent {done.sent}, failed {done.failed}")
        if done.away:
            click.echo("The mail server is away; e-mails wait.", err=True)


@worker_command.command("retry")
def retry() -> None:
    """Try anew the work that was given up: e-mails, jobs, suppliers that could not be indexed."""
    from matchmaker.services.health import retrying
    from matchmaker.services.needs import needs

    with application() as app, app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        done = retrying.try_again(session, centre, by="command line")
    click.echo(f"tried again: {done.letters} e-mails, {done.jobs} jobs, {done.suppliers} suppliers to index")
