"""`matchmaker journal`: the check that the journal of acts is whole."""

import sys

import click

from matchmaker.cli.common import application
from matchmaker.services.core import journal


@click.group("journal")
def journal_command() -> None:
    """Look after the record of who did what, when."""


@journal_command.command("check")
def check() -> None:
    """Follow the chain of the entries' hashes; an entry altered, added by hand or taken out breaks it."""
    with application() as app, app.sessions() as session:
        broken, count = journal.first_broken(session), journal.count(session)
    if broken is None:
        click.echo(f"The journal is whole: {count} entries.")
        return
    click.echo(
        f"The journal is broken at entry {broken} of {count}: it, or the one before it, was altered or removed."
    )
    sys.exit(1)
